import { startsWith } from '../bytes/text.ts';
import { linkTypeOfBlock, readBlockFrame } from './captured-block.ts';
import { createFrameScratch, LARGEST_FRAME, LINKTYPE_UNSTATED } from './frame-scratch.ts';
import {
  STEP_FAULT,
  STEP_FRAME,
  STEP_NEED_MORE,
  STEP_SECRETS,
  STEP_SKIPPED,
  type CapturedSecrets,
  type CaptureFault,
  type CaptureReader,
  type FrameScratch,
} from './frame.ts';
import { countComments, decodeInterface, splitTimestamp, type CaptureInterface } from './pcapng-interface.ts';

/** A reader for pcapng (draft-ietf-opsawg-pcapng): any sections, byte orders and interfaces. */
export function openPcapng(firstBytes: Uint8Array): PcapngReader | CaptureFault {
  if (firstBytes.length < SECTION_HEADER_MINIMUM) {
    return {
      kind: 'truncated',
      offset: 0,
      sentence: `The file ends at byte ${firstBytes.length}, inside the first section header of a pcapng file.`,
    };
  }
  const littleEndian = startsWith(firstBytes, MAGIC_LITTLE, 8);
  if (!littleEndian && !startsWith(firstBytes, MAGIC_BIG, 8)) {
    return {
      kind: 'not-a-capture',
      offset: 8,
      sentence: 'This file begins like a pcapng capture, but its byte-order magic at byte 8 is none.',
    };
  }
  const major = new DataView(firstBytes.buffer, firstBytes.byteOffset + 12, 2).getUint16(0, littleEndian);
  if (major !== 1) {
    return {
      kind: 'unsupported-format',
      offset: 12,
      sentence: `This pcapng file says it has format version ${major}; only version 1 is known.`,
    };
  }
  return new PcapngReader();
}

const SECTION_HEADER_MINIMUM = 28;
const MAGIC_LITTLE = Uint8Array.of(0x4d, 0x3c, 0x2b, 0x1a);
const MAGIC_BIG = Uint8Array.of(0x1a, 0x2b, 0x3c, 0x4d);

const BLOCK_SECTION_HEADER = 0x0a0d0d0a;
const BLOCK_INTERFACE = 1;
const BLOCK_OBSOLETE_PACKET = 2;
const BLOCK_SIMPLE_PACKET = 3;
const BLOCK_ENHANCED_PACKET = 6;
const BLOCK_SECRETS = 10;

/** Type, length, and the length again at the end. */
const BLOCK_OVERHEAD = 12;
/** Blocks of which more than the length is read are held whole: a longer one than this is damage. */
const LARGEST_BLOCK = LARGEST_FRAME + 1024 * 1024;
/** Real files have a handful; a hostile one must not fill the memory. */
const MOST_INTERFACES = 65_536;

export class PcapngReader implements CaptureReader {
  readonly frame: FrameScratch = createFrameScratch();
  secrets: CapturedSecrets | null = null;
  fault: CaptureFault | null = null;
  consumed = 0;
  wanted = SECTION_HEADER_MINIMUM;
  readonly mayBringSecrets = true;
  /** Comments on frames, interfaces and sections passed so far. */
  comments = 0;
  #littleEndian = true;
  #interfaces: CaptureInterface[] = [];
  /** Interfaces of the sections before this one: frame.interfaceIndex counts over the whole file. */
  #interfacesBefore = 0;
  /** Bytes left of a block that is passed over without being held. */
  #skipping = 0;
  #window: Uint8Array = new Uint8Array(0);
  #view: DataView = new DataView(new ArrayBuffer(0));

