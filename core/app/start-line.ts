/**
 * First lines of text protocols that share connections with SIP. A line is bytes[from, to) without its line end.
 */
export const LINE_NONE = 0;
export const LINE_SIP_REQUEST = 1;
export const LINE_SIP_RESPONSE = 2;
export const LINE_HTTP_REQUEST = 3;
export const LINE_HTTP_RESPONSE = 4;
export const LINE_MSRP = 5;
export const LINE_RTSP = 6;

/** No start line is longer: a longer run of text is not waited for. */
export const START_LINE_LIMIT = 8192;

/** What a whole line is by its own text (RFC 3261 §7.1 and §7.2, RFC 9112 §3 and §4, RFC 4975 §9). */
export function classifyStartLine(bytes: Uint8Array, from: number, to: number): number {
  while (to > from && (bytes[to - 1] === 0x20 || bytes[to - 1] === 0x09)) to--;
  if (to - from < 10 || to - from > START_LINE_LIMIT) return LINE_NONE;
  const first = bytes[from]! | 0x20;
  if (first === 0x73 && isVersion(bytes, from, to, SIP))
    return statusFollows(bytes, from + 4, to) ? LINE_SIP_RESPONSE : LINE_NONE;
  if (first === 0x68 && isVersion(bytes, from, to, HTTP))
    return statusFollows(bytes, from + 5, to) ? LINE_HTTP_RESPONSE : LINE_NONE;
  if (first === 0x6d && isMsrp(bytes, from, to)) return LINE_MSRP;
  if (first === 0x72 && isVersion(bytes, from, to, RTSP)) return LINE_RTSP;
  const methodEnd = tokenEnd(bytes, from, to);
  if (methodEnd === from || bytes[methodEnd] !== 0x20) return LINE_NONE;
  const version = lastWord(bytes, methodEnd, to);
  if (version <= methodEnd + 1 || hasControl(bytes, methodEnd, version)) return LINE_NONE;
  if (onlyBlanks(bytes, methodEnd, version)) return LINE_NONE;
  if (isWholeVersion(bytes, version, to, SIP)) return LINE_SIP_REQUEST;
  if (isWholeVersion(bytes, version, to, HTTP)) return LINE_HTTP_REQUEST;
  if (isWholeVersion(bytes, version, to, RTSP)) return LINE_RTSP;
  return LINE_NONE;
}

/** True where a line is one that begins a message of a protocol that is read here. */
export function isMessageStart(bytes: Uint8Array, from: number, to: number): boolean {
  const kind = classifyStartLine(bytes, from, to);
  return kind !== LINE_NONE && kind !== LINE_RTSP;
}

/** False where no bytes that follow could make a start line of bytes[from, to), which holds no line end yet. */
export function couldBecomeStartLine(bytes: Uint8Array, from: number, to: number): boolean {
  if (to > from && bytes[to - 1] === 13) to--;
  if (to - from > START_LINE_LIMIT || hasControl(bytes, from, to)) return false;
  const methodEnd = tokenEnd(bytes, from, to);
  if (methodEnd === to) return true;
  if (methodEnd === from) return false;
  const next = bytes[methodEnd];
  return next === 0x20 || (next === 0x2f && isVersionPrefix(bytes, from, methodEnd));
}

/**
 * Where in a line of text a SIP start line begins that another message's body ran into (no line end between them), or
 * -1. Used after loss only.
 */
export function embeddedSipStart(bytes: Uint8Array, from: number, to: number): number {
  // Looked at once for the line, so that a line of nothing but methods costs no more than another.
  let end = to;
  while (end > from && (bytes[end - 1] === 0x20 || bytes[end - 1] === 0x09)) end--;
  const version = lastWord(bytes, from, end);
  const endsRequest = isWholeVersion(bytes, version, end, SIP) && !hasControl(bytes, from, end);
  for (let i = from; i + 11 <= to; i++) {
    const c = bytes[i]!;
    if (c === 0x53 && isVersion(bytes, i, to, SIP) && statusFollows(bytes, i + 4, to)) return i;
    if (endsRequest && c >= 0x41 && c <= 0x5a && isKnownMethod(bytes, i, to)) {
      if (classifyStartLine(bytes, i, to) === LINE_SIP_REQUEST) return i;
    }
  }
  return -1;
}

/** True where the line that begins at `from` is the one that opens HTTP/2 (RFC 9113 §3.4). */
export function isHttp2Preface(bytes: Uint8Array, from: number): boolean {
  return matches(bytes, from, HTTP2_PREFACE);
}

/** True where a method of the SIP registry and one blank stand at `from`. */
export function isKnownMethod(bytes: Uint8Array, from: number, to: number): boolean {
  for (const method of METHODS) {
    if (from + method.length <= to && matches(bytes, from, method)) return true;
  }
  return false;
}

/** The end of the token that begins at `from` (RFC 3261 §25.1). */
export function tokenEnd(bytes: Uint8Array, from: number, to: number): number {
  let i = from;
  while (i < to && TOKEN[bytes[i]!] === 1) i++;
  return i;
}

