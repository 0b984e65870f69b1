import type { SipScratch } from '../../app/events.ts';
import { Uint32Column } from '../../store/columns.ts';
import type { Analysis } from '../analysis.ts';
import { FrameReporter } from '../frames/frame-report.ts';
import { MessageIndex } from './message-index.ts';
import type { FinishedLines, LineSource } from './line-layout.ts';
import { createLineOffer } from './line-layout.ts';
import { type LineOutput, MessageLane } from './message-lane.ts';
import { createMessageLine, type LineForm } from './message-line.ts';
import { MessageLines } from './message-lines.ts';
import { SettledFrames } from './settled-frames.ts';
import type { SipSink } from './sip-sink.ts';

export interface MessageStreamOptions extends LineForm {
  readonly output: LineOutput;
}

/**
 * Writes SIP messages while the capture is read, in the order of the frames in which they end: each as soon as nothing
 * that follows can come before it or withdraw it (SettledFrames). What must wait longer than is good for memory goes
 * into the analysis' tables, and is written at the end: `finish` gives the same bytes either way.
 */
export class MessageStream implements SipSink {
  readonly alone = true;
  readonly offer = createLineOffer();
  private readonly options: MessageStreamOptions;
  private readonly line = createMessageLine();
  private readonly clear: MessageLane;
  private readonly opened: MessageLane;
  private analysis: Analysis | null = null;
  private settled: SettledFrames | null = null;
  private messageLines: MessageLines | null = null;
  /** Messages that end before this frame were written. */
  private below = 1;
  /** Too much waits: the rest goes into the tables. */
  private full = false;
  /** Decrypted messages that were written, by conversation, and how many of them are to come again. */
  private readonly written = new Uint32Column();
  private readonly again = new Map<number, number>();

  constructor(options: MessageStreamOptions) {
    this.options = options;
    this.clear = new MessageLane(options.output);
    this.opened = new MessageLane(options.output);
  }

  get closed(): boolean {
    return this.options.output.closed;
  }

  get lines(): LineSource | null {
    return this.full ? null : this.messageLines;
  }

  begin(analysis: Analysis): void {
    const messages = new MessageIndex(analysis);
    this.analysis = analysis;
    this.settled = new SettledFrames(analysis);
    this.messageLines = new MessageLines(
      analysis,
      messages,
      new FrameReporter(analysis, messages),
      this.options,
    );
  }

  take(conversation: number, message: SipScratch, frame: number, decrypted: boolean): boolean {
    if (decrypted && frame < this.below && this.wasWritten(conversation)) return true;
    if (this.full || this.messageLines === null) return false;
    if (decrypted && this.takeOffer(conversation, message, frame)) return true;
    this.fill(conversation, message, frame, decrypted);
    const lane = decrypted ? this.opened : this.clear;
    lane.begin();
    this.messageLines.writeLine(this.line, lane);
    lane.end(frame, conversation);
    return true;
  }

  endOffers(lines: FinishedLines): void {
    this.offer.lines = null;
    this.opened.endTaking(lines);
  }

  /** The line that an opener finished, where it is of this message. */
  private takeOffer(conversation: number, { bytes, from, to }: SipScratch, frame: number): boolean {
    const { offer } = this;
    const { lines } = offer;
    if (lines === null || offer.message !== bytes || offer.messageFrom !== from || offer.messageTo !== to)
      return false;
    offer.lines = null;
    this.opened.take(lines, offer.from, offer.to, frame, conversation);
    return true;
  }

  withdraw(conversations: ReadonlySet<number> | null): void {
    this.opened.withdraw(conversations);
    this.settled?.restart();
    const { written } = this;
    for (let conversation = 0; conversation < written.length; conversation += 1)
      if (conversations === null || conversations.has(conversation))
        this.again.set(conversation, written.read(conversation));
  }

  advanced(): void {
    if (this.settled === null || this.full || this.closed) return;
    const waiting = this.clear.bytesHeld + this.opened.bytesHeld;
    // Looking at all connections is worth it only for something to write.
    if (waiting === 0 || (waiting < LEAST_WRITTEN && this.isLarge)) return;
    const below = this.settled.find();
    this.writeUpTo(2 * below);
    this.below = below;
    this.full = this.clear.bytesHeld + this.opened.bytesHeld > MOST_WAITING;
  }

  /** The end of the capture: writes what waits, and what stands in the tables. */
  finish(): void {
    const { analysis, messageLines } = this;
    if (analysis === null || messageLines === null) return;
    const { output } = this.options;
    const messages = new MessageIndex(analysis);
    for (let at = 0; at < messages.length && !output.closed; at += 1) {
      this.writeUpTo(messages.keyOf(at) + 1);
      messageLines.write(at, output);
    }
    this.writeUpTo(Infinity);
    output.flush();
  }

  /**
   * Writes what waits in order up to a key, which is 2 * frame, and one more for decrypted messages: of one frame those
   * in clear come first.
   */
  private writeUpTo(key: number): void {
    const { clear, opened } = this;
    for (;;) {
      const left = 2 * clear.firstFrame;
      const right = 2 * opened.firstFrame + 1;
      if (Math.min(left, right) >= key) return;
      if (left < right) clear.writeBelow(Math.min(key, right) / 2, null);
      else opened.writeBelow((Math.min(key, left) - 1) / 2, this.written);
    }
  }

  private wasWritten(conversation: number): boolean {
    const left = this.again.get(conversation) ?? 0;
    if (left > 0) this.again.set(conversation, left - 1);
    return left > 0;
  }

  private get isLarge(): boolean {
    const { structure } = this.analysis ?? {};
    return structure !== undefined && structure.conversations.length > MANY_CONVERSATIONS;
  }

  private fill(conversation: number, message: SipScratch, frame: number, decrypted: boolean): void {
    const { line } = this;
    const { startLine, callId, cseq, text } = line;
    line.frame = frame;
    line.conversation = conversation;
    line.direction = message.direction;
    line.decrypted = decrypted;
    startLine.bytes = callId.bytes = cseq.bytes = text.bytes = message.bytes;
    startLine.from = text.from = message.from;
    startLine.to = message.startLineEnd;
    text.to = message.to;
    callId.from = Math.max(0, message.callIdFrom);
    callId.to = message.callIdFrom < 0 ? 0 : message.callIdTo;
    cseq.from = Math.max(0, message.cseqFrom);
    cseq.to = message.cseqFrom < 0 ? 0 : message.cseqTo;
  }
}

/** Beyond this many bytes that wait, a few old records hold everything back: the tables take less room. */
const MOST_WAITING = 96 * 1024 * 1024;
const LEAST_WRITTEN = 1024 * 1024;
const MANY_CONVERSATIONS = 5000;
