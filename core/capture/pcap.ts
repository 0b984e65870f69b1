import { u32be, u32le } from '../bytes/reader.ts';
import { createFrameScratch, LARGEST_FRAME } from './frame-scratch.ts';
import {
  STEP_FAULT,
  STEP_FRAME,
  STEP_NEED_MORE,
  STEP_SKIPPED,
  type CaptureFault,
  type CaptureReader,
  type FrameScratch,
} from './frame.ts';
import { choosePcapVariant, type PcapVariant } from './pcap-variant.ts';

/**
 * A reader for the classic format of libpcap (draft-ietf-opsawg-pcap) and its relatives: either byte order, micro- and
 * nanoseconds, the longer record headers of modified libpcaps, AIX, IXIA lcap. `firstBytes` begin with the magic
 * number; the more of them there are (64 KiB is ample), the surer a modified record header is told from the usual one.
 */
export function openPcap(firstBytes: Uint8Array): CaptureReader | CaptureFault {
  const variant = choosePcapVariant(firstBytes);
  return 'kind' in variant ? variant : new PcapReader(variant);
}

/**
 * Frames longer than the file's snapshot length exist (offloaded segments), but none is longer than both it and what
 * libpcap itself ever takes.
 */
const USUAL_LARGEST_FRAME = 262_144;

class PcapReader implements CaptureReader {
  readonly frame: FrameScratch = createFrameScratch();
  readonly secrets = null;
  fault: CaptureFault | null = null;
  consumed = 0;
  wanted: number;
  readonly #fileHeaderLength: number;
  readonly #lengthsInAnyOrder: boolean;
  readonly #littleEndian: boolean;
  readonly #headerLength: number;
  readonly #fractionsPerSecond: number;
  readonly #nanosecondsPerFraction: number;
  readonly #largest: number;
  /** The file header, as the file begins with it. */
  #fileHeader: Uint8Array = new Uint8Array(0);
  /** Its magic number, in the file's own byte order. */
  #magic = -1;
  #window: Uint8Array = new Uint8Array(0);
  #view: DataView = new DataView(new ArrayBuffer(0));

  constructor(variant: PcapVariant) {
    this.#fileHeaderLength = variant.fileHeaderLength;
    this.#lengthsInAnyOrder = variant.lengthsInAnyOrder;
    this.#littleEndian = variant.littleEndian;
    this.#headerLength = variant.recordHeaderLength;
    this.#fractionsPerSecond = variant.nanoseconds ? 1e9 : 1e6;
    this.#nanosecondsPerFraction = variant.nanoseconds ? 1 : 1000;
    this.#largest = Math.min(LARGEST_FRAME, Math.max(USUAL_LARGEST_FRAME, variant.snapLength));
    this.wanted = variant.fileHeaderLength;
    this.frame.linkType = variant.linkType;
  }

  step(window: Uint8Array, start: number, end: number, base: number): number {
    if (base === 0) return this.#skipFileHeader(window, start, end - start);
    if (window !== this.#window) {
      this.#window = window;
      this.#view = new DataView(window.buffer, window.byteOffset, window.byteLength);
      this.frame.bytes = window;
    }
    const headerLength = this.#headerLength;
    if (end - start < headerLength) {
      this.wanted = headerLength;
      return STEP_NEED_MORE;
    }
    const view = this.#view;
    const little = this.#littleEndian;
    const frame = this.frame;
    frame.seconds = view.getUint32(start, little);
    if (frame.seconds === this.#magic && this.#repeatsFileHeader(window, start, end))
      return this.#skipFileHeader(window, start, end - start);
    let captured = view.getUint32(start + 8, little);
    let original = view.getUint32(start + 12, little);
    if (this.#lengthsInAnyOrder && captured > original) {
      const swapped = captured;
      captured = original;
      original = swapped;
    }
    if (captured > this.#largest) return this.#failLength(captured, base);
    if (end - start < headerLength + captured) {
      this.wanted = headerLength + captured;
      return STEP_NEED_MORE;
    }
    const fraction = view.getUint32(start + 4, little);
    if (fraction < this.#fractionsPerSecond) frame.nanoseconds = fraction * this.#nanosecondsPerFraction;
    else this.#carryFraction(fraction);
    frame.capturedLength = captured;
    frame.originalLength = original;
    frame.start = start + headerLength;
    frame.offset = base + headerLength;
    this.consumed = headerLength + captured;
    return STEP_FRAME;
  }

  finish(_window: Uint8Array, start: number, end: number, base: number): CaptureFault | null {
    if (this.fault !== null || end === start) return this.fault;
    const left = end - start;
    const sentence =
      left < this.#headerLength
        ? `The file ends at byte ${base + left}, inside the header of a frame.`
        : `The file ends at byte ${base + left}, inside a frame: ${left - this.#headerLength} of its ${this.wanted - this.#headerLength} bytes are there.`;
    this.fault = { kind: 'truncated', offset: base, sentence };
    return this.fault;
  }

  #skipFileHeader(window: Uint8Array, start: number, available: number): number {
    if (available < this.#fileHeaderLength) {
      this.wanted = this.#fileHeaderLength;
      return STEP_NEED_MORE;
    }
    if (this.#magic < 0) {
      this.#fileHeader = window.slice(start, start + this.#fileHeaderLength);
      this.#magic = (this.#littleEndian ? u32le : u32be)(this.#fileHeader, 0);
    }
    this.consumed = this.#fileHeaderLength;
    return STEP_SKIPPED;
  }

  /**
   * Files joined end to end (`cat a.pcap b.pcap`): the header of the next one stands where a frame's would. As a frame's it
   * would be one of no bytes, in the year 2055. All but the snapshot length must be alike.
   */
  #repeatsFileHeader(window: Uint8Array, start: number, end: number): boolean {
    if (end - start < this.#fileHeaderLength) return false;
    return this.#fileHeader.every((byte, at) => window[start + at] === byte || (at >= 16 && at < 20));
  }

  #failLength(captured: number, base: number): number {
    this.fault = {
      kind: 'impossible-length',
      offset: base,
      sentence: `The header of a frame at byte ${base} claims ${captured} captured bytes, which is impossible: the file is damaged from there on.`,
    };
    return STEP_FAULT;
  }

  /** Writers that do not carry a full second over do exist. */
  #carryFraction(fraction: number): void {
    const seconds = Math.floor(fraction / this.#fractionsPerSecond);
    this.frame.seconds += seconds;
    this.frame.nanoseconds = (fraction - seconds * this.#fractionsPerSecond) * this.#nanosecondsPerFraction;
  }
}
