// ChaCha20-Poly1305 (RFC 8439) of many records. The key stream is made four blocks at a time: lane i of every vector
// belongs to block i. Poly1305 runs in five limbs of 26 bits.
// AssemblyScript; `node scripts/build-kernels.mjs` makes the module that TypeScript loads from it.
//
// The first page of memory is this kernel's own.

/** Sixteen zeros behind sixteen ones, from which masks of any length are read. */
const MASKS: usize = 1024;
/** Four blocks of key stream. */
const STREAM: usize = 2048;

/** The first twelve words of ChaCha20's state: constants and key. */
const STATE: usize = 1280;
const LIMB: u64 = 0x3ffffff;

// Poly1305 of the record at hand: accumulator, and the key's limbs, also times five.
let h0: u64 = 0;
let h1: u64 = 0;
let h2: u64 = 0;
let h3: u64 = 0;
let h4: u64 = 0;
let r0: u64 = 0;
let r1: u64 = 0;
let r2: u64 = 0;
let r3: u64 = 0;
let r4: u64 = 0;

/** Readies a key of 32 bytes. */
export function setKey(key: usize): void {
  v128.store(MASKS, i32x4.splat(-1));
  v128.store(MASKS, i32x4.splat(0), 16);
  // "expand 32-byte k"
  v128.store(STATE, i32x4(0x61707865, 0x3320646e, 0x79622d32, 0x6b206574));
  v128.store(STATE, v128.load(key), 16);
  v128.store(STATE, v128.load(key, 16), 32);
}

/**
 * Decrypts `count` records in place. A row is eight words: where the ciphertext stands (its tag behind it), its length,
 * where the additional data stands (padded to whole blocks of 16), its length, where the nonce stands, and the answer: 1
 * where the tag fits, else 0.
 */
export function open(rows: usize, count: i32): void {
  for (let i: i32 = 0; i < count; i++) openRow(rows + 32 * i);
}

function openRow(row: usize): void {
  let at: usize = load<u32>(row);
  const length: usize = load<u32>(row, 4);
  const additional: usize = load<u32>(row, 8);
  const additionalLength: usize = load<u32>(row, 12);
  const nonce: usize = load<u32>(row, 16);
  // The end of the key stream may be written over it.
  const tag0 = load<u64>(at + length);
  const tag1 = load<u64>(at + length, 8);

  // Block 0 is the one-time key of Poly1305 (RFC 8439 §2.6).
  makeStream(0, nonce);
  takeKey();
  const pad0 = load<u64>(STREAM, 16);
  const pad1 = load<u64>(STREAM, 24);
  hash(additional, (additionalLength + 15) >> 4);
  hash(at, length >> 4);
  const rest: usize = length & 15;
  if (rest > 0) {
    const last = STREAM - 16;
    v128.store(last, v128.and(v128.load(at + length - rest), v128.load(MASKS + 16 - rest)));
    hash(last, 1);
  }
  takeBlock(additionalLength, length);

  let stream: usize = STREAM + 64;
  let counter: i32 = 0;
  for (let left: i32 = <i32>length; left > 0; left -= 16) {
    if (stream === STREAM + 256) {
      counter += 4;
      makeStream(counter, nonce);
      stream = STREAM;
    }
    v128.store(at, v128.xor(v128.load(at), v128.load(stream)));
    at += 16;
    stream += 16;
  }
  store<i32>(row, isTag(tag0, tag1, pad0, pad1), 20);
}

