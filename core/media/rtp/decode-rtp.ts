import { u16be, u32be } from '../../bytes/reader.ts';

/** The header of one RTP packet (RFC 3550 §5.1); one object, reused. Offsets are those of the array that was read. */
export interface RtpHeader {
  payloadType: number;
  marker: boolean;
  /** The payload ends in padding. In SRTP that is encrypted, so that only opening shows how much. */
  padded: boolean;
  sequence: number;
  timestamp: number;
  ssrc: number;
  /** How many contributing sources are listed. */
  csrcs: number;
  /** The first two bytes of the header extension (0xbede: RFC 8285 §4.2), -1 without one. */
  extensionProfile: number;
  /** Where the payload begins, behind CSRC list and extension. */
  payloadFrom: number;
}

export function newRtpHeader(): RtpHeader {
  return {
    payloadType: 0,
    marker: false,
    padded: false,
    sequence: 0,
    timestamp: 0,
    ssrc: 0,
    csrcs: 0,
    extensionProfile: -1,
    payloadFrom: 0,
  };
}

/** Reads the header of the packet bytes[from, to) into `into`; false where it is no RTP or does not fit. */
export function decodeRtpHeader(bytes: Uint8Array, from: number, to: number, into: RtpHeader): boolean {
  if (to - from < FIXED_HEADER || to > bytes.length) return false;
  const first = bytes[from]!;
  if (first >> 6 !== VERSION) return false;
  const second = bytes[from + 1]!;
  const csrcs = first & 15;
  let payloadFrom = from + FIXED_HEADER + 4 * csrcs;
  let profile = -1;
  if ((first & 0x10) !== 0) {
    if (payloadFrom + 4 > to) return false;
    profile = u16be(bytes, payloadFrom);
    payloadFrom += 4 + 4 * u16be(bytes, payloadFrom + 2);
  }
  if (payloadFrom > to) return false;
  into.payloadType = second & 0x7f;
  into.marker = (second & 0x80) !== 0;
  into.padded = (first & 0x20) !== 0;
  into.sequence = u16be(bytes, from + 2);
  into.timestamp = u32be(bytes, from + 4);
  into.ssrc = u32be(bytes, from + 8);
  into.csrcs = csrcs;
  into.extensionProfile = profile;
  into.payloadFrom = payloadFrom;
  return true;
}

/** Where the payload bytes[from, to) ends without its padding; -1 where the padding's count is impossible. */
export function endWithoutPadding(bytes: Uint8Array, from: number, to: number, padded: boolean): number {
  if (!padded) return to;
  const count = to > from ? bytes[to - 1]! : 0;
  return count === 0 || count > to - from ? -1 : to - count;
}

const VERSION = 2;
const FIXED_HEADER = 12;
