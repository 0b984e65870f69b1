import type { CryptoBackend, PrivateKeyHandle } from '../crypto/backend.ts';
import type { OpenBatch, OpenResults } from '../tls/open/batch.ts';
import type { LineWork } from './messages/finish-lines.ts';
import { openBatch } from '../tls/open/open-batch.ts';

/** One batch with the place of its results. */
export interface BatchJob {
  readonly batch: OpenBatch;
  readonly results: OpenResults;
  /** Bytes of its records, and of what comes of them at most. */
  readonly bytes: number;
  /**
   * SCAN_WIDTH numbers a row of the results: an opener that has time looks what SIP message begins in application data,
   * while it has the bytes at hand (noteScan). Null where nobody asks.
   */
  readonly scans: Int32Array | null;
}

/**
 * Opens batches, here or on other threads. `openAll` ends when every job's results are filled in. Inputs may
 * overlap; results do not. `lines`, of the same jobs, is work for its other threads, where it has any.
 */
export interface BatchOpener {
  /** How many calls are worth having under way at once; 0: this thread does the work. */
  readonly parallel: number;
  /** Records of a batch, where the calling thread is not to be busy with one for long; else as many as are quickest. */
  readonly mostRecords?: number;
  /** Whether it takes `lines`: there are other threads, which have the bytes at hand. */
  readonly finishesLines?: boolean;
  openAll(jobs: readonly BatchJob[], lines?: LineWork | null): Promise<void> | null;
  /**
   * RSA without padding for each ciphertext (CryptoBackend.rsaDecryptRaw), in their order. Only of openers for which
   * that is quicker than one by one.
   */
  decryptPremasters?(
    handle: PrivateKeyHandle,
    ciphertexts: readonly Uint8Array[],
  ): Promise<readonly (Uint8Array | null)[]>;
  /** The caller waits for `decryptPremasters`: it does what no thread has begun. */
  helpDecrypting?(): void;
  /** Buffers that the opener's threads can see. */
  allocate(bytes: number): Uint8Array;
}

/** Opens on this thread. */
export class LocalOpener implements BatchOpener {
  readonly parallel = 0;
  private readonly backend: CryptoBackend;

  constructor(backend: CryptoBackend) {
    this.backend = backend;
  }

  openAll(jobs: readonly BatchJob[]): null {
    for (const { batch, results } of jobs) openBatch(this.backend, batch, results);
    return null;
  }

  allocate(bytes: number): Uint8Array {
    return new Uint8Array(bytes);
  }
}
