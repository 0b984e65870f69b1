import type { CallGroup } from '../../app/calls/join-legs.ts';
import type { FrameReporter } from '../frames/frame-report.ts';
import type { CallBook } from './call-book.ts';
import { inferLockedCalls, type LockedCall } from './call-locked.ts';
import type { OpaqueConnections } from './call-opaque.ts';
import type { Analysis } from '../analysis.ts';

/** A call that was read, or one that is inferred. */
export type CallEntry = CallGroup | LockedCall;

/** The calls of a capture in order of time, and where to find them. */
export interface CallList {
  readonly groups: readonly CallGroup[];
  readonly locked: readonly LockedCall[];
  readonly entries: readonly CallEntry[];
  /** By name: place in `entries`. */
  readonly byName: ReadonlyMap<string, number>;
  /** By Call-ID: the call's name, and the leg. */
  readonly nameOf: ReadonlyMap<string, string>;
  readonly legOf: ReadonlyMap<string, number>;
}

export interface CallListGround {
  readonly analysis: Analysis;
  readonly frames: FrameReporter;
  readonly book: CallBook;
  readonly opaque: OpaqueConnections;
}

/** Makes the list, with a stop every few milliseconds. */
export function* makeCallList(ground: CallListGround): Generator<undefined, CallList> {
  const { analysis, frames, book, opaque } = ground;
  const groups = book.groups();
  yield;
  if (opaque.all().length > 0) yield* describeAll(groups, book);
  const locked = inferLockedCalls(analysis, frames, book, opaque);
  yield;
  const timed: { entry: CallEntry; time: number }[] = locked.map((entry) => ({
    entry,
    time: frames.relativeTimeOf(entry.firstFrame),
  }));
  for (const [at, entry] of groups.entries()) {
    if (isStop(at, CHEAP)) yield;
    const first = book.tracker.legs.first.read(entry.legs[0] ?? 0) - 1;
    timed.push({ entry, time: book.relativeOf(first) });
  }
  const entries = timed.sort((a, b) => a.time - b.time).map(({ entry }) => entry);
  yield;
  return { groups, locked, entries, ...(yield* nameEntries(entries, book)) };
}

/** What is inferred is held against every call that was read: the descriptions are kept in the book. */
function* describeAll(groups: readonly CallGroup[], book: CallBook): Generator<undefined> {
  for (const [at, { legs }] of groups.entries()) {
    if (isStop(at, DEAR)) yield;
    for (const leg of legs) book.describe(leg);
  }
}

function* nameEntries(
  entries: readonly CallEntry[],
  book: CallBook,
): Generator<undefined, Pick<CallList, 'byName' | 'nameOf' | 'legOf'>> {
  const { legs, strings } = book.tracker;
  const byName = new Map<string, number>();
  const nameOf = new Map<string, string>();
  const legOf = new Map<string, number>();
  for (const [at, entry] of entries.entries()) {
    if (isStop(at, CHEAP)) yield;
    if ('name' in entry) {
      if (!byName.has(entry.name)) byName.set(entry.name, at);
      continue;
    }
    const callIds = entry.legs.map((leg) => strings.textOf(legs.callId.read(leg)));
    // What was read goes before what is inferred, should a Call-ID look like the name of a locked call.
    byName.set(callIds[0] ?? '', at);
    for (const [index, callId] of callIds.entries()) {
      nameOf.set(callId, callIds[0] ?? '');
      legOf.set(callId, entry.legs[index] ?? -1);
    }
  }
  return { byName, nameOf, legOf };
}

/** True at every so many, but the first. */
function isStop(at: number, every: number): boolean {
  return at > 0 && at % every === 0;
}

/** Calls between two stops. */
const CHEAP = 4000;
const DEAR = 400;
