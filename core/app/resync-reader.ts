import { tlsBeginsAt } from './detect-protocol.ts';
import { isFrameChain } from './http2/frame-header.ts';
import type { MessageReader } from './message-reader.ts';
import { PROTOCOL_HTTP2, protocolName } from './protocols.ts';
import type { Readers } from './readers.ts';
import { couldBecomeStartLine, embeddedSipStart, isMessageStart, START_LINE_LIMIT } from './start-line.ts';
import { withoutCr } from './text-lines.ts';

/**
 * Passes over bytes up to a line that is a start line. A line is text behind a control byte and before a LF; in a
 * conversation known for SIP a start line may also stand behind the end of a body that had no line end.
 */
export class ResyncReader implements MessageReader {
  readonly #readers: Readers;
  /** The text at hand is no start line, up to the next control byte. */
  #deadLine = false;

  constructor(readers: Readers) {
    this.#readers = readers;
  }

  restart(): void {
    this.#deadLine = false;
  }

  step(bytes: Uint8Array, at: number, end: number): number {
    const { window } = this.#readers;
    const state = window.state;
    if (state.websocket) return window.enter(this.#readers.webSocket, at);
    if (window.beginsChunk(at) && !state.sipKnown && isFrameChain(bytes, at, end, state.http2)) {
      state.http2 = true;
      state.become(protocolName(PROTOCOL_HTTP2), window.unit);
      return window.enter(this.#readers.http2, at);
    }
    if (window.beginsChunk(at) && tlsBeginsAt(bytes, at, end, state.tunnelled) === 'yes')
      return window.enter(this.#readers.tunnel, at);
    let i = at;
    while (i < end) {
      const start = i;
      while (i < end && isLineByte(bytes[i]!)) i++;
      const tooLong = i - start > START_LINE_LIMIT + 1;
      if (i === end) {
        if (!this.#deadLine && !tooLong && this.#mayBecome(bytes, start, end)) {
          window.announceData(bytes, at, start);
          return window.stall('line', 0, start);
        }
        this.#deadLine = true;
        break;
      }
      if (bytes[i] === 10 && !this.#deadLine && !tooLong) {
        const found = this.#startLineIn(bytes, start, withoutCr(bytes, start, i));
        if (found >= 0) {
          window.announceData(bytes, at, found);
          this.#readers.begin();
          window.doubtful = true;
          return found;
        }
      }
      this.#deadLine = false;
      i++;
    }
    window.announceData(bytes, at, end);
    return end;
  }

  flush(bytes: Uint8Array, length: number): number {
    this.#readers.window.announceData(bytes, 0, length);
    return length;
  }

  #mayBecome(bytes: Uint8Array, from: number, to: number): boolean {
    return this.#readers.window.state.sipKnown || couldBecomeStartLine(bytes, from, to);
  }

  #startLineIn(bytes: Uint8Array, from: number, to: number): number {
    if (isMessageStart(bytes, from, to)) return from;
    return this.#readers.window.state.sipKnown ? embeddedSipStart(bytes, from, to) : -1;
  }
}

function isLineByte(c: number): boolean {
  return c >= 0x20 || c === 9 || c === 13;
}
