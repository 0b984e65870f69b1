import { LongMessage } from '../long-message.ts';
import type { MessageReader } from '../message-reader.ts';
import type { Readers } from '../readers.ts';
import { matches, START_LINE_LIMIT, tokenEnd } from '../start-line.ts';
import { lineFeedFrom, withoutCr } from '../text-lines.ts';

/** MSRP messages (RFC 4975 §7.1): up to the line of seven hyphens, transaction id and flag. */
export class MsrpReader implements MessageReader {
  readonly #readers: Readers;
  readonly #message: LongMessage;
  #transaction = new Uint8Array(0);

  constructor(readers: Readers) {
    this.#readers = readers;
    this.#message = new LongMessage(readers, 'msrp');
  }

  /** A whole start line stands at `at`, its LF at `lf`. */
  begin(bytes: Uint8Array, at: number, lf: number): number {
    const { window } = this.#readers;
    this.#transaction = bytes.slice(at + 5, tokenEnd(bytes, at + 5, lf));
    window.state.become('MSRP', window.unit);
    this.#message.start(lf + 1 - at);
    return window.enter(this, at);
  }

  step(bytes: Uint8Array, at: number, end: number): number {
    const message = this.#message;
    for (;;) {
      const start = at + message.progress;
      const lf = lineFeedFrom(bytes, start, end);
      if (lf === end) {
        // An end line is short: what is far behind the line's beginning is body.
        if (lf - start > 2 * START_LINE_LIMIT) message.progress = lf - START_LINE_LIMIT - at;
        return message.overLimit ? message.spill(bytes, at) : message.pause('lf', at);
      }
      message.progress = lf + 1 - at;
      if (this.#isEnd(bytes, start, withoutCr(bytes, start, lf))) return message.complete(bytes, at);
      if (message.overLimit) return message.spill(bytes, at);
    }
  }

  flush(bytes: Uint8Array, length: number): number {
    return this.#message.flush(bytes, length);
  }

  #isEnd(bytes: Uint8Array, from: number, to: number): boolean {
    const transaction = this.#transaction;
    if (to - from !== 8 + transaction.length) return false;
    for (let i = 0; i < 7; i++) if (bytes[from + i] !== 0x2d) return false;
    if (!matches(bytes, from + 7, transaction)) return false;
    const flag = bytes[to - 1];
    return flag === 0x24 || flag === 0x2b || flag === 0x23;
  }
}
