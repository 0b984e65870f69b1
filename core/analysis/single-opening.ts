import type { CryptoBackend } from '../crypto/backend.ts';
import { Rc4 } from '../crypto/rc4.ts';
import type { RecordTable } from '../store/record-table.ts';
import type { Epoch } from '../tls/epoch.ts';
import type { Flow } from '../tls/flow.ts';
import { OPEN_UNSUPPORTED, type OpenResults, type RecordProtection, ROW_WIDTH } from '../tls/open/batch.ts';
import { openBatch } from '../tls/open/open-batch.ts';
import type { DatagramRequest } from '../tls/session-host.ts';
import { writeRow } from './record-batches.ts';
import type { RecordBytes } from './record-bytes.ts';

/** Opens records one by one, on this thread: each call gives a status, and `plaintext` until the next one. */
export class SingleOpening {
  plaintext: Uint8Array = EMPTY;
  plaintextType = 0;
  private readonly records: RecordTable;
  private readonly backend: CryptoBackend;
  private readonly bytes: RecordBytes;
  private readonly single = new SingleRecord();

  constructor(records: RecordTable, backend: CryptoBackend, bytes: RecordBytes) {
    this.records = records;
    this.backend = backend;
    this.bytes = bytes;
  }

  /** See SessionHost. */
  openNow(flow: Flow, epoch: Epoch, row: number, sequence: number): number {
    if (epoch.protection.kind === 'stream' && epoch.protection.cipher === 'rc4')
      return this.openStreamNow(flow, epoch, epoch.protection, row, sequence);
    return this.openRow(flow, epoch, row, sequence);
  }

  /** RC4: its state goes on from record to record, so a checkpoint is kept with the flow. */
  openStreamNow(
    flow: Pick<Flow, 'keystreamUsed' | 'rc4'>,
    epoch: Epoch,
    protection: Extract<RecordProtection, { kind: 'stream' }>,
    row: number,
    sequence: number,
  ): number {
    const { single } = this;
    const length = this.records.fragmentLength.read(row);
    single.ensure(length);
    if (!this.bytes.readBody(row, single.input, 0)) return OPEN_UNSUPPORTED;
    const at = flow.keystreamUsed;
    let kept = flow.rc4;
    if (kept === null || kept.epoch !== epoch || kept.state.position > at) {
      kept = { epoch, state: new Rc4(protection.key) };
      flow.rc4 = kept;
    }
    const state = kept.state.checkpoint();
    state.skip(at - state.position);
    state.apply(single.input, 0, length, single.input, 0);
    writeRow(single.rows, 0, this.records, row, 0, length, sequence, epoch);
    openBatch(
      this.backend,
      {
        protection: { ...protection, cipher: 'null' },
        first: 0,
        count: 1,
        outputFrom: 0,
        input: single.input.subarray(0, length),
        rows: single.rows,
        keystreamUsed: 0,
      },
      single.results,
    );
    const { results } = single;
    const status = results.status[0] ?? 0;
    if (status === 1) flow.rc4 = { epoch, state };
    const from = results.offsets[0] ?? 0;
    this.plaintext = results.output.subarray(from, from + (results.lengths[0] ?? 0));
    this.plaintextType = results.types[0] ?? 0;
    return status;
  }

  /** See SessionHost. */
  openBytes(epoch: Epoch, request: DatagramRequest): number {
    const { single } = this;
    const { input, rows, results } = { input: request.input, rows: single.rows, results: single.results };
    rows[0] = request.type;
    rows[1] = request.version;
    rows[2] = request.bodyAt;
    rows[3] = request.bodyLength;
    rows[4] = request.high;
    rows[5] = request.low;
    rows[6] = request.additionalLength < 0 ? 0xffffffff : 0;
    rows[7] = Math.max(0, request.additionalLength);
    openBatch(
      this.backend,
      { protection: epoch.protection, first: 0, count: 1, input, rows, outputFrom: 0, keystreamUsed: 0 },
      results,
    );
    const from = results.offsets[0] ?? 0;
    this.plaintext = results.output.subarray(from, from + (results.lengths[0] ?? 0));
    this.plaintextType = results.types[0] ?? 0;
    return results.status[0] ?? 0;
  }

  /** As openNow, of a record that was opened before. */
  openAgain(flow: { previousRow: number; keystreamUsed: number }, epoch: Epoch, row: number): number {
    return this.openRow(flow, epoch, row, this.records.sequence.read(row));
  }

  /** One record as a batch of its own, with the sequence number that it is taken to have. */
  private openRow(
    flow: Pick<Flow, 'previousRow' | 'keystreamUsed'>,
    epoch: Epoch,
    row: number,
    sequence: number,
  ): number {
    const { single, records } = this;
    const length = records.fragmentLength.read(row);
    const lead = this.bytes.layChain(flow.previousRow, epoch, single.input, 0);
    if (lead < 0) return OPEN_UNSUPPORTED;
    single.ensure(lead + length);
    if (!this.bytes.readBody(row, single.input, lead)) return OPEN_UNSUPPORTED;
    writeRow(single.rows, 0, records, row, lead, length, sequence, epoch);
    openBatch(
      this.backend,
      {
        protection: epoch.protection,
        first: 0,
        count: 1,
        outputFrom: 0,
        input: single.input.subarray(0, lead + length),
        rows: single.rows,
        keystreamUsed: flow.keystreamUsed,
      },
      single.results,
    );
    const { results } = single;
    const from = results.offsets[0] ?? 0;
    this.plaintext = results.output.subarray(from, from + (results.lengths[0] ?? 0));
    this.plaintextType = results.types[0] ?? 0;
    return results.status[0] ?? 0;
  }
}

/** Room for one record that is opened by itself. */
class SingleRecord {
  input = new Uint8Array(1 << 16);
  readonly rows = new Uint32Array(ROW_WIDTH);
  results: OpenResults = resultsOf(1 << 16);

  ensure(bytes: number): void {
    if (bytes <= this.input.length) return;
    const grown = new Uint8Array(bytes * 2);
    grown.set(this.input);
    this.input = grown;
    this.results = resultsOf(bytes * 2);
  }
}

function resultsOf(bytes: number): OpenResults {
  return {
    output: new Uint8Array(bytes),
    offsets: new Uint32Array(1),
    lengths: new Uint32Array(1),
    status: new Uint8Array(1),
    types: new Uint8Array(1),
    readable: new Uint8Array(1),
  };
}

const EMPTY = new Uint8Array(0);
