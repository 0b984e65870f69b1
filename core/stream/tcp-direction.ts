import type { PacketScratch } from '../net/packet.ts';
import { TCP_FIN, TCP_PSH, TCP_RST, TCP_SYN } from '../net/packet.ts';
import { SEGMENT_DUPLICATE, SEGMENT_EMPTY, SEGMENT_KEEP_ALIVE, SEGMENT_LATE, SEGMENT_NEW } from './events.ts';
import type { StreamSink } from './events.ts';
import { HeldSegments } from './held-segments.ts';
import type { BytesHolder, ReassemblyBudget } from './reassembly-budget.ts';
import { SegmentLog, sampleBytes } from './segment-log.ts';
import { SnappedRanges } from './snapped-ranges.ts';
import { createStreamStatistics } from './stream-statistics.ts';
import type { StreamStatistics } from './stream-statistics.ts';

/** Frames of the conversation that a hole is still waited for once its bytes were acknowledged. */
export const GRACE_FRAMES = 64;
/** Frames that the first segment of a stream without SYN is held back for an earlier one, unless it is acknowledged. */
export const HOLD_BACK_FRAMES = 8;
/** No window is larger (RFC 7323 §2.3), so no segment is further ahead unless as much was lost. */
const MOST_AHEAD = 2 ** 30;
/** Nothing is sent again from so far back. */
const MOST_BEHIND = 2 ** 26;
/** So many segments in a row, each where the one before it ended, carry the stream to where they stand. */
const STRAYS_TO_FOLLOW = 8;

/**
 * One direction of a TCP conversation. Positions are counted from the first byte behind the SYN where that is known,
 * else from the first byte captured.
 *
 * A direction without SYN holds its first bytes back until the other side has acknowledged something behind their
 * beginning, or for eight frames, so that a segment captured just too late can still be put in front of them. Where
 * the other side's acknowledgement reached exactly up to them before they came, nothing is held.
 */
export class TcpDirection implements BytesHolder {
  readonly statistics: StreamStatistics = createStreamStatistics();
  /** Who brought the bytes of the last segment first, where it was a duplicate; 0 where that is not known. */
  duplicateOf = 0;
  /** Whether `closed` was announced. */
  closed = false;

  readonly #direction: 0 | 1;
  readonly #sink: StreamSink;
  readonly #budget: ReassemblyBudget;
  /** Whether #nextSequence means anything, and whether position 0 is settled and bytes are delivered. */
  #based = false;
  #started = false;
  /** Whether position 0 is the byte behind the SYN. */
  #fromSyn = false;
  /** End of what was delivered or given up, and its sequence number (signed: it stays a small integer of the engine). */
  #next = 0;
  #nextSequence = 0;
  /** End of all that was seen on the wire, captured or cut. */
  #highest = 0;
  /** Position behind the last byte of the stream: known once a FIN was seen. */
  #end = Infinity;
  #endFrame = 0;
  /** The last frame that brought a byte before #next. */
  #lastFrame = 0;

  #acknowledged = false;
  #firstAcknowledged = 0;
  #lastAcknowledged = 0;
  /** The last acknowledgement rose by one: it covers a FIN (or one byte). */
  #acknowledgedFin = false;

  readonly #log = new SegmentLog();
  readonly #held = new HeldSegments();
  readonly #snapped = new SnappedRanges();
  /** What the budget was told that #held costs. */
  #charged = 0;
  /** What was acknowledged GRACE_FRAMES ago, while there is a hole. */
  #grace: Float64Array | null = null;
  #heldSince = 0;

  #strayNext = 0;
  #strays = 0;

  /** The last segment placed: whether it differs from what was seen; by its header a frame captured twice is known. */
  #differs = false;
  #newestFrame = 0;
  #acknowledgement = 0;
  #window = 0;

  constructor(direction: 0 | 1, sink: StreamSink, budget: ReassemblyBudget) {
    this.#direction = direction;
    this.#sink = sink;
    this.#budget = budget;
  }

  /** Whether `tick` has something to wait for. */
  get waits(): boolean {
    return this.#held.cost > 0;
  }