/** Blocks counter to counter + 3 of the key stream (RFC 8439 §2.3). */
function makeStream(counter: i32, nonce: usize): void {
  const i0 = v128.load32_splat(STATE, 0);
  const i1 = v128.load32_splat(STATE, 4);
  const i2 = v128.load32_splat(STATE, 8);
  const i3 = v128.load32_splat(STATE, 12);
  const i4 = v128.load32_splat(STATE, 16);
  const i5 = v128.load32_splat(STATE, 20);
  const i6 = v128.load32_splat(STATE, 24);
  const i7 = v128.load32_splat(STATE, 28);
  const i8 = v128.load32_splat(STATE, 32);
  const i9 = v128.load32_splat(STATE, 36);
  const i10 = v128.load32_splat(STATE, 40);
  const i11 = v128.load32_splat(STATE, 44);
  const i12 = v128.add<i32>(i32x4.splat(counter), i32x4(0, 1, 2, 3));
  const i13 = v128.load32_splat(nonce, 0);
  const i14 = v128.load32_splat(nonce, 4);
  const i15 = v128.load32_splat(nonce, 8);
  let x0 = i0;
  let x1 = i1;
  let x2 = i2;
  let x3 = i3;
  let x4 = i4;
  let x5 = i5;
  let x6 = i6;
  let x7 = i7;
  let x8 = i8;
  let x9 = i9;
  let x10 = i10;
  let x11 = i11;
  let x12 = i12;
  let x13 = i13;
  let x14 = i14;
  let x15 = i15;
  for (let round: i32 = 0; round < 10; round++) {
    x0 = v128.add<i32>(x0, x4);
    x12 = rotated16(v128.xor(x12, x0));
    x1 = v128.add<i32>(x1, x5);
    x13 = rotated16(v128.xor(x13, x1));
    x2 = v128.add<i32>(x2, x6);
    x14 = rotated16(v128.xor(x14, x2));
    x3 = v128.add<i32>(x3, x7);
    x15 = rotated16(v128.xor(x15, x3));
    x8 = v128.add<i32>(x8, x12);
    x4 = rotated(v128.xor(x4, x8), 12);
    x9 = v128.add<i32>(x9, x13);
    x5 = rotated(v128.xor(x5, x9), 12);
    x10 = v128.add<i32>(x10, x14);
    x6 = rotated(v128.xor(x6, x10), 12);
    x11 = v128.add<i32>(x11, x15);
    x7 = rotated(v128.xor(x7, x11), 12);
    x0 = v128.add<i32>(x0, x4);
    x12 = rotated8(v128.xor(x12, x0));
    x1 = v128.add<i32>(x1, x5);
    x13 = rotated8(v128.xor(x13, x1));
    x2 = v128.add<i32>(x2, x6);
    x14 = rotated8(v128.xor(x14, x2));
    x3 = v128.add<i32>(x3, x7);
    x15 = rotated8(v128.xor(x15, x3));
    x8 = v128.add<i32>(x8, x12);
    x4 = rotated(v128.xor(x4, x8), 7);
    x9 = v128.add<i32>(x9, x13);
    x5 = rotated(v128.xor(x5, x9), 7);
    x10 = v128.add<i32>(x10, x14);
    x6 = rotated(v128.xor(x6, x10), 7);
    x11 = v128.add<i32>(x11, x15);
    x7 = rotated(v128.xor(x7, x11), 7);
    x0 = v128.add<i32>(x0, x5);
    x15 = rotated16(v128.xor(x15, x0));
    x1 = v128.add<i32>(x1, x6);
    x12 = rotated16(v128.xor(x12, x1));
    x2 = v128.add<i32>(x2, x7);
    x13 = rotated16(v128.xor(x13, x2));
    x3 = v128.add<i32>(x3, x4);
    x14 = rotated16(v128.xor(x14, x3));
    x10 = v128.add<i32>(x10, x15);
    x5 = rotated(v128.xor(x5, x10), 12);
    x11 = v128.add<i32>(x11, x12);
    x6 = rotated(v128.xor(x6, x11), 12);
    x8 = v128.add<i32>(x8, x13);
    x7 = rotated(v128.xor(x7, x8), 12);
    x9 = v128.add<i32>(x9, x14);
    x4 = rotated(v128.xor(x4, x9), 12);
    x0 = v128.add<i32>(x0, x5);
    x15 = rotated8(v128.xor(x15, x0));
    x1 = v128.add<i32>(x1, x6);
    x12 = rotated8(v128.xor(x12, x1));
    x2 = v128.add<i32>(x2, x7);
    x13 = rotated8(v128.xor(x13, x2));
    x3 = v128.add<i32>(x3, x4);
    x14 = rotated8(v128.xor(x14, x3));
    x10 = v128.add<i32>(x10, x15);
    x5 = rotated(v128.xor(x5, x10), 7);
    x11 = v128.add<i32>(x11, x12);
    x6 = rotated(v128.xor(x6, x11), 7);
    x8 = v128.add<i32>(x8, x13);
    x7 = rotated(v128.xor(x7, x8), 7);
    x9 = v128.add<i32>(x9, x14);
    x4 = rotated(v128.xor(x4, x9), 7);
  }
  lay(v128.add<i32>(x0, i0), v128.add<i32>(x1, i1), v128.add<i32>(x2, i2), v128.add<i32>(x3, i3), STREAM + 0);
  lay(v128.add<i32>(x4, i4), v128.add<i32>(x5, i5), v128.add<i32>(x6, i6), v128.add<i32>(x7, i7), STREAM + 16);
  lay(v128.add<i32>(x8, i8), v128.add<i32>(x9, i9), v128.add<i32>(x10, i10), v128.add<i32>(x11, i11), STREAM + 32);
  lay(v128.add<i32>(x12, i12), v128.add<i32>(x13, i13), v128.add<i32>(x14, i14), v128.add<i32>(x15, i15), STREAM + 48);
}

