import type { ConversationState } from './conversation-state.ts';
import { detectDatagramProtocol } from './detect-datagram.ts';
import type { MessagePlace } from './events.ts';
import { PROTOCOL_KEEP_ALIVE, protocolName } from './protocols.ts';
import { SCAN_NEEDS_HEADERS, SCAN_NEEDS_LINE, SCAN_OK, scanSipHeaders } from './sip/scan-headers.ts';
import { classifyStartLine, LINE_SIP_REQUEST, LINE_SIP_RESPONSE } from './start-line.ts';

/** Reads datagrams of both directions: each is one message (RFC 3261 §18.3). */
export class DatagramReader {
  readonly #state: ConversationState;

  constructor(state: ConversationState) {
    this.#state = state;
  }

  datagram(direction: 0 | 1, bytes: Uint8Array, from: number, to: number, unit: number, frame: number): void {
    const state = this.#state;
    let start = from;
    while (start < to && (bytes[start] === 13 || bytes[start] === 10)) start++;
    if (start < to && this.#isSip(bytes, start, to)) {
      const message = state.message;
      place(message, direction, bytes, start, to, unit, start - from, frame);
      // A Content-Length shorter than the datagram cuts it (§18.3); one that is longer says that bytes are missing.
      const wanted = message.headersEnd + message.contentLength;
      const framed = message.headersEnd >= 0 && message.contentLength >= 0;
      if (framed && wanted < to) message.to = wanted;
      message.offsetInLast = message.to - from;
      message.truncated = message.headersEnd < 0 || (framed && wanted > to);
      state.sipKnown = true;
      state.become('SIP', unit);
      state.sink.sip(message);
      return;
    }
    const code = detectDatagramProtocol(bytes, from, to);
    const other = state.other;
    other.kind = code === PROTOCOL_KEEP_ALIVE ? 'keep-alive' : 'data';
    place(other, direction, bytes, from, to, unit, 0, frame);
    other.truncated = false;
    if (code !== PROTOCOL_KEEP_ALIVE && !state.sipKnown) state.become(protocolName(code), unit);
    state.sink.other(other);
  }

  /** Scans into the state's message. A datagram that ends inside its headers is a message too. */
  #isSip(bytes: Uint8Array, from: number, to: number): boolean {
    const first = bytes[from]!;
    if (first < 0x21 || first > 0x7e) return false;
    const message = this.#state.message;
    const scanned = scanSipHeaders(message, bytes, from, to);
    if (scanned === SCAN_OK || scanned === SCAN_NEEDS_HEADERS) return true;
    if (scanned !== SCAN_NEEDS_LINE) return false;
    const kind = classifyStartLine(bytes, from, to);
    if (kind !== LINE_SIP_REQUEST && kind !== LINE_SIP_RESPONSE) return false;
    message.startLineEnd = to;
    message.isRequest = kind === LINE_SIP_REQUEST;
    message.status = 0;
    return true;
  }
}

function place(
  into: MessagePlace,
  direction: 0 | 1,
  bytes: Uint8Array,
  from: number,
  to: number,
  unit: number,
  offset: number,
  frame: number,
): void {
  into.bytes = bytes;
  into.from = from;
  into.to = to;
  into.direction = direction;
  into.firstUnit = into.lastUnit = unit;
  into.offsetInFirst = offset;
  into.offsetInLast = offset + to - from;
  into.frame = frame;
  into.derived = false;
}
