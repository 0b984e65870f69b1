import type {
  CallDetail,
  CallFilter,
  CallRow,
  CallRequests,
  CallWindow,
  LegRow,
  LegWindow,
  MediaStreamRow,
  MediaWindow,
  SipStatistics,
} from '../../api-calls.ts';
import type { RowOrder } from '../../api-order.ts';
import type { Finding, SipMessageRow } from '../../api.ts';
import { CallBook } from './call-book.ts';
import { CallDetails, ownerOf } from './call-detail.ts';
import { writeCallLadderSvg } from './call-ladder-svg.ts';
import { writeCallLadderText } from './call-ladder-text.ts';
import { CallOrders } from './call-orders.ts';
import type { CallEntry } from './call-list.ts';
import { findInAllCalls } from './findings-of-all-calls.ts';
import { OpaqueConnections } from './call-opaque.ts';
import { CallRows } from './call-rows.ts';
import { tellSipStatistics } from './call-statistics.ts';
import { ListedCalls } from './listed-calls.ts';
import { SEVERITIES } from '../../verdict.ts';
import type { OrderGround } from '../lists/list-order.ts';
import { MediaStreams } from '../media/media-streams.ts';
import type { PageAnswers } from '../page-answers.ts';

/** Answers what a page asks about the calls of one analysis. */
export class CallAnswers {
  readonly book: CallBook;
  readonly media: MediaStreams;
  private readonly answers: PageAnswers;
  private readonly listed: ListedCalls;
  private readonly rows: CallRows;
  private readonly details: CallDetails;
  private readonly orders = new CallOrders();

  constructor(answers: PageAnswers) {
    const { analysis, messages, frames, conversations, why } = answers;
    this.answers = answers;
    this.book = new CallBook(analysis, messages, frames, conversations);
    this.media = new MediaStreams(analysis, messages, frames);
    const opaque = new OpaqueConnections(analysis, frames, messages, conversations);
    this.listed = new ListedCalls(analysis, frames, this.book, opaque);
    this.rows = new CallRows(this.book, opaque, this.media, messages, frames);
    this.details = new CallDetails(analysis, this.book, this.rows, this.media, frames, why);
  }

  /** Does a part of what the answers need; true where nothing is left: see `ListedCalls`. */
  advance(): Promise<boolean> {
    return this.listed.advance();
  }

  /** The same, and the description of every leg: what filters and statistics look at. */
  advanceDescribed(): Promise<boolean> {
    return this.listed.advanceDescribed();
  }

  /** False while more is to come anyway: answers need not wait for all that is there. */
  get isSettled(): boolean {
    return this.answers.analysis.isSettled;
  }

  /** Like `advance`, for what is asked about media. */
  async advanceMedia(): Promise<boolean> {
    return (await this.advance()) && this.media.advance(FRAMES_AT_ONCE);
  }

  callWindow(filter: CallFilter, from: number, count: number, order: CallOrderWish = null): CallWindow {
    const window = this.orders.calls.window(this.callGround(filter), order, from, count);
    return { revision: this.answers.analysis.revision, ...window };
  }

  /** Where a call stands in the list; null where the filter hides it. */
  rowOfCall(filter: CallFilter, order: CallOrderWish, call: string): number | null {
    const entry = this.listed.find(call);
    const place = entry === null ? -1 : this.listed.entriesOf(filter).indexOf(entry);
    return this.orders.calls.rowOf(this.callGround(filter), order, place);
  }

  /** A part of an order that a list was asked for in; true where it is made, or must wait for the capture. */
  advanceCalls(filter: CallFilter, order: RowOrder<'calls'>): boolean {
    return !this.isSettled || this.orders.calls.advance(this.callGround(filter), order);
  }

  advanceDialogs(kind: string, text: string, order: RowOrder<'dialogs'>): boolean {
    return !this.isSettled || this.orders.dialogs.advance(this.dialogGround(kind, text), order);
  }

  advanceMediaOrder(call: string | null, text: string, order: RowOrder<'media'>): boolean {
    return !this.isSettled || this.orders.media.advance(this.mediaGround(call, text), order);
  }

  detail(call: string): CallDetail | null {
    const entry = this.listed.find(call);
    if (entry === null) return null;
    while (!this.media.advance(FRAMES_AT_ONCE)) if (this.listed.mayLag) break;
    return 'name' in entry ? this.details.ofLocked(entry) : this.details.ofGroup(entry);
  }

  ladder(call: string, as: 'text' | 'svg'): { text: string } | null {
    const detail = this.detail(call);
    if (detail === null) return null;
    return { text: as === 'svg' ? writeCallLadderSvg(detail) : writeCallLadderText(detail) };
  }

