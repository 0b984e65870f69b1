// Writes SIP messages as lines (see MessageLines, which writes the same), out of texts that stand in memory already.
// AssemblyScript; `node scripts/build-kernels.mjs` makes the module that TypeScript loads from it.
//
// The memory is another kernel's, which found the header lines in it. Whoever calls leaves 16 bytes behind every text,
// every table and the last line that may be read or written beside what is meant.

const QUOTE: u8 = 0x22;
const BACKSLASH: u8 = 0x5c;
const BLANK: u8 = 0x20;
const DOT: u8 = 0x2e;
const LF: u8 = 10;

/** Bits of a form. */
const JSON: i32 = 1;
const WITH_TEXT: i32 = 2;

// Literals, two words each: where it stands and its length.
const FRAME: usize = 0;
const TIME: usize = 8;
const CALL_ID: usize = 16;
const CSEQ: usize = 24;
const DECRYPTED: usize = 32;
const TEXT: usize = 40;
const END: usize = 48;

/**
 * Writes `count` lines one behind the other from `to` on and returns the place behind. A row is fourteen words: frame;
 * whole seconds and what is left of them, in nanoseconds for JSON, else in microseconds; where the ends stand and their
 * length; where the text begins, where its first line ends, where it ends; Call-ID and its end; CSeq and its end; and
 * where the line begins and ends, which is the answer.
 */
export function writeLines(rows: usize, count: i32, form: i32, literals: usize, to: usize): usize {
  let at = to;
  for (let i: i32 = 0; i < count; i++) {
    const row = rows + 56 * i;
    store<u32>(row, <u32>at, 48);
    at = form & JSON ? writeJson(row, form, literals, at) : writePlain(row, form, at);
    store<u32>(row, <u32>at, 52);
  }
  return at;
}

function writePlain(row: usize, form: i32, to: usize): usize {
  let at = writePadded(to, load<u32>(row), 6);
  store<u8>(at, BLANK);
  store<u8>(at, BLANK, 1);
  at = writePadded(at + 2, load<u32>(row, 4), 5);
  store<u8>(at, DOT);
  at = writeDigits(at + 1, load<u32>(row, 8), 6);
  at = copy(at, load<u32>(row, 12), load<u32>(row, 16));
  const text: usize = load<u32>(row, 20);
  at = copy(at, text, load<u32>(row, 24) - text);
  store<u8>(at++, LF);
  if (form & WITH_TEXT) {
    // Without the blanks and line ends behind it.
    let end: usize = load<u32>(row, 28);
    while (end > text && load<u8>(end - 1) <= BLANK) end--;
    at = copy(at, text, end - text);
    store<u8>(at++, LF);
    store<u8>(at++, LF);
  }
  return at;
}

function writeJson(row: usize, form: i32, literals: usize, to: usize): usize {
  let at = writeLiteral(to, literals + FRAME);
  at = writeNumber(at, load<u32>(row));
  at = writeLiteral(at, literals + TIME);
  at = writeNumber(at, load<u32>(row, 4));
  store<u8>(at, DOT);
  at = writeDigits(at + 1, load<u32>(row, 8), 9);
  at = copy(at, load<u32>(row, 12), load<u32>(row, 16));
  at = writeQuoted(at, load<u32>(row, 20), load<u32>(row, 24));
  at = writeLiteral(at, literals + CALL_ID);
  at = writeQuoted(at, load<u32>(row, 32), load<u32>(row, 36));
  at = writeLiteral(at, literals + CSEQ);
  at = writeQuoted(at, load<u32>(row, 40), load<u32>(row, 44));
  at = writeLiteral(at, literals + DECRYPTED);
  if (form & WITH_TEXT) {
    at = writeLiteral(at, literals + TEXT);
    at = writeQuoted(at, load<u32>(row, 20), load<u32>(row, 28));
  }
  return writeLiteral(at, literals + END);
}

/** Bytes as a JSON string. Those above ASCII are written as they are: whether they are UTF-8 is looked at afterwards. */
function writeQuoted(to: usize, from: usize, end: usize): usize {
  let at = to;
  store<u8>(at++, QUOTE);
  const low = i8x16.splat(BLANK);
  const quote = i8x16.splat(QUOTE);
  const backslash = i8x16.splat(BACKSLASH);
  let source = from;
  while (source < end) {
    const bytes = v128.load(source);
    v128.store(at, bytes);
    let mask: i32 = i8x16.bitmask(
      v128.or(v128.lt<u8>(bytes, low), v128.or(i8x16.eq(bytes, quote), i8x16.eq(bytes, backslash))),
    );
    const left = end - source;
    // How many bytes stand as they are.
    const sound: usize = min(min(left, 16), mask === 0 ? 16 : <usize>ctz(mask));
    at += sound;
    source += sound;
    if (sound < 16 && source < end) at = writeEscaped(at, load<u8>(source++));
  }
  store<u8>(at++, QUOTE);
  return at;
}

/** One byte that a JSON string cannot hold (RFC 8259 §7), as JSON.stringify writes it. */
function writeEscaped(at: usize, byte: u8): usize {
  let short: u8 = 0;
  if (byte === QUOTE || byte === BACKSLASH) short = byte;
  else if (byte === 8) short = 0x62;
  else if (byte === 9) short = 0x74;
  else if (byte === 10) short = 0x6e;
  else if (byte === 12) short = 0x66;
  else if (byte === 13) short = 0x72;
  store<u8>(at, BACKSLASH);
  if (short !== 0) {
    store<u8>(at, short, 1);
    return at + 2;
  }
  // \u00XX
  store<u8>(at, 0x75, 1);
  store<u8>(at, 0x30, 2);
  store<u8>(at, 0x30, 3);
  store<u8>(at, 0x30 + (byte >> 4), 4);
  const digit: u8 = byte & 15;
  store<u8>(at, digit < 10 ? 0x30 + digit : 0x57 + digit, 5);
  return at + 6;
}

@inline
function writeLiteral(to: usize, literal: usize): usize {
  return copy(to, load<u32>(literal), load<u32>(literal, 4));
}

/** Whole vectors: what stands behind is written later. */
@inline
function copy(to: usize, from: usize, length: usize): usize {
  for (let i: usize = 0; i < length; i += 16) v128.store(to + i, v128.load(from + i));
  return to + length;
}

/** Blanks before it where it has fewer digits. */
function writePadded(at: usize, value: u32, width: i32): usize {
  let from = at;
  for (let blanks = width - digitsOf(value); blanks > 0; blanks--) store<u8>(from++, BLANK);
  return writeNumber(from, value);
}

function writeNumber(at: usize, value: u32): usize {
  return writeDigits(at, value, digitsOf(value));
}

function writeDigits(at: usize, value: u32, count: i32): usize {
  let left = value;
  for (let i: usize = count; i > 0; i--) {
    const rest = left / 10;
    store<u8>(at + i - 1, <u8>(0x30 + left - 10 * rest));
    left = rest;
  }
  return at + count;
}

function digitsOf(value: u32): i32 {
  let digits: i32 = 1;
  for (let left = value; left >= 10; left /= 10) digits++;
  return digits;
}
