/** Rows of one block, whose set bits are counted in the index: 16 words. */
const BLOCK_BITS = 9;
const BLOCK_WORDS = 1 << (BLOCK_BITS - 5);

/**
 * A growable set of row numbers that knows how many of its rows stand before a row, and which row is its k-th: what a
 * filtered list needs to be scrolled. Rows may come in any order; in ascending order the index costs nothing extra.
 */
export class Bitmap {
  #words = new Uint32Array(BLOCK_WORDS);
  /** #before[b]: rows set in the blocks before b; right for b <= #counted. */
  #before = new Uint32Array(2);
  #counted = 0;
  #count = 0;

  /** How many rows are set. */
  get count(): number {
    return this.#count;
  }

  get byteLength(): number {
    return this.#words.byteLength + this.#before.byteLength;
  }

  has(row: number): boolean {
    const word = this.#words[row >>> 5];
    return word !== undefined && (word & (1 << (row & 31))) !== 0;
  }

  set(row: number): void {
    const at = row >>> 5;
    if (at >= this.#words.length) this.#grow(at + 1);
    const word = this.#words[at]!;
    const bit = 1 << (row & 31);
    if ((word & bit) !== 0) return;
    this.#words[at] = word | bit;
    this.#count++;
    this.#forgetAfter(row >>> BLOCK_BITS);
  }

  unset(row: number): void {
    if (!this.has(row)) return;
    const at = row >>> 5;
    this.#words[at] = this.#words[at]! & ~(1 << (row & 31));
    this.#count--;
    this.#forgetAfter(row >>> BLOCK_BITS);
  }

  clear(): void {
    this.#words.fill(0);
    this.#count = 0;
    this.#counted = 0;
  }

  /** How many set rows stand before `row`. */
  rank(row: number): number {
    const block = Math.min(row >>> BLOCK_BITS, this.#words.length / BLOCK_WORDS);
    this.#countUpTo(block);
    let rank = this.#before[block]!;
    const last = Math.min(row >>> 5, this.#words.length);
    for (let at = block * BLOCK_WORDS; at < last; at++) rank += bitsSet(this.#words[at]!);
    const word = this.#words[row >>> 5];
    return word === undefined ? rank : rank + bitsSet(word & ((1 << (row & 31)) - 1));
  }

  /** The row that has exactly `k` set rows before it, or -1 where there are not that many. */
  select(k: number): number {
    if (!(k >= 0 && k < this.#count)) return -1;
    this.#countUpTo(this.#words.length / BLOCK_WORDS);
    let low = 0;
    let high = this.#words.length / BLOCK_WORDS;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if (this.#before[middle]! <= k) low = middle;
      else high = middle;
    }
    let left = k - this.#before[low]!;
    for (let at = low * BLOCK_WORDS; ; at++) {
      const word = this.#words[at]!;
      const bits = bitsSet(word);
      if (left < bits) return at * 32 + positionOfBit(word, left);
      left -= bits;
    }
  }

  #forgetAfter(block: number): void {
    if (block < this.#counted) this.#counted = block;
  }

  #countUpTo(block: number): void {
    for (let b = this.#counted; b < block; b++) {
      let bits = this.#before[b]!;
      for (let at = b * BLOCK_WORDS; at < (b + 1) * BLOCK_WORDS; at++) bits += bitsSet(this.#words[at]!);
      this.#before[b + 1] = bits;
    }
    if (block > this.#counted) this.#counted = block;
  }

  #grow(words: number): void {
    let length = this.#words.length;
    while (length < words) length *= 2;
    const grown = new Uint32Array(length);
    grown.set(this.#words);
    this.#words = grown;
    const before = new Uint32Array(length / BLOCK_WORDS + 1);
    before.set(this.#before);
    this.#before = before;
  }
}

function bitsSet(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** The position of the set bit that has `before` set bits below it. */
function positionOfBit(word: number, before: number): number {
  let left = word;
  for (let i = 0; i < before; i++) left &= left - 1;
  return 31 - Math.clz32(left & -left);
}
