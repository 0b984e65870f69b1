import { closeSync, fstatSync, openSync, read, readSync, type Stats } from 'node:fs';
import { basename } from 'node:path';
import { detectCaptureFormat, isPacking } from '../capture/detect-format.ts';
import {
  type CaptureFault,
  type CaptureReader,
  STEP_FAULT,
  STEP_FRAME,
  STEP_NEED_MORE,
  STEP_SECRETS,
  STEP_SKIPPED,
} from '../capture/frame.ts';
import { openCaptureReader } from '../capture/open-capture.ts';
import type { Decompressor } from '../capture/decompressor.ts';
import type { CaptureWindow } from '../analysis/capture-store.ts';
import { createDecompressor } from './decompress.ts';
import { Spool } from './spool.ts';

/** Results of CaptureSource.next. */
export const SOURCE_FRAME = 1;
/** The window is used up: call `fill` and go on. */
export const SOURCE_EMPTY = 2;
export const SOURCE_END = 3;

/** Where raw bytes come from: a file read by ranges, or a stream that comes once. */
interface RawInput {
  readonly name: string;
  readonly size: number | null;
  /** Bytes read into the target from `at`; 0 at the end. */
  read(target: Uint8Array, at: number, length: number): number | Promise<number>;
  close(): void;
}

/**
 * One capture file on its way in: raw bytes, unpacked where packed, stepped through by a reader, and kept reachable for
 * later reads (the file itself, or a spool for what comes once).
 */
export class CaptureSource {
  readonly name: string;
  reader: CaptureReader | null = null;
  /** What stopped the reading, or what is wrong at the end. */
  fault: CaptureFault | null = null;
  /** Raw bytes taken so far. */
  bytesRead = 0;
  readonly size: number | null;
  /** Key logs that the file carries (Decryption Secrets Blocks of type TLS). */
  readonly secrets: Uint8Array[] = [];
  private readonly input: RawInput;
  private readonly file: FileRange | null;
  private spool: Spool | null = null;
  private decompressor: Decompressor | null = null;
  private window = newWindow(0);
  /** Bytes that a window is to hold. */
  private readonly windowSize: number;
  /** The bytes behind the window, being read into another one while this one is looked at; null where none are. */
  private ahead: ReadAhead | null = null;
  /** Windows that were held when they were done with. */
  private spare: HeldWindow[] = [];
  private start = 0;
  private end = 0;
  /** Offset in the unpacked file of window[start]. */
  private base = 0;
  private atEnd = false;
  private frameEnd = 0;
  private begun = false;

  private constructor(input: RawInput, file: FileRange | null, windowSize: number) {
    this.input = input;
    this.file = file;
    this.windowSize = windowSize;
    this.name = input.name;
    this.size = input.size;
  }

  /**
   * `path` is a file; throws the system's error where it cannot be opened. `files`: of how many it is one, which share
   * the memory for what is at hand.
   */
  static openFile(path: string, files = 1): CaptureSource {
    const file = new FileRange(path);
    return new CaptureSource(file, file, windowSizeOf(files));
  }

  static openStream(name: string, stream: AsyncIterable<Uint8Array>, files = 1): CaptureSource {
    return new CaptureSource(new StreamInput(name, stream), null, windowSizeOf(files));
  }

  /** Steps to the next frame in the window, passing over everything else. */
  next(): number {
    const { reader } = this;
    if (this.frameEnd > 0) this.consume(this.frameEnd);
    this.frameEnd = 0;
    if (reader === null || this.fault !== null) return SOURCE_END;
    for (;;) {
      switch (reader.step(this.window.bytes, this.start, this.end, this.base)) {
        case STEP_FRAME:
          this.frameEnd = reader.consumed;
          return SOURCE_FRAME;
        case STEP_SECRETS:
          this.takeSecrets(reader);
          this.consume(reader.consumed);
          break;
        case STEP_SKIPPED:
          this.consume(reader.consumed);
          break;
        case STEP_FAULT:
          this.fault = reader.fault;
          return SOURCE_END;
        case STEP_NEED_MORE:
          if (!this.atEnd) return SOURCE_EMPTY;
          this.fault = reader.finish(this.window.bytes, this.start, this.end, this.base);
          this.consume(this.end - this.start);
          return SOURCE_END;
        default:
          return SOURCE_END;
      }
    }
  }

