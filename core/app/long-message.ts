import { BODY_LIMIT } from './message-reader.ts';
import type { Wait } from './message-window.ts';
import type { Readers } from './readers.ts';

/**
 * A message whose end only reading finds (HTTP chunks, MSRP). Counts what need not be looked at again; a message over
 * BODY_LIMIT is announced with its first BODY_LIMIT bytes, truncated, and the rest of it is passed over.
 */
export class LongMessage {
  /** Bytes of the message that are read, from where the window stands. */
  progress = 0;
  readonly #readers: Readers;
  readonly #kind: 'http' | 'msrp';
  #discarding = false;

  constructor(readers: Readers, kind: 'http' | 'msrp') {
    this.#readers = readers;
    this.#kind = kind;
  }

  start(progress: number): void {
    this.progress = progress;
    this.#discarding = false;
  }

  get overLimit(): boolean {
    return this.#discarding ? this.progress > 0 : this.progress >= BODY_LIMIT;
  }

  /** At the limit, or behind it: lets bytes go. Returns where the rest begins. */
  spill(bytes: Uint8Array, at: number): number {
    const count = this.#discarding ? this.progress : BODY_LIMIT;
    this.#announce(bytes, at, at + count, true);
    this.#discarding = true;
    this.progress -= count;
    return at + count;
  }

  /** Nothing more can be read of bytes from `at` on before what is waited for. */
  pause(wait: Wait, at: number): number {
    const { window } = this.#readers;
    if (!this.#discarding) return window.stall(wait, 0, at);
    const next = at + this.progress;
    this.progress = 0;
    return window.stall(wait, 0, next);
  }

  complete(bytes: Uint8Array, at: number): number {
    const to = at + this.progress;
    const cut = this.progress > BODY_LIMIT;
    this.#announce(bytes, at, cut ? at + BODY_LIMIT : to, cut);
    this.#readers.begin();
    return to;
  }

  /** The framing makes no sense: what was read is truncated, and framing is lost. */
  breakOff(bytes: Uint8Array, at: number): number {
    const to = at + Math.max(1, this.progress);
    this.#announce(bytes, at, Math.min(to, at + BODY_LIMIT), true);
    this.#readers.lose();
    return to;
  }

  flush(bytes: Uint8Array, length: number): number {
    this.#announce(bytes, 0, Math.min(length, BODY_LIMIT), true);
    return length;
  }

  #announce(bytes: Uint8Array, from: number, to: number, truncated: boolean): void {
    if (!this.#discarding) this.#readers.window.announceOther(this.#kind, bytes, from, to, truncated);
  }
}
