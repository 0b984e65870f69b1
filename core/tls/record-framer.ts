import { u16be } from '../bytes/reader.ts';
import type { GapReason } from '../stream/events.ts';
import type { HeldBytes, HeldBytesPool } from './held-bytes.ts';
import {
  findHeaderInside,
  HEADER_NO,
  HEADER_SHORT,
  HEADER_YES,
  judgeFollowing,
  judgeHeader,
  judgeOpening,
  judgeSslV2Hello,
  judgeUnknownHeader,
  MAX_RECORD_LENGTH,
  RECORD_HEADER_LENGTH,
} from './record-header.ts';
import { LossNote, type RecordScratch, type RecordSink } from './record-sink.ts';
import { APPLICATION_DATA, CHANGE_CIPHER_SPEC, HANDSHAKE, HEARTBEAT } from './tables/content-types.ts';
import { CLIENT_HELLO } from './tables/handshake-types.ts';
import { SSL_2_0 } from './tables/versions.ts';

/** Not yet TLS; framing known; framing lost. */
type Mode = 'plain' | 'framed' | 'searching';

/**
 * Cuts one direction of a stream into TLS records. Fed in stream order by chunk, gap and closed. A record that lies in
 * one chunk is announced where it stands; others are put together. Work is linear in the bytes, memory bounded by two
 * records.
 *
 * Where framing is not known (start in the middle, after a hole, after damage) a header is believed at a segment's
 * begin, or where another header, or the segment's end, stands where its length says. Announcements may then lag
 * behind by one record, until that is seen. One file, though a long one: all of it is moves of one small state.
 */
export class RecordFramer {
  private readonly sink: RecordSink;
  private readonly pool: HeldBytesPool;
  private readonly scratch: RecordScratch;
  /** The stream is known from its first byte on (its SYN was seen): TLS then begins with a hello only. */
  private startKnown: boolean;
  private mode: Mode = 'plain';
  private held: HeldBytes | null = null;
  /** Searching: position up to which no header begins; the next to be judged. */
  private judged = 0;
  private firstPosition = -1;
  private started = false;
  private textual = false;
  private sslv2 = false;
  /** Framing was carried over a hole by the length in a header: if the next header is impossible, that was loss, not damage. */
  private unsure = false;
  /** What is held is to be looked at again: its mode changed, or bytes came. */
  private stirred = false;
  private sniffed = 0;
  private plainBytes = 0;
  private readonly loss = new LossNote();

  /** `pool` and `scratch` can be shared by all framers of a thread. */
  constructor(sink: RecordSink, pool: HeldBytesPool, scratch: RecordScratch, startKnown: boolean) {
    this.sink = sink;
    this.pool = pool;
    this.scratch = scratch;
    this.startKnown = startKnown;
  }

  /** True once TLS was recognised in this direction. */
  get recognised(): boolean {
    return this.mode !== 'plain';
  }

  chunk(bytes: Uint8Array, from: number, to: number, offset: number, frame: number, position: number): void {
    if (this.firstPosition < 0) this.firstPosition = position;
    let at = from;
    while (at < to) {
      const place = offset + at - from;
      if (this.mode === 'framed') {
        if (this.held === null) at = this.cut(bytes, at, to, place, frame, position + at - from);
        else at = this.fill(this.held, bytes, at, to, place, frame);
      } else if (this.held === null) {
        at = this.search(bytes, at, to, place, frame, position + at - from);
      } else {
        if (this.mode === 'plain') this.sniff(bytes, at, to);
        this.held.append(bytes, at, to, place, frame);
        this.stirred = true;
        at = to;
      }
      this.settle(false);
    }
  }

  gap(length: number, position: number, reason: GapReason, before: number, after: number): void {
    this.endSearch();
    this.giveUpSwallowed();
    if (this.mode === 'framed') {
      this.gapInRecord(length, position, reason, before, after);
    } else if (this.mode === 'searching') {
      this.loss.add(length, reason, before, after);
      this.judged = position + length;
    } else {
      this.sink.plainGap(length, position, reason, before, after);
      // What comes next may begin in the middle of a record.
      this.startKnown = false;
      this.textual = false;
      this.plainBytes += length;
      this.judged = position + length;
    }
  }

