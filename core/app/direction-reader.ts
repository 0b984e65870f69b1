/**
 * Cuts one direction of a conversation into messages. A chunk that holds whole messages is announced from its own bytes;
 * only a message over several chunks is copied. What is announced does not depend on how the bytes were split (keep-alives
 * and data, which have no messages, aside).
 *
 * Every step looks at bytes[at, end), which begin at a message's first byte, and either consumes some of them or says in
 * `wait` what it needs; the bytes from there on are then kept in the buffer and looked at again when that is there.
 */
import type { MessagePlace } from './events.ts';
import type { ConversationState } from './conversation-state.ts';
import { detectStreamProtocol, isTlsHello, isTlsRecord } from './detect-protocol.ts';
import { blankLineEnd, chunkSizeOf, METHOD_OTHER, readHttpHeaders } from './http/http-framing.ts';
import { MessageBuffer } from './message-buffer.ts';
import { OPCODE_CLOSE, OPCODE_CONTINUATION } from './other-message.ts';
import * as codes from './protocols.ts';
import { SCAN_NEEDS_HEADERS, SCAN_NEEDS_LINE, SCAN_OK, scanSipHeaders } from './sip/scan-headers.ts';
import * as lines from './start-line.ts';
import {
  decodeFrameHeader,
  HEADER_IMPOSSIBLE,
  HEADER_NEEDS_MORE,
  HEADER_OK,
} from './websocket/frame-header.ts';
import { ASSEMBLED, ASSEMBLING, MessageAssembler } from './websocket/message-assembler.ts';

/** Headers longer than this are no headers. */
export const HEADERS_LIMIT = 65536;
/** A body, and what is kept of any message, is at most this long. */
export const BODY_LIMIT = 1 << 20;
/** Messages rescued out of one that claimed more bytes than came. */
const RESCUES = 64;

type Mode =
  | 'start'
  | 'resync'
  | 'data'
  | 'sip-open'
  | 'http-chunked'
  | 'http-until-close'
  | 'msrp'
  | 'websocket'
  | 'skip'
  | 'tunnel';

/** What must come before looking again: a line's end or a control byte, a LF, an empty line, a number of bytes. */
type Wait = 'line' | 'lf' | 'blank' | 'bytes' | 'any';

export class DirectionReader {
  readonly #state: ConversationState;
  readonly #direction: 0 | 1;
  readonly #buffer = new MessageBuffer();
  #mode: Mode = 'start';
  #wait: Wait = 'any';
  /** For wait 'bytes': how many from the message's first byte. */
  #wanted = 0;
  /** The step cannot go on. */
  #stalled = false;
  /** What was waited for came with the last append. */
  #found = false;
  #inBuffer = false;
  /** Bytes of the message that need not be looked at again, in the modes that keep count. */
  #progress = 0;
  /** The message was announced at its limit; the rest of it is passed over. */
  #discarding = false;
  #skip = 0;
  #modeAfterSkip: Mode = 'start';
  /** Reached by looking for a start line in the middle of something: believed only with a Call-ID. */
  #doubtful = false;
  /** The text at hand is no start line, up to the next control byte. */
  #deadRun = false;
  #chunkLeft = 0;
  #chunkEndDue = false;
  #trailer = false;
  #transaction: Uint8Array = NOTHING;
  #upgradeAsked = false;
  #assembler: MessageAssembler | null = null;
  #framingLost = false;
  /** Where the WebSocket message at hand began. */
  #messageUnit = 0;
  #messageOffset = 0;
  #unit = -1;
  #unitLength = 0;
  #frame = 0;
  /** Offset in the unit of chunk position p is p + shift. */
  #shift = 0;
  #chunkFrom = 0;

  constructor(state: ConversationState, direction: 0 | 1) {
    this.#state = state;
    this.#direction = direction;
  }

  chunk(bytes: Uint8Array, from: number, to: number, unit: number, frame: number): void {
    const before = unit === this.#unit ? this.#unitLength : 0;
    this.#feed(bytes, from, to, unit, before - from, frame);
    this.#unitLength = before + to - from;
  }

