import type { GapReason } from '../stream/events.ts';
import type { HeldBytes } from './held-bytes.ts';
import { RECORD_HEADER_LENGTH } from './record-header.ts';

/** Why bytes were passed over, or why records may be missing before one. */
export type LossReason = GapReason | 'start' | 'damaged';

/** One record as the framer stands on it. Reused: copy what is to be kept. */
export class RecordScratch {
  /** Content type; -1 where the header itself is not whole (partial records only). */
  type = 0;
  /** Version of the record header; SSL_2_0 for records in SSL 2.0 format. */
  version = 0;
  /** Bytes behind the header, as the header says. */
  length = 0;
  /** 5; in SSL 2.0 format 2 or 3. */
  headerLength = RECORD_HEADER_LENGTH;
  sslv2 = false;
  /**
   * The record, contiguous: header at bytes[from], body from `from + headerLength` on. Good during the call only. Of a
   * partial record `present` bytes from `from` on, holes being zeros.
   */
  bytes: Uint8Array = new Uint8Array(0);
  from = 0;
  /** Position of the header in the stream. */
  position = 0;
  /** Lowest and highest frame that brought bytes of it. It belongs to the highest: only then was it complete. */
  firstFrame = 0;
  lastFrame = 0;
  /** Where it lies in the capture, header included, in order; holes have no span. */
  spanCount = 0;
  spanOffsets = new Float64Array(4);
  spanLengths = new Uint32Array(4);
  spanFrames = new Uint32Array(4);
  /** True where an unknown number of records is missing between the record before (or the start) and this one. */
  afterLoss = false;
  /** Bytes between the two of which no record was made: lost, or passed over while framing was searched. */
  lostBefore = 0;
  /** Meaningful where afterLoss. The frames next to the (last) hole, 0 where there is none. */
  lossReason: LossReason = 'lost';
  lossBefore = 0;
  lossAfter = 0;
  /** Partial records: bytes that are there, header included, holes counted too; bytes lost of it. */
  present = 0;
  missing = 0;
  /** Holes inside the present bytes: offsets from the header's first byte, and lengths. */
  holeCount = 0;
  holeOffsets = new Float64Array(2);
  holeLengths = new Uint32Array(2);

  /** Takes the places of the first `length` held bytes. */
  takeSpans(held: HeldBytes, length: number): void {
    const end = held.position + length;
    this.spanCount = 0;
    this.firstFrame = 0;
    this.lastFrame = 0;
    for (let span = held.firstSpan; span < held.spanEnd; span++) {
      const spanStart = held.spanPositions[span]!;
      if (spanStart >= end) break;
      const from = Math.max(spanStart, held.position);
      const to = Math.min(spanStart + held.spanLengths[span]!, end);
      if (from >= to) continue;
      const frame = held.spanFrames[span]!;
      const count = this.spanCount++;
      if (count === 0 || frame < this.firstFrame) this.firstFrame = frame;
      if (frame > this.lastFrame) this.lastFrame = frame;
      if (count === this.spanOffsets.length) this.growSpans();
      this.spanOffsets[count] = held.spanOffsets[span]! + from - spanStart;
      this.spanLengths[count] = to - from;
      this.spanFrames[count] = frame;
    }
  }

  takeHoles(held: HeldBytes): void {
    this.holeCount = held.holeCount;
    if (held.holeCount > this.holeOffsets.length) {
      this.holeOffsets = new Float64Array(held.holePositions.length);
      this.holeLengths = new Uint32Array(held.holePositions.length);
    }
    for (let i = 0; i < held.holeCount; i++) {
      this.holeOffsets[i] = held.holePositions[i]! - held.position;
      this.holeLengths[i] = held.holeLengths[i]!;
    }
  }

  private growSpans(): void {
    const { spanOffsets, spanLengths, spanFrames } = this;
    this.spanOffsets = new Float64Array(spanOffsets.length * 2);
    this.spanOffsets.set(spanOffsets);
    this.spanLengths = new Uint32Array(spanLengths.length * 2);
    this.spanLengths.set(spanLengths);
    this.spanFrames = new Uint32Array(spanFrames.length * 2);
    this.spanFrames.set(spanFrames);
  }
}

/** What is missing before the next record of a direction. */
export class LossNote {
  /** An unknown number of records is missing. */
  uncertain = false;
  bytes = 0;
  reason: LossReason = 'lost';
  before = 0;
  after = 0;

  /** Why, and the frames next to the hole. */
  note(reason: LossReason, before: number, after: number): void {
    this.reason = reason;
    this.before = before;
    this.after = after;
  }

  /** Bytes are missing of which it is not known what records they were. */
  add(bytes: number, reason: LossReason, before: number, after: number): void {
    this.uncertain = true;
    this.bytes += bytes;
    this.note(reason, before, after);
  }

  /** Tells the record, and forgets. */
  moveTo(record: RecordScratch): void {
    record.afterLoss = this.uncertain;
    record.lostBefore = this.bytes;
    record.lossReason = this.reason;
    record.lossBefore = this.before;
    record.lossAfter = this.after;
    this.uncertain = false;
    this.bytes = 0;
  }
}

/** What a framer announces, in the order of the stream. No call keeps the bytes it is given. */
export interface RecordSink {
  record(record: RecordScratch): void;
  /**
   * A record of which bytes are missing: lost in the middle (then `present` reaches its end and `missing` is what the
   * holes cover), or its end is missing. With reason `end` the stream ended inside it.
   */
  partial(record: RecordScratch, reason: GapReason | 'end'): void;
  /** An impossible record header where one must stand. Its bytes are then announced as skipped. */
  damaged(bytes: Uint8Array, from: number, to: number, frame: number, position: number): void;
  /** Bytes passed over while framing is searched: parts of records whose header was not seen. One span a call. */
  skipped(
    bytes: Uint8Array,
    from: number,
    to: number,
    offset: number,
    frame: number,
    position: number,
    reason: LossReason,
  ): void;
  /** Bytes before TLS was recognised. One span a call. */
  plain(bytes: Uint8Array, from: number, to: number, offset: number, frame: number, position: number): void;
  /** Bytes missing among the plain ones. */
  plainGap(length: number, position: number, reason: GapReason, before: number, after: number): void;
  /**
   * TLS is recognised and begins at `position`. `start`: with the stream's first byte. `after-plain`: another protocol
   * came before, which plain() gave. `mid-stream`: what plain() gave were parts of records begun before the capture.
   */
  begins(how: 'start' | 'after-plain' | 'mid-stream', position: number): void;
}
