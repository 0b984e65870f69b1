/**
 * What a UDP datagram is, by its own bytes (RFC 7983 for what shares a media port).
 */
import * as codes from './protocols.ts';
import { isDns } from './detect-protocol.ts';
import { classifyStartLine, LINE_SIP_REQUEST, LINE_SIP_RESPONSE } from './start-line.ts';

/**
 * The code (core/app/protocols.ts) of the datagram bytes[from, to). A datagram is whole, so PROTOCOL_NEEDS_MORE is never
 * the answer. SRTP looks like RTP: only the session description tells them apart.
 */
export function detectDatagramProtocol(bytes: Uint8Array, from: number, to: number): number {
  const size = to - from;
  if (size <= 0) return codes.PROTOCOL_UNKNOWN;
  const first = bytes[from]!;
  if (first >= 128 && first <= 191) {
    // A DNS message begins with a random number: its question is the stronger sign.
    if (isDns(bytes, from, to)) return codes.PROTOCOL_DNS;
    const media = detectMedia(bytes, from, to);
    if (media !== codes.PROTOCOL_UNKNOWN) return media;
  }
  if (first >= 0x41 && first <= 0x7a) {
    if (isSip(bytes, from, to)) return codes.PROTOCOL_SIP;
    if (first === 0x48 && size >= 6 && isHep3(bytes, from)) return codes.PROTOCOL_HEP3;
  }
  if (first <= 3 && isStun(bytes, from, to)) return codes.PROTOCOL_STUN;
  if (first >= 20 && first <= 63 && isDtls(bytes, from, to)) return codes.PROTOCOL_DTLS;
  if (size <= 4 && isKeepAlive(bytes, from, to)) return codes.PROTOCOL_KEEP_ALIVE;
  if ((first === 13 || first === 10) && isSip(bytes, from, to)) return codes.PROTOCOL_SIP;
  if (first === 0x10 && size >= 24 && word(bytes, from + 4) === 0x5a52 && word(bytes, from + 6) === 0x5450)
    return codes.PROTOCOL_ZRTP;
  if (isDns(bytes, from, to)) return codes.PROTOCOL_DNS;
  if (first >= 64 && first <= 79 && isTurnChannel(bytes, from, to)) return codes.PROTOCOL_TURN_CHANNEL;
  if ((first & 0xc0) === 0xc0 && isQuicLong(bytes, from, to)) return codes.PROTOCOL_QUIC;
  if (first >= 1 && first <= 4 && isWireGuard(bytes, from, to)) return codes.PROTOCOL_WIREGUARD;
  return codes.PROTOCOL_UNKNOWN;
}

/**
 * RTP or RTCP by shape (RFC 3550 §5.1, §6; RFC 5761 §4 for the types that tell them apart): version 2, and lengths that
 * fit CSRC list, extension and (RTCP) the packet. One datagram alone proves nothing: see core/media/rtp/rtp-shapes.ts.
 */
function detectMedia(bytes: Uint8Array, from: number, to: number): number {
  const size = to - from;
  const second = bytes[from + 1] ?? 0;
  if (size >= 8 && second >= 192 && second <= 223) {
    const length = (word(bytes, from + 2) + 1) * 4;
    return length <= size && length >= shortestReport(bytes[from]! & 31, second)
      ? codes.PROTOCOL_RTCP
      : codes.PROTOCOL_UNKNOWN;
  }
  let header = 12 + (bytes[from]! & 15) * 4;
  if (size < header) return codes.PROTOCOL_UNKNOWN;
  if ((bytes[from]! & 0x10) !== 0) {
    if (size < header + 4) return codes.PROTOCOL_UNKNOWN;
    header += 4 + word(bytes, from + header + 2) * 4;
    if (size < header) return codes.PROTOCOL_UNKNOWN;
  }
  return codes.PROTOCOL_RTP;
}

/** Bytes that a sender's or receiver's report with so many blocks has at least (RFC 3550 §6.4). */
function shortestReport(blocks: number, type: number): number {
  if (type === 200) return 28 + 24 * blocks;
  return type === 201 ? 8 + 24 * blocks : 4;
}