  /** The direction ended. */
  closed(): void {
    this.endSearch();
    this.giveUpSwallowed();
    if (this.mode === 'framed' && this.held !== null) this.announcePartial(this.held, 'end', 0);
    this.release();
  }

  /** Framing known, nothing held: records where they stand. Returns where it stopped. */
  private cut(
    bytes: Uint8Array,
    from: number,
    to: number,
    offset: number,
    frame: number,
    position: number,
  ): number {
    const scratch = this.scratch;
    let at = from;
    while (at < to) {
      const header = this.readHeader(bytes, at, to);
      if (header === HEADER_NO) {
        this.damage(bytes, at, to, frame, position + at - from);
        return at;
      }
      const end = at + scratch.headerLength + scratch.length;
      if (header === HEADER_SHORT || end > to) {
        this.hold(position + at - from).append(bytes, at, to, offset + at - from, frame);
        return to;
      }
      if (end < to && judgeHeader(bytes, end, to) === HEADER_NO && !this.sslv2) {
        const held = this.hold(position + at - from);
        held.append(bytes, at, to, offset + at - from, frame);
        this.doubt(held, end - at);
        return to;
      }
      scratch.bytes = bytes;
      scratch.from = at;
      scratch.position = position + at - from;
      scratch.firstFrame = frame;
      scratch.lastFrame = frame;
      scratch.spanCount = 1;
      scratch.spanOffsets[0] = offset + at - from;
      scratch.spanLengths[0] = end - at;
      scratch.spanFrames[0] = frame;
      this.announce(scratch);
      at = end;
    }
    return at;
  }

  /** Framing known, the begin of a record held: takes what it still needs. Returns where it stopped. */
  private fill(
    held: HeldBytes,
    bytes: Uint8Array,
    from: number,
    to: number,
    offset: number,
    frame: number,
  ): number {
    const scratch = this.scratch;
    let at = from;
    for (;;) {
      const header = this.readHeader(held.bytes, held.start, held.end);
      if (header === HEADER_NO) {
        this.damageHeld(held);
        return at;
      }
      const headerLength = this.sslv2 ? 3 : RECORD_HEADER_LENGTH;
      const whole = header === HEADER_SHORT ? headerLength : scratch.headerLength + scratch.length;
      const take = Math.min(whole - held.length, to - at);
      if (take > 0) {
        held.append(bytes, at, at + take, offset + at - from, frame);
        at += take;
      }
      if (header === HEADER_YES && held.length >= whole) {
        if (this.isDoubtful(held, whole, bytes, at, to)) {
          held.append(bytes, at, to, offset + at - from, frame);
          this.doubt(held, whole);
          return to;
        }
        this.announceHeld(held, whole);
        held.drop(whole);
        if (held.length === 0) {
          this.release();
          return at;
        }
      } else if (held.length < whole) return at;
    }
  }

  /** What follows a whole record is no header: it is the next in `held`, or in the chunk that completed it. */
  private isDoubtful(held: HeldBytes, whole: number, bytes: Uint8Array, at: number, to: number): boolean {
    if (this.sslv2 || held.holeCount > 0) return false;
    if (held.length > whole) return judgeHeader(held.bytes, held.start + whole, held.end) === HEADER_NO;
    return at < to && judgeHeader(bytes, at, to) === HEADER_NO;
  }

  /**
   * Behind the first held record, `whole` bytes long, stands no header. Either that header is damaged, or this one's
   * length, which then has swallowed records: they are looked for inside it.
   */
  private doubt(held: HeldBytes, whole: number): void {
    this.stirred = true;
    const inside = findHeaderInside(held.bytes, held.start, held.end, whole, true);
    if (inside >= 0) this.giveUpTo(held, inside);
    else {
      this.readHeader(held.bytes, held.start, held.end);
      this.announceHeld(held, whole);
      held.drop(whole);
    }
  }

  /** The first held header is damaged; framing goes on at an offset behind it. */
  private giveUpTo(held: HeldBytes, offset: number): void {
    const frame = held.spanFrames[held.firstSpan]!;
    this.damage(held.bytes, held.start, held.end, frame, held.position);
    this.passHeld(held, offset);
    this.mode = 'framed';
    this.stirred = true;
  }

