// HMAC-SHA-256 (RFC 2104, FIPS 180-4) of four messages at once: lane i of every vector belongs to message i.
// AssemblyScript; `node scripts/build-kernels.mjs` makes the module that TypeScript loads from it.
//
// The first page of memory is this kernel's own; whoever calls puts messages and rows behind it, and leaves 64 bytes of
// memory behind the last message, since tails are read in whole blocks.

/** Working state: eight vectors. */
const STATE: usize = 1024;
/** The states after the key's inner and outer block, the same in all lanes. */
const INNER: usize = 1152;
const OUTER: usize = 1280;
/** The digests as they stand in memory, 32 bytes of each lane. */
const DIGESTS: usize = 1408;
/** Each lane's last bytes with their padding: two blocks. */
const TAILS: usize = 2048;
/** Blocks of the padded key. */
const KEYS: usize = 3072;
/** What lanes without a message read. */
const NOTHING: usize = 3584;

/** Words of a digest. */
const WORDS: usize = 8;
/** Bits of the outer message: a block and a digest. */
const OUTER_BITS: i32 = 768;

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
  const w5 = v128.load(STATE, 80);
  const w6 = v128.load(STATE, 96);
  const w7 = v128.load(STATE, 112);
  for (let word: usize = 0; word < WORDS; word++) v128.store(STATE + 16 * word, v128.load(OUTER + 16 * word));
  const zero = splat(0);
  rounds(STATE, w0, w1, w2, w3, w4, w5, w6, w7, splat(0x80000000), zero, zero, zero, zero, zero, zero, splat(OUTER_BITS), splat(-1));
}

function begin(state: usize): void {
  v128.store(state, splat(0x6a09e667), 0);
  v128.store(state, splat(0xbb67ae85), 16);
  v128.store(state, splat(0x3c6ef372), 32);
  v128.store(state, splat(0xa54ff53a), 48);
  v128.store(state, splat(0x510e527f), 64);
  v128.store(state, splat(0x9b05688c), 80);
  v128.store(state, splat(0x1f83d9ab), 96);
  v128.store(state, splat(0x5be0cd19), 112);
}