/** True where the literal (given as bytes) stands at `at`; the caller has checked the bound. */
export function matches(bytes: Uint8Array, at: number, literal: Uint8Array): boolean {
  for (let i = 0; i < literal.length; i++) if (bytes[at + i] !== literal[i]) return false;
  return true;
}

const TOKEN = new Uint8Array(256);
for (let c = 0x30; c <= 0x39; c++) TOKEN[c] = 1;
for (let c = 0x41; c <= 0x5a; c++) TOKEN[c] = TOKEN[c + 0x20] = 1;
for (const c of "-.!%*_+`'~") TOKEN[c.charCodeAt(0)] = 1;

const encoder = new TextEncoder();
const SIP = encoder.encode('SIP/');
const HTTP = encoder.encode('HTTP/');
const HTTP2_PREFACE = encoder.encode('PRI * HTTP/2.0');
const RTSP = encoder.encode('RTSP/');
/** Methods of IANA's SIP registry, 2026; the commonest first. */
const METHODS = [
  'INVITE',
  'ACK',
  'BYE',
  'OPTIONS',
  'REGISTER',
  'CANCEL',
  'SUBSCRIBE',
  'NOTIFY',
  'MESSAGE',
  'UPDATE',
  'PRACK',
  'REFER',
  'INFO',
  'PUBLISH',
].map((name) => encoder.encode(`${name} `));

function equalsIgnoringCase(bytes: Uint8Array, at: number, upper: Uint8Array): boolean {
  for (let i = 0; i < upper.length; i++) {
    const c = bytes[at + i]!;
    const want = upper[i]!;
    if (c !== want && (c < 0x61 || c > 0x7a || c - 0x20 !== want)) return false;
  }
  return true;
}

/** NAME/digit(s).digit(s), where `name` brings its slash. */
function isVersion(bytes: Uint8Array, at: number, to: number, name: Uint8Array): boolean {
  return versionEnd(bytes, at, to, name) > 0;
}

function isWholeVersion(bytes: Uint8Array, at: number, to: number, name: Uint8Array): boolean {
  return versionEnd(bytes, at, to, name) === to;
}

function versionEnd(bytes: Uint8Array, at: number, to: number, name: Uint8Array): number {
  let i = at + name.length;
  if (i + 3 > to || !equalsIgnoringCase(bytes, at, name)) return -1;
  const major = i;
  while (i < to && isDigit(bytes[i]!)) i++;
  if (i === major || bytes[i] !== 0x2e) return -1;
  const minor = ++i;
  while (i < to && isDigit(bytes[i]!)) i++;
  return i === minor ? -1 : i;
}

/** Behind the version: blanks, a status code of three digits or (impossible, but a status all the same) more. */
function statusFollows(bytes: Uint8Array, at: number, to: number): boolean {
  let i = at;
  while (i < to && bytes[i] !== 0x20) i++;
  const blank = i;
  while (i < to && bytes[i] === 0x20) i++;
  const digits = i;
  while (i < to && isDigit(bytes[i]!)) i++;
  if (blank === digits || i - digits < 3) return false;
  return (i === to || bytes[i] === 0x20) && !hasControl(bytes, i, to);
}

/** "MSRP", transaction id, method or status. */
function isMsrp(bytes: Uint8Array, from: number, to: number): boolean {
  if (bytes[from] !== 0x4d || bytes[from + 1] !== 0x53 || bytes[from + 2] !== 0x52) return false;
  if (bytes[from + 3] !== 0x50 || bytes[from + 4] !== 0x20) return false;
  const idEnd = tokenEnd(bytes, from + 5, to);
  // ident is 4 to 32 characters (RFC 4975 §9).
  if (idEnd - from - 5 < 3 || idEnd - from - 5 > 64 || bytes[idEnd] !== 0x20) return false;
  const word = bytes[idEnd + 1] ?? 0;
  return (word >= 0x41 && word <= 0x5a) || isDigit(word);
}

/** True where bytes[from, to) can be the name of a version ("SIP", "HTTP", "RTSP") before its slash. */
function isVersionPrefix(bytes: Uint8Array, from: number, to: number): boolean {
  if (to - from === 3) return equalsIgnoringCase(bytes, from, SIP.subarray(0, 3));
  if (to - from !== 4) return false;
  return (
    equalsIgnoringCase(bytes, from, HTTP.subarray(0, 4)) ||
    equalsIgnoringCase(bytes, from, RTSP.subarray(0, 4))
  );
}

function lastWord(bytes: Uint8Array, from: number, to: number): number {
  let i = to;
  while (i > from && bytes[i - 1] !== 0x20) i--;
  return i;
}

function onlyBlanks(bytes: Uint8Array, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (bytes[i] !== 0x20) return false;
  return true;
}

function hasControl(bytes: Uint8Array, from: number, to: number): boolean {
  for (let i = from; i < to; i++) {
    const c = bytes[i]!;
    if ((c < 0x20 && c !== 0x09) || c === 0x7f) return true;
  }
  return false;
}

function isDigit(c: number): boolean {
  return c >= 0x30 && c <= 0x39;
}
