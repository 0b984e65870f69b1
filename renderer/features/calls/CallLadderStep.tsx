import type { ReactNode } from 'react';
import type { CallArrow, CallDetail, CallLock, CallMediaBar } from '../../../core/api-calls.ts';
import {
  CALL_STEP_HEIGHT,
  charactersBetween,
  GUTTER,
  isRefusal,
  markOfArrow,
  middleOfLabel,
  type CallLadderFrame,
  type CallStep,
  type LockBand,
} from '../../model/call-ladder.ts';
import { formatDuration, formatPlural } from '../../model/format.ts';
import { fitLabel } from '../../model/ladder.ts';
import { CAUSE_LABELS } from '../verdict/cause-labels.ts';
import { letterOfLeg } from './call-words.ts';

/** Signs beside the label: how a message was read is never told by its colour alone. */
const SIGNS = {
  decrypted: 'M2 6h8v6H2zM3.500 6V4.200a2.500 2.500 0 0 1 4.800-1',
  retransmission: 'M10 7a4 4 0 1 1-1.300-3M10 2v2.500H7.500',
  lock: 'M2 6h8v6H2zM3.500 6V4.500a2.500 2.500 0 0 1 5 0V6',
  clear: '',
} as const;
const WORDS = {
  decrypted: 'decrypted',
  clear: 'in clear',
  retransmission: 'sent again',
} as const;

/** Waits that are worth the eye, in seconds. */
const LONG_WAIT = 1;
const LINE_Y = 23;

type Hosts = CallDetail['columns'];

/** One message, or the line on which a locked stretch or a stream begins. */
export function CallLadderStep({
  step,
  index,
  total,
  frame,
  hosts,
  severalLegs,
  selected,
  kept,
  onSelect,
  onActivate,
}: {
  step: CallStep;
  index: number;
  total: number;
  frame: CallLadderFrame;
  hosts: Hosts;
  severalLegs: boolean;
  selected: boolean;
  kept: boolean;
  onSelect: (beside: boolean) => void;
  onActivate: () => void;
}): ReactNode {
  const mark = step.kind === 'arrow' ? markOfArrow(step.arrow) : step.kind;
  const refused = step.kind === 'arrow' && isRefusal(step.arrow) ? ' call-refused' : '';
  return (
    <g
      id={`call-step-${index}`}
      role="option"
      aria-selected={selected}
      aria-posinset={index + 1}
      aria-setsize={total}
      className={`ladder-row call-step-${mark}${refused}${kept ? ' call-kept' : ''}`}
      transform={`translate(0 ${index * CALL_STEP_HEIGHT})`}
      onClick={(event) => onSelect(event.shiftKey)}
      onDoubleClick={onActivate}
    >
      <title>{titleOf(step, hosts, severalLegs)}</title>
      <g aria-hidden="true">
        <rect
          className="ladder-hit"
          x={0}
          y={1}
          width={step.kind === 'lock' ? GUTTER - 16 : frame.width}
          height={CALL_STEP_HEIGHT - 1}
        />
        <text className="ladder-time" x={GUTTER - 26} y={LINE_Y - 5} textAnchor="end">
          {step.relative.toFixed(3)}
        </text>
        {step.kind === 'arrow' ? (
          <ArrowShape arrow={step.arrow} frame={frame} severalLegs={severalLegs} />
        ) : step.kind === 'lock' ? (
          <LockShape lock={step.lock} frame={frame} />
        ) : (
          <MediaShape bar={step.bar} frame={frame} />
        )}
      </g>
    </g>
  );
}

function ArrowShape({
  arrow,
  frame,
  severalLegs,
}: {
  arrow: CallArrow;
  frame: CallLadderFrame;
  severalLegs: boolean;
}): ReactNode {
  const from = frame.columns[arrow.from] ?? GUTTER;
  const to = frame.columns[arrow.to] ?? GUTTER;
  const self = from === to;
  const middle = self ? from + 16 : (from + to) / 2;
  const sign = SIGNS[markOfArrow(arrow)];
  const characters = charactersBetween(frame, arrow.from, arrow.to);
  const label = fitLabel(arrow.label, characters - (sign === '' ? 0 : 3));
  const detail = fitLabel(arrow.detail, Math.floor(characters * 1.1));
  const wide = (label.length * 7.25) / 2;
  const labelAt = middleOfLabel(
    frame,
    self ? middle + 22 + wide : middle,
    label.length + (sign === '' ? 0 : 3),
  );
  return (
    <>
      <text
        className={arrow.delay >= LONG_WAIT ? 'call-delay call-delay-long' : 'call-delay'}
        x={GUTTER - 26}
        y={LINE_Y + 9}
        textAnchor="end"
      >
        {arrow.delay === 0 ? '' : `+${formatDuration(arrow.delay)}`}
      </text>
      {severalLegs ? (
        <text className="call-leg-letter" x={GUTTER - 10} y={LINE_Y + 2} textAnchor="middle">
          {letterOfLeg(arrow.leg)}
        </text>
      ) : null}
      {self ? (
        <path className="ladder-line call-self" d={`M${from} ${LINE_Y - 5} h26 v10 h-20`} />
      ) : (
        <line className="ladder-line" x1={from} x2={to + (to > from ? -5 : 5)} y1={LINE_Y} y2={LINE_Y} />
      )}
      <path
        className="ladder-tip"
        d={self ? `M${from} ${LINE_Y + 5} l8 -4 v8 z` : `M${to} ${LINE_Y} l${to > from ? -8 : 8} -4 v8 z`}
      />
      <g transform={`translate(${labelAt} ${LINE_Y - 5})`}>
        <text className="ladder-label" textAnchor="middle" x={sign === '' ? 0 : 8}>
          {label}
        </text>
        {sign === '' ? null : (
          <path className="ladder-sign" d={sign} transform={`translate(${-wide - 10} -11)`} />
        )}
      </g>
      {detail === '' ? null : (
        <text
          className="call-small"
          x={middleOfLabel(frame, middle, detail.length)}
          y={LINE_Y + 12}
          textAnchor="middle"
        >
          {detail}
        </text>
      )}
      <text className="ladder-frame" x={frame.width - 10} y={LINE_Y + 2} textAnchor="end">
        {arrow.frame}
      </text>
    </>
  );
}

