import { detectStreamProtocol, tlsBeginsAt } from './detect-protocol.ts';
import type { ConversationState } from './conversation-state.ts';
import { isFrameChain } from './http2/frame-header.ts';
import { BODY_LIMIT, HEADERS_LIMIT } from './message-reader.ts';
import type { MessageReader } from './message-reader.ts';
import type { MessageWindow } from './message-window.ts';
import * as codes from './protocols.ts';
import type { Readers } from './readers.ts';
import {
  hasContentType,
  SCAN_NEEDS_HEADERS,
  SCAN_NEEDS_LINE,
  SCAN_OK,
  scanSipHeaders,
} from './sip/scan-headers.ts';
import * as lines from './start-line.ts';
import { behindEmptyLines, lineFeedFrom, withoutCr } from './text-lines.ts';
import { decodeFrameHeader, HEADER_IMPOSSIBLE } from './websocket/frame-header.ts';

/** At the first byte of a message of any kind: reads SIP itself, and finds the reader for anything else. */
export class StartReader implements MessageReader {
  readonly #readers: Readers;

  constructor(readers: Readers) {
    this.#readers = readers;
  }

  step(bytes: Uint8Array, at: number, end: number): number {
    const window = this.#readers.window;
    const bound = Math.min(end, at + HEADERS_LIMIT);
    // First of all: where another thread scanned them, the bytes are not even looked at.
    const scanned = scanSipHeaders(window.state.message, bytes, at, bound);
    if (scanned === SCAN_OK) return this.#sip(window, bytes, at, end);
    const first = bytes[at]!;
    if (first === 13 || first === 10) {
      const to = behindEmptyLines(bytes, at, end);
      window.announceOther('keep-alive', bytes, at, to, false);
      return to;
    }
    if (scanned !== SCAN_NEEDS_HEADERS) return this.#other(bytes, at, end, first);
    if (end - at < HEADERS_LIMIT) return window.stall('blank', 0, at);
    window.announceSip(bytes, at, bound, true);
    this.#readers.lose();
    return bound;
  }

  /** The state's message holds a scan of the whole header block. */
  #sip(window: MessageWindow, bytes: Uint8Array, at: number, end: number): number {
    const message = window.state.message;
    const headersEnd = message.headersEnd;
    if (window.doubtful && message.callIdFrom < 0) {
      window.announceData(bytes, at, headersEnd);
      this.#readers.lose();
      return headersEnd;
    }
    const length = message.contentLength;
    if (length >= 0 && length <= BODY_LIMIT) {
      const to = headersEnd + length;
      if (to > end) return window.stall('bytes', to - at, at);
      window.announceSip(bytes, at, to, false);
      window.doubtful = false;
      return to;
    }
    // RFC 3261 §18.3 wants a Content-Length on streams. Without a usable one: a body only where its type is named, up to
    // the next start line.
    if (length > BODY_LIMIT || hasContentType(bytes, at, headersEnd))
      return window.enter(this.#readers.sipOpen(headersEnd - at), at);
    window.announceSip(bytes, at, headersEnd, false);
    window.doubtful = false;
    return headersEnd;
  }