  step(window: Uint8Array, start: number, end: number, base: number): number {
    if (window !== this.#window) {
      this.#window = window;
      this.#view = new DataView(window.buffer, window.byteOffset, window.byteLength);
      this.frame.bytes = window;
    }
    const available = end - start;
    if (this.#skipping > 0) return this.#skipOn(available);
    if (available < BLOCK_OVERHEAD) return this.#want(BLOCK_OVERHEAD);
    const view = this.#view;
    const type = view.getUint32(start, this.#littleEndian);
    if (type === BLOCK_SECTION_HEADER) {
      // Its length can be read only once its byte order is known (draft-ietf-opsawg-pcapng §4.1).
      if (startsWith(window, MAGIC_LITTLE, start + 8)) this.#littleEndian = true;
      else if (startsWith(window, MAGIC_BIG, start + 8)) this.#littleEndian = false;
      else return this.#failBlock(base, 'is a section header without a byte-order magic');
    } else if (base === 0) return this.#failBlock(base, 'is no section header');
    const length = view.getUint32(start + 4, this.#littleEndian);
    if (length < BLOCK_OVERHEAD) return this.#failBlock(base, `claims a length of ${length} bytes`);
    const padded = length % 4 === 0 ? length : length + 4 - (length % 4);
    if (!isHeldWhole(type) && (linkTypeOfBlock(type) < 0 || length > LARGEST_BLOCK)) {
      this.#skipping = padded;
      return this.#skipOn(available);
    }
    if (length > LARGEST_BLOCK) return this.#failLength(base, length);
    if (available < padded) return this.#want(padded);
    const trailer = view.getUint32(start + padded - 4, this.#littleEndian);
    if (
      trailer !== length &&
      (padded === length || view.getUint32(start + length - 4, this.#littleEndian) !== length)
    ) {
      return this.#failBlock(base, `says it is ${length} bytes long at its start and ${trailer} at its end`);
    }
    this.consumed = padded;
    return this.#readBlock(type, start, start + length - 4, base);
  }

  finish(_window: Uint8Array, start: number, end: number, base: number): CaptureFault | null {
    if (this.fault !== null || (end === start && this.#skipping === 0)) return this.fault;
    this.fault = {
      kind: 'truncated',
      offset: base,
      sentence: `The file ends at byte ${base + end - start}, inside a block: ${
        this.#skipping > 0
          ? `${this.#skipping} more bytes of it were to come.`
          : `${end - start} of its ${this.wanted} bytes are there.`
      }`,
    };
    return this.fault;
  }

  /** `end` is that of the block's body. The block is whole and `consumed` is set. */
  #readBlock(type: number, start: number, end: number, base: number): number {
    switch (type) {
      case BLOCK_ENHANCED_PACKET:
        return this.#readPacket(start, end, base, end - start >= 28 ? this.#u32(start + 8) : -1);
      case BLOCK_OBSOLETE_PACKET:
        return this.#readPacket(start, end, base, end - start >= 28 ? this.#u16(start + 8) : -1);
      case BLOCK_SIMPLE_PACKET:
        return this.#readSimplePacket(start, end, base);
      case BLOCK_INTERFACE:
        return this.#readInterface(start, end, base);
      case BLOCK_SECRETS:
        return this.#readSecrets(start, end, base);
      case BLOCK_SECTION_HEADER:
        return this.#readSectionHeader(start, end, base);
      default:
        return this.#readOtherFrame(type, start, end, base);
    }
  }

  /** A block that is no packet and has a number all the same; too short for its own fields it has none. */
  #readOtherFrame(type: number, start: number, end: number, base: number): number {
    const { frame } = this;
    if (!readBlockFrame(type, start + 8, end, this.#littleEndian, frame)) return STEP_SKIPPED;
    frame.interfaceIndex = this.#interfacesBefore;
    frame.offset = base + frame.start - start;
    return STEP_FRAME;
  }

  #readPacket(start: number, end: number, base: number, interfaceId: number): number {
    if (interfaceId < 0) return this.#failBlock(base, 'is a packet block too short for its own fields');
    const view = this.#view;
    const little = this.#littleEndian;
    const frame = this.frame;
    const captured = view.getUint32(start + 20, little);
    if (captured > end - start - 28) return this.#failLength(base, captured);
    const source = this.#interfaces[interfaceId];
    splitTimestamp(view.getUint32(start + 12, little), view.getUint32(start + 16, little), source, frame);
    frame.linkType = source === undefined ? LINKTYPE_UNSTATED : source.linkType;
    frame.interfaceIndex = this.#interfacesBefore + interfaceId;
    frame.capturedLength = captured;
    frame.originalLength = view.getUint32(start + 24, little);
    frame.start = start + 28;
    frame.offset = base + 28;
    const options = start + 28 + captured + ((4 - (captured & 3)) & 3);
    if (options + 4 <= end) this.comments += countComments(view, options, end, little);
    return STEP_FRAME;
  }

  /** A Simple Packet Block has neither time nor interface: it is of the first interface (§4.4). */
  #readSimplePacket(start: number, end: number, base: number): number {
    if (end - start < 12) return this.#failBlock(base, 'is a packet block too short for its own fields');
    const source = this.#interfaces[0];
    const original = this.#u32(start + 8);
    const limit = source === undefined || source.snapLength === 0 ? original : source.snapLength;
    const frame = this.frame;
    frame.seconds = 0;
    frame.nanoseconds = 0;
    frame.linkType = source === undefined ? LINKTYPE_UNSTATED : source.linkType;
    frame.interfaceIndex = this.#interfacesBefore;
    frame.capturedLength = Math.min(original, limit, end - start - 12);
    frame.originalLength = original;
    frame.start = start + 12;
    frame.offset = base + 12;
    return STEP_FRAME;
  }

  #readInterface(start: number, end: number, base: number): number {
    if (end - start < 16)
      return this.#failBlock(base, 'is an interface description too short for its own fields');
    if (this.#interfaces.length >= MOST_INTERFACES) return this.#failBlock(base, 'is one interface too many');
    this.#interfaces.push(decodeInterface(this.#view, start + 8, end, this.#littleEndian));
    this.comments += countComments(this.#view, start + 16, end, this.#littleEndian);
    return STEP_SKIPPED;
  }

  #readSectionHeader(start: number, end: number, base: number): number {
    if (end - start < 24) return this.#failBlock(base, 'is a section header too short for its own fields');
    const major = this.#view.getUint16(start + 12, this.#littleEndian);
    if (major !== 1) return this.#failBlock(base, `is a section of format version ${major}`);
    this.#interfacesBefore += this.#interfaces.length;
    this.#interfaces = [];
    this.comments += countComments(this.#view, start + 24, end, this.#littleEndian);
    return STEP_SKIPPED;
  }

  #readSecrets(start: number, end: number, base: number): number {
    const length = end - start < 16 ? 0 : this.#u32(start + 12);
    if (end - start < 16 || length > end - start - 16) {
      return this.#failBlock(base, 'is a secrets block shorter than the secrets it claims');
    }
    this.secrets = {
      type: this.#u32(start + 8),
      bytes: this.#window.slice(start + 16, start + 16 + length),
      offset: base + 16,
      length,
    };
    return STEP_SECRETS;
  }

  #u32(at: number): number {
    return this.#view.getUint32(at, this.#littleEndian);
  }

  /** The interface of an obsolete packet block shares its word with a count of drops (§ appendix A). */
  #u16(at: number): number {
    return this.#view.getUint16(at, this.#littleEndian);
  }

  #skipOn(available: number): number {
    const step = Math.min(available, this.#skipping);
    if (step === 0) return this.#want(1);
    this.#skipping -= step;
    this.consumed = step;
    return STEP_SKIPPED;
  }

  #want(bytes: number): number {
    this.wanted = bytes;
    return STEP_NEED_MORE;
  }

  #failBlock(base: number, what: string): number {
    this.fault = {
      kind: 'bad-block',
      offset: base,
      sentence: `The pcapng block at byte ${base} ${what}: the file is damaged from there on.`,
    };
    return STEP_FAULT;
  }

  #failLength(base: number, length: number): number {
    this.fault = {
      kind: 'impossible-length',
      offset: base,
      sentence: `The pcapng block at byte ${base} claims ${length} bytes, which is impossible: the file is damaged from there on.`,
    };
    return STEP_FAULT;
  }
}

function isHeldWhole(type: number): boolean {
  return (
    type === BLOCK_ENHANCED_PACKET ||
    type === BLOCK_INTERFACE ||
    type === BLOCK_SIMPLE_PACKET ||
    type === BLOCK_OBSOLETE_PACKET ||
    type === BLOCK_SECRETS ||
    type === BLOCK_SECTION_HEADER
  );
}
