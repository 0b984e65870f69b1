import { type RecordTable, VERDICT_DECRYPTED } from '../store/record-table.ts';
import { type RawInflater, RecordInflater } from '../tls/compression.ts';

/**
 * Plaintexts of records that were compressed (RFC 3749): each refers to those before it, so they are opened again from
 * the first of their epoch on. Where the last one asked for was is kept, so that reading on costs one record each.
 */
export class CompressedPlaintext {
  private readonly records: RecordTable;
  private readonly openAgain: (row: number) => Uint8Array | null;
  private readonly createInflater: () => RawInflater | null;
  /** Value of the epoch column, the last row taken in, and its content. */
  private epoch = 0;
  private row = -1;
  private inflater: RecordInflater | null = null;
  private content: Uint8Array | null = null;

  constructor(
    records: RecordTable,
    openAgain: (row: number) => Uint8Array | null,
    createInflater: () => RawInflater | null,
  ) {
    this.records = records;
    this.openAgain = openAgain;
    this.createInflater = createInflater;
  }

  /** The content of a record whose epoch compresses; null where it cannot be had. */
  read(row: number, firstRow: number): Uint8Array | null {
    const { records } = this;
    const epoch = records.epoch.read(row);
    if (epoch !== this.epoch || row < this.row || this.inflater === null) {
      const inflater = this.createInflater();
      if (inflater === null) return null;
      this.inflater = new RecordInflater(inflater);
      this.epoch = epoch;
      this.row = firstRow - 1;
      this.content = null;
    }
    while (this.row < row) {
      this.row += 1;
      // An epoch column's value is one direction of one connection.
      if (records.epoch.read(this.row) !== epoch) continue;
      if (records.verdict.read(this.row) !== VERDICT_DECRYPTED) continue;
      const compressed = this.openAgain(this.row);
      this.content = compressed === null ? null : (this.inflater.push(compressed)?.slice() ?? null);
    }
    return this.content;
  }

  forget(): void {
    this.inflater = null;
    this.content = null;
    this.epoch = 0;
    this.row = -1;
  }
}
