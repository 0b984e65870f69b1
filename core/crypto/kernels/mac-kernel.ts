/** HMAC checks of four messages at once, in WebAssembly. */
import type { HashName } from '../backend.ts';
import { HMAC_SHA1_WASM } from './hmac-sha1.generated.ts';
import { HMAC_SHA256_WASM } from './hmac-sha256.generated.ts';
import { loadKernel, type KernelFunction, type KernelModule } from './kernel-module.ts';

/** Messages and MACs within one array: row i is bytes[starts[i], starts[i] + lengths[i]), its MAC begins at macs[i]. */
export interface MacRows {
  readonly count: number;
  readonly bytes: Uint8Array;
  readonly starts: Int32Array;
  /** A negative length passes the row over. */
  readonly lengths: Int32Array;
  readonly macs: Int32Array;
  /** Answers: 1 where the MAC fits, else 0. */
  readonly good: Uint8Array;
}

/** The kernel of a hash, or null where there is none or the host cannot run it. */
export function macKernelOf(hash: HashName): MacKernel | null {
  if (hash === 'sha1') return (sha1 ??= loadMacKernel(HMAC_SHA1_WASM)).kernel;
  if (hash === 'sha256') return (sha256 ??= loadMacKernel(HMAC_SHA256_WASM)).kernel;
  return null;
}

/** Longest key: a block of the hash. Longer ones are hashed first (RFC 2104 §2), which is left to others. */
export const LONGEST_KERNEL_KEY = 64;

export class MacKernel {
  readonly #kernel: KernelModule;
  readonly #setKey: KernelFunction;
  readonly #check: KernelFunction;
  #order = new Int32Array(512);
  readonly #counts = new Int32Array(MOST_BLOCKS + 1);

  constructor(kernel: KernelModule) {
    this.#kernel = kernel;
    this.#setKey = kernel.call('setKey');
    this.#check = kernel.call('check');
  }

  /** Fills `rows.good`. What it finds bad is to be checked by other means before anybody is told. */
  check(key: Uint8Array, macLength: number, rows: MacRows): void {
    const count = this.#sortByBlocks(rows);
    rows.good.fill(0, 0, rows.count);
    if (count === 0) return;
    // Only the stretch that the rows need is copied.
    let from = rows.bytes.length;
    let to = 0;
    for (let n = 0; n < count; n++) {
      const row = this.#order[n]!;
      from = Math.min(from, rows.starts[row]!);
      to = Math.max(to, rows.macs[row]! + macLength, rows.starts[row]! + rows.lengths[row]!);
    }
    const table = OWN + to - from + SLACK;
    const aligned = (table + 15) & ~15;
    const kernel = this.#kernel;
    kernel.reserve(aligned + 16 * count);
    kernel.bytes.set(key, OWN - LONGEST_KERNEL_KEY);
    this.#setKey(OWN - LONGEST_KERNEL_KEY, key.length);
    kernel.bytes.set(rows.bytes.subarray(from, to), OWN);
    const words = new Int32Array(kernel.bytes.buffer, aligned, 4 * count);
    const shift = OWN - from;
    for (let n = 0; n < count; n++) {
      const row = this.#order[n]!;
      words[4 * n] = rows.starts[row]! + shift;
      words[4 * n + 1] = rows.lengths[row]!;
      words[4 * n + 2] = rows.macs[row]! + shift;
    }
    this.#check(aligned, count, macLength);
    for (let n = 0; n < count; n++) rows.good[this.#order[n]!] = words[4 * n + 3]!;
  }

  /**
   * The rows in the order of their blocks, since four that are checked together take as long as the longest. Returns
   * how many rows there are to check.
   */
  #sortByBlocks(rows: MacRows): number {
    if (this.#order.length < rows.count) this.#order = new Int32Array(2 * rows.count);
    const order = this.#order;
    const counts = this.#counts.fill(0);
    for (let row = 0; row < rows.count; row++) {
      const length = rows.lengths[row]!;
      if (length >= 0) counts[blocksOf(length)]!++;
    }
    let before = 0;
    for (let blocks = 0; blocks <= MOST_BLOCKS; blocks++) {
      const here = counts[blocks]!;
      counts[blocks] = before;
      before += here;
    }
    for (let row = 0; row < rows.count; row++) {
      const length = rows.lengths[row]!;
      if (length >= 0) order[counts[blocksOf(length)]!++] = row;
    }
    return before;
  }
}

/** Memory that the kernel has for itself, the key last. */
const OWN = 65_536;
/** Tails are read in whole blocks, also behind the last message. */
const SLACK = 64;
/** Longer messages than any record's are sorted as if they were this long. */
const MOST_BLOCKS = 300;

interface Loaded {
  readonly kernel: MacKernel | null;
}

let sha1: Loaded | null = null;
let sha256: Loaded | null = null;

function loadMacKernel(base64: string): Loaded {
  const kernel = loadKernel(base64);
  return { kernel: kernel === null ? null : new MacKernel(kernel) };
}

function blocksOf(length: number): number {
  return Math.min((length + 8) >>> 6, MOST_BLOCKS);
}