  /** No more bytes follow directly, and a record is not whole: its length may be damaged. */
  private giveUpSwallowed(): void {
    while (this.mode === 'framed' && this.held !== null && this.held.holeCount === 0 && !this.sslv2) {
      const inside = findHeaderInside(
        this.held.bytes,
        this.held.start,
        this.held.end,
        this.held.length,
        false,
      );
      if (inside < 0) return;
      this.giveUpTo(this.held, inside);
      this.settle(true);
    }
  }

  /**
   * Reads the header at bytes[at] into the scratch. HEADER_NO where none can stand there in a stream whose framing is
   * known.
   */
  private readHeader(bytes: Uint8Array, at: number, end: number): number {
    const scratch = this.scratch;
    const judged = judgeHeader(bytes, at, end);
    if (judged !== HEADER_YES)
      return this.sslv2 && judged === HEADER_NO ? this.readSslV2Header(bytes, at, end) : judged;
    this.sslv2 = false;
    scratch.sslv2 = false;
    scratch.type = bytes[at]!;
    scratch.version = 0x300 | bytes[at + 2]!;
    scratch.length = (bytes[at + 3]! << 8) | bytes[at + 4]!;
    scratch.headerLength = RECORD_HEADER_LENGTH;
    return HEADER_YES;
  }

  /** Two bytes with the high bit set, or three with a padding length (SSL 2.0 §1.1). */
  private readSslV2Header(bytes: Uint8Array, at: number, end: number): number {
    if (end - at < 3) return HEADER_SHORT;
    const scratch = this.scratch;
    const short = (bytes[at]! & 0x80) !== 0;
    const length = u16be(bytes, at) & (short ? 0x7fff : 0x3fff);
    if (length === 0 || length > MAX_RECORD_LENGTH) return HEADER_NO;
    scratch.sslv2 = true;
    scratch.version = SSL_2_0;
    scratch.headerLength = short ? 2 : 3;
    scratch.length = length;
    scratch.type = this.started ? APPLICATION_DATA : HANDSHAKE;
    return HEADER_YES;
  }

  private announce(scratch: RecordScratch): void {
    this.loss.moveTo(scratch);
    this.started = true;
    this.unsure = false;
    // A hello in SSL 2.0 format that offers SSL 3.0 or later is the only such record: the next must have a TLS header.
    if (scratch.sslv2 && scratch.type === HANDSHAKE) {
      const at = scratch.from + scratch.headerLength;
      if (scratch.bytes[at] === CLIENT_HELLO && u16be(scratch.bytes, at + 1) !== SSL_2_0) this.sslv2 = false;
    }
    this.sink.record(scratch);
  }

  private announceHeld(held: HeldBytes, length: number): void {
    const scratch = this.scratch;
    scratch.bytes = held.bytes;
    scratch.from = held.start;
    scratch.position = held.position;
    scratch.takeSpans(held, length);
    if (held.holeCount === 0) {
      this.announce(scratch);
      return;
    }
    scratch.takeHoles(held);
    scratch.present = length;
    scratch.missing = 0;
    for (let i = 0; i < scratch.holeCount; i++) scratch.missing += scratch.holeLengths[i]!;
    this.loss.moveTo(scratch);
    this.started = true;
    this.unsure = true;
    this.sink.partial(scratch, this.loss.reason === 'snapped' ? 'snapped' : 'lost');
  }

  /** The held bytes are all that there is of a record; `beyond` bytes of the hole behind them are its. */
  private announcePartial(held: HeldBytes, reason: GapReason | 'end', beyond: number): void {
    const scratch = this.scratch;
    if (this.readHeader(held.bytes, held.start, held.end) !== HEADER_YES) {
      scratch.type = -1;
      scratch.version = 0;
      scratch.length = 0;
    }
    scratch.bytes = held.bytes;
    scratch.from = held.start;
    scratch.position = held.position;
    scratch.present = held.length;
    scratch.missing = beyond;
    scratch.takeSpans(held, held.length);
    scratch.takeHoles(held);
    for (let i = 0; i < scratch.holeCount; i++) scratch.missing += scratch.holeLengths[i]!;
    if (reason === 'end' && scratch.type !== -1) {
      scratch.missing += scratch.headerLength + scratch.length - scratch.present;
    }
    this.loss.moveTo(scratch);
    this.started = true;
    this.sink.partial(scratch, reason);
  }

