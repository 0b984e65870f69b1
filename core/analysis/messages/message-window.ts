import type { FrameRequests } from '../../api-frames.ts';
import type { SipMessageRow } from '../../api.ts';
import type { Analysis } from '../analysis.ts';
import type { FrameReporter } from '../frames/frame-report.ts';
import { ListOrder, type OrderGround, type OrderKeys } from '../lists/list-order.ts';
import { PassedRows } from '../lists/passed-rows.ts';
import type { MessageIndex } from './message-index.ts';

/** The list as it is asked for. */
export type MessageListWish = Pick<FrameRequests['sip.window']['params'], 'text' | 'order'>;

/**
 * The page's list of SIP messages: those that a text lets through, and in which order. What it takes is done in steps once
 * the capture is read; before that the list stands as captured, and is looked through at once.
 */
export class MessageRows {
  private readonly analysis: Analysis;
  private readonly messages: MessageIndex;
  private readonly frames: FrameReporter;
  private readonly passed = new PassedRows();
  private readonly order: ListOrder<'sip', SipMessageRow>;

  constructor(analysis: Analysis, messages: MessageIndex, frames: FrameReporter) {
    this.analysis = analysis;
    this.messages = messages;
    this.frames = frames;
    this.order = new ListOrder(KEYS);
  }

  /** Does a part of what the wish needs; true where nothing is left, or where it must wait for the capture. */
  advance({ text, order = null }: MessageListWish): boolean {
    if (!this.analysis.isSettled) return true;
    if (!this.filter(text, TEXTS_AT_ONCE)) return false;
    return order === null || this.order.advance(this.groundOf(text), order);
  }

  /** Whether the messages that pass are known: the order may come later. */
  isFiltered({ text }: MessageListWish): boolean {
    return !this.analysis.isSettled || this.filter(text, 0);
  }

  window(
    { text, order }: MessageListWish,
    from: number,
    count: number,
  ): FrameRequests['sip.window']['result'] {
    this.filter(text, Infinity);
    return this.order.window(this.groundOf(text), order, from, count);
  }

  row(at: number): SipMessageRow | null {
    const view = this.messages.view(at);
    if (view === null) return null;
    return {
      message: at,
      frame: view.frame,
      time: this.frames.timeOf(view.frame),
      conversation: String(view.conversation),
      source: this.frames.endpointOf(view.conversation, view.direction),
      destination: this.frames.endpointOf(view.conversation, view.direction === 0 ? 1 : 0),
      startLine: view.startLine,
      callId: view.callId,
      cseq: view.cseq,
      decrypted: view.decrypted,
    };
  }

  /** Looks through so many more messages; true where all were. */
  private filter(text: string, most: number): boolean {
    const wanted = text.trim().toLowerCase();
    if (wanted === '') return true;
    const key = `${this.stamp} ${wanted}`;
    return this.passed.advance(key, this.messages.length, most, (at) => {
      const row = this.row(at);
      if (row === null) return false;
      const shown =
        `${row.startLine}\n${row.callId}\n${row.cseq}\n${row.source}\n${row.destination}`.toLowerCase();
      return shown.includes(wanted) || (this.messages.textOf(at) ?? '').toLowerCase().includes(wanted);
    });
  }

  private groundOf(text: string): OrderGround<SipMessageRow> {
    const wanted = text.trim();
    const places = wanted === '' ? null : this.passed.places;
    return {
      list: wanted,
      stamp: this.stamp,
      length: places === null ? this.messages.length : places.length,
      rowAt: (place) => {
        const row = this.row(places === null ? place : (places[place] ?? 0));
        if (row === null) throw new RangeError(`There is no message in row ${place}`);
        return row;
      },
      stride: ROWS_AT_ONCE,
    };
  }

  private get stamp(): string {
    return `${this.analysis.revision}/${this.messages.length}/${this.messages.orders}`;
  }
}

const KEYS: OrderKeys<'sip', SipMessageRow> = {
  verdict: [(row) => (row.decrypted ? 0 : 1)],
  frame: [(row) => row.frame],
  time: [
    (row) => Number(row.time.slice(0, row.time.indexOf('.'))),
    (row) => Number(row.time.slice(row.time.indexOf('.') + 1)),
  ],
  source: [(row) => row.source],
  destination: [(row) => row.destination],
  start: [(row) => row.startLine],
  cseq: [(row) => row.cseq],
  call: [(row) => row.callId],
};

/** Messages between two stops: those of which only rows are made, and those whose texts are read. */
const ROWS_AT_ONCE = 1000;
const TEXTS_AT_ONCE = 100;
