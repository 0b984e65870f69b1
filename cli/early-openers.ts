import { statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { type OpenerThread, startThread } from '../core/node/opener-thread.ts';

/** Threads cost some tens of milliseconds to start: smaller captures are done before. */
export const LARGE_CAPTURES = 8 * 1024 * 1024;

let started: OpenerThread[] = [];

/** Threads that may decrypt beside the one that reads. */
export function openerThreads(): number {
  return Math.max(1, Math.min(8, availableParallelism() - 1));
}

/** Starts the openers of large captures now: they come up while the code that reads is being loaded. */
export function startOpeners(captures: readonly string[]): void {
  const size = captures.reduce((sum, path) => sum + sizeOf(path), 0);
  for (let left = size < LARGE_CAPTURES ? 0 : openerThreads(); left > 0; left -= 1) {
    const thread = startThread();
    if (thread !== null) started.push(thread);
  }
}

/** The threads that were started, for the one who makes use of them. */
export function takeOpeners(): readonly OpenerThread[] {
  const taken = started;
  started = [];
  return taken;
}

/** Of standard input nobody knows. */
function sizeOf(path: string): number {
  return path === '-' ? LARGE_CAPTURES : (statSync(path, { throwIfNoEntry: false })?.size ?? 0);
}
