import { useState, type ReactNode } from 'react';
import type { ConversationDetail, LadderStep } from '../../../core/api.ts';
import { formatRelative } from '../../model/format.ts';
import { firstStepToSee, frameOfLadder, STEP_HEIGHT } from '../../model/ladder.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { focusRows } from '../../ui/focus-rows.ts';
import { useStepList } from '../../ui/use-step-list.ts';
import { FrameLink } from '../diagnosis/links.tsx';
import { SipPreview } from './SipPreview.tsx';
import { useApp } from '../use-app.ts';
import { LadderActions } from '../view-parts/LadderActions.tsx';
import { LadderHead } from './LadderHead.tsx';
import { LadderRow } from './LadderRow.tsx';
import './ladder.css';

/** The conversation's course as arrows between two hosts. Up and Down move, Enter goes to the frame. */
export function Ladder({ detail }: { detail: ConversationDetail }): ReactNode {
  const { frames, conversations } = useApp();
  const { ladder, row } = detail;
  const [selected, setSelected] = useState(() => firstStepToSee(ladder));
  const step = ladder[selected];
  const activate = (at: number): void => {
    const frame = ladder[at]?.frame;
    if (frame !== undefined) void frames.getState().goTo(frame);
  };
  const list = useStepList({
    count: ladder.length,
    stepHeight: STEP_HEIGHT,
    selected,
    labelOf: (at) => ladder[at]?.label ?? '',
    onSelect: setSelected,
    onActivate: activate,
    onLeave: focusRows,
  });
  const { box, from, to } = list;
  const frame = frameOfLadder(list.width, ladder.length);

  if (ladder.length === 0) {
    return <EmptyState icon="conversations" title="Nothing of this conversation can be drawn." />;
  }
  return (
    <div className="ladder">
      <LadderHead row={row} frame={frame} />
      <div
        ref={box}
        className="ladder-steps"
        role="listbox"
        tabIndex={0}
        aria-label="Steps of the conversation"
        aria-activedescendant={`ladder-step-${selected}`}
        onScroll={list.onScroll}
        onKeyDown={list.onKeyDown}
      >
        <svg width={frame.width} height={frame.height} role="presentation">
          <line className="ladder-life" x1={frame.left} x2={frame.left} y1={0} y2={frame.height} />
          <line className="ladder-life" x1={frame.right} x2={frame.right} y1={0} y2={frame.height} />
          {ladder.slice(from, to).map((each, index) => (
            <LadderRow
              key={from + index}
              step={each}
              index={from + index}
              total={ladder.length}
              frame={frame}
              selected={from + index === selected}
              onSelect={() => setSelected(from + index)}
              onActivate={() => activate(from + index)}
            />
          ))}
        </svg>
      </div>
      <footer className="ladder-foot">
        {step === undefined ? null : <StepDetail step={step} />}
        {detail.ladderComplete ? null : (
          <p className="warn-word">
            The conversation goes on: the ladder shows its first {ladder.length} steps.
          </p>
        )}
        <span className="ladder-copy">
          <LadderActions
            fileName={`conversation-${row.conversation}.svg`}
            ladderAs={conversations.getState().ladderAs}
          />
        </span>
      </footer>
    </div>
  );
}

function StepDetail({ step }: { step: LadderStep }): ReactNode {
  return (
    <div className="ladder-detail">
      <p className="clip" title={step.label}>
        <FrameLink frame={step.frame} label={`Frame ${step.frame}`} />{' '}
        <span className="mono">{formatRelative(step.relative)} s</span> <b>{step.label}</b>
      </p>
      {step.detail === '' || step.detail === step.label ? null : (
        <p className="clip" title={step.detail}>
          {step.detail}
        </p>
      )}
      {step.message === null ? null : <SipPreview message={step.message} />}
    </div>
  );
}