  private gapInRecord(
    length: number,
    position: number,
    reason: GapReason,
    before: number,
    after: number,
  ): void {
    const held = this.held;
    if (held === null) {
      this.searchFrom(position + length);
      this.loss.add(length, reason, before, after);
      return;
    }
    const scratch = this.scratch;
    const known = this.readHeader(held.bytes, held.start, held.end) === HEADER_YES;
    const rest = known ? scratch.headerLength + scratch.length - held.length : 0;
    if (length < rest) {
      // The record's own length carries the framing over the hole.
      this.loss.note(reason, before, after);
      held.appendHole(length);
      return;
    }
    this.announcePartial(held, reason, rest);
    this.release();
    if (known && length === rest) {
      this.loss.note(reason, before, after);
      this.unsure = true;
      return;
    }
    this.searchFrom(position + length);
    this.loss.add(length - rest, reason, before, after);
  }

  private damage(bytes: Uint8Array, at: number, to: number, frame: number, position: number): void {
    if (!this.unsure) {
      this.sink.damaged(bytes, at, Math.min(to, at + RECORD_HEADER_LENGTH), frame, position);
      this.loss.note('damaged', frame, frame);
    }
    this.loss.uncertain = true;
    this.unsure = false;
    this.searchFrom(position);
    // What stands at this place was just found to be no header.
    this.judged = position + 1;
  }

  private damageHeld(held: HeldBytes): void {
    const frame = held.spanFrames[held.firstSpan]!;
    this.damage(held.bytes, held.start, held.end, frame, held.position);
    this.stirred = true;
  }

  private searchFrom(position: number): void {
    this.mode = 'searching';
    this.judged = position;
  }

  /** Framing not known, nothing held: looks for a header. Returns where it stopped. */
  private search(
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
    if (at < to) this.hold(this.judged).append(bytes, at, to, offset + at - from, frame);
    return to;
  }

  /** Framing not known: judges what is held, as far as it goes. */
  private searchHeld(held: HeldBytes, ended: boolean): void {
    let verdict = HEADER_NO;
    let at = held.start + this.judged - held.position;
    let span = held.firstSpan;
    for (; at < held.end; at++) {
      const position = held.position + at - held.start;
      while (span < held.spanEnd && held.spanPositions[span]! < position) span++;
      const segmentStart = span < held.spanEnd && held.spanPositions[span] === position;
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

  /** Looks at held bytes until nothing changes any more. Each round takes bytes away or judges on. */
  private settle(ended: boolean): void {
    while (this.stirred) {
      this.stirred = false;
      const held = this.held;
      if (held === null) return;
      if (this.mode === 'framed') this.fill(held, held.bytes, 0, 0, 0, 0);
      else this.searchHeld(held, ended);
    }
  }

  /** No more bytes follow directly: what is held is judged as it stands. */
  private endSearch(): void {
    if (this.mode === 'framed') return;
    this.stirred = true;
    this.settle(true);
  }

  /** In the beginning of a known stream, and behind text, TLS begins with a hello, at a segment's begin. */
  private get strict(): boolean {
    return this.mode === 'plain' && (this.startKnown || this.textual);
  }

  /** May a record begin at bytes[at], the stream's `position`? HEADER_SHORT: more bytes are needed (never where `ended`). */
  private judge(
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
  private accept(bytes: Uint8Array, at: number, end: number, position: number): void {
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
  private pass(
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

  private passHeld(held: HeldBytes, length: number): void {
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
  private sniff(bytes: Uint8Array, from: number, to: number): void {
    for (let at = from; at < to && this.sniffed < SNIFFED; at++) {
      const byte = bytes[at]!;
      const text = (byte >= 0x20 && byte < 0x7f) || byte === 9 || byte === 10 || byte === 13;
      this.sniffed = text ? this.sniffed + 1 : SNIFFED;
      this.textual = text && this.sniffed >= SNIFFED / 2;
    }
  }

  private hold(position: number): HeldBytes {
    this.held ??= this.pool.take(position);
    return this.held;
  }

  private release(): void {
    if (this.held !== null) this.pool.give(this.held);
    this.held = null;
  }
}

const SNIFFED = 16;
