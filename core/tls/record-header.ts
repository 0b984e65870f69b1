import { byteAt, u16be, u24be } from '../bytes/reader.ts';
import { ALERT, CHANGE_CIPHER_SPEC, HANDSHAKE, HEARTBEAT } from './tables/content-types.ts';
import { CLIENT_HELLO, SERVER_HELLO } from './tables/handshake-types.ts';

/** What can be said of bytes that may be a record header. */
export const HEADER_NO = 0;
export const HEADER_YES = 1;
/** So far yes, but more bytes are needed. */
export const HEADER_SHORT = 2;

/** type, version, length: RFC 8446 §5.1. */
export const RECORD_HEADER_LENGTH = 5;
/** The most any version lets a record hold: TLSCompressed.length + 1024, RFC 5246 §6.2.3. */
export const MAX_RECORD_LENGTH = 0x4000 + 2048;

/** May bytes[at, end) begin a record inside a stream that is known to be TLS? */
export function judgeHeader(bytes: Uint8Array, at: number, end: number): number {
  const type = byteAt(bytes, at);
  if (type < CHANGE_CIPHER_SPEC || type > HEARTBEAT) return HEADER_NO;
  const available = end - at;
  if (available < 2) return HEADER_SHORT;
  if (bytes[at + 1] !== 3) return HEADER_NO;
  if (available < 3) return HEADER_SHORT;
  if (byteAt(bytes, at + 2) > 4) return HEADER_NO;
  if (available < 4) return HEADER_SHORT;
  if (byteAt(bytes, at + 3) > MAX_RECORD_LENGTH >>> 8) return HEADER_NO;
  if (available < RECORD_HEADER_LENGTH) return HEADER_SHORT;
  return u16be(bytes, at + 3) <= MAX_RECORD_LENGTH ? HEADER_YES : HEADER_NO;
}

/**
 * As judgeHeader, for bytes of which nothing is known: an empty record proves nothing, and alerts and ChangeCipherSpec
 * are never long (2 bytes, IV, MAC and up to 255 of padding).
 */
export function judgeUnknownHeader(bytes: Uint8Array, at: number, end: number): number {
  const judged = judgeHeader(bytes, at, end);
  if (judged !== HEADER_YES) return judged;
  const length = u16be(bytes, at + 3);
  const short = bytes[at] === ALERT || bytes[at] === CHANGE_CIPHER_SPEC;
  return length > 0 && (!short || length <= 512) ? HEADER_YES : HEADER_NO;
}

/**
 * Does bytes[at, end) begin the first record that a side sends: a ClientHello, a ServerHello, or the alert that answers
 * instead? Strict enough to be believed behind other protocols' bytes.
 */
export function judgeOpening(bytes: Uint8Array, at: number, end: number): number {
  const judged = judgeUnknownHeader(bytes, at, end);
  if (judged === HEADER_NO) return HEADER_NO;
  const type = byteAt(bytes, at);
  const available = end - at;
  if (type === ALERT) {
    if (available < 6) return HEADER_SHORT;
    const level = byteAt(bytes, at + 5);
    return u16be(bytes, at + 3) === 2 && (level === 1 || level === 2) ? HEADER_YES : HEADER_NO;
  }
  if (type !== HANDSHAKE) return HEADER_NO;
  if (available < RECORD_HEADER_LENGTH + 1) return HEADER_SHORT;
  const message = byteAt(bytes, at + 5);
  const hello = message === CLIENT_HELLO || message === SERVER_HELLO;
  if (!hello) return HEADER_NO;
  // A hello cut into tiny records: nothing more of it stands here.
  if (u16be(bytes, at + 3) < 6) return HEADER_YES;
  if (available < 11) return HEADER_SHORT;
  const length = u24be(bytes, at + 6);
  // 38: version, random, and the shortest of what follows. 0x7f: drafts of TLS 1.3.
  const major = byteAt(bytes, at + 9);
  return length >= 38 && length < 0x20000 && (major === 3 || major === 0x7f) ? HEADER_YES : HEADER_NO;
}

/**
 * Does bytes[at, end) begin a hello in SSL 2.0 format (RFC 5246 §E.2 for the client's; the server's is SSL 2.0 proper)?
 * Two bytes of length with the highest bit set, then the message, whose own lengths must add up.
 */
export function judgeSslV2Hello(bytes: Uint8Array, at: number, end: number): number {
  if (byteAt(bytes, at) < 0x80) return HEADER_NO;
  const available = end - at;
  if (available < 3) return HEADER_SHORT;
  const message = byteAt(bytes, at + 2);
  if (message !== CLIENT_HELLO && message !== SSLV2_SERVER_HELLO) return HEADER_NO;
  if (available < 13) return HEADER_SHORT;
  const length = u16be(bytes, at) & 0x7fff;
  if (message === CLIENT_HELLO) {
    const version = u16be(bytes, at + 3);
    const specs = u16be(bytes, at + 5);
    const rest = u16be(bytes, at + 7) + u16be(bytes, at + 9);
    const known = version === 0x0002 || (version >= 0x0300 && version <= 0x0304);
    return known && specs > 0 && specs % 3 === 0 && length === 9 + specs + rest ? HEADER_YES : HEADER_NO;
  }
  const version = u16be(bytes, at + 5);
  const rest = u16be(bytes, at + 7) + u16be(bytes, at + 9) + u16be(bytes, at + 11);
  return version === 0x0002 && length === 11 + rest ? HEADER_YES : HEADER_NO;
}

/**
 * Offset, within the `limit` bytes from `start` on (which begin with a header that is doubted), of a header that the
 * bytes behind it confirm; -1 without. Where `eager` also of one whose record goes beyond `end`, if no other is found.
 */
export function findHeaderInside(
  bytes: Uint8Array,
  start: number,
  end: number,
  limit: number,
  eager: boolean,
): number {
  let unconfirmed = -1;
  for (let at = start + RECORD_HEADER_LENGTH; at < Math.min(start + limit, end); at++) {
    const judged = judgeUnknownHeader(bytes, at, end);
    // Two bytes that fit are worth a guess at the end of what is there.
    if (judged === HEADER_SHORT && end - at >= 2 && unconfirmed < 0) unconfirmed = at - start;
    if (judged !== HEADER_YES) continue;
    const confirmed = judgeFollowing(bytes, at, end);
    if (confirmed === HEADER_YES) return at - start;
    if (confirmed === HEADER_SHORT && unconfirmed < 0) unconfirmed = at - start;
  }
  return eager ? unconfirmed : -1;
}

/** Is the header at bytes[at] confirmed by another where its length says, or by the end of the bytes? */
export function judgeFollowing(bytes: Uint8Array, at: number, end: number): number {
  const next = at + RECORD_HEADER_LENGTH + u16be(bytes, at + 3);
  if (next > end) return HEADER_SHORT;
  return next === end ? HEADER_YES : judgeHeader(bytes, next, end);
}

const SSLV2_SERVER_HELLO = 4;
