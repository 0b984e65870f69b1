interface SnappedRange {
  from: number;
  to: number;
}

/** Beyond this many, ranges run together. */
const MOST_RANGES = 4096;

/** Positions that were on the wire but were cut off by the snap length, in ascending order, never overlapping. */
export class SnappedRanges {
  #list: SnappedRange[] = [];

  add(from: number, to: number): void {
    const list = this.#list;
    let index = list.length;
    while (index > 0 && list[index - 1]!.from > from) index--;
    const before = list[index - 1];
    const behind = list[index];
    const start = before === undefined ? from : Math.max(from, before.to);
    const end = behind === undefined ? to : Math.min(to, behind.from);
    if (start >= end) return;
    if (before !== undefined && (before.to === start || list.length >= MOST_RANGES)) before.to = end;
    else list.splice(index, 0, { from: start, to: end });
  }

  /** Forgets what lies before `position`. */
  forgetBefore(position: number): void {
    let count = 0;
    while (count < this.#list.length && this.#list[count]!.to <= position) count++;
    if (count > 0) this.#list.splice(0, count);
  }

  /** Counts all positions from `origin` instead of from 0. */
  rebase(origin: number): void {
    for (const range of this.#list) {
      range.from -= origin;
      range.to -= origin;
    }
  }

  /** Where, from `position` on, the first snapped byte stands: `position` itself inside a range, Infinity behind all. */
  nextFrom(position: number): number {
    for (const range of this.#list) if (range.to > position) return Math.max(range.from, position);
    return Infinity;
  }

  /** Where the range ends in which `position` lies. */
  endAt(position: number): number {
    for (const range of this.#list) if (range.to > position) return range.to;
    return position;
  }
}
