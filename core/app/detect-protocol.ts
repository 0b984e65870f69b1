/**
 * What a byte stream is, by its own first bytes and never by its port.
 */
import * as codes from './protocols.ts';
import {
  classifyStartLine,
  couldBecomeStartLine,
  isKnownMethod,
  LINE_HTTP_REQUEST,
  LINE_HTTP_RESPONSE,
  LINE_MSRP,
  LINE_RTSP,
  LINE_SIP_REQUEST,
  LINE_SIP_RESPONSE,
  matches,
} from './start-line.ts';

/**
 * The code (core/app/protocols.ts) of what begins at bytes[from] of a stream. PROTOCOL_NEEDS_MORE where the bytes so far
 * may still become several things; PROTOCOL_UNKNOWN where they cannot. SIP, HTTP and MSRP are also found behind empty
 * lines (RFC 3261 §7.5).
 */
export function detectStreamProtocol(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to && (bytes[at] === 13 || bytes[at] === 10)) at++;
  if (at === to) return codes.PROTOCOL_NEEDS_MORE;
  const first = bytes[at]!;
  if (at === from) {
    const binary = detectBinary(bytes, from, to, first);
    if (binary !== codes.PROTOCOL_UNKNOWN) return binary;
  }
  return first > 0x20 && first < 0x7f ? detectText(bytes, at, to) : codes.PROTOCOL_UNKNOWN;
}

/**
 * True where a TLS record header stands at `at` (SSL 3.0 to TLS 1.3): type, version 3.x, a length that a record may have
 * (RFC 5246 §6.2.3 allows 2^14 + 2048). Reads five bytes, six where it is a handshake; false where they are not there.
 */
export function isTlsRecord(bytes: Uint8Array, at: number, to: number): boolean {
  if (at + 5 > to) return false;
  const type = bytes[at]!;
  if (type < 0x14 || type > 0x18 || bytes[at + 1] !== 3 || bytes[at + 2]! > 4) return false;
  const length = (bytes[at + 3]! << 8) | bytes[at + 4]!;
  return length > 0 && length <= 18432;
}

/** True where a TLS handshake record with a ClientHello or ServerHello stands at `at`: how TLS begins. */
export function isTlsHello(bytes: Uint8Array, at: number, to: number): boolean {
  if (at + 6 > to || bytes[at] !== 0x16 || !isTlsRecord(bytes, at, to)) return false;
  return bytes[at + 5] === 1 || bytes[at + 5] === 2;
}

/**
 * Whether TLS begins at `at` inside another protocol: with a hello, or with any record where the other direction has
 * gone over to TLS (`anyRecord`). 'maybe' where too few bytes are there.
 */
export function tlsBeginsAt(
  bytes: Uint8Array,
  at: number,
  to: number,
  anyRecord: boolean,
): 'yes' | 'maybe' | 'no' {
  const first = bytes[at]!;
  if (first < 0x14 || first > 0x17 || (first !== 0x16 && !anyRecord)) return 'no';
  if (isTlsHello(bytes, at, to) || (anyRecord && isTlsRecord(bytes, at, to))) return 'yes';
  return to - at < 6 && couldBeTls(bytes, at, to) ? 'maybe' : 'no';
}

function detectBinary(bytes: Uint8Array, at: number, to: number, first: number): number {
  const size = to - at;
  if (first >= 0x14 && first <= 0x18) {
    if (size < 5) return couldBeTls(bytes, at, to) ? codes.PROTOCOL_NEEDS_MORE : codes.PROTOCOL_UNKNOWN;
    return isTlsRecord(bytes, at, to) ? codes.PROTOCOL_TLS : codes.PROTOCOL_UNKNOWN;
  }
  if ((first & 0x80) !== 0) {
    const ssl = detectSslv2(bytes, at, to);
    if (ssl !== codes.PROTOCOL_UNKNOWN) return ssl;
    return detectWebSocket(bytes, at, to);
  }
  if (first === 0x48 && size >= 4 && matches(bytes, at, HEP3)) return codes.PROTOCOL_HEP3;
  if (first === 3) return detectTpkt(bytes, at, to);
  if (first === 0x30) return detectLdap(bytes, at, to);
  if (first === 0) {
    const postgres = detectPostgres(bytes, at, to);
    if (postgres !== codes.PROTOCOL_UNKNOWN) return postgres;
  }
  if (size >= 5 && bytes[at + 2] === 0 && (bytes[at + 3] === 0 || bytes[at + 3] === 1)) {
    if (isMySql(bytes, at, to)) return codes.PROTOCOL_MYSQL;
  }
  return first < 0x20 ? detectDnsStream(bytes, at, to) : codes.PROTOCOL_UNKNOWN;
}

