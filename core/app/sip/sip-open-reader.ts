import { BODY_LIMIT } from '../message-reader.ts';
import type { MessageReader } from '../message-reader.ts';
import type { Readers } from '../readers.ts';
import { isMessageStart } from '../start-line.ts';
import { lineFeedFrom, withoutCr } from '../text-lines.ts';
import { scanSipHeaders } from './scan-headers.ts';

/** A SIP message on a stream whose Content-Length is missing or unusable: its body ends before the next start line. */
export class SipOpenReader implements MessageReader {
  readonly #readers: Readers;
  /** Bytes of the message in which no further start line was found. */
  #progress: number;

  constructor(readers: Readers, headers: number) {
    this.#readers = readers;
    this.#progress = headers;
  }

  step(bytes: Uint8Array, at: number, end: number): number {
    const window = this.#readers.window;
    const full = at + BODY_LIMIT;
    let line = at + this.#progress;
    for (;;) {
      const lf = lineFeedFrom(bytes, line, end);
      if (lf >= full || (lf === end && end >= full)) {
        this.#announce(bytes, at, full, true);
        this.#readers.lose();
        return full;
      }
      if (lf === end) {
        this.#progress = line - at;
        return window.stall('lf', 0, at);
      }
      if (isMessageStart(bytes, line, withoutCr(bytes, line, lf))) {
        this.#announce(bytes, at, line, false);
        this.#readers.begin();
        return line;
      }
      line = lf + 1;
    }
  }

  flush(bytes: Uint8Array, length: number, lost: boolean): number {
    this.#announce(bytes, 0, length, lost);
    return length;
  }

  /** A length that was named, and too large to be believed, was not reached. */
  #announce(bytes: Uint8Array, from: number, to: number, cut: boolean): void {
    const window = this.#readers.window;
    // Both directions share the scan's results: what waited is scanned again.
    scanSipHeaders(window.state.message, bytes, from, to);
    window.announceSip(bytes, from, to, cut || window.state.message.contentLength >= 0);
  }
}
