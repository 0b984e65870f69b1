/** No window is larger (RFC 7323 §2.3): nothing is further from where its stream stands. */
const MOST_AHEAD = 2 ** 30;

/** How far the other side has acknowledged one direction, in sequence numbers (signed 32 bits). */
export class Acknowledgements {
  known = false;
  first = 0;
  last = 0;
  /** The last one rose by a single number: it covers a FIN, or one byte. */
  coversFin = false;

  /** Bytes acknowledged since the first acknowledgement. */
  get risen(): number {
    return (this.last - this.first) | 0;
  }

  /**
   * Takes an acknowledgement if it is a step forward. `nextSequence` is where the stream stands, null where that is not
   * known: one far ahead, or behind the last, is believed only where the last was far from the stream and it is not.
   * Returns whether it was taken.
   */
  note(acknowledgement: number, nextSequence: number | null): boolean {
    const number = acknowledgement | 0;
    const ahead = (number - this.last) | 0;
    if (!this.known) {
      this.known = true;
      this.first = number;
      this.last = number;
      return true;
    }
    if (ahead === 0) return false;
    if (ahead < 0 || ahead > MOST_AHEAD) {
      if (nextSequence === null || !isFar(this.last, nextSequence) || isFar(number, nextSequence))
        return false;
    }
    this.coversFin = ahead === 1;
    this.last = number;
    return true;
  }
}

function isFar(number: number, from: number): boolean {
  return Math.abs((number - from) | 0) > MOST_AHEAD;
}
