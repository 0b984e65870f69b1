import { u16be, u24be, u32be } from '../../bytes/reader.ts';

/** What a compound packet tells, one call for each part. */
export interface RtcpSink {
  /** `middle`: the middle 32 bits of the NTP time stamp, which reports name as LSR. */
  senderReport(ssrc: number, middle: number, timestamp: number, packets: number, octets: number): void;
  /** `fraction` of 256 lost since the report before; `jitter` in units of the clock; `delay` in 1/65536 s. */
  reportBlock(
    reporter: number,
    source: number,
    fraction: number,
    lost: number,
    jitter: number,
    lastReport: number,
    delay: number,
  ): void;
  bye(ssrc: number): void;
}

/**
 * Reads the packets of a compound (RFC 3550 §6.1) in bytes[from, to); returns the packet types in order, named by
 * rtcpPacketName. Every length is checked; what does not fit ends the reading.
 */
export function decodeRtcp(bytes: Uint8Array, from: number, to: number, sink: RtcpSink): number[] {
  const types: number[] = [];
  let at = from;
  while (at + 4 <= to && types.length < MOST_PACKETS) {
    const first = bytes[at]!;
    if (first >> 6 !== 2) break;
    const type = bytes[at + 1]!;
    const end = at + 4 * (u16be(bytes, at + 2) + 1);
    if (end > to) break;
    types.push(type);
    const count = first & 31;
    if (type === RTCP_SENDER_REPORT) readSenderReport(bytes, at, end, count, sink);
    else if (type === RTCP_RECEIVER_REPORT) {
      if (end - at >= 8) readBlocks(bytes, at + 8, end, count, u32be(bytes, at + 4), sink);
    } else if (type === RTCP_BYE) {
      for (let i = 0; i < count && at + 8 + 4 * i <= end; i += 1) sink.bye(u32be(bytes, at + 4 + 4 * i));
    }
    at = end;
  }
  return types;
}

/** "SR", "RR", "SDES", …: names of IANA's RTCP control packet types. */
export function rtcpPacketName(type: number): string {
  return PACKET_NAMES.get(type) ?? `type ${type}`;
}

function readSenderReport(bytes: Uint8Array, at: number, end: number, count: number, sink: RtcpSink): void {
  if (end - at < 28) return;
  const ssrc = u32be(bytes, at + 4);
  sink.senderReport(
    ssrc,
    u32be(bytes, at + 10),
    u32be(bytes, at + 16),
    u32be(bytes, at + 20),
    u32be(bytes, at + 24),
  );
  readBlocks(bytes, at + 28, end, count, ssrc, sink);
}

function readBlocks(
  bytes: Uint8Array,
  from: number,
  end: number,
  count: number,
  reporter: number,
  sink: RtcpSink,
): void {
  for (let i = 0, at = from; i < count && at + BLOCK <= end; i += 1, at += BLOCK) {
    const lost = u24be(bytes, at + 5);
    sink.reportBlock(
      reporter,
      u32be(bytes, at),
      bytes[at + 4]!,
      // Signed: duplicates make it negative (RFC 3550 §6.4.1).
      lost >= 0x80_0000 ? lost - 0x100_0000 : lost,
      u32be(bytes, at + 12),
      u32be(bytes, at + 16),
      u32be(bytes, at + 20),
    );
  }
}

const RTCP_SENDER_REPORT = 200;
const RTCP_RECEIVER_REPORT = 201;
const RTCP_BYE = 203;
const BLOCK = 24;
const MOST_PACKETS = 64;
/** IANA, RTCP Control Packet Types, 2026. */
const PACKET_NAMES: ReadonlyMap<number, string> = new Map([
  [192, 'FIR'],
  [193, 'NACK'],
  [195, 'IJ'],
  [200, 'SR'],
  [201, 'RR'],
  [202, 'SDES'],
  [203, 'BYE'],
  [204, 'APP'],
  [205, 'RTPFB'],
  [206, 'PSFB'],
  [207, 'XR'],
  [208, 'AVB'],
  [209, 'RSI'],
  [210, 'TOKEN'],
]);
