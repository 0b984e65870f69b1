// GCM (NIST SP 800-38D): counters before the block cipher, GHASH and the key stream's XOR behind it. The cipher itself
// is the host's: it encrypts all counters of all records in one call.
// AssemblyScript; `node scripts/build-kernels.mjs` makes the module that TypeScript loads from it.
//
// The first two pages of memory are this kernel's own.

/** Sixteen zeros behind sixteen ones, from which masks of any length are read. */
const MASKS: usize = 1024;
/** Multiples of the hash key: for each of the sixteen bytes of a block what each of its 256 values contributes. */
const TABLE: usize = 4096;

/** Readies the table for a hash key of 16 bytes. */
export function setHashKey(key: usize): void {
  v128.store(MASKS, i32x4.splat(-1));
  v128.store(MASKS, i32x4.splat(0), 16);
  // Bits count from the left; each further one is the one before times x, and what falls off comes back as 0xe1.
  let high = bswap<u64>(load<u64>(key));
  let low = bswap<u64>(load<u64>(key, 8));
  for (let byte: usize = 0; byte < 16; byte++) {
    const part = TABLE + (byte << 12);
    v128.store(part, i32x4.splat(0));
    for (let value: usize = 128; value > 0; value >>= 1) {
      store<u64>(part + (value << 4), bswap<u64>(high));
      store<u64>(part + (value << 4), bswap<u64>(low), 8);
      const fallen = low & 1;
      low = (low >> 1) | (high << 63);
      high = (high >> 1) ^ (fallen * 0xe100000000000000);
    }
    for (let top: usize = 2; top < 256; top <<= 1) {
      const one = v128.load(part + (top << 4));
      for (let rest: usize = 1; rest < top; rest++)
        v128.store(part + ((top + rest) << 4), v128.xor(one, v128.load(part + (rest << 4))));
    }
  }
}

/**
 * Writes the counter blocks of `count` records. A row is eight words: where the ciphertext stands (its tag behind it),
 * its length, where the additional data stands (padded to whole blocks), its length, where its counters go (the nonce
 * stands there already), and the answer. Counter 1 comes first, it hides the tag (§7.1).
 */
export function layCounters(rows: usize, count: i32): void {
  for (let i: i32 = 0; i < count; i++) {
    const row = rows + 32 * i;
    const blocks: u32 = (load<u32>(row, 4) + 15) >> 4;
    let at: usize = load<u32>(row, 16);
    const nonce = v128.load(at);
    for (let counter: u32 = 1; counter <= blocks + 1; counter++) {
      v128.store(at, v128.replace_lane<i32>(nonce, 3, bswap<u32>(counter)));
      at += 16;
    }
  }
}

/** Decrypts in place and answers 1 where the tag fits, else 0. What stood at the counters is encrypted by now. */
export function open(rows: usize, count: i32): void {
  for (let i: i32 = 0; i < count; i++) openRow(rows + 32 * i);
}

function openRow(row: usize): void {
  let at: usize = load<u32>(row);
  const length: usize = load<u32>(row, 4);
  let additional: usize = load<u32>(row, 8);
  const additionalLength: usize = load<u32>(row, 12);
  let stream: usize = load<u32>(row, 16);
  // The last key stream block may be written over it.
  const tag = v128.load(at + length);
  const mask = v128.load(stream);
  stream += 16;

  let y = i32x4.splat(0);
  const additionalEnd = additional + additionalLength;
  for (; additional < additionalEnd; additional += 16)
    y = multiply(v128.xor(y, v128.load(additional)));
  const wholeEnd = at + (length & ~15);
  for (; at < wholeEnd; at += 16) {
    const sealed = v128.load(at);
    v128.store(at, v128.xor(sealed, v128.load(stream)));
    y = multiply(v128.xor(y, sealed));
    stream += 16;
  }
  const rest: usize = length & 15;
  if (rest > 0) {
    const sealed = v128.load(at);
    v128.store(at, v128.xor(sealed, v128.load(stream)));
    y = multiply(v128.xor(y, v128.and(sealed, v128.load(MASKS + 16 - rest))));
  }
  const lengths = i64x2(bswap<u64>(<u64>additionalLength << 3), bswap<u64>(<u64>length << 3));
  y = v128.xor(multiply(v128.xor(y, lengths)), mask);
  store<i32>(row, v128.any_true(v128.xor(y, tag)) ? 0 : 1, 20);
}

/** A block times the hash key: what each of its bytes contributes. */
@inline
function multiply(block: v128): v128 {
  const y0 = v128.extract_lane<u32>(block, 0);
  const y1 = v128.extract_lane<u32>(block, 1);
  const y2 = v128.extract_lane<u32>(block, 2);
  const y3 = v128.extract_lane<u32>(block, 3);
  const s0 = v128.xor(
    v128.xor(v128.load(TABLE + ((y0 << 4) & 0xff0), 0), v128.load(TABLE + ((y0 >> 4) & 0xff0), 4096)),
    v128.xor(v128.load(TABLE + ((y0 >> 12) & 0xff0), 8192), v128.load(TABLE + ((y0 >> 20) & 0xff0), 12288)),
  );
  const s1 = v128.xor(
    v128.xor(v128.load(TABLE + ((y1 << 4) & 0xff0), 16384), v128.load(TABLE + ((y1 >> 4) & 0xff0), 20480)),
    v128.xor(v128.load(TABLE + ((y1 >> 12) & 0xff0), 24576), v128.load(TABLE + ((y1 >> 20) & 0xff0), 28672)),
  );
  const s2 = v128.xor(
    v128.xor(v128.load(TABLE + ((y2 << 4) & 0xff0), 32768), v128.load(TABLE + ((y2 >> 4) & 0xff0), 36864)),
    v128.xor(v128.load(TABLE + ((y2 >> 12) & 0xff0), 40960), v128.load(TABLE + ((y2 >> 20) & 0xff0), 45056)),
  );
  const s3 = v128.xor(
    v128.xor(v128.load(TABLE + ((y3 << 4) & 0xff0), 49152), v128.load(TABLE + ((y3 >> 4) & 0xff0), 53248)),
    v128.xor(v128.load(TABLE + ((y3 >> 12) & 0xff0), 57344), v128.load(TABLE + ((y3 >> 20) & 0xff0), 61440)),
  );
  return v128.xor(v128.xor(s0, s1), v128.xor(s2, s3));
}
