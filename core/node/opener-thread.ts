/** A thread of OpenerPool; it can be started before there is a pool, while the code that needs it is still loaded. */
import { Worker } from 'node:worker_threads';
import type { RecordProtection } from '../tls/open/batch.ts';
import type { OpenerReply } from './opener-messages.ts';

/** The entry that `npm run build` makes; the same path from the source and from every program in dist. */
export const OPENER_WORKER_URL = new URL('../../dist/node/opener-worker.mjs', import.meta.url);

/** What the thread is to answer. */
export interface OpenerTask {
  readonly settle: (reply: OpenerReply) => void;
  readonly redo: () => void;
  readonly abandon: () => void;
}

export interface OpenerThread {
  readonly worker: Worker;
  readonly tasks: Map<number, OpenerTask>;
  /** The numbers under which the thread knows protections. */
  readonly known: Map<RecordProtection, number>;
  nextId: number;
  /** Shares of RSA that it has. */
  rsa: number;
  /** It failed, or ended. */
  isLost: boolean;
  /** Told of that. */
  lost: () => void;
}

/** null where the system starts none. The thread keeps the process alive only while it has tasks. */
export function startThread(url = OPENER_WORKER_URL): OpenerThread | null {
  let worker: Worker;
  try {
    worker = new Worker(url);
  } catch {
    return null;
  }
  const thread: OpenerThread = {
    worker,
    tasks: new Map(),
    known: new Map(),
    nextId: 1,
    rsa: 0,
    isLost: false,
    lost: () => undefined,
  };
  worker.on('message', (reply: OpenerReply) => {
    const task = thread.tasks.get(reply.id);
    thread.tasks.delete(reply.id);
    if (thread.tasks.size === 0) worker.unref();
    task?.settle(reply);
  });
  const lose = (): void => {
    thread.isLost = true;
    thread.lost();
  };
  worker.on('error', lose);
  worker.on('exit', lose);
  // Only now: whoever listens to a thread keeps the process alive for it.
  worker.unref();
  return thread;
}
