import type { GapTable } from './gap-table.ts';

/** The bytes that streams lack, by conversation. */
export class StreamHoles {
  private readonly gaps: GapTable;
  private readonly holes = new Map<number, Holes>();
  private readonly gapIndex = new Map<number, number[]>();
  private gapIndexed = 0;

  constructor(gaps: GapTable) {
    this.gaps = gaps;
  }

  /** Summed once: a conversation of many holes has many records that ask. */
  of(conversation: number): Holes {
    const { gaps } = this;
    const rows = this.rowsOf(conversation);
    if (rows.length === 0) return NO_HOLES;
    let holes = this.holes.get(conversation);
    if (holes === undefined) {
      holes = { rows: 0, lost: [0, 0], snapped: [0, 0] };
      this.holes.set(conversation, holes);
    }
    for (; holes.rows < rows.length; holes.rows += 1) {
      const row = rows[holes.rows] ?? 0;
      const direction = gaps.direction.read(row) === 0 ? 0 : 1;
      if (gaps.reason.read(row) === 1) holes.lost[direction] += gaps.size.read(row) + gaps.chunks.read(row);
      else holes.snapped[direction] += gaps.size.read(row);
    }
    return holes;
  }

  /** Rows of the gap table that belong to a conversation. */
  rowsOf(conversation: number): readonly number[] {
    const { gaps } = this;
    for (; this.gapIndexed < gaps.length; this.gapIndexed += 1) {
      const of = gaps.conversation.read(this.gapIndexed);
      const rows = this.gapIndex.get(of);
      if (rows === undefined) this.gapIndex.set(of, [this.gapIndexed]);
      else rows.push(this.gapIndexed);
    }
    return this.gapIndex.get(conversation) ?? [];
  }
}

/** Bytes of a conversation that are missing, by direction, of so many rows of the gap table. */
export interface Holes {
  rows: number;
  readonly lost: [number, number];
  readonly snapped: [number, number];
}

const NO_HOLES: Holes = { rows: 0, lost: [0, 0], snapped: [0, 0] };
