import type { PacketScratch } from '../net/packet.ts';
import { TCP_FIN, TCP_PSH, TCP_RST, TCP_SYN } from '../net/packet.ts';
import { Acknowledgements } from './acknowledgements.ts';
import { ExpectedBeginning, NEAR } from './expected-beginning.ts';
import { SEGMENT_DUPLICATE, SEGMENT_EMPTY, SEGMENT_KEEP_ALIVE, SEGMENT_LATE, SEGMENT_NEW } from './events.ts';
import type { StreamSink } from './events.ts';
import { type HeldSegment, HeldSegments } from './held-segments.ts';
import type { BytesHolder, ReassemblyBudget } from './reassembly-budget.ts';
import { StreamDelivery } from './stream-delivery.ts';
import type { StreamStatistics } from './stream-statistics.ts';

/** Frames of the conversation that a hole is still waited for once its bytes were acknowledged. */
const GRACE_FRAMES = 64;
/** Frames that the first bytes of a stream without SYN are held back for earlier ones. */
export const HOLD_BACK_FRAMES = 8;
/** No window is larger (RFC 7323 §2.3), so no segment is further ahead unless as much was lost. */
const MOST_AHEAD = 2 ** 30;
/** Nothing is sent again from so far back. */
const MOST_BEHIND = 2 ** 26;
/** So many stray segments in a row, each where the one before it ended, carry the stream to where they stand. */
const STRAYS_TO_FOLLOW = 8;

/**
 * One direction of a TCP conversation. Positions are counted from the first byte behind the SYN where that is known,
 * else from the first byte captured.
 *
 * A direction without SYN holds back what comes in the conversation's first eight frames, and later its first bytes for as
 * long unless they are acknowledged, so that a segment captured just too late can still be put in front of them. Where a
 * frame shows that bytes before them were yet to be sent, those are waited for as for any hole.
 */
export class TcpDirection implements BytesHolder {
  /** Who brought the bytes of the last segment first, where it was a duplicate; 0 where that is not known. */
  duplicateOf = 0;
  /** Whether `closed` was announced. */
  closed = false;

  readonly direction: 0 | 1;
  readonly #sink: StreamSink;
  readonly #budget: ReassemblyBudget;
  readonly #delivery: StreamDelivery;
  readonly #acknowledgements = new Acknowledgements();
  readonly #held = new HeldSegments();
  /** What the budget was told that #held costs. */
  #charged = 0;

  /** Whether sequence numbers mean anything yet; whether position 0 is settled, and by the SYN. */
  #based = false;
  #started = false;
  readonly #beginning = new ExpectedBeginning();
  /** While the conversation begins no acknowledgement tells that nothing comes before what is held. */
  #opening = true;
  /** Bytes before the first that came were acknowledged just before it, and were not captured. */
  #missed = false;
  #fromSyn = false;
  /** End of all that was seen on the wire, captured or cut. */
  #highest = 0;
  /** Position behind the last byte of the stream: known once a FIN was seen. */
  #end = Infinity;
  #endFrame = 0;

  /** What was acknowledged up to GRACE_FRAMES ago, a ring, while something is held; and since which frame it is. */
  #grace: Float64Array | null = null;
  #heldSince = 0;

  #strayNext = 0;
  #strays = 0;

  /** The last frame that brought new bytes, and header fields by which a frame captured twice is known. */
  #newestFrame = 0;
  #acknowledgement = 0;
  #window = 0;

  constructor(direction: 0 | 1, sink: StreamSink, budget: ReassemblyBudget) {
    this.direction = direction;
    this.#sink = sink;
    this.#budget = budget;
    this.#delivery = new StreamDelivery(direction, sink);
  }

  get statistics(): StreamStatistics {
    return this.#delivery.statistics;
  }

  /** Whether `tick` has something to wait for. */
  get waits(): boolean {
    return this.#charged > 0;
  }

