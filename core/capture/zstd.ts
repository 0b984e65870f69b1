import { Decompress } from 'fzstd';
import { byteAt, u32le } from '../bytes/reader.ts';
import { compressionFault, type BytesSink } from './decompressor.ts';
import type { CaptureFault } from './frame.ts';

/**
 * Unpacks Zstandard frames (RFC 8878 §3), one after the other; skippable frames are passed over. The walk from block to
 * block is ours, so that every length is checked before the library sees it; checksums of the content are not verified.
 * Synchronous. Holds one block and the window that the frame asks for, 128 MiB at most.
 */
export class ZstdDecoder {
  fault: CaptureFault | null = null;
  readonly #sink: BytesSink;
  #library: Decompress | null = null;
  #held = new Uint8Array(HEADER_MAXIMUM);
  #heldLength = 0;
  #state: State = 'magic';
  #wanted = 4;
  #packed = 0;
  #unpacked = 0;
  #hasChecksum = false;
  #isLastBlock = false;

  constructor(sink: BytesSink) {
    this.#sink = sink;
  }

  push(chunk: Uint8Array): void {
    let at = 0;
    while (this.fault === null && at < chunk.length) {
      const step = Math.min(this.#wanted - this.#heldLength, chunk.length - at);
      const piece = chunk.subarray(at, at + step);
      at += step;
      this.#packed += step;
      if (this.#state === 'block' || this.#state === 'skip') {
        this.#wanted -= step;
        if (this.#state === 'block') this.#feed(piece);
        if (this.#wanted === 0) this.#endRun();
        continue;
      }
      this.#held.set(piece, this.#heldLength);
      this.#heldLength += step;
      if (this.#heldLength === this.#wanted) this.#takeHeld();
    }
  }

  finish(): CaptureFault | null {
    if (this.fault === null && (this.#state !== 'magic' || this.#heldLength > 0))
      this.#fail('ends too early');
    return this.fault;
  }

  #expect(state: State, wanted: number): void {
    this.#state = state;
    this.#wanted = wanted;
    this.#heldLength = 0;
  }

  #fail(what: string): void {
    this.fault = compressionFault('Zstandard', this.#unpacked, this.#packed, what);
  }

  #takeHeld(): void {
    const held = this.#held;
    switch (this.#state) {
      case 'magic': {
        const magic = u32le(held, 0);
        if (magic === MAGIC_FRAME) {
          this.#state = 'header';
          this.#wanted = 5;
        } else if ((magic & 0xfffffff0) >>> 0 === MAGIC_SKIPPABLE) this.#expect('skip-size', 4);
        else this.#fail('goes on with no Zstandard frame');
        return;
      }
      case 'header':
        this.#takeHeader();
        return;
      case 'block-header':
        this.#takeBlockHeader();
        return;
      case 'skip-size':
        this.#expect('skip', u32le(held, 0));
        if (this.#wanted === 0) this.#endRun();
        return;
      default:
        this.#expect('magic', 4);
    }
  }

  /** The magic number and the descriptor, then what the descriptor announces (RFC 8878 §3.1.1.1). */
  #takeHeader(): void {
    const held = this.#held;
    const descriptor = byteAt(held, 4);
    const isSingle = (descriptor & 0x20) !== 0;
    const sizeFlag = descriptor >> 6;
    const dictionaryLength = [0, 1, 2, 4][descriptor & 3] ?? 0;
    const sizeLength = sizeFlag === 0 ? (isSingle ? 1 : 0) : 1 << sizeFlag;
    const length = 5 + (isSingle ? 0 : 1) + dictionaryLength + sizeLength;
    if (this.#wanted < length) {
      this.#wanted = length;
      return;
    }
    const window = isSingle
      ? contentSize(held, length - sizeLength, sizeLength)
      : windowSize(byteAt(held, 5));
    if (window > LARGEST_WINDOW) {
      this.#fail(`asks for a window of ${window} bytes, which is too large,`);
      return;
    }
    this.#hasChecksum = (descriptor & 4) !== 0;
    // The checksum is passed over here, so the library is told that there is none.
    held[4] = descriptor & ~4;
    this.#library = new Decompress((bytes) => {
      this.#unpacked += bytes.length;
      if (bytes.length > 0) this.#sink(bytes);
    });
    this.#feed(held.slice(0, length));
    this.#expect('block-header', 3);
  }

  #takeBlockHeader(): void {
    const header = byteAt(this.#held, 0) | (byteAt(this.#held, 1) << 8) | (byteAt(this.#held, 2) << 16);
    const type = (header >> 1) & 3;
    const size = header >> 3;
    this.#isLastBlock = (header & 1) !== 0;
    if (type === 3 || size > LARGEST_BLOCK) {
      this.#fail('has a block header that makes no sense');
      return;
    }
    this.#feed(this.#held.slice(0, 3));
    // A run of one byte stands for the whole block (§3.1.1.2.2).
    this.#expect('block', type === 1 ? 1 : size);
    if (this.#wanted === 0) this.#endRun();
  }

  /** A block's or a skippable frame's bytes are through. */
  #endRun(): void {
    if (this.fault !== null) return;
    if (this.#state === 'skip') this.#expect('magic', 4);
    else if (!this.#isLastBlock) this.#expect('block-header', 3);
    else {
      this.#feed(new Uint8Array(0), true);
      this.#library = null;
      if (this.#hasChecksum) this.#expect('checksum', 4);
      else this.#expect('magic', 4);
    }
  }

  #feed(bytes: Uint8Array, isLast = false): void {
    try {
      // The library keeps what it is given until a block is whole.
      this.#library?.push(bytes.slice(), isLast);
    } catch {
      this.#fail('is damaged');
    }
  }
}

type State = 'magic' | 'header' | 'block-header' | 'block' | 'checksum' | 'skip-size' | 'skip';

const MAGIC_FRAME = 0xfd2fb528;
const MAGIC_SKIPPABLE = 0x184d2a50;
const HEADER_MAXIMUM = 18;
const LARGEST_BLOCK = 131_072;
const LARGEST_WINDOW = 128 * 1024 * 1024;

function windowSize(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3));
  return base + (base / 8) * (descriptor & 7);
}

function contentSize(bytes: Uint8Array, at: number, length: number): number {
  if (length === 1) return byteAt(bytes, at);
  if (length === 2) return (byteAt(bytes, at) | (byteAt(bytes, at + 1) << 8)) + 256;
  return u32le(bytes, at) + (length === 8 ? u32le(bytes, at + 4) * 0x1_0000_0000 : 0);
}
