/** SEED (RFC 4269), for TLS_*_WITH_SEED_CBC_SHA (RFC 4162). Key of 16 bytes. */
import type { BlockCipher } from './block-cipher.ts';
import { affineInField, powerInField } from './galois.ts';

export function createSeed(key: Uint8Array): BlockCipher {
  const encryption = expandKey(key);
  // Decryption takes the round keys backwards, pair by pair.
  const decryption = encryption.map((_, i) => encryption[30 - (i & ~1) + (i & 1)]!);
  return {
    blockLength: 16,
    encryptBlock: (input, from, output, at) => cryptBlock(encryption, input, from, output, at),
    decryptBlock: (input, from, output, at) => cryptBlock(decryption, input, from, output, at),
  };
}

const ROUNDS = 16;
/** S-boxes and masks of G in one (RFC 4269 §2.2): for each byte of a word and each value a word. */
const TABLES = makeTables();

function cryptBlock(
  keys: Uint32Array,
  input: Uint8Array,
  from: number,
  output: Uint8Array,
  at: number,
): void {
  const view = new DataView(input.buffer, input.byteOffset);
  let l0 = view.getUint32(from);
  let l1 = view.getUint32(from + 4);
  let r0 = view.getUint32(from + 8);
  let r1 = view.getUint32(from + 12);
  for (let round = 0; round < ROUNDS; round++) {
    const c = r0 ^ keys[2 * round]!;
    const first = mix(c ^ r1 ^ keys[2 * round + 1]!);
    const second = mix((c + first) | 0);
    const third = mix((first + second) | 0);
    const left = l0 ^ ((second + third) | 0);
    const right = l1 ^ third;
    l0 = r0;
    l1 = r1;
    r0 = left;
    r1 = right;
  }
  // The halves are not swapped after the last round.
  const outputView = new DataView(output.buffer, output.byteOffset);
  outputView.setUint32(at, r0);
  outputView.setUint32(at + 4, r1);
  outputView.setUint32(at + 8, l0);
  outputView.setUint32(at + 12, l1);
}

/** The function G. */
function mix(word: number): number {
  return (
    TABLES[word & 0xff]! ^
    TABLES[256 + ((word >>> 8) & 0xff)]! ^
    TABLES[512 + ((word >>> 16) & 0xff)]! ^
    TABLES[768 + (word >>> 24)]!
  );
}

function expandKey(key: Uint8Array): Uint32Array {
  const view = new DataView(key.buffer, key.byteOffset, 16);
  let [a, b, c, d] = [0, 4, 8, 12].map((at) => view.getUint32(at));
  const keys = new Uint32Array(2 * ROUNDS);
  // The golden ratio, rotated by one for each round.
  let constant = 0x9e3779b9;
  for (let round = 0; round < ROUNDS; round++) {
    keys[2 * round] = mix((a! + c! - constant) | 0);
    keys[2 * round + 1] = mix((b! - d! + constant) | 0);
    if (round % 2 === 0) [a, b] = [(a! >>> 8) | (b! << 24), (b! >>> 8) | (a! << 24)];
    else [c, d] = [(c! << 8) | (d! >>> 24), (d! << 8) | (c! >>> 24)];
    constant = (constant << 1) | (constant >>> 31);
  }
  return keys;
}

function makeTables(): Int32Array {
  const tables = new Int32Array(4 * 256);
  const masks = [0xfc, 0xf3, 0xcf, 0x3f];
  for (let x = 0; x < 256; x++) {
    const boxes = [
      affineInField([0x2c, 0xd0, 0x69, 0xc2, 0x41, 0x44, 0x58, 0xe2], 169, powerInField(x, 247, 0x163)),
      affineInField([0xd0, 0x2a, 0xe1, 0x2c, 0x21, 0x30, 0xa2, 0x6c], 56, powerInField(x, 251, 0x163)),
    ];
    for (let byte = 0; byte < 4; byte++) {
      let word = 0;
      for (let target = 0; target < 4; target++)
        word |= (boxes[byte & 1]! & masks[(byte + target) & 3]!) << (8 * target);
      tables[256 * byte + x] = word;
    }
  }
  return tables;
}