  /** Whether nothing more is to be sent: closed, or a FIN was seen and acknowledged. */
  get finished(): boolean {
    if (this.closed || this.#end === Infinity) return this.closed;
    return this.#acknowledgements.known && this.acknowledgedUpTo > this.#end;
  }

  /**
   * End of what the other side has acknowledged, as a position; where nothing else is known of the direction, bytes
   * since the first acknowledgement. It may lie behind everything captured: proof that more was sent. A FIN counts as
   * one byte.
   */
  get acknowledgedUpTo(): number {
    if (!this.#based) return this.#acknowledgements.risen;
    return this.#acknowledgements.known ? this.#delivery.positionOf(this.#acknowledgements.last) : 0;
  }

  /** The direction's SYN had this initial sequence number. */
  synchronise(isn: number): void {
    if (this.#started) return;
    const delivery = this.#delivery;
    const first = this.#held.first;
    if (first !== undefined) {
      const origin = delivery.positionOf(isn + 1);
      if (first.position >= origin && first.position - origin < MOST_AHEAD) this.#rebase(origin);
      // What is held came from another connection on these ports.
      else this.#letGo();
    }
    delivery.nextSequence = (isn + 1) | 0;
    this.#based = true;
    this.#started = true;
    this.#fromSyn = true;
    this.#drain();
  }

  /** As answer, by a segment that seems to be the other side's first: unless bytes before that are held. */
  presume(acknowledgement: number): void {
    const first = this.#held.first;
    const sound = first === undefined || this.#delivery.positionOf(acknowledgement) <= first.position;
    if (!this.#started && sound) this.synchronise(acknowledgement - 1);
  }

  /** A frame tells that the direction then stood before this number. The lowest counts. */
  expect(sequence: number): void {
    if (!this.#started) this.#beginning.note(sequence);
  }

  /** As expect, of a frame of this direction itself: whether it was captured behind later ones. */
  comesLate(sequence: number): boolean {
    return !this.#started && this.#beginning.note(sequence);
  }

  /** The frame of what could be delivered next; Infinity where nothing is. */
  get readyFrame(): number {
    const first = this.#held.first;
    return this.#started && first !== undefined && first.position === this.#delivery.next
      ? first.frame
      : Infinity;
  }

  /** The conversation's first frames are over: what is held, or a hole before it, begins the stream. Delivers nothing. */
  open(): void {
    if (!this.#opening) return;
    this.#opening = false;
    const first = this.#held.first;
    if (this.#started || first === undefined) return;
    const { lowest } = this.#beginning;
    if (lowest === null || !this.#missesEarlier()) this.#settleBeginning(first.position);
    else if (this.#missed) this.#settleBeginning(this.#delivery.positionOf(lowest));
  }

  /** Delivers the first of what is held, where `readyFrame` has one. */
  deliverFirst(): void {
    const { first } = this.#held;
    if (first !== undefined) this.#deliverHeld(first);
    if (this.readyFrame === Infinity) this.#drain();
  }

  /** Whether position 0 is settled. */
  get started(): boolean {
    return this.#started;
  }

  /** Whether this is the number of the first byte behind the SYN. */
  isFirst(sequence: number): boolean {
    return this.#fromSyn && this.#delivery.positionOf(sequence) === 0;
  }

  /** The other side answered the direction's SYN with this acknowledgement. */
  answer(acknowledgement: number): void {
    if (!this.#based) this.synchronise(acknowledgement - 1);
  }

  /** The other side acknowledged everything before this sequence number. */
  acknowledge(acknowledgement: number): void {
    const taken = this.#acknowledgements.note(
      acknowledgement,
      this.#based ? this.#delivery.nextSequence : null,
    );
    if (!taken || this.#started || this.#opening || !this.#based) return;
    const first = this.#held.first;
    if (first !== undefined && this.acknowledgedUpTo > first.position && !this.#missesEarlier())
      this.#start();
  }

  /** A segment. `sequence` is that of the payload's first byte, `count` the conversation's frames so far. */
  receive(packet: PacketScratch, sequence: number, frame: number, count: number): number {
    const delivery = this.#delivery;
    const whole = packet.payloadMissing === 0 && packet.pieces === 0;
    const expected = (sequence | 0) === delivery.nextSequence && this.#highest === delivery.next;
    const plain = this.#started && this.#end === Infinity && packet.payloadEnd > packet.payloadStart;
    if (!expected || !plain || !whole) return this.#receiveOther(packet, sequence, frame, count);
    delivery.statistics.segments++;
    this.#acknowledgement = packet.acknowledgement;
    this.#window = packet.tcpWindow;
    this.#newestFrame = frame;
    this.#highest = delivery.next + (packet.payloadEnd - packet.payloadStart);
    delivery.deliver(packet.payload, packet.payloadStart, packet.payloadEnd, packet.payloadOffset, frame);
    return SEGMENT_NEW;
  }

  /** A FIN: the direction's last byte stands before this sequence number. */
  finish(sequence: number, frame: number): void {
    if (this.closed || this.#end !== Infinity) return;
    if (!this.#based) {
      this.#based = true;
      this.#started = true;
      this.#delivery.nextSequence = sequence | 0;
    }
    const end = this.#delivery.positionOf(sequence);
    // A FIN before bytes already seen is another connection's, or forged.
    if (end < this.#highest || end - this.#highest > MOST_AHEAD) return;
    this.#end = end;
    this.#endFrame = frame;
    this.#highest = end;
    this.#closeAtEnd();
  }

  /** Whether an RST with this sequence number can be the direction's own: not far behind, nor far ahead. */
  allowsReset(sequence: number): boolean {
    return !this.#based || Math.abs((sequence - this.#delivery.nextSequence) | 0) <= MOST_BEHIND;
  }

  /** One more frame of the conversation has passed; to be called for each while `waits`. */
  tick(count: number): void {
    if (!this.#started) {
      if (this.#opening) return;
      const patience = this.#missesEarlier() ? GRACE_FRAMES : HOLD_BACK_FRAMES;
      if (count - this.#heldSince >= patience) this.#start();
      return;
    }
    this.#grace ??= new Float64Array(GRACE_FRAMES);
    const index = count % GRACE_FRAMES;
    const proven = this.#grace[index]!;
    this.#grace[index] = this.acknowledgedUpTo;
    if (count - this.#heldSince < GRACE_FRAMES) return;
    for (
      let first = this.#held.first;
      first !== undefined && first.position <= proven;
      first = this.#held.first
    ) {
      this.giveUpOldestHole();
    }
  }

  get oldestHeldFrame(): number {
    return this.#held.oldestFrame;
  }

  giveUpOldestHole(): void {
    if (!this.#started) {
      this.#start();
      return;
    }
    const first = this.#held.first;
    if (first === undefined) return;
    this.#delivery.giveUp(first.position, first.frame);
    this.#drain();
  }

  /** Nothing more comes: delivers what is held, announces what is known to be missing, and closes. */
  settle(by: 'rst' | 'end', frame: number): void {
    if (this.closed) return;
    if (!this.#started) this.#start();
    while (this.#held.first !== undefined) this.giveUpOldestHole();
    const acknowledged = this.acknowledgedUpTo;
    // Where no FIN was seen, a single number more than there are bytes tells of it, not of a lost byte.
    const coversFin = this.#acknowledgements.coversFin || acknowledged === this.#highest + 1;
    const sent = Math.max(this.#highest, coversFin ? acknowledged - 1 : acknowledged);
    const known = this.#end === Infinity ? sent : this.#end;
    if (known > this.#delivery.next) this.#delivery.giveUp(known, 0);
    if (this.#end === Infinity) this.#close(by, frame);
    else this.#closeAtEnd();
  }

  #receiveOther(packet: PacketScratch, sequence: number, frame: number, count: number): number {
    const { statistics } = this.#delivery;
    const length = packet.payloadEnd - packet.payloadStart + packet.payloadMissing;
    this.duplicateOf = 0;
    if (length <= 1 && this.#isKeepAlive(packet, sequence, length)) {
      statistics.keepAlives++;
      return SEGMENT_KEEP_ALIVE;
    }
    if (length === 0) {
      this.expect(sequence);
      return SEGMENT_EMPTY;
    }
    statistics.segments++;
    if (packet.payloadMissing > 0) statistics.snappedSegments++;
    if (!this.#based) this.#begin(sequence);
    else if (this.#fromSyn && this.#highest === 0) this.#doubtSyn(sequence);
    const position = this.#delivery.positionOf(sequence);
    const ahead = position - this.#delivery.next;
    if (ahead > MOST_AHEAD || ahead < -MOST_BEHIND || (this.#fromSyn && position < 0)) {
      statistics.straySegments++;
      if (!this.#followsStray(sequence, length)) return SEGMENT_LATE;
    }
    return this.#place(packet, this.#delivery.positionOf(sequence), frame, count);
  }

  /** Puts a segment in its place: delivers it, holds it, or finds that it was seen. */
  #place(packet: PacketScratch, position: number, frame: number, count: number): number {
    const delivery = this.#delivery;
    const captured = packet.payloadEnd - packet.payloadStart;
    const wireEnd = Math.min(position + captured + packet.payloadMissing, this.#end);
    const dataEnd = Math.min(position + captured, wireEnd);
    const next = this.#started ? delivery.next : -Infinity;
    const highest = this.#highest;
    const from = Math.max(position, next);
    const late = delivery.lookBack(packet, position, Math.min(wireEnd, next)) || position >= this.#end;
    this.duplicateOf = delivery.broughtBy;
    let fresh = 0;
    if (dataEnd > from) {
      const first = this.#held.first;
      if (from === next && (first === undefined || dataEnd <= first.position)) {
        delivery.deliverPayload(packet, position, dataEnd, frame);
        fresh = dataEnd - from;
      } else {
        fresh = this.#hold(packet, position, from, dataEnd, frame, count);
      }
    }
    const cutFrom = Math.max(dataEnd, next);
    if (wireEnd > cutFrom) delivery.snapped.add(cutFrom, wireEnd);
    if (wireEnd > highest) this.#highest = wireEnd;
    this.#count(packet, dataEnd - position, fresh, fresh > 0 && from < highest, frame);
    if (this.#started) this.#drain();
    else if (this.#held.first === undefined) this.#start();
    while (this.#held.cost > this.#budget.limitPerDirection) this.giveUpOldestHole();
    if (fresh === 0 && wireEnd <= highest && !late) return SEGMENT_DUPLICATE;
    this.duplicateOf = 0;
    if (fresh > 0 || wireEnd > highest) return SEGMENT_NEW;
    delivery.statistics.lateSegments++;
    return SEGMENT_LATE;
  }

  #count(packet: PacketScratch, length: number, fresh: number, fillsHole: boolean, frame: number): void {
    const { statistics } = this.#delivery;
    if (fillsHole && this.#started) statistics.outOfOrderSegments++;
    if (length > fresh) {
      statistics.retransmittedSegments++;
      statistics.retransmittedBytes += length - fresh;
      const sameHeader =
        packet.acknowledgement === this.#acknowledgement && packet.tcpWindow === this.#window;
      if (fresh === 0 && sameHeader && this.duplicateOf === this.#newestFrame) statistics.duplicateSegments++;
    }
    if (this.#delivery.differs) {
      statistics.differingSegments++;
      if (statistics.firstDifferingFrame === 0) statistics.firstDifferingFrame = frame;
    }
    if (fresh > 0) this.#newestFrame = frame;
    this.#acknowledgement = packet.acknowledgement;
    this.#window = packet.tcpWindow;
  }

  /** Holds the payload's bytes of positions [from, to) until what stands before them has come. Returns how many are new. */
  #hold(
    packet: PacketScratch,
    position: number,
    from: number,
    to: number,
    frame: number,
    count: number,
  ): number {
    const held = this.#held;
    if (held.first === undefined) this.#heldSince = count;
    held.insertPayload(packet, position, from, to, frame);
    if (held.differs) this.#delivery.differs = true;
    this.duplicateOf = held.heldBy;
    this.#charge();
    return held.added;
  }

  /** Delivers what is held without a hole before it. */
  #drain(): void {
    const held = this.#held;
    const delivery = this.#delivery;
    for (let first = held.first; first !== undefined && first.position === delivery.next; first = held.first)
      this.#deliverHeld(first);
    delivery.snapped.forgetBefore(delivery.next);
    if (this.#highest < delivery.next) this.#highest = delivery.next;
    this.#charge();
    this.#closeAtEnd();
  }

  #deliverHeld({ bytes, offset, frame }: HeldSegment): void {
    this.#held.dropFirst();
    this.#delivery.deliver(bytes, 0, bytes.length, offset, frame);
  }

  #start(): void {
    this.#settleBeginning(this.#held.first?.position ?? 0);
    this.#drain();
  }

  /** Position 0 is settled: the lowest byte held, or that of a hole before it. Delivery may begin. */
  #settleBeginning(origin: number): void {
    if (!this.#based) this.#delivery.nextSequence = this.#acknowledgements.first;
    else if (origin !== 0) this.#rebase(origin);
    this.#based = true;
    this.#started = true;
  }

  /**
   * Where the first payload and what the other side acknowledges are far from the SYN, that was not the one: somebody
   * on the path answered, too, or changed the numbers behind the capture. The stream begins where it is acknowledged.
   */
  #doubtSyn(sequence: number): void {
    const { known, last } = this.#acknowledgements;
    const acknowledged = (sequence - last) | 0;
    if (!known || Math.abs(acknowledged) >= NEAR) return;
    if (Math.abs((sequence - this.#delivery.nextSequence) | 0) < NEAR) return;
    this.#delivery.nextSequence = (acknowledged < 0 ? sequence : last) | 0;
  }

  /** The first payload of a direction whose SYN was not seen. */
  #begin(sequence: number): void {
    const { known, first, last } = this.#acknowledgements;
    const beyond = (last - sequence) | 0;
    const acknowledged = known && beyond >= 0 && beyond < MOST_AHEAD;
    if (known) this.expect(first);
    const missed = (sequence - first) | 0;
    this.#missed = acknowledged && missed > 0 && missed < NEAR;
    this.#based = true;
    this.#started = acknowledged && !this.#opening && !this.#beginning.isBefore(sequence);
    this.#delivery.nextSequence = sequence | 0;
  }

  /** Whether bytes before those that are held were sent after the capture began, by what its first frames say. */
  #missesEarlier(): boolean {
    const first = this.#held.first;
    if (first === undefined) return false;
    return this.#beginning.isBefore(this.#delivery.nextSequence + first.position);
  }

  /** Counts positions from `origin`, before anything was delivered. */
  #rebase(origin: number): void {
    const delivery = this.#delivery;
    this.#held.rebase(origin);
    delivery.snapped.rebase(origin);
    delivery.nextSequence = (delivery.nextSequence + origin) | 0;
    this.#highest -= origin;
    this.#end -= origin;
  }

  /** True where the stream was carried on to this stray segment, after enough of them in a row. */
  #followsStray(sequence: number, length: number): boolean {
    this.#strays = (sequence | 0) === this.#strayNext ? this.#strays + 1 : 1;
    this.#strayNext = (sequence + length) | 0;
    if (this.#strays < STRAYS_TO_FOLLOW || this.#end !== Infinity) return false;
    this.#strays = 0;
    if (!this.#started) this.#start();
    while (this.#held.first !== undefined) this.giveUpOldestHole();
    const delivery = this.#delivery;
    delivery.giveUp(delivery.next + ((sequence - delivery.nextSequence) >>> 0), 0);
    this.#highest = delivery.next;
    return true;
  }

  /** A segment of one byte or none for the byte before the next one to be sent (RFC 9293 §3.8.4). */
  #isKeepAlive(packet: PacketScratch, sequence: number, length: number): boolean {
    if ((packet.tcpFlags & (TCP_SYN | TCP_FIN | TCP_RST)) !== 0) return false;
    const last = this.#highest - 1;
    const repeatsLast = this.#based && this.#delivery.positionOf(sequence) === last;
    if (length === 0) return repeatsLast;
    if ((packet.tcpFlags & TCP_PSH) !== 0) return false;
    // A stream's single byte that is sent again looks the same, but it was a segment of its own before.
    if (repeatsLast) return !this.#delivery.beganAt(last);
    if (this.#acknowledgements.known && ((sequence + 1) | 0) === this.#acknowledgements.last) return true;
    return !this.#based && packet.payload[packet.payloadStart] === 0;
  }

  #letGo(): void {
    this.#held.clear();
    this.#charge();
  }

  #charge(): void {
    const { cost } = this.#held;
    if (cost !== this.#charged) this.#budget.change(this, this.#charged, cost);
    this.#charged = cost;
  }

  #closeAtEnd(): void {
    if (this.#started && this.#delivery.next >= this.#end) this.#close('fin', this.#endFrame);
  }

  #close(by: 'fin' | 'rst' | 'end', frame: number): void {
    if (this.closed) return;
    this.closed = true;
    this.#letGo();
    this.#sink.closed(this.direction, by, frame);
  }
}
