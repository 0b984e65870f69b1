import { BODY_LIMIT } from '../message-reader.ts';
import type { MessageReader } from '../message-reader.ts';
import { OPCODE_CLOSE, OPCODE_CONTINUATION } from '../other-message.ts';
import type { Readers } from '../readers.ts';
import { SCAN_NEEDS_HEADERS, SCAN_OK, scanSipHeaders } from '../sip/scan-headers.ts';
import { classifyStartLine, LINE_MSRP } from '../start-line.ts';
import { behindEmptyLines, lineFeedFrom, withoutCr } from '../text-lines.ts';
import { decodeFrameHeader, HEADER_IMPOSSIBLE, HEADER_NEEDS_MORE, HEADER_OK } from './frame-header.ts';
import { ASSEMBLED, ASSEMBLING, MessageAssembler } from './message-assembler.ts';

/** WebSocket frames of one direction (RFC 6455) and the SIP in them (RFC 7118). */
export class WebSocketReader implements MessageReader {
  readonly survivesEnd = true;
  readonly #readers: Readers;
  readonly #assembler: MessageAssembler;
  #framingLost = false;
  /** Where the message at hand began. */
  #firstUnit = 0;
  #firstOffset = 0;

  constructor(readers: Readers) {
    this.#readers = readers;
    this.#assembler = new MessageAssembler(readers.window.state.inflate);
  }

  step(bytes: Uint8Array, at: number, end: number): number {
    const { window } = this.#readers;
    if (this.#framingLost && !this.#isPlausible(bytes, at, end)) {
      window.announceData(bytes, at, end);
      return end;
    }
    this.#framingLost = false;
    const header = window.state.frameHeader;
    const decoded = decodeFrameHeader(header, bytes, at, end);
    if (decoded === HEADER_NEEDS_MORE) return window.stall('any', 0, at);
    if (decoded === HEADER_IMPOSSIBLE) {
      this.afterLoss();
      window.announceData(bytes, at, end);
      return end;
    }
    const total = header.length + header.payloadLength;
    const size = Math.min(total, BODY_LIMIT);
    if (size > end - at) return window.stall('bytes', size, at);
    this.#frame(bytes, at, at + size, total > size);
    return total > size ? window.enter(this.#readers.skip(total - size, this), at + size) : at + size;
  }

  flush(bytes: Uint8Array, length: number): number {
    const { window } = this.#readers;
    const header = window.state.frameHeader;
    if (decodeFrameHeader(header, bytes, 0, length) === HEADER_OK && !header.compressed)
      this.#frame(bytes, 0, length, true);
    else window.announceData(bytes, 0, length);
    return length;
  }

  afterLoss(): void {
    this.#framingLost = true;
    this.#assembler.reset();
  }

  /** After loss a frame is looked for where a chunk begins only: a record or segment mostly begins with one. */
  #isPlausible(bytes: Uint8Array, at: number, end: number): boolean {
    const { window } = this.#readers;
    if (!window.beginsChunk(at)) return false;
    const header = window.state.frameHeader;
    if (decodeFrameHeader(header, bytes, at, end) !== HEADER_OK) return false;
    return header.opcode !== OPCODE_CONTINUATION && header.length + header.payloadLength <= BODY_LIMIT;
  }

  /** bytes[from, to) is one frame, whole unless `cut`. The state's frame header describes it. */
  #frame(bytes: Uint8Array, from: number, to: number, cut: boolean): void {
    const { window } = this.#readers;
    const { frameHeader: header, other } = window.state;
    const payload = from + header.length;
    const assembler = this.#assembler;
    other.opcode = header.opcode;
    if (header.opcode >= OPCODE_CLOSE) {
      other.carries = header.opcode === OPCODE_CLOSE ? closeCode(bytes, payload, to, header.mask) : '';
      window.announceOther('websocket', bytes, from, to, cut);
      return;
    }
    if (!assembler.inside || header.opcode !== OPCODE_CONTINUATION) {
      window.place(other, bytes, from, to);
      this.#firstUnit = other.firstUnit;
      this.#firstOffset = other.offsetInFirst;
    }
    const result = assembler.push(header, bytes, payload, to);
    if (result === ASSEMBLED) this.#message(bytes, from, to, cut || assembler.cut);
    else {
      other.carries = result === ASSEMBLING ? 'fragment' : 'compressed, cannot be inflated';
      window.announceOther('websocket', bytes, from, to, cut);
    }
  }

  /** The assembler holds a message whose last frame is bytes[from, to). */
  #message(bytes: Uint8Array, from: number, to: number, cut: boolean): void {
    const { window } = this.#readers;
    const { state } = window;
    const { message } = state;
    const assembler = this.#assembler;
    const start = behindEmptyLines(assembler.bytes, assembler.from, assembler.to);
    const scanned = scanSipHeaders(message, assembler.bytes, start, assembler.to);
    const isSip = scanned === SCAN_OK || scanned === SCAN_NEEDS_HEADERS;
    state.other.carries = isSip ? 'SIP' : contentOf(assembler, start);
    window.announceOther('websocket', bytes, from, to, cut);
    if (!isSip) return;
    // The sink may have read another conversation meanwhile, into the same scratch.
    scanSipHeaders(message, assembler.bytes, start, assembler.to);
    if (assembler.derived) {
      // Its place is that of the frames that carry it.
      window.place(message, bytes, from, to);
      message.firstUnit = this.#firstUnit;
      message.offsetInFirst = this.#firstOffset;
      message.bytes = assembler.bytes;
      message.from = start;
      message.to = assembler.to;
    } else window.place(message, bytes, start, assembler.to);
    message.truncated = cut || scanned === SCAN_NEEDS_HEADERS;
    message.derived = assembler.derived;
    state.sipKnown = true;
    state.become('SIP', message.lastUnit);
    state.sink.sip(message);
  }
}

function closeCode(bytes: Uint8Array, from: number, to: number, mask: number): string {
  if (to - from < 2) return '';
  const high = bytes[from]! ^ (mask < 0 ? 0 : bytes[mask]!);
  const low = bytes[from + 1]! ^ (mask < 0 ? 0 : bytes[mask + 1]!);
  return String((high << 8) | low);
}

function contentOf(assembler: MessageAssembler, start: number): string {
  if (start === assembler.to) return 'keep-alive';
  const lf = lineFeedFrom(assembler.bytes, start, Math.min(assembler.to, start + 256));
  const kind = classifyStartLine(assembler.bytes, start, withoutCr(assembler.bytes, start, lf));
  return kind === LINE_MSRP ? 'MSRP' : '';
}
