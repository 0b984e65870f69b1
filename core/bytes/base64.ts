import { byteAt } from './reader.ts';

/** Base64 of bytes[from, to) with padding (RFC 4648 §4). */
export function encodeBase64(bytes: Uint8Array, from = 0, to = bytes.length): string {
  const end = Math.min(to, bytes.length);
  const parts: string[] = [];
  let text = '';
  for (let at = Math.max(0, from); at < end; at += 3) {
    const rest = end - at;
    const second = rest > 1 ? byteAt(bytes, at + 1) : 0;
    const third = rest > 2 ? byteAt(bytes, at + 2) : 0;
    const bits = (byteAt(bytes, at) << 16) | (second << 8) | third;
    text += ALPHABET.charAt(bits >> 18) + ALPHABET.charAt((bits >> 12) & 63);
    text += rest > 1 ? ALPHABET.charAt((bits >> 6) & 63) : '=';
    text += rest > 2 ? ALPHABET.charAt(bits & 63) : '=';
    if (text.length > 8192) {
      parts.push(text);
      text = '';
    }
  }
  parts.push(text);
  return parts.join('');
}

/**
 * Bytes of base64 text: either alphabet of RFC 4648 (§4, §5), white space anywhere, padding missing or there. null
 * where another character stands in it, something follows the padding, or one lone digit is left over.
 */
export function parseBase64(text: string): Uint8Array<ArrayBuffer> | null {
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4));
  let count = 0;
  let bits = 0;
  let held = 0;
  let padded = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const value = code < 128 ? (VALUES[code] ?? ILLEGAL) : ILLEGAL;
    if (value === SPACE) continue;
    if (value === PADDING) padded = true;
    else if (value === ILLEGAL || padded) return null;
    else {
      bits = ((bits << 6) | value) & 0xffffff;
      held += 6;
      if (held >= 8) {
        held -= 8;
        bytes[count++] = (bits >> held) & 0xff;
      }
    }
  }
  return held === 6 ? null : bytes.slice(0, count);
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const SPACE = 64;
const PADDING = 65;
const ILLEGAL = 255;

const VALUES = valuesOfCharacters();

function valuesOfCharacters(): Uint8Array {
  const values = new Uint8Array(128).fill(ILLEGAL);
  for (let value = 0; value < 64; value++) values[ALPHABET.charCodeAt(value)] = value;
  values[0x2d] = 62;
  values[0x5f] = 63;
  values[0x3d] = PADDING;
  for (const space of [0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x20]) values[space] = SPACE;
  return values;
}
