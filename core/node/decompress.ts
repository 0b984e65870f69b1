import { compressionFault, type BytesSink, type Decompressor } from '../capture/decompressor.ts';
import type { Packing } from '../capture/detect-format.ts';
import type { CaptureFault } from '../capture/frame.ts';
import { Lz4Decoder } from '../capture/lz4.ts';
import { ZstdDecoder } from '../capture/zstd.ts';
import { ZipDecompressor } from './unzip.ts';
import { ZlibStream } from './zlib-stream.ts';

/**
 * Unpacks a packed capture as it comes. `onBytes` is called during `push` and `finish` only. Memory does not grow with
 * what the data unpacks to.
 */
export function createDecompressor(kind: Packing, onBytes: BytesSink): Decompressor {
  if (kind === 'gzip') return new GzipDecompressor(onBytes);
  if (kind === 'zip') return new ZipDecompressor(onBytes);
  return new SynchronousDecompressor(kind === 'zstd' ? new ZstdDecoder(onBytes) : new Lz4Decoder(onBytes));
}

/** zstd and LZ4 are decoded in place; they only take on the common shape. */
class SynchronousDecompressor implements Decompressor {
  readonly #decoder: ZstdDecoder | Lz4Decoder;

  constructor(decoder: ZstdDecoder | Lz4Decoder) {
    this.#decoder = decoder;
  }

  get fault(): CaptureFault | null {
    return this.#decoder.fault;
  }

  push(chunk: Uint8Array): Promise<void> {
    this.#decoder.push(chunk);
    return Promise.resolve();
  }

  finish(): Promise<CaptureFault | null> {
    return Promise.resolve(this.#decoder.finish());
  }
}

/** Input is given to zlib in slices, of which the first RETAINED are kept to find out where exactly damage begins. */
const SLICE = 65_536;
const RETAINED = 4 * 1024 * 1024;
const FINER_SLICES = [512, 1];

/** gzip (RFC 1952), members one after the other. */
class GzipDecompressor implements Decompressor {
  fault: CaptureFault | null = null;
  readonly #onBytes: BytesSink;
  readonly #member: ZlibStream;
  #retained: Uint8Array[] | null = [];
  #packed = 0;

  constructor(onBytes: BytesSink) {
    this.#onBytes = onBytes;
    this.#member = new ZlibStream('gzip', onBytes);
  }

  async push(chunk: Uint8Array): Promise<void> {
    for (let at = 0; at < chunk.length && this.fault === null; at += SLICE) {
      const slice = chunk.subarray(at, at + SLICE);
      this.#retain(slice);
      await this.#member.write(slice);
      if (this.#member.error !== '') await this.#fail(this.#member.error);
      this.#packed += slice.length;
    }
  }

  async finish(): Promise<CaptureFault | null> {
    if (this.fault !== null) return this.fault;
    await this.#member.end();
    if (this.#member.error !== '') {
      this.fault = compressionFault('gzip', this.#member.unpacked, this.#packed, 'ends too early');
    }
    this.#retained = null;
    return this.fault;
  }

  #retain(slice: Uint8Array): void {
    if (this.#retained === null) return;
    if (this.#packed + slice.length > RETAINED) this.#retained = null;
    else this.#retained.push(slice.slice());
  }

  /**
   * zlib drops what it had unpacked in the call in which it met the damage. Where the input is still at hand, it is
   * unpacked again with ever smaller pieces at its end, so that nothing sound is lost.
   */
  async #fail(error: string): Promise<void> {
    const what = error === 'Z_DATA_ERROR' ? 'is damaged' : 'cannot be unpacked';
    let sound = this.#retained?.slice(0, -1) ?? [];
    let damaged = this.#retained?.at(-1) ?? new Uint8Array(0);
    this.#retained = null;
    let unpacked = this.#member.unpacked;
    let packed = this.#packed;
    for (const size of FINER_SLICES) {
      const known = unpacked;
      let passed = 0;
      const again = new ZlibStream('gzip', (bytes) => {
        const fresh = bytes.subarray(Math.max(0, known - passed));
        passed += bytes.length;
        if (fresh.length > 0) this.#onBytes(fresh);
      });
      for (const slice of sound) await again.write(slice);
      let at = 0;
      for (; at < damaged.length; at += size) {
        await again.write(damaged.subarray(at, at + size));
        if (again.error !== '') break;
      }
      again.destroy();
      unpacked = Math.max(unpacked, again.unpacked);
      packed += Math.min(at, damaged.length);
      sound = [...sound, damaged.subarray(0, at)];
      damaged = damaged.subarray(at, at + size);
    }
    this.fault = compressionFault('gzip', unpacked, packed, what);
  }
}
