// HMAC-SHA-1 (RFC 2104, FIPS 180-4) of four messages at once: lane i of every vector belongs to message i.
// AssemblyScript; `node scripts/build-kernels.mjs` makes the module that TypeScript loads from it.
//
// The first page of memory is this kernel's own; whoever calls puts messages and rows behind it, and leaves 64 bytes of
// memory behind the last message, since tails are read in whole blocks.

/** Working state: five vectors. */
const STATE: usize = 1024;
/** The states after the key's inner and outer block, the same in all lanes. */
const INNER: usize = 1152;
const OUTER: usize = 1280;
/** The digests as they stand in memory, 20 bytes of each lane. */
const DIGESTS: usize = 1408;
/** Each lane's last bytes with their padding: two blocks. */
const TAILS: usize = 2048;
/** Blocks of the padded key. */
const KEYS: usize = 3072;
/** What lanes without a message read. */
const NOTHING: usize = 3584;

/** Words of a digest. */
const WORDS: usize = 5;
/** Bits of the outer message: a block and a digest. */
const OUTER_BITS: i32 = 672;

/** Readies the key, of at most 64 bytes, for the messages to come. */
export function setKey(key: usize, length: i32): void {
  for (let i: i32 = 0; i < 64; i++) {
    const byte: u8 = i < length ? load<u8>(key + i) : 0;
    store<u8>(KEYS + i, byte ^ 0x36);
    store<u8>(KEYS + 64 + i, byte ^ 0x5c);
  }
  begin(STATE);
  block(STATE, KEYS, KEYS + 64, KEYS, KEYS + 64, i32x4.splat(-1));
  for (let word: usize = 0; word < WORDS; word++) {
    v128.store(INNER + 16 * word, v128.load32_splat(STATE + 16 * word));
    v128.store(OUTER + 16 * word, v128.load32_splat(STATE + 16 * word + 4));
  }
}

/**
 * Checks `count` messages. A row is four words: where the message stands, its length, where its MAC stands, and the
 * answer: 1 where the first `macLength` bytes of both are the same, else 0.
 */
export function check(rows: usize, count: i32, macLength: i32): void {
  for (let first: i32 = 0; first < count; first += 4) {
    hashFour(rows + 16 * first, min(4, count - first));
    for (let lane: i32 = 0; lane < min(4, count - first); lane++) {
      const row = rows + 16 * (first + lane);
      store<i32>(row + 12, isSame(DIGESTS + 4 * WORDS * lane, load<u32>(row + 8), macLength));
    }
  }
}

function hashFour(rows: usize, lanes: i32): void {
  const end0 = lay(rows, 0, lanes);
  const end1 = lay(rows, 1, lanes);
  const end2 = lay(rows, 2, lanes);
  const end3 = lay(rows, 3, lanes);
  const last = max(max(end0, end1), max(end2, end3));
  for (let word: usize = 0; word < WORDS; word++) v128.store(STATE + 16 * word, v128.load(INNER + 16 * word));
  for (let n: i32 = 0; n < last; n++) {
    // A lane whose message has ended goes on computing, but its state stays.
    const going = i32x4(select(-1, 0, n < end0), select(-1, 0, n < end1), select(-1, 0, n < end2), select(-1, 0, n < end3));
    block(STATE, place(rows, 0, n, end0), place(rows, 1, n, end1), place(rows, 2, n, end2), place(rows, 3, n, end3), going);
  }
  outer();
  for (let lane: usize = 0; lane < 4; lane++)
    for (let word: usize = 0; word < WORDS; word++)
      store<u32>(DIGESTS + 4 * WORDS * lane + 4 * word, bswap<u32>(load<u32>(STATE + 16 * word + 4 * lane)));
}

/** Writes a lane's tail with its padding and says of how many blocks its message is. */
function lay(rows: usize, lane: i32, lanes: i32): i32 {
  if (lane >= lanes) return 0;
  const data: usize = load<u32>(rows + 16 * lane);
  const length = load<i32>(rows + 16 * lane + 4);
  const whole = length >> 6;
  const rest: usize = length & 63;
  const tail = TAILS + 128 * lane;
  const from = data + (whole << 6);
  for (let i: usize = 0; i < 64; i += 16) {
    v128.store(tail + i, v128.load(from + i));
    v128.store(tail + 64 + i, i32x4.splat(0));
  }
  for (let i: usize = rest; i < 64; i += 8) store<u64>(tail + i, 0);
  store<u8>(tail + rest, 0x80);
  const blocks: i32 = rest < 56 ? 1 : 2;
  // The key's block counts as well.
  store<u64>(tail + 64 * blocks - 8, bswap<u64>((<u64>length + 64) << 3));
  return whole + blocks;
}