  /** Bytes are missing: what is kept ends here. */
  gap(): void {
    this.#flush(true);
    this.#doubtful = true;
    if (this.#mode === 'websocket') {
      this.#framingLost = true;
      this.#assembler?.reset();
    } else if (this.#mode !== 'data' && this.#mode !== 'tunnel') this.#lose();
  }

  end(): void {
    this.#flush(false);
    if (this.#mode !== 'websocket' && this.#mode !== 'data' && this.#mode !== 'tunnel') this.#begin();
  }

  #feed(bytes: Uint8Array, from: number, to: number, unit: number, shift: number, frame: number): void {
    this.#unit = unit;
    this.#frame = frame;
    this.#shift = shift;
    this.#chunkFrom = from;
    const buffer = this.#buffer;
    let at = from;
    while (at < to) {
      if (buffer.length === 0) {
        const next = this.#run(bytes, at, to);
        if (next < to) buffer.append(bytes, next, to, unit, next + shift, frame);
        return;
      }
      const next = this.#appendUpTo(bytes, at, to);
      buffer.append(bytes, at, next, unit, at + shift, frame);
      at = next;
      if (!this.#satisfied()) continue;
      this.#inBuffer = true;
      const used = this.#run(buffer.bytes, 0, buffer.length);
      this.#inBuffer = false;
      buffer.drop(used);
    }
  }

  /** Runs steps over a window until it is used up or the rest must wait; returns where the rest begins. */
  #run(bytes: Uint8Array, at: number, end: number): number {
    this.#stalled = false;
    while (at < end && !this.#stalled) at = this.#step(bytes, at, end);
    return at;
  }

  #step(bytes: Uint8Array, at: number, end: number): number {
    switch (this.#mode) {
      case 'start':
        return this.#start(bytes, at, end);
      case 'resync':
        return this.#resync(bytes, at, end);
      case 'data':
        return this.#data(bytes, at, end);
      case 'sip-open':
        return this.#sipOpen(bytes, at, end);
      case 'http-chunked':
        return this.#httpChunked(bytes, at, end);
      case 'http-until-close':
        return this.#limited(bytes, at, end, Infinity, 'http');
      case 'msrp':
        return this.#msrp(bytes, at, end);
      case 'websocket':
        return this.#websocket(bytes, at, end);
      case 'skip': {
        const take = Math.min(this.#skip, end - at);
        this.#skip -= take;
        if (this.#skip === 0) this.#mode = this.#modeAfterSkip;
        return at + take;
      }
      case 'tunnel':
        this.#tunnel(bytes, at, end);
        return end;
    }
  }

  /** Up to where of bytes[at, to) to append for what is waited for; sets `found`. */
  #appendUpTo(bytes: Uint8Array, at: number, to: number): number {
    this.#found = false;
    const have = this.#buffer.length;
    switch (this.#wait) {
      case 'any':
        this.#found = true;
        return to;
      case 'bytes':
        return Math.min(to, at + Math.max(1, this.#wanted - have));
      case 'line': {
        const stop = Math.min(to, at + Math.max(1, lines.START_LINE_LIMIT + 2 - have));
        for (let i = at; i < stop; i++) {
          const c = bytes[i]!;
          if (c >= 0x20 || c === 9 || c === 13) continue;
          this.#found = true;
          return i + 1;
        }
        return stop;
      }
      case 'lf': {
        const stop = Math.min(to, at + Math.max(1, BODY_LIMIT + HEADERS_LIMIT - have));
        for (let i = at; i < stop; i++) {
          if (bytes[i] !== 10) continue;
          this.#found = true;
          return i + 1;
        }
        return stop;
      }
      case 'blank': {
        const stop = Math.min(to, at + Math.max(1, HEADERS_LIMIT - have));
        const end = this.#blankEnd(bytes, at, stop);
        this.#found = end >= 0;
        return end >= 0 ? end : stop;
      }
    }
  }

  /** Behind the empty line that ends in bytes[at, to), of which the buffer's last bytes may be part; -1 without one. */
  #blankEnd(bytes: Uint8Array, at: number, to: number): number {
    const kept = this.#buffer.bytes;
    const length = this.#buffer.length;
    if (kept[length - 1] === 10) {
      if (bytes[at] === 10) return at + 1;
      if (bytes[at] === 13 && at + 1 < to && bytes[at + 1] === 10) return at + 2;
    } else if (kept[length - 1] === 13 && kept[length - 2] === 10 && bytes[at] === 10) return at + 1;
    return blankLineEnd(bytes, at, to);
  }

  #satisfied(): boolean {
    if (this.#found) return true;
    const have = this.#buffer.length;
    switch (this.#wait) {
      case 'any':
        return true;
      case 'bytes':
        return have >= this.#wanted;
      case 'line':
        return have > lines.START_LINE_LIMIT + 1;
      case 'lf':
        return have >= BODY_LIMIT + HEADERS_LIMIT;
      case 'blank':
        return have >= HEADERS_LIMIT;
    }
  }

  #stall(wait: Wait, wanted: number, at: number): number {
    this.#stalled = true;
    this.#wait = wait;
    this.#wanted = wanted;
    return at;
  }

  #begin(): void {
    this.#mode = 'start';
    this.#progress = 0;
    this.#discarding = false;
    this.#doubtful = false;
  }

  #lose(): void {
    this.#mode = 'resync';
    this.#progress = 0;
    this.#discarding = false;
    this.#deadRun = false;
  }

  // --- Between messages -------------------------------------------------------------------------------------------

  #start(bytes: Uint8Array, at: number, end: number): number {
    const first = bytes[at]!;
    if (first === 13 || first === 10) return this.#keepAlive(bytes, at, end);
    const bound = Math.min(end, at + HEADERS_LIMIT);
    const scanned = scanSipHeaders(this.#state.message, bytes, at, bound);
    if (scanned === SCAN_OK) return this.#sip(bytes, at, end);
    if (scanned === SCAN_NEEDS_HEADERS) {
      if (bound === end && end - at < HEADERS_LIMIT) return this.#stall('blank', 0, at);
      this.#announceSip(bytes, at, bound, true);
      this.#lose();
      return bound;
    }
    return this.#startOther(bytes, at, end, first);
  }

