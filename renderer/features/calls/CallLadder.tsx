import { useMemo, type ReactNode } from 'react';
import type { CallDetail } from '../../../core/api-calls.ts';
import {
  bandsOfLocks,
  CALL_STEP_HEIGHT,
  fitHost,
  frameOfCall,
  hostRoom,
  type CallLadderFrame,
  type CallStep,
} from '../../model/call-ladder.ts';
import { focusRows } from '../../ui/focus-rows.ts';
import { useStepList } from '../../ui/use-step-list.ts';
import { useApp } from '../use-app.ts';
import { CallLadderStep, LockBandShape } from './CallLadderStep.tsx';
import './call-ladder.css';

/**
 * The call as arrows between its hosts. Up and Down move, Enter goes to the frame (of a locked stretch: to its
 * conversation), Shift with a click or an arrow key selects a second message to compare.
 */
export function CallLadder({
  detail,
  steps,
  selected,
  kept,
  onSelect,
  onMedia,
}: {
  detail: CallDetail;
  steps: readonly CallStep[];
  selected: number;
  kept: number | null;
  onSelect: (at: number, beside: boolean) => void;
  onMedia: () => void;
}): ReactNode {
  const { frames, conversations } = useApp();
  const activate = (at: number): void => {
    const step = steps[at];
    if (step?.kind === 'arrow') void frames.getState().goTo(step.arrow.frame);
    else if (step?.kind === 'lock') void conversations.getState().goTo(step.lock.conversation);
    else if (step?.kind === 'media') onMedia();
  };
  const list = useStepList({
    count: steps.length,
    stepHeight: CALL_STEP_HEIGHT,
    selected,
    labelOf: (at) => labelOfStep(steps[at]),
    onSelect,
    onActivate: activate,
    onLeave: focusRows,
  });
  const { box, from, to } = list;
  const frame = frameOfCall(list.width, detail.columns.length, steps.length);
  const bands = useMemo(() => bandsOfLocks(steps), [steps]);

  return (
    <div className="ladder call-ladder" data-pane="ladder">
      <Hosts detail={detail} frame={frame} left={list.left} />
      <div
        ref={box}
        className="ladder-steps"
        role="listbox"
        tabIndex={0}
        aria-label="Messages of the call"
        aria-activedescendant={`call-step-${selected}`}
        onScroll={list.onScroll}
        onKeyDown={list.onKeyDown}
      >
        <svg width={frame.width} height={frame.height} role="presentation">
          <defs>
            <pattern
              id="call-lock-hatch"
              width="7"
              height="7"
              patternUnits="userSpaceOnUse"
              patternTransform="rotate(45)"
            >
              <line className="call-lock-line" x1="0" x2="0" y1="0" y2="7" />
            </pattern>
          </defs>
          <g aria-hidden="true">
            {frame.columns.map((x, column) => (
              <line key={column} className="ladder-life" x1={x} x2={x} y1={0} y2={frame.height} />
            ))}
            {bands.map((band) =>
              band.last < from || band.first >= to ? null : (
                <LockBandShape
                  key={band.step}
                  band={band}
                  frame={frame}
                  chosen={band.step === selected}
                  onSelect={() => onSelect(band.step, false)}
                />
              ),
            )}
          </g>
          {steps.slice(from, to).map((step, index) => (
            <CallLadderStep
              key={from + index}
              step={step}
              index={from + index}
              total={steps.length}
              frame={frame}
              hosts={detail.columns}
              severalLegs={detail.legs.length > 1}
              selected={from + index === selected}
              kept={step.kind === 'arrow' && step.arrow.message === kept}
              onSelect={(beside) => onSelect(from + index, beside)}
              onActivate={() => activate(from + index)}
            />
          ))}
        </svg>
      </div>
      {detail.complete ? null : (
        <p className="ladder-foot warn-word">
          The call goes on: the ladder shows its first {detail.arrows.length} messages.
        </p>
      )}
    </div>
  );
}

/** What typed letters are looked for in. */
function labelOfStep(step: CallStep | undefined): string {
  if (step === undefined) return '';
  if (step.kind === 'lock') return 'Locked';
  return step.kind === 'media' ? step.bar.label : step.arrow.label;
}

/** The hosts above their lines; they go along where the ladder is moved sideways. */
function Hosts({
  detail,
  frame,
  left,
}: {
  detail: CallDetail;
  frame: CallLadderFrame;
  left: number;
}): ReactNode {
  const room = hostRoom(frame);
  return (
    <div className="ladder-head call-hosts">
      {detail.columns.map(({ host, name }, column) => (
        <span
          key={column}
          className={frame.staggered && column % 2 === 1 ? 'call-host call-host-below' : 'call-host'}
          style={{ left: `${(frame.columns[column] ?? 0) - left - room / 2}px`, width: `${room}px` }}
          title={name === '' ? host : `${name} (${host})`}
        >
          <b className="clip mono">{fitHost(host, room)}</b>
          {frame.staggered ? null : <span className="clip">{name}</span>}
        </span>
      ))}
    </div>
  );
}