/** Four words of four blocks: block i's go to at + 64 i. */
@inline
function lay(a: v128, b: v128, c: v128, d: v128, at: usize): void {
  const ab0 = v128.shuffle<u32>(a, b, 0, 4, 1, 5);
  const cd0 = v128.shuffle<u32>(c, d, 0, 4, 1, 5);
  const ab1 = v128.shuffle<u32>(a, b, 2, 6, 3, 7);
  const cd1 = v128.shuffle<u32>(c, d, 2, 6, 3, 7);
  v128.store(at, v128.shuffle<u64>(ab0, cd0, 0, 2));
  v128.store(at, v128.shuffle<u64>(ab0, cd0, 1, 3), 64);
  v128.store(at, v128.shuffle<u64>(ab1, cd1, 0, 2), 128);
  v128.store(at, v128.shuffle<u64>(ab1, cd1, 1, 3), 192);
}

@inline
function rotated(words: v128, bits: i32): v128 {
  return v128.or(v128.shl<i32>(words, bits), v128.shr<u32>(words, 32 - bits));
}

@inline
function rotated16(words: v128): v128 {
  return v128.shuffle<u8>(words, words, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13);
}

@inline
function rotated8(words: v128): v128 {
  return v128.shuffle<u8>(words, words, 3, 0, 1, 2, 7, 4, 5, 6, 11, 8, 9, 10, 15, 12, 13, 14);
}

/** The first half of block 0 with the bits cleared that must be (RFC 8439 §2.5). */
function takeKey(): void {
  const low = load<u64>(STREAM) & 0x0ffffffc0fffffff;
  const high = load<u64>(STREAM, 8) & 0x0ffffffc0ffffffc;
  r0 = low & LIMB;
  r1 = (low >> 26) & LIMB;
  r2 = ((low >> 52) | (high << 12)) & LIMB;
  r3 = (high >> 14) & LIMB;
  r4 = high >> 40;
  h0 = 0;
  h1 = 0;
  h2 = 0;
  h3 = 0;
  h4 = 0;
}

/** Takes in whole blocks from memory. */
function hash(at: usize, blocks: usize): void {
  for (; blocks > 0; blocks--) {
    takeBlock(load<u64>(at), load<u64>(at, 8));
    at += 16;
  }
}

/** (accumulator + block + 2^128) * r modulo 2^130 - 5. */
@inline
function takeBlock(low: u64, high: u64): void {
  const a0 = h0 + (low & LIMB);
  const a1 = h1 + ((low >> 26) & LIMB);
  const a2 = h2 + (((low >> 52) | (high << 12)) & LIMB);
  const a3 = h3 + ((high >> 14) & LIMB);
  const a4 = h4 + ((high >> 40) | 0x1000000);
  const s1 = r1 * 5;
  const s2 = r2 * 5;
  const s3 = r3 * 5;
  const s4 = r4 * 5;
  const d0 = a0 * r0 + a1 * s4 + a2 * s3 + a3 * s2 + a4 * s1;
  const d1 = a0 * r1 + a1 * r0 + a2 * s4 + a3 * s3 + a4 * s2 + (d0 >> 26);
  const d2 = a0 * r2 + a1 * r1 + a2 * r0 + a3 * s4 + a4 * s3 + (d1 >> 26);
  const d3 = a0 * r3 + a1 * r2 + a2 * r1 + a3 * r0 + a4 * s4 + (d2 >> 26);
  const d4 = a0 * r4 + a1 * r3 + a2 * r2 + a3 * r1 + a4 * r0 + (d3 >> 26);
  const low0 = (d0 & LIMB) + (d4 >> 26) * 5;
  h0 = low0 & LIMB;
  h1 = (d1 & LIMB) + (low0 >> 26);
  h2 = d2 & LIMB;
  h3 = d3 & LIMB;
  h4 = d4 & LIMB;
}

/** 1 where the accumulator, fully reduced, plus the pad is the tag. */
function isTag(tag0: u64, tag1: u64, pad0: u64, pad1: u64): i32 {
  let carry = h1 >> 26;
  h1 &= LIMB;
  h2 += carry;
  carry = h2 >> 26;
  h2 &= LIMB;
  h3 += carry;
  carry = h3 >> 26;
  h3 &= LIMB;
  h4 += carry;
  carry = h4 >> 26;
  h4 &= LIMB;
  h0 += carry * 5;
  carry = h0 >> 26;
  h0 &= LIMB;
  h1 += carry;
  // h - (2^130 - 5) is h + 5 without bit 130, where that bit is set.
  const g0 = h0 + 5;
  const g1 = h1 + (g0 >> 26);
  const g2 = h2 + (g1 >> 26);
  const g3 = h3 + (g2 >> 26);
  const g4 = h4 + (g3 >> 26);
  if (g4 >> 26 !== 0) {
    h0 = g0 & LIMB;
    h1 = g1 & LIMB;
    h2 = g2 & LIMB;
    h3 = g3 & LIMB;
    h4 = g4 & LIMB;
  }
  const low = h0 | (h1 << 26) | (h2 << 52);
  const high = (h2 >> 12) | (h3 << 14) | (h4 << 40);
  const sum0 = low + pad0;
  const sum1 = high + pad1 + <u64>(sum0 < low);
  return sum0 === tag0 && sum1 === tag1 ? 1 : 0;
}
