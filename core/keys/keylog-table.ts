/** The secrets of a key log in typed arrays: about 30 bytes a line beside the secret itself, keys shared. */
import type { LabelCode } from './keylog-labels.ts';

export class KeyLogTable {
  count = 0;
  #bytes = new Uint8Array(1 << 14);
  #used = 0;
  #labels = new Uint32Array(FIRST);
  #keyOffsets = new Uint32Array(FIRST);
  #keyLengths = new Uint8Array(FIRST);
  #secretOffsets = new Uint32Array(FIRST);
  #secretLengths = new Uint16Array(FIRST);
  #lines = new Uint32Array(FIRST);
  #marks = new Uint8Array(FIRST);
  /** Entry before this one in the same bucket, -1 at its end: newest first. */
  #older = new Int32Array(FIRST);
  #buckets = new Int32Array(FIRST * 2).fill(-1);

  /**
   * Adds one line's secret. Returns 'duplicate' where the same secret stands there already, 'full' at the bound of
   * bytes, 'new-key' where nothing was known under this key, else 'added'.
   */
  add(
    label: LabelCode,
    key: Uint8Array,
    keyLength: number,
    secret: Uint8Array,
    secretLength: number,
    line: number,
  ): 'added' | 'new-key' | 'duplicate' | 'full' {
    if (this.#used + keyLength + secretLength > MAX_BYTES) return 'full';
    const hash = hashOf(key, keyLength);
    let keyOffset = -1;
    let entry = this.#buckets[hash & (this.#buckets.length - 1)] ?? -1;
    // The walk is bounded: a hostile log may put any number of entries into one bucket.
    for (let steps = 0; entry >= 0 && steps < MAX_WALK; steps++, entry = this.#older[entry] ?? -1) {
      // Rows under one key share its bytes: after the first the offset tells.
      if (keyOffset >= 0 ? this.#keyOffsets[entry] !== keyOffset : !this.#hasKey(entry, key, keyLength))
        continue;
      keyOffset = this.#keyOffsets[entry] ?? 0;
      if (this.#labels[entry] === label && this.#hasSecret(entry, secret, secretLength)) return 'duplicate';
    }
    const isNew = keyOffset < 0;
    if (isNew) keyOffset = this.#store(key, keyLength);
    if (this.count === this.#labels.length) this.#grow();
    const row = this.count++;
    this.#labels[row] = label;
    this.#keyOffsets[row] = keyOffset;
    this.#keyLengths[row] = keyLength;
    this.#secretOffsets[row] = this.#store(secret, secretLength);
    this.#secretLengths[row] = secretLength;
    this.#lines[row] = line;
    this.#marks[row] = isNew ? NEW_KEY : 0;
    const bucket = hash & (this.#buckets.length - 1);
    this.#older[row] = this.#buckets[bucket] ?? -1;
    this.#buckets[bucket] = row;
    return isNew ? 'new-key' : 'added';
  }

  /** The newest row under `key`, -1 where there is none; go on with `olderRow`. */
  newestRow(key: Uint8Array): number {
    const bucket = hashOf(key, key.length) & (this.#buckets.length - 1);
    return this.#nextWithKey(this.#buckets[bucket] ?? -1, key);
  }

  olderRow(row: number, key: Uint8Array): number {
    return this.#nextWithKey(this.#older[row] ?? -1, key);
  }

  labelOf(row: number): LabelCode {
    return this.#labels[row] ?? 0;
  }

  lineOf(row: number): number {
    return this.#lines[row] ?? 0;
  }

  /** A view; valid as long as the caller keeps it. */
  secretOf(row: number): Uint8Array {
    const offset = this.#secretOffsets[row] ?? 0;
    return this.#bytes.subarray(offset, offset + (this.#secretLengths[row] ?? 0));
  }

  keyOf(row: number): Uint8Array {
    const offset = this.#keyOffsets[row] ?? 0;
    return this.#bytes.subarray(offset, offset + (this.#keyLengths[row] ?? 0));
  }

  /** True for the first row under its key. */
  opensKey(row: number): boolean {
    return ((this.#marks[row] ?? 0) & NEW_KEY) !== 0;
  }

  isMarked(row: number): boolean {
    return ((this.#marks[row] ?? 0) & MARKED) !== 0;
  }

  /** Marks the row of a line; false where the line has none or was marked before. */
  markLine(line: number): boolean {
    const row = this.rowOfLine(line);
    if (row < 0 || this.isMarked(row)) return false;
    this.#marks[row] = (this.#marks[row] ?? 0) | MARKED;
    return true;
  }

  clearMarks(): void {
    for (let row = 0; row < this.count; row++) this.#marks[row] = (this.#marks[row] ?? 0) & ~MARKED;
  }

  /** Lines only grow, so that a search by halves finds the row; -1 where the line holds no secret. */
  rowOfLine(line: number): number {
    let low = 0;
    let high = this.count - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const found = this.#lines[middle] ?? 0;
      if (found === line) return middle;
      if (found < line) low = middle + 1;
      else high = middle - 1;
    }
    return -1;
  }

  #nextWithKey(from: number, key: Uint8Array): number {
    let row = from;
    while (row >= 0 && !this.#hasKey(row, key, key.length)) row = this.#older[row] ?? -1;
    return row;
  }

  #hasKey(row: number, key: Uint8Array, length: number): boolean {
    return this.#keyLengths[row] === length && this.#equals(this.#keyOffsets[row] ?? 0, key, length);
  }

  #hasSecret(row: number, secret: Uint8Array, length: number): boolean {
    return this.#secretLengths[row] === length && this.#equals(this.#secretOffsets[row] ?? 0, secret, length);
  }

  #equals(offset: number, bytes: Uint8Array, length: number): boolean {
    for (let i = 0; i < length; i++) if (this.#bytes[offset + i] !== bytes[i]) return false;
    return true;
  }

  #store(bytes: Uint8Array, length: number): number {
    if (this.#used + length > this.#bytes.length) {
      const wider = new Uint8Array(Math.max(this.#bytes.length * 2, this.#used + length));
      wider.set(this.#bytes.subarray(0, this.#used));
      this.#bytes = wider;
    }
    const offset = this.#used;
    this.#bytes.set(bytes.subarray(0, length), offset);
    this.#used += length;
    return offset;
  }

  #grow(): void {
    const rows = this.#labels.length * 2;
    this.#labels = wider(this.#labels, new Uint32Array(rows));
    this.#keyOffsets = wider(this.#keyOffsets, new Uint32Array(rows));
    this.#keyLengths = wider(this.#keyLengths, new Uint8Array(rows));
    this.#secretOffsets = wider(this.#secretOffsets, new Uint32Array(rows));
    this.#secretLengths = wider(this.#secretLengths, new Uint16Array(rows));
    this.#lines = wider(this.#lines, new Uint32Array(rows));
    this.#marks = wider(this.#marks, new Uint8Array(rows));
    this.#older = new Int32Array(rows);
    this.#buckets = new Int32Array(rows * 2).fill(-1);
    // Oldest first, so that each bucket again begins with its newest row.
    for (let row = 0; row < this.count; row++) {
      const key = this.keyOf(row);
      const bucket = hashOf(key, key.length) & (this.#buckets.length - 1);
      this.#older[row] = this.#buckets[bucket] ?? -1;
      this.#buckets[bucket] = row;
    }
  }
}

const FIRST = 64;
const NEW_KEY = 1;
const MARKED = 2;
/** Longest walk on insertion; beyond it a duplicate may be kept twice. */
const MAX_WALK = 64;
/** Offsets are 32 bits; one gigabyte is some nine million lines. */
const MAX_BYTES = 2 ** 30;

function wider<T extends Uint8Array | Uint16Array | Uint32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}

/** FNV-1a over all bytes, then mixed so that the low bits depend on all of them. */
function hashOf(key: Uint8Array, length: number): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < length; i++) hash = Math.imul(hash ^ (key[i] ?? 0), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return (hash ^ (hash >>> 13)) >>> 0;
}
