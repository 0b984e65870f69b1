import { u16be } from '../bytes/reader.ts';
import type { HeldBytes, HeldBytesPool } from './held-bytes.ts';
import {
  HEADER_NO,
  HEADER_SHORT,
  HEADER_YES,
  judgeFollowing,
  judgeHeader,
  judgeOpening,
  judgeSslV2Hello,
  judgeUnknownHeader,
  RECORD_HEADER_LENGTH,
} from './record-header.ts';
import { LossNote, type RecordScratch, type RecordSink } from './record-sink.ts';
import { CHANGE_CIPHER_SPEC, HEARTBEAT } from './tables/content-types.ts';

/** Not yet TLS; framing known; framing lost. */
type Mode = 'plain' | 'framed' | 'searching';

/**
 * What a RecordFramer does while it does not know where records begin: it looks for a header. One is believed at a
 * segment's begin, or where another header, or the segment's end, stands where its length says.
 */
export abstract class FramingSearch {
  protected readonly sink: RecordSink;
  protected readonly pool: HeldBytesPool;
  protected readonly scratch: RecordScratch;
  /** The stream is known from its first byte on (its SYN was seen): TLS then begins with a hello only. */
  protected startKnown: boolean;
  protected mode: Mode = 'plain';
  protected held: HeldBytes | null = null;
  /** Searching: position up to which no header begins; the next to be judged. */
  protected judged = 0;
  protected firstPosition = -1;
  protected started = false;
  protected textual = false;
  protected sslv2 = false;
  /** Framing was carried over a hole by the length in a header: if the next header is impossible, that was loss, not damage. */
  protected unsure = false;
  /** Where what is held begins inside a segment: a header there needs to be confirmed. */
  private inside = -1;
  /** What is held is to be looked at again: its mode changed, or bytes came. */
  protected stirred = false;
  protected sniffed = 0;
  protected plainBytes = 0;
  protected readonly loss = new LossNote();

  /** `pool` and `scratch` can be shared by all framers of a thread. */
  constructor(sink: RecordSink, pool: HeldBytesPool, scratch: RecordScratch, startKnown: boolean) {
    this.sink = sink;
    this.pool = pool;
    this.scratch = scratch;
    this.startKnown = startKnown;
  }

  /** Framing not known, nothing held: looks for a header. Returns where it stopped. */
  protected search(
    bytes: Uint8Array,
    from: number,
    to: number,
    offset: number,
    frame: number,
    position: number,
  ): number {
    if (this.mode === 'plain') this.sniff(bytes, from, to);
    let verdict = HEADER_NO;
    let at = Math.max(from, from + this.judged - position);
    if (at === from) {
      verdict = this.judge(bytes, at, to, position, true, false);
      if (verdict === HEADER_NO) at = this.strict ? to : at + 1;
    }
    while (verdict === HEADER_NO && at < to) {
      // Every header begins with a content type.
      const byte = bytes[at]!;
      if (byte >= CHANGE_CIPHER_SPEC && byte <= HEARTBEAT)
        verdict = this.judge(bytes, at, to, position + at - from, false, false);
      if (verdict === HEADER_NO) at++;
    }
    this.pass(bytes, from, at, offset, frame, position);
    this.judged = position + at - from;
    if (verdict === HEADER_YES) {
      this.accept(bytes, at, to, this.judged);
      return at;
    }
    if (at < to) {
      this.hold(this.judged).append(bytes, at, to, offset + at - from, frame);
      this.inside = at === from ? -1 : this.judged;
    }
    return to;
  }

  /** Framing not known: judges what is held, as far as it goes. */
  protected searchHeld(held: HeldBytes, ended: boolean): void {
    let verdict = HEADER_NO;
    let at = held.start + this.judged - held.position;
    let span = held.firstSpan;
    for (; at < held.end; at++) {
      const position = held.position + at - held.start;
      while (span < held.spanEnd && held.spanPositions[span]! < position) span++;
      const spanStart = span < held.spanEnd && held.spanPositions[span] === position;
      const segmentStart = spanStart && position !== this.inside;
      verdict = this.judge(held.bytes, at, held.end, position, segmentStart, ended);
      if (verdict !== HEADER_NO) break;
    }
    this.passHeld(held, at - held.start);
    this.judged = held.position;
    if (held.length === 0) this.release();
    else if (verdict === HEADER_YES) {
      this.accept(held.bytes, held.start, held.end, held.position);
      this.stirred = true;
    }
  }