  /**
   * End of what the other side has acknowledged, as a position; bytes since its first acknowledgement in a direction of
   * which nothing else is known. It may lie behind everything captured: proof that more was sent.
   */
  get acknowledgedUpTo(): number {
    if (!this.#based) return (this.#lastAcknowledged - this.#firstAcknowledged) | 0;
    return this.#acknowledged ? this.#positionOf(this.#lastAcknowledged) : 0;
  }

  /** The direction's SYN had this initial sequence number. */
  synchronise(isn: number): void {
    if (this.#started) return;
    const first = this.#held.first;
    if (first !== undefined) {
      const origin = this.#positionOf(isn + 1);
      if (first.position >= origin && first.position - origin < MOST_AHEAD) this.#rebase(origin);
      // What is held came from another connection on these ports.
      else this.#letGo();
    }
    this.#nextSequence = (isn + 1) | 0;
    this.#based = true;
    this.#started = true;
    this.#fromSyn = true;
    this.#drain();
  }

  /** The other side answered the direction's SYN, which was not captured. */
  answer(acknowledgement: number): void {
    if (!this.#based) this.synchronise(acknowledgement - 1);
  }

  /** The other side acknowledged everything before this sequence number. */
  acknowledge(acknowledgement: number): void {
    const number = acknowledgement | 0;
    const ahead = (number - this.#lastAcknowledged) | 0;
    if (!this.#acknowledged) this.#firstAcknowledged = number;
    else if (ahead === 0) return;
    else if ((ahead < 0 || ahead > MOST_AHEAD) && !this.#isBetterAcknowledgement(number)) return;
    this.#acknowledgedFin = this.#acknowledged && ahead === 1;
    this.#acknowledged = true;
    this.#lastAcknowledged = number;
    if (this.#started || !this.#based) return;
    const first = this.#held.first;
    if (first !== undefined && this.#positionOf(number) > first.position) this.#start();
  }

  /**
   * A segment with payload, or one that may be a keep-alive. `sequence` is that of the payload's first byte, `count` the
   * conversation's frames so far.
   */
  receive(packet: PacketScratch, sequence: number, frame: number, count: number): number {
    const captured = packet.payloadEnd - packet.payloadStart;
    const ordinary = this.#started && packet.payloadMissing === 0 && packet.pieces === 0 && captured > 0;
    if (
      !ordinary ||
      (sequence | 0) !== this.#nextSequence ||
      this.#highest !== this.#next ||
      this.#end !== Infinity
    ) {
      return this.#receiveOther(packet, sequence, frame, count);
    }
    this.statistics.segments++;
    this.#acknowledgement = packet.acknowledgement;
    this.#window = packet.tcpWindow;
    this.#newestFrame = frame;
    this.#deliver(packet.payload, packet.payloadStart, packet.payloadEnd, packet.payloadOffset, frame);
    return SEGMENT_NEW;
  }

  /** The direction's last byte stands before this sequence number. */
  finish(sequence: number, frame: number): void {
    if (this.closed || this.#end !== Infinity) return;
    if (!this.#based) {
      this.#based = true;
      this.#started = true;
      this.#nextSequence = sequence | 0;
    }
    const end = this.#positionOf(sequence);
    // A FIN before bytes already seen is another connection's, or forged.
    if (end < this.#highest || end - this.#highest > MOST_AHEAD) return;
    this.#end = end;
    this.#endFrame = frame;
    this.#highest = end;
    this.#closeAtEnd();
  }

  /** Whether an RST with this sequence number can be the direction's own: not far behind, nor far ahead. */
  allowsReset(sequence: number): boolean {
    if (!this.#based) return true;
    const ahead = (sequence - this.#nextSequence) | 0;
    return ahead >= -MOST_BEHIND && ahead <= MOST_BEHIND;
  }

  /** One more frame of the conversation has passed; to be called while `waits`. */
  tick(count: number): void {
    if (!this.#started) {
      if (count - this.#heldSince >= HOLD_BACK_FRAMES) this.#start();
      return;
    }
    this.#grace ??= new Float64Array(GRACE_FRAMES);
    const index = count % GRACE_FRAMES;
    const proven = this.#grace[index]!;
    this.#grace[index] = this.acknowledgedUpTo;
    if (count - this.#heldSince < GRACE_FRAMES) return;
    let first = this.#held.first;
    while (first !== undefined && first.position <= proven) {
      this.giveUpOldestHole();
      first = this.#held.first;
    }
  }

  giveUpOldestHole(): void {
    if (!this.#started) {
      this.#start();
      return;
    }
    const first = this.#held.first;
    if (first === undefined) return;
    this.#giveUp(first.position, first.frame);
    this.#drain();
  }

  /** Nothing more comes: delivers what is held, announces what is known to be missing, and closes. */
  settle(by: 'rst' | 'end', frame: number): void {
    if (this.closed) return;
    if (!this.#started) this.#start();
    while (this.#held.first !== undefined) this.giveUpOldestHole();
    if (this.closed) return;
    const acknowledged = this.acknowledgedUpTo - (this.#acknowledgedFin ? 1 : 0);
    const seen = this.#highest;
    if (this.#end === Infinity && acknowledged > seen) this.#giveUp(acknowledged, 0);
    else if (seen > this.#next) this.#giveUp(seen, 0);
    if (this.#end === Infinity) this.#close(by, frame);
    else this.#closeAtEnd();
  }

  #receiveOther(packet: PacketScratch, sequence: number, frame: number, count: number): number {
    const length = packet.payloadEnd - packet.payloadStart + packet.payloadMissing;
    this.duplicateOf = 0;
    if (this.#isKeepAlive(packet, sequence, length)) {
      this.statistics.keepAlives++;
      return SEGMENT_KEEP_ALIVE;
    }
    if (length === 0) return SEGMENT_EMPTY;
    this.statistics.segments++;
    if (packet.payloadMissing > 0) this.statistics.snappedSegments++;
    if (!this.#based) this.#begin(sequence);
    const ahead = (sequence - this.#nextSequence) | 0;
    if (ahead > MOST_AHEAD || ahead < -MOST_BEHIND || (this.#fromSyn && this.#next + ahead < 0)) {
      if (!this.#followsStrays(sequence, length)) return SEGMENT_LATE;
    }
    return this.#place(packet, this.#positionOf(sequence), frame, count);
  }

  /** Puts a segment in its place: delivers it, holds it, or finds that it was seen. */
  #place(packet: PacketScratch, position: number, frame: number, count: number): number {
    const captured = packet.payloadEnd - packet.payloadStart;
    const wireEnd = Math.min(position + captured + packet.payloadMissing, this.#end);
    const dataEnd = Math.min(position + captured, wireEnd);
    const next = this.#started ? this.#next : -Infinity;
    const highest = this.#highest;
    const from = Math.max(position, next);
    this.duplicateOf = 0;
    this.#differs = false;
    const late = this.#lookBack(packet, position, Math.min(wireEnd, next));
    let fresh = 0;
    if (dataEnd > from) {
      const first = this.#held.first;
      if (from === next && (first === undefined || dataEnd <= first.position)) {
        this.#deliverRange(packet, position, from, dataEnd, frame);
        fresh = dataEnd - from;
      } else {
        fresh = this.#hold(packet, position, from, dataEnd, frame, count);
      }
    }
    const cutFrom = Math.max(dataEnd, next);
    if (wireEnd > cutFrom) this.#snapped.add(cutFrom, wireEnd);
    if (wireEnd > highest) this.#highest = wireEnd;
    this.#countSegment(
      packet,
      Math.max(0, dataEnd - position) - fresh,
      fresh,
      fresh > 0 && from < highest,
      frame,
    );
    if (this.#started) this.#drain();
    else if (this.#held.first === undefined) this.#start();
    while (this.#held.cost > this.#budget.limitPerDirection) this.giveUpOldestHole();
    const duplicate = !late && position < this.#end;
    if (fresh === 0 && wireEnd <= highest && duplicate) return SEGMENT_DUPLICATE;
    this.duplicateOf = 0;
    if (fresh > 0 || wireEnd > highest) return SEGMENT_NEW;
    this.statistics.lateSegments++;
    return SEGMENT_LATE;
  }

  /**
   * Looks up who brought the bytes from `position` to `to`, all of them delivered or given up, and compares by sample.
   * True where some were given up or stand before the stream's beginning.
   */
  #lookBack(packet: PacketScratch, position: number, to: number): boolean {
    if (to <= position) return false;
    if (position < 0) return true;
    const log = this.#log;
    const dataEnd = position + (packet.payloadEnd - packet.payloadStart);
    const shift = packet.payloadStart - position;
    let entry = Math.max(0, log.find(position));
    let late = false;
    for (let at = log.positionOf(entry); at < to; entry++) {
      const end = log.endOf(entry, this.#next);
      this.duplicateOf = log.frameOf(entry);
      if (this.duplicateOf === 0) late = true;
      else if (at >= position && end <= Math.min(to, dataEnd)) {
        if (sampleBytes(packet.payload, at + shift, end + shift) !== log.sampleOf(entry))
          this.#differs = true;
      }
      at = end;
    }
    return late;
  }

  #countSegment(packet: PacketScratch, seen: number, fresh: number, fillsHole: boolean, frame: number): void {
    const { statistics } = this;
    if (fillsHole && this.#started) statistics.outOfOrderSegments++;
    if (seen > 0) {
      statistics.retransmittedSegments++;
      statistics.retransmittedBytes += seen;
      const sameHeader =
        packet.acknowledgement === this.#acknowledgement && packet.tcpWindow === this.#window;
      if (fresh === 0 && sameHeader && this.duplicateOf === this.#newestFrame) statistics.duplicateSegments++;
    }
    if (this.#differs) {
      statistics.differingSegments++;
      if (statistics.firstDifferingFrame === 0) statistics.firstDifferingFrame = frame;
    }
    if (fresh > 0) this.#newestFrame = frame;
    this.#acknowledgement = packet.acknowledgement;
    this.#window = packet.tcpWindow;
  }

  /** Copies the payload's bytes of positions [from, to) until what stands before them has come. Returns how many are new. */
  #hold(
    packet: PacketScratch,
    position: number,
    from: number,
    to: number,
    frame: number,
    count: number,
  ): number {
    const held = this.#held;
    if (held.cost === 0) this.#heldSince = count;
    let added = 0;
    let start = position;
    for (let piece = 0; piece < Math.max(1, packet.pieces); piece++) {
      const whole = packet.pieces === 0;
      const length = whole ? to - position : packet.pieceLengths[piece]!;
      const cutFrom = Math.max(from, start);
      const cutTo = Math.min(to, start + length);
      if (cutTo > cutFrom) {
        const at = packet.payloadStart + (cutFrom - position);
        const offset = (whole ? packet.payloadOffset : packet.pieceOffsets[piece]!) + (cutFrom - start);
        const by = whole ? frame : packet.pieceFrames[piece]!;
        held.insert(cutFrom, packet.payload, at, at + (cutTo - cutFrom), offset, by);
        added += held.added;
        if (held.differs) this.#differs = true;
        this.duplicateOf = held.heldBy;
      }
      start += length;
    }
    this.#chargeHeld();
    return added;
  }

  /** Delivers the payload's bytes of positions [from, to), `from` being the next one. */
  #deliverRange(packet: PacketScratch, position: number, from: number, to: number, frame: number): void {
    const { payload, payloadStart } = packet;
    if (packet.pieces === 0) {
      const at = payloadStart + (from - position);
      this.#deliver(
        payload,
        at,
        payloadStart + (to - position),
        packet.payloadOffset + (from - position),
        frame,
      );
      return;
    }
    let start = position;
    for (let piece = 0; piece < packet.pieces; piece++) {
      const end = start + packet.pieceLengths[piece]!;
      const cutFrom = Math.max(from, start);
      const cutTo = Math.min(to, end);
      if (cutTo > cutFrom) {
        const at = payloadStart + (cutFrom - position);
        const offset = packet.pieceOffsets[piece]! + (cutFrom - start);
        this.#deliver(payload, at, at + (cutTo - cutFrom), offset, packet.pieceFrames[piece]!);
      }
      start = end;
    }
  }

  #deliver(bytes: Uint8Array, from: number, to: number, offset: number, frame: number): void {
    const position = this.#next;
    const length = to - from;
    this.#log.append(position, frame, sampleBytes(bytes, from, to));
    this.#next = position + length;
    this.#nextSequence = (this.#nextSequence + length) | 0;
    if (this.#highest < this.#next) this.#highest = this.#next;
    this.#lastFrame = frame;
    this.statistics.deliveredBytes += length;
    this.#sink.chunk(this.#direction, bytes, from, to, offset, frame, position);
  }

  /** Delivers what is held without a hole before it. */
  #drain(): void {
    const held = this.#held;
    for (let first = held.first; first !== undefined && first.position === this.#next; first = held.first) {
      held.dropFirst();
      this.#deliver(first.bytes, 0, first.bytes.length, first.offset, first.frame);
    }
    this.#snapped.forgetBefore(this.#next);
    this.#chargeHeld();
    this.#closeAtEnd();
  }

  /** Announces everything up to `end` as missing; `after` is the frame that brought what follows. */
  #giveUp(end: number, after: number): void {
    const from = this.#next;
    this.statistics.holes++;
    for (let at = from; at < end;) {
      const cut = this.#snapped.nextFrom(at);
      const reason = cut === at ? 'snapped' : 'lost';
      const until = Math.min(end, reason === 'snapped' ? this.#snapped.endAt(at) : cut);
      if (reason === 'snapped') this.statistics.snappedBytes += until - at;
      else this.statistics.lostBytes += until - at;
      this.#sink.gap(this.#direction, until - at, at, reason, this.#lastFrame, after);
      at = until;
    }
    this.#log.append(from, 0, 0);
    this.#next = end;
    this.#nextSequence = (this.#nextSequence + (end - from)) | 0;
    if (this.#highest < end) this.#highest = end;
  }

  /** Position 0 is settled to be the lowest byte held; delivery begins. */
  #start(): void {
    const first = this.#held.first;
    if (!this.#based) this.#nextSequence = this.#firstAcknowledged;
    else if (first !== undefined) this.#rebase(first.position);
    this.#based = true;
    this.#started = true;
    this.#drain();
  }

  /** The first payload of a direction whose SYN was not seen. */
  #begin(sequence: number): void {
    this.#based = true;
    this.#nextSequence = sequence | 0;
    const beyond = (this.#lastAcknowledged - sequence) | 0;
    this.#started = this.#acknowledged && beyond >= 0 && beyond < MOST_AHEAD;
  }

  /** Counts positions from `origin`, before anything was delivered. */
  #rebase(origin: number): void {
    this.#held.rebase(origin);
    this.#snapped.rebase(origin);
    this.#highest -= origin;
    this.#end -= origin;
    this.#nextSequence = (this.#nextSequence + origin) | 0;
  }

  /** True where the stream was carried on to this segment, after enough of them in a row. */
  #followsStrays(sequence: number, length: number): boolean {
    this.statistics.straySegments++;
    this.#strays = (sequence | 0) === this.#strayNext ? this.#strays + 1 : 1;
    this.#strayNext = (sequence + length) | 0;
    if (this.#strays < STRAYS_TO_FOLLOW || this.#end !== Infinity) return false;
    this.#strays = 0;
    if (!this.#started) this.#start();
    while (this.#held.first !== undefined) this.giveUpOldestHole();
    this.#giveUp(this.#next + ((sequence - this.#nextSequence) >>> 0), 0);
    return true;
  }

  /** A zero-length or one-byte segment for the byte before the next one (RFC 9293 §3.8.4). */
  #isKeepAlive(packet: PacketScratch, sequence: number, length: number): boolean {
    if (length > 1 || (packet.tcpFlags & (TCP_SYN | TCP_FIN | TCP_RST)) !== 0) return false;
    const probes = this.#based && this.#positionOf(sequence + 1) === this.#highest;
    if (length === 0) return probes;
    if ((packet.tcpFlags & TCP_PSH) !== 0) return false;
    // A single byte of data that is sent again looks the same, but for the log.
    if (probes) return this.#log.positionOf(this.#log.find(this.#highest - 1)) !== this.#highest - 1;
    if (this.#acknowledged && ((sequence + 1) | 0) === this.#lastAcknowledged) return true;
    return !this.#based && packet.payload[packet.payloadStart] === 0;
  }

  /** Another acknowledgement, behind the last one or far ahead of it, is believed where only it is near the stream. */
  #isBetterAcknowledgement(number: number): boolean {
    if (!this.#based || Math.abs((number - this.#nextSequence) | 0) > MOST_AHEAD) return false;
    return Math.abs((this.#lastAcknowledged - this.#nextSequence) | 0) > MOST_AHEAD;
  }

  #positionOf(sequence: number): number {
    return this.#next + ((sequence - this.#nextSequence) | 0);
  }

  #letGo(): void {
    this.#held.clear();
    this.#chargeHeld();
  }

  #chargeHeld(): void {
    const { cost } = this.#held;
    if (cost !== this.#charged) this.#budget.change(this, this.#charged, cost);
    this.#charged = cost;
  }

  #closeAtEnd(): void {
    if (this.#started && this.#next >= this.#end) this.#close('fin', this.#endFrame);
  }

  #close(by: 'fin' | 'rst' | 'end', frame: number): void {
    if (this.closed) return;
    this.closed = true;
    this.#letGo();
    this.#sink.closed(this.#direction, by, frame);
  }
}
