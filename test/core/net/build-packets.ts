import { concatBytes } from '../../../core/bytes/reader.ts';
import type { FrameScratch } from '../../../core/capture/frame.ts';
import { createFrameScratch } from '../../../core/capture/frame-scratch.ts';
import { PacketDecoder } from '../../../core/net/decode-packet.ts';
import type { PacketScratch } from '../../../core/net/packet.ts';

/** Writers of packets for tests: each takes what it carries. All numbers big-endian. */
export function u16(...values: number[]): Uint8Array {
  return Uint8Array.from(values.flatMap((value) => [(value >> 8) & 0xff, value & 0xff]));
}

export function u32(...values: number[]): Uint8Array {
  return concatBytes(values.map((value) => u16(value >>> 16, value & 0xffff)));
}

export function u8(...values: number[]): Uint8Array {
  return Uint8Array.from(values);
}

export function join(...parts: Uint8Array[]): Uint8Array {
  return concatBytes(parts);
}

export function ethernet(etherType: number, ...payload: Uint8Array[]): Uint8Array {
  return join(u8(2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1), u16(etherType), ...payload);
}

export interface Ipv4Fields {
  readonly protocol?: number;
  readonly totalLength?: number;
  readonly id?: number;
  readonly offset?: number;
  readonly more?: boolean;
  readonly options?: Uint8Array;
  readonly from?: number;
  readonly to?: number;
}

/** 10.0.0.1 to 10.0.0.2, UDP unless said otherwise; `offset` in bytes. */
export function ipv4(fields: Ipv4Fields, ...payload: Uint8Array[]): Uint8Array {
  const options = fields.options ?? new Uint8Array(0);
  const content = join(...payload);
  const total = fields.totalLength ?? 20 + options.length + content.length;
  return join(
    u8(0x45 + options.length / 4, 0),
    u16(total, fields.id ?? 1, (fields.offset ?? 0) / 8 + (fields.more === true ? 0x2000 : 0)),
    u8(64, fields.protocol ?? 17),
    u16(0),
    u32(fields.from ?? 0x0a000001, fields.to ?? 0x0a000002),
    options,
    content,
  );
}

/** 2001:db8::1 to 2001:db8::2. */
export function ipv6(nextHeader: number, content: Uint8Array, payloadLength = content.length): Uint8Array {
  return join(
    u32(0x60000000),
    u16(payloadLength),
    u8(nextHeader, 64),
    u32(0x20010db8, 0, 0, 1, 0x20010db8, 0, 0, 2),
    content,
  );
}

export function udp(
  payload: Uint8Array,
  length = 8 + payload.length,
  ports: [number, number] = [5060, 5070],
): Uint8Array {
  return join(u16(ports[0], ports[1], length, 0), payload);
}

export function tcp(
  payload: Uint8Array,
  options: Uint8Array = new Uint8Array(0),
  headerWords = 5 + options.length / 4,
): Uint8Array {
  return join(
    u16(5061, 40000),
    u32(0xfffffff0, 0x80000001),
    u8(headerWords << 4, 0x18),
    u16(8192, 0, 0),
    options,
    payload,
  );
}

/** A frame that lies inside a larger window, at an offset of its own in the file. */
export function frameOf(bytes: Uint8Array, linkType = 1, original = bytes.length): FrameScratch {
  const frame = createFrameScratch();
  frame.bytes = join(new Uint8Array(5).fill(0xee), bytes, new Uint8Array(5).fill(0xee));
  frame.start = 5;
  frame.offset = 1000;
  frame.capturedLength = bytes.length;
  frame.originalLength = original;
  frame.linkType = linkType;
  return frame;
}

/** One frame alone through a fresh decoder. */
export function decodeOne(bytes: Uint8Array, linkType = 1, original = bytes.length): PacketScratch {
  const decoder = new PacketDecoder();
  decoder.decode(frameOf(bytes, linkType, original), 1);
  return decoder.packet;
}

export function payloadOf(packet: PacketScratch): Uint8Array {
  return packet.payload.slice(packet.payloadStart, packet.payloadEnd);
}
