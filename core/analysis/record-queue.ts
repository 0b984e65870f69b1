import type { Epoch } from '../tls/epoch.ts';
import type { Flow } from '../tls/flow.ts';
import type { TlsSession } from '../tls/session.ts';

/** Records that wait to be opened, one row each; columns are used again for the next batch. */
export class RecordQueue {
  length = 0;
  /** Bytes of their bodies. */
  bytes = 0;
  private readonly most: number;
  readonly sessions: TlsSession[] = [];
  readonly flows: Flow[] = [];
  readonly epochs: Epoch[] = [];
  readonly rows = new Uint32Array(MOST_QUEUED);
  /** Sequence numbers in two words: read as floating point they would make every field that takes them a slow one. */
  private readonly sequenceHighs = new Uint32Array(MOST_QUEUED);
  private readonly sequenceLows = new Uint32Array(MOST_QUEUED);
  readonly previousRows = new Int32Array(MOST_QUEUED);
  /** Filled in as the batch is laid out: the job, and the place among its rows. */
  readonly jobs = new Uint32Array(MOST_QUEUED);
  readonly indexes = new Uint32Array(MOST_QUEUED);
  /** Where the body stands in the window that is held; -1 where it must be copied. */
  readonly places = new Int32Array(MOST_QUEUED);

  /** The epochs of its records, as long as they are few. */
  private readonly few: Epoch[] = [];

  /** `most`: records that it takes. */
  constructor(most = MOST_QUEUED) {
    this.most = Math.min(MOST_QUEUED, most);
  }

  get full(): boolean {
    // Of few epochs each has records enough for a job soon, and what is small stays in the processor's cache.
    const most = this.few.length < FEW_EPOCHS ? FEW_EPOCHS_BYTES : MOST_QUEUED_BYTES;
    return this.length >= this.most || this.bytes >= most;
  }

  add(session: TlsSession, flow: Flow, epoch: Epoch, row: number, sequence: number, length: number): void {
    const at = this.length;
    this.sessions[at] = session;
    this.flows[at] = flow;
    this.epochs[at] = epoch;
    this.rows[at] = row;
    this.setSequence(at, sequence);
    this.previousRows[at] = flow.previousRow;
    this.length = at + 1;
    this.bytes += length;
    if (this.few.length < FEW_EPOCHS && !this.few.includes(epoch)) this.few.push(epoch);
  }

  /** A record that was opened before: nobody's state hangs on what comes of it. */
  addAgain(epoch: Epoch, row: number, sequence: number, previousRow: number, length: number): void {
    const at = this.length;
    this.epochs[at] = epoch;
    this.rows[at] = row;
    this.setSequence(at, sequence);
    this.previousRows[at] = previousRow;
    this.length = at + 1;
    this.bytes += length;
  }

  sequenceOf(at: number): number {
    const high = this.sequenceHighs[at]!;
    const low = this.sequenceLows[at]!;
    return high === 0 ? low : high * 0x100000000 + low;
  }

  clear(): void {
    this.length = 0;
    this.bytes = 0;
    this.few.length = 0;
  }

  private setSequence(at: number, sequence: number): void {
    this.sequenceHighs[at] = sequence < 0x100000000 ? 0 : Math.floor(sequence / 0x100000000);
    this.sequenceLows[at] = sequence;
  }
}

const MOST_QUEUED = 16_384;
const MOST_QUEUED_BYTES = 8 * 1024 * 1024;
const FEW_EPOCHS = 9;
const FEW_EPOCHS_BYTES = 2 * 1024 * 1024;
