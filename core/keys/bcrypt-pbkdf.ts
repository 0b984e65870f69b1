/**
 * bcrypt_pbkdf, the key derivation of OpenSSH's private key files: PBKDF2's shape around bcrypt over SHA-512, with the
 * output bytes of its blocks spread through the key (OpenBSD's bcrypt_pbkdf.c is the only definition).
 */
import { sha512 } from '@noble/hashes/sha2.js';
import { concatBytes, u32be } from '../bytes/reader.ts';
import { asciiBytes } from '../bytes/text.ts';

/** Derives `length` bytes. Costs about 128 Blowfish key schedules a round and 32 bytes. */
export function deriveBcryptPbkdf(
  password: Uint8Array,
  salt: Uint8Array,
  rounds: number,
  length: number,
): Uint8Array {
  const hashedPassword = sha512(password);
  const blocks = Math.ceil(length / HASH_LENGTH);
  const stride = Math.ceil(length / blocks);
  const key = new Uint8Array(length);
  for (let block = 1; block <= blocks; block++) {
    let part = bcryptHash(hashedPassword, sha512(concatBytes([salt, bigEndian(block)])));
    const sum = part.slice();
    for (let round = 1; round < rounds; round++) {
      part = bcryptHash(hashedPassword, sha512(part));
      for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] ?? 0) ^ (part[i] ?? 0);
    }
    for (let i = 0; i < stride; i++) {
      const at = i * blocks + (block - 1);
      if (at < length) key[at] = sum[i] ?? 0;
    }
  }
  return key;
}

const HASH_LENGTH = 32;
const MAGIC_TEXT = asciiBytes('OxychromaticBlowfishSwatDynamite');
const P_WORDS = 18;
const S_WORDS = 1024;

/** One bcrypt of 64 expansions, with a text of its own; words come out little-endian. */
function bcryptHash(password: Uint8Array, salt: Uint8Array): Uint8Array {
  const state = initialState().slice();
  const passwordWords = wordsOf(password);
  const saltWords = wordsOf(salt);
  expand(state, passwordWords, saltWords);
  for (let i = 0; i < 64; i++) {
    expand(state, saltWords, ZERO_SALT);
    expand(state, passwordWords, ZERO_SALT);
  }
  const text = wordsOf(MAGIC_TEXT);
  for (let at = 0; at < text.length; at += 2) for (let i = 0; i < 64; i++) encipher(state, text, at);
  const out = new Uint8Array(HASH_LENGTH);
  const view = new DataView(out.buffer);
  text.forEach((word, i) => {
    view.setUint32(i * 4, word, true);
  });
  return out;
}

/** Blowfish's key schedule with a salt mixed into what is enciphered (bcrypt's ExpandKey). */
function expand(state: Uint32Array, key: Uint32Array, salt: Uint32Array): void {
  for (let i = 0; i < P_WORDS; i++) state[i] = state[i]! ^ key[i % key.length]!;
  const pair = new Uint32Array(2);
  let at = 0;
  for (let i = 0; i < P_WORDS + S_WORDS; i += 2) {
    pair[0] = pair[0]! ^ salt[at % salt.length]!;
    pair[1] = pair[1]! ^ salt[(at + 1) % salt.length]!;
    at += 2;
    encipher(state, pair, 0);
    state[i] = pair[0];
    state[i + 1] = pair[1];
  }
}

/** Sixteen rounds of Blowfish on the pair at words[at]. `state` is P followed by the four S boxes. */
function encipher(state: Uint32Array, words: Uint32Array, at: number): void {
  let left = words[at]!;
  let right = words[at + 1]!;
  for (let round = 0; round < 16; round += 2) {
    left ^= state[round]!;
    right ^= feistel(state, left);
    right ^= state[round + 1]!;
    left ^= feistel(state, right);
  }
  words[at] = right ^ state[17]!;
  words[at + 1] = left ^ state[16]!;
}

function feistel(state: Uint32Array, x: number): number {
  const sum = (state[P_WORDS + (x >>> 24)]! + state[P_WORDS + 256 + ((x >>> 16) & 0xff)]!) | 0;
  const mixed = sum ^ state[P_WORDS + 512 + ((x >>> 8) & 0xff)]!;
  return (mixed + state[P_WORDS + 768 + (x & 0xff)]!) | 0;
}

function wordsOf(bytes: Uint8Array): Uint32Array {
  return Uint32Array.from({ length: bytes.length >> 2 }, (_, i) => u32be(bytes, i * 4));
}

function bigEndian(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);
}

const ZERO_SALT = new Uint32Array(2);
let initial: Uint32Array | null = null;

/** Blowfish begins with the fraction of pi in binary: 18 and 4 times 256 words. Computed once, when first needed. */
function initialState(): Uint32Array {
  initial ??= fractionOfPi(P_WORDS + S_WORDS);
  return initial;
}

/** By Machin's formula, pi = 16 arctan(1/5) - 4 arctan(1/239), in fixed point with 64 bits to spare. */
function fractionOfPi(words: number): Uint32Array {
  const bits = BigInt(words * 32 + 64);
  const one = 1n << bits;
  const pi = 16n * arctanOfInverse(5n, one) - 4n * arctanOfInverse(239n, one);
  const digits = (pi - 3n * one) >> 64n;
  const hex = digits.toString(16).padStart(words * 8, '0');
  return Uint32Array.from({ length: words }, (_, i) => Number.parseInt(hex.slice(i * 8, i * 8 + 8), 16));
}

function arctanOfInverse(x: bigint, one: bigint): bigint {
  const square = x * x;
  let power = one / x;
  let sum = power;
  for (let n = 3n, sign = -1n; power > 0n; n += 2n, sign = -sign) {
    power /= square;
    sum += (sign * power) / n;
  }
  return sum;
}
