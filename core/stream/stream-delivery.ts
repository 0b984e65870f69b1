import type { PacketScratch } from '../net/packet.ts';
import type { StreamSink } from './events.ts';
import { takePieces } from './payload-pieces.ts';
import { SegmentLog, sampleBytes } from './segment-log.ts';
import { SnappedRanges } from './snapped-ranges.ts';
import { createStreamStatistics } from './stream-statistics.ts';

/** Announces one direction's bytes and gaps in order, and remembers which frame brought what. */
export class StreamDelivery {
  readonly statistics = createStreamStatistics();
  readonly snapped = new SnappedRanges();
  /** End of what was delivered or given up, and its sequence number (signed: a small integer of the engine). */
  next = 0;
  nextSequence = 0;
  /** Set by lookBack: who brought the last of the bytes (0: unknown), and whether some differ from those brought first. */
  broughtBy = 0;
  differs = false;

  readonly #direction: 0 | 1;
  readonly #sink: StreamSink;
  readonly #log = new SegmentLog();
  /** The frame that brought the bytes before `next`. */
  #lastFrame = 0;

  constructor(direction: 0 | 1, sink: StreamSink) {
    this.#direction = direction;
    this.#sink = sink;
  }

  positionOf(sequence: number): number {
    return this.next + ((sequence - this.nextSequence) | 0);
  }

  deliver(bytes: Uint8Array, from: number, to: number, offset: number, frame: number): void {
    const position = this.next;
    const length = to - from;
    this.#log.append(position, frame, sampleBytes(bytes, from, to));
    this.next = position + length;
    this.nextSequence = (this.nextSequence + length) | 0;
    this.#lastFrame = frame;
    this.statistics.deliveredBytes += length;
    this.#sink.chunk(this.#direction, bytes, from, to, offset, frame, position);
  }

  /** Delivers the payload's bytes of positions [next, to); the payload's first byte has `position`. */
  deliverPayload(packet: PacketScratch, position: number, to: number, frame: number): void {
    if (packet.pieces > 0) this.#deliverPieces(packet, position, to);
    else {
      const { payload, payloadStart, payloadOffset } = packet;
      const skipped = this.next - position;
      this.deliver(
        payload,
        payloadStart + skipped,
        payloadStart + (to - position),
        payloadOffset + skipped,
        frame,
      );
    }
  }

  #deliverPieces(packet: PacketScratch, position: number, to: number): void {
    takePieces(packet, position, this.next, to, (_, ...piece) => this.deliver(...piece));
  }

  /** Announces everything up to `end` as missing; `after` is the frame that brought what follows. */
  giveUp(end: number, after: number): void {
    const from = this.next;
    this.statistics.holes++;
    for (let at = from; at < end;) {
      const cut = this.snapped.nextFrom(at);
      const reason = cut === at ? 'snapped' : 'lost';
      const until = Math.min(end, reason === 'snapped' ? this.snapped.endAt(at) : cut);
      if (reason === 'snapped') this.statistics.snappedBytes += until - at;
      else this.statistics.lostBytes += until - at;
      this.#sink.gap(this.#direction, until - at, at, reason, this.#lastFrame, after);
      at = until;
    }
    this.#log.append(from, 0, 0);
    this.next = end;
    this.nextSequence = (this.nextSequence + (end - from)) | 0;
  }

  /**
   * Looks up who brought the bytes from `position` to `to`, all of them delivered or given up, and compares by sample.
   * True where some were given up or stand before the stream's beginning.
   */
  lookBack(packet: PacketScratch, position: number, to: number): boolean {
    this.broughtBy = 0;
    this.differs = false;
    if (to <= position) return false;
    if (position < 0) return true;
    const log = this.#log;
    const dataEnd = position + (packet.payloadEnd - packet.payloadStart);
    const shift = packet.payloadStart - position;
    let entry = Math.max(0, log.find(position));
    let late = false;
    for (let at = log.positionOf(entry); at < to; entry++) {
      const end = log.endOf(entry, this.next);
      this.broughtBy = log.frameOf(entry);
      if (this.broughtBy === 0) late = true;
      else if (at >= position && end <= Math.min(to, dataEnd)) {
        if (sampleBytes(packet.payload, at + shift, end + shift) !== log.sampleOf(entry)) this.differs = true;
      }
      at = end;
    }
    return late;
  }

  /** Whether a segment is known to have begun at `position`, one that was delivered. */
  beganAt(position: number): boolean {
    const entry = this.#log.find(position);
    return entry >= 0 && this.#log.positionOf(entry) === position;
  }
}
