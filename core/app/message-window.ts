/**
 * The bytes of one direction that are looked at: the chunk at hand, or what is kept of chunks before. Readers consume
 * messages from it. A chunk that holds whole messages is looked at in place; only a message over several chunks is
 * copied. What is announced does not depend on how the bytes were split (keep-alives and data, which have no messages,
 * aside).
 */
import type { ConversationState } from './conversation-state.ts';
import type { MessagePlace, OtherKind } from './events.ts';
import { blankLineEnd } from './http/http-framing.ts';
import { MessageBuffer } from './message-buffer.ts';
import type { MessageReader } from './message-reader.ts';
import { BODY_LIMIT, HEADERS_LIMIT } from './message-reader.ts';
import { START_LINE_LIMIT } from './start-line.ts';

/** What must come before looking again: a line's end or a control byte, a LF, an empty line, a number of bytes. */
export type Wait = 'line' | 'lf' | 'blank' | 'bytes' | 'any';

export class MessageWindow {
  readonly state: ConversationState;
  readonly direction: 0 | 1;
  /** A message found by looking for a start line in the middle of something: believed only with a Call-ID. */
  doubtful = false;
  /** True while kept bytes are looked at. */
  inBuffer = false;
  #reader: MessageReader;
  #buffer: MessageBuffer | null = null;
  #stalled = false;
  #wait: Wait = 'any';
  /** For wait 'bytes': how many from where the window stalled. */
  #wanted = 0;
  /** What was waited for came with the last append. */
  #found = false;
  #unit = -1;
  #frame = 0;
  /** Offset in the unit of chunk position p is p + shift. */
  #shift = 0;
  #chunkFrom = 0;

  /** `reader` reads first. */
  constructor(state: ConversationState, direction: 0 | 1, reader: MessageReader) {
    this.state = state;
    this.direction = direction;
    this.#reader = reader;
  }

  get unit(): number {
    return this.#unit;
  }

  get reader(): MessageReader {
    return this.#reader;
  }

  /** See AppStream. */
  get oldestHeldFrame(): number {
    return this.#buffer?.oldestFrame ?? Infinity;
  }

  /** Lets another reader go on at `at`. */
  enter(reader: MessageReader, at: number): number {
    this.#reader = reader;
    return at;
  }

  /** Says what must come before the reader can go on at `at`. */
  stall(wait: Wait, wanted: number, at: number): number {
    this.#stalled = true;
    this.#wait = wait;
    this.#wanted = wanted;
    return at;
  }

  /** True where `at` is the first byte of the chunk at hand. */
  beginsChunk(at: number): boolean {
    return !this.inBuffer && at === this.#chunkFrom;
  }

  /** Offset in the unit of chunk position p is p + shift. */
  feed(bytes: Uint8Array, from: number, to: number, unit: number, shift: number, frame: number): void {
    this.#unit = unit;
    this.#frame = frame;
    this.#shift = shift;
    this.#chunkFrom = from;
    let at = from;
    while (at < to) {
      const kept = this.#buffer;
      if (kept === null) {
        const next = this.#run(bytes, at, to);
        if (next === to) return;
        this.#buffer = MessageBuffer.take();
        this.#buffer.append(bytes, next, to, unit, next + shift, frame);
        return;
      }
      const next = this.#appendUpTo(kept, bytes, at, to);
      kept.append(bytes, at, next, unit, at + shift, frame);
      at = next;
      if (!this.#satisfied(kept)) continue;
      this.inBuffer = true;
      const used = this.#run(kept.bytes, 0, kept.length);
      this.inBuffer = false;
      if (used < kept.length) kept.drop(used);
      else this.#forget(kept);
    }
  }

  /** Announces what is kept; `rescues` is how many messages may be cut out of one that claimed more bytes than came. */
  flush(lost: boolean, rescues: number): void {
    for (let round = 0; this.#buffer !== null; round++) {
      const kept = this.#buffer;
      this.inBuffer = true;
      const used = this.#reader.flush(kept.bytes, kept.length, lost, round < rescues);
      this.inBuffer = false;
      if (used >= kept.length) this.#forget(kept);
      else this.#feedAgain(kept, used);
    }
  }

  /** What is kept behind its first `used` bytes goes through again as if it had just come. */
  #feedAgain(kept: MessageBuffer, used: number): void {
    kept.drop(used);
    this.#buffer = null;
    for (let run = 0; run < kept.runs; run++) {
      const from = kept.startOf(run);
      const shift = kept.offsetOf(run, from) - from;
      this.feed(kept.bytes, from, kept.startOf(run + 1), kept.unitOf(run), shift, kept.frameOf(run));
    }
    kept.giveBack();
  }

