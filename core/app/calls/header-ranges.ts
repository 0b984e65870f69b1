/**
 * Parts of header values as ranges of bytes, without strings.
 */

/** bytes[from, to); from is -1 where there is none. */
export interface ByteRange {
  from: number;
  to: number;
}

/** The URI of a name-addr or addr-spec, and the value of the tag behind it. */
export function readAddress(
  uri: ByteRange,
  tag: ByteRange,
  bytes: Uint8Array,
  from: number,
  to: number,
): void {
  let open = openingBracket(bytes, from, to, true);
  if (open === to) open = openingBracket(bytes, from, to, false);
  let behind: number;
  if (open < to) {
    behind = open;
    while (behind < to && bytes[behind] !== 0x3e) behind++;
    trimInto(uri, bytes, open + 1, behind);
  } else {
    behind = from;
    while (behind < to && bytes[behind] !== 0x3b) behind++;
    trimInto(uri, bytes, from, behind);
  }
  parameterOf(tag, bytes, behind, to, TAG);
}

/** The first `<`; outside of quoted strings, unless a quote is never closed. */
function openingBracket(bytes: Uint8Array, from: number, to: number, minded: boolean): number {
  let quoted = false;
  for (let at = from; at < to; at++) {
    const c = bytes[at];
    if (c === 0x3c && !quoted) return at;
    if (c === 0x22) quoted = minded && !quoted;
    else if (c === 0x5c && minded) at++;
  }
  return to;
}

/** The value of `;name=value` in bytes[from, to), without quotes; false where there is none. */
export function parameterOf(
  out: ByteRange,
  bytes: Uint8Array,
  from: number,
  to: number,
  name: Uint8Array,
): boolean {
  for (let i = from; i < to; i++) {
    if (bytes[i] !== 0x3b) continue;
    let at = i + 1;
    while (at < to && bytes[at]! <= 0x20) at++;
    if (at + name.length >= to || !isWord(bytes, at, name)) continue;
    at += name.length;
    while (at < to && bytes[at]! <= 0x20) at++;
    if (bytes[at] !== 0x3d) continue;
    at++;
    while (at < to && (bytes[at]! <= 0x20 || bytes[at] === 0x22)) at++;
    trimInto(out, bytes, at, endOfWord(bytes, at, to));
    return true;
  }
  return false;
}

/** Refer-To: <sip:bob@b?Replaces=call-id%3Bto-tag%3D…>; the Call-ID as it stands, escapes and all, up to the first one. */
export function readReplacesOfUri(out: ByteRange, bytes: Uint8Array, from: number, to: number): void {
  for (let i = from; i + REPLACES.length < to; i++) {
    const c = bytes[i];
    if ((c !== 0x3f && c !== 0x26) || !isWord(bytes, i + 1, REPLACES)) continue;
    const start = i + 1 + REPLACES.length;
    let end = start;
    while (end < to && bytes[end] !== 0x26 && bytes[end] !== 0x3e && !isEscapedSemicolon(bytes, end)) end++;
    trimInto(out, bytes, start, end);
    return;
  }
}

function isEscapedSemicolon(bytes: Uint8Array, at: number): boolean {
  return (
    bytes[at] === 0x3b || (bytes[at] === 0x25 && bytes[at + 1] === 0x33 && (bytes[at + 2]! | 0x20) === 0x62)
  );
}

export function holdsWord(bytes: Uint8Array, from: number, to: number, lower: Uint8Array): boolean {
  return to - from >= lower.length && isWord(bytes, from, lower);
}

export function isWord(bytes: Uint8Array, at: number, lower: Uint8Array): boolean {
  for (let i = 0; i < lower.length; i++) {
    const c = bytes[at + i]!;
    if (c !== lower[i] && !(c >= 0x41 && c <= 0x5a && c + 0x20 === lower[i])) return false;
  }
  return true;
}

export function endOfWord(bytes: Uint8Array, from: number, to: number): number {
  let i = from;
  while (i < to) {
    const c = bytes[i]!;
    if (c <= 0x20 || c === 0x3b || c === 0x2c || c === 0x22 || c === 0x3e) break;
    i++;
  }
  return i;
}

export function trimInto(out: ByteRange, bytes: Uint8Array, from: number, to: number): void {
  while (from < to && bytes[from]! <= 0x20) from++;
  while (to > from && bytes[to - 1]! <= 0x20) to--;
  out.from = from;
  out.to = to;
}

/** Digits at `from` as a number of at most 2^53; -1 where there are none. */
export function numberAt(bytes: Uint8Array, from: number, to: number): number {
  let number = 0;
  let i = from;
  for (; i < to && i - from < 15 && isDigit(bytes[i]!); i++) number = number * 10 + bytes[i]! - 0x30;
  return i === from ? -1 : number;
}

export function isDigit(c: number): boolean {
  return c >= 0x30 && c <= 0x39;
}

export function range(): ByteRange {
  return { from: -1, to: -1 };
}

const encoder = new TextEncoder();
const TAG = encoder.encode('tag');
const REPLACES = encoder.encode('replaces=');
