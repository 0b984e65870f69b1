/**
 * RC2 (RFC 2268) with as many effective bits as the key has, for the exportable suites of old: TLS makes their keys of
 * 16 bytes out of 5 or 7 secret ones.
 */
import type { BlockCipher } from './block-cipher.ts';

/** Key of 1 to 128 bytes. */
export function createRc2(key: Uint8Array): BlockCipher {
  const words = expandKey(key);
  return {
    blockLength: 8,
    encryptBlock: (input, from, output, at) => encryptBlock(words, input, from, output, at),
    decryptBlock: (input, from, output, at) => decryptBlock(words, input, from, output, at),
  };
}

/** The table PITABLE (RFC 2268 §2): a permutation made from the digits of π. */
const PI_TABLE = Uint8Array.from(
  (
    'd978f9c419ddb5ed28e9fd794aa0d89dc67e37832b76538e624c6488448bfba2179a59f587b34f1361456d8d09817d32bd8f40eb86b77b0bf09521225c6b4e82' +
    '54d66593ce60b21c7356c014a78cf1dc1275ca1f3bbee4d1423dd430a33cb6266fbf0eda4669075727f21d9bbc944303f811c7f690ef3ee706c3d52fc8661ed7' +
    '08e8eade8052eef784aa72ac354d6a2a961ad2715a1549744b9fd05e0418a4ecc2e0416e0f51cbcc2491af50a1f47039997c3a8523b8b47afc02365b25559731' +
    '2d5dfa98e38a92ae05df2910676cbac9d300e6cfe19ea82c6316013f58e289a90d38341bab33ffb0bb480c5fb9b1cd2ec5f3db47e5a59c770aa62068fe7fc1ad'
  ).match(/../g) ?? [],
  (digits) => Number.parseInt(digits, 16),
);

const SHIFTS = [1, 2, 3, 5];

/** Sixty-four words of 16 bits (RFC 2268 §2), here with T1 = 8 T: the reduction then changes one byte only. */
function expandKey(key: Uint8Array): Uint16Array {
  const bytes = new Uint8Array(128);
  bytes.set(key);
  const length = key.length;
  for (let i = length; i < 128; i++) bytes[i] = PI_TABLE[(bytes[i - 1]! + bytes[i - length]!) & 0xff]!;
  bytes[128 - length] = PI_TABLE[bytes[128 - length]!]!;
  for (let i = 127 - length; i >= 0; i--) bytes[i] = PI_TABLE[bytes[i + 1]! ^ bytes[i + length]!]!;
  return Uint16Array.from({ length: 64 }, (_, i) => bytes[2 * i]! | (bytes[2 * i + 1]! << 8));
}

const block = new Uint16Array(4);

/** Five mixing rounds, a mashing one, six, one, five (RFC 2268 §3). */
function encryptBlock(
  keys: Uint16Array,
  input: Uint8Array,
  from: number,
  output: Uint8Array,
  at: number,
): void {
  loadBlock(input, from);
  for (let round = 0; round < 16; round++) {
    if (round === 5 || round === 11)
      for (let i = 0; i < 4; i++) block[i] = block[i]! + keys[block[(i + 3) & 3]! & 63]!;
    for (let i = 0; i < 4; i++) {
      const last = block[(i + 3) & 3]!;
      const sum =
        block[i]! + keys[4 * round + i]! + (last & block[(i + 2) & 3]!) + (~last & block[(i + 1) & 3]!);
      block[i] = (sum << SHIFTS[i]!) | ((sum & 0xffff) >>> (16 - SHIFTS[i]!));
    }
  }
  storeBlock(output, at);
}

/** The same backwards (RFC 2268 §4). */
function decryptBlock(
  keys: Uint16Array,
  input: Uint8Array,
  from: number,
  output: Uint8Array,
  at: number,
): void {
  loadBlock(input, from);
  for (let round = 15; round >= 0; round--) {
    for (let i = 3; i >= 0; i--) {
      const last = block[(i + 3) & 3]!;
      const rotated = (block[i]! >>> SHIFTS[i]!) | (block[i]! << (16 - SHIFTS[i]!));
      block[i] =
        rotated - keys[4 * round + i]! - (last & block[(i + 2) & 3]!) - (~last & block[(i + 1) & 3]!);
    }
    if (round === 5 || round === 11)
      for (let i = 3; i >= 0; i--) block[i] = block[i]! - keys[block[(i + 3) & 3]! & 63]!;
  }
  storeBlock(output, at);
}

function loadBlock(input: Uint8Array, from: number): void {
  for (let i = 0; i < 4; i++) block[i] = input[from + 2 * i]! | (input[from + 2 * i + 1]! << 8);
}

function storeBlock(output: Uint8Array, at: number): void {
  for (let i = 0; i < 4; i++) {
    output[at + 2 * i] = block[i]!;
    output[at + 2 * i + 1] = block[i]! >>> 8;
  }
}