  join(callIds: readonly [string, string], joined: boolean | null): void {
    this.book.join(callIds, joined);
    this.listed.forget();
  }

  /** `kind` empty: every leg that is no call. */
  dialogWindow(
    kind: string,
    text: string,
    from: number,
    count: number,
    order: RowOrder<'dialogs'> | null | undefined = null,
  ): LegWindow {
    const window = this.orders.dialogs.window(this.dialogGround(kind, text), order, from, count);
    return { revision: this.answers.analysis.revision, ...window };
  }

  messagesOf(callId: string): readonly SipMessageRow[] {
    const leg = this.listed.legOf(callId);
    if (leg < 0) return [];
    const { messages } = this.book.tracker;
    return this.book.rowsOf(leg, MOST_MESSAGES).flatMap((row) => {
      const made = this.answers.messageRow(this.book.messageOf(messages.message.read(row)));
      return made === null ? [] : [made];
    });
  }

  /** What is remarked of the capture, of its conversations and, once it is read, of its calls and dialogs; errors first. */
  captureFindings(): readonly Finding[] {
    const own = this.answers.captureFindings();
    if (!this.isSettled) return own;
    this.listed.complete();
    return [...own, ...findInAllCalls(this.book)].sort(
      (a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity),
    );
  }

  statistics(): SipStatistics {
    const { groups, locked } = this.listed.list();
    return tellSipStatistics(this.book, groups, locked.length);
  }

  /** Streams of a call, or of the whole capture where `call` is null; none where there is no such call. */
  mediaWindow(
    call: string | null,
    from: number,
    count: number,
    order?: RowOrder<'media'> | null,
    text = '',
  ): MediaWindow {
    const window = this.orders.media.window(this.mediaGround(call, text), order, from, count);
    return { revision: this.answers.analysis.revision, ...window };
  }

  wav(stream: number, seconds: number): CallRequests['media.wav']['result'] | null {
    return this.media.wav(stream, seconds);
  }

  /** Every call in order of time. */
  calls(): readonly CallEntry[] {
    return this.listed.list().entries;
  }

  rowOf(entry: CallEntry): CallRow {
    return 'name' in entry ? this.rows.ofLocked(entry) : this.rows.ofGroup(entry);
  }

  /** The call that a Call-ID is a leg of; the text itself where there is none. */
  nameOf(callId: string): string {
    return this.listed.list().nameOf.get(callId) ?? callId;
  }

  /** Conversations that stayed encrypted and may hold more of a call, or all of it. */
  lockedBeside(entry: CallEntry): number[] {
    const parts = 'name' in entry ? entry.signalling : this.rows.stretchesOf(entry);
    return parts.map(({ signalling }) => signalling.conversation);
  }

  private callGround(filter: CallFilter): OrderGround<CallRow> {
    const entries = this.listed.entriesOf(filter);
    return this.groundOf(this.listed.stamp, [filter.text, filter.states], entries.length, (place) => {
      const entry = entries[place];
      if (entry === undefined) throw new RangeError(`There is no call in row ${place}`);
      return this.rowOf(entry);
    });
  }

  private dialogGround(kind: string, text: string): OrderGround<LegRow> {
    const legs = this.listed.dialogsOf(kind, text);
    const rowAt = (place: number): LegRow => this.rows.ofLeg(legs[place] ?? 0);
    return this.groundOf(String(this.book.stamp), [kind, text], legs.length, rowAt);
  }

  private mediaGround(call: string | null, text: string): OrderGround<MediaStreamRow> {
    const { revision } = this.answers.analysis;
    const entry = call === null ? null : this.listed.find(call);
    if (call !== null && entry === null)
      return this.groundOf('', [call, text], 0, () => {
        throw new RangeError(`There is no call ${call}`);
      });
    const names = this.listed.list().nameOf;
    const owner =
      entry === null
        ? null
        : 'name' in entry
          ? { callIds: [], conversations: entry.media }
          : ownerOf(entry, this.book);
    const { length, rowAt } = this.media.list(owner, (callId) => names.get(callId) ?? callId, text);
    return this.groundOf(String(revision), [call, text], length, rowAt);
  }

  private groundOf<Row>(
    stamp: string,
    list: readonly unknown[],
    length: number,
    rowAt: (place: number) => Row,
  ): OrderGround<Row> {
    return { list: JSON.stringify(list), stamp: `${stamp}/${length}`, length, rowAt, stride: LEGS_PER_STEP };
  }
}

type CallOrderWish = RowOrder<'calls'> | null | undefined;

const LEGS_PER_STEP = 200;
const FRAMES_AT_ONCE = 4000;
const MOST_MESSAGES = 20_000;
