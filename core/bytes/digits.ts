/**
 * Numbers as decimal digits. Each writes to bytes[at …), where there must be room, and returns the place behind; values
 * are whole and not negative.
 */

/** As many digits as the number has. */
export function writeNumber(bytes: Uint8Array, at: number, value: number): number {
  if (value >= BILLION) {
    const high = Math.floor(value / BILLION);
    return writeDigits(bytes, writeNumber(bytes, at, high), value - high * BILLION, 9);
  }
  return writeDigits(bytes, at, value, digitsOf(value));
}

/** Blanks before it where it has fewer than `width` digits, which are nine at most. */
export function writePaddedNumber(bytes: Uint8Array, at: number, value: number, width: number): number {
  let from = at;
  if (value < BILLION) for (let blanks = width - digitsOf(value); blanks > 0; blanks--) bytes[from++] = 0x20;
  return writeNumber(bytes, from, value);
}

/** Exactly `count` digits of a number below a billion, zeros before it. */
export function writeDigits(bytes: Uint8Array, at: number, value: number, count: number): number {
  // Two at a time, in whole numbers of 32 bits: a division each is what takes time.
  let left = value | 0;
  let i = at + count;
  for (; i - at >= 2; i -= 2) {
    const rest = (left / 100) | 0;
    const pair = (left - 100 * rest) << 1;
    bytes[i - 2] = PAIRS[pair]!;
    bytes[i - 1] = PAIRS[pair + 1]!;
    left = rest;
  }
  if (i > at) bytes[at] = 0x30 + (left % 10);
  return at + count;
}

function digitsOf(value: number): number {
  if (value < 10_000) return value < 100 ? (value < 10 ? 1 : 2) : value < 1000 ? 3 : 4;
  if (value < 1_000_000) return value < 100_000 ? 5 : 6;
  return value < 10_000_000 ? 7 : value < 100_000_000 ? 8 : 9;
}

const BILLION = 1_000_000_000;
/** The digits of 00 to 99. */
const PAIRS = Uint8Array.from(
  { length: 200 },
  (_, i) => 0x30 + (i % 2 === 0 ? Math.floor(i / 20) : (i >> 1) % 10),
);