  protected searchFrom(position: number): void {
    this.mode = 'searching';
    this.judged = position;
  }

  /** In the beginning of a known stream, and behind text, TLS begins with a hello, at a segment's begin. */
  protected get strict(): boolean {
    return this.mode === 'plain' && (this.startKnown || this.textual);
  }

  /** May a record begin at bytes[at], the stream's `position`? HEADER_SHORT: more bytes are needed (never where `ended`). */
  protected judge(
    bytes: Uint8Array,
    at: number,
    end: number,
    position: number,
    segmentStart: boolean,
    ended: boolean,
  ): number {
    const short = ended ? HEADER_NO : HEADER_SHORT;
    const plain = this.mode === 'plain';
    const first = plain && this.plainBytes === 0 && position === this.firstPosition;
    if (first) {
      const hello = judgeSslV2Hello(bytes, at, end);
      if (hello !== HEADER_NO) return hello === HEADER_SHORT ? short : hello;
    }
    if (this.strict && !segmentStart) return HEADER_NO;
    const judged = judgeUnknownHeader(bytes, at, end);
    if (judged !== HEADER_YES) return judged === HEADER_SHORT ? short : judged;
    if (segmentStart) {
      if (!plain) return HEADER_YES;
      const opening = judgeOpening(bytes, at, end);
      if (opening === HEADER_SHORT && !ended) return HEADER_SHORT;
      return opening === HEADER_YES || first || !this.strict ? HEADER_YES : HEADER_NO;
    }
    const following = judgeFollowing(bytes, at, end);
    if (following !== HEADER_SHORT) return following;
    // With the end of the bytes a header that is cut off is as good as whole, a record that is not is nothing.
    const cut = at + RECORD_HEADER_LENGTH + u16be(bytes, at + 3) < end;
    return ended ? (cut ? HEADER_YES : HEADER_NO) : HEADER_SHORT;
  }

  /** Framing is known from bytes[at] on. */
  protected accept(bytes: Uint8Array, at: number, end: number, position: number): void {
    if (this.mode === 'plain') {
      this.sslv2 = judgeHeader(bytes, at, end) === HEADER_NO;
      const opening = this.sslv2 || judgeOpening(bytes, at, end) === HEADER_YES;
      const midStream = !opening && !this.textual && !(this.startKnown && this.plainBytes === 0);
      if (midStream) this.loss.add(this.plainBytes, 'start', 0, 0);
      this.sink.begins(midStream ? 'mid-stream' : this.plainBytes === 0 ? 'start' : 'after-plain', position);
    }
    this.mode = 'framed';
  }

  /** Announces bytes that belong to no record. */
  protected pass(
    bytes: Uint8Array,
    from: number,
    to: number,
    offset: number,
    frame: number,
    position: number,
  ): void {
    if (to === from) return;
    if (this.mode === 'plain') {
      this.plainBytes += to - from;
      this.sink.plain(bytes, from, to, offset, frame, position);
    } else {
      this.loss.bytes += to - from;
      this.sink.skipped(bytes, from, to, offset, frame, position, this.loss.reason);
    }
  }

  protected passHeld(held: HeldBytes, length: number): void {
    const end = held.position + length;
    for (let span = held.firstSpan; span < held.spanEnd; span++) {
      const spanStart = held.spanPositions[span]!;
      const from = Math.max(spanStart, held.position);
      const to = Math.min(spanStart + held.spanLengths[span]!, end);
      if (from >= to) continue;
      const at = held.start + from - held.position;
      const offset = held.spanOffsets[span]! + from - spanStart;
      this.pass(held.bytes, at, at + to - from, offset, held.spanFrames[span]!, from);
    }
    held.drop(length);
  }

  /** Text is told by the first bytes: sixteen at most are looked at. */
  protected sniff(bytes: Uint8Array, from: number, to: number): void {
    for (let at = from; at < to && this.sniffed < SNIFFED; at++) {
      const byte = bytes[at]!;
      const text = (byte >= 0x20 && byte < 0x7f) || byte === 9 || byte === 10 || byte === 13;
      this.sniffed = text ? this.sniffed + 1 : SNIFFED;
      this.textual = text && this.sniffed >= SNIFFED / 2;
    }
  }

  protected hold(position: number): HeldBytes {
    this.held ??= this.pool.take(position);
    return this.held;
  }

  protected release(): void {
    if (this.held !== null) this.pool.give(this.held);
    this.held = null;
  }
}

const SNIFFED = 16;
