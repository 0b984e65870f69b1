/** Threads that open batches of records and do RSA, so that one connection with much traffic keeps all of them busy. */
import type { BatchJob, BatchOpener } from '../analysis/batch-opener.ts';
import type { LineWork } from '../analysis/messages/finish-lines.ts';
import type { CryptoBackend, PrivateKeyHandle } from '../crypto/backend.ts';
import { openBatch } from '../tls/open/open-batch.ts';
import { exportHandleForWorker, type PortableKey } from './keys/key-handle.ts';
import type { LineShare } from './opener-messages.ts';
import { packJobs, shareLines, shareOut } from './opener-shares.ts';
import { OPENER_WORKER_URL, type OpenerTask, type OpenerThread, startThread } from './opener-thread.ts';

/**
 * With `size` 0, and wherever threads cannot start or die, the work is done on the calling thread: slower, the same
 * results. The pool keeps the process alive only while work is under way.
 */
export class OpenerPool implements BatchOpener {
  readonly parallel: number;
  readonly mostRecords: number;
  readonly #backend: CryptoBackend;
  readonly #threads: OpenerThread[] = [];
  /** The calling thread answers others meanwhile: it leaves to the threads what takes it long. */
  readonly #answers: boolean;
  /** RSA that no thread has begun. */
  readonly #rsa: RsaWork[] = [];
  #closed = false;

  constructor(
    size: number,
    backend: CryptoBackend,
    { workerUrl = OPENER_WORKER_URL, answers = false, started = [] }: OpenerPoolOptions = {},
  ) {
    this.#backend = backend;
    this.#answers = answers;
    this.mostRecords = answers ? FEW_RECORDS : Infinity;
    for (let i = 0; i < size; i++) {
      const thread = started[i] ?? startThread(workerUrl);
      if (thread === null || thread.isLost) continue;
      thread.lost = () => this.#lose(thread);
      this.#threads.push(thread);
    }
    // One call for each thread, and the next one waiting for it.
    this.parallel = 2 * this.#threads.length;
  }

  get finishesLines(): boolean {
    return this.#threads.length > 0;
  }

