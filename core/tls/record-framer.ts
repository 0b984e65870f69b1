import type { GapReason } from '../stream/events.ts';
import type { HeldBytes } from './held-bytes.ts';
import { RecordAnnouncer } from './record-announcer.ts';
import {
  findHeaderInside,
  HEADER_NO,
  HEADER_SHORT,
  HEADER_YES,
  judgeHeader,
  RECORD_HEADER_LENGTH,
} from './record-header.ts';

/**
 * Cuts one direction of a stream into TLS records. Fed in stream order by chunk, gap and closed. A record that lies in
 * one chunk is announced where it stands; others are put together. Work is linear in the bytes, memory bounded by two
 * records.
 *
 * Where framing is not known (start in the middle, after a hole, after damage) a header is searched for, see FramingSearch.
 * Announcements may then lag behind by one record, until what confirms it is seen.
 */
export class RecordFramer extends RecordAnnouncer {
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
}
