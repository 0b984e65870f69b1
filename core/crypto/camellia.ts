/** Camellia (RFC 3713) with keys of 16, 24 and 32 bytes, for hosts that lack it. */
import type { BlockCipher } from './block-cipher.ts';

export function createCamellia(key: Uint8Array): BlockCipher {
  const schedule = expandKey(key);
  const reversed = reverseSchedule(schedule);
  return {
    blockLength: 16,
    encryptBlock: (input, from, output, at) => cryptBlock(schedule, input, from, output, at),
    decryptBlock: (input, from, output, at) => cryptBlock(reversed, input, from, output, at),
  };
}

/**
 * Subkeys in the order of use, two words each: kw1 kw2, then groups of six round keys with a pair of FL keys between
 * them, then kw3 kw4.
 */
type Schedule = Uint32Array;

// prettier-ignore
const SBOX1 = Uint8Array.of(
  112, 130, 44, 236, 179, 39, 192, 229, 228, 133, 87, 53, 234, 12, 174, 65, 35, 239, 107, 147, 69, 25, 165, 33, 237,
  14, 79, 78, 29, 101, 146, 189, 134, 184, 175, 143, 124, 235, 31, 206, 62, 48, 220, 95, 94, 197, 11, 26, 166, 225, 57,
  202, 213, 71, 93, 61, 217, 1, 90, 214, 81, 86, 108, 77, 139, 13, 154, 102, 251, 204, 176, 45, 116, 18, 43, 32, 240,
  177, 132, 153, 223, 76, 203, 194, 52, 126, 118, 5, 109, 183, 169, 49, 209, 23, 4, 215, 20, 88, 58, 97, 222, 27, 17,
  28, 50, 15, 156, 22, 83, 24, 242, 34, 254, 68, 207, 178, 195, 181, 122, 145, 36, 8, 232, 168, 96, 252, 105, 80, 170,
  208, 160, 125, 161, 137, 98, 151, 84, 91, 30, 149, 224, 255, 100, 210, 16, 196, 0, 72, 163, 247, 117, 219, 138, 3,
  230, 218, 9, 63, 221, 148, 135, 92, 131, 2, 205, 74, 144, 51, 115, 103, 246, 243, 157, 127, 191, 226, 82, 155, 216,
  38, 200, 55, 198, 59, 129, 150, 111, 75, 19, 190, 99, 46, 233, 121, 167, 140, 159, 110, 188, 142, 41, 245, 249, 182,
  47, 253, 180, 89, 120, 152, 6, 106, 231, 70, 113, 186, 212, 37, 171, 66, 136, 162, 141, 250, 114, 7, 185, 85, 248,
  238, 172, 10, 54, 73, 42, 104, 60, 56, 241, 164, 64, 40, 211, 123, 187, 201, 67, 193, 21, 227, 173, 244, 119, 199,
  128, 158,
);

/** Which bytes of P's output each of its input bytes reaches (RFC 3713 §2.4.1), first bit for the first byte. */
const REACH = [
  0b11101001, 0b01111100, 0b10110110, 0b11010011, 0b01110111, 0b10111011, 0b11011101, 0b11101110,
];

/** S-boxes and P in one: for each byte position and value the eight bytes of its share, as two words. */
const SHARES = makeShares();

const SIGMA = Uint32Array.of(
  0xa09e667f,
  0x3bcc908b,
  0xb67ae858,
  0x4caa73b2,
  0xc6ef372f,
  0xe94f82be,
  0x54ff53a5,
  0xf1d36f1c,
  0x10e527fa,
  0xde682d1d,
  0xb05688c2,
  0xb3e6c1fd,
);

/**
 * The order of subkeys: which 128-bit value (L, R, A, B of RFC 3713 §2.2), rotated left by how much, and which half (0
 * left, 1 right).
 */
type Step = readonly [source: 'L' | 'R' | 'A' | 'B', rotation: number, half: 0 | 1];

function both(source: Step[0], rotation: number): Step[] {
  return [
    [source, rotation, 0],
    [source, rotation, 1],
  ];
}

const STEPS_128: readonly Step[] = [
  ...both('L', 0),
  ...both('A', 0),
  ...both('L', 15),
  ...both('A', 15),
  ...both('A', 30),
  ...both('L', 45),
  ['A', 45, 0],
  ['L', 60, 1],
  ...both('A', 60),
  ...both('L', 77),
  ...both('L', 94),
  ...both('A', 94),
  ...both('L', 111),
  ...both('A', 111),
];

const STEPS_256: readonly Step[] = [
  ...both('L', 0),
  ...both('B', 0),
  ...both('R', 15),
  ...both('A', 15),
  ...both('R', 30),
  ...both('B', 30),
  ...both('L', 45),
  ...both('A', 45),
  ...both('L', 60),
  ...both('R', 60),
  ...both('B', 60),
  ...both('L', 77),
  ...both('A', 77),
  ...both('R', 94),
  ...both('A', 94),
  ...both('L', 111),
  ...both('B', 111),
];