/** Where a lane's n-th block stands. */
function place(rows: usize, lane: i32, n: i32, end: i32): usize {
  const whole = load<i32>(rows + 16 * lane + 4) >> 6;
  if (n >= end) return NOTHING;
  if (n < whole) return <usize>load<u32>(rows + 16 * lane) + (n << 6);
  return TAILS + 128 * lane + ((n - whole) << 6);
}

function isSame(one: usize, other: usize, length: i32): i32 {
  let difference: u32 = 0;
  for (let i: i32 = 0; i < length; i++) difference |= load<u8>(one + i) ^ load<u8>(other + i);
  return difference === 0 ? 1 : 0;
}

/** Four blocks, each at its own place. */
function block(state: usize, p0: usize, p1: usize, p2: usize, p3: usize, going: v128): void {
  let x0: v128, x1: v128, x2: v128, x3: v128, y0: v128, y1: v128, y2: v128, y3: v128;
  x0 = swapped(v128.load(p0, 0));
  x1 = swapped(v128.load(p1, 0));
  x2 = swapped(v128.load(p2, 0));
  x3 = swapped(v128.load(p3, 0));
  y0 = v128.shuffle<u32>(x0, x1, 0, 4, 1, 5);
  y1 = v128.shuffle<u32>(x2, x3, 0, 4, 1, 5);
  y2 = v128.shuffle<u32>(x0, x1, 2, 6, 3, 7);
  y3 = v128.shuffle<u32>(x2, x3, 2, 6, 3, 7);
  const w0 = v128.shuffle<u64>(y0, y1, 0, 2);
  const w1 = v128.shuffle<u64>(y0, y1, 1, 3);
  const w2 = v128.shuffle<u64>(y2, y3, 0, 2);
  const w3 = v128.shuffle<u64>(y2, y3, 1, 3);
  x0 = swapped(v128.load(p0, 16));
  x1 = swapped(v128.load(p1, 16));
  x2 = swapped(v128.load(p2, 16));
  x3 = swapped(v128.load(p3, 16));
  y0 = v128.shuffle<u32>(x0, x1, 0, 4, 1, 5);
  y1 = v128.shuffle<u32>(x2, x3, 0, 4, 1, 5);
  y2 = v128.shuffle<u32>(x0, x1, 2, 6, 3, 7);
  y3 = v128.shuffle<u32>(x2, x3, 2, 6, 3, 7);
  const w4 = v128.shuffle<u64>(y0, y1, 0, 2);
  const w5 = v128.shuffle<u64>(y0, y1, 1, 3);
  const w6 = v128.shuffle<u64>(y2, y3, 0, 2);
  const w7 = v128.shuffle<u64>(y2, y3, 1, 3);
  x0 = swapped(v128.load(p0, 32));
  x1 = swapped(v128.load(p1, 32));
  x2 = swapped(v128.load(p2, 32));
  x3 = swapped(v128.load(p3, 32));
  y0 = v128.shuffle<u32>(x0, x1, 0, 4, 1, 5);
  y1 = v128.shuffle<u32>(x2, x3, 0, 4, 1, 5);
  y2 = v128.shuffle<u32>(x0, x1, 2, 6, 3, 7);
  y3 = v128.shuffle<u32>(x2, x3, 2, 6, 3, 7);
  const w8 = v128.shuffle<u64>(y0, y1, 0, 2);
  const w9 = v128.shuffle<u64>(y0, y1, 1, 3);
  const w10 = v128.shuffle<u64>(y2, y3, 0, 2);
  const w11 = v128.shuffle<u64>(y2, y3, 1, 3);
  x0 = swapped(v128.load(p0, 48));
  x1 = swapped(v128.load(p1, 48));
  x2 = swapped(v128.load(p2, 48));
  x3 = swapped(v128.load(p3, 48));
  y0 = v128.shuffle<u32>(x0, x1, 0, 4, 1, 5);
  y1 = v128.shuffle<u32>(x2, x3, 0, 4, 1, 5);
  y2 = v128.shuffle<u32>(x0, x1, 2, 6, 3, 7);
  y3 = v128.shuffle<u32>(x2, x3, 2, 6, 3, 7);
  const w12 = v128.shuffle<u64>(y0, y1, 0, 2);
  const w13 = v128.shuffle<u64>(y0, y1, 1, 3);
  const w14 = v128.shuffle<u64>(y2, y3, 0, 2);
  const w15 = v128.shuffle<u64>(y2, y3, 1, 3);
  rounds(state, w0, w1, w2, w3, w4, w5, w6, w7, w8, w9, w10, w11, w12, w13, w14, w15, going);
}

