// Finds the header lines of many SIP messages that frame them: Call-ID, CSeq and Content-Length (RFC 3261 §7.3).
// AssemblyScript; `node scripts/build-kernels.mjs` makes the module that TypeScript loads from it.
//
// Answers only for header blocks as senders write them: every line ends with CRLF, none is folded, no CR or LF stands
// anywhere else. All others are left to the scanner in TypeScript, which knows what to make of them.
//
// The first page of memory is not used; whoever calls puts texts and rows behind it, and leaves 16 bytes of memory
// behind the last text.

const CR: u8 = 13;
const LF: u8 = 10;

// A row is twelve words: where the text begins and ends; 1 where it was answered; where its first line ends; Call-ID's
// value and its end; CSeq's value and its end; the end of the header block; the value of Content-Length; what the first
// line is (1 a response, 2 a request, 0 left to others) and its status. What is not there stands as -1.

/** Fills the answers of `count` rows. */
export function scan(rows: usize, count: i32): void {
  for (let i: i32 = 0; i < count; i++) scanRow(rows + 48 * i);
}

const NONE: i32 = 0;
const CALL_ID: i32 = 1;
const CSEQ: i32 = 2;
const CONTENT_LENGTH: i32 = 3;

function scanRow(row: usize): void {
  const from: usize = load<u32>(row);
  const to: usize = load<u32>(row, 4);
  store<i32>(row, 0, 8);
  for (let word: usize = 12; word < 40; word += 4) store<i32>(row + word, -1);
  store<u64>(row, 0, 40);
  const cr = i8x16.splat(CR);
  const lf = i8x16.splat(LF);
  // Where the line at hand begins its value, if it is one of the three.
  let header: i32 = NONE;
  let value: usize = 0;
  // Bytes before this place are done with.
  let done: usize = from;
  let isFirst = true;
  for (let at = from; at < to; at += 16) {
    const bytes = v128.load(at);
    let mask: i32 = i8x16.bitmask(v128.or(i8x16.eq(bytes, cr), i8x16.eq(bytes, lf)));
    if (to - at < 16) mask &= (1 << <i32>(to - at)) - 1;
    while (mask !== 0) {
      const end: usize = at + <usize>ctz(mask);
      mask &= mask - 1;
      if (end < done) continue;
      // A line's end, and only that.
      if (load<u8>(end) !== CR || end + 1 >= to || load<u8>(end + 1) !== LF) return;
      if (isFirst) store<u32>(row, <u32>end, 12);
      isFirst = false;
      if (header !== NONE && !fill(row, header, value, end)) return;
      const next = end + 2;
      done = next;
      if (next + 1 >= to) return;
      const begin = load<u8>(next);
      if (begin === CR) {
        if (load<u8>(next + 1) !== LF) return;
        store<u32>(row, <u32>next + 2, 32);
        store<i32>(row, 1, 8);
        readFirstLine(row, from, load<u32>(row, 12));
        return;
      }
      if (begin === 0x20 || begin === 0x09 || begin === LF) return;
      header = headerAt(next, to);
      if (header !== NONE) value = colonFrom(next) + 1;
    }
  }
}

/** "SIP/2.0 " and " SIP/2.0". */
const VERSION_FIRST: u64 = 0x20302e322f504953;
const VERSION_LAST: u64 = 0x302e322f50495320;

/** Says what the line is where it is written as everywhere: three digits of status, or a method in capitals. */
function readFirstLine(row: usize, from: usize, to: usize): void {
  if (to - from < 12 || to - from > 1024) return;
  if (load<u64>(from) === VERSION_FIRST) {
    const status = (digitAt(from + 8) * 10 + digitAt(from + 9)) * 10 + digitAt(from + 10);
    if (status > 999 || load<u8>(from + 11) !== 0x20 || hasControl(from, to)) return;
    store<i32>(row, 1, 40);
    store<u32>(row, status, 44);
    return;
  }
  if (load<u64>(to - 8) !== VERSION_LAST) return;
  let at = from;
  while (load<u8>(at) - 0x41 < 26) at++;
  // MSRP is none of SIP's.
  if (at === from || load<u8>(at) !== 0x20 || load<u16>(from) === 0x534d) return;
  // Something stands between method and version.
  if (load<u8>(at + 1) === 0x20 || at + 2 > to - 8 || hasControl(at, to)) return;
  store<i32>(row, 2, 40);
}

/** Far too much where it is no digit. */
function digitAt(at: usize): u32 {
  const digit = <u32>load<u8>(at) - 0x30;
  return digit > 9 ? 1000 : digit;
}

function hasControl(from: usize, to: usize): bool {
  const blank = i8x16.splat(0x20);
  const del = i8x16.splat(0x7f);
  for (let at = from; at < to; at += 16) {
    const bytes = v128.load(at);
    let mask: i32 = i8x16.bitmask(v128.or(v128.lt<u8>(bytes, blank), i8x16.eq(bytes, del)));
    if (to - at < 16) mask &= (1 << <i32>(to - at)) - 1;
    if (mask !== 0) return true;
  }
  return false;
}

/** Which of the three headers begins at `at`, in long or compact form. */
function headerAt(at: usize, to: usize): i32 {
  const letter = load<u8>(at) | 0x20;
  if (letter === 0x63) {
    // Eight letters at once, without regard to case.
    const name = load<u64>(at) | 0x2020202020202020;
    // call-id
    if ((name & 0x00ffffffffffffff) === 0x0064692d6c6c6163) return endsName(at + 7, to) ? CALL_ID : NONE;
    // cseq
    if (<u32>name === 0x71657363) return endsName(at + 4, to) ? CSEQ : NONE;
    // content-length
    if (name === 0x2d746e65746e6f63) {
      const rest = load<u64>(at, 8) | 0x2020202020202020;
      if ((rest & 0x0000ffffffffffff) === 0x00006874676e656c) return endsName(at + 14, to) ? CONTENT_LENGTH : NONE;
    }
    return NONE;
  }
  if (letter === 0x69) return endsName(at + 1, to) ? CALL_ID : NONE;
  if (letter === 0x6c) return endsName(at + 1, to) ? CONTENT_LENGTH : NONE;
  return NONE;
}

function endsName(from: usize, to: usize): bool {
  let at = from;
  while (at < to && (load<u8>(at) === 0x20 || load<u8>(at) === 0x09)) at++;
  return at < to && load<u8>(at) === 0x3a;
}

function colonFrom(from: usize): usize {
  let at = from;
  while (load<u8>(at) !== 0x3a) at++;
  return at;
}

/** Notes a value, which is the first of its header. False where it is left to others. */
function fill(row: usize, header: i32, valueFrom: usize, valueTo: usize): bool {
  let from = valueFrom;
  let to = valueTo;
  while (from < to && load<u8>(from) <= 0x20) from++;
  while (to > from && load<u8>(to - 1) <= 0x20) to--;
  if (header === CONTENT_LENGTH) {
    if (load<i32>(row, 36) !== -1) return true;
    // Empty, or longer than 32 bits may be.
    if (from === to || to - from > 9) return false;
    let length: i32 = 0;
    for (; from < to; from++) {
      const digit = load<u8>(from) - 0x30;
      if (digit > 9) return false;
      length = 10 * length + digit;
    }
    store<i32>(row, length, 36);
    return true;
  }
  const place = row + (header === CALL_ID ? 16 : 24);
  if (load<i32>(place) !== -1) return true;
  store<u32>(place, <u32>from);
  store<u32>(place, <u32>to, 4);
  return true;
}
