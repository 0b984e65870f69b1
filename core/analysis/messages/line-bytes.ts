import { COPY_SLACK, copyBytes } from '../../bytes/copy-bytes.ts';

/** Where lines are written: `reserve` makes room for so many bytes behind `length`, which may change both. */
export interface ByteTarget {
  readonly bytes: Uint8Array;
  length: number;
  reserve(bytes: number): void;
  /** True where the target looks for itself whether texts are UTF-8, and mends what is not. */
  readonly mendsTexts?: boolean;
}

/** bytes[from, to). */
export interface ByteRange {
  bytes: Uint8Array;
  from: number;
  to: number;
}

/** Writes bytes as they are where they are UTF-8, what is not becomes U+FFFD; and so many line feeds behind them. */
export function writeText(
  target: ByteTarget,
  source: Uint8Array,
  from: number,
  to: number,
  lineFeeds = 0,
): void {
  if (target.mendsTexts === true || isAscii(source, from, to)) {
    target.reserve(to - from + COPY_SLACK + lineFeeds);
    copyBytes(source, from, to, target.bytes, target.length);
    target.length += to - from;
  } else {
    writeEncoded(target, lenientText(source.slice(from, to)));
    target.reserve(lineFeeds);
  }
  const { bytes } = target;
  let at = target.length;
  for (let left = lineFeeds; left > 0; left--) bytes[at++] = LINE_FEED;
  target.length = at;
}

/** Writes a text as a JSON string; what is not UTF-8 becomes U+FFFD. */
export function writeQuotedText(target: ByteTarget, bytes: Uint8Array, from: number, to: number): void {
  writeQuoted(target, bytes, from, to, lenientText);
}

/** Writes bytes as a JSON string, as JSON.stringify would write their text. */
export function writeQuoted(
  target: ByteTarget,
  source: Uint8Array,
  from: number,
  to: number,
  decode: (bytes: Uint8Array) => string,
): void {
  // At worst each byte becomes six (\u001f).
  target.reserve(6 * (to - from) + 2);
  const { bytes } = target;
  let at = target.length;
  bytes[at++] = QUOTE;
  for (let i = from; i < to; i++) {
    const byte = source[i]!;
    if (byte >= 0x20 && byte < 0x80 && byte !== QUOTE && byte !== BACKSLASH) {
      bytes[at++] = byte;
      continue;
    }
    if (byte >= 0x80) {
      // From its beginning: what follows hangs on whether the bytes are UTF-8.
      writeEncoded(target, JSON.stringify(decode(source.slice(from, to))));
      return;
    }
    const short = SHORT_ESCAPES[byte]!;
    bytes[at++] = BACKSLASH;
    if (short !== 0) bytes[at++] = short;
    else {
      bytes[at] = 0x75;
      bytes[at + 1] = bytes[at + 2] = 0x30;
      bytes[at + 3] = 0x30 + (byte >> 4);
      bytes[at + 4] = HEX[byte & 15]!;
      at += 5;
    }
  }
  bytes[at++] = QUOTE;
  target.length = at;
}

function writeEncoded(target: ByteTarget, text: string): void {
  const encoded = UTF_8.encode(text);
  target.reserve(encoded.length);
  target.bytes.set(encoded, target.length);
  target.length += encoded.length;
}

/** As Interner.textOf: UTF-8, or one character a byte where it is not valid UTF-8. */
export function strictText(bytes: Uint8Array): string {
  try {
    return STRICT.decode(bytes);
  } catch {
    return ONE_BYTE.decode(bytes);
  }
}

/** What is not UTF-8 becomes U+FFFD. */
function lenientText(bytes: Uint8Array): string {
  return DECODER.decode(bytes);
}

export function writeBytes(target: ByteTarget, literal: Uint8Array): void {
  target.length = putBytes(target.bytes, target.length, literal);
}

/** Returns the place behind. */
export function putBytes(bytes: Uint8Array, at: number, literal: Uint8Array): number {
  for (let i = 0; i < literal.length; i++) bytes[at + i] = literal[i]!;
  return at + literal.length;
}

/** ASCII only. */
export function putText(bytes: Uint8Array, at: number, text: string): number {
  for (let i = 0; i < text.length; i++) bytes[at + i] = text.charCodeAt(i);
  return at + text.length;
}

function isAscii(bytes: Uint8Array, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (bytes[i]! >= 0x80) return false;
  return true;
}

const UTF_8 = new TextEncoder();
const DECODER = new TextDecoder('utf-8');
const STRICT = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const ONE_BYTE = new TextDecoder('latin1');
const LINE_FEED = 10;
const HEX = UTF_8.encode('0123456789abcdef');
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** Letters behind the backslash, by byte; 0 where there is none. */
const SHORT_ESCAPES = new Uint8Array(0x80);
SHORT_ESCAPES[QUOTE] = QUOTE;
SHORT_ESCAPES[BACKSLASH] = BACKSLASH;
SHORT_ESCAPES[0x08] = 0x62;
SHORT_ESCAPES[0x09] = 0x74;
SHORT_ESCAPES[0x0a] = 0x6e;
SHORT_ESCAPES[0x0c] = 0x66;
SHORT_ESCAPES[0x0d] = 0x72;
