import { constants, inflateRawSync } from 'node:zlib';
import type { Inflater, InflatePort } from '../app/events.ts';

/** Raw DEFLATE by the host's zlib, for compressed WebSocket messages (RFC 7692). */
export const nodeInflate: InflatePort = {
  createInflater: (windowBits) => new NodeInflater(windowBits),
};

/** An empty stored block without its first bits: what the sender took off each message (RFC 7692 §7.2.1). */
const TAIL = Uint8Array.of(0x00, 0x00, 0xff, 0xff);

/**
 * Each message is inflated by itself; what it may refer to in messages before it is handed over as a dictionary, so that
 * no native object lives as long as a connection.
 */
class NodeInflater implements Inflater {
  readonly #windowBits: number;
  #window: Uint8Array = new Uint8Array(0);

  constructor(windowBits: number) {
    this.#windowBits = Math.min(15, Math.max(8, windowBits));
  }

  push(bytes: Uint8Array, limit: number): Uint8Array | null {
    const input = new Uint8Array(bytes.length + TAIL.length);
    input.set(bytes);
    input.set(TAIL, bytes.length);
    let inflated: Uint8Array;
    try {
      inflated = inflateRawSync(input, {
        windowBits: this.#windowBits,
        finishFlush: constants.Z_SYNC_FLUSH,
        maxOutputLength: Math.max(1, limit),
        ...(this.#window.length > 0 ? { dictionary: this.#window } : {}),
      });
    } catch {
      this.reset();
      return null;
    }
    this.#remember(inflated);
    return inflated;
  }

  reset(): void {
    this.#window = new Uint8Array(0);
  }

  #remember(inflated: Uint8Array): void {
    const size = 1 << this.#windowBits;
    const kept = Math.max(0, Math.min(this.#window.length, size - inflated.length));
    const next = new Uint8Array(kept + Math.min(size, inflated.length));
    next.set(this.#window.subarray(this.#window.length - kept));
    next.set(inflated.subarray(Math.max(0, inflated.length - size)), kept);
    this.#window = next;
  }
}
