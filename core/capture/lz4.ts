import { byteAt, u32le } from '../bytes/reader.ts';
import { compressionFault, type BytesSink } from './decompressor.ts';
import type { CaptureFault } from './frame.ts';
import { xxHash32 } from './xx-hash.ts';

/**
 * Unpacks LZ4 frames (LZ4 Frame Format 1.6.x), one after the other, with linked or independent blocks; skippable frames
 * are passed over. Checksums of headers and blocks are verified, that of the content is not. The legacy format ("lz4 -l")
 * has neither. Synchronous. Holds one block and 64 KiB of history.
 */
export class Lz4Decoder {
  fault: CaptureFault | null = null;
  readonly #sink: BytesSink;
  /** Input that is not yet enough for the next step. */
  #held = new Uint8Array(0);
  #heldLength = 0;
  #state: State = 'magic';
  #wanted = 4;
  #packed = 0;
  #unpacked = 0;
  #blockChecksum = false;
  #contentChecksum = false;
  #linked = false;
  #largestBlock = 0;
  #isStored = false;
  #isLegacy = false;
  /** History of 64 KiB at most, then the block that is unpacked. */
  #output = new Uint8Array(0);
  #history = 0;

  constructor(sink: BytesSink) {
    this.#sink = sink;
  }

  push(chunk: Uint8Array): void {
    let at = 0;
    while (this.fault === null && at < chunk.length) {
      if (this.#state === 'skip') {
        const step = Math.min(this.#wanted, chunk.length - at);
        this.#wanted -= step;
        this.#packed += step;
        at += step;
        if (this.#wanted === 0) this.#expect('magic', 4);
        continue;
      }
      const needed = this.#wanted - this.#heldLength;
      if (this.#heldLength === 0 && chunk.length - at >= this.#wanted) {
        const length = this.#wanted;
        this.#take(chunk.subarray(at, at + length));
        at += length;
        continue;
      }
      const step = Math.min(needed, chunk.length - at);
      this.#hold(chunk.subarray(at, at + step));
      at += step;
      if (this.#heldLength < this.#wanted) return;
      const length = this.#heldLength;
      this.#heldLength = 0;
      this.#take(this.#held.subarray(0, length));
    }
  }

  finish(): CaptureFault | null {
    // The legacy format has no end of its own.
    const isBetween = this.#state === 'magic' || this.#state === 'legacy-size';
    if (this.fault === null && (!isBetween || this.#heldLength > 0)) {
      this.#fail('ends too early', this.#heldLength);
    }
    return this.fault;
  }

  #hold(piece: Uint8Array): void {
    if (this.#held.length < this.#wanted) {
      const grown = new Uint8Array(this.#wanted);
      grown.set(this.#held.subarray(0, this.#heldLength));
      this.#held = grown;
    }
    this.#held.set(piece, this.#heldLength);
    this.#heldLength += piece.length;
  }

  #expect(state: State, wanted: number): void {
    this.#state = state;
    this.#wanted = wanted;
  }

  #fail(what: string, beyond = 0): void {
    this.fault = compressionFault('LZ4', this.#unpacked, this.#packed + beyond, what);
  }

  /** One whole step: exactly the bytes that were wanted. */
  #take(bytes: Uint8Array): void {
    switch (this.#state) {
      case 'magic':
        this.#takeMagic(u32le(bytes, 0));
        break;
      case 'skip-size':
        this.#expect('skip', u32le(bytes, 0));
        if (this.#wanted === 0) this.#expect('magic', 4);
        break;
      case 'header':
        if (!this.#takeHeader(bytes)) return;
        break;
      case 'block-size':
        this.#takeBlockSize(u32le(bytes, 0));
        break;
      case 'legacy-size':
        this.#takeLegacySize(u32le(bytes, 0));
        break;
      case 'block':
        this.#takeBlock(bytes);
        break;
      case 'content-checksum':
        this.#expect('magic', 4);
        break;
      case 'skip':
        break;
    }
    this.#packed += bytes.length;
  }

  #takeMagic(magic: number): void {
    if (magic === MAGIC_FRAME) this.#expect('header', 3);
    else if (magic === MAGIC_LEGACY) this.#beginLegacy();
    else if ((magic & 0xfffffff0) >>> 0 === MAGIC_SKIPPABLE) this.#expect('skip-size', 4);
    else this.#fail('goes on with no LZ4 frame');
  }

  /** The legacy format: a length and a block, again and again, each of 8 MiB unpacked but the last. */
  #beginLegacy(): void {
    this.#isLegacy = true;
    this.#isStored = false;
    this.#linked = false;
    this.#blockChecksum = false;
    this.#largestBlock = LEGACY_BLOCK;
    this.#history = 0;
    if (this.#output.length < LEGACY_BLOCK) this.#output = new Uint8Array(LEGACY_BLOCK);
    this.#expect('legacy-size', 4);
  }

  /** What is no possible length is the beginning of another frame. */
  #takeLegacySize(size: number): void {
    if (size > LARGEST_LEGACY) this.#takeMagic(size);
    else if (size > 0) this.#expect('block', size);
  }

  /** False where more of the header must come first. */
  #takeHeader(bytes: Uint8Array): boolean {
    const flags = byteAt(bytes, 0);
    const hasContentSize = (flags & 0x08) !== 0;
    const hasDictionary = (flags & 0x01) !== 0;
    const length = 3 + (hasContentSize ? 8 : 0) + (hasDictionary ? 4 : 0);
    const largest = LARGEST_BLOCKS.get((byteAt(bytes, 1) >> 4) & 7);
    if (flags >> 6 !== 1 || largest === undefined) {
      this.#fail('has a frame header that makes no sense');
      return false;
    }
    if (bytes.length < length) {
      this.#hold(bytes);
      this.#wanted = length;
      return false;
    }
    if (((xxHash32(bytes.subarray(0, length - 1)) >>> 8) & 0xff) !== byteAt(bytes, length - 1)) {
      this.#fail('has a frame header whose checksum is wrong');
      return false;
    }
    this.#isLegacy = false;
    this.#linked = (flags & 0x20) === 0;
    this.#blockChecksum = (flags & 0x10) !== 0;
    this.#contentChecksum = (flags & 0x04) !== 0;
    this.#largestBlock = largest;
    this.#history = 0;
    if (this.#output.length < HISTORY + largest) this.#output = new Uint8Array(HISTORY + largest);
    this.#expect('block-size', 4);
    return true;
  }

  #takeBlockSize(size: number): void {
    if (size === 0) {
      if (this.#contentChecksum) this.#expect('content-checksum', 4);
      else this.#expect('magic', 4);
      return;
    }
    this.#isStored = (size & 0x80000000) !== 0;
    const length = size & 0x7fffffff;
    if (length === 0 || length > this.#largestBlock)
      this.#fail(`has a block of ${length} bytes, which is impossible,`);
    else this.#expect('block', length + (this.#blockChecksum ? 4 : 0));
  }

  #takeBlock(bytes: Uint8Array): void {
    const length = bytes.length - (this.#blockChecksum ? 4 : 0);
    const block = bytes.subarray(0, length);
    if (this.#blockChecksum && xxHash32(block) !== u32le(bytes, length)) {
      this.#fail('has a block whose checksum is wrong');
      return;
    }
    const output = this.#output;
    const start = this.#history;
    const limit = start + this.#largestBlock;
    let end = start + length;
    if (this.#isStored) output.set(block, start);
    else end = decodeLz4Block(block, output, start, limit);
    const isSound = end >= 0;
    if (!isSound) end = -end - 1;
    if (end > start) {
      this.#sink(output.subarray(start, end));
      this.#unpacked += end - start;
    }
    if (!isSound) {
      this.#fail('is damaged in the block');
      return;
    }
    this.#keepHistory(end);
    this.#expect(this.#isLegacy ? 'legacy-size' : 'block-size', 4);
  }

  #keepHistory(end: number): void {
    if (!this.#linked) {
      this.#history = 0;
      return;
    }
    const keep = Math.min(HISTORY, end);
    this.#output.copyWithin(0, end - keep, end);
    this.#history = keep;
  }
}

/**
 * Unpacks one LZ4 block into `output` from `start` on, to `limit` at most; matches may reach back to output[0]. The end
 * of what was written, or -1 - end where the block is damaged after that.
 */
export function decodeLz4Block(block: Uint8Array, output: Uint8Array, start: number, limit: number): number {
  let at = 0;
  let to = start;
  while (at < block.length) {
    const token = byteAt(block, at++);
    let literals = token >> 4;
    if (literals === 15) {
      let more: number;
      do {
        more = byteAt(block, at++);
        literals += more;
      } while (more === 255);
    }
    if (literals > block.length - at || literals > limit - to) return -1 - to;
    output.set(block.subarray(at, at + literals), to);
    at += literals;
    to += literals;
    // The last sequence is literals only.
    if (at === block.length) return to;
    if (block.length - at < 2) return -1 - to;
    const distance = byteAt(block, at) | (byteAt(block, at + 1) << 8);
    at += 2;
    let length = (token & 15) + 4;
    if (length === 19) {
      let more: number;
      do {
        more = byteAt(block, at++);
        length += more;
      } while (more === 255);
    }
    if (distance === 0 || distance > to || length > limit - to) return -1 - to;
    if (distance >= length) {
      output.copyWithin(to, to - distance, to - distance + length);
      to += length;
    } else {
      // The match overlaps what it writes: byte by byte.
      for (const end = to + length; to < end; to++) output[to] = output[to - distance]!;
    }
  }
  return -1 - to;
}

type State =
  'magic' | 'header' | 'block-size' | 'legacy-size' | 'block' | 'content-checksum' | 'skip-size' | 'skip';

const MAGIC_FRAME = 0x184d2204;
const MAGIC_LEGACY = 0x184c2102;
const LEGACY_BLOCK = 8 * 1024 * 1024;
/** What 8 MiB that cannot be compressed become. */
const LARGEST_LEGACY = LEGACY_BLOCK + LEGACY_BLOCK / 255 + 16;
const MAGIC_SKIPPABLE = 0x184d2a50;
const HISTORY = 65_536;
const LARGEST_BLOCKS: ReadonlyMap<number, number> = new Map([
  [4, 65_536],
  [5, 262_144],
  [6, 1_048_576],
  [7, 4_194_304],
]);