function couldBeTls(bytes: Uint8Array, at: number, to: number): boolean {
  return (at + 1 >= to || bytes[at + 1] === 3) && (at + 2 >= to || bytes[at + 2]! <= 4);
}

/** 2-byte header with the high bit, ClientHello, version, three lengths that add up (RFC 5246 §E.2). */
function detectSslv2(bytes: Uint8Array, at: number, to: number): number {
  if (at + 2 < to && bytes[at + 2] !== 1) return codes.PROTOCOL_UNKNOWN;
  if (at + 4 < to && !(bytes[at + 3] === 3 || (bytes[at + 3] === 0 && bytes[at + 4] === 2)))
    return codes.PROTOCOL_UNKNOWN;
  if (at + 11 > to) return to - at < 3 ? codes.PROTOCOL_NEEDS_MORE : codes.PROTOCOL_UNKNOWN;
  const length = ((bytes[at]! & 0x7f) << 8) | bytes[at + 1]!;
  const ciphers = word(bytes, at + 5);
  const session = word(bytes, at + 7);
  const challenge = word(bytes, at + 9);
  const sound = ciphers % 3 === 0 && ciphers > 0 && challenge >= 16 && challenge <= 32;
  return sound && ciphers + session + challenge + 9 === length
    ? codes.PROTOCOL_SSLV2
    : codes.PROTOCOL_UNKNOWN;
}

/** A frame in mid-stream is believed only where it carries a SIP start line (RFC 6455 §5.2, RFC 7118 §4.2). */
function detectWebSocket(bytes: Uint8Array, at: number, to: number): number {
  const opcode = bytes[at]! & 0x7f;
  if (opcode !== 1 && opcode !== 2) return codes.PROTOCOL_UNKNOWN;
  if (at + 2 > to) return codes.PROTOCOL_NEEDS_MORE;
  const masked = (bytes[at + 1]! & 0x80) !== 0;
  const short = bytes[at + 1]! & 0x7f;
  if (short < 20 || short === 127) return codes.PROTOCOL_UNKNOWN;
  const mask = at + (short === 126 ? 4 : 2);
  const payload = mask + (masked ? 4 : 0);
  if (payload + 11 > to) return codes.PROTOCOL_NEEDS_MORE;
  for (let i = 0; i < 11; i++) PREFIX[i] = bytes[payload + i]! ^ (masked ? bytes[mask + (i & 3)]! : 0);
  const sip = matches(PREFIX, 0, SIP_RESPONSE) || isKnownMethod(PREFIX, 0, 11);
  return sip ? codes.PROTOCOL_WEBSOCKET : codes.PROTOCOL_UNKNOWN;
}

/** TPKT (RFC 1006) with an X.224 connection request or confirm: how RDP begins. */
function detectTpkt(bytes: Uint8Array, at: number, to: number): number {
  if (to - at < 6)
    return at + 1 < to && bytes[at + 1] !== 0 ? codes.PROTOCOL_UNKNOWN : codes.PROTOCOL_NEEDS_MORE;
  const x224 = bytes[at + 5]! & 0xf0;
  const sound = bytes[at + 1] === 0 && word(bytes, at + 2) >= 7 && (x224 === 0xe0 || x224 === 0xd0);
  return sound ? codes.PROTOCOL_RDP : codes.PROTOCOL_UNKNOWN;
}

