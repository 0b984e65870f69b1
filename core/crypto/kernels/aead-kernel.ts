/** AEADs over many records at once in WebAssembly: GCM with the host's block cipher, ChaCha20-Poly1305 alone. */
import { CHACHA20_POLY1305_WASM } from './chacha20-poly1305.generated.ts';
import { GCM_WASM } from './gcm.generated.ts';
import { loadKernel, type KernelFunction, type KernelModule } from './kernel-module.ts';

/** The kernel of GCM, or null where the host cannot run it. */
export function gcmKernel(): GcmKernel | null {
  if (gcm === undefined) {
    const kernel = loadKernel(GCM_WASM);
    gcm = kernel === null ? null : new GcmKernel(kernel);
  }
  return gcm;
}

/** The kernel of ChaCha20-Poly1305, or null where the host cannot run it. */
export function chachaKernel(): ChachaKernel | null {
  if (chacha === undefined) {
    const kernel = loadKernel(CHACHA20_POLY1305_WASM);
    chacha = kernel === null ? null : new ChachaKernel(kernel);
  }
  return chacha;
}

/**
 * Use: `begin` with what the records may need in all; copy sealed bytes to `bytes` from `dataAt` on; `add` each record and
 * write its nonce and additional data to the places that it gives; `open`; read the plaintexts where the ciphertexts
 * were. What it finds bad is to be checked by other means before anybody is told.
 */
export abstract class AeadKernel {
  /** Where sealed bytes go. */
  readonly dataAt = OWN;
  /** Where the nonce (12 bytes) of the record just added is to be written. */
  nonceAt = 0;
  /** Where its additional data is to be written. */
  additionalAt = 0;
  readonly #kernel: KernelModule;
  readonly #open: KernelFunction;
  readonly #streamInMemory: boolean;
  #rowsAt = 0;
  #rows: Int32Array = new Int32Array(0);
  #count = 0;
  #countersAt = 0;
  #nextCounter = 0;
  #nextAdditional = 0;

  /** With `streamInMemory` each record has room for its key stream behind its nonce, and one block stands before all. */
  constructor(kernel: KernelModule, streamInMemory: boolean) {
    this.#kernel = kernel;
    this.#open = kernel.call('open');
    this.#streamInMemory = streamInMemory;
  }

  /** The kernel's memory; not to be kept over `begin`. */
  get bytes(): Uint8Array {
    return this.#kernel.bytes;
  }

  /**
   * Makes room for `count` records with `dataBytes` bytes of sealed data and `additionalBytes` bytes of additional data in
   * all.
   */
  begin(count: number, dataBytes: number, additionalBytes: number): void {
    this.#rowsAt = wholeBlocks(OWN + dataBytes + BLOCK);
    const additionalAt = this.#rowsAt + ROW_BYTES * count;
    this.#countersAt = additionalAt + wholeBlocks(additionalBytes) + BLOCK * count;
    // For each record its nonce (GCM: the tag's mask) and a last block that is not full, and the block before all.
    const streams = this.#streamInMemory ? dataBytes + BLOCK * count : 0;
    this.#kernel.reserve(this.#countersAt + streams + BLOCK * (count + 2));
    this.#rows = new Int32Array(this.#kernel.bytes.buffer, this.#rowsAt, ROW_WORDS * count);
    this.#kernel.bytes.fill(0, this.#countersAt, this.#countersAt + BLOCK);
    this.#nextCounter = this.#countersAt + BLOCK;
    this.#nextAdditional = additionalAt;
    this.#count = 0;
  }

  /** A record whose ciphertext of `length` bytes stands at `at`, its tag of 16 bytes behind it. Returns its number. */
  add(at: number, length: number, additionalLength: number): number {
    const row = this.#count++;
    const word = ROW_WORDS * row;
    this.nonceAt = this.#nextCounter;
    this.additionalAt = this.#nextAdditional;
    this.#rows[word] = at;
    this.#rows[word + 1] = length;
    this.#rows[word + 2] = this.additionalAt;
    this.#rows[word + 3] = additionalLength;
    this.#rows[word + 4] = this.nonceAt;
    this.#nextCounter += BLOCK + (this.#streamInMemory ? wholeBlocks(length) : 0);
    this.#nextAdditional += wholeBlocks(additionalLength);
    // The last block is hashed whole.
    this.bytes.fill(0, this.additionalAt + additionalLength, this.#nextAdditional);
    return row;
  }

  /** True where the tag of a record fits. */
  isGood(row: number): boolean {
    return this.#rows[ROW_WORDS * row + 5] === 1;
  }

  /** Calls a function of the kernel with the rows and their number. */
  protected withRows(work: KernelFunction): void {
    work(this.#rowsAt, this.#count);
  }

  protected openRows(): void {
    this.#open(this.#rowsAt, this.#count);
  }

  /** The block before all nonces and everything that was added behind it. */
  protected counters(): Uint8Array {
    return this.bytes.subarray(this.#countersAt, this.#nextCounter);
  }
}

export class GcmKernel extends AeadKernel {
  readonly #setHashKey: KernelFunction;
  readonly #layCounters: KernelFunction;

  constructor(kernel: KernelModule) {
    super(kernel, true);
    this.#setHashKey = kernel.call('setHashKey');
    this.#layCounters = kernel.call('layCounters');
  }

  /** `ecbEncrypt` encrypts whole blocks under the records' key. */
  open(ecbEncrypt: (blocks: Uint8Array) => Uint8Array): void {
    this.withRows(this.#layCounters);
    const counters = this.counters();
    counters.set(ecbEncrypt(counters));
    // The block before all was zeros: encrypted it is the hash key.
    this.#setHashKey(counters.byteOffset);
    this.openRows();
  }
}

export class ChachaKernel extends AeadKernel {
  readonly #setKey: KernelFunction;

  constructor(kernel: KernelModule) {
    super(kernel, false);
    this.#setKey = kernel.call('setKey');
  }

  /** Key of 32 bytes. */
  open(key: Uint8Array): void {
    this.bytes.set(key, KEY_AT);
    this.#setKey(KEY_AT);
    this.openRows();
  }
}

/** Memory that a kernel has for itself; ChaCha20's key stands in it where no kernel writes. */
const OWN = 131_072;
const KEY_AT = 65_536;
const BLOCK = 16;
const ROW_WORDS = 8;
const ROW_BYTES = 4 * ROW_WORDS;

let gcm: GcmKernel | null | undefined;
let chacha: ChachaKernel | null | undefined;

function wholeBlocks(bytes: number): number {
  return (bytes + BLOCK - 1) & ~(BLOCK - 1);
}