/** Magic cookie (RFC 8489 §5), or the older form without it whose length fits exactly (RFC 3489 §11.1). */
function isStun(bytes: Uint8Array, from: number, to: number): boolean {
  if (to - from < 20 || (bytes[from + 3]! & 3) !== 0) return false;
  const length = word(bytes, from + 2);
  if (word(bytes, from + 4) === 0x2112 && word(bytes, from + 6) === 0xa442) return length + 20 <= to - from;
  const method = word(bytes, from) & 0x3eef;
  return length + 20 === to - from && method === 1 && length > 0 && length % 4 === 0;
}

/** Content type, version fe fd, fe ff or (before OpenSSL settled) 01 00, and a length; or DTLS 1.3's unified header. */
function isDtls(bytes: Uint8Array, from: number, to: number): boolean {
  const size = to - from;
  const type = bytes[from]!;
  if (type >= 20 && type <= 26) {
    if (size < 13 || bytes[from + 1] !== 0xfe) return false;
    const minor = bytes[from + 2]!;
    return minor === 0xfd || minor === 0xff || minor === 0xfc;
  }
  // 001CSLEE (RFC 9147 §4): with a length field it can be checked, without one it fills the datagram.
  if ((type & 0xe0) !== 0x20 || (type & 0x10) !== 0) return false;
  const length = from + 1 + ((type & 8) !== 0 ? 2 : 1);
  if ((type & 4) === 0) return false;
  return length + 2 <= to && word(bytes, length) >= 16 && length + 2 + word(bytes, length) <= to;
}

/** Channel number and a length that fits, padded to four bytes or not (RFC 8656 §12.4). */
function isTurnChannel(bytes: Uint8Array, from: number, to: number): boolean {
  if (to - from < 4) return false;
  const length = word(bytes, from + 2) + 4;
  return length === to - from || (((length + 3) >> 2) << 2 === to - from && length > 4);
}

/** Long header, a version that exists, connection ids of at most 20 bytes (RFC 9000 §17.2). */
function isQuicLong(bytes: Uint8Array, from: number, to: number): boolean {
  if (to - from < 21) return false;
  const version = word(bytes, from + 1) * 65536 + word(bytes, from + 3);
  const draft = version > 0xff000000 && version < 0xff000040;
  const known = version === 1 || version === 0x6b3343cf || draft || version === 0;
  const destination = bytes[from + 5]!;
  return known && destination <= 20 && from + 6 + destination < to && bytes[from + 6 + destination]! <= 20;
}

/** A type, three zero bytes; the messages of the handshake have one length each, user data is padded (whitepaper §5.4). */
function isWireGuard(bytes: Uint8Array, from: number, to: number): boolean {
  const size = to - from;
  if (size < 32 || bytes[from + 1] !== 0 || word(bytes, from + 2) !== 0) return false;
  const type = bytes[from]!;
  return type === 4 ? size % 16 === 0 : size === (type === 1 ? 148 : type === 2 ? 92 : 64);
}

function isSip(bytes: Uint8Array, from: number, to: number): boolean {
  let at = from;
  while (at < to && (bytes[at] === 13 || bytes[at] === 10)) at++;
  let end = at;
  while (end < to && bytes[end] !== 10) end++;
  if (end > at && bytes[end - 1] === 13) end--;
  const kind = classifyStartLine(bytes, at, end);
  return kind === LINE_SIP_REQUEST || kind === LINE_SIP_RESPONSE;
}

function isHep3(bytes: Uint8Array, from: number): boolean {
  return bytes[from + 1] === 0x45 && bytes[from + 2] === 0x50 && bytes[from + 3] === 0x33;
}

function isKeepAlive(bytes: Uint8Array, from: number, to: number): boolean {
  for (let i = from; i < to; i++) {
    const c = bytes[i];
    if (c !== 0 && c !== 10 && c !== 13) return false;
  }
  return true;
}

function word(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 8) | bytes[at + 1]!;
}