/** SEQUENCE, message id, an operation of the application class (RFC 4511 §4.1.1). */
function detectLdap(bytes: Uint8Array, at: number, to: number): number {
  if (at + 2 > to) return codes.PROTOCOL_NEEDS_MORE;
  const length = bytes[at + 1]!;
  let i = at + 2;
  if (length >= 0x80) {
    if (length > 0x84 || length === 0x80) return codes.PROTOCOL_UNKNOWN;
    i += length - 0x80;
  }
  if (i + 2 > to) return codes.PROTOCOL_NEEDS_MORE;
  if (bytes[i] !== 2 || bytes[i + 1]! < 1 || bytes[i + 1]! > 4) return codes.PROTOCOL_UNKNOWN;
  i += 2 + bytes[i + 1]!;
  if (i >= to) return codes.PROTOCOL_NEEDS_MORE;
  const operation = bytes[i]!;
  const application = (operation & 0xc0) === 0x40 && (operation & 0x1f) <= 25;
  return application ? codes.PROTOCOL_LDAP : codes.PROTOCOL_UNKNOWN;
}

/** SSLRequest, GSSENCRequest, CancelRequest or a startup message of protocol 3. */
function detectPostgres(bytes: Uint8Array, at: number, to: number): number {
  if (to - at < 8) return codes.PROTOCOL_UNKNOWN;
  if (bytes[at + 1] !== 0) return codes.PROTOCOL_UNKNOWN;
  const code = bytes[at + 4]! * 0x1000000 + ((bytes[at + 5]! << 16) | word(bytes, at + 6));
  const length = word(bytes, at + 2);
  if (length === 8 && (code === 80877103 || code === 80877104)) return codes.PROTOCOL_POSTGRESQL;
  return length >= 9 && code === 0x00030000 ? codes.PROTOCOL_POSTGRESQL : codes.PROTOCOL_UNKNOWN;
}

/** The server's greeting (protocol version 10, a version text) or the client's SSLRequest of 32 bytes. */
function isMySql(bytes: Uint8Array, at: number, to: number): boolean {
  const length = bytes[at]! | (bytes[at + 1]! << 8);
  if (bytes[at + 3] === 1) return length === 32 && to - at === 36;
  if (bytes[at + 4] !== 10 || length < 30 || to - at < 12) return false;
  let i = at + 5;
  while (i < to && i < at + 69 && bytes[i]! > 0x20 && bytes[i]! < 0x7f) i++;
  return i > at + 7 && bytes[i] === 0;
}

/** Two bytes of length and a query or answer that fill the bytes exactly (RFC 1035 §4.2.2). */
function detectDnsStream(bytes: Uint8Array, at: number, to: number): number {
  const sound = to - at >= 19 && word(bytes, at) === to - at - 2 && isDns(bytes, at + 2, to);
  return sound ? codes.PROTOCOL_DNS : codes.PROTOCOL_UNKNOWN;
}

/** A DNS header with one question whose name can be walked (RFC 1035 §4.1). */
export function isDns(bytes: Uint8Array, at: number, to: number): boolean {
  if (to - at < 17 || word(bytes, at + 4) !== 1) return false;
  const flags = word(bytes, at + 2);
  if ((flags & 0x0040) !== 0 || ((flags >> 11) & 15) > 6 || (flags & 15) > 11) return false;
  if (word(bytes, at + 6) > 255 || word(bytes, at + 8) > 255 || word(bytes, at + 10) > 255) return false;
  let i = at + 12;
  while (i < to && bytes[i] !== 0) {
    const label = bytes[i]!;
    if (label > 63) return false;
    i += label + 1;
  }
  return (
    i + 5 <= to && bytes[i + 3] === 0 && (bytes[i + 4]! === 1 || bytes[i + 4]! === 3 || bytes[i + 4]! === 255)
  );
}

function detectText(bytes: Uint8Array, at: number, to: number): number {
  let end = at;
  while (end < to && bytes[end] !== 10 && end - at < 1024) end++;
  const whole = end < to && bytes[end] === 10;
  const lineEnd = whole && end > at && bytes[end - 1] === 13 ? end - 1 : end;
  switch (classifyStartLine(bytes, at, lineEnd)) {
    case LINE_SIP_REQUEST:
    case LINE_SIP_RESPONSE:
      return codes.PROTOCOL_SIP;
    case LINE_HTTP_REQUEST:
      if (startsWith(bytes, at, to, PREFACE)) return codes.PROTOCOL_HTTP2;
      return startsWith(bytes, at, to, CONNECT) ? codes.PROTOCOL_HTTP_CONNECT : codes.PROTOCOL_HTTP;
    case LINE_HTTP_RESPONSE:
      return codes.PROTOCOL_HTTP;
    case LINE_MSRP:
      return codes.PROTOCOL_MSRP;
    case LINE_RTSP:
      return codes.PROTOCOL_RTSP;
  }
  if (isSipWithoutEnd(bytes, at, lineEnd)) return codes.PROTOCOL_SIP;
  const banner = detectBanner(bytes, at, to, lineEnd);
  if (banner !== codes.PROTOCOL_UNKNOWN) return banner;
  return !whole && couldBecomeStartLine(bytes, at, end) ? codes.PROTOCOL_NEEDS_MORE : codes.PROTOCOL_UNKNOWN;
}

