import { concatBytes, u16le, u32le } from '../bytes/reader.ts';
import { decodeText } from '../bytes/text.ts';
import { compressionFault, type BytesSink, type Decompressor } from '../capture/decompressor.ts';
import type { CaptureFault } from '../capture/frame.ts';
import { ZlibStream } from './zlib-stream.ts';

/**
 * The first file of a ZIP archive (APPNOTE §4.3), as it comes: folders before it are passed over. Whether the archive holds
 * more than that is known at its end, and said.
 */
export class ZipDecompressor implements Decompressor {
  fault: CaptureFault | null = null;
  readonly #onBytes: BytesSink;
  #state: 'header' | 'stored' | 'deflated' | 'behind' = 'header';
  #held: Uint8Array = new Uint8Array(0);
  /** Bytes of a stored file, or of a folder's entry, that are still to come. */
  #left = 0;
  #isFolder = false;
  #stream: ZlibStream | null = null;
  #name = '';
  #packed = 0;
  #unpacked = 0;
  /** The end of the archive, where its directory says what it holds. */
  #tail: Uint8Array = new Uint8Array(0);

  constructor(onBytes: BytesSink) {
    this.#onBytes = onBytes;
  }

  async push(chunk: Uint8Array): Promise<void> {
    this.#keepTail(chunk);
    let at = 0;
    while (at < chunk.length && this.fault === null && this.#state !== 'behind') {
      const from = at;
      if (this.#state === 'header') at = this.#takeHeader(chunk, at);
      else if (this.#state === 'stored') at = this.#takeStored(chunk, at);
      else at = await this.#inflate(chunk, at);
      this.#packed += at - from;
    }
  }

  async finish(): Promise<CaptureFault | null> {
    if (this.fault === null && this.#state === 'deflated' && this.#stream !== null) {
      await this.#stream.end();
      if (this.#stream.error === '') this.#state = 'behind';
    }
    if (this.fault === null && this.#state !== 'behind') this.#fail('ends too early');
    const others = this.fault === null ? otherFiles(this.#tail, this.#name) : 0;
    if (others > 0)
      this.fault = {
        kind: 'damaged-compression',
        offset: this.#unpacked,
        sentence: `This ZIP archive holds ${others + 1} files, of which ${this.#name} is read: unpack it to read the ${others === 1 ? 'other' : 'others'}.`,
      };
    return this.fault;
  }

  #keepTail(chunk: Uint8Array): void {
    const joined = concatBytes([this.#tail, chunk.subarray(-LONGEST_TAIL)]);
    this.#tail = joined.length > LONGEST_TAIL ? joined.slice(-LONGEST_TAIL) : joined;
  }

  /** A local file header: 30 bytes, a name and extra fields whose lengths stand in them. */
  #takeHeader(chunk: Uint8Array, at: number): number {
    const before = this.#held.length;
    const header = concatBytes([this.#held, chunk.subarray(at, at + LONGEST_HEADER)]);
    const length = header.length < 30 ? 30 : 30 + u16le(header, 26) + u16le(header, 28);
    if (header.length >= 4 && u32le(header, 0) !== LOCAL_HEADER) {
      this.#fail('holds no file that can be read');
      return chunk.length;
    }
    if (header.length < length) {
      this.#held = header;
      return chunk.length;
    }
    this.#held = new Uint8Array(0);
    this.#begin(header);
    return at + length - before;
  }

  #begin(header: Uint8Array): void {
    const flags = u16le(header, 6);
    const method = u16le(header, 8);
    this.#name = decodeText(header, 30, 30 + u16le(header, 26));
    this.#left = u32le(header, 18);
    this.#isFolder = this.#name.endsWith('/');
    if ((flags & 1) !== 0) this.#fail('is locked with a password: unpack it first');
    else if (method === 8 && !this.#isFolder) {
      this.#stream = new ZlibStream('deflate', (bytes) => this.#deliver(bytes));
      this.#state = 'deflated';
    } else if ((method === 0 || this.#isFolder) && (flags & 8) === 0) this.#beginStored();
    else this.#fail('is packed in a way that is not read: unpack it first,');
  }

  #beginStored(): void {
    this.#state = this.#left > 0 ? 'stored' : this.#isFolder ? 'header' : 'behind';
  }

  #takeStored(chunk: Uint8Array, at: number): number {
    const end = Math.min(chunk.length, at + this.#left);
    if (!this.#isFolder) this.#deliver(chunk.subarray(at, end));
    this.#left -= end - at;
    if (this.#left === 0) this.#state = this.#isFolder ? 'header' : 'behind';
    return end;
  }

  async #inflate(chunk: Uint8Array, at: number): Promise<number> {
    const end = Math.min(chunk.length, at + SLICE);
    const stream = this.#stream;
    if (stream === null) return end;
    await stream.write(chunk.subarray(at, end));
    if (stream.error !== '') this.#fail('is damaged');
    if (stream.ended) this.#state = 'behind';
    return end;
  }

  #deliver(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; at += SLICE) this.#onBytes(bytes.subarray(at, at + SLICE));
    this.#unpacked += bytes.length;
  }

  #fail(what: string): void {
    this.fault = compressionFault('ZIP', this.#unpacked, this.#packed, what);
  }
}

const LOCAL_HEADER = 0x04034b50;
const DIRECTORY_ENTRY = 0x02014b50;
const SLICE = 65_536;
const LONGEST_HEADER = 30 + 2 * 65_535;
/** Directories of some thousand files, and a comment. */
const LONGEST_TAIL = 262_144;

/** How many files beside `name` the directory names, as far as it is in the tail: no folders, nothing of macOS' own. */
function otherFiles(tail: Uint8Array, name: string): number {
  let count = 0;
  for (let at = 0; at + 46 <= tail.length; at++) {
    if (tail[at] !== 0x50 || u32le(tail, at) !== DIRECTORY_ENTRY) continue;
    const other = decodeText(tail, at + 46, Math.min(tail.length, at + 46 + u16le(tail, at + 28)));
    if (other !== name && !other.endsWith('/') && !other.startsWith('__MACOSX/')) count += 1;
  }
  return count;
}