  #keepAlive(bytes: Uint8Array, at: number, end: number): number {
    let to = at;
    while (to < end && (bytes[to] === 13 || bytes[to] === 10)) to++;
    this.#announceOther('keep-alive', bytes, at, to, false);
    return to;
  }

  #startOther(bytes: Uint8Array, at: number, end: number, first: number): number {
    const state = this.#state;
    if (state.websocket) return this.#enter('websocket', at);
    if (this.#upgradeAsked && first !== 0x16) {
      if (end - at < 2) return this.#stall('any', 0, at);
      const sound = decodeFrameHeader(state.frameHeader, bytes, at, end) !== HEADER_IMPOSSIBLE;
      if (sound && (bytes[at + 1]! & 0x80) !== 0) return this.#enter('websocket', at);
    }
    if (first >= 0x14 && first <= 0x17) {
      const tls = this.#tlsAt(bytes, at, end);
      if (tls === 'yes') return this.#enter('tunnel', at);
      if (tls === 'maybe') return this.#stall('any', 0, at);
    }
    const bound = Math.min(end, at + lines.START_LINE_LIMIT + 2);
    let lf = at;
    while (lf < bound && bytes[lf] !== 10) lf++;
    if (lf < bound) {
      switch (lines.classifyStartLine(bytes, at, withoutCr(bytes, at, lf))) {
        case lines.LINE_HTTP_REQUEST:
          if (isPreface(bytes, at)) return this.#foreign(codes.PROTOCOL_HTTP2, at);
          return this.#http(bytes, at, end, true);
        case lines.LINE_HTTP_RESPONSE:
          return this.#http(bytes, at, end, false);
        case lines.LINE_MSRP:
          return this.#startMsrp(bytes, at, lf);
      }
    } else if (bound === end && lines.couldBecomeStartLine(bytes, at, end)) return this.#stall('line', 0, at);
    if (state.foreign) return this.#enter('data', at);
    if (state.protocol === '' || state.protocol === 'data') {
      const code = detectStreamProtocol(bytes, at, end);
      if (code === codes.PROTOCOL_NEEDS_MORE && end - at < 64) return this.#stall('any', 0, at);
      if (code === codes.PROTOCOL_WEBSOCKET) {
        state.websocket = true;
        state.become('WebSocket', this.#unit);
        return this.#enter('websocket', at);
      }
      if (code > codes.PROTOCOL_NEEDS_MORE && code !== codes.PROTOCOL_TLS) return this.#foreign(code, at);
    }
    this.#lose();
    return at;
  }

  #enter(mode: Mode, at: number): number {
    this.#mode = mode;
    return at;
  }

  #foreign(code: number, at: number): number {
    this.#state.foreign = true;
    this.#state.become(codes.protocolName(code), this.#unit);
    return this.#enter('data', at);
  }

  /** Whether TLS begins at `at`: a hello, or any record once the other direction has gone over to TLS. */
  #tlsAt(bytes: Uint8Array, at: number, end: number): 'yes' | 'maybe' | 'no' {
    if (isTlsHello(bytes, at, end)) return 'yes';
    if (this.#state.tunnelled && isTlsRecord(bytes, at, end)) return 'yes';
    if (end - at >= 6 || (bytes[at] !== 0x16 && !this.#state.tunnelled)) return 'no';
    if (end - at >= 2 && bytes[at + 1] !== 3) return 'no';
    return end - at >= 3 && bytes[at + 2]! > 4 ? 'no' : 'maybe';
  }

  #tunnel(bytes: Uint8Array, from: number, to: number): void {
    this.#state.tunnelled = true;
    const sink = this.#state.sink;
    if (sink.tunnel === undefined) return;
    if (!this.#inBuffer) {
      sink.tunnel(this.#direction, bytes, from, to, this.#unit, from + this.#shift, this.#frame);
      return;
    }
    const buffer = this.#buffer;
    for (let run = buffer.runOf(from); run < buffer.runs && buffer.startOf(run) < to; run++) {
      const start = Math.max(from, buffer.startOf(run));
      const stop = Math.min(to, buffer.startOf(run + 1));
      const offset = buffer.offsetOf(run, start);
      sink.tunnel(this.#direction, bytes, start, stop, buffer.unitOf(run), offset, buffer.frameOf(run));
    }
  }

  // --- Looking for a start line -----------------------------------------------------------------------------------

  /**
   * Passes over bytes up to a line that is a start line. A line is text behind a control byte and before a LF; in a
   * conversation known for SIP a start line may also stand behind the end of a body that had no line end.
   */
  #resync(bytes: Uint8Array, at: number, end: number): number {
    if (this.#state.websocket) return this.#enter('websocket', at);
    if (!this.#inBuffer && at === this.#chunkFrom && this.#tlsAt(bytes, at, end) === 'yes')
      return this.#enter('tunnel', at);
    let i = at;
    while (i < end) {
      const start = i;
      while (i < end && isLineByte(bytes[i]!)) i++;
      const tooLong = i - start > lines.START_LINE_LIMIT + 1;
      if (i === end) {
        if (this.#deadRun) break;
        if (!tooLong && this.#mayHold(bytes, start, end)) {
          this.#announceData(bytes, at, start);
          return this.#stall('line', 0, start);
        }
        this.#deadRun = true;
        break;
      }
      if (bytes[i] === 10 && !this.#deadRun && !tooLong) {
        const found = this.#startLineIn(bytes, start, withoutCr(bytes, start, i));
        if (found >= 0) {
          this.#announceData(bytes, at, found);
          this.#begin();
          this.#doubtful = true;
          return found;
        }
      }
      this.#deadRun = false;
      i++;
    }
    this.#announceData(bytes, at, end);
    return end;
  }

  #mayHold(bytes: Uint8Array, from: number, to: number): boolean {
    return this.#state.sipKnown || lines.couldBecomeStartLine(bytes, from, to);
  }

  #startLineIn(bytes: Uint8Array, from: number, to: number): number {
    if (lines.classifyStartLine(bytes, from, to) !== lines.LINE_NONE) return from;
    return this.#state.sipKnown ? lines.embeddedSipStart(bytes, from, to) : -1;
  }

  /** Bytes of a protocol that this layer does not read; TLS may begin in them. */
  #data(bytes: Uint8Array, at: number, end: number): number {
    if (this.#inBuffer || at === this.#chunkFrom) {
      const tls = this.#tlsAt(bytes, at, end);
      if (tls === 'yes') return this.#enter('tunnel', at);
      if (tls === 'maybe' && !this.#inBuffer) return this.#stall('bytes', 6, at);
    }
    for (let i = at + 1; i < end; i++) {
      if (bytes[i] !== 0x16 || !isTlsHello(bytes, i, end) || bytes[i + 5] !== 1) continue;
      // Only a record that fills the rest, or more: a hello is never followed by anything before it is answered.
      if (i + 5 + ((bytes[i + 3]! << 8) | bytes[i + 4]!) < end) continue;
      this.#announceData(bytes, at, i);
      return this.#enter('tunnel', i);
    }
    this.#announceData(bytes, at, end);
    return end;
  }

  // --- SIP --------------------------------------------------------------------------------------------------------

  /** The state's message holds a scan of the whole header block. */
  #sip(bytes: Uint8Array, at: number, end: number): number {
    const message = this.#state.message;
    if (this.#doubtful && message.callIdFrom < 0) {
      const to = message.headersEnd;
      this.#announceData(bytes, at, to);
      this.#lose();
      return to;
    }
    const length = message.contentLength;
    if (length >= 0 && length <= BODY_LIMIT) {
      const to = message.headersEnd + length;
      if (to > end) return this.#stall('bytes', to - at, at);
      this.#announceSip(bytes, at, to, false);
      this.#begin();
      return to;
    }
    // RFC 3261 §18.3 wants a Content-Length on streams. Without a usable one: a body only where its type is named, up to
    // the next start line.
    if (length > BODY_LIMIT || hasContentType(bytes, at, message.headersEnd)) {
      this.#progress = message.headersEnd - at;
      return this.#enter('sip-open', at);
    }
    const to = message.headersEnd;
    this.#announceSip(bytes, at, to, false);
    this.#begin();
    return to;
  }

  #sipOpen(bytes: Uint8Array, at: number, end: number): number {
    let i = at + this.#progress;
    for (;;) {
      let lf = i;
      while (lf < end && bytes[lf] !== 10) lf++;
      const full = at + BODY_LIMIT;
      if (lf >= full || (lf === end && end >= full)) {
        this.#rescan(bytes, at, full);
        this.#announceSip(bytes, at, full, true);
        this.#lose();
        return full;
      }
      if (lf === end) {
        this.#progress = i - at;
        return this.#stall('lf', 0, at);
      }
      if (lines.classifyStartLine(bytes, i, withoutCr(bytes, i, lf)) !== lines.LINE_NONE) {
        this.#rescan(bytes, at, i);
        this.#announceSip(bytes, at, i, this.#state.message.contentLength >= 0);
        this.#begin();
        return i;
      }
      i = lf + 1;
    }
  }

  /** The scan results are shared by both directions, so that what waited is scanned again before it is announced. */
  #rescan(bytes: Uint8Array, from: number, to: number): number {
    return scanSipHeaders(this.#state.message, bytes, from, to);
  }

  #announceSip(bytes: Uint8Array, from: number, to: number, truncated: boolean): void {
    const state = this.#state;
    const message = state.message;
    this.#place(message, bytes, from, to);
    message.truncated = truncated;
    message.derived = false;
    state.sipKnown = true;
    state.become('SIP', message.lastUnit);
    state.sink.sip(message);
  }

  // --- HTTP and MSRP ----------------------------------------------------------------------------------------------

  #http(bytes: Uint8Array, at: number, end: number, isRequest: boolean): number {
    const bound = Math.min(end, at + HEADERS_LIMIT);
    const headersEnd = blankLineEnd(bytes, at, bound);
    if (headersEnd < 0) {
      if (end - at < HEADERS_LIMIT) return this.#stall('blank', 0, at);
      this.#announceOther('http', bytes, at, bound, true);
      this.#lose();
      return bound;
    }
    const state = this.#state;
    const headers = state.http;
    const method = isRequest ? METHOD_OTHER : state.methodAnswered(this.#direction);
    readHttpHeaders(headers, bytes, at, headersEnd, isRequest, method);
    state.become('HTTP', this.#unit);
    if (headers.body === 'chunked' || headers.body === 'until-close') {
      this.#countHttp();
      this.#progress = headersEnd - at;
      this.#chunkLeft = 0;
      this.#chunkEndDue = this.#trailer = false;
      return this.#enter(headers.body === 'chunked' ? 'http-chunked' : 'http-until-close', at);
    }
    const total = headersEnd - at + headers.contentLength;
    if (Math.min(total, BODY_LIMIT) > end - at) return this.#stall('bytes', Math.min(total, BODY_LIMIT), at);
    this.#countHttp();
    const upgraded = headers.websocket && !isRequest && headers.status === 101;
    if (headers.websocket && isRequest) this.#upgradeAsked = true;
    const next = this.#limited(bytes, at, end, total, 'http');
    if (upgraded) {
      state.websocket = true;
      state.become('WebSocket', this.#unit);
      this.#mode = 'websocket';
    }
    return next;
  }

  /** Remembers a request, or that one was answered; interim responses answer nothing (RFC 9110 §15.2). */
  #countHttp(): void {
    const headers = this.#state.http;
    if (headers.isRequest) this.#state.requested(this.#direction, headers.method);
    else if (headers.status >= 200 || headers.status === 101) this.#state.answered(this.#direction);
  }

  /** A message of `total` bytes, announced whole, or its first BODY_LIMIT bytes as truncated and the rest passed over. */
  #limited(bytes: Uint8Array, at: number, end: number, total: number, kind: 'http' | 'msrp'): number {
    const to = at + Math.min(total, BODY_LIMIT);
    if (to > end) return this.#stall('bytes', to - at, at);
    this.#announceOther(kind, bytes, at, to, total > BODY_LIMIT);
    this.#begin();
    if (total > BODY_LIMIT) {
      this.#mode = 'skip';
      this.#skip = total - BODY_LIMIT;
      this.#modeAfterSkip = 'start';
    }
    return to;
  }

  /** RFC 9112 §7.1. */
  #httpChunked(bytes: Uint8Array, at: number, end: number): number {
    for (;;) {
      let i = at + this.#progress;
      if (this.#chunkLeft > 0) {
        const take = Math.min(this.#chunkLeft, end - i);
        this.#chunkLeft -= take;
        this.#progress += take;
        if (this.#overLimit()) return this.#spill(bytes, at, 'http');
        if (this.#chunkLeft > 0) return this.#pause('any', at);
        continue;
      }
      const start = i;
      while (i < end && bytes[i] !== 10) i++;
      if (i === end) {
        if (end - start > lines.START_LINE_LIMIT) return this.#breakOff(bytes, at, 'http');
        return this.#pause('lf', at);
      }
      const lineEnd = withoutCr(bytes, start, i);
      this.#progress = i + 1 - at;
      if (this.#trailer) {
        if (lineEnd === start) return this.#complete(bytes, at, 'http');
        continue;
      }
      if (lineEnd === start && this.#chunkEndDue) {
        this.#chunkEndDue = false;
        continue;
      }
      const size = chunkSizeOf(bytes, start, lineEnd);
      if (size < 0) return this.#breakOff(bytes, at, 'http');
      this.#trailer = size === 0;
      this.#chunkLeft = size;
      this.#chunkEndDue = true;
    }
  }

  #startMsrp(bytes: Uint8Array, at: number, lf: number): number {
    this.#transaction = bytes.slice(at + 5, lines.tokenEnd(bytes, at + 5, lf));
    this.#state.become('MSRP', this.#unit);
    this.#progress = lf + 1 - at;
    return this.#enter('msrp', at);
  }

  /** Up to the line of seven hyphens, transaction id and flag (RFC 4975 §7.1). */
  #msrp(bytes: Uint8Array, at: number, end: number): number {
    for (;;) {
      const start = at + this.#progress;
      let lf = start;
      while (lf < end && bytes[lf] !== 10) lf++;
      if (lf === end) {
        if (lf - start > lines.START_LINE_LIMIT) {
          // No end line is that long: the bytes are body.
          this.#progress = lf - lines.START_LINE_LIMIT - at;
          if (this.#overLimit()) return this.#spill(bytes, at, 'msrp');
        }
        return this.#pause('lf', at);
      }
      this.#progress = lf + 1 - at;
      if (isMsrpEnd(bytes, start, withoutCr(bytes, start, lf), this.#transaction))
        return this.#complete(bytes, at, 'msrp');
      if (this.#overLimit()) return this.#spill(bytes, at, 'msrp');
    }
  }

  #overLimit(): boolean {
    return this.#discarding ? this.#progress > 0 : this.#progress >= BODY_LIMIT;
  }

  /** The message has reached its limit (announced truncated) or is passed over: lets its first bytes go. */
  #spill(bytes: Uint8Array, at: number, kind: 'http' | 'msrp'): number {
    const count = this.#discarding ? this.#progress : BODY_LIMIT;
    if (!this.#discarding) this.#announceOther(kind, bytes, at, at + count, true);
    this.#discarding = true;
    this.#progress -= count;
    return at + count;
  }

  #pause(wait: Wait, at: number): number {
    if (!this.#discarding) return this.#stall(wait, 0, at);
    const next = at + this.#progress;
    this.#progress = 0;
    return this.#stall(wait, 0, next);
  }

  #complete(bytes: Uint8Array, at: number, kind: 'http' | 'msrp'): number {
    const to = at + this.#progress;
    if (!this.#discarding) {
      const cut = this.#progress > BODY_LIMIT;
      this.#announceOther(kind, bytes, at, cut ? at + BODY_LIMIT : to, cut);
    }
    this.#begin();
    return to;
  }

  /** The framing makes no sense: what was read is truncated. */
  #breakOff(bytes: Uint8Array, at: number, kind: 'http' | 'msrp'): number {
    const to = at + Math.max(1, this.#progress);
    if (!this.#discarding) this.#announceOther(kind, bytes, at, Math.min(to, at + BODY_LIMIT), true);
    this.#lose();
    return to;
  }

  // --- WebSocket --------------------------------------------------------------------------------------------------

  #websocket(bytes: Uint8Array, at: number, end: number): number {
    const header = this.#state.frameHeader;
    if (this.#framingLost && !this.#plausibleFrame(bytes, at, end)) {
      this.#announceData(bytes, at, end);
      return end;
    }
    this.#framingLost = false;
    const decoded = decodeFrameHeader(header, bytes, at, end);
    if (decoded === HEADER_IMPOSSIBLE) {
      this.#framingLost = true;
      this.#assembler?.reset();
      this.#announceData(bytes, at, end);
      return end;
    }
    if (decoded === HEADER_NEEDS_MORE) return this.#stall('any', 0, at);
    const total = header.length + header.payloadLength;
    const size = Math.min(total, BODY_LIMIT);
    if (size > end - at) return this.#stall('bytes', size, at);
    this.#webSocketFrame(bytes, at, at + size, total > size);
    if (total > size) {
      this.#mode = 'skip';
      this.#skip = total - size;
      this.#modeAfterSkip = 'websocket';
    }
    return at + size;
  }

  /** After loss a frame is looked for where a chunk begins only: a record or segment mostly begins with one. */
  #plausibleFrame(bytes: Uint8Array, at: number, end: number): boolean {
    if (this.#inBuffer || at !== this.#chunkFrom) return false;
    const header = this.#state.frameHeader;
    if (decodeFrameHeader(header, bytes, at, end) !== HEADER_OK) return false;
    const size = header.length + header.payloadLength;
    return header.opcode !== OPCODE_CONTINUATION && size >= end - at - 2 && size <= BODY_LIMIT;
  }

  /** bytes[from, to) is one frame, whole unless `cut`. The state's frame header describes it. */
  #webSocketFrame(bytes: Uint8Array, from: number, to: number, cut: boolean): void {
    const state = this.#state;
    const header = state.frameHeader;
    const other = state.other;
    const payload = from + header.length;
    if (header.opcode >= OPCODE_CLOSE) {
      other.opcode = header.opcode;
      other.carries = header.opcode === OPCODE_CLOSE ? closeCode(bytes, payload, to, header.mask) : '';
      this.#announceOther('websocket', bytes, from, to, cut);
      return;
    }
    const assembler = (this.#assembler ??= new MessageAssembler(state.inflate));
    const continues = assembler.inside && header.opcode === OPCODE_CONTINUATION;
    this.#place(other, bytes, from, to);
    if (!continues) {
      this.#messageUnit = other.firstUnit;
      this.#messageOffset = other.offsetInFirst;
    }
    const result = assembler.push(header, bytes, payload, to);
    other.opcode = header.opcode;
    if (result === ASSEMBLING) {
      other.carries = 'fragment';
      this.#announceOther('websocket', bytes, from, to, cut);
      return;
    }
    if (result !== ASSEMBLED) {
      other.carries = 'compressed, cannot be inflated';
      this.#announceOther('websocket', bytes, from, to, cut);
      return;
    }
    this.#webSocketMessage(assembler, bytes, from, to, cut || assembler.cut);
  }

  #webSocketMessage(
    assembler: MessageAssembler,
    bytes: Uint8Array,
    from: number,
    to: number,
    cut: boolean,
  ): void {
    const state = this.#state;
    const message = state.message;
    const start = withoutLeadingLines(assembler.bytes, assembler.from, assembler.to);
    const scanned = scanSipHeaders(message, assembler.bytes, start, assembler.to);
    const isSip = scanned === SCAN_OK || scanned === SCAN_NEEDS_HEADERS;
    state.other.carries = isSip ? 'SIP' : carriedBy(assembler, start);
    this.#announceOther('websocket', bytes, from, to, cut);
    if (!isSip) return;
    this.#place(message, bytes, from, to);
    message.firstUnit = this.#messageUnit;
    // The offsets are those of the text where it stands so in the stream, else of the frames that carry it.
    message.offsetInFirst = assembler.derived ? this.#messageOffset : message.offsetInFirst + start - from;
    if (!assembler.derived) this.#place(message, bytes, start, assembler.to);
    message.bytes = assembler.bytes;
    message.from = start;
    message.to = assembler.to;
    message.truncated = cut || scanned === SCAN_NEEDS_HEADERS;
    message.derived = assembler.derived;
    state.sipKnown = true;
    state.become('SIP', message.lastUnit);
    state.sink.sip(message);
  }

  // --- Ends -------------------------------------------------------------------------------------------------------

  /** Announces what is kept: truncated, but for messages that end with the stream. */
  #flush(lost: boolean): void {
    const buffer = this.#buffer;
    for (let round = 0; buffer.length > 0; round++) {
      const length = buffer.length;
      this.#inBuffer = true;
      const used = this.#flushMessage(buffer.bytes, length, lost, round < RESCUES);
      this.#inBuffer = false;
      if (used >= length) {
        buffer.drop(length);
        return;
      }
      this.#feedAgain(used);
    }
  }

  /** What is kept behind its first `used` bytes goes through again as if it had just come. */
  #feedAgain(used: number): void {
    const buffer = this.#buffer;
    const bytes = buffer.bytes.slice(used, buffer.length);
    buffer.drop(used);
    const pieces: [from: number, to: number, unit: number, offset: number, frame: number][] = [];
    for (let run = 0; run < buffer.runs; run++) {
      const from = buffer.startOf(run);
      const offset = buffer.offsetOf(run, from);
      pieces.push([from, buffer.startOf(run + 1), buffer.unitOf(run), offset, buffer.frameOf(run)]);
    }
    buffer.drop(buffer.length);
    this.#begin();
    this.#doubtful = true;
    for (const [from, to, unit, offset, frame] of pieces)
      this.#feed(bytes, from, to, unit, offset - from, frame);
  }

  /** Returns how many bytes were announced; fewer than all where another message begins in the middle of one. */
  #flushMessage(bytes: Uint8Array, length: number, lost: boolean, rescue: boolean): number {
    const message = this.#state.message;
    switch (this.#mode) {
      case 'sip-open':
        this.#rescan(bytes, 0, length);
        this.#announceSip(bytes, 0, length, lost || message.contentLength >= 0);
        return length;
      case 'http-chunked':
      case 'http-until-close':
        if (!this.#discarding)
          this.#announceOther('http', bytes, 0, length, lost || this.#mode === 'http-chunked');
        return length;
      case 'msrp':
        if (!this.#discarding) this.#announceOther('msrp', bytes, 0, length, true);
        return length;
      case 'websocket':
        this.#flushFrame(bytes, length);
        return length;
      case 'start':
        return this.#flushStart(bytes, length, rescue);
      default:
        this.#announceData(bytes, 0, length);
        return length;
    }
  }

  #flushStart(bytes: Uint8Array, length: number, rescue: boolean): number {
    const message = this.#state.message;
    const scanned = this.#rescan(bytes, 0, length);
    const begun = scanned === SCAN_OK || scanned === SCAN_NEEDS_HEADERS;
    if (begun && (!this.#doubtful || message.callIdFrom >= 0)) {
      const next = rescue && scanned === SCAN_OK ? nextStartLine(bytes, message.headersEnd, length) : length;
      this.#announceSip(bytes, 0, next, true);
      return next;
    }
    const lf = lineFeed(bytes, 0, length);
    const kind = lines.classifyStartLine(bytes, 0, withoutCr(bytes, 0, lf));
    if (kind === lines.LINE_HTTP_REQUEST || kind === lines.LINE_HTTP_RESPONSE)
      this.#announceOther('http', bytes, 0, length, true);
    else if (
      scanned === SCAN_NEEDS_LINE &&
      (kind === lines.LINE_SIP_REQUEST || kind === lines.LINE_SIP_RESPONSE)
    ) {
      // Cut inside or just behind its start line.
      message.startLineEnd = length;
      message.isRequest = kind === lines.LINE_SIP_REQUEST;
      message.status = 0;
      this.#announceSip(bytes, 0, length, true);
    } else this.#announceData(bytes, 0, length);
    return length;
  }

  #flushFrame(bytes: Uint8Array, length: number): void {
    const header = this.#state.frameHeader;
    if (decodeFrameHeader(header, bytes, 0, length) !== HEADER_OK || header.compressed) {
      this.#announceData(bytes, 0, length);
      return;
    }
    this.#webSocketFrame(bytes, 0, length, true);
  }

  // --- Announcing -------------------------------------------------------------------------------------------------

  #announceOther(
    kind: 'http' | 'websocket' | 'msrp' | 'keep-alive' | 'data',
    bytes: Uint8Array,
    from: number,
    to: number,
    truncated: boolean,
  ): void {
    const other = this.#state.other;
    other.kind = kind;
    this.#place(other, bytes, from, to);
    other.truncated = truncated;
    other.derived = false;
    this.#state.sink.other(other);
  }

  #announceData(bytes: Uint8Array, from: number, to: number): void {
    if (from >= to) return;
    if (this.#state.protocol === '') this.#state.become('data', this.#unit);
    this.#announceOther('data', bytes, from, to, false);
  }

  /** Fills in where bytes[from, to) of the chunk at hand or of the buffer came from. */
  #place(place: MessagePlace, bytes: Uint8Array, from: number, to: number): void {
    place.bytes = bytes;
    place.from = from;
    place.to = to;
    place.direction = this.#direction;
    if (!this.#inBuffer) {
      place.firstUnit = place.lastUnit = this.#unit;
      place.offsetInFirst = from + this.#shift;
      place.offsetInLast = to + this.#shift;
      place.frame = this.#frame;
      return;
    }
    const buffer = this.#buffer;
    const first = buffer.runOf(from);
    const last = buffer.runOf(Math.max(from, to - 1));
    place.firstUnit = buffer.unitOf(first);
    place.offsetInFirst = buffer.offsetOf(first, from);
    place.lastUnit = buffer.unitOf(last);
    place.offsetInLast = buffer.offsetOf(last, to);
    place.frame = buffer.frameOf(last);
  }
}

