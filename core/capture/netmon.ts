import { byteAt, u16le, u32le, u64le } from '../bytes/reader.ts';
import { createFrameScratch, LARGEST_FRAME, LINKTYPE_UNSTATED } from './frame-scratch.ts';
import {
  STEP_FAULT,
  STEP_FRAME,
  STEP_NEED_MORE,
  STEP_SKIPPED,
  type CaptureFault,
  type CaptureReader,
  type FrameScratch,
} from './frame.ts';

/**
 * A reader for the files of Microsoft Network Monitor 2 and 3 (format versions 2.0 to 2.3). Frames stand one behind the
 * other from byte 128 on; the tables behind them are not needed.
 */
export function openNetmon(firstBytes: Uint8Array): CaptureReader | CaptureFault {
  if (firstBytes.length < FILE_HEADER_LENGTH) {
    return {
      kind: 'truncated',
      offset: 0,
      sentence: `The file ends at byte ${firstBytes.length}, inside the header of a Network Monitor file (${FILE_HEADER_LENGTH} bytes).`,
    };
  }
  const [minor, major] = [byteAt(firstBytes, 4), byteAt(firstBytes, 5)];
  if (major !== 2 || minor > 3) {
    return {
      kind: 'unsupported-format',
      offset: 4,
      sentence: `This Network Monitor file says it has format version ${major}.${minor}; versions 2.0 to 2.3 are known.`,
    };
  }
  return new NetmonReader(firstBytes, minor);
}

const FILE_HEADER_LENGTH = 128;
const RECORD_HEADER_LENGTH = 16;
/** Behind each frame, by minor version: link type; index of the process; time in UTC and time zone. */
const TRAILER_LENGTHS = [0, 2, 6, 15];
/** 100 nanoseconds between 1601 and 1970. */
const EPOCH_OF_FILETIME = 11_644_473_600;

class NetmonReader implements CaptureReader {
  readonly frame: FrameScratch = createFrameScratch();
  readonly secrets = null;
  fault: CaptureFault | null = null;
  consumed = 0;
  wanted = FILE_HEADER_LENGTH;
  readonly #trailerLength: number;
  readonly #linkType: number;
  /** The capture's beginning in the clock of the host that made it: microseconds since 1970. */
  readonly #beginning: number;
  /** Where the frames end and tables begin; infinite where the header does not tell. */
  readonly #framesEnd: number;

  constructor(header: Uint8Array, minor: number) {
    this.#trailerLength = TRAILER_LENGTHS[minor] ?? 0;
    this.#linkType = linkTypeOf(u16le(header, 6));
    this.#beginning = microsecondsOf(header, 8);
    this.#framesEnd = firstTable(header);
  }

