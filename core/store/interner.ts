import { Uint32Column } from './columns.ts';
import { finishHash, mixWord } from './murmur-hash.ts';

const CHUNK_BITS = 18;
const CHUNK_BYTES = 1 << CHUNK_BITS;
const CHUNK_MASK = CHUNK_BYTES - 1;
/** Offsets are kept in 32 bits. */
const MAX_CHUNKS = 1 << (32 - CHUNK_BITS);
const FIRST_SLOTS = 1024;
/** A table at most half full never probes this far unless its input was made to collide. */
const MAX_PROBES = 256;

/** Strings that came lately: four numbers each, so that one that comes again is found in the processor's cache. */
const RECENT = 2048;
const RECENT_WIDTH = 4;
/** From here on a native copy is quicker than a loop. */
const LONG = 64;

/**
 * Keeps each byte string once and names it by a number from 1 on. 0 is no string.
 * Strings that were made to collide are kept again under a new number rather than searched for without end: equal
 * numbers always mean equal bytes, and equal bytes mean equal numbers but for such input. A host may give a random
 * `seed`, against which no input can be made.
 */
export class Interner {
  readonly #seed: number;
  /** One entry for each 256 KiB; a longer chunk stands in as many entries as it has room for. */
  readonly #chunks: Uint8Array<SharedArrayBuffer>[] = [];
  readonly #offsets = new Uint32Column();
  readonly #lengths = new Uint32Column();
  readonly #hashes = new Uint32Column();
  /** Hash, number, length and offset of strings that came lately, by the lowest bits of their hash. */
  readonly #recent = new Uint32Array(RECENT * RECENT_WIDTH);
  #used = CHUNK_BYTES;
  #slots = new Uint32Array(FIRST_SLOTS);
  #filled = 0;
  /** Words of the buffer that strings were last taken from, and of each chunk: four bytes are read at once. */
  #source: DataView = new DataView(new ArrayBuffer(0));
  readonly #words: DataView[] = [];

  constructor(seed = 0) {
    this.#seed = seed | 0;
    // Row 0 stands for "no string".
    this.#offsets.push(0);
    this.#lengths.push(0);
    this.#hashes.push(0);
  }

  /** How many strings are kept; their numbers are 1 to `count`. */
  get count(): number {
    return this.#lengths.length - 1;
  }

  get byteLength(): number {
    const columns = this.#offsets.byteLength + this.#lengths.byteLength + this.#hashes.byteLength;
    return columns + this.#slots.byteLength + this.#chunks.length * CHUNK_BYTES;
  }

