/** The Huffman code of RFC 7541 Appendix B. */

/**
 * How many bits the code of each symbol has, as letters from A for 5; the last symbol is EOS. The code is canonical: of
 * one length the codes follow each other in the order of their symbols, so that the lengths are the whole table.
 */
const LENGTHS =
  'ISXXXXXXXTZXXZXXXXXXXXZXXXXXXXXXBFFHIBDGFFDGDBBBAAABBBBBBBCDKBHFIBCCCCCCCCCCCCCCCCCCCCCCDCDIOIJB' +
  'KABABABBBACCBBBABCBAABCCCCCKGJIXPRPPRRRSRSSSSSTSTTRSTSSSSQRSRSSTRQPRRSSQSRRTQRSSQQRQSRSSPRRRSRRS' +
  'VVPORSRUVVVWWVTUOQVWWVWTQQVVXWWWPTPQRQQSRRUUTTVSVWVVWWWWWXWWWWWVZ';
const LONGEST = 30;
const EOS = 256;

/** Of each length: the first code, how many there are, and where their symbols begin in SYMBOLS. */
const FIRST_CODES = new Uint32Array(LONGEST + 1);
const COUNTS = new Uint16Array(LONGEST + 1);
const STARTS = new Uint16Array(LONGEST + 1);
const SYMBOLS = new Uint16Array(LENGTHS.length);

for (let symbol = 0; symbol < LENGTHS.length; symbol += 1) COUNTS[lengthOf(symbol)]! += 1;
for (let length = 1, code = 0, start = 0; length <= LONGEST; length += 1) {
  code *= 2;
  FIRST_CODES[length] = code;
  STARTS[length] = start;
  code += COUNTS[length]!;
  start += COUNTS[length]!;
}
const filled = STARTS.slice();
for (let symbol = 0; symbol < LENGTHS.length; symbol += 1) SYMBOLS[filled[lengthOf(symbol)]!++] = symbol;

/**
 * The bytes that bytes[from, to) stand for; at most 8/5 of their number. null where a code is none, EOS stands among
 * them, or what is left over at the end is not the beginning of EOS (RFC 7541 §5.2).
 */
export function decodeHuffman(bytes: Uint8Array, from: number, to: number): Uint8Array | null {
  const out = new Uint8Array(Math.ceil(((to - from) * 8) / 5));
  let size = 0;
  let code = 0;
  let length = 0;
  for (let at = from; at < to; at += 1) {
    const byte = bytes[at]!;
    for (let bit = 7; bit >= 0; bit -= 1) {
      code = code * 2 + ((byte >> bit) & 1);
      length += 1;
      if (length > LONGEST) return null;
      const place = code - FIRST_CODES[length]!;
      if (place < 0 || place >= COUNTS[length]!) continue;
      const symbol = SYMBOLS[STARTS[length]! + place]!;
      if (symbol === EOS) return null;
      out[size] = symbol;
      size += 1;
      code = length = 0;
    }
  }
  const padded = length < 8 && code === 2 ** length - 1;
  return padded ? out.subarray(0, size) : null;
}

function lengthOf(symbol: number): number {
  return LENGTHS.charCodeAt(symbol) - 0x41 + 5;
}
