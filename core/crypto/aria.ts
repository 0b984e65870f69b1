/** ARIA (RFC 5794) with keys of 16, 24 and 32 bytes, for hosts that lack it. */
import type { BlockCipher } from './block-cipher.ts';
import { affineInField, powerInField } from './galois.ts';

export function createAria(key: Uint8Array): BlockCipher {
  const encryption = expandKey(key);
  const decryption = invertSchedule(encryption);
  return {
    blockLength: 16,
    encryptBlock: (input, from, output, at) => cryptBlock(encryption, input, from, output, at),
    decryptBlock: (input, from, output, at) => cryptBlock(decryption, input, from, output, at),
  };
}

/** Round keys one after the other, 16 bytes each. */
type Schedule = Uint8Array;

/** S-boxes S1, S2 and their inverses (RFC 5794 §2.4.2), computed: S1 is AES's, S2 is affine over x^247. */
const BOXES = makeBoxes();

/** Which input bytes make up each output byte of the diffusion layer (RFC 5794 §2.4.3). */
// prettier-ignore
const DIFFUSION = Uint8Array.of(
  3, 4, 6, 8, 9, 13, 14,
  2, 5, 7, 8, 9, 12, 15,
  1, 4, 6, 10, 11, 12, 15,
  0, 5, 7, 10, 11, 13, 14,
  0, 2, 5, 8, 11, 14, 15,
  1, 3, 4, 9, 10, 14, 15,
  0, 2, 7, 9, 10, 12, 13,
  1, 3, 6, 8, 11, 12, 13,
  0, 1, 4, 7, 10, 13, 15,
  0, 1, 5, 6, 11, 12, 14,
  2, 3, 5, 6, 8, 13, 15,
  2, 3, 4, 7, 9, 12, 14,
  1, 2, 6, 7, 9, 11, 12,
  0, 3, 6, 7, 8, 10, 13,
  0, 3, 4, 5, 9, 11, 14,
  1, 2, 4, 5, 8, 10, 15,
);

/** The constants C1 to C3 (RFC 5794 §2.2): the fraction of 1/π. */
const CONSTANTS = [
  Uint32Array.of(0x517cc1b7, 0x27220a94, 0xfe13abe8, 0xfa9a6ee0),
  Uint32Array.of(0x6db14acc, 0x9e21c820, 0xff28b1d5, 0xef5de2b0),
  Uint32Array.of(0xdb92371d, 0x2126e970, 0x03249775, 0x04e8c90e),
].map((words) => {
  const bytes = new Uint8Array(16);
  const view = new DataView(bytes.buffer);
  words.forEach((word, i) => view.setUint32(4 * i, word));
  return bytes;
});

const state = new Uint8Array(16);
const substituted = new Uint8Array(16);

function cryptBlock(
  schedule: Schedule,
  input: Uint8Array,
  from: number,
  output: Uint8Array,
  at: number,
): void {
  const rounds = schedule.length / 16 - 1;
  for (let i = 0; i < 16; i++) state[i] = input[from + i]!;
  for (let round = 0; round < rounds - 1; round++) {
    substitute(schedule, 16 * round, round % 2 === 0 ? 0 : 2);
    diffuse(substituted, 0, state, 0);
  }
  // The last round has a key where the others have the diffusion (RFC 5794 §2.3.1).
  substitute(schedule, 16 * (rounds - 1), 2);
  for (let i = 0; i < 16; i++) output[at + i] = substituted[i]! ^ schedule[16 * rounds + i]!;
}

/** Adds a round key to `state` and puts it through S1 S2 X1 X2 …, or X1 X2 S1 S2 … with `shift` 2. */
function substitute(schedule: Schedule, key: number, shift: 0 | 2): void {
  for (let i = 0; i < 16; i++)
    substituted[i] = BOXES[256 * ((i + shift) & 3) + (state[i]! ^ schedule[key + i]!)]!;
}

