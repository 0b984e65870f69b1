/**
 * RC4, whose key stream runs on over all records of a direction. No host of ours can be relied on to have it.
 * `position` counts the key stream bytes already used, so that a copy kept at a known place is a checkpoint.
 */
export class Rc4 {
  position = 0;
  readonly #state = new Uint8Array(256);
  #i = 0;
  #j = 0;

  /** Key of 1 to 256 bytes. */
  constructor(key: Uint8Array) {
    const state = this.#state;
    for (let i = 0; i < 256; i++) state[i] = i;
    let j = 0;
    for (let i = 0; i < 256; i++) {
      const swapped = state[i]!;
      j = (j + swapped + key[i % key.length]!) & 0xff;
      state[i] = state[j]!;
      state[j] = swapped;
    }
  }

  /** An independent copy that goes on from the same position. */
  checkpoint(): Rc4 {
    const copy = new Rc4(ANY_KEY);
    copy.#state.set(this.#state);
    copy.#i = this.#i;
    copy.#j = this.#j;
    copy.position = this.position;
    return copy;
  }

  /** Passes over `count` bytes of key stream. */
  skip(count: number): void {
    const state = this.#state;
    let i = this.#i;
    let j = this.#j;
    for (let n = 0; n < count; n++) {
      i = (i + 1) & 0xff;
      const swapped = state[i]!;
      j = (j + swapped) & 0xff;
      state[i] = state[j]!;
      state[j] = swapped;
    }
    this.#i = i;
    this.#j = j;
    this.position += count;
  }

  /** XORs input[from, to) into output at `at`. Input and output may be the same array at the same place. */
  apply(input: Uint8Array, from: number, to: number, output: Uint8Array, at: number): void {
    const state = this.#state;
    let i = this.#i;
    let j = this.#j;
    for (let n = from; n < to; n++) {
      i = (i + 1) & 0xff;
      const left = state[i]!;
      j = (j + left) & 0xff;
      const right = state[j]!;
      state[i] = right;
      state[j] = left;
      output[at++] = input[n]! ^ state[(left + right) & 0xff]!;
    }
    this.#i = i;
    this.#j = j;
    this.position += to - from;
  }
}

const ANY_KEY = new Uint8Array(1);
