/** Two numbers no further apart than this are taken for those of one stream at one time. */
export const NEAR = 2 ** 20;

/** Where a direction stood when the capture began, by what the frames say: sequence numbers, the lowest counts. */
export class ExpectedBeginning {
  /** null where nothing tells. Signed 32 bits. */
  lowest: number | null = null;

  /** A frame tells that the direction then stood before this number. True where earlier frames had told of a later one. */
  note(sequence: number): boolean {
    const known = this.lowest !== null;
    const lower = this.lowest === null ? 1 : (this.lowest - sequence) | 0;
    if (lower <= 0 || lower >= NEAR) return false;
    this.lowest = sequence | 0;
    return known;
  }

  /** Whether the direction was to go on somewhat before this number. */
  isBefore(sequence: number): boolean {
    if (this.lowest === null) return false;
    const missed = (sequence - this.lowest) | 0;
    return missed > 0 && missed < NEAR;
  }
}
