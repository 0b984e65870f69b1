import type { ReactNode } from 'react';
import type { LadderStep } from '../../../core/api.ts';
import { formatRelative } from '../../model/format.ts';
import { fitLabel, STEP_HEIGHT, type LadderFrame } from '../../model/ladder.ts';

/** Signs beside the label, so that a step is never told by its colour alone. */
const SIGNS: Readonly<Record<LadderStep['verdict'], string>> = {
  clear: '',
  plain: '',
  decrypted: 'M2 6h8v6H2zM3.500 6V4.200a2.500 2.500 0 0 1 4.800-1',
  opaque: 'M2 6h8v6H2zM3.500 6V4.500a2.500 2.500 0 0 1 5 0V6M4 8.500h4M4 10h4',
  gap: 'M2 9l2-3 2 3 2-3 2 3',
  retransmission: 'M10 7a4 4 0 1 1-1.300-3M10 2v2.500H7.500',
  failure: 'M3 4l6 6M9 4l-6 6',
};

const WORDS: Readonly<Record<LadderStep['verdict'], string>> = {
  clear: 'in clear',
  plain: 'in clear',
  decrypted: 'decrypted',
  opaque: 'encrypted',
  gap: 'gap',
  retransmission: 'retransmission',
  failure: 'failure',
};

/** One arrow, or a mark across both lines. */
export function LadderRow({
  step,
  index,
  total,
  frame,
  selected,
  onSelect,
  onActivate,
}: {
  step: LadderStep;
  index: number;
  total: number;
  frame: LadderFrame;
  selected: boolean;
  onSelect: () => void;
  onActivate: () => void;
}): ReactNode {
  const middle = (frame.left + frame.right) / 2;
  const sign = SIGNS[step.verdict];
  const label = fitLabel(step.label, frame.characters - (sign === '' ? 0 : 3));
  const who = step.from === 'both' ? '' : `from the ${step.from}, `;
  const detail = step.detail === '' || step.detail === step.label ? '' : `. ${step.detail}`;
  const lineY = STEP_HEIGHT - 8;
  return (
    <g
      id={`ladder-step-${index}`}
      role="option"
      aria-selected={selected}
      aria-posinset={index + 1}
      aria-setsize={total}
      className={`ladder-row ladder-${step.verdict} ladder-layer-${step.layer}`}
      transform={`translate(0 ${index * STEP_HEIGHT})`}
      onClick={onSelect}
      onDoubleClick={onActivate}
    >
      <title>{`Frame ${step.frame}, ${who}${step.label}, ${WORDS[step.verdict]}${detail}`}</title>
      <g aria-hidden="true">
        <rect className="ladder-hit" x={0} y={1} width={frame.width} height={STEP_HEIGHT - 1} />
        <text className="ladder-time" x={frame.left - 14} y={lineY + 2} textAnchor="end">
          {formatRelative(step.relative)}
        </text>
        {step.layer === 'mark' || step.from === 'both' ? (
          <line className="ladder-line" x1={frame.left} x2={frame.right} y1={lineY} y2={lineY} />
        ) : (
          <Arrow
            from={step.from === 'client' ? frame.left : frame.right}
            to={step.from === 'client' ? frame.right : frame.left}
            y={lineY}
          />
        )}
        <g transform={`translate(${middle} ${lineY - 5})`}>
          <text className="ladder-label" textAnchor="middle" x={sign === '' ? 0 : 8}>
            {label}
          </text>
          {sign === '' ? null : (
            <path
              className="ladder-sign"
              d={sign}
              transform={`translate(${-(label.length * 7.25) / 2 - 10} -11)`}
            />
          )}
        </g>
        <text className="ladder-frame" x={frame.right + 14} y={lineY + 2}>
          {step.frame}
        </text>
      </g>
    </g>
  );
}

function Arrow({ from, to, y }: { from: number; to: number; y: number }): ReactNode {
  const back = to > from ? -8 : 8;
  return (
    <>
      <line className="ladder-line" x1={from} x2={to + back / 2} y1={y} y2={y} />
      <path className="ladder-tip" d={`M${to} ${y} l${back} -4 v8 z`} />
    </>
  );
}
