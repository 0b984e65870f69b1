import { type RecordTable, VERDICT_OPAQUE } from '../store/record-table.ts';
import type { RawInflater } from '../tls/compression.ts';
import { DtlsSession } from '../tls/dtls/dtls-session.ts';
import type { Stretch } from '../tls/epoch.ts';
import type { Flow } from '../tls/flow.ts';
import type { TlsSession } from '../tls/session.ts';
import { CompressedPlaintext } from './compressed-plaintext.ts';
import type { RecordBytes } from './record-bytes.ts';
import { RecordLinks } from './record-links.ts';
import type { SingleOpening } from './single-opening.ts';

/** What is known of records that were opened once. */
export interface OpenedRecords {
  readonly records: RecordTable;
  readonly stretches: readonly Stretch[];
  sessionOfRow(row: number): TlsSession;
  createInflater(): RawInflater | null;
}

/** Plaintexts of records, derived again when somebody asks: none is kept. */
export class RecordPlaintexts {
  private readonly host: OpenedRecords;
  private readonly records: RecordTable;
  private readonly bytes: RecordBytes;
  private readonly single: SingleOpening;
  private readonly links: RecordLinks;
  private readonly compressed: CompressedPlaintext;
  /** Where key streams stood at the record that was asked for last, by stretch. */
  private readonly keystreams = new Map<number, { row: number } & Pick<Flow, 'keystreamUsed' | 'rc4'>>();

  constructor(host: OpenedRecords, bytes: RecordBytes, single: SingleOpening) {
    this.host = host;
    this.records = host.records;
    this.bytes = bytes;
    this.single = single;
    this.links = new RecordLinks(host.records);
    this.compressed = new CompressedPlaintext(
      host.records,
      (row) => this.openedAgain(row),
      () => host.createInflater(),
    );
  }

  /** Keys may have changed. */
  forget(): void {
    this.compressed.forget();
    this.keystreams.clear();
  }

  /** The plaintext of one opened record, derived again; null where it was not opened or its bytes are gone. */
  plaintextOf(row: number): Uint8Array | null {
    const stretchId = this.records.epoch.read(row);
    const stretch = this.host.stretches[stretchId - 1];
    const session = this.host.sessionOfRow(row);
    if (stretch?.handshake?.suite?.kind === 'null') {
      const body = this.bytes.bodyOf(row);
      return body.slice(0, this.records.plaintextLength.read(row));
    }
    if (stretch === undefined || stretch.epoch === null) return null;
    const compressed = stretch.handshake !== null && stretch.handshake.compression !== 0;
    if (!compressed || session instanceof DtlsSession) return this.openedAgain(row);
    return this.compressed.read(row, stretch.handshake.firstRow);
  }

  /** What one record opens to, before any decompression. Not authenticated where the record was not. */
  private openedAgain(row: number): Uint8Array | null {
    const epoch = this.host.stretches[this.records.epoch.read(row) - 1]?.epoch ?? null;
    if (epoch === null) return null;
    const session = this.host.sessionOfRow(row);
    if (session instanceof DtlsSession)
      return session.openAgain(row, epoch) ? this.single.plaintext.slice() : null;
    if (epoch.protection.kind === 'stream' && epoch.protection.cipher !== 'null')
      return this.streamPlaintext(row);
    const { protection } = epoch;
    const chained = protection.kind === 'cbc' && !protection.explicitIv;
    const flow = { previousRow: chained ? this.previousRowOf(row) : -1, keystreamUsed: 0 };
    const status = this.single.openAgain(flow, epoch, row);
    const readable = this.records.verdict.read(row) === VERDICT_OPAQUE && this.single.plaintext.length > 0;
    return status === 1 || readable ? this.single.plaintext.slice() : null;
  }

  /** The record before in the same direction and epoch; -1 for the first. */
  private previousRowOf(row: number): number {
    const { epoch } = this.records;
    const before = this.links.previousOf(row);
    return before >= 0 && epoch.read(before) === epoch.read(row) ? before : -1;
  }

  /**
   * Stream ciphers carry on from record to record: bytes used before it are added up, from the record that was asked for
   * last where that stands before it, so that asking for one after the other is linear.
   */
  private streamPlaintext(row: number): Uint8Array | null {
    const { records } = this;
    const stretch = this.host.stretches[records.epoch.read(row) - 1];
    const protection = stretch?.epoch?.protection;
    if (stretch === undefined || stretch.epoch === null || protection?.kind !== 'stream') return null;
    const jumps = this.host.sessionOfRow(row).keystreamJumps;
    const known = this.keystreams.get(stretch.id);
    let used = jumps.get(row) ?? 0;
    if (known?.row === row) used = known.keystreamUsed;
    else
      for (
        let before = this.links.previousOf(row);
        before >= 0 && !jumps.has(row);
        before = this.links.previousOf(before)
      ) {
        if (records.epoch.read(before) !== stretch.id + 1) break;
        if (known?.row === before) {
          used += known.keystreamUsed + records.fragmentLength.read(before);
          break;
        }
        used += records.fragmentLength.read(before) + (jumps.get(before) ?? 0);
        if (jumps.has(before)) break;
      }
    const flow = { row, keystreamUsed: used, rc4: known?.rc4 ?? null };
    const status = this.single.openStreamNow(
      flow,
      stretch.epoch,
      protection,
      row,
      records.sequence.read(row),
    );
    if (this.keystreams.size >= MOST_KEYSTREAMS) this.keystreams.clear();
    this.keystreams.set(stretch.id, flow);
    return status === 1 ? this.single.plaintext.slice() : null;
  }
}

const MOST_KEYSTREAMS = 256;
