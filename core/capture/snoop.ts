import { u32be } from '../bytes/reader.ts';
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

/** A reader for snoop files (RFC 1761), version 2, as Solaris writes them. */
export function openSnoop(firstBytes: Uint8Array): CaptureReader | CaptureFault {
  if (firstBytes.length < FILE_HEADER_LENGTH) {
    return {
      kind: 'truncated',
      offset: 0,
      sentence: `The file ends at byte ${firstBytes.length}, inside the header of a snoop file (${FILE_HEADER_LENGTH} bytes).`,
    };
  }
  const version = u32be(firstBytes, 8);
  if (version < 2 || version > 5) {
    return {
      kind: 'unsupported-format',
      offset: 8,
      sentence: `This snoop file says it has format version ${version}; versions 2 to 5 are known.`,
    };
  }
  return new SnoopReader(LINK_TYPES.get(u32be(firstBytes, 12)) ?? LINKTYPE_UNSTATED);
}

const FILE_HEADER_LENGTH = 16;
const RECORD_HEADER_LENGTH = 24;

/** Datalink types of RFC 1761 and of Solaris's dlpi.h, as LINKTYPE_ values. */
const LINK_TYPES: ReadonlyMap<number, number> = new Map([
  [0, 1],
  [2, 6],
  [4, 1],
  [8, 10],
  [18, 12],
  [26, 242],
]);

class SnoopReader implements CaptureReader {
  readonly frame: FrameScratch = createFrameScratch();
  readonly secrets = null;
  fault: CaptureFault | null = null;
  consumed = 0;
  wanted = FILE_HEADER_LENGTH;

  constructor(linkType: number) {
    this.frame.linkType = linkType;
  }

  step(window: Uint8Array, start: number, end: number, base: number): number {
    if (base === 0) return this.#skipFileHeader(end - start);
    if (end - start < RECORD_HEADER_LENGTH) return this.#want(RECORD_HEADER_LENGTH);
    const captured = u32be(window, start + 4);
    const recordLength = u32be(window, start + 8);
    if (recordLength > LARGEST_FRAME || captured > recordLength - RECORD_HEADER_LENGTH) {
      this.fault = {
        kind: 'impossible-length',
        offset: base,
        sentence: `The header of a frame at byte ${base} claims ${captured} captured bytes in a record of ${recordLength}, which is impossible: the file is damaged from there on.`,
      };
      return STEP_FAULT;
    }
    if (end - start < recordLength) return this.#want(recordLength);
    const frame = this.frame;
    const microseconds = u32be(window, start + 20);
    const carried = Math.floor(microseconds / 1e6);
    frame.seconds = u32be(window, start + 16) + carried;
    frame.nanoseconds = (microseconds - carried * 1e6) * 1000;
    frame.capturedLength = captured;
    frame.originalLength = u32be(window, start);
    frame.bytes = window;
    frame.start = start + RECORD_HEADER_LENGTH;
    frame.offset = base + RECORD_HEADER_LENGTH;
    this.consumed = recordLength;
    return STEP_FRAME;
  }

  finish(_window: Uint8Array, start: number, end: number, base: number): CaptureFault | null {
    if (this.fault !== null || end === start) return this.fault;
    this.fault = {
      kind: 'truncated',
      offset: base,
      sentence: `The file ends at byte ${base + end - start}, inside a frame's record: ${end - start} of its ${this.wanted} bytes are there.`,
    };
    return this.fault;
  }

  #want(bytes: number): number {
    this.wanted = bytes;
    return STEP_NEED_MORE;
  }

  #skipFileHeader(available: number): number {
    if (available < FILE_HEADER_LENGTH) return this.#want(FILE_HEADER_LENGTH);
    this.consumed = FILE_HEADER_LENGTH;
    return STEP_SKIPPED;
  }
}
