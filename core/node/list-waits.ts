import { setImmediate as nextTurn } from 'node:timers/promises';

/**
 * Does a list's work in steps, others between them, until it is done or takes longer than somebody who looks at the list
 * should wait: then the list is shown as far as it is, and asked for again.
 */
export async function workOnList(step: () => boolean, mayShow: () => boolean): Promise<void> {
  const began = performance.now();
  while (!step()) {
    if (performance.now() - began >= ORDER_WAIT && mayShow()) return;
    await nextTurn();
  }
}

/** A list where there is nothing to be listed. */
export function nothing(from: number): {
  revision: number;
  total: number;
  ordered: boolean;
  from: number;
  rows: never[];
} {
  return { revision: 0, total: 0, ordered: true, from, rows: [] };
}

/** Milliseconds for which a list is held back until it stands in the order asked for. */
const ORDER_WAIT = 300;
