import type { ExportedEnd, ExportedFrame, ExportedMessage } from './exported.ts';

/** LINKTYPE_RAW: packets begin with their IPv4 or IPv6 header. */
export const CLEAR_LINK_TYPES: readonly number[] = [101];

/**
 * Messages as the packets that would have carried them in clear: one UDP datagram each with the real addresses, ports
 * and times; those too large for one as TCP segments. What was encrypted is not in them.
 */
export function* clearFrames(messages: Iterable<ExportedMessage>): Generator<ExportedFrame> {
  const sequences = new Map<string, number>();
  for (const message of messages) {
    // Without addresses there is no packet to make.
    if (message.source.ipVersion === 0) continue;
    if (message.bytes.length <= MOST_IN_DATAGRAM)
      yield frameOf(message, datagram(message.source, message.destination, message.bytes));
    else for (const packet of segments(message, sequences)) yield frameOf(message, packet);
  }
}

function frameOf(message: ExportedMessage, bytes: Uint8Array): ExportedFrame {
  const { seconds, nanoseconds } = message;
  return { link: 0, seconds, nanoseconds, originalLength: bytes.length, bytes };
}

function* segments(message: ExportedMessage, sequences: Map<string, number>): Generator<Uint8Array> {
  const { source, destination, bytes } = message;
  const own = flowOf(source, destination);
  const other = sequences.get(flowOf(destination, source)) ?? FIRST_SEQUENCE;
  let sequence = sequences.get(own) ?? FIRST_SEQUENCE;
  for (let at = 0; at < bytes.length; at += SEGMENT) {
    const part = bytes.subarray(at, at + SEGMENT);
    const last = at + SEGMENT >= bytes.length;
    yield segment(source, destination, sequence, other, last, part);
    sequence = (sequence + part.length) >>> 0;
  }
  sequences.set(own, sequence);
}

/** RFC 768. */
function datagram(source: ExportedEnd, destination: ExportedEnd, payload: Uint8Array): Uint8Array {
  const { bytes, view, at } = ipPacket(source, destination, UDP, 8 + payload.length);
  view.setUint16(at, source.port);
  view.setUint16(at + 2, destination.port);
  view.setUint16(at + 4, 8 + payload.length);
  bytes.set(payload, at + 8);
  // A checksum of zero would mean that there is none.
  view.setUint16(at + 6, transportChecksum(source, destination, UDP, bytes, at) || 0xffff);
  return bytes;
}

/** RFC 9293 §3.1. */
function segment(
  source: ExportedEnd,
  destination: ExportedEnd,
  sequence: number,
  acknowledgement: number,
  last: boolean,
  payload: Uint8Array,
): Uint8Array {
  const { bytes, view, at } = ipPacket(source, destination, TCP, 20 + payload.length);
  view.setUint16(at, source.port);
  view.setUint16(at + 2, destination.port);
  view.setUint32(at + 4, sequence);
  view.setUint32(at + 8, acknowledgement);
  view.setUint8(at + 12, 5 << 4);
  view.setUint8(at + 13, last ? ACK | PSH : ACK);
  view.setUint16(at + 14, 0xffff);
  bytes.set(payload, at + 20);
  view.setUint16(at + 16, transportChecksum(source, destination, TCP, bytes, at));
  return bytes;
}

interface Packet {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** Where the transport's header begins. */
  readonly at: number;
}

function ipPacket(source: ExportedEnd, destination: ExportedEnd, protocol: number, length: number): Packet {
  const at = source.ipVersion === 6 ? 40 : 20;
  const bytes = new Uint8Array(at + length);
  const view = new DataView(bytes.buffer);
  if (source.ipVersion === 6) {
    // RFC 8200 §3.
    view.setUint32(0, 0x6000_0000);
    view.setUint16(4, length);
    view.setUint8(6, protocol);
    view.setUint8(7, HOPS);
    for (let word = 0; word < 4; word += 1) {
      view.setUint32(8 + 4 * word, source.words[word] ?? 0);
      view.setUint32(24 + 4 * word, destination.words[word] ?? 0);
    }
    return { bytes, view, at };
  }
  // RFC 791 §3.1.
  view.setUint8(0, 0x45);
  view.setUint16(2, at + length);
  view.setUint8(8, HOPS);
  view.setUint8(9, protocol);
  view.setUint32(12, source.words[0] ?? 0);
  view.setUint32(16, destination.words[0] ?? 0);
  view.setUint16(10, folded(sumOf(bytes, 0, at)));
  return { bytes, view, at };
}

/** Over the pseudo header, the transport's header and its payload (RFC 768, RFC 8200 §8.1). */
function transportChecksum(
  source: ExportedEnd,
  destination: ExportedEnd,
  protocol: number,
  bytes: Uint8Array,
  at: number,
): number {
  let sum = protocol + bytes.length - at + sumOf(bytes, at, bytes.length);
  const words = source.ipVersion === 6 ? 4 : 1;
  for (const end of [source, destination])
    for (const word of end.words.slice(0, words)) sum += (word >>> 16) + (word & 0xffff);
  return folded(sum);
}

/** 16-bit words, an odd last byte as a high one. At most 65,575 bytes: no overflow. */
function sumOf(bytes: Uint8Array, from: number, to: number): number {
  let sum = 0;
  for (let i = from; i < to; i += 1) sum += (i - from) % 2 === 0 ? bytes[i]! << 8 : bytes[i]!;
  return sum;
}

function folded(sum: number): number {
  let rest = sum;
  while (rest > 0xffff) rest = (rest % 0x1_0000) + Math.floor(rest / 0x1_0000);
  return ~rest & 0xffff;
}

function flowOf(source: ExportedEnd, destination: ExportedEnd): string {
  return [...source.words, source.port, ...destination.words, destination.port].join();
}

const UDP = 17;
const TCP = 6;
const ACK = 0x10;
const PSH = 0x08;
const HOPS = 64;
/** An IPv4 packet is at most 65,535 bytes with its headers of 20 and 8. */
const MOST_IN_DATAGRAM = 65_507;
const SEGMENT = 1460;
const FIRST_SEQUENCE = 1;
