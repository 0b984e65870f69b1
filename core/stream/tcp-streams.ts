import type { PacketScratch } from '../net/packet.ts';
import type { ConversationTable } from './conversation-table.ts';
import { ISN_ACKNOWLEDGED, ISN_GUESSED } from './conversation-table.ts';
import { SEGMENT_EMPTY, SEGMENT_LATE } from './events.ts';
import type { StreamSink } from './events.ts';
import { ReassemblyBudget } from './reassembly-budget.ts';
import { TcpReassembler } from './tcp-reassembler.ts';

/** What takes the streams of a capture. */
export interface StreamOwner {
  /** Asked once for each TCP conversation, at its first payload. */
  sinkOf(conversation: number): StreamSink;
  /** Both directions are closed and about to be forgotten: the last moment for their statistics. */
  settled(conversation: number, reassembler: TcpReassembler): void;
}

/** Frames of the capture for which a conversation that is over is kept, for what was captured late or repeats it. */
const LINGER_FRAMES = 8192;

/**
 * The TCP streams of a capture. A reassembler is made at a conversation's first payload, so a scan of ports costs
 * nothing here, and is given up some frames after the conversation was over.
 */
export class TcpStreams {
  /** See TcpReassembler.duplicateOf. */
  duplicateOf = 0;

  readonly #conversations: ConversationTable;
  readonly #owner: StreamOwner;
  readonly #budget: ReassemblyBudget;
  /** By conversation; null once forgotten. */
  readonly #reassemblers: (TcpReassembler | null | undefined)[] = [];
  /** Conversations that are over, and the frame from which on each is settled, in that order. */
  #over: number[] = [];
  #dueFrames: number[] = [];
  #head = 0;

  constructor(conversations: ConversationTable, owner: StreamOwner, budget = new ReassemblyBudget()) {
    this.#conversations = conversations;
    this.#owner = owner;
    this.#budget = budget;
  }

  /**
   * One frame of a TCP conversation, with or without payload, right after ConversationTable.lookup found it. Returns a
   * SEGMENT_ code.
   */
  segment(conversation: number, direction: 0 | 1, packet: PacketScratch, frame: number): number {
    if (this.#head < this.#over.length && frame >= this.#dueFrames[this.#head]!) this.#settleDue(frame);
    const { created, replaced } = this.#conversations;
    if (created && replaced >= 0) this.#linger(replaced, frame);
    this.duplicateOf = 0;
    let reassembler = this.#reassemblers[conversation];
    if (reassembler === undefined || reassembler === null) {
      if (packet.payloadEnd === packet.payloadStart && packet.payloadMissing === 0) {
        if (reassembler === undefined) this.#conversations.noteEmpty(conversation, packet);
        return SEGMENT_EMPTY;
      }
      if (reassembler === null) return SEGMENT_LATE;
      reassembler = this.#begin(conversation);
    }
    const kind = reassembler.segment(direction, packet, frame);
    this.duplicateOf = reassembler.duplicateOf;
    if (this.#isOver(conversation, reassembler)) this.#linger(conversation, frame);
    return kind;
  }

  /** See TcpDirection.acknowledgedUpTo; 0 where the conversation has no payload or is forgotten. */
  acknowledgedUpTo(conversation: number, direction: 0 | 1): number {
    return this.#reassemblers[conversation]?.acknowledgedUpTo(direction) ?? 0;
  }

  /** The lowest frame that brought bytes which wait behind a hole; Infinity where none do. */
  get oldestHeldFrame(): number {
    return this.#budget.oldestHeldFrame;
  }

  /** The capture's end: settles all, in order of conversation. `frame` is the last one. */
  end(frame: number): void {
    for (let conversation = 0; conversation < this.#reassemblers.length; conversation++) {
      this.#settle(conversation, frame);
    }
    this.#over = [];
    this.#dueFrames = [];
    this.#head = 0;
  }

  #begin(conversation: number): TcpReassembler {
    const reassembler = new TcpReassembler(this.#owner.sinkOf(conversation), this.#budget);
    for (const direction of [0, 1] as const) {
      const knowledge = this.#conversations.isnKnowledge(conversation, direction);
      const isn = this.#conversations.isn.read(2 * conversation + direction);
      if (knowledge >= ISN_ACKNOWLEDGED) reassembler.synchronise(direction, isn);
      else if (knowledge === ISN_GUESSED) reassembler.expect(direction, isn + 1);
    }
    reassembler.opener = this.#conversations.openerOf(conversation);
    while (this.#reassemblers.length < conversation) this.#reassemblers.push(undefined);
    this.#reassemblers[conversation] = reassembler;
    return reassembler;
  }

  /** A direction of which no frame was captured keeps no conversation open. */
  #isOver(conversation: number, reassembler: TcpReassembler): boolean {
    if (reassembler.wasReset) return true;
    const { frames } = this.#conversations;
    if (!reassembler.isFinished(0) && frames.read(2 * conversation) > 0) return false;
    return reassembler.isFinished(1) || frames.read(2 * conversation + 1) === 0;
  }

  #linger(conversation: number, frame: number): void {
    const reassembler = this.#reassemblers[conversation];
    if (reassembler === undefined || reassembler === null || reassembler.lingers) return;
    reassembler.lingers = true;
    reassembler.open();
    this.#over.push(conversation);
    this.#dueFrames.push(frame + LINGER_FRAMES);
  }

  #settleDue(frame: number): void {
    while (this.#head < this.#over.length && frame >= this.#dueFrames[this.#head]!) {
      const conversation = this.#over[this.#head++]!;
      const newest = this.#reassemblers[conversation]?.newestFrame ?? 0;
      if (newest + LINGER_FRAMES > frame) {
        // An RST that ended nothing.
        this.#over.push(conversation);
        this.#dueFrames.push(frame + LINGER_FRAMES);
      } else {
        this.#settle(conversation, frame);
      }
    }
    if (this.#head * 2 > this.#over.length) {
      this.#over.splice(0, this.#head);
      this.#dueFrames.splice(0, this.#head);
      this.#head = 0;
    }
  }

  #settle(conversation: number, frame: number): void {
    const reassembler = this.#reassemblers[conversation];
    if (reassembler === undefined || reassembler === null) return;
    this.#reassemblers[conversation] = null;
    reassembler.settle(frame);
    this.#owner.settled(conversation, reassembler);
  }
}
