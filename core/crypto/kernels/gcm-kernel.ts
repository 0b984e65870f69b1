/** GCM of many records at once: the host's block cipher makes all key stream in one call, WebAssembly does the rest. */
import { GCM_WASM } from './gcm.generated.ts';
import { loadKernel, type KernelFunction, type KernelModule } from './kernel-module.ts';

/** The kernel, or null where the host cannot run it. */
export function gcmKernel(): GcmKernel | null {
  return (loaded ??= loadGcmKernel()).kernel;
}

/**
 * Use: `begin` with what the records may need in all; copy sealed bytes to `bytes` from `dataAt` on; `add` each record and
 * write its nonce and additional data to the places that it gives; `open`; read the plaintexts where the ciphertexts were.
 */
export class GcmKernel {
  /** Where sealed bytes go. */
  readonly dataAt = OWN;
  /** Where the nonce (12 bytes) of the record just added is to be written. */
  nonceAt = 0;
  /** Where its additional data is to be written. */
  additionalAt = 0;
  readonly #kernel: KernelModule;
  readonly #setHashKey: KernelFunction;
  readonly #layCounters: KernelFunction;
  readonly #open: KernelFunction;
  #rowsAt = 0;
  #rows: Int32Array = new Int32Array(0);
  #count = 0;
  #countersAt = 0;
  #nextCounter = 0;
  #nextAdditional = 0;

  constructor(kernel: KernelModule) {
    this.#kernel = kernel;
    this.#setHashKey = kernel.call('setHashKey');
    this.#layCounters = kernel.call('layCounters');
    this.#open = kernel.call('open');
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
    // For each record the tag's mask and a last block that is not full, and one block for the hash key.
    this.#kernel.reserve(this.#countersAt + dataBytes + BLOCK * (2 * count + 2));
    this.#rows = new Int32Array(this.#kernel.bytes.buffer, this.#rowsAt, (ROW_BYTES / 4) * count);
    this.#kernel.bytes.fill(0, this.#countersAt, this.#countersAt + BLOCK);
    this.#nextCounter = this.#countersAt + BLOCK;
    this.#nextAdditional = additionalAt;
    this.#count = 0;
  }

  /** A record whose ciphertext of `length` bytes stands at `at`, its tag of 16 bytes behind it. Returns its number. */
  add(at: number, length: number, additionalLength: number): number {
    const row = this.#count++;
    const word = (ROW_BYTES / 4) * row;
    this.nonceAt = this.#nextCounter;
    this.additionalAt = this.#nextAdditional;
    this.#rows[word] = at;
    this.#rows[word + 1] = length;
    this.#rows[word + 2] = this.additionalAt;
    this.#rows[word + 3] = additionalLength;
    this.#rows[word + 4] = this.nonceAt;
    this.#nextCounter += BLOCK + wholeBlocks(length);
    this.#nextAdditional += wholeBlocks(additionalLength);
    // The last block is hashed whole.
    this.bytes.fill(0, this.additionalAt + additionalLength, this.#nextAdditional);
    return row;
  }

  /** `ecbEncrypt` encrypts whole blocks under the records' key. */
  open(ecbEncrypt: (blocks: Uint8Array) => Uint8Array): void {
    this.#layCounters(this.#rowsAt, this.#count);
    const blocks = this.bytes.subarray(this.#countersAt, this.#nextCounter);
    blocks.set(ecbEncrypt(blocks));
    this.#setHashKey(this.#countersAt);
    this.#open(this.#rowsAt, this.#count);
  }

  /** True where the tag of a record fits. What it finds bad is to be checked by other means before anybody is told. */
  isGood(row: number): boolean {
    return this.#rows[(ROW_BYTES / 4) * row + 5] === 1;
  }
}

/** Memory that the kernel has for itself. */
const OWN = 131_072;
const BLOCK = 16;
const ROW_BYTES = 32;

let loaded: { readonly kernel: GcmKernel | null } | null = null;

function loadGcmKernel(): { readonly kernel: GcmKernel | null } {
  const kernel = loadKernel(GCM_WASM);
  return { kernel: kernel === null ? null : new GcmKernel(kernel) };
}

function wholeBlocks(bytes: number): number {
  return (bytes + BLOCK - 1) & ~(BLOCK - 1);
}
