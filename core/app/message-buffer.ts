/**
 * Bytes of one unfinished message, kept until the rest comes, with the units that they came in. Taken from and given back
 * to a small pool, so that a message over two chunks costs no allocation.
 */
export class MessageBuffer {
  bytes: Uint8Array = new Uint8Array(SIZE);
  length = 0;
  /** Runs in order, RUN numbers each: first byte in the buffer, unit, offset of that byte in the unit, frame. */
  #runs: number[] = [];

  static take(): MessageBuffer {
    return POOL.pop() ?? new MessageBuffer();
  }

  /** The caller forgets the buffer. */
  giveBack(): void {
    this.length = 0;
    this.#runs.length = 0;
    if (POOL.length < POOLED && this.bytes.length <= LARGEST_POOLED) POOL.push(this);
  }

  /** `offset` is that of bytes[from] in its unit. */
  append(bytes: Uint8Array, from: number, to: number, unit: number, offset: number, frame: number): void {
    const count = to - from;
    const start = this.length;
    if (start + count > this.bytes.length) this.#grow(start + count);
    const own = this.bytes;
    // A view costs as much as copying this many bytes one by one.
    if (count < 160) for (let i = 0; i < count; i++) own[start + i] = bytes[from + i]!;
    else own.set(bytes.subarray(from, to), start);
    if (!this.#continues(unit, offset, frame)) this.#runs.push(start, unit, offset, frame);
    this.length = start + count;
  }

  /** Forgets the first `count` bytes, of which there are more. */
  drop(count: number): void {
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

  /** The lowest frame of all runs. */
  get oldestFrame(): number {
    let oldest = Infinity;
    for (let at = 3; at < this.#runs.length; at += RUN) oldest = Math.min(oldest, this.#runs[at]!);
    return oldest;
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
    let size = this.bytes.length * 2;
    while (size < wanted) size *= 2;
    const grown = new Uint8Array(size);
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
  }
}

const RUN = 4;
const SIZE = 2048;
const POOLED = 16;
const LARGEST_POOLED = 65536;
const POOL: MessageBuffer[] = [];