/** The label of a locked stretch; its band is drawn behind all steps. */
function LockShape({ lock, frame }: { lock: CallLock; frame: CallLadderFrame }): ReactNode {
  const from = frame.columns[lock.from] ?? GUTTER;
  const to = frame.columns[lock.to] ?? GUTTER;
  const wanted = from === to ? from + frame.spacing / 2 : (from + to) / 2;
  const label = fitLabel(
    `Locked: ${CAUSE_LABELS[lock.cause]}`,
    charactersBetween(frame, lock.from, lock.to) - 3,
  );
  const small = fitLabel(
    `conversation ${lock.conversation}, ${formatPlural(lock.records, 'record')}`,
    charactersBetween(frame, lock.from, lock.to) + 2,
  );
  const wide = (label.length * 7.25) / 2;
  const middle = middleOfLabel(frame, wanted, Math.max(label.length + 4, small.length));
  return (
    <>
      <g transform={`translate(${middle} ${LINE_Y - 3})`}>
        <rect className="call-lock-plate" x={-wide - 14} y={-15} width={wide * 2 + 30} height={33} rx={3} />
        <path className="ladder-sign" d={SIGNS.lock} transform={`translate(${-wide - 8} -12)`} />
        <text className="ladder-label" textAnchor="middle" x={9}>
          {label}
        </text>
        <text className="call-small" textAnchor="middle" y={14}>
          {small}
        </text>
      </g>
    </>
  );
}

/** A locked stretch from its first to its last step, between its hosts. */
export function LockBandShape({
  band,
  frame,
  chosen,
  onSelect,
}: {
  band: LockBand;
  frame: CallLadderFrame;
  chosen: boolean;
  onSelect: () => void;
}): ReactNode {
  const inset = 6 + band.lane * 7;
  const left = (frame.columns[band.from] ?? GUTTER) + inset;
  const right =
    band.from === band.to ? left + frame.spacing - 2 * inset : (frame.columns[band.to] ?? left) - inset;
  return (
    <rect
      className={chosen ? 'call-lock-band call-lock-chosen' : 'call-lock-band'}
      x={left}
      y={band.first * CALL_STEP_HEIGHT + 2}
      width={Math.max(8, right - left)}
      height={(band.last - band.first + 1) * CALL_STEP_HEIGHT - 4}
      rx={4}
      onClick={onSelect}
    />
  );
}

function MediaShape({ bar, frame }: { bar: CallMediaBar; frame: CallLadderFrame }): ReactNode {
  const from = frame.columns[bar.from] ?? GUTTER;
  const to = frame.columns[bar.to] ?? GUTTER;
  const left = Math.min(from, to) + (from === to ? 8 : 0);
  const right = from === to ? left + frame.spacing / 2 : Math.max(from, to);
  const middle = (left + right) / 2;
  const tip = to >= from ? right : left;
  const label = fitLabel(
    `${bar.problem ? '⚠ ' : ''}${bar.label}`,
    charactersBetween(frame, bar.from, bar.to),
  );
  return (
    <g className={bar.problem ? 'call-media call-media-problem' : 'call-media'}>
      <text className="call-delay" x={GUTTER - 26} y={LINE_Y + 9} textAnchor="end">
        {`to ${bar.end.toFixed(1)}`}
      </text>
      <rect
        className="call-media-bar"
        x={left + 3}
        y={LINE_Y + 1}
        width={Math.max(4, right - left - 6)}
        height={8}
        rx={2}
      />
      <path className="call-media-tip" d={`M${tip} ${LINE_Y + 5} l${to >= from ? -11 : 11} -8 v16 z`} />
      <text
        className="ladder-label"
        x={middleOfLabel(frame, middle, label.length)}
        y={LINE_Y - 5}
        textAnchor="middle"
      >
        {label}
      </text>
    </g>
  );
}

function titleOf(step: CallStep, hosts: Hosts, severalLegs: boolean): string {
  const hostOf = (column: number): string => hosts[column]?.host ?? '';
  if (step.kind === 'lock') {
    const { lock } = step;
    return `Locked stretch between ${hostOf(lock.from)} and ${hostOf(lock.to)}, ${CAUSE_LABELS[lock.cause]}, conversation ${lock.conversation}, ${formatPlural(lock.records, 'record')}`;
  }
  if (step.kind === 'media') {
    const { bar } = step;
    return `Media from ${hostOf(bar.from)} to ${hostOf(bar.to)}, ${bar.label}, from second ${bar.start.toFixed(1)} to ${bar.end.toFixed(1)}${bar.problem ? ', with problems' : ''}`;
  }
  const { arrow } = step;
  const leg = severalLegs ? `, leg ${letterOfLeg(arrow.leg)}` : '';
  const detail = arrow.detail === '' ? '' : `, ${arrow.detail}`;
  const read = arrow.decrypted ? WORDS.decrypted : WORDS.clear;
  const again = arrow.retransmission ? `, ${WORDS.retransmission}` : '';
  return `Frame ${arrow.frame}, ${arrow.label} from ${hostOf(arrow.from)} to ${hostOf(arrow.to)}${detail}, ${read}${again}${leg}`;
}
