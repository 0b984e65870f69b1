/** IDEA (ISO/IEC 18033-3), for TLS_RSA_WITH_IDEA_CBC_SHA (RFC 5469). Key of 16 bytes. */
import type { BlockCipher } from './block-cipher.ts';

export function createIdea(key: Uint8Array): BlockCipher {
  const encryption = expandKey(key);
  const decryption = invertKeys(encryption);
  return {
    blockLength: 8,
    encryptBlock: (input, from, output, at) => cryptBlock(encryption, input, from, output, at),
    decryptBlock: (input, from, output, at) => cryptBlock(decryption, input, from, output, at),
  };
}

const ROUNDS = 8;
/** Six subkeys a round and four for the half round at the end. */
const SUBKEYS = 6 * ROUNDS + 4;

function cryptBlock(
  keys: Uint16Array,
  input: Uint8Array,
  from: number,
  output: Uint8Array,
  at: number,
): void {
  let [a, b, c, d] = [0, 2, 4, 6].map((i) => (input[from + i]! << 8) | input[from + i + 1]!);
  for (let round = 0; round < ROUNDS; round++) {
    const k = 6 * round;
    a = multiply(a!, keys[k]!);
    b = (b! + keys[k + 1]!) & 0xffff;
    c = (c! + keys[k + 2]!) & 0xffff;
    d = multiply(d!, keys[k + 3]!);
    const first = multiply(a ^ c, keys[k + 4]!);
    const second = multiply((first + (b ^ d)) & 0xffff, keys[k + 5]!);
    const third = (first + second) & 0xffff;
    a ^= second;
    d ^= third;
    [b, c] = [c ^ second, b ^ third];
  }
  // The middle words are swapped back, then keyed once more.
  const k = 6 * ROUNDS;
  const words = [
    multiply(a!, keys[k]!),
    (c! + keys[k + 1]!) & 0xffff,
    (b! + keys[k + 2]!) & 0xffff,
    multiply(d!, keys[k + 3]!),
  ];
  words.forEach((word, i) => {
    output[at + 2 * i] = word >>> 8;
    output[at + 2 * i + 1] = word;
  });
}

/** Modulo 2^16 + 1, with 0 for 2^16. */
function multiply(x: number, y: number): number {
  if (x === 0) return (0x10001 - y) & 0xffff;
  if (y === 0) return (0x10001 - x) & 0xffff;
  return ((x * y) % 0x10001) & 0xffff;
}

/** The key eight words at a time, rotated left by 25 bits for each further eight. */
function expandKey(key: Uint8Array): Uint16Array {
  const keys = new Uint16Array(SUBKEYS);
  for (let i = 0; i < SUBKEYS; i++) {
    const bit = 25 * (i >>> 3) + 16 * (i & 7);
    let word = 0;
    for (let n = 0; n < 3; n++) word = word * 256 + key[((bit >>> 3) + n) & 15]!;
    keys[i] = word >>> (8 - (bit & 7));
  }
  return keys;
}

/** Decryption is encryption with the inverse subkeys, last round first. */
function invertKeys(keys: Uint16Array): Uint16Array {
  const inverted = new Uint16Array(SUBKEYS);
  for (let round = 0; round <= ROUNDS; round++) {
    const from = 6 * (ROUNDS - round);
    const to = 6 * round;
    // The outermost rounds have their middle words unswapped.
    const swapped = round > 0 && round < ROUNDS ? 1 : 0;
    inverted[to] = inverse(keys[from]!);
    inverted[to + 1] = -keys[from + 1 + swapped]!;
    inverted[to + 2] = -keys[from + 2 - swapped]!;
    inverted[to + 3] = inverse(keys[from + 3]!);
    if (round === ROUNDS) break;
    inverted[to + 4] = keys[from - 2]!;
    inverted[to + 5] = keys[from - 1]!;
  }
  return inverted;
}

/** By Fermat: x^(p - 2) for the prime p = 2^16 + 1. */
function inverse(x: number): number {
  let result = 1;
  let power = x;
  for (let exponent = 0xffff; exponent > 0; exponent >>>= 1) {
    if (exponent & 1) result = multiply(result, power);
    power = multiply(power, power);
  }
  return result;
}
