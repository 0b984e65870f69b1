import type { RecordTable } from '../store/record-table.ts';

/**
 * The record before each record in its direction of its connection. Made when first asked for, and grown with the table:
 * only chained IVs and running key streams need it, and only when plaintext is derived again.
 */
export class RecordLinks {
  private readonly records: RecordTable;
  private previous = new Int32Array(0);
  private linked = 0;
  /** Last row so far, by connection and direction. */
  private readonly last = new Map<number, number>();

  constructor(records: RecordTable) {
    this.records = records;
  }

  /** -1 for the first of its direction. */
  previousOf(row: number): number {
    if (row >= this.linked) this.link();
    return this.previous[row] ?? -1;
  }

  private link(): void {
    const { records, last } = this;
    const { length } = records;
    if (length > this.previous.length) {
      const grown = new Int32Array(length + (length >>> 2));
      grown.set(this.previous.subarray(0, this.linked));
      this.previous = grown;
    }
    for (let row = this.linked; row < length; row += 1) {
      const stream = records.conversation.read(row) + records.connection.read(row) * 0x100000000;
      const key = 2 * stream + (records.flags.read(row) & 1);
      this.previous[row] = last.get(key) ?? -1;
      last.set(key, row);
    }
    this.linked = length;
  }
}
