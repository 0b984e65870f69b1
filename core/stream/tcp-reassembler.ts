import type { PacketScratch } from '../net/packet.ts';
import { TCP_ACK, TCP_FIN, TCP_RST, TCP_SYN } from '../net/packet.ts';
import { SEGMENT_EMPTY, SEGMENT_NEW } from './events.ts';
import type { StreamSink } from './events.ts';
import type { ReassemblyBudget } from './reassembly-budget.ts';
import type { StreamStatistics } from './stream-statistics.ts';
import { HOLD_BACK_FRAMES, TcpDirection } from './tcp-direction.ts';

/**
 * Puts both directions of one TCP conversation in order. In-order bytes are announced straight from the packet's window;
 * bytes behind a hole are copied and held, within the budget.
 *
 * A hole is waited for until it can no longer be filled: 64 frames of the conversation after its bytes were acknowledged
 * (a capture may hold the acknowledgement before the data), until the budget is spent, or until `settle`. An RST ends
 * nothing by itself: bytes captured behind it are still put in place until `settle`.
 */
export class TcpReassembler {
  /** After segment returned SEGMENT_DUPLICATE: the frame that brought the last of these bytes first; 0: forgotten. */
  duplicateOf = 0;
  /** The last frame that brought new bytes. */
  newestFrame = 0;
  /** Set by TcpStreams once it waits for the conversation's last frames only. */
  lingers = false;
  /** Who opened the connection, -1 while that is not known. */
  opener: 0 | 1 | -1 = -1;

  readonly #directions: readonly [TcpDirection, TcpDirection];
  readonly #budget: ReassemblyBudget;
  #count = 0;
  /** The first segment: who sent it, where it stands and what it acknowledges. */
  readonly #first = { direction: -1, sequence: 0, acknowledgement: 0 };
  #resetFrame = 0;
  /** Bit per direction: it announced a closed window with its last segment. */
  #zeroWindows = 0;

  constructor(sink: StreamSink, budget: ReassemblyBudget) {
    this.#directions = [new TcpDirection(0, sink, budget), new TcpDirection(1, sink, budget)];
    this.#budget = budget;
  }

  /** Whether an RST ended the conversation, or would have had it been heeded. */
  get wasReset(): boolean {
    return this.#resetFrame !== 0;
  }

  /** See TcpDirection.finished. */
  isFinished(direction: 0 | 1): boolean {
    return this.#directions[direction].finished;
  }

  statisticsOf(direction: 0 | 1): StreamStatistics {
    return this.#directions[direction].statistics;
  }

  /** See TcpDirection.acknowledgedUpTo. */
  acknowledgedUpTo(direction: 0 | 1): number {
    return this.#directions[direction].acknowledgedUpTo;
  }

  /** The initial sequence number of a direction whose SYN came before this reassembler was made. */
  synchronise(direction: 0 | 1, isn: number): void {
    this.#directions[direction].synchronise(isn);
  }

  /** See TcpDirection.expect. */
  expect(direction: 0 | 1, sequence: number): void {
    this.#directions[direction].expect(sequence);
  }

