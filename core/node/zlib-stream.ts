import { constants, createGunzip, createInflateRaw, type Gunzip, type InflateRaw } from 'node:zlib';
import type { BytesSink } from '../capture/decompressor.ts';

const SLICE = 65_536;

/** node:zlib's stream, whose errors are values here. */
export class ZlibStream {
  /** Code of the error met, empty while there is none. */
  error = '';
  unpacked = 0;
  /** zlib has ended by itself: what stands behind is not its own (tapes and copies pad with zeros). */
  ended = false;
  readonly #zlib: Gunzip | InflateRaw;
  #wake: (() => void) | null = null;

  constructor(kind: 'gzip' | 'deflate', onBytes: BytesSink) {
    const options = { chunkSize: SLICE, flush: constants.Z_SYNC_FLUSH };
    this.#zlib = kind === 'gzip' ? createGunzip(options) : createInflateRaw(options);
    this.#zlib.on('data', (bytes: Uint8Array) => {
      this.unpacked += bytes.length;
      onBytes(bytes);
    });
    this.#zlib.on('error', (error: Error & { code?: string }) => {
      this.error = error.code ?? 'unknown';
      this.#wakeUp();
    });
    this.#zlib.on('end', () => {
      this.ended = true;
      this.#wakeUp();
    });
  }

  write(bytes: Uint8Array): Promise<void> {
    if (this.error !== '' || this.ended) return Promise.resolve();
    return new Promise((resolve) => {
      this.#wake = resolve;
      this.#zlib.write(bytes, () => this.#wakeUp());
    });
  }

  end(): Promise<void> {
    if (this.error !== '' || this.ended) return Promise.resolve();
    return new Promise((resolve) => {
      this.#wake = resolve;
      this.#zlib.end();
    });
  }

  destroy(): void {
    this.#zlib.destroy();
  }

  #wakeUp(): void {
    // What is unpacked but not yet announced is announced now: nothing may come when nobody waits.
    while (this.error === '' && this.#zlib.readableLength > 0) this.#zlib.read();
    const wake = this.#wake;
    this.#wake = null;
    if (wake !== null) wake();
  }
}