  /** Brings more bytes. A promise only where the input must be waited for. */
  fill(): void | Promise<void> {
    const wanted = this.reader === null ? FIRST_BYTES : Math.max(this.reader.wanted, 1);
    if (this.ahead !== null) return this.takeAhead(this.ahead, wanted);
    this.makeRoom(wanted);
    if (this.decompressor !== null || this.file === null || !this.begun) return this.fillSlowly(wanted);
    this.fillFromFile();
  }

  /** What is at hand; null where nothing is. */
  get current(): HeldWindow | null {
    if (this.end === 0) return null;
    this.window.offset = this.windowBase();
    this.window.length = this.end;
    return this.window;
  }

  /** Bytes again, for the opening. */
  read(offset: number, length: number, target: Uint8Array, at: number): boolean {
    const within = offset - this.base + this.start;
    if (within >= 0 && offset >= this.windowBase() && within + length <= this.end) {
      target.set(this.window.bytes.subarray(within, within + length), at);
      return true;
    }
    if (this.spool !== null) return this.spool.read(offset, length, target, at);
    return this.file !== null && this.file.readRange(offset, length, target, at);
  }

  /** True where the file changed since it was opened: what it holds now is not what was read. */
  get changed(): boolean {
    return this.file !== null && this.file.changed;
  }

  close(): void {
    this.input.close();
    this.spool?.close();
  }

  /** Nothing more is to be read; the bytes stay reachable. */
  releaseWindow(): void {
    if (this.window.bytes.length === 0) return;
    this.window = newWindow(0);
    this.spare = [];
    this.start = 0;
    this.end = 0;
  }

  private windowBase(): number {
    return this.base - this.start;
  }

  private consume(bytes: number): void {
    if (this.spool !== null && bytes > 0)
      this.spool.append(this.window.bytes.subarray(this.start, this.start + bytes));
    this.start += bytes;
    this.base += bytes;
  }

  private takeSecrets(reader: CaptureReader): void {
    const { secrets } = reader;
    if (secrets === null) return;
    if (secrets.type === TLS_KEY_LOG) this.secrets.push(secrets.bytes);
    // A spool holds nothing that the wire did not hold.
    const from = secrets.offset - this.base + this.start;
    if (this.spool !== null && from >= this.start) this.window.bytes.fill(0, from, from + secrets.length);
  }

  private makeRoom(wanted: number): void {
    const held = this.end - this.start;
    const { bytes } = this.window;
    // The first bytes of a file come in a small window: many files may wait for their turn.
    const grows = held + wanted > bytes.length || (this.begun && bytes.length < this.windowSize);
    if (!grows && (this.start === 0 || held >= bytes.length / 2)) return;
    // A pipe brings little at a time: moving waits until there is no room behind.
    if (!grows && this.file === null && this.end + Math.max(wanted, CHUNK) <= bytes.length) return;
    const target = grows || this.window.holds > 0 ? this.takeWindow(held + wanted) : this.window;
    if (target === this.window) bytes.copyWithin(0, this.start, this.end);
    else {
      target.bytes.set(bytes.subarray(this.start, this.end));
      if (this.window.holds > 0 || !grows) this.spare.push(this.window);
      this.window = target;
    }
    this.end = held;
    this.start = 0;
  }

  /** A window that no opener looks into any more. */
  private takeWindow(size: number): HeldWindow {
    const at = this.spare.findIndex((window) => window.holds === 0 && window.bytes.length >= size);
    const [known] = at < 0 ? [] : this.spare.splice(at, 1);
    if (this.spare.length > MOST_SPARE) this.spare.shift();
    return known ?? newWindow(nextSize(size, this.begun ? this.windowSize : 2 * FIRST_BYTES));
  }

  private fillFromFile(): void {
    if (this.file === null) return;
    const { bytes } = this.window;
    const got = this.file.read(bytes, this.end, bytes.length - this.end);
    this.bytesRead += got;
    this.end += got;
    if (got === 0) this.atEnd = true;
    else if (this.end === bytes.length && got > OVERLAP) this.readAhead(this.file);
  }

  /** Lets the system read on while what is at hand is looked at. */
  private readAhead(file: FileRange): void {
    const window = this.takeWindow(this.windowSize);
    const done = file.readFrom(OVERLAP, window.bytes, this.windowSize).catch(() => 0);
    this.ahead = { window, done };
  }

