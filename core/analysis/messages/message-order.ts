import type { MessageTable } from '../../store/message-table.ts';

/**
 * The order of the messages of two tables: by frame, of one frame those in clear first, then as found. Rows that were
 * added since are put in behind the others, so that following a table that grows costs what it grows by.
 */
export class MessageOrder {
  count = 0;
  /** 2 * row, and one more for rows of the opened table. */
  private order = new Uint32Array(1024);
  private clear: MessageTable | null = null;
  private opened: MessageTable | null = null;
  private clearRows = 0;
  private openedRows = 0;

  rowOf(message: number): number {
    return this.order[message]! >>> 1;
  }

  isOpened(message: number): boolean {
    return (this.order[message]! & 1) !== 0;
  }

  /** Takes in what was added. False where nothing was. */
  follow(clear: MessageTable, opened: MessageTable): boolean {
    const grown = this.clear === clear && this.opened === opened;
    if (grown && this.clearRows === clear.length && this.openedRows === opened.length) return false;
    if (!grown || clear.length < this.clearRows || opened.length < this.openedRows) {
      this.count = this.clearRows = this.openedRows = 0;
      this.clear = clear;
      this.opened = opened;
    }
    this.makeRoom(clear.length + opened.length);
    const first = this.count;
    for (; this.clearRows < clear.length; this.clearRows += 1) this.order[this.count++] = 2 * this.clearRows;
    for (; this.openedRows < opened.length; this.openedRows += 1)
      this.order[this.count++] = 2 * this.openedRows + 1;
    this.sortFrom(first, clear, opened);
    return true;
  }

  /** Rows before `first` are in order; what stands behind goes among them. */
  private sortFrom(first: number, clear: MessageTable, opened: MessageTable): void {
    const { order, count } = this;
    const frameOf = (entry: number): number =>
      (entry & 1) === 0 ? clear.frame.read(entry >>> 1) : opened.frame.read(entry >>> 1);
    const keyOf = (entry: number): number => 2 * frameOf(entry) + (entry & 1);
    let lowest = Infinity;
    let sorted = true;
    let before = first === 0 ? -1 : keyOf(order[first - 1]!);
    for (let at = first; at < count; at += 1) {
      const key = keyOf(order[at]!);
      if (key < before) sorted = false;
      if (key < lowest) lowest = key;
      before = key;
    }
    if (sorted) return;
    let from = first;
    while (from > 0 && keyOf(order[from - 1]!) > lowest) from -= 1;
    const tail = order.slice(from, count);
    const keys = Float64Array.from(tail, keyOf);
    const places = Uint32Array.from(tail, (_, place) => place);
    // Rows of one table with the same key stand in the order in which they were found already.
    places.sort((a, b) => keys[a]! - keys[b]! || a - b);
    for (let at = 0; at < places.length; at += 1) order[from + at] = tail[places[at]!]!;
  }

  private makeRoom(count: number): void {
    if (count <= this.order.length) return;
    const grown = new Uint32Array(Math.max(count, 2 * this.order.length));
    grown.set(this.order.subarray(0, this.count));
    this.order = grown;
  }
}
