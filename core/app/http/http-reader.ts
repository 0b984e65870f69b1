import { LongMessage } from '../long-message.ts';
import { BODY_LIMIT, HEADERS_LIMIT } from '../message-reader.ts';
import type { MessageReader } from '../message-reader.ts';
import type { Readers } from '../readers.ts';
import { START_LINE_LIMIT } from '../start-line.ts';
import { lineFeedFrom, withoutCr } from '../text-lines.ts';
import { blankLineEnd, chunkSizeOf, METHOD_OTHER, readHttpHeaders } from './http-framing.ts';

/** HTTP/1.1 messages (RFC 9112) of one direction. A step reads a body that is not framed by its length. */
export class HttpReader implements MessageReader {
  readonly #readers: Readers;
  readonly #message: LongMessage;
  #untilClose = false;
  #chunkLeft = 0;
  #chunkEndDue = false;
  #trailer = false;

  constructor(readers: Readers) {
    this.#readers = readers;
    this.#message = new LongMessage(readers, 'http');
  }

  /** A whole start line stands at `at`. */
  begin(bytes: Uint8Array, at: number, end: number, isRequest: boolean): number {
    const { window } = this.#readers;
    const state = window.state;
    const bound = Math.min(end, at + HEADERS_LIMIT);
    const headersEnd = blankLineEnd(bytes, at, bound);
    if (headersEnd < 0) {
      if (end - at < HEADERS_LIMIT) return window.stall('blank', 0, at);
      window.announceOther('http', bytes, at, bound, true);
      this.#readers.lose();
      return bound;
    }
    const headers = state.http;
    const method = isRequest ? METHOD_OTHER : state.methodAnswered(window.direction);
    readHttpHeaders(headers, bytes, at, headersEnd, isRequest, method);
    state.become('HTTP', window.unit);
    if (headers.body === 'chunked' || headers.body === 'until-close') {
      this.#count();
      this.#message.start(headersEnd - at);
      this.#untilClose = headers.body === 'until-close';
      this.#chunkLeft = 0;
      this.#chunkEndDue = this.#trailer = false;
      return window.enter(this, at);
    }
    const total = headersEnd - at + headers.contentLength;
    const kept = Math.min(total, BODY_LIMIT);
    if (kept > end - at) return window.stall('bytes', kept, at);
    this.#count();
    if (headers.websocket && isRequest) state.upgradeAskedBy = window.direction;
    const upgraded = headers.websocket && !isRequest && headers.status === 101;
    window.announceOther('http', bytes, at, at + kept, total > kept);
    this.#readers.begin();
    if (upgraded) {
      state.websocket = true;
      state.become('WebSocket', window.unit);
      window.enter(this.#readers.webSocket, at);
    } else if (total > kept) window.enter(this.#readers.skip(total - kept, this.#readers.start), at);
    return at + kept;
  }

  step(bytes: Uint8Array, at: number, end: number): number {
    return this.#untilClose ? this.#openEnd(bytes, at, end) : this.#chunks(bytes, at, end);
  }

  /** What ends with the connection is whole where nothing was lost. */
  flush(bytes: Uint8Array, length: number, lost: boolean): number {
    if (!this.#untilClose) return this.#message.flush(bytes, length);
    this.#readers.window.announceOther('http', bytes, 0, length, lost);
    return length;
  }

  #openEnd(bytes: Uint8Array, at: number, end: number): number {
    const { window } = this.#readers;
    const full = at + BODY_LIMIT;
    if (full > end) return window.stall('bytes', BODY_LIMIT, at);
    window.announceOther('http', bytes, at, full, true);
    return window.enter(this.#readers.skip(Infinity, this.#readers.start), full);
  }

  /** RFC 9112 §7.1. */
  #chunks(bytes: Uint8Array, at: number, end: number): number {
    const message = this.#message;
    for (;;) {
      const start = at + message.progress;
      if (this.#chunkLeft > 0) {
        const take = Math.min(this.#chunkLeft, end - start);
        this.#chunkLeft -= take;
        message.progress += take;
        if (message.overLimit) return message.spill(bytes, at);
        if (this.#chunkLeft > 0) return message.pause('any', at);
        continue;
      }
      const lf = lineFeedFrom(bytes, start, end);
      if (lf - start > START_LINE_LIMIT) return message.breakOff(bytes, at);
      if (lf === end) return message.pause('lf', at);
      const lineEnd = withoutCr(bytes, start, lf);
      message.progress = lf + 1 - at;
      if (this.#trailer) {
        if (lineEnd === start) return message.complete(bytes, at);
        continue;
      }
      if (lineEnd === start && this.#chunkEndDue) {
        this.#chunkEndDue = false;
        continue;
      }
      const size = chunkSizeOf(bytes, start, lineEnd);
      if (size < 0) return message.breakOff(bytes, at);
      this.#trailer = size === 0;
      this.#chunkLeft = size;
      this.#chunkEndDue = true;
    }
  }

  /** Remembers a request, or that one was answered; interim responses answer nothing (RFC 9110 §15.2). */
  #count(): void {
    const { state, direction } = this.#readers.window;
    const headers = state.http;
    if (headers.isRequest) state.requested(direction, headers.method);
    else if (headers.status >= 200 || headers.status === 101) state.answered(direction);
  }
}