  /** What was read ahead is at hand now. It begins with the end of the window before, where a frame may have begun. */
  private async takeAhead({ window, done }: ReadAhead, wanted: number): Promise<void> {
    const got = (await done) - OVERLAP;
    this.ahead = null;
    const held = this.end - this.start;
    if (got <= 0 || held > OVERLAP) {
      // The end, or something in the way: read again in the usual manner, which says what is wrong.
      this.spare.push(window);
      this.makeRoom(wanted);
      this.fillFromFile();
      return;
    }
    this.spare.push(this.window);
    this.window = window;
    this.start = OVERLAP - held;
    this.end = OVERLAP + got;
    this.bytesRead += got;
    if (this.file === null) return;
    this.file.passed(got);
    if (this.end >= this.windowSize) this.readAhead(this.file);
  }

  private async fillSlowly(wanted: number): Promise<void> {
    while (!this.atEnd && this.end - this.start < wanted) {
      if (this.decompressor === null) await this.takeRaw();
      else await this.unpackMore(this.decompressor);
      if (!this.begun && (this.end - this.start >= FIRST_BYTES || this.atEnd)) await this.begin();
    }
    if (!this.begun) await this.begin();
  }

  private async takeRaw(): Promise<void> {
    const most = this.begun || this.file === null ? CHUNK : 2 * FIRST_BYTES;
    this.makeRoom(most);
    const { bytes } = this.window;
    const got = await this.input.read(bytes, this.end, Math.min(most, bytes.length - this.end));
    this.bytesRead += got;
    this.end += got;
    if (got === 0) this.atEnd = true;
  }

  /** The first bytes are there: packed or not, and which format? */
  private async begin(): Promise<void> {
    this.begun = true;
    const first = this.window.bytes.subarray(this.start, this.end);
    const { format } = detectCaptureFormat(first);
    if (this.decompressor === null && isPacking(format)) {
      this.decompressor = createDecompressor(format, (bytes) => {
        this.takeUnpacked(bytes);
      });
      this.spool = new Spool();
      const packed = first.slice();
      this.start = 0;
      this.end = 0;
      this.begun = false;
      const rawEnded = this.atEnd;
      this.atEnd = false;
      await this.decompressor.push(packed);
      if (rawEnded) await this.endUnpacking(this.decompressor);
      if (this.end - this.start >= FIRST_BYTES || this.atEnd) await this.begin();
      return;
    }
    if (this.file === null && this.spool === null) this.spool = new Spool();
    // Packed data that is cut before anything came out of it: what it would have been nobody can tell.
    if (first.length === 0 && this.packingFault !== null) {
      this.fault ??= this.packingFault;
      return;
    }
    const opened = openCaptureReader(first);
    if ('step' in opened) this.reader = opened;
    else this.fault ??= opened;
  }

  private async unpackMore(decompressor: Decompressor): Promise<void> {
    const packed = new Uint8Array(PACKED_CHUNK);
    const got = await this.input.read(packed, 0, PACKED_CHUNK);
    this.bytesRead += got;
    if (got === 0) await this.endUnpacking(decompressor);
    else {
      await decompressor.push(packed.subarray(0, got));
      if (decompressor.fault !== null) this.endWith(decompressor.fault);
    }
  }

  private async endUnpacking(decompressor: Decompressor): Promise<void> {
    const fault = await decompressor.finish();
    this.endWith(fault);
  }

  private endWith(fault: CaptureFault | null): void {
    this.atEnd = true;
    if (fault !== null) this.packingFault = fault;
  }

  /** What is wrong with the packing; what was unpacked before it is kept. */
  packingFault: CaptureFault | null = null;

  private takeUnpacked(bytes: Uint8Array): void {
    this.makeRoom(bytes.length);
    this.window.bytes.set(bytes, this.end);
    this.end += bytes.length;
  }
}

interface ReadAhead {
  readonly window: HeldWindow;
  /** How many bytes came; 0 where the system refused. */
  readonly done: Promise<number>;
}

/** Bytes at hand, in memory that threads share. */
interface HeldWindow extends CaptureWindow {
  offset: number;
  length: number;
  alone: boolean;
  holds: number;
}

function newWindow(size: number): HeldWindow {
  return {
    bytes: new Uint8Array(new SharedArrayBuffer(size)),
    offset: 0,
    length: 0,
    alone: false,
    holds: 0,
    hold() {
      this.holds += 1;
    },
    release() {
      this.holds -= 1;
    },
  };
}