const NOTHING = new Uint8Array(0);
const PREFACE = new TextEncoder().encode('PRI * HTTP/2.0');

function isPreface(bytes: Uint8Array, at: number): boolean {
  return lines.matches(bytes, at, PREFACE);
}

function isLineByte(c: number): boolean {
  return c >= 0x20 || c === 9 || c === 13;
}

function withoutCr(bytes: Uint8Array, from: number, lf: number): number {
  return lf > from && bytes[lf - 1] === 13 ? lf - 1 : lf;
}

function withoutLeadingLines(bytes: Uint8Array, from: number, to: number): number {
  while (from < to && (bytes[from] === 13 || bytes[from] === 10)) from++;
  return from;
}

function lineFeed(bytes: Uint8Array, from: number, to: number): number {
  while (from < to && bytes[from] !== 10) from++;
  return from;
}

/** The first line of bytes[from, to) that is a start line, or `to`. */
function nextStartLine(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to) {
    const lf = lineFeed(bytes, at, to);
    if (lf === to) return to;
    if (lines.classifyStartLine(bytes, at, withoutCr(bytes, at, lf)) !== lines.LINE_NONE) return at;
    at = lf + 1;
  }
  return to;
}

/** True where a Content-Type header (or its compact form) stands in the header block. */
function hasContentType(bytes: Uint8Array, from: number, headersEnd: number): boolean {
  for (
    let at = lineFeed(bytes, from, headersEnd) + 1;
    at < headersEnd;
    at = lineFeed(bytes, at, headersEnd) + 1
  ) {
    const nameEnd = lines.tokenEnd(bytes, at, headersEnd);
    const length = nameEnd - at;
    if ((bytes[at]! | 0x20) !== 0x63 || (length !== 1 && length !== 12)) continue;
    if (length === 12 && ((bytes[at + 8]! | 0x20) !== 0x74 || (bytes[at + 11]! | 0x20) !== 0x65)) continue;
    return true;
  }
  return false;
}

function isMsrpEnd(bytes: Uint8Array, from: number, to: number, transaction: Uint8Array): boolean {
  if (to - from !== 8 + transaction.length) return false;
  for (let i = 0; i < 7; i++) if (bytes[from + i] !== 0x2d) return false;
  if (!lines.matches(bytes, from + 7, transaction)) return false;
  const flag = bytes[to - 1];
  return flag === 0x24 || flag === 0x2b || flag === 0x23;
}

function closeCode(bytes: Uint8Array, from: number, to: number, mask: number): string {
  if (to - from < 2) return '';
  const high = bytes[from]! ^ (mask < 0 ? 0 : bytes[mask]!);
  const low = bytes[from + 1]! ^ (mask < 0 ? 0 : bytes[mask + 1]!);
  return String((high << 8) | low);
}

function carriedBy(assembler: MessageAssembler, start: number): string {
  if (start === assembler.to) return 'keep-alive';
  const lf = lineFeed(assembler.bytes, start, Math.min(assembler.to, start + 256));
  const kind = lines.classifyStartLine(assembler.bytes, start, withoutCr(assembler.bytes, start, lf));
  return kind === lines.LINE_MSRP ? 'MSRP' : '';
}
