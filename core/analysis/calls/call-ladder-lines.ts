import type { CallArrow, CallDetail, CallLock, CallMediaBar } from '../../api-calls.ts';

/** One line of a call's ladder: in order of time, stretches and media where they begin. Seconds since the call began. */
export type CallLadderLine =
  | { readonly kind: 'arrow'; readonly at: number; readonly arrow: CallArrow }
  | { readonly kind: 'lock'; readonly at: number; readonly lock: CallLock }
  | { readonly kind: 'media'; readonly at: number; readonly bar: CallMediaBar };

export function callLadderLines(detail: CallDetail): CallLadderLine[] {
  const lines: CallLadderLine[] = [
    ...detail.arrows.map((arrow) => ({ kind: 'arrow' as const, at: arrow.relative, arrow })),
    ...detail.locks.map((lock) => ({ kind: 'lock' as const, at: lock.start, lock })),
    ...detail.media.map((bar) => ({ kind: 'media' as const, at: bar.start, bar })),
  ];
  return lines.sort((a, b) => a.at - b.at);
}

/** "from to to", or what is locked, in a few words. */
export function titleOfCall({ row }: CallDetail): string {
  if (row.kind === 'locked') return `Locked call between ${row.source} and ${row.destination}`;
  return `Call from ${row.from} to ${row.to}`;
}

/** "no-key, conversation 3, 14 records, 8.0 s". */
export function noteOfLock(lock: CallLock): string {
  const records = `${lock.records} ${lock.records === 1 ? 'record' : 'records'}`;
  return `${lock.cause}, conversation ${lock.conversation}, ${records}, ${(lock.end - lock.start).toFixed(1)} s`;
}
