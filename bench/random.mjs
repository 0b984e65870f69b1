/** A deterministic source of numbers and bytes (xoshiro128**): the same seed makes the same capture. */
export class Random {
  #state;

  /** @param {number} seed */
  constructor(seed) {
    // SplitMix32 spreads the seed over the state.
    let word = seed >>> 0;
    this.#state = Uint32Array.from({ length: 4 }, () => {
      word = (word + 0x9e3779b9) >>> 0;
      let mixed = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
      mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
      return (mixed ^ (mixed >>> 16)) >>> 0;
    });
  }

  /** 32 unsigned bits. */
  word() {
    const s = this.#state;
    const product = Math.imul(s[1], 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9) >>> 0;
    const shifted = s[1] << 9;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= shifted;
    s[3] = (s[3] << 11) | (s[3] >>> 21);
    return result;
  }

  /** A whole number from 0 up to, not including, `end`. */
  below(end) {
    return Math.floor((this.word() / 0x1_0000_0000) * end);
  }

  /** A whole number from `low` to `high`, both included. */
  between(low, high) {
    return low + this.below(high - low + 1);
  }

  /** True with the given probability. */
  chance(probability) {
    return this.word() < probability * 0x1_0000_0000;
  }

  /** One of a list. */
  pick(list) {
    return list[this.below(list.length)];
  }

  bytes(length) {
    const bytes = Buffer.allocUnsafe(length);
    this.fill(bytes, 0, length);
    return bytes;
  }

  fill(bytes, from, to) {
    for (let at = from; at < to; at += 4) {
      const word = this.word();
      for (let i = at; i < at + 4 && i < to; i++) bytes[i] = word >>> ((i - at) * 8);
    }
  }

  /** Lower-case hexadecimal text of `bytes` bytes. */
  hex(bytes) {
    return this.bytes(bytes).toString('hex');
  }
}