  #other(bytes: Uint8Array, at: number, end: number, first: number): number {
    const { window } = this.#readers;
    const state = window.state;
    if (state.websocket) return window.enter(this.#readers.webSocket, at);
    if (state.http2 || (first === 0 && !state.sipKnown && isFrameChain(bytes, at, end, false)))
      return this.#http2(at);
    if (state.upgradeAskedBy === window.direction && first !== 0x16) {
      if (end - at < 2) return window.stall('any', 0, at);
      if (isMaskedFrame(state, bytes, at, end)) return window.enter(this.#readers.webSocket, at);
    }
    const tls = tlsBeginsAt(bytes, at, end, state.tunnelled);
    if (tls === 'yes') return window.enter(this.#readers.tunnel, at);
    if (tls === 'maybe') return window.stall('any', 0, at);
    if (state.foreign) return window.enter(this.#readers.data, at);
    const bound = Math.min(end, at + lines.START_LINE_LIMIT + 2);
    const lf = lineFeedFrom(bytes, at, bound);
    if (lf < bound) {
      switch (lines.classifyStartLine(bytes, at, withoutCr(bytes, at, lf))) {
        case lines.LINE_HTTP_REQUEST:
          if (lines.isHttp2Preface(bytes, at)) return this.#http2(at);
          return this.#readers.http.begin(bytes, at, end, true);
        case lines.LINE_HTTP_RESPONSE:
          return this.#readers.http.begin(bytes, at, end, false);
        case lines.LINE_MSRP:
          return this.#readers.msrp.begin(bytes, at, lf);
      }
    } else if (bound === end && lines.couldBecomeStartLine(bytes, at, end))
      return window.stall('line', 0, at);
    return this.#unknown(bytes, at, end);
  }

  /** The first bytes that are no start line may name a protocol; else a start line is looked for behind them. */
  #unknown(bytes: Uint8Array, at: number, end: number): number {
    const { window } = this.#readers;
    const state = window.state;
    if (state.protocol === '' || state.protocol === 'data') {
      const code = detectStreamProtocol(bytes, at, end);
      if (code === codes.PROTOCOL_NEEDS_MORE && end - at < 64) return window.stall('any', 0, at);
      if (code === codes.PROTOCOL_WEBSOCKET) {
        state.websocket = true;
        state.become('WebSocket', window.unit);
        return window.enter(this.#readers.webSocket, at);
      }
      if (code > codes.PROTOCOL_NEEDS_MORE && code !== codes.PROTOCOL_TLS) return this.#foreign(code, at);
    }
    this.#readers.lose();
    return at;
  }

  #http2(at: number): number {
    const { window } = this.#readers;
    window.state.http2 = true;
    window.state.become(codes.protocolName(codes.PROTOCOL_HTTP2), window.unit);
    return window.enter(this.#readers.http2, at);
  }

  #foreign(code: number, at: number): number {
    const { window } = this.#readers;
    window.state.foreign = true;
    window.state.become(codes.protocolName(code), window.unit);
    return window.enter(this.#readers.data, at);
  }

  flush(bytes: Uint8Array, length: number, _lost: boolean, rescue: boolean): number {
    const window = this.#readers.window;
    const message = window.state.message;
    const scanned = scanSipHeaders(message, bytes, 0, length);
    const begun = scanned === SCAN_OK || scanned === SCAN_NEEDS_HEADERS;
    if (begun && (!window.doubtful || message.callIdFrom >= 0)) {
      const next = rescue && scanned === SCAN_OK ? nextStartLine(bytes, message.headersEnd, length) : length;
      window.announceSip(bytes, 0, next, true);
      window.doubtful = true;
      return next;
    }
    const lf = lineFeedFrom(bytes, 0, length);
    const kind = lines.classifyStartLine(bytes, 0, withoutCr(bytes, 0, lf));
    if (kind === lines.LINE_HTTP_REQUEST || kind === lines.LINE_HTTP_RESPONSE)
      window.announceOther('http', bytes, 0, length, true);
    else if (
      scanned === SCAN_NEEDS_LINE &&
      !window.doubtful &&
      (kind === lines.LINE_SIP_REQUEST || kind === lines.LINE_SIP_RESPONSE)
    ) {
      // Cut inside its start line, or just behind it.
      message.startLineEnd = withoutCr(bytes, 0, length);
      message.isRequest = kind === lines.LINE_SIP_REQUEST;
      message.status = 0;
      window.announceSip(bytes, 0, length, true);
    } else window.announceData(bytes, 0, length);
    return length;
  }
}

function isMaskedFrame(state: ConversationState, bytes: Uint8Array, at: number, end: number): boolean {
  return (
    (bytes[at + 1]! & 0x80) !== 0 &&
    decodeFrameHeader(state.frameHeader, bytes, at, end) !== HEADER_IMPOSSIBLE
  );
}

/** The first line of bytes[from, to) that is a start line, or `to`. */
function nextStartLine(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to) {
    const lf = lineFeedFrom(bytes, at, to);
    if (lf === to) return to;
    if (lines.isMessageStart(bytes, at, withoutCr(bytes, at, lf))) return at;
    at = lf + 1;
  }
  return to;
}
