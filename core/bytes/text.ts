import { byteAt } from './reader.ts';

/** Text of bytes[from, to), one character a byte (ISO 8859-1): never fails, keeps every byte. */
export function decodeLatin1(bytes: Uint8Array, from = 0, to = bytes.length): string {
  const end = Math.min(to, bytes.length);
  let text = '';
  for (let at = Math.max(0, from); at < end; at += CHUNK) {
    text += String.fromCharCode(...bytes.subarray(at, Math.min(end, at + CHUNK)));
  }
  return text;
}

/** Text of bytes[from, to) as UTF-8; what is not UTF-8 becomes U+FFFD, a byte order mark is kept. */
export function decodeUtf8(bytes: Uint8Array, from = 0, to = bytes.length): string {
  return TOLERANT.decode(unshared(bytes, from, to));
}

/** Text of bytes[from, to): UTF-8 where all of it is, else ISO 8859-1, so that no byte is lost. */
export function decodeText(bytes: Uint8Array, from = 0, to = bytes.length): string {
  const view = unshared(bytes, from, to);
  try {
    return STRICT.decode(view);
  } catch {
    return decodeLatin1(view);
  }
}

/** The text with its first letter as a capital. */
export function capitalise(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** The bytes of a text in UTF-8. */
export function encodeUtf8(text: string): Uint8Array<ArrayBuffer> {
  return ENCODER.encode(text);
}

/** The bytes of an ASCII text, the low eight bits of each character. For constants to search for. */
export function asciiBytes(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text, (character) => character.charCodeAt(0) & 0xff);
}

/** True where `needle` stands at `offset` and ends by `end`. */
export function startsWith(bytes: Uint8Array, needle: Uint8Array, offset = 0, end = bytes.length): boolean {
  if (offset < 0 || needle.length > Math.min(end, bytes.length) - offset) return false;
  for (let at = 0; at < needle.length; at++) if (bytes[offset + at] !== needle[at]) return false;
  return true;
}

/** Offset of the first `needle` within bytes[from, to), -1 where there is none. */
export function indexOfBytes(bytes: Uint8Array, needle: Uint8Array, from = 0, to = bytes.length): number {
  if (needle.length === 0) return from;
  const first = byteAt(needle, 0);
  const last = Math.min(to, bytes.length) - needle.length;
  for (let at = Math.max(0, from); at <= last; at++) {
    at = bytes.indexOf(first, at);
    if (at < 0 || at > last) return -1;
    if (startsWith(bytes, needle, at)) return at;
  }
  return -1;
}

/** Offset of the first `needle` (lower-case ASCII) in either case within bytes[from, to), -1 where there is none. */
export function indexOfAsciiCaseless(bytes: Uint8Array, needle: string, from = 0, to = bytes.length): number {
  const last = Math.min(to, bytes.length) - needle.length;
  for (let at = Math.max(0, from); at <= last; at++) {
    if (equalsAsciiCaseless(bytes, needle, at)) return at;
  }
  return -1;
}

/** True where `text` (lower-case ASCII) stands at `offset` in either case. */
export function equalsAsciiCaseless(bytes: Uint8Array, text: string, offset: number): boolean {
  if (offset < 0 || text.length > bytes.length - offset) return false;
  for (let at = 0; at < text.length; at++) {
    const byte = byteAt(bytes, offset + at);
    const lower = byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte;
    if (lower !== text.charCodeAt(at)) return false;
  }
  return true;
}

const CHUNK = 4096;
const TOLERANT = new TextDecoder('utf-8', { ignoreBOM: true });
const STRICT = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const ENCODER = new TextEncoder();

/** Browsers' TextDecoder refuses views of SharedArrayBuffers: those are copied. */
function unshared(bytes: Uint8Array, from: number, to: number): Uint8Array {
  const view = bytes.subarray(Math.max(0, from), Math.max(0, to));
  return view.buffer instanceof ArrayBuffer ? view : view.slice();
}
