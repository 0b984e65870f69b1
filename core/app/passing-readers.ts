/**
 * Readers that pass bytes on without reading them.
 */
import { isTlsHello, tlsBeginsAt } from './detect-protocol.ts';
import type { MessageReader } from './message-reader.ts';
import type { Readers } from './readers.ts';

/** Bytes of a protocol that this layer does not read; TLS may begin in them. */
export class DataReader implements MessageReader {
  readonly survivesEnd = true;
  readonly #readers: Readers;

  constructor(readers: Readers) {
    this.#readers = readers;
  }

  step(bytes: Uint8Array, at: number, end: number): number {
    const { window } = this.#readers;
    if (window.inBuffer || window.beginsChunk(at)) {
      const tls = tlsBeginsAt(bytes, at, end, window.state.tunnelled);
      if (tls === 'yes') return window.enter(this.#readers.tunnel, at);
      if (tls === 'maybe') return window.stall('any', 0, at);
    }
    for (let i = at + 1; i < end; i++) {
      if (bytes[i] !== 0x16 || !isTlsHello(bytes, i, end) || bytes[i + 5] !== 1) continue;
      // A ClientHello is followed by nothing before it is answered: it fills the rest, or goes on behind it.
      if (i + 5 + ((bytes[i + 3]! << 8) | bytes[i + 4]!) < end) continue;
      window.announceData(bytes, at, i);
      return window.enter(this.#readers.tunnel, i);
    }
    window.announceData(bytes, at, end);
    return end;
  }

  flush(bytes: Uint8Array, length: number): number {
    this.#readers.window.announceData(bytes, 0, length);
    return length;
  }

  afterLoss(): void {}
}

/** TLS inside the protocol: everything goes to the child conversation. */
export class TunnelReader implements MessageReader {
  readonly survivesEnd = true;
  readonly #readers: Readers;

  constructor(readers: Readers) {
    this.#readers = readers;
  }

  step(bytes: Uint8Array, at: number, end: number): number {
    this.#readers.window.announceTunnel(bytes, at, end);
    return end;
  }

  flush(_bytes: Uint8Array, length: number): number {
    return length;
  }

  afterLoss(): void {}
}

/** The rest of a message that was announced at its limit. */
export class SkipReader implements MessageReader {
  readonly #readers: Readers;
  readonly #next: MessageReader;
  #count: number;

  constructor(readers: Readers, count: number, next: MessageReader) {
    this.#readers = readers;
    this.#count = count;
    this.#next = next;
  }

  step(_bytes: Uint8Array, at: number, end: number): number {
    const take = Math.min(this.#count, end - at);
    this.#count -= take;
    return this.#count === 0 ? this.#readers.window.enter(this.#next, at + take) : at + take;
  }

  flush(_bytes: Uint8Array, length: number): number {
    return length;
  }
}