/** A SIP request line longer than what is there: its method and the scheme of its URI are enough. */
function isSipWithoutEnd(bytes: Uint8Array, at: number, to: number): boolean {
  if (!isKnownMethod(bytes, at, to)) return false;
  let uri = at;
  while (uri < to && bytes[uri] !== 0x20) uri++;
  uri++;
  return (
    startsWith(bytes, uri, to, SIP_URI) ||
    startsWith(bytes, uri, to, SIPS_URI) ||
    startsWith(bytes, uri, to, TEL_URI)
  );
}

/** Protocols that greet in text, most of which may go over to TLS (STARTTLS). */
function detectBanner(bytes: Uint8Array, at: number, to: number, lineEnd: number): number {
  if (startsWith(bytes, at, to, SSH)) return codes.PROTOCOL_SSH;
  if (startsWith(bytes, at, to, POP3_OK)) return codes.PROTOCOL_POP3;
  if (startsWith(bytes, at, to, IMAP_OK) || startsWith(bytes, at, to, IMAP_PREAUTH))
    return codes.PROTOCOL_IMAP;
  if (startsWith(bytes, at, to, EHLO) || startsWith(bytes, at, to, HELO) || startsWith(bytes, at, to, LHLO))
    return codes.PROTOCOL_SMTP;
  if (startsWith(bytes, at, to, AUTH_TLS)) return codes.PROTOCOL_FTP;
  if (startsWith(bytes, at, to, XML) || startsWith(bytes, at, to, STREAM))
    return contains(bytes, at, Math.min(to, at + 512), STREAM) ? codes.PROTOCOL_XMPP : codes.PROTOCOL_UNKNOWN;
  if (startsWith(bytes, at, to, GREETING) && (bytes[at + 3] === 0x20 || bytes[at + 3] === 0x2d)) {
    if (contains(bytes, at, lineEnd, SMTP)) return codes.PROTOCOL_SMTP;
    if (contains(bytes, at, lineEnd, FTP)) return codes.PROTOCOL_FTP;
  }
  return codes.PROTOCOL_UNKNOWN;
}

function startsWith(bytes: Uint8Array, at: number, to: number, literal: Uint8Array): boolean {
  return at + literal.length <= to && matches(bytes, at, literal);
}

function contains(bytes: Uint8Array, from: number, to: number, literal: Uint8Array): boolean {
  for (let i = from; i + literal.length <= to; i++) if (matches(bytes, i, literal)) return true;
  return false;
}

function word(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 8) | bytes[at + 1]!;
}

const PREFIX = new Uint8Array(11);
const encoder = new TextEncoder();
const HEP3 = encoder.encode('HEP3');
const SIP_RESPONSE = encoder.encode('SIP/2.0 ');
const SIP_URI = encoder.encode('sip:');
const SIPS_URI = encoder.encode('sips:');
const TEL_URI = encoder.encode('tel:');
const PREFACE = encoder.encode('PRI * HTTP/2.0');
const CONNECT = encoder.encode('CONNECT ');
const SSH = encoder.encode('SSH-');
const POP3_OK = encoder.encode('+OK ');
const IMAP_OK = encoder.encode('* OK');
const IMAP_PREAUTH = encoder.encode('* PREAUTH');
const EHLO = encoder.encode('EHLO ');
const HELO = encoder.encode('HELO ');
const LHLO = encoder.encode('LHLO ');
const AUTH_TLS = encoder.encode('AUTH TLS');
const XML = encoder.encode('<?xml');
const STREAM = encoder.encode('<stream:stream');
const GREETING = encoder.encode('220');
const SMTP = encoder.encode('SMTP');
const FTP = encoder.encode('FTP');
