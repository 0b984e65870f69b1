/** Words of an entry: low 32 bits of its first position, the frame that brought it (0: nobody did), sample of its bytes. */
const WIDTH = 3;
const FIRST_ENTRIES = 8;
/** More than any window holds; what was delivered longer ago is not looked for again. */
const MOST_ENTRIES = 0x10000;
/** Positions are told apart by their low 32 bits. */
const MOST_BYTES = 0x80000000;
const NO_WORDS = new Uint32Array(0);

/**
 * Which frame brought which bytes of a direction: entries side by side, each reaching to the next one, the last to the
 * end of what was delivered. 12 bytes an entry; the oldest ones are forgotten.
 */
export class SegmentLog {
  #words = NO_WORDS;
  #count = 0;
  /** The position of the oldest entry. */
  #start = 0;

  /** `frame` brought the bytes from `position` on; 0 for bytes given up. */
  append(position: number, frame: number, sample: number): void {
    if (this.#count === 0) this.#start = position;
    if (WIDTH * this.#count === this.#words.length || position - this.#start >= MOST_BYTES)
      this.#makeRoom(position);
    const at = WIDTH * this.#count++;
    this.#words[at] = position;
    this.#words[at + 1] = frame;
    this.#words[at + 2] = sample;
  }

  /** The entry in which `position` (one already delivered) lies, or -1 where it is forgotten. */
  find(position: number): number {
    if (this.#count === 0 || position < this.#start) return -1;
    const wanted = position - this.#start;
    let low = 0;
    let high = this.#count;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if (this.#distance(middle) <= wanted) low = middle;
      else high = middle;
    }
    return low;
  }

  frameOf(entry: number): number {
    return this.#words[WIDTH * entry + 1]!;
  }

  sampleOf(entry: number): number {
    return this.#words[WIDTH * entry + 2]!;
  }

  positionOf(entry: number): number {
    return this.#start + this.#distance(entry);
  }

  /** Where the entry ends; `next` is the end of what was delivered. */
  endOf(entry: number, next: number): number {
    return entry + 1 < this.#count ? this.positionOf(entry + 1) : next;
  }

  #distance(entry: number): number {
    return (this.#words[WIDTH * entry]! - this.#start) >>> 0;
  }

  #makeRoom(position: number): void {
    let keepFrom = 0;
    while (keepFrom < this.#count && position - this.positionOf(keepFrom) >= MOST_BYTES / 2) keepFrom++;
    if (this.#count - keepFrom >= MOST_ENTRIES) keepFrom = this.#count - MOST_ENTRIES / 2;
    if (keepFrom > 0) {
      this.#start = keepFrom < this.#count ? this.positionOf(keepFrom) : position;
      this.#words.copyWithin(0, WIDTH * keepFrom, WIDTH * this.#count);
      this.#count -= keepFrom;
      return;
    }
    const words = new Uint32Array(Math.max(WIDTH * FIRST_ENTRIES, 2 * this.#words.length));
    words.set(this.#words);
    this.#words = words;
  }
}

/**
 * A few of the bytes[from, to), mixed: where two samples differ, so do the bytes. They are taken from both ends, which
 * costs as little as can be: memory is at hand there, for the headers beside it. At the end of a TLS record stands what
 * proves all of it.
 */
export function sampleBytes(bytes: Uint8Array, from: number, to: number): number {
  if (to - from <= FIRST_BYTES + LAST_BYTES) return mix(bytes, from, to, 0) >>> 0;
  return mix(bytes, to - LAST_BYTES, to, mix(bytes, from, from + FIRST_BYTES, 0)) >>> 0;
}

function mix(bytes: Uint8Array, from: number, to: number, begun: number): number {
  let mixed = begun;
  for (let at = from; at < to; at++) mixed = (Math.imul(mixed, 0x01000193) ^ bytes[at]!) | 0;
  return mixed;
}

const FIRST_BYTES = 4;
const LAST_BYTES = 8;
