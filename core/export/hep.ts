import { encodeUtf8 } from '../bytes/text.ts';
import type { ExportedEnd, ExportedMessage } from './exported.ts';

export interface HepOptions {
  /** Chunk 0x000c: which agent captured it. */
  readonly captureId: number;
  /** Chunk 0x000e: what the receiver asks for, null for none. */
  readonly authKey: string | null;
  /** IANA's number of the protocol that carried a conversation. */
  readonly protocolOf: (conversation: number) => number;
}

/**
 * A SIP message as a HEP3 packet (HEP3 network protocol specification, rev. 12) with its original addresses, time and
 * its Call-ID for correlation; what came out of TLS goes as it was read. null where there is no address to tell, or where
 * the packet would be larger than its length can say.
 */
export function encodeHep(message: ExportedMessage, options: HepOptions): Uint8Array | null {
  const { source, destination } = message;
  const version = source.ipVersion;
  if (version === 0 || destination.ipVersion !== version) return null;
  const callId = encodeUtf8(message.callId);
  const chunks: (readonly [number, Uint8Array])[] = [
    [IP_FAMILY, byte(version === 6 ? AF_INET6 : AF_INET)],
    [IP_PROTOCOL, byte(options.protocolOf(message.conversation))],
    [version === 6 ? SOURCE_IPV6 : SOURCE_IPV4, addressOf(source)],
    [version === 6 ? DESTINATION_IPV6 : DESTINATION_IPV4, addressOf(destination)],
    [SOURCE_PORT, short(source.port)],
    [DESTINATION_PORT, short(destination.port)],
    [SECONDS, long(message.seconds)],
    [MICROSECONDS, long(Math.floor(message.nanoseconds / 1000))],
    [PROTOCOL_TYPE, byte(SIP)],
    [CAPTURE_ID, long(options.captureId)],
    ...(options.authKey === null ? [] : [[AUTH_KEY, encodeUtf8(options.authKey)] as const]),
    ...(callId.length === 0 ? [] : [[CORRELATION_ID, callId] as const]),
    [PAYLOAD, message.bytes],
  ];
  const length = chunks.reduce((sum, [, value]) => sum + CHUNK_HEAD + value.length, HEAD);
  if (length > MOST_LENGTH) return null;
  const packet = new Uint8Array(length);
  const view = new DataView(packet.buffer);
  packet.set(MAGIC, 0);
  view.setUint16(4, length);
  let at = HEAD;
  for (const [type, value] of chunks) {
    // Vendor 0: the generic chunks of the specification.
    view.setUint16(at, 0);
    view.setUint16(at + 2, type);
    view.setUint16(at + 4, CHUNK_HEAD + value.length);
    packet.set(value, at + CHUNK_HEAD);
    at += CHUNK_HEAD + value.length;
  }
  return packet;
}

function addressOf(end: ExportedEnd): Uint8Array {
  const words = end.ipVersion === 6 ? 4 : 1;
  const bytes = new Uint8Array(4 * words);
  const view = new DataView(bytes.buffer);
  for (let word = 0; word < words; word += 1) view.setUint32(4 * word, end.words[word] ?? 0);
  return bytes;
}

function byte(value: number): Uint8Array {
  return Uint8Array.of(value);
}

function short(value: number): Uint8Array {
  return Uint8Array.of(value >>> 8, value);
}

function long(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);
}

/** "HEP3". */
const MAGIC = [0x48, 0x45, 0x50, 0x33];
const HEAD = 6;
const CHUNK_HEAD = 6;
const MOST_LENGTH = 0xffff;
const IP_FAMILY = 0x0001;
const IP_PROTOCOL = 0x0002;
const SOURCE_IPV4 = 0x0003;
const DESTINATION_IPV4 = 0x0004;
const SOURCE_IPV6 = 0x0005;
const DESTINATION_IPV6 = 0x0006;
const SOURCE_PORT = 0x0007;
const DESTINATION_PORT = 0x0008;
const SECONDS = 0x0009;
const MICROSECONDS = 0x000a;
const PROTOCOL_TYPE = 0x000b;
const CAPTURE_ID = 0x000c;
const AUTH_KEY = 0x000e;
const PAYLOAD = 0x000f;
const CORRELATION_ID = 0x0011;
const AF_INET = 2;
const AF_INET6 = 10;
const SIP = 1;