  step(window: Uint8Array, start: number, end: number, base: number): number {
    const available = end - start;
    if (base === 0) return this.#skip(available, FILE_HEADER_LENGTH);
    if (base >= this.#framesEnd) return this.#skip(available, Math.max(1, available));
    if (available < RECORD_HEADER_LENGTH) return this.#want(RECORD_HEADER_LENGTH);
    const captured = u32le(window, start + 12);
    if (captured > LARGEST_FRAME || base + RECORD_HEADER_LENGTH + captured > this.#framesEnd) {
      this.fault = {
        kind: 'impossible-length',
        offset: base,
        sentence: `The header of a frame at byte ${base} claims ${captured} captured bytes, which is impossible: the file is damaged from there on.`,
      };
      return STEP_FAULT;
    }
    const length = RECORD_HEADER_LENGTH + captured + this.#trailerLength;
    if (available < length) return this.#want(length);
    const frame = this.frame;
    frame.capturedLength = captured;
    frame.originalLength = u32le(window, start + 8);
    frame.bytes = window;
    frame.start = start + RECORD_HEADER_LENGTH;
    frame.offset = base + RECORD_HEADER_LENGTH;
    frame.linkType = this.#linkType;
    this.#setTime(window, start, frame.start + captured);
    if (this.#trailerLength > 0) this.#readLinkType(window, frame.start + captured);
    this.consumed = length;
    return STEP_FRAME;
  }

  finish(_window: Uint8Array, start: number, end: number, base: number): CaptureFault | null {
    if (this.fault !== null || end === start || base >= this.#framesEnd) return this.fault;
    this.fault = {
      kind: 'truncated',
      offset: base,
      sentence: `The file ends at byte ${base + end - start}, inside a frame: ${end - start} of its ${this.wanted} bytes are there.`,
    };
    return this.fault;
  }

  #want(bytes: number): number {
    this.wanted = bytes;
    return STEP_NEED_MORE;
  }

  #skip(available: number, length: number): number {
    if (available < length) return this.#want(length);
    this.consumed = length;
    return STEP_SKIPPED;
  }

  /** Version 2.3 says the time in UTC, as a FILETIME; the others count from the beginning, in the host's own zone. */
  #setTime(window: Uint8Array, start: number, trailer: number): void {
    const frame = this.frame;
    if (this.#trailerLength === 15) {
      const [low, high] = [u32le(window, trailer + 6), u32le(window, trailer + 10)];
      // 2^32 is 429 seconds and 4,967,296 ticks of 100 ns: keeps every step below 2^53.
      const ticks = high * 4_967_296 + low;
      const carried = Math.floor(ticks / 1e7);
      frame.seconds = high * 429 + carried - EPOCH_OF_FILETIME;
      frame.nanoseconds = (ticks - carried * 1e7) * 100;
      return;
    }
    const microseconds = Math.min(Number.MAX_SAFE_INTEGER, this.#beginning + u64le(window, start));
    frame.seconds = Math.floor(microseconds / 1e6);
    frame.nanoseconds = (microseconds - frame.seconds * 1e6) * 1000;
  }

  /** From version 2.1 on each frame has a link type of its own. */
  #readLinkType(window: Uint8Array, trailer: number): void {
    const frame = this.frame;
    const network = u16le(window, trailer);
    frame.linkType = linkTypeOf(network);
    if (network !== NETWORK_WIFI || frame.capturedLength < 3) return;
    // Radio metadata, its length behind a version byte, stand before the IEEE 802.11 header.
    const metadata = Math.min(frame.capturedLength, u16le(window, frame.start + 1));
    frame.start += metadata;
    frame.offset += metadata;
    frame.capturedLength -= metadata;
    frame.originalLength = Math.max(frame.capturedLength, frame.originalLength - metadata);
  }
}

const NETWORK_WIFI = 6;

/** Network Monitor's own numbers; from 0xe000 on LINKTYPE_ values. */
function linkTypeOf(network: number): number {
  if (network === 1) return 1;
  if (network === 2) return 6;
  if (network === 3) return 10;
  if (network === NETWORK_WIFI) return 105;
  return (network & 0xf000) === 0xe000 ? network & 0xfff : LINKTYPE_UNSTATED;
}

/** A SYSTEMTIME: year, month, day of the week, day, hour, minute, second, milliseconds; 16 bits each. */
function microsecondsOf(header: Uint8Array, at: number): number {
  const part = (index: number) => u16le(header, at + index * 2);
  const milliseconds = Date.UTC(part(0), part(1) - 1, part(3), part(4), part(5), part(6), part(7));
  return Number.isFinite(milliseconds) ? milliseconds * 1000 : 0;
}

/** The first of the tables whose offset and length stand in the header from byte 24 on. */
function firstTable(header: Uint8Array): number {
  let first = Infinity;
  for (let at = 24; at < 64; at += 8) {
    const [offset, length] = [u32le(header, at), u32le(header, at + 4)];
    if (length > 0 && offset >= FILE_HEADER_LENGTH && offset < first) first = offset;
  }
  return first;
}
