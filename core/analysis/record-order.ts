import { RECORD_DIRECTION, type RecordTable } from '../store/record-table.ts';

const APPLICATION_DATA = 23;
/** Frames by which a capture may have packets of two directions in the wrong order. */
const MOST_DISORDER = 64;
/** Records of a direction that its first handshake has, at most. */
const FIRST_HANDSHAKE = 16;

/**
 * The records of one connection in the order in which its endpoints can have sent them. A hole holds one direction's
 * records back until it is given up, and a capture may have an answer before its question; both are undone here: by
 * frame, and where a record can only come after one of the other side, after that.
 */
export class RecordOrder {
  private readonly rows: readonly [number[], number[]] = [[], []];
  /** Per direction and record: its frame, or the highest one before it (the order within a direction stands). */
  private readonly frames: readonly [number[], number[]] = [[], []];
  private readonly at: [number, number] = [0, 0];
  private readonly records: RecordTable;

  constructor(records: RecordTable) {
    this.records = records;
  }

  /** Rows come in the order of the table. */
  add(row: number): void {
    const direction = (this.records.flags.read(row) & RECORD_DIRECTION) === 0 ? 0 : 1;
    const frames = this.frames[direction];
    this.rows[direction].push(row);
    frames.push(Math.max(frames.at(-1) ?? 0, this.records.frame.read(row)));
  }

  /** The rows between which `take` has to choose: the first where nothing speaks against it; -1 where there is none. */
  get heads(): readonly [first: number, second: number] {
    const [a, b] = [this.headOf(0), this.headOf(1)];
    if (a < 0 || b < 0) return [Math.max(a, b), -1];
    const byFrame = this.frameOf(0) - this.frameOf(1);
    return byFrame < 0 || (byFrame === 0 && a < b) ? [a, b] : [b, a];
  }

  /**
   * The next record of handshakes from this head on, a few frames at most behind the other head's; -1 where there is
   * none: a later one is not what that head waits for. Only the first handshake of all is waited for however far it is:
   * captures of two taps are merged by clocks that differ by seconds.
   */
  handshakeBehind(head: number): number {
    if (head < 0) return -1;
    const direction = head === this.headOf(0) ? 0 : 1;
    const from = this.at[direction];
    const isFirst = from < FIRST_HANDSHAKE && this.records.type.read(head) !== APPLICATION_DATA;
    const last = isFirst ? Infinity : this.frameOf(direction === 0 ? 1 : 0) + MOST_DISORDER;
    for (let at = from; (this.frames[direction][at] ?? Infinity) <= last; at += 1) {
      const row = this.rows[direction][at] ?? -1;
      if (this.records.type.read(row) !== APPLICATION_DATA) return row;
    }
    return -1;
  }

  take(row: number): void {
    this.at[row === this.headOf(0) ? 0 : 1] += 1;
  }

  private headOf(direction: 0 | 1): number {
    return this.rows[direction][this.at[direction]] ?? -1;
  }

  private frameOf(direction: 0 | 1): number {
    return this.frames[direction][this.at[direction]] ?? 0;
  }
}
