import type { CallArrow, CallDetail, CallLock, CallMediaBar } from '../../core/api-calls.ts';

/** One line of a call's ladder. What lasts (a locked stretch, media) has its line where it begins. */
export type CallStep =
  | { readonly kind: 'arrow'; readonly relative: number; readonly arrow: CallArrow }
  | { readonly kind: 'lock'; readonly relative: number; readonly lock: CallLock; readonly last: number }
  | { readonly kind: 'media'; readonly relative: number; readonly bar: CallMediaBar; readonly last: number };

export const CALL_STEP_HEIGHT = 40;
export const GUTTER = 104;
const FRAME_GUTTER = 62;
/** Room on either side of the outer lines, and the least between two lines: many hosts share the width. */
const EDGE = 66;
const LEAST_EDGE = 40;
const LEAST_SPACING = 62;
/** Lines closer than this have their hosts' names in turn on two lines. */
const NARROW_SPACING = 132;
/** Width of a character of a label, and of a host's name. */
const CHARACTER = 7.25;
const HOST_CHARACTER = 7;
/** A label with less room between its lines goes over those beside them. */
const LEAST_LABEL = 20;

export interface CallLadderFrame {
  /** Where each host's line stands. */
  readonly columns: readonly number[];
  readonly spacing: number;
  /** The hosts' names stand in turn on two lines. */
  readonly staggered: boolean;
  readonly width: number;
  readonly height: number;
}

const ORDER = { lock: 0, media: 2, arrow: 1 } as const;

/** Arrows, locks and media in order of time. `last` of what lasts is the last step before its end. */
export function stepsOfCall({ arrows, locks, media }: CallDetail): readonly CallStep[] {
  const steps: (CallStep & { end?: number })[] = [
    ...arrows.map((arrow) => ({ kind: 'arrow' as const, relative: arrow.relative, arrow })),
    ...locks.map((lock) => ({ kind: 'lock' as const, relative: lock.start, lock, last: 0, end: lock.end })),
    ...media.map((bar) => ({ kind: 'media' as const, relative: bar.start, bar, last: 0, end: bar.end })),
  ];
  // A stable sort keeps messages of one moment in the host's order.
  steps.sort((a, b) => a.relative - b.relative || ORDER[a.kind] - ORDER[b.kind]);
  return steps.map(({ end, ...step }, at) =>
    step.kind === 'arrow' ? step : { ...step, last: lastBefore(steps, at, end ?? step.relative) },
  );
}

/** The last step that begins before `end`, at least `at`. */
function lastBefore(steps: readonly { readonly relative: number }[], at: number, end: number): number {
  let low = at;
  let high = steps.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((steps[middle]?.relative ?? 0) <= end) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Where the lines stand for a given width; wider than that only where the hosts are too many for it. */
export function frameOfCall(width: number, hosts: number, steps: number): CallLadderFrame {
  const room = width - GUTTER - FRAME_GUTTER;
  const gaps = Math.max(1, hosts - 1);
  // The outer lines come nearer to the edge before all lines come nearer to each other.
  const edge = Math.max(LEAST_EDGE, Math.min(EDGE, (room - gaps * NARROW_SPACING) / 2));
  const spacing = Math.max(LEAST_SPACING, (room - 2 * edge) / gaps);
  const columns = Array.from({ length: hosts }, (_, column) => Math.round(GUTTER + edge + column * spacing));
  return {
    columns,
    spacing,
    staggered: hosts > 2 && spacing < NARROW_SPACING,
    width: Math.max(width, (columns.at(-1) ?? GUTTER + edge) + edge + FRAME_GUTTER),
    height: steps * CALL_STEP_HEIGHT + 14,
  };
}

/** Pixels that a host's name has. */
export function hostRoom({ spacing, staggered }: CallLadderFrame): number {
  return staggered ? 2 * spacing - 8 : Math.max(120, Math.min(spacing - 10, 260));
}

/** A name loses its end, an address its beginning: that is what others on the ladder have in common. */
export function fitHost(host: string, room: number): string {
  const most = Math.max(4, Math.floor(room / HOST_CHARACTER));
  if (host.length <= most) return host;
  return /[a-z]{2}/i.test(host.replace(/^\[.*\]/, ''))
    ? `${host.slice(0, most - 1)}…`
    : `…${host.slice(1 - most)}`;
}

/** A locked stretch as it is drawn: which steps it spans, and its place beside others between the same hosts. */
export interface LockBand {
  readonly step: number;
  readonly from: number;
  readonly to: number;
  readonly first: number;
  readonly last: number;
  readonly lane: number;
}

/** Stretches between the same two hosts that overlap are drawn one inside the other. */
export function bandsOfLocks(steps: readonly CallStep[]): readonly LockBand[] {
  const lanes = new Map<string, number[]>();
  const bands: LockBand[] = [];
  steps.forEach((step, at) => {
    if (step.kind !== 'lock') return;
    const from = Math.min(step.lock.from, step.lock.to);
    const to = Math.max(step.lock.from, step.lock.to);
    const ends = lanes.get(`${from} ${to}`) ?? [];
    lanes.set(`${from} ${to}`, ends);
    const free = ends.findIndex((end) => end < at);
    const lane = free < 0 ? ends.length : free;
    ends[lane] = step.last;
    bands.push({ step: at, from, to, first: at, last: step.last, lane });
  });
  return bands;
}

/** Characters that a label between two columns may have. */
export function charactersBetween(frame: CallLadderFrame, from: number, to: number): number {
  const span = Math.abs((frame.columns[from] ?? 0) - (frame.columns[to] ?? 0));
  return Math.max(LEAST_LABEL, Math.floor((span === 0 ? frame.spacing : span - 26) / CHARACTER));
}

/** The middle of a label of so many characters: at `wanted`, as far as it then stays between times and frame numbers. */
export function middleOfLabel(frame: CallLadderFrame, wanted: number, characters: number): number {
  const half = (characters * CHARACTER) / 2;
  const most = frame.width - FRAME_GUTTER - half;
  return Math.max(Math.min(wanted, most), GUTTER + half);
}

/** The step to be seen first: the final response that refused the call, else the beginning. */
export function firstCallStep(steps: readonly CallStep[]): number {
  let failed = -1;
  steps.forEach((step, at) => {
    // 487 only confirms the CANCEL.
    if (failed < 0 && step.kind === 'arrow' && isRefusal(step.arrow) && step.arrow.status !== 487)
      failed = at;
  });
  return Math.max(0, failed);
}

/** A final response that is no success. A challenge is none: it is to be answered. */
export function isRefusal({ status }: CallArrow): boolean {
  return status >= 400 && status !== 401 && status !== 407;
}

/** How an arrow is marked beside its colour: how it was read, and whether it came again. */
export function markOfArrow(arrow: CallArrow): 'retransmission' | 'decrypted' | 'clear' {
  if (arrow.retransmission) return 'retransmission';
  return arrow.decrypted ? 'decrypted' : 'clear';
}