/** The sixty-four rounds (FIPS 180-4 §6.2.2) over sixteen words of each lane. */
function rounds(state: usize, w0: v128, w1: v128, w2: v128, w3: v128, w4: v128, w5: v128, w6: v128, w7: v128, w8: v128, w9: v128, w10: v128, w11: v128, w12: v128, w13: v128, w14: v128, w15: v128, going: v128): void {
  let a = v128.load(state, 0);
  let b = v128.load(state, 16);
  let c = v128.load(state, 32);
  let d = v128.load(state, 48);
  let e = v128.load(state, 64);
  let f = v128.load(state, 80);
  let g = v128.load(state, 96);
  let h = v128.load(state, 112);
  let t: v128;
  t = add(add(add(h, big1(e)), choose(e, f, g)), add(w0, splat(0x428a2f98)));
  d = add(d, t);
  h = add(t, add(big0(a), majority(a, b, c)));
  t = add(add(add(g, big1(d)), choose(d, e, f)), add(w1, splat(0x71374491)));
  c = add(c, t);
  g = add(t, add(big0(h), majority(h, a, b)));
  t = add(add(add(f, big1(c)), choose(c, d, e)), add(w2, splat(0xb5c0fbcf)));
  b = add(b, t);
  f = add(t, add(big0(g), majority(g, h, a)));
  t = add(add(add(e, big1(b)), choose(b, c, d)), add(w3, splat(0xe9b5dba5)));
  a = add(a, t);
  e = add(t, add(big0(f), majority(f, g, h)));
  t = add(add(add(d, big1(a)), choose(a, b, c)), add(w4, splat(0x3956c25b)));
  h = add(h, t);
  d = add(t, add(big0(e), majority(e, f, g)));
  t = add(add(add(c, big1(h)), choose(h, a, b)), add(w5, splat(0x59f111f1)));
  g = add(g, t);
  c = add(t, add(big0(d), majority(d, e, f)));
  t = add(add(add(b, big1(g)), choose(g, h, a)), add(w6, splat(0x923f82a4)));
  f = add(f, t);
  b = add(t, add(big0(c), majority(c, d, e)));
  t = add(add(add(a, big1(f)), choose(f, g, h)), add(w7, splat(0xab1c5ed5)));
  e = add(e, t);
  a = add(t, add(big0(b), majority(b, c, d)));
  t = add(add(add(h, big1(e)), choose(e, f, g)), add(w8, splat(0xd807aa98)));
  d = add(d, t);
  h = add(t, add(big0(a), majority(a, b, c)));
  t = add(add(add(g, big1(d)), choose(d, e, f)), add(w9, splat(0x12835b01)));
  c = add(c, t);
  g = add(t, add(big0(h), majority(h, a, b)));
  t = add(add(add(f, big1(c)), choose(c, d, e)), add(w10, splat(0x243185be)));
  b = add(b, t);
  f = add(t, add(big0(g), majority(g, h, a)));
  t = add(add(add(e, big1(b)), choose(b, c, d)), add(w11, splat(0x550c7dc3)));
  a = add(a, t);
  e = add(t, add(big0(f), majority(f, g, h)));
  t = add(add(add(d, big1(a)), choose(a, b, c)), add(w12, splat(0x72be5d74)));
  h = add(h, t);
  d = add(t, add(big0(e), majority(e, f, g)));
  t = add(add(add(c, big1(h)), choose(h, a, b)), add(w13, splat(0x80deb1fe)));
  g = add(g, t);
  c = add(t, add(big0(d), majority(d, e, f)));
  t = add(add(add(b, big1(g)), choose(g, h, a)), add(w14, splat(0x9bdc06a7)));
  f = add(f, t);
  b = add(t, add(big0(c), majority(c, d, e)));
  t = add(add(add(a, big1(f)), choose(f, g, h)), add(w15, splat(0xc19bf174)));
  e = add(e, t);
  a = add(t, add(big0(b), majority(b, c, d)));
  w0 = add(add(w0, small0(w1)), add(w9, small1(w14)));
  t = add(add(add(h, big1(e)), choose(e, f, g)), add(w0, splat(0xe49b69c1)));
  d = add(d, t);
  h = add(t, add(big0(a), majority(a, b, c)));
  w1 = add(add(w1, small0(w2)), add(w10, small1(w15)));
  t = add(add(add(g, big1(d)), choose(d, e, f)), add(w1, splat(0xefbe4786)));
  c = add(c, t);
  g = add(t, add(big0(h), majority(h, a, b)));
  w2 = add(add(w2, small0(w3)), add(w11, small1(w0)));
  t = add(add(add(f, big1(c)), choose(c, d, e)), add(w2, splat(0x0fc19dc6)));
  b = add(b, t);
  f = add(t, add(big0(g), majority(g, h, a)));
  w3 = add(add(w3, small0(w4)), add(w12, small1(w1)));
  t = add(add(add(e, big1(b)), choose(b, c, d)), add(w3, splat(0x240ca1cc)));
  a = add(a, t);
  e = add(t, add(big0(f), majority(f, g, h)));
  w4 = add(add(w4, small0(w5)), add(w13, small1(w2)));
  t = add(add(add(d, big1(a)), choose(a, b, c)), add(w4, splat(0x2de92c6f)));
  h = add(h, t);
  d = add(t, add(big0(e), majority(e, f, g)));
  w5 = add(add(w5, small0(w6)), add(w14, small1(w3)));
  t = add(add(add(c, big1(h)), choose(h, a, b)), add(w5, splat(0x4a7484aa)));
  g = add(g, t);
  c = add(t, add(big0(d), majority(d, e, f)));
  w6 = add(add(w6, small0(w7)), add(w15, small1(w4)));
  t = add(add(add(b, big1(g)), choose(g, h, a)), add(w6, splat(0x5cb0a9dc)));
  f = add(f, t);
  b = add(t, add(big0(c), majority(c, d, e)));
  w7 = add(add(w7, small0(w8)), add(w0, small1(w5)));
  t = add(add(add(a, big1(f)), choose(f, g, h)), add(w7, splat(0x76f988da)));
  e = add(e, t);
  a = add(t, add(big0(b), majority(b, c, d)));
  w8 = add(add(w8, small0(w9)), add(w1, small1(w6)));
  t = add(add(add(h, big1(e)), choose(e, f, g)), add(w8, splat(0x983e5152)));
  d = add(d, t);
  h = add(t, add(big0(a), majority(a, b, c)));
  w9 = add(add(w9, small0(w10)), add(w2, small1(w7)));
  t = add(add(add(g, big1(d)), choose(d, e, f)), add(w9, splat(0xa831c66d)));
  c = add(c, t);
  g = add(t, add(big0(h), majority(h, a, b)));
  w10 = add(add(w10, small0(w11)), add(w3, small1(w8)));
  t = add(add(add(f, big1(c)), choose(c, d, e)), add(w10, splat(0xb00327c8)));
  b = add(b, t);
  f = add(t, add(big0(g), majority(g, h, a)));
  w11 = add(add(w11, small0(w12)), add(w4, small1(w9)));
  t = add(add(add(e, big1(b)), choose(b, c, d)), add(w11, splat(0xbf597fc7)));
  a = add(a, t);
  e = add(t, add(big0(f), majority(f, g, h)));
  w12 = add(add(w12, small0(w13)), add(w5, small1(w10)));
  t = add(add(add(d, big1(a)), choose(a, b, c)), add(w12, splat(0xc6e00bf3)));
  h = add(h, t);
  d = add(t, add(big0(e), majority(e, f, g)));
  w13 = add(add(w13, small0(w14)), add(w6, small1(w11)));
  t = add(add(add(c, big1(h)), choose(h, a, b)), add(w13, splat(0xd5a79147)));
  g = add(g, t);
  c = add(t, add(big0(d), majority(d, e, f)));
  w14 = add(add(w14, small0(w15)), add(w7, small1(w12)));
  t = add(add(add(b, big1(g)), choose(g, h, a)), add(w14, splat(0x06ca6351)));
  f = add(f, t);
  b = add(t, add(big0(c), majority(c, d, e)));
  w15 = add(add(w15, small0(w0)), add(w8, small1(w13)));
  t = add(add(add(a, big1(f)), choose(f, g, h)), add(w15, splat(0x14292967)));
  e = add(e, t);
  a = add(t, add(big0(b), majority(b, c, d)));
  w0 = add(add(w0, small0(w1)), add(w9, small1(w14)));
  t = add(add(add(h, big1(e)), choose(e, f, g)), add(w0, splat(0x27b70a85)));
  d = add(d, t);
  h = add(t, add(big0(a), majority(a, b, c)));
  w1 = add(add(w1, small0(w2)), add(w10, small1(w15)));
  t = add(add(add(g, big1(d)), choose(d, e, f)), add(w1, splat(0x2e1b2138)));
  c = add(c, t);
  g = add(t, add(big0(h), majority(h, a, b)));
  w2 = add(add(w2, small0(w3)), add(w11, small1(w0)));
  t = add(add(add(f, big1(c)), choose(c, d, e)), add(w2, splat(0x4d2c6dfc)));
  b = add(b, t);
  f = add(t, add(big0(g), majority(g, h, a)));
  w3 = add(add(w3, small0(w4)), add(w12, small1(w1)));
  t = add(add(add(e, big1(b)), choose(b, c, d)), add(w3, splat(0x53380d13)));
  a = add(a, t);
  e = add(t, add(big0(f), majority(f, g, h)));
  w4 = add(add(w4, small0(w5)), add(w13, small1(w2)));
  t = add(add(add(d, big1(a)), choose(a, b, c)), add(w4, splat(0x650a7354)));
  h = add(h, t);
  d = add(t, add(big0(e), majority(e, f, g)));
  w5 = add(add(w5, small0(w6)), add(w14, small1(w3)));
  t = add(add(add(c, big1(h)), choose(h, a, b)), add(w5, splat(0x766a0abb)));
  g = add(g, t);
  c = add(t, add(big0(d), majority(d, e, f)));
  w6 = add(add(w6, small0(w7)), add(w15, small1(w4)));
  t = add(add(add(b, big1(g)), choose(g, h, a)), add(w6, splat(0x81c2c92e)));
  f = add(f, t);
  b = add(t, add(big0(c), majority(c, d, e)));
  w7 = add(add(w7, small0(w8)), add(w0, small1(w5)));
  t = add(add(add(a, big1(f)), choose(f, g, h)), add(w7, splat(0x92722c85)));
  e = add(e, t);
  a = add(t, add(big0(b), majority(b, c, d)));
  w8 = add(add(w8, small0(w9)), add(w1, small1(w6)));
  t = add(add(add(h, big1(e)), choose(e, f, g)), add(w8, splat(0xa2bfe8a1)));
  d = add(d, t);
  h = add(t, add(big0(a), majority(a, b, c)));
  w9 = add(add(w9, small0(w10)), add(w2, small1(w7)));
  t = add(add(add(g, big1(d)), choose(d, e, f)), add(w9, splat(0xa81a664b)));
  c = add(c, t);
  g = add(t, add(big0(h), majority(h, a, b)));
  w10 = add(add(w10, small0(w11)), add(w3, small1(w8)));
  t = add(add(add(f, big1(c)), choose(c, d, e)), add(w10, splat(0xc24b8b70)));
  b = add(b, t);
  f = add(t, add(big0(g), majority(g, h, a)));
  w11 = add(add(w11, small0(w12)), add(w4, small1(w9)));
  t = add(add(add(e, big1(b)), choose(b, c, d)), add(w11, splat(0xc76c51a3)));
  a = add(a, t);
  e = add(t, add(big0(f), majority(f, g, h)));
  w12 = add(add(w12, small0(w13)), add(w5, small1(w10)));
  t = add(add(add(d, big1(a)), choose(a, b, c)), add(w12, splat(0xd192e819)));
  h = add(h, t);
  d = add(t, add(big0(e), majority(e, f, g)));
  w13 = add(add(w13, small0(w14)), add(w6, small1(w11)));
  t = add(add(add(c, big1(h)), choose(h, a, b)), add(w13, splat(0xd6990624)));
  g = add(g, t);
  c = add(t, add(big0(d), majority(d, e, f)));
  w14 = add(add(w14, small0(w15)), add(w7, small1(w12)));
  t = add(add(add(b, big1(g)), choose(g, h, a)), add(w14, splat(0xf40e3585)));
  f = add(f, t);
  b = add(t, add(big0(c), majority(c, d, e)));
  w15 = add(add(w15, small0(w0)), add(w8, small1(w13)));
  t = add(add(add(a, big1(f)), choose(f, g, h)), add(w15, splat(0x106aa070)));
  e = add(e, t);
  a = add(t, add(big0(b), majority(b, c, d)));
  w0 = add(add(w0, small0(w1)), add(w9, small1(w14)));
  t = add(add(add(h, big1(e)), choose(e, f, g)), add(w0, splat(0x19a4c116)));
  d = add(d, t);
  h = add(t, add(big0(a), majority(a, b, c)));
  w1 = add(add(w1, small0(w2)), add(w10, small1(w15)));
  t = add(add(add(g, big1(d)), choose(d, e, f)), add(w1, splat(0x1e376c08)));
  c = add(c, t);
  g = add(t, add(big0(h), majority(h, a, b)));
  w2 = add(add(w2, small0(w3)), add(w11, small1(w0)));
  t = add(add(add(f, big1(c)), choose(c, d, e)), add(w2, splat(0x2748774c)));
  b = add(b, t);
  f = add(t, add(big0(g), majority(g, h, a)));
  w3 = add(add(w3, small0(w4)), add(w12, small1(w1)));
  t = add(add(add(e, big1(b)), choose(b, c, d)), add(w3, splat(0x34b0bcb5)));
  a = add(a, t);
  e = add(t, add(big0(f), majority(f, g, h)));
  w4 = add(add(w4, small0(w5)), add(w13, small1(w2)));
  t = add(add(add(d, big1(a)), choose(a, b, c)), add(w4, splat(0x391c0cb3)));
  h = add(h, t);
  d = add(t, add(big0(e), majority(e, f, g)));
  w5 = add(add(w5, small0(w6)), add(w14, small1(w3)));
  t = add(add(add(c, big1(h)), choose(h, a, b)), add(w5, splat(0x4ed8aa4a)));
  g = add(g, t);
  c = add(t, add(big0(d), majority(d, e, f)));
  w6 = add(add(w6, small0(w7)), add(w15, small1(w4)));
  t = add(add(add(b, big1(g)), choose(g, h, a)), add(w6, splat(0x5b9cca4f)));
  f = add(f, t);
  b = add(t, add(big0(c), majority(c, d, e)));
  w7 = add(add(w7, small0(w8)), add(w0, small1(w5)));
  t = add(add(add(a, big1(f)), choose(f, g, h)), add(w7, splat(0x682e6ff3)));
  e = add(e, t);
  a = add(t, add(big0(b), majority(b, c, d)));
  w8 = add(add(w8, small0(w9)), add(w1, small1(w6)));
  t = add(add(add(h, big1(e)), choose(e, f, g)), add(w8, splat(0x748f82ee)));
  d = add(d, t);
  h = add(t, add(big0(a), majority(a, b, c)));
  w9 = add(add(w9, small0(w10)), add(w2, small1(w7)));
  t = add(add(add(g, big1(d)), choose(d, e, f)), add(w9, splat(0x78a5636f)));
  c = add(c, t);
  g = add(t, add(big0(h), majority(h, a, b)));
  w10 = add(add(w10, small0(w11)), add(w3, small1(w8)));
  t = add(add(add(f, big1(c)), choose(c, d, e)), add(w10, splat(0x84c87814)));
  b = add(b, t);
  f = add(t, add(big0(g), majority(g, h, a)));
  w11 = add(add(w11, small0(w12)), add(w4, small1(w9)));
  t = add(add(add(e, big1(b)), choose(b, c, d)), add(w11, splat(0x8cc70208)));
  a = add(a, t);
  e = add(t, add(big0(f), majority(f, g, h)));
  w12 = add(add(w12, small0(w13)), add(w5, small1(w10)));
  t = add(add(add(d, big1(a)), choose(a, b, c)), add(w12, splat(0x90befffa)));
  h = add(h, t);
  d = add(t, add(big0(e), majority(e, f, g)));
  w13 = add(add(w13, small0(w14)), add(w6, small1(w11)));
  t = add(add(add(c, big1(h)), choose(h, a, b)), add(w13, splat(0xa4506ceb)));
  g = add(g, t);
  c = add(t, add(big0(d), majority(d, e, f)));
  w14 = add(add(w14, small0(w15)), add(w7, small1(w12)));
  t = add(add(add(b, big1(g)), choose(g, h, a)), add(w14, splat(0xbef9a3f7)));
  f = add(f, t);
  b = add(t, add(big0(c), majority(c, d, e)));
  w15 = add(add(w15, small0(w0)), add(w8, small1(w13)));
  t = add(add(add(a, big1(f)), choose(f, g, h)), add(w15, splat(0xc67178f2)));
  e = add(e, t);
  a = add(t, add(big0(b), majority(b, c, d)));
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
  const s5 = v128.load(state, 80);
  v128.store(state, v128.bitselect(add(f, s5), s5, going), 80);
  const s6 = v128.load(state, 96);
  v128.store(state, v128.bitselect(add(g, s6), s6, going), 96);
  const s7 = v128.load(state, 112);
  v128.store(state, v128.bitselect(add(h, s7), s7, going), 112);
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
function right(words: v128, bits: i32): v128 {
  return v128.or(v128.shr<u32>(words, bits), v128.shl<i32>(words, 32 - bits));
}

@inline
function big0(a: v128): v128 {
  return v128.xor(v128.xor(right(a, 2), right(a, 13)), right(a, 22));
}

@inline
function big1(e: v128): v128 {
  return v128.xor(v128.xor(right(e, 6), right(e, 11)), right(e, 25));
}

@inline
function small0(w: v128): v128 {
  return v128.xor(v128.xor(right(w, 7), right(w, 18)), v128.shr<u32>(w, 3));
}

@inline
function small1(w: v128): v128 {
  return v128.xor(v128.xor(right(w, 17), right(w, 19)), v128.shr<u32>(w, 10));
}

@inline
function choose(e: v128, f: v128, g: v128): v128 {
  return v128.xor(g, v128.and(e, v128.xor(f, g)));
}

@inline
function majority(a: v128, b: v128, c: v128): v128 {
  return v128.xor(v128.and(a, b), v128.and(c, v128.xor(a, b)));
}
