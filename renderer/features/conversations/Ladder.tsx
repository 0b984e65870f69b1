import { useEffect, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import type { ConversationDetail, LadderStep } from '../../../core/api.ts';
import { formatRelative } from '../../model/format.ts';
import { firstStepToSee, frameOfLadder, STEP_HEIGHT, visibleSteps } from '../../model/ladder.ts';
import { messageOf } from '../../model/page-api.ts';
import { Button } from '../../ui/Button.tsx';
import { CopyButton } from '../../ui/CopyButton.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { saveText } from '../../ui/save-text.ts';
import { useSize } from '../../ui/use-size.ts';
import { FrameLink } from '../diagnosis/links.tsx';
import { SipPreview } from './SipPreview.tsx';
import { useApp } from '../use-app.ts';
import { LadderHead } from './LadderHead.tsx';
import { LadderRow } from './LadderRow.tsx';
import './ladder.css';

/** The conversation's course as arrows between two hosts. Up and Down move, Enter goes to the frame. */
export function Ladder({ detail }: { detail: ConversationDetail }): ReactNode {
  const { frames, conversations, session } = useApp();
  const { ladder, row } = detail;
  const box = useRef<HTMLDivElement>(null);
  const { width, height } = useSize(box);
  const [top, setTop] = useState(0);
  const [selected, setSelected] = useState(() => firstStepToSee(ladder));
  const frame = frameOfLadder(width, ladder.length);
  const { from, to } = visibleSteps(top, height, ladder.length);
  const step = ladder[selected];

  useEffect(() => {
    const view = box.current;
    if (view === null) return;
    const at = selected * STEP_HEIGHT;
    if (at < view.scrollTop) view.scrollTop = at;
    else if (at + STEP_HEIGHT > view.scrollTop + view.clientHeight) {
      view.scrollTop = at - view.clientHeight / 2;
    }
  }, [selected]);

  if (ladder.length === 0) {
    return <EmptyState icon="conversations" title="Nothing of this conversation can be drawn." />;
  }
  const saveSvg = async (): Promise<void> => {
    try {
      const svg = await conversations.getState().ladderAs('svg');
      saveText(`conversation-${row.conversation}.svg`, 'image/svg+xml', svg);
    } catch (error) {
      session.getState().say('error', messageOf(error));
    }
  };
  const move = (event: KeyboardEvent): void => {
    const page = Math.max(1, Math.floor(height / STEP_HEIGHT) - 1);
    const next = new Map([
      ['ArrowDown', selected + 1],
      ['ArrowUp', selected - 1],
      ['PageDown', selected + page],
      ['PageUp', selected - page],
      ['Home', 0],
      ['End', ladder.length - 1],
    ]).get(event.key);
    if (next !== undefined) {
      event.preventDefault();
      setSelected(Math.max(0, Math.min(ladder.length - 1, next)));
    } else if (event.key === 'Enter' && step !== undefined) {
      event.preventDefault();
      void frames.getState().goTo(step.frame);
    }
  };

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
        onScroll={(event) => setTop(event.currentTarget.scrollTop)}
        onKeyDown={move}
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
              onActivate={() => void frames.getState().goTo(each.frame)}
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
          <CopyButton
            text={() => conversations.getState().ladderAs('text')}
            label="Copy the ladder as text"
          />
          <Button
            label="Save the ladder as SVG"
            icon="download"
            iconOnly
            kind="ghost"
            onPress={() => void saveSvg()}
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
