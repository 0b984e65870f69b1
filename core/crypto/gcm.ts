/** GCM (NIST SP 800-38D) with 12-byte nonces over whichever block cipher the caller brings. */

/**
 * Opens ciphertext with its 16-byte tag behind it. `ecbEncrypt` encrypts whole 16-byte blocks under the key. null where
 * the tag does not fit.
 */
export function gcmOpen(
  ecbEncrypt: (data: Uint8Array) => Uint8Array,
  nonce: Uint8Array,
  additionalData: Uint8Array,
  data: Uint8Array,
): Uint8Array | null {
  const length = data.length - 16;
  if (length < 0 || nonce.length !== 12) return null;
  const blocks = Math.ceil(length / 16);
  // One call for all: the hash key (a block of zeros), the tag's mask (counter 1), the key stream (from 2 on).
  const counters = new Uint8Array(16 * (blocks + 2));
  const view = new DataView(counters.buffer);
  for (let block = 1; block < blocks + 2; block++) {
    counters.set(nonce, 16 * block);
    view.setUint32(16 * block + 12, block);
  }
  const keystream = ecbEncrypt(counters);

  const ghash = new Ghash(keystream.subarray(0, 16));
  ghash.update(additionalData, 0, additionalData.length);
  ghash.update(data, 0, length);
  const tag = ghash.digest(additionalData.length, length);
  let difference = 0;
  for (let i = 0; i < 16; i++) difference |= tag[i]! ^ keystream[16 + i]! ^ data[length + i]!;
  if (difference !== 0) return null;

  const plain = new Uint8Array(length);
  for (let i = 0; i < length; i++) plain[i] = data[i]! ^ keystream[32 + i]!;
  return plain;
}

/** GHASH (NIST SP 800-38D §6.4) by a table of 16 multiples of the hash key, four bits at a time. */
export class Ghash {
  // Multiples of H: four words each, most significant first.
  readonly #table = new Uint32Array(16 * 4);
  readonly #state = new Uint32Array(4);

  constructor(hashKey: Uint8Array) {
    const table = this.#table;
    const view = new DataView(hashKey.buffer, hashKey.byteOffset, 16);
    // Bits count from the left: entry 8 is H itself, 4 is H·x, 2 is H·x², 1 is H·x³.
    for (let i = 0; i < 4; i++) table[8 * 4 + i] = view.getUint32(4 * i);
    for (let entry = 4; entry >= 1; entry >>= 1) multiplyByX(table, 2 * entry * 4, entry * 4);
    for (const entry of [3, 5, 6, 7, 9, 10, 11, 12, 13, 14, 15]) {
      const top = entry >= 8 ? 8 : entry >= 4 ? 4 : 2;
      for (let i = 0; i < 4; i++) table[4 * entry + i] = table[4 * top + i]! ^ table[4 * (entry - top) + i]!;
    }
  }

  /** Takes in bytes[from, to), padded with zeros to whole blocks. */
  update(bytes: Uint8Array, from: number, to: number): void {
    const state = this.#state;
    for (let at = from; at < to; at += 16) {
      for (let word = 0; word < 4; word++) {
        let value = 0;
        for (let i = 0; i < 4; i++) {
          const index = at + 4 * word + i;
          value = (value << 8) | (index < to ? bytes[index]! : 0);
        }
        state[word] = state[word]! ^ value;
      }
      this.#multiply();
    }
  }

  /** Takes in both lengths (in bytes) and gives the 16-byte hash. */
  digest(additionalLength: number, length: number): Uint8Array {
    const state = this.#state;
    state[0] = state[0]! ^ Math.floor(additionalLength / 0x20000000);
    state[1] = state[1]! ^ (additionalLength * 8);
    state[2] = state[2]! ^ Math.floor(length / 0x20000000);
    state[3] = state[3]! ^ (length * 8);
    this.#multiply();
    const output = new Uint8Array(16);
    const view = new DataView(output.buffer);
    for (let i = 0; i < 4; i++) view.setUint32(4 * i, state[i]!);
    return output;
  }

  /** state · H, from the last four bits to the first: multiply what is there by x⁴, add the table's entry. */
  #multiply(): void {
    const state = this.#state;
    const table = this.#table;
    let a = 0;
    let b = 0;
    let c = 0;
    let d = 0;
    for (let nibble = 31; nibble >= 0; nibble--) {
      const fallen = d & 15;
      d = (d >>> 4) | (c << 28);
      c = (c >>> 4) | (b << 28);
      b = (b >>> 4) | (a << 28);
      a = (a >>> 4) ^ (REDUCTION[fallen]! << 16);
      const entry = 4 * ((state[nibble >>> 3]! >>> (28 - 4 * (nibble & 7))) & 15);
      a ^= table[entry]!;
      b ^= table[entry + 1]!;
      c ^= table[entry + 2]!;
      d ^= table[entry + 3]!;
    }
    state[0] = a;
    state[1] = b;
    state[2] = c;
    state[3] = d;
  }
}

/** What four bits that fall off the right end come back as, in the first 16 bits (x^128 = 1 + x + x² + x⁷). */
const REDUCTION = Uint16Array.from({ length: 16 }, (_, bits) => {
  let value = 0;
  for (let i = 0; i < 4; i++) if ((bits >>> i) & 1) value ^= 0xe100 >>> (3 - i);
  return value;
});

function multiplyByX(table: Uint32Array, from: number, to: number): void {
  const fallen = table[from + 3]! & 1;
  for (let i = 3; i > 0; i--) table[to + i] = (table[from + i]! >>> 1) | (table[from + i - 1]! << 31);
  table[to] = (table[from]! >>> 1) ^ (fallen === 1 ? 0xe1000000 : 0);
}