  /** The number of bytes[from, to); 0 only where 4 GiB of strings are kept already. */
  intern(bytes: Uint8Array, from: number, to: number): number {
    if (bytes.buffer !== this.#source.buffer) this.#source = new DataView(bytes.buffer);
    const base = bytes.byteOffset;
    const hash = hashWords(this.#source, base + from, base + to, this.#seed);
    const recent = this.#recent;
    const at = (hash & (RECENT - 1)) * RECENT_WIDTH;
    if (
      recent[at] === hash &&
      recent[at + 2] === to - from &&
      recent[at + 1] !== 0 &&
      this.#equalsAt(recent[at + 3]!, base + from, base + to)
    )
      return recent[at + 1]!;
    const id = this.#lookup(bytes, from, to, hash);
    recent[at] = hash;
    recent[at + 1] = id;
    recent[at + 2] = to - from;
    recent[at + 3] = this.#offsets.read(id);
    return id;
  }

  /** Keeps bytes[from, to) without a look at whether they are kept already: for what hardly comes twice. */
  keep(bytes: Uint8Array, from: number, to: number): number {
    return this.#append(bytes, from, to, 0);
  }

  #lookup(bytes: Uint8Array, from: number, to: number, hash: number): number {
    const base = bytes.byteOffset;
    const mask = this.#slots.length - 1;
    let slot = hash & mask;
    for (let probe = 0; probe < MAX_PROBES; probe++) {
      const id = this.#slots[slot]!;
      if (id === 0) return this.#insert(bytes, from, to, hash, slot);
      if (this.#hashes.read(id) === hash && this.#equals(id, base + from, base + to)) return id;
      slot = (slot + 1) & mask;
    }
    return this.#append(bytes, from, to, hash);
  }

  /** A view of the string's bytes that stays good; empty for 0 and unknown numbers. Its buffer is shared. */
  bytesOf(id: number): Uint8Array {
    const offset = this.#offsets.read(id);
    const chunk = this.#chunks[offset >>> CHUNK_BITS];
    if (chunk === undefined || id === 0) return new Uint8Array(0);
    return chunk.subarray(offset & CHUNK_MASK, (offset & CHUNK_MASK) + this.#lengths.read(id));
  }

  /** Where the string stands: bytes from offsetOf(id) on in chunkOf(id), lengthOf(id) of them. */
  chunkOf(id: number): Uint8Array {
    return this.#chunks[this.#offsets.read(id) >>> CHUNK_BITS] ?? NO_BYTES;
  }

  offsetOf(id: number): number {
    return this.#offsets.read(id) & CHUNK_MASK;
  }

  lengthOf(id: number): number {
    return this.#lengths.read(id);
  }

  /** The string as text: UTF-8, or one character a byte where it is not valid UTF-8. */
  textOf(id: number): string {
    // A copy, since browsers refuse to decode shared memory.
    const bytes = this.bytesOf(id).slice();
    try {
      return UTF_8.decode(bytes);
    } catch {
      return ONE_BYTE.decode(bytes);
    }
  }

  #insert(bytes: Uint8Array, from: number, to: number, hash: number, slot: number): number {
    const id = this.#append(bytes, from, to, hash);
    if (id === 0) return 0;
    this.#slots[slot] = id;
    this.#filled++;
    if (this.#filled * 2 > this.#slots.length) this.#rehash();
    return id;
  }

  #append(bytes: Uint8Array, from: number, to: number, hash: number): number {
    const length = to - from;
    const offset = this.#reserve(length);
    if (offset < 0) return 0;
    const chunk = this.#chunks[offset >>> CHUNK_BITS]!;
    const within = offset & CHUNK_MASK;
    if (length > LONG) chunk.set(bytes.subarray(from, to), within);
    else for (let i = 0; i < length; i++) chunk[within + i] = bytes[from + i]!;
    this.#hashes.push(hash);
    this.#lengths.push(length);
    return this.#offsets.push(offset);
  }

  /** Where `length` bytes may be put, or -1. No string straddles two chunks: a long one has a long chunk of its own. */
  #reserve(length: number): number {
    if (this.#used + length > CHUNK_BYTES) {
      const numbers = Math.max(1, Math.ceil(length / CHUNK_BYTES));
      if (this.#chunks.length + numbers > MAX_CHUNKS) return -1;
      const offset = this.#chunks.length * CHUNK_BYTES;
      const chunk = new Uint8Array(new SharedArrayBuffer(numbers * CHUNK_BYTES));
      const words = new DataView(chunk.buffer);
      for (let i = 0; i < numbers; i++) {
        this.#chunks.push(chunk);
        this.#words.push(words);
      }
      this.#used = numbers === 1 ? length : CHUNK_BYTES;
      return offset;
    }
    const offset = (this.#chunks.length - 1) * CHUNK_BYTES + this.#used;
    this.#used += length;
    return offset;
  }

  /** Whether the string is the bytes [from, to) of the source's buffer. */
  #equals(id: number, from: number, to: number): boolean {
    return this.#lengths.read(id) === to - from && this.#equalsAt(this.#offsets.read(id), from, to);
  }

  #equalsAt(offset: number, from: number, to: number): boolean {
    const kept = this.#words[offset >>> CHUNK_BITS]!;
    const source = this.#source;
    let at = offset & CHUNK_MASK;
    let i = from;
    for (; i + 4 <= to; i += 4, at += 4) if (kept.getInt32(at) !== source.getInt32(i)) return false;
    for (; i < to; i++, at++) if (kept.getUint8(at) !== source.getUint8(i)) return false;
    return true;
  }

  #rehash(): void {
    const slots = new Uint32Array(this.#slots.length * 2);
    const mask = slots.length - 1;
    for (const id of this.#slots) {
      if (id === 0) continue;
      let slot = this.#hashes.read(id) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = id;
    }
    this.#slots = slots;
  }
}

const NO_BYTES = new Uint8Array(0);
const UTF_8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const ONE_BYTE = new TextDecoder('latin1');

/** MurmurHash3 (32 bits): four bytes a step, where FNV takes one. */
function hashWords(bytes: DataView, from: number, to: number, seed: number): number {
  let hash = seed;
  let at = from;
  for (; at + 4 <= to; at += 4) hash = mixWord(hash, bytes.getInt32(at, true));
  let rest = 0;
  for (let shift = 0; at < to; at++, shift += 8) rest |= bytes.getUint8(at) << shift;
  return finishHash(mixWord(hash, rest) ^ (to - from));
}