function diffuse(input: Uint8Array, from: number, output: Uint8Array, at: number): void {
  for (let i = 0; i < 16; i++) {
    let sum = 0;
    for (let n = 7 * i; n < 7 * i + 7; n++) sum ^= input[from + DIFFUSION[n]!]!;
    output[at + i] = sum;
  }
}

function expandKey(key: Uint8Array): Schedule {
  const left = key.subarray(0, 16);
  const right = new Uint8Array(16);
  right.set(key.subarray(16));
  // Which constant comes first depends on the key's length (RFC 5794 §2.2).
  const first = key.length / 8 - 2;
  const w0 = left.slice();
  const w1 = mix(w0, CONSTANTS[first % 3]!, 0, right);
  const w2 = mix(w1, CONSTANTS[(first + 1) % 3]!, 2, w0);
  const w3 = mix(w2, CONSTANTS[(first + 2) % 3]!, 0, w1);
  const w = [w0, w1, w2, w3];

  const rounds = key.length / 4 + 8;
  const schedule = new Uint8Array(16 * (rounds + 1));
  // Rotations to the right; 61 and 31 to the left are 67 and 97 to the right, 19 to the left is 109.
  const rotations = [19, 31, 67, 97, 109];
  for (let i = 0; i <= rounds; i++) {
    const one = w[i % 4]!;
    const other = rotateRight(w[(i + 1) % 4]!, rotations[i >>> 2]!);
    for (let byte = 0; byte < 16; byte++) schedule[16 * i + byte] = one[byte]! ^ other[byte]!;
  }
  return schedule;
}

/** FO (shift 0) or FE (shift 2) of `value` with a constant as key, plus `added`. */
function mix(value: Uint8Array, constant: Uint8Array, shift: 0 | 2, added: Uint8Array): Uint8Array {
  state.set(value);
  substitute(constant, 0, shift);
  const mixed = new Uint8Array(16);
  diffuse(substituted, 0, mixed, 0);
  for (let i = 0; i < 16; i++) mixed[i] = mixed[i]! ^ added[i]!;
  return mixed;
}

function rotateRight(value: Uint8Array, bits: number): Uint8Array {
  const whole = bits >>> 3;
  const rest = bits & 7;
  return value.map((_, i) => {
    const low = value[(i - whole + 16) & 15]!;
    const high = value[(i - whole + 15) & 15]!;
    return (low >>> rest) | (high << (8 - rest));
  });
}

/** Decryption keys (RFC 5794 §2.2): backwards, the inner ones through the diffusion, which is its own inverse. */
function invertSchedule(schedule: Schedule): Schedule {
  const rounds = schedule.length / 16 - 1;
  const inverted = new Uint8Array(schedule.length);
  for (let i = 0; i <= rounds; i++) {
    const from = 16 * (rounds - i);
    if (i === 0 || i === rounds) inverted.set(schedule.subarray(from, from + 16), 16 * i);
    else diffuse(schedule, from, inverted, 16 * i);
  }
  return inverted;
}

/** S1, S2, S1 inverted, S2 inverted, 256 bytes each (RFC 5794 §2.4.2). */
function makeBoxes(): Uint8Array {
  const boxes = new Uint8Array(4 * 256);
  for (let x = 0; x < 256; x++) {
    const one = affineInField(
      [0x1f, 0x3e, 0x7c, 0xf8, 0xf1, 0xe3, 0xc7, 0x8f],
      0x63,
      powerInField(x, 254, 0x11b),
    );
    const two = affineInField(
      [0xac, 0xc5, 0x12, 0xcf, 0x5b, 0x5f, 0x85, 0xee],
      0xe2,
      powerInField(x, 247, 0x11b),
    );
    boxes[x] = one;
    boxes[256 + x] = two;
    boxes[512 + one] = x;
    boxes[768 + two] = x;
  }
  return boxes;
}
