import { byteAt } from './reader.ts';

/** Lower-case hexadecimal of bytes[from, to), two digits a byte. */
export function encodeHex(bytes: Uint8Array, from = 0, to = bytes.length): string {
  let text = '';
  for (let at = Math.max(0, from); at < to && at < bytes.length; at++)
    text += DIGITS[byteAt(bytes, at)] ?? '';
  return text;
}

/**
 * Bytes of hexadecimal text in either case; spaces, line ends, colons and dashes between bytes are passed over, and a
 * leading "0x". null where anything else stands in it or a digit is left over.
 */
export function parseHex(text: string): Uint8Array<ArrayBuffer> | null {
  const start = text.startsWith('0x') || text.startsWith('0X') ? 2 : 0;
  const bytes = new Uint8Array(text.length >> 1);
  let count = 0;
  let high = -1;
  for (let at = start; at < text.length; at++) {
    const digit = digitOf(text.charCodeAt(at));
    if (digit < 0) {
      // A separator is only allowed between bytes: "a:b" is more likely a mistake than 0xab.
      if (digit === OTHER || high >= 0) return null;
    } else if (high < 0) {
      high = digit;
    } else {
      bytes[count++] = (high << 4) | digit;
      high = -1;
    }
  }
  return high < 0 ? bytes.slice(0, count) : null;
}

/** One row of a hex dump: `hex` has one two-digit text a byte, `ascii` one character a byte ("." where not printable). */
export interface HexRow {
  readonly offset: number;
  readonly hex: readonly string[];
  readonly ascii: string;
}

/** Rows of a hex dump of bytes[from, to); offsets count from `from`. */
export function hexRows(bytes: Uint8Array, from = 0, to = bytes.length, perRow = 16): HexRow[] {
  const rows: HexRow[] = [];
  const end = Math.min(to, bytes.length);
  const width = Math.max(1, Math.floor(perRow));
  for (let row = Math.max(0, from); row < end; row += width) {
    const hex: string[] = [];
    let ascii = '';
    for (let at = row; at < row + width && at < end; at++) {
      const byte = byteAt(bytes, at);
      hex.push(DIGITS[byte] ?? '');
      ascii += byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.';
    }
    rows.push({ offset: row - from, hex, ascii });
  }
  return rows;
}

/** A hex dump as text: offset, bytes in two groups, characters; one line a row. */
export function formatHexDump(bytes: Uint8Array, from = 0, to = bytes.length): string {
  return hexRows(bytes, from, to)
    .map((row) => {
      const left = row.hex.slice(0, 8).join(' ').padEnd(23);
      const right = row.hex.slice(8).join(' ').padEnd(23);
      return `${row.offset.toString(16).padStart(8, '0')}  ${left}  ${right}  ${row.ascii}\n`;
    })
    .join('');
}

const DIGITS: readonly string[] = Array.from({ length: 256 }, (_, byte) =>
  byte.toString(16).padStart(2, '0'),
);
const SEPARATOR = -1;
const OTHER = -2;

function digitOf(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  if (code >= 0x41 && code <= 0x46) return code - 0x37;
  if (code >= 0x61 && code <= 0x66) return code - 0x57;
  if (code === 0x20 || code === 0x3a || code === 0x2d || (code >= 0x09 && code <= 0x0d)) return SEPARATOR;
  return OTHER;
}