  /** One frame of the conversation, with payload or without. Returns a SEGMENT_ code. */
  segment(direction: 0 | 1, packet: PacketScratch, frame: number): number {
    const own = this.#directions[direction];
    const other = this.#directions[direction === 0 ? 1 : 0];
    const flags = packet.tcpFlags;
    this.#count++;
    this.duplicateOf = 0;
    let kind: number;
    if ((flags & (TCP_SYN | TCP_FIN | TCP_RST)) === 0) {
      if (this.#count <= HOLD_BACK_FRAMES) this.#noteOpening(direction, packet);
      if ((flags & TCP_ACK) !== 0) {
        // Its first segment acknowledges the other side's SYN, whose own frame may come late or not at all.
        const first = direction === this.opener && !other.started && own.isFirst(packet.sequence);
        if (first) other.presume(packet.acknowledgement);
        other.acknowledge(packet.acknowledgement);
      }
      if (packet.tcpWindow === 0 || this.#zeroWindows !== 0) this.#noteWindow(direction, packet);
      kind = own.receive(packet, packet.sequence, frame, this.#count);
    } else {
      kind = this.#receiveControl(own, other, packet, frame);
    }
    if (kind === SEGMENT_NEW) this.newestFrame = frame;
    else this.duplicateOf = own.duplicateOf;
    if (this.#count === HOLD_BACK_FRAMES + 1) this.open();
    if (own.waits) own.tick(this.#count);
    if (other.waits) other.tick(this.#count);
    if (this.#budget.used > this.#budget.limit) this.#budget.relieve();
    return kind;
  }

  /** The conversation's first frames are over: what they brought is announced in their order. */
  open(): void {
    const [one, other] = this.#directions;
    one.open();
    other.open();
    for (;;) {
      const next = one.readyFrame <= other.readyFrame ? one : other;
      if (next.readyFrame === Infinity) return;
      next.deliverFirst();
    }
  }

  /** Nothing more comes: everything held is delivered with gaps between, and both directions are closed. */
  settle(frame: number): void {
    this.open();
    for (const direction of this.#directions) {
      if (this.#resetFrame === 0) direction.settle('end', frame);
      else direction.settle('rst', this.#resetFrame);
    }
  }

  #receiveControl(own: TcpDirection, other: TcpDirection, packet: PacketScratch, frame: number): number {
    const flags = packet.tcpFlags;
    if ((flags & TCP_RST) !== 0) {
      // What an RST carries is a diagnostic, no data (RFC 9293 §3.5.2).
      if (this.#resetFrame === 0 && own.allowsReset(packet.sequence)) this.#resetFrame = frame;
      own.duplicateOf = 0;
      return SEGMENT_EMPTY;
    }
    let sequence = packet.sequence;
    if ((flags & TCP_SYN) !== 0) {
      own.synchronise(sequence);
      sequence++;
      if ((flags & TCP_ACK) === 0) {
        this.opener = own.direction;
        const { direction, sequence: first, acknowledgement } = this.#first;
        const answered = direction === own.direction && first === sequence >>> 0;
        if (answered) other.presume(acknowledgement);
      }
      if ((flags & TCP_ACK) !== 0) other.answer(packet.acknowledgement);
    }
    if ((flags & TCP_ACK) !== 0) other.acknowledge(packet.acknowledgement);
    const length = packet.payloadEnd - packet.payloadStart + packet.payloadMissing;
    own.duplicateOf = 0;
    const kind = length === 0 ? SEGMENT_EMPTY : own.receive(packet, sequence, frame, this.#count);
    if ((flags & TCP_FIN) !== 0) own.finish(sequence + length, frame);
    return kind;
  }

  /** What the conversation's first frames tell of where its directions stood. */
  #noteOpening(direction: 0 | 1, packet: PacketScratch): void {
    if ((packet.tcpFlags & TCP_ACK) === 0) return;
    // What a frame acknowledges that was captured behind later ones: the other side stood there, too.
    if (this.#directions[direction].comesLate(packet.sequence))
      this.#directions[direction === 0 ? 1 : 0].expect(packet.acknowledgement);
    if (this.#count !== 1) return;
    this.#first.direction = direction;
    this.#first.sequence = packet.sequence;
    this.#first.acknowledgement = packet.acknowledgement;
  }

  #noteWindow(direction: 0 | 1, packet: PacketScratch): void {
    const bit = 1 << direction;
    const probes = packet.payloadEnd - packet.payloadStart === 1 && (this.#zeroWindows & ~bit) !== 0;
    if (probes) this.#directions[direction].statistics.zeroWindowProbes++;
    if (packet.tcpWindow === 0) this.#directions[direction].statistics.zeroWindows++;
    this.#zeroWindows = packet.tcpWindow === 0 ? this.#zeroWindows | bit : this.#zeroWindows & ~bit;
  }
}