function expandKey(key: Uint8Array): Schedule {
  const words = new Uint32Array(8);
  const view = new DataView(key.buffer, key.byteOffset, key.length);
  for (let i = 0; i < key.length / 4; i++) words[i] = view.getUint32(4 * i);
  // With 24 bytes the right half's missing part is the complement of what is there.
  if (key.length === 24) for (let i = 6; i < 8; i++) words[i] = ~words[i - 2]!;
  const left = words.subarray(0, 4);
  const right = words.subarray(4, 8);

  const data = left.map((word, i) => word ^ right[i]!);
  feistel(data, 0, 2, SIGMA, 0);
  feistel(data, 2, 0, SIGMA, 2);
  for (let i = 0; i < 4; i++) data[i] = data[i]! ^ left[i]!;
  feistel(data, 0, 2, SIGMA, 4);
  feistel(data, 2, 0, SIGMA, 6);
  const a = data.slice();
  for (let i = 0; i < 4; i++) data[i] = data[i]! ^ right[i]!;
  feistel(data, 0, 2, SIGMA, 8);
  feistel(data, 2, 0, SIGMA, 10);
  const sources = { L: left, R: right, A: a, B: data };

  const steps = key.length === 16 ? STEPS_128 : STEPS_256;
  const schedule = new Uint32Array(2 * steps.length);
  steps.forEach(([source, rotation, half], i) => {
    schedule[2 * i] = rotatedWord(sources[source], rotation, 2 * half);
    schedule[2 * i + 1] = rotatedWord(sources[source], rotation, 2 * half + 1);
  });
  return schedule;
}

/** Word `index` of a 128-bit value rotated left. */
function rotatedWord(value: Uint32Array, rotation: number, index: number): number {
  const whole = rotation >>> 5;
  const bits = rotation & 31;
  const high = value[(index + whole) & 3]!;
  if (bits === 0) return high;
  return (high << bits) | (value[(index + whole + 1) & 3]! >>> (32 - bits));
}

/** Decryption is encryption with the subkeys backwards (RFC 3713 §2.3.3); pairs of FL keys swap as well. */
function reverseSchedule(schedule: Schedule): Schedule {
  const reversed = new Uint32Array(schedule.length);
  const count = schedule.length / 2;
  for (let i = 0; i < count; i++) {
    // The whitening keys stay pairs in their order.
    const from = i < 2 ? count - 2 + i : i >= count - 2 ? i - (count - 2) : count - 1 - i;
    reversed[2 * i] = schedule[2 * from]!;
    reversed[2 * i + 1] = schedule[2 * from + 1]!;
  }
  return reversed;
}

const block = new Uint32Array(4);

function cryptBlock(
  schedule: Schedule,
  input: Uint8Array,
  from: number,
  output: Uint8Array,
  at: number,
): void {
  for (let i = 0; i < 4; i++) block[i] = wordAt(input, from + 4 * i) ^ schedule[i]!;
  const rounds = schedule.length === 52 ? 18 : 24;
  let next = 4;
  for (let round = 0; round < rounds; round++) {
    if (round > 0 && round % 6 === 0) {
      mixLeft(schedule, next);
      mixRight(schedule, next + 2);
      next += 4;
    }
    if (round % 2 === 0) feistel(block, 0, 2, schedule, next);
    else feistel(block, 2, 0, schedule, next);
    next += 2;
  }
  for (let i = 0; i < 4; i++) {
    const word = block[(i + 2) & 3]! ^ schedule[next + i]!;
    output[at + 4 * i] = word >>> 24;
    output[at + 4 * i + 1] = word >>> 16;
    output[at + 4 * i + 2] = word >>> 8;
    output[at + 4 * i + 3] = word;
  }
}

function wordAt(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
}

/** data[to] ^= F(data[from], key), each two words (RFC 3713 §2.4.1). */
function feistel(data: Uint32Array, from: number, to: number, keys: Uint32Array, key: number): void {
  const left = data[from]! ^ keys[key]!;
  const right = data[from + 1]! ^ keys[key + 1]!;
  let high = 0;
  let low = 0;
  for (let position = 0; position < 8; position++) {
    const word = position < 4 ? left : right;
    const value = (word >>> (24 - 8 * (position & 3))) & 0xff;
    const index = (position * 256 + value) * 2;
    high ^= SHARES[index]!;
    low ^= SHARES[index + 1]!;
  }
  data[to] = data[to]! ^ high;
  data[to + 1] = data[to + 1]! ^ low;
}

/** FL on the left half (RFC 3713 §2.4.2). */
function mixLeft(keys: Uint32Array, key: number): void {
  block[1] = block[1]! ^ rotateLeft(block[0]! & keys[key]!, 1);
  block[0] = block[0]! ^ (block[1] | keys[key + 1]!);
}

/** FL inverted on the right half (RFC 3713 §2.4.3). */
function mixRight(keys: Uint32Array, key: number): void {
  block[2] = block[2]! ^ (block[3]! | keys[key + 1]!);
  block[3] = block[3]! ^ rotateLeft(block[2] & keys[key]!, 1);
}

function rotateLeft(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}

function makeShares(): Uint32Array {
  const shares = new Uint32Array(8 * 256 * 2);
  // Which S-box each byte of F's input goes through, 0 for SBOX1 (RFC 3713 §2.4.1).
  const boxes = [0, 1, 2, 3, 1, 2, 3, 0];
  for (let position = 0; position < 8; position++)
    for (let value = 0; value < 256; value++) {
      const substituted = substitute(boxes[position]!, value);
      for (let byte = 0; byte < 8; byte++) {
        if (((REACH[position]! >>> (7 - byte)) & 1) === 0) continue;
        const index = (position * 256 + value) * 2 + (byte >>> 2);
        shares[index] = shares[index]! | (substituted << (24 - 8 * (byte & 3)));
      }
    }
  return shares;
}

/** SBOX2 to SBOX4 are SBOX1 with its output or input rotated (RFC 3713 §2.4.4). */
function substitute(box: number, value: number): number {
  if (box === 3) return SBOX1[((value << 1) | (value >>> 7)) & 0xff]!;
  const substituted = SBOX1[value]!;
  if (box === 1) return ((substituted << 1) | (substituted >>> 7)) & 0xff;
  if (box === 2) return ((substituted << 7) | (substituted >>> 1)) & 0xff;
  return substituted;
}