/** A file that is read in order and by ranges; it must stay what it was when it was opened. */
class FileRange implements RawInput {
  readonly name: string;
  readonly size: number;
  private readonly fd: number;
  private readonly identity: Stats;
  private position = 0;
  private readonly cache = new Uint8Array(CACHE);
  private cacheFrom = 0;
  private cacheTo = 0;
  private closed = false;
  /** Reads that are under way. */
  private reading = 0;

  constructor(path: string) {
    this.name = basename(path);
    this.fd = openSync(path, 'r');
    this.identity = fstatSync(this.fd);
    this.size = this.identity.size;
  }

  read(target: Uint8Array, at: number, length: number): number {
    const got = readSync(this.fd, target, at, length, this.position);
    this.position += got;
    return got;
  }

  /** Reads from so many bytes before where `read` stands, without moving on. Rejects where the system cannot. */
  readFrom(before: number, target: Uint8Array, length: number): Promise<number> {
    this.reading += 1;
    return new Promise((resolve, reject) => {
      read(this.fd, target, 0, length, this.position - before, (error, got) => {
        this.reading -= 1;
        if (this.closed && this.reading === 0) closeSync(this.fd);
        if (error === null) resolve(got);
        else reject(error);
      });
    });
  }

  /** So many bytes behind where `read` stood were read otherwise. */
  passed(bytes: number): void {
    this.position += bytes;
  }

  /** Small reads come in rows of the index, so mostly forward: a cached stretch answers most of them. */
  readRange(offset: number, length: number, target: Uint8Array, at: number): boolean {
    if (this.closed) return false;
    if (length > CACHE / 4) return readFully(this.fd, target, at, length, offset);
    if (offset < this.cacheFrom || offset + length > this.cacheTo) {
      this.cacheFrom = offset;
      this.cacheTo = offset + readSync(this.fd, this.cache, 0, CACHE, offset);
      if (offset + length > this.cacheTo) return false;
    }
    const from = offset - this.cacheFrom;
    target.set(this.cache.subarray(from, from + length), at);
    return true;
  }

  get changed(): boolean {
    if (this.closed) return true;
    const now = fstatSync(this.fd);
    return now.size < this.identity.size || now.mtimeMs !== this.identity.mtimeMs;
  }

  close(): void {
    // Its number would be another file's while the system still reads.
    if (!this.closed && this.reading === 0) closeSync(this.fd);
    this.closed = true;
  }
}

/** A pipe, or standard input. */
class StreamInput implements RawInput {
  readonly name: string;
  readonly size = null;
  private readonly iterator: AsyncIterator<Uint8Array>;
  private rest: Uint8Array = new Uint8Array(0);

  constructor(name: string, stream: AsyncIterable<Uint8Array>) {
    this.name = name;
    this.iterator = stream[Symbol.asyncIterator]();
  }

  async read(target: Uint8Array, at: number, length: number): Promise<number> {
    while (this.rest.length === 0) {
      const next = await this.iterator.next();
      if (next.done === true) return 0;
      this.rest = next.value;
    }
    const take = Math.min(length, this.rest.length);
    target.set(this.rest.subarray(0, take), at);
    this.rest = this.rest.subarray(take);
    return take;
  }

  close(): void {
    void this.iterator.return?.();
  }
}

function readFully(fd: number, target: Uint8Array, at: number, length: number, offset: number): boolean {
  let done = 0;
  while (done < length) {
    const got = readSync(fd, target, at + done, length - done, offset + done);
    if (got <= 0) return false;
    done += got;
  }
  return true;
}

function nextSize(bytes: number, least: number): number {
  let size = least;
  while (size < bytes) size *= 2;
  return size;
}

/** Files of one set share the memory of a few windows. */
function windowSizeOf(files: number): number {
  return Math.max(LEAST_WINDOW, Math.min(WINDOW, Math.floor((8 * WINDOW) / files)));
}

const WINDOW = 8 * 1024 * 1024;
const LEAST_WINDOW = 512 * 1024;
/** Bytes that are read again with what is read ahead: more than a frame has. */
const OVERLAP = 128 * 1024;
const CHUNK = 1024 * 1024;
/** Windows kept for another turn beside the one in use: as many as batches may be under way. */
const MOST_SPARE = 16;
/** gzip unpacks to at most about a thousand times as much: one step stays within tens of megabytes. */
const PACKED_CHUNK = 32 * 1024;
const CACHE = 1024 * 1024;
const FIRST_BYTES = 64 * 1024;
/** secrets_type of TLS key logs: "TLSK" (draft-ietf-opsawg-pcapng §4.7). */
const TLS_KEY_LOG = 0x544c534b;