  #forget(kept: MessageBuffer): void {
    this.#buffer = null;
    kept.giveBack();
  }

  /** Runs steps over a window until it is used up or the rest must wait; returns where the rest begins. */
  #run(bytes: Uint8Array, at: number, end: number): number {
    this.#stalled = false;
    while (at < end && !this.#stalled) at = this.#reader.step(bytes, at, end);
    return at;
  }

  /** Up to where of bytes[at, to) to append for what is waited for; sets `found`. */
  #appendUpTo(kept: MessageBuffer, bytes: Uint8Array, at: number, to: number): number {
    this.#found = false;
    const room = (limit: number): number => Math.min(to, at + Math.max(1, limit - kept.length));
    switch (this.#wait) {
      case 'any':
        this.#found = true;
        return to;
      case 'bytes':
        return room(this.#wanted);
      case 'line': {
        const stop = room(START_LINE_LIMIT + 2);
        for (let i = at; i < stop; i++) {
          const c = bytes[i]!;
          if (c >= 0x20 || c === 9 || c === 13) continue;
          this.#found = true;
          return i + 1;
        }
        return stop;
      }
      case 'lf': {
        const stop = room(BODY_LIMIT + HEADERS_LIMIT);
        for (let i = at; i < stop; i++) {
          if (bytes[i] !== 10) continue;
          this.#found = true;
          return i + 1;
        }
        return stop;
      }
      case 'blank': {
        const stop = room(HEADERS_LIMIT);
        const end = blankEndBehind(kept, bytes, at, stop);
        this.#found = end >= 0;
        return end >= 0 ? end : stop;
      }
    }
  }

  #satisfied(kept: MessageBuffer): boolean {
    if (this.#found) return true;
    switch (this.#wait) {
      case 'any':
        return true;
      case 'bytes':
        return kept.length >= this.#wanted;
      case 'line':
        return kept.length > START_LINE_LIMIT + 1;
      case 'lf':
        return kept.length >= BODY_LIMIT + HEADERS_LIMIT;
      case 'blank':
        return kept.length >= HEADERS_LIMIT;
    }
  }

  announceSip(bytes: Uint8Array, from: number, to: number, truncated: boolean): void {
    const state = this.state;
    const message = state.message;
    this.place(message, bytes, from, to);
    message.truncated = truncated;
    message.derived = false;
    state.sipKnown = true;
    state.become('SIP', message.lastUnit);
    state.sink.sip(message);
  }

  announceOther(kind: OtherKind, bytes: Uint8Array, from: number, to: number, truncated: boolean): void {
    const other = this.state.other;
    other.kind = kind;
    this.place(other, bytes, from, to);
    other.truncated = truncated;
    other.derived = false;
    this.state.sink.other(other);
  }

  announceData(bytes: Uint8Array, from: number, to: number): void {
    if (from >= to) return;
    if (this.state.protocol === '') this.state.become('data', this.#unit);
    this.announceOther('data', bytes, from, to, false);
  }

  announceTunnel(bytes: Uint8Array, from: number, to: number): void {
    this.state.tunnelled = true;
    const sink = this.state.sink;
    if (sink.tunnel === undefined) return;
    const kept = this.#buffer;
    if (!this.inBuffer || kept === null) {
      sink.tunnel(this.direction, bytes, from, to, this.#unit, from + this.#shift, this.#frame);
      return;
    }
    for (let run = kept.runOf(from); run < kept.runs && kept.startOf(run) < to; run++) {
      const start = Math.max(from, kept.startOf(run));
      const stop = Math.min(to, kept.startOf(run + 1));
      const offset = kept.offsetOf(run, start);
      sink.tunnel(this.direction, bytes, start, stop, kept.unitOf(run), offset, kept.frameOf(run));
    }
  }

  /** Fills in where bytes[from, to) of the chunk at hand or of what is kept came from. */
  place(place: MessagePlace, bytes: Uint8Array, from: number, to: number): void {
    place.bytes = bytes;
    place.from = from;
    place.to = to;
    place.direction = this.direction;
    const kept = this.#buffer;
    if (!this.inBuffer || kept === null) {
      place.firstUnit = place.lastUnit = this.#unit;
      place.offsetInFirst = from + this.#shift;
      place.offsetInLast = to + this.#shift;
      place.frame = this.#frame;
      return;
    }
    const first = kept.runOf(from);
    const last = kept.runOf(Math.max(from, to - 1));
    place.firstUnit = kept.unitOf(first);
    place.offsetInFirst = kept.offsetOf(first, from);
    place.lastUnit = kept.unitOf(last);
    place.offsetInLast = kept.offsetOf(last, to);
    place.frame = kept.frameOf(last);
  }
}

/** Behind the empty line that ends in bytes[at, to), of which the kept bytes may hold the beginning; -1 without one. */
function blankEndBehind(kept: MessageBuffer, bytes: Uint8Array, at: number, to: number): number {
  const last = kept.bytes[kept.length - 1];
  if (last === 10) {
    if (bytes[at] === 10) return at + 1;
    if (bytes[at] === 13 && at + 1 < to && bytes[at + 1] === 10) return at + 2;
  } else if (last === 13 && kept.bytes[kept.length - 2] === 10 && bytes[at] === 10) return at + 1;
  return blankLineEnd(bytes, at, to);
}