/** The outer hash: a block made of the inner digests, which are words in lanes already. */
function outer(): void {
  const w0 = v128.load(STATE, 0);
  const w1 = v128.load(STATE, 16);
  const w2 = v128.load(STATE, 32);
  const w3 = v128.load(STATE, 48);
  const w4 = v128.load(STATE, 64);
  for (let word: usize = 0; word < WORDS; word++) v128.store(STATE + 16 * word, v128.load(OUTER + 16 * word));
  const zero = splat(0);
  rounds(STATE, w0, w1, w2, w3, w4, splat(0x80000000), zero, zero, zero, zero, zero, zero, zero, zero, zero, splat(OUTER_BITS), splat(-1));
}

function begin(state: usize): void {
  v128.store(state, splat(0x67452301), 0);
  v128.store(state, splat(0xefcdab89), 16);
  v128.store(state, splat(0x98badcfe), 32);
  v128.store(state, splat(0x10325476), 48);
  v128.store(state, splat(0xc3d2e1f0), 64);
}

/** The eighty rounds (FIPS 180-4 §6.1.2) over sixteen words of each lane. */
function rounds(state: usize, w0: v128, w1: v128, w2: v128, w3: v128, w4: v128, w5: v128, w6: v128, w7: v128, w8: v128, w9: v128, w10: v128, w11: v128, w12: v128, w13: v128, w14: v128, w15: v128, going: v128): void {
  let a = v128.load(state, 0);
  let b = v128.load(state, 16);
  let c = v128.load(state, 32);
  let d = v128.load(state, 48);
  let e = v128.load(state, 64);
  const k0 = splat(0x5a827999);
  const k1 = splat(0x6ed9eba1);
  const k2 = splat(0x8f1bbcdc);
  const k3 = splat(0xca62c1d6);
  e = add(add(add(e, choose(b, c, d)), add(w0, k0)), rotated(a, 5));
  b = rotated(b, 30);
  d = add(add(add(d, choose(a, b, c)), add(w1, k0)), rotated(e, 5));
  a = rotated(a, 30);
  c = add(add(add(c, choose(e, a, b)), add(w2, k0)), rotated(d, 5));
  e = rotated(e, 30);
  b = add(add(add(b, choose(d, e, a)), add(w3, k0)), rotated(c, 5));
  d = rotated(d, 30);
  a = add(add(add(a, choose(c, d, e)), add(w4, k0)), rotated(b, 5));
  c = rotated(c, 30);
  e = add(add(add(e, choose(b, c, d)), add(w5, k0)), rotated(a, 5));
  b = rotated(b, 30);
  d = add(add(add(d, choose(a, b, c)), add(w6, k0)), rotated(e, 5));
  a = rotated(a, 30);
  c = add(add(add(c, choose(e, a, b)), add(w7, k0)), rotated(d, 5));
  e = rotated(e, 30);
  b = add(add(add(b, choose(d, e, a)), add(w8, k0)), rotated(c, 5));
  d = rotated(d, 30);
  a = add(add(add(a, choose(c, d, e)), add(w9, k0)), rotated(b, 5));
  c = rotated(c, 30);
  e = add(add(add(e, choose(b, c, d)), add(w10, k0)), rotated(a, 5));
  b = rotated(b, 30);
  d = add(add(add(d, choose(a, b, c)), add(w11, k0)), rotated(e, 5));
  a = rotated(a, 30);
  c = add(add(add(c, choose(e, a, b)), add(w12, k0)), rotated(d, 5));
  e = rotated(e, 30);
  b = add(add(add(b, choose(d, e, a)), add(w13, k0)), rotated(c, 5));
  d = rotated(d, 30);
  a = add(add(add(a, choose(c, d, e)), add(w14, k0)), rotated(b, 5));
  c = rotated(c, 30);
  e = add(add(add(e, choose(b, c, d)), add(w15, k0)), rotated(a, 5));
  b = rotated(b, 30);
  w0 = rotated(v128.xor(v128.xor(w13, w8), v128.xor(w2, w0)), 1);
  d = add(add(add(d, choose(a, b, c)), add(w0, k0)), rotated(e, 5));
  a = rotated(a, 30);
  w1 = rotated(v128.xor(v128.xor(w14, w9), v128.xor(w3, w1)), 1);
  c = add(add(add(c, choose(e, a, b)), add(w1, k0)), rotated(d, 5));
  e = rotated(e, 30);
  w2 = rotated(v128.xor(v128.xor(w15, w10), v128.xor(w4, w2)), 1);
  b = add(add(add(b, choose(d, e, a)), add(w2, k0)), rotated(c, 5));
  d = rotated(d, 30);
  w3 = rotated(v128.xor(v128.xor(w0, w11), v128.xor(w5, w3)), 1);
  a = add(add(add(a, choose(c, d, e)), add(w3, k0)), rotated(b, 5));
  c = rotated(c, 30);
  w4 = rotated(v128.xor(v128.xor(w1, w12), v128.xor(w6, w4)), 1);
  e = add(add(add(e, parity(b, c, d)), add(w4, k1)), rotated(a, 5));
  b = rotated(b, 30);
  w5 = rotated(v128.xor(v128.xor(w2, w13), v128.xor(w7, w5)), 1);
  d = add(add(add(d, parity(a, b, c)), add(w5, k1)), rotated(e, 5));
  a = rotated(a, 30);
  w6 = rotated(v128.xor(v128.xor(w3, w14), v128.xor(w8, w6)), 1);
  c = add(add(add(c, parity(e, a, b)), add(w6, k1)), rotated(d, 5));
  e = rotated(e, 30);
  w7 = rotated(v128.xor(v128.xor(w4, w15), v128.xor(w9, w7)), 1);
  b = add(add(add(b, parity(d, e, a)), add(w7, k1)), rotated(c, 5));
  d = rotated(d, 30);
  w8 = rotated(v128.xor(v128.xor(w5, w0), v128.xor(w10, w8)), 1);
  a = add(add(add(a, parity(c, d, e)), add(w8, k1)), rotated(b, 5));
  c = rotated(c, 30);
  w9 = rotated(v128.xor(v128.xor(w6, w1), v128.xor(w11, w9)), 1);
  e = add(add(add(e, parity(b, c, d)), add(w9, k1)), rotated(a, 5));
  b = rotated(b, 30);
  w10 = rotated(v128.xor(v128.xor(w7, w2), v128.xor(w12, w10)), 1);
  d = add(add(add(d, parity(a, b, c)), add(w10, k1)), rotated(e, 5));
  a = rotated(a, 30);
  w11 = rotated(v128.xor(v128.xor(w8, w3), v128.xor(w13, w11)), 1);
  c = add(add(add(c, parity(e, a, b)), add(w11, k1)), rotated(d, 5));
  e = rotated(e, 30);
  w12 = rotated(v128.xor(v128.xor(w9, w4), v128.xor(w14, w12)), 1);
  b = add(add(add(b, parity(d, e, a)), add(w12, k1)), rotated(c, 5));
  d = rotated(d, 30);
  w13 = rotated(v128.xor(v128.xor(w10, w5), v128.xor(w15, w13)), 1);
  a = add(add(add(a, parity(c, d, e)), add(w13, k1)), rotated(b, 5));
  c = rotated(c, 30);
  w14 = rotated(v128.xor(v128.xor(w11, w6), v128.xor(w0, w14)), 1);
  e = add(add(add(e, parity(b, c, d)), add(w14, k1)), rotated(a, 5));
  b = rotated(b, 30);
  w15 = rotated(v128.xor(v128.xor(w12, w7), v128.xor(w1, w15)), 1);
  d = add(add(add(d, parity(a, b, c)), add(w15, k1)), rotated(e, 5));
  a = rotated(a, 30);
  w0 = rotated(v128.xor(v128.xor(w13, w8), v128.xor(w2, w0)), 1);
  c = add(add(add(c, parity(e, a, b)), add(w0, k1)), rotated(d, 5));
  e = rotated(e, 30);
  w1 = rotated(v128.xor(v128.xor(w14, w9), v128.xor(w3, w1)), 1);
  b = add(add(add(b, parity(d, e, a)), add(w1, k1)), rotated(c, 5));
  d = rotated(d, 30);
  w2 = rotated(v128.xor(v128.xor(w15, w10), v128.xor(w4, w2)), 1);
  a = add(add(add(a, parity(c, d, e)), add(w2, k1)), rotated(b, 5));
  c = rotated(c, 30);
  w3 = rotated(v128.xor(v128.xor(w0, w11), v128.xor(w5, w3)), 1);
  e = add(add(add(e, parity(b, c, d)), add(w3, k1)), rotated(a, 5));
  b = rotated(b, 30);
  w4 = rotated(v128.xor(v128.xor(w1, w12), v128.xor(w6, w4)), 1);
  d = add(add(add(d, parity(a, b, c)), add(w4, k1)), rotated(e, 5));
  a = rotated(a, 30);
  w5 = rotated(v128.xor(v128.xor(w2, w13), v128.xor(w7, w5)), 1);
  c = add(add(add(c, parity(e, a, b)), add(w5, k1)), rotated(d, 5));
  e = rotated(e, 30);
  w6 = rotated(v128.xor(v128.xor(w3, w14), v128.xor(w8, w6)), 1);
  b = add(add(add(b, parity(d, e, a)), add(w6, k1)), rotated(c, 5));
  d = rotated(d, 30);
  w7 = rotated(v128.xor(v128.xor(w4, w15), v128.xor(w9, w7)), 1);
  a = add(add(add(a, parity(c, d, e)), add(w7, k1)), rotated(b, 5));
  c = rotated(c, 30);
  w8 = rotated(v128.xor(v128.xor(w5, w0), v128.xor(w10, w8)), 1);
  e = add(add(add(e, majority(b, c, d)), add(w8, k2)), rotated(a, 5));
  b = rotated(b, 30);
  w9 = rotated(v128.xor(v128.xor(w6, w1), v128.xor(w11, w9)), 1);
  d = add(add(add(d, majority(a, b, c)), add(w9, k2)), rotated(e, 5));
  a = rotated(a, 30);
  w10 = rotated(v128.xor(v128.xor(w7, w2), v128.xor(w12, w10)), 1);
  c = add(add(add(c, majority(e, a, b)), add(w10, k2)), rotated(d, 5));
  e = rotated(e, 30);
  w11 = rotated(v128.xor(v128.xor(w8, w3), v128.xor(w13, w11)), 1);
  b = add(add(add(b, majority(d, e, a)), add(w11, k2)), rotated(c, 5));
  d = rotated(d, 30);
  w12 = rotated(v128.xor(v128.xor(w9, w4), v128.xor(w14, w12)), 1);
  a = add(add(add(a, majority(c, d, e)), add(w12, k2)), rotated(b, 5));
  c = rotated(c, 30);
  w13 = rotated(v128.xor(v128.xor(w10, w5), v128.xor(w15, w13)), 1);
  e = add(add(add(e, majority(b, c, d)), add(w13, k2)), rotated(a, 5));
  b = rotated(b, 30);
  w14 = rotated(v128.xor(v128.xor(w11, w6), v128.xor(w0, w14)), 1);
  d = add(add(add(d, majority(a, b, c)), add(w14, k2)), rotated(e, 5));
  a = rotated(a, 30);
  w15 = rotated(v128.xor(v128.xor(w12, w7), v128.xor(w1, w15)), 1);
  c = add(add(add(c, majority(e, a, b)), add(w15, k2)), rotated(d, 5));
  e = rotated(e, 30);
  w0 = rotated(v128.xor(v128.xor(w13, w8), v128.xor(w2, w0)), 1);
  b = add(add(add(b, majority(d, e, a)), add(w0, k2)), rotated(c, 5));
  d = rotated(d, 30);
  w1 = rotated(v128.xor(v128.xor(w14, w9), v128.xor(w3, w1)), 1);
  a = add(add(add(a, majority(c, d, e)), add(w1, k2)), rotated(b, 5));
  c = rotated(c, 30);
  w2 = rotated(v128.xor(v128.xor(w15, w10), v128.xor(w4, w2)), 1);
  e = add(add(add(e, majority(b, c, d)), add(w2, k2)), rotated(a, 5));
  b = rotated(b, 30);
  w3 = rotated(v128.xor(v128.xor(w0, w11), v128.xor(w5, w3)), 1);
  d = add(add(add(d, majority(a, b, c)), add(w3, k2)), rotated(e, 5));
  a = rotated(a, 30);
  w4 = rotated(v128.xor(v128.xor(w1, w12), v128.xor(w6, w4)), 1);
  c = add(add(add(c, majority(e, a, b)), add(w4, k2)), rotated(d, 5));
  e = rotated(e, 30);
  w5 = rotated(v128.xor(v128.xor(w2, w13), v128.xor(w7, w5)), 1);
  b = add(add(add(b, majority(d, e, a)), add(w5, k2)), rotated(c, 5));
  d = rotated(d, 30);
  w6 = rotated(v128.xor(v128.xor(w3, w14), v128.xor(w8, w6)), 1);
  a = add(add(add(a, majority(c, d, e)), add(w6, k2)), rotated(b, 5));
  c = rotated(c, 30);
  w7 = rotated(v128.xor(v128.xor(w4, w15), v128.xor(w9, w7)), 1);
  e = add(add(add(e, majority(b, c, d)), add(w7, k2)), rotated(a, 5));
  b = rotated(b, 30);
  w8 = rotated(v128.xor(v128.xor(w5, w0), v128.xor(w10, w8)), 1);
  d = add(add(add(d, majority(a, b, c)), add(w8, k2)), rotated(e, 5));
  a = rotated(a, 30);
  w9 = rotated(v128.xor(v128.xor(w6, w1), v128.xor(w11, w9)), 1);
  c = add(add(add(c, majority(e, a, b)), add(w9, k2)), rotated(d, 5));
  e = rotated(e, 30);
  w10 = rotated(v128.xor(v128.xor(w7, w2), v128.xor(w12, w10)), 1);
  b = add(add(add(b, majority(d, e, a)), add(w10, k2)), rotated(c, 5));
  d = rotated(d, 30);
  w11 = rotated(v128.xor(v128.xor(w8, w3), v128.xor(w13, w11)), 1);
  a = add(add(add(a, majority(c, d, e)), add(w11, k2)), rotated(b, 5));
  c = rotated(c, 30);
  w12 = rotated(v128.xor(v128.xor(w9, w4), v128.xor(w14, w12)), 1);
  e = add(add(add(e, parity(b, c, d)), add(w12, k3)), rotated(a, 5));
  b = rotated(b, 30);
  w13 = rotated(v128.xor(v128.xor(w10, w5), v128.xor(w15, w13)), 1);
  d = add(add(add(d, parity(a, b, c)), add(w13, k3)), rotated(e, 5));
  a = rotated(a, 30);
  w14 = rotated(v128.xor(v128.xor(w11, w6), v128.xor(w0, w14)), 1);
  c = add(add(add(c, parity(e, a, b)), add(w14, k3)), rotated(d, 5));
  e = rotated(e, 30);
  w15 = rotated(v128.xor(v128.xor(w12, w7), v128.xor(w1, w15)), 1);
  b = add(add(add(b, parity(d, e, a)), add(w15, k3)), rotated(c, 5));
  d = rotated(d, 30);
  w0 = rotated(v128.xor(v128.xor(w13, w8), v128.xor(w2, w0)), 1);
  a = add(add(add(a, parity(c, d, e)), add(w0, k3)), rotated(b, 5));
  c = rotated(c, 30);
  w1 = rotated(v128.xor(v128.xor(w14, w9), v128.xor(w3, w1)), 1);
  e = add(add(add(e, parity(b, c, d)), add(w1, k3)), rotated(a, 5));
  b = rotated(b, 30);
  w2 = rotated(v128.xor(v128.xor(w15, w10), v128.xor(w4, w2)), 1);
  d = add(add(add(d, parity(a, b, c)), add(w2, k3)), rotated(e, 5));
  a = rotated(a, 30);
  w3 = rotated(v128.xor(v128.xor(w0, w11), v128.xor(w5, w3)), 1);
  c = add(add(add(c, parity(e, a, b)), add(w3, k3)), rotated(d, 5));
  e = rotated(e, 30);
  w4 = rotated(v128.xor(v128.xor(w1, w12), v128.xor(w6, w4)), 1);
  b = add(add(add(b, parity(d, e, a)), add(w4, k3)), rotated(c, 5));
  d = rotated(d, 30);
  w5 = rotated(v128.xor(v128.xor(w2, w13), v128.xor(w7, w5)), 1);
  a = add(add(add(a, parity(c, d, e)), add(w5, k3)), rotated(b, 5));
  c = rotated(c, 30);
  w6 = rotated(v128.xor(v128.xor(w3, w14), v128.xor(w8, w6)), 1);
  e = add(add(add(e, parity(b, c, d)), add(w6, k3)), rotated(a, 5));
  b = rotated(b, 30);
  w7 = rotated(v128.xor(v128.xor(w4, w15), v128.xor(w9, w7)), 1);
  d = add(add(add(d, parity(a, b, c)), add(w7, k3)), rotated(e, 5));
  a = rotated(a, 30);
  w8 = rotated(v128.xor(v128.xor(w5, w0), v128.xor(w10, w8)), 1);
  c = add(add(add(c, parity(e, a, b)), add(w8, k3)), rotated(d, 5));
  e = rotated(e, 30);
  w9 = rotated(v128.xor(v128.xor(w6, w1), v128.xor(w11, w9)), 1);
  b = add(add(add(b, parity(d, e, a)), add(w9, k3)), rotated(c, 5));
  d = rotated(d, 30);
  w10 = rotated(v128.xor(v128.xor(w7, w2), v128.xor(w12, w10)), 1);
  a = add(add(add(a, parity(c, d, e)), add(w10, k3)), rotated(b, 5));
  c = rotated(c, 30);
  w11 = rotated(v128.xor(v128.xor(w8, w3), v128.xor(w13, w11)), 1);
  e = add(add(add(e, parity(b, c, d)), add(w11, k3)), rotated(a, 5));
  b = rotated(b, 30);
  w12 = rotated(v128.xor(v128.xor(w9, w4), v128.xor(w14, w12)), 1);
  d = add(add(add(d, parity(a, b, c)), add(w12, k3)), rotated(e, 5));
  a = rotated(a, 30);
  w13 = rotated(v128.xor(v128.xor(w10, w5), v128.xor(w15, w13)), 1);
  c = add(add(add(c, parity(e, a, b)), add(w13, k3)), rotated(d, 5));
  e = rotated(e, 30);
  w14 = rotated(v128.xor(v128.xor(w11, w6), v128.xor(w0, w14)), 1);
  b = add(add(add(b, parity(d, e, a)), add(w14, k3)), rotated(c, 5));
  d = rotated(d, 30);
  w15 = rotated(v128.xor(v128.xor(w12, w7), v128.xor(w1, w15)), 1);
  a = add(add(add(a, parity(c, d, e)), add(w15, k3)), rotated(b, 5));
  c = rotated(c, 30);
  const s0 = v128.load(state, 0);
  v128.store(state, v128.bitselect(add(a, s0), s0, going), 0);
  const s1 = v128.load(state, 16);
  v128.store(state, v128.bitselect(add(b, s1), s1, going), 16);
  const s2 = v128.load(state, 32);
  v128.store(state, v128.bitselect(add(c, s2), s2, going), 32);
  const s3 = v128.load(state, 48);
  v128.store(state, v128.bitselect(add(d, s3), s3, going), 48);
  const s4 = v128.load(state, 64);
  v128.store(state, v128.bitselect(add(e, s4), s4, going), 64);
}

@inline
function swapped(words: v128): v128 {
  return v128.shuffle<u8>(words, words, 3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12);
}

@inline
function add(one: v128, other: v128): v128 {
  return v128.add<i32>(one, other);
}

@inline
function splat(word: i32): v128 {
  return i32x4.splat(word);
}

@inline
function rotated(words: v128, bits: i32): v128 {
  return v128.or(v128.shl<i32>(words, bits), v128.shr<u32>(words, 32 - bits));
}

@inline
function choose(b: v128, c: v128, d: v128): v128 {
  return v128.xor(d, v128.and(b, v128.xor(c, d)));
}

@inline
function parity(b: v128, c: v128, d: v128): v128 {
  return v128.xor(v128.xor(b, c), d);
}

@inline
function majority(b: v128, c: v128, d: v128): v128 {
  return v128.or(v128.and(b, c), v128.and(d, v128.or(b, c)));
}
