import { u16be, u16le, u32be, u32le } from '../bytes/reader.ts';
import type { CaptureFault } from './frame.ts';

/** How one file of the pcap family is laid out. */
export interface PcapVariant {
  readonly littleEndian: boolean;
  readonly nanoseconds: boolean;
  readonly fileHeaderLength: number;
  /** 16; 24 and 28 in Kuznetsov's patches of libpcap; 20 in Nokia's firewalls. */
  readonly recordHeaderLength: number;
  /**
   * Before format version 2.4 either of a record's two lengths may come first (version 2.3 was written both ways): the
   * lesser is the captured one.
   */
  readonly lengthsInAnyOrder: boolean;
  readonly linkType: number;
  readonly snapLength: number;
}

/** The layout of the file that begins with `bytes`, or why it cannot be read. The magic number is known to fit. */
export function choosePcapVariant(bytes: Uint8Array): PcapVariant | CaptureFault {
  if (bytes.length < FILE_HEADER_LENGTH) {
    return {
      kind: 'truncated',
      offset: 0,
      sentence: `The file ends at byte ${bytes.length}, inside the header of a pcap file (${FILE_HEADER_LENGTH} bytes).`,
    };
  }
  const littleEndian = BIG_ENDIAN_MAGIC.get(u32be(bytes, 0)) === undefined;
  const magic = littleEndian ? u32le(bytes, 0) : u32be(bytes, 0);
  const major = littleEndian ? u16le(bytes, 4) : u16be(bytes, 4);
  const minor = littleEndian ? u16le(bytes, 6) : u16be(bytes, 6);
  // 543 is what DG/UX's tcpdump wrote for 2.
  if (major !== 2 && major !== 543) {
    return {
      kind: 'unsupported-format',
      offset: 4,
      sentence: `This pcap file says it has format version ${major}.${minor}; only version 2 is known.`,
    };
  }
  const isAix = magic === MAGIC_MICROSECONDS && major === 2 && minor === 2;
  const isLcap = magic === MAGIC_LCAP_HARDWARE || magic === MAGIC_LCAP_SOFTWARE;
  const network = littleEndian ? u32le(bytes, 20) : u32be(bytes, 20);
  const usual: PcapVariant = {
    littleEndian,
    nanoseconds: magic === MAGIC_NANOSECONDS || magic === MAGIC_LCAP_HARDWARE || isAix,
    fileHeaderLength: isLcap ? FILE_HEADER_LENGTH + 4 : FILE_HEADER_LENGTH,
    recordHeaderLength: magic === MAGIC_MODIFIED ? 24 : 16,
    lengthsInAnyOrder: major === 543 || minor < 4,
    // The upper bits hold the length of the frame check sequence (draft-ietf-opsawg-pcap §4).
    linkType: isAix ? linkTypeOfInterfaceType(network) : network & 0xffff,
    snapLength: littleEndian ? u32le(bytes, 16) : u32be(bytes, 16),
  };
  const others = magic === MAGIC_MODIFIED ? [28] : magic === MAGIC_MICROSECONDS && !isAix ? [24, 20] : [];
  const known = soundRecords(bytes, usual);
  if (!known.endsInNonsense) return usual;
  // All layouts agree on the first record's first fields: another is right where the second makes sense only so.
  for (const recordHeaderLength of others) {
    const candidate = { ...usual, recordHeaderLength };
    if (soundRecords(bytes, candidate).count > known.count) return candidate;
  }
  return usual;
}

const FILE_HEADER_LENGTH = 24;
const MAGIC_MICROSECONDS = 0xa1b2c3d4;
const MAGIC_NANOSECONDS = 0xa1b23c4d;
const MAGIC_MODIFIED = 0xa1b2cd34;
const MAGIC_LCAP_HARDWARE = 0x1c0001ac;
const MAGIC_LCAP_SOFTWARE = 0x1c0001ab;
const BIG_ENDIAN_MAGIC: ReadonlyMap<number, true> = new Map(
  [MAGIC_MICROSECONDS, MAGIC_NANOSECONDS, MAGIC_MODIFIED, MAGIC_LCAP_HARDWARE, MAGIC_LCAP_SOFTWARE].map(
    (magic) => [magic, true] as const,
  ),
);

const RECORDS_TO_TRY = 8;

/** How many of the first records make sense so laid out, and whether the count ended for one that does not. */
function soundRecords(bytes: Uint8Array, variant: PcapVariant): { count: number; endsInNonsense: boolean } {
  const read = variant.littleEndian ? u32le : u32be;
  let at = variant.fileHeaderLength;
  let count = 0;
  for (; count < RECORDS_TO_TRY && bytes.length - at >= variant.recordHeaderLength; count++) {
    const fraction = read(bytes, at + 4);
    const first = read(bytes, at + 8);
    const second = read(bytes, at + 12);
    const captured = variant.lengthsInAnyOrder ? Math.min(first, second) : first;
    const isSound =
      fraction < (variant.nanoseconds ? 1e9 : 1e6) &&
      captured <= 262_144 &&
      Math.max(first, second) <= 0x8000000 &&
      (first <= second || variant.lengthsInAnyOrder);
    if (!isSound) return { count, endsInNonsense: true };
    at += variant.recordHeaderLength + captured;
  }
  return { count, endsInNonsense: false };
}

/** AIX writes RFC 1573 interface types where others write link types. */
function linkTypeOfInterfaceType(interfaceType: number): number {
  if (interfaceType === 6) return 1;
  if (interfaceType === 9) return 6;
  if (interfaceType === 15) return 10;
  if (interfaceType === 24) return 0;
  return interfaceType & 0xffff;
}