  allocate(bytes: number): Uint8Array {
    return new Uint8Array(this.#threads.length === 0 ? new ArrayBuffer(bytes) : new SharedArrayBuffer(bytes));
  }

  /** null where all was done at once, on this thread. */
  openAll(jobs: readonly BatchJob[], lines: LineWork | null = null): Promise<void> | null {
    if (this.#threads.length === 0) {
      this.#openHere(jobs);
      return null;
    }
    const parts = shareOut(jobs, this.#threads.length);
    const shares = lines === null ? [] : shareLines(lines, parts);
    return Promise.all(parts.map((part, at) => this.#submit(part, shares[at] ?? null))).then(() => undefined);
  }

  /**
   * RSA without padding for each ciphertext (CryptoBackend.rsaDecryptRaw), in their order. The key crosses to the
   * threads and stays in this process.
   */
  async decryptPremasters(
    handle: PrivateKeyHandle,
    ciphertexts: readonly Uint8Array[],
  ): Promise<(Uint8Array | null)[]> {
    const key = exportHandleForWorker(handle);
    if (key === null || this.#threads.length === 0 || ciphertexts.length < 2)
      return ciphertexts.map((ciphertext) => this.#backend.rsaDecryptRaw(handle, ciphertext));
    const parts: Promise<readonly (Uint8Array | null)[]>[] = [];
    for (let from = 0; from < ciphertexts.length; from += RSA_SHARE) {
      const share = ciphertexts.slice(from, from + RSA_SHARE);
      parts.push(new Promise((resolve) => this.#rsa.push({ handle, key, ciphertexts: share, resolve })));
    }
    this.#handOutRsa();
    return (await Promise.all(parts)).flat();
  }

  /** Does what no thread has begun, where nobody waits for this one. */
  helpDecrypting(): void {
    if (this.#answers) return;
    for (let work = this.#rsa.shift(); work !== undefined; work = this.#rsa.shift())
      work.resolve(this.#decryptHere(work));
  }

  /** Ends the threads. Rows of calls still under way stay OPEN_PENDING, premasters of such calls are null. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const { ciphertexts, resolve } of this.#rsa.splice(0)) resolve(ciphertexts.map(() => null));
    const threads = this.#threads.splice(0);
    await Promise.all(threads.map((thread) => thread.worker.terminate()));
    for (const thread of threads) for (const task of thread.tasks.values()) task.abandon();
  }

  #submit(jobs: readonly BatchJob[], lines: LineShare | null): Promise<void> {
    const thread = this.#leastBusy();
    const request = thread === null ? null : packJobs(thread, jobs, lines);
    if (thread === null || request === null) {
      this.#openHere(jobs);
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      this.#give(thread, request.id, {
        settle: () => resolve(),
        redo: () => {
          // What killed the thread may do the same here: whoever waits is to hear of it.
          try {
            this.#openHere(jobs);
            resolve();
          } catch (fault) {
            reject(fault);
          }
        },
        abandon: () => resolve(),
      });
      thread.worker.postMessage(request);
    });
  }

  /** Each thread has a share at hand, and one that waits; the rest can still be done by others. */
  #handOutRsa(): void {
    while (this.#rsa.length > 0) {
      const thread = this.#leastBusy();
      if (thread !== null && thread.rsa >= MOST_RSA) return;
      const work = this.#rsa.shift();
      if (work === undefined) return;
      if (thread === null) work.resolve(this.#decryptHere(work));
      else this.#submitRsa(thread, work);
    }
  }

  #submitRsa(thread: OpenerThread, work: RsaWork): void {
    const id = thread.nextId++;
    const done = (premasters: readonly (Uint8Array | null)[]): void => {
      thread.rsa -= 1;
      work.resolve(premasters);
      this.#handOutRsa();
    };
    thread.rsa += 1;
    this.#give(thread, id, {
      settle: (reply) => done(reply.kind === 'rsa' ? reply.premasters : this.#decryptHere(work)),
      redo: () => done(this.#decryptHere(work)),
      abandon: () => done(work.ciphertexts.map(() => null)),
    });
    // Copies: a view would take the whole buffer behind it along.
    const copies = work.ciphertexts.map((ciphertext) => new Uint8Array(ciphertext));
    thread.worker.postMessage({ kind: 'rsa', id, key: work.key, ciphertexts: copies });
  }

  #decryptHere({ handle, ciphertexts }: RsaWork): (Uint8Array | null)[] {
    return ciphertexts.map((ciphertext) => this.#backend.rsaDecryptRaw(handle, ciphertext));
  }

  #give(thread: OpenerThread, id: number, task: OpenerTask): void {
    if (thread.tasks.size === 0) thread.worker.ref();
    thread.tasks.set(id, task);
  }

  #leastBusy(): OpenerThread | null {
    let best: OpenerThread | null = null;
    for (const thread of this.#threads)
      if (best === null || thread.tasks.size < best.tasks.size) best = thread;
    return best;
  }

  #openHere(jobs: readonly BatchJob[]): void {
    for (const { batch, results } of jobs) openBatch(this.#backend, batch, results);
  }

  /** A thread that failed: what it had not finished is done here, from the beginning. */
  #lose(thread: OpenerThread): void {
    if (this.#closed) return;
    const at = this.#threads.indexOf(thread);
    if (at >= 0) this.#threads.splice(at, 1);
    const tasks = [...thread.tasks.values()];
    thread.tasks.clear();
    for (const task of tasks) task.redo();
  }
}

/** A few ciphertexts for one key. */
interface RsaWork {
  readonly handle: PrivateKeyHandle;
  readonly key: PortableKey;
  readonly ciphertexts: readonly Uint8Array[];
  readonly resolve: (premasters: readonly (Uint8Array | null)[]) => void;
}

export interface OpenerPoolOptions {
  readonly workerUrl?: URL;
  /** Threads that were started before; where they are too few, further ones are. */
  readonly started?: readonly OpenerThread[];
  readonly answers?: boolean;
}

/** A batch that keeps the calling thread busy for some milliseconds. */
const FEW_RECORDS = 4096;

/** Ciphertexts that a thread gets at once (some milliseconds), and how many such shares. */
const RSA_SHARE = 8;
const MOST_RSA = 2;
