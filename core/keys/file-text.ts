import { decodeLatin1 } from '../bytes/text.ts';

/**
 * The text of a key file, whatever editor saved it: UTF-8 with or without its mark, UTF-16 of either order with or
 * without it. null where the bytes are no text. Characters beyond ASCII in files without a mark are read as ISO 8859-1:
 * nothing in a key file hangs on them.
 */
export function decodeFileText(bytes: Uint8Array): string | null {
  const [first, second, third] = bytes;
  if (first === 0xff && second === 0xfe) return decodeUtf16(bytes, 2, 0);
  if (first === 0xfe && second === 0xff) return decodeUtf16(bytes, 2, 1);
  if (first === 0xef && second === 0xbb && third === 0xbf) return plainText(bytes.subarray(3));
  if (zerosAt(bytes, 1)) return decodeUtf16(bytes, 0, 0);
  if (zerosAt(bytes, 0)) return decodeUtf16(bytes, 0, 1);
  return plainText(bytes);
}

/** Bytes looked at to tell text from other things. */
const SAMPLE = 4096;

/** True where every second byte from `parity` on is zero and the others are not. */
function zerosAt(bytes: Uint8Array, parity: 0 | 1): boolean {
  if (bytes.length < 8) return false;
  const end = Math.min(bytes.length & ~1, 64);
  for (let at = 0; at < end; at++) if ((bytes[at] === 0) !== ((at & 1) === parity)) return false;
  return true;
}

/** `high` is the offset of the high byte within each pair. */
function decodeUtf16(bytes: Uint8Array, from: number, high: 0 | 1): string | null {
  const narrow = new Uint8Array((bytes.length - from) >> 1);
  for (let i = 0; i < narrow.length; i++) {
    const at = from + i * 2;
    const upper = bytes[high === 0 ? at + 1 : at] ?? 0;
    // PEM and key logs are ASCII: any other character becomes a question mark, which no parser takes for base64.
    narrow[i] = upper === 0 ? (bytes[high === 0 ? at : at + 1] ?? 0) : 0x3f;
  }
  return plainText(narrow);
}

function plainText(bytes: Uint8Array): string | null {
  let odd = 0;
  const end = Math.min(bytes.length, SAMPLE);
  for (let at = 0; at < end; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === 0) return null;
    if (byte < 0x20 && (byte < 0x09 || byte > 0x0d) && byte !== 0x1b) odd++;
  }
  return odd * 50 > end ? null : decodeLatin1(bytes);
}
