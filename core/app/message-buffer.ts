/**
 * Bytes of one unfinished message, kept until the rest comes, with the units that they came in. Grows as needed and
 * lets go of its memory when it is empty.
 */
export class MessageBuffer {
  bytes: Uint8Array = NOTHING;
  length = 0;
  /** Runs in order, RUN numbers each: first byte in the buffer, unit, offset of that byte in the unit, frame. */
  #runs: number[] = NO_RUNS;

  /** `offset` is that of bytes[from] in its unit. */
  append(bytes: Uint8Array, from: number, to: number, unit: number, offset: number, frame: number): void {
    const count = to - from;
    if (this.length + count > this.bytes.length) this.#grow(this.length + count);
    if (count < 64) for (let i = 0; i < count; i++) this.bytes[this.length + i] = bytes[from + i]!;
    else this.bytes.set(bytes.subarray(from, to), this.length);
    if (!this.#continues(unit, offset, frame)) {
      if (this.#runs === NO_RUNS) this.#runs = [];
      this.#runs.push(this.length, unit, offset, frame);
    }
    this.length += count;
  }

  /** Forgets the first `count` bytes. */
  drop(count: number): void {
    if (count >= this.length) {
      this.length = 0;
      this.bytes = NOTHING;
      this.#runs = NO_RUNS;
      return;
    }
    if (count <= 0) return;
    const runs = this.#runs.slice(this.runOf(count) * RUN);
    for (let i = 0; i < runs.length; i += RUN) {
      const start = runs[i]!;
      const cut = Math.max(0, count - start);
      runs[i] = start + cut - count;
      runs[i + 2]! += cut;
    }
    this.#runs = runs;
    this.bytes.copyWithin(0, count, this.length);
    this.length -= count;
  }

  get runs(): number {
    return this.#runs.length / RUN;
  }

  /** The run that holds byte `at`. */
  runOf(at: number): number {
    let low = 0;
    let high = this.#runs.length / RUN - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#runs[middle * RUN]! <= at) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** First byte of a run; of the run behind the last one: the length. */
  startOf(run: number): number {
    return this.#runs[run * RUN] ?? this.length;
  }

  unitOf(run: number): number {
    return this.#runs[run * RUN + 1] ?? 0;
  }

  /** Offset of byte `at`, which lies in `run`, in that run's unit. */
  offsetOf(run: number, at: number): number {
    return (this.#runs[run * RUN + 2] ?? 0) + at - (this.#runs[run * RUN] ?? 0);
  }

  frameOf(run: number): number {
    return this.#runs[run * RUN + 3] ?? 0;
  }

  #continues(unit: number, offset: number, frame: number): boolean {
    const last = this.#runs.length - RUN;
    if (last < 0 || this.#runs[last + 1] !== unit || this.#runs[last + 3] !== frame) return false;
    return offset - this.#runs[last + 2]! === this.length - this.#runs[last]!;
  }

  #grow(wanted: number): void {
    let size = Math.max(1024, this.bytes.length * 2);
    while (size < wanted) size *= 2;
    const grown = new Uint8Array(size);
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
  }
}

const RUN = 4;
const NOTHING = new Uint8Array(0);
const NO_RUNS: number[] = [];
