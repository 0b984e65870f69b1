import { messageOf } from './page-api.ts';

/** Something asked of the host. While it loads, what was shown before may stay on the screen. */
export type Loadable<T> =
  | { readonly kind: 'idle' }
  | { readonly kind: 'loading'; readonly previous: T | null }
  | { readonly kind: 'ready'; readonly value: T }
  | { readonly kind: 'failed'; readonly message: string };

export const IDLE = { kind: 'idle' } as const;

/** What can be shown now: the value, or the one before it while the next is on its way. */
export function shownOf<T>(loadable: Loadable<T>): T | null {
  if (loadable.kind === 'ready') return loadable.value;
  return loadable.kind === 'loading' ? loadable.previous : null;
}

export function loadingAfter<T>(loadable: Loadable<T>): Loadable<T> {
  return { kind: 'loading', previous: shownOf(loadable) };
}

/**
 * Asks for a value, of which only the latest counts, and puts what stands meanwhile: loading over what was shown before,
 * then the value or why there is none.
 */
export function loadLatest<T>(
  latest: Latest,
  before: Loadable<T>,
  ask: () => Promise<T>,
  put: (loadable: Loadable<T>) => void,
): void {
  put(loadingAfter(before));
  latest(async (isCurrent) => {
    try {
      const value = await ask();
      if (isCurrent()) put({ kind: 'ready', value });
    } catch (error) {
      if (isCurrent()) put({ kind: 'failed', message: messageOf(error) });
    }
  });
}

export type Latest = (run: (isCurrent: () => boolean) => Promise<void>) => void;

/**
 * Runs requests of which only the latest counts: what an earlier one answers is dropped. While one is under way, only
 * the newest of those that follow is kept, so that a held arrow key does not queue a hundred of them.
 */
export function createLatest(): Latest {
  let newest = 0;
  let busy = false;
  let waiting: ((isCurrent: () => boolean) => Promise<void>) | null = null;

  const start = (run: (isCurrent: () => boolean) => Promise<void>, number: number): void => {
    busy = true;
    void run(() => number === newest).finally(() => {
      busy = false;
      const next = waiting;
      waiting = null;
      if (next !== null) start(next, newest);
    });
  };
  return (run) => {
    newest += 1;
    if (busy) waiting = run;
    else start(run, newest);
  };
}
