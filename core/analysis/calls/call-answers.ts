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
import { LEG_KINDS } from '../../app/calls/call-tables.ts';
import type { CallTracker } from '../../app/calls/call-tracker.ts';
import { CallBook } from './call-book.ts';
import { CallDetails, ownerOf } from './call-detail.ts';
import { writeCallLadderSvg } from './call-ladder-svg.ts';
import { writeCallLadderText } from './call-ladder-text.ts';
import { CallOrders } from './call-orders.ts';
import { type CallEntry, type CallList, makeCallList } from './call-list.ts';
import { findInAllCalls } from './findings-of-all-calls.ts';
import { OpaqueConnections } from './call-opaque.ts';
import { CallRows, matchesCall, matchesLeg } from './call-rows.ts';
import { tellSipStatistics } from './call-statistics.ts';
import { SEVERITIES } from '../../verdict.ts';
import type { OrderGround } from '../lists/list-order.ts';
import { MediaStreams } from '../media/media-streams.ts';
import type { PageAnswers } from '../page-answers.ts';

/** Answers what a page asks about the calls of one analysis; what is said again and again is kept until calls change. */
export class CallAnswers {
  readonly book: CallBook;
  readonly media: MediaStreams;
  private readonly answers: PageAnswers;
  private readonly opaque: OpaqueConnections;
  private readonly rows: CallRows;
  private readonly details: CallDetails;
  private readonly orders = new CallOrders();
  private listed: (Listed & { readonly list: CallList }) | null = null;
  private listing: (Listed & { readonly steps: Generator<undefined, CallList> }) | null = null;
  private filtered: { readonly key: string; readonly entries: readonly CallEntry[] } | null = null;
  private described = { stamp: '', legs: 0 };
  private inSlices = false;
  private dialogs: { readonly key: string; readonly legs: readonly number[] } | null = null;

  constructor(answers: PageAnswers) {
    const { analysis, messages, frames, conversations, why } = answers;
    this.answers = answers;
    this.book = new CallBook(analysis, messages, frames, conversations);
    this.media = new MediaStreams(analysis, messages, frames);
    this.opaque = new OpaqueConnections(analysis, frames, messages, conversations);
    this.rows = new CallRows(this.book, this.opaque, this.media, messages, frames);
    this.details = new CallDetails(analysis, this.book, this.rows, this.media, frames, why);
  }

  /**
   * Does a part of what the answers need; true where nothing is left. Hosts that answer others call it in slices, and get
   * answers about what was taken so far while the capture is read. Whoever never does gets the rest done at once.
   */
  async advance(): Promise<boolean> {
    this.inSlices = true;
    const all = await this.book.read(MESSAGES_AT_ONCE);
    if (this.isSettled && !all) return false;
    const joined = this.book.joinStep();
    if (this.isSettled && !joined) return false;
    return this.listStep() !== null && joined && all;
  }

  /** The same, and the description of every leg: what filters and statistics look at. */
  async advanceDescribed(): Promise<boolean> {
    if (!(await this.advance())) return false;
    const { legs } = this.book.tracker;
    const stamp = `${this.book.stamp}`;
    if (this.described.stamp !== stamp) this.described = { stamp, legs: 0 };
    const from = this.described.legs;
    this.described.legs = Math.min(legs.length, from + LEGS_AT_ONCE);
    for (let leg = from; leg < this.described.legs; leg += 1) this.book.describe(leg);
    return this.described.legs === legs.length;
  }

  /** False while more is to come anyway: answers need not wait for all that is there. */
  get isSettled(): boolean {
    return this.answers.analysis.isSettled;
  }

  /** The same for what is asked about media. */
  async advanceMedia(): Promise<boolean> {
    return (await this.advance()) && this.media.advance(FRAMES_AT_ONCE);
  }

  callWindow(filter: CallFilter, from: number, count: number, order: CallOrderWish = null): CallWindow {
    const window = this.orders.calls.window(this.callGround(filter), order, from, count);
    return { revision: this.answers.analysis.revision, ...window };
  }

  /** Where a call stands in the list; null where the filter hides it. */
  rowOfCall(filter: CallFilter, order: CallOrderWish, call: string): number | null {
    const entry = this.find(call);
    const place = entry === null ? -1 : this.entriesOf(filter).indexOf(entry);
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
    const entry = this.find(call);
    if (entry === null) return null;
    while (!this.media.advance(FRAMES_AT_ONCE)) if (this.inSlices && !this.isSettled) break;
    return 'name' in entry ? this.details.ofLocked(entry) : this.details.ofGroup(entry);
  }

  ladder(call: string, as: 'text' | 'svg'): { text: string } | null {
    const detail = this.detail(call);
    if (detail === null) return null;
    return { text: as === 'svg' ? writeCallLadderSvg(detail) : writeCallLadderText(detail) };
  }

  join(callIds: readonly [string, string], joined: boolean | null): void {
    this.book.join(callIds, joined);
    this.listed = null;
    this.listing = null;
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
    const leg = this.legOf(callId);
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
    this.complete();
    return [...own, ...findInAllCalls(this.book)].sort(
      (a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity),
    );
  }

  statistics(): SipStatistics {
    const { groups, locked } = this.list();
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
    return this.list().entries;
  }

  rowOf(entry: CallEntry): CallRow {
    return 'name' in entry ? this.rows.ofLocked(entry) : this.rows.ofGroup(entry);
  }

  /** The call that a Call-ID is a leg of; the text itself where there is none. */
  nameOf(callId: string): string {
    return this.list().nameOf.get(callId) ?? callId;
  }

  /** Conversations that stayed encrypted and may hold more of a call, or all of it. */
  lockedBeside(entry: CallEntry): number[] {
    const parts = 'name' in entry ? entry.signalling : this.rows.stretchesOf(entry);
    return parts.map(({ signalling }) => signalling.conversation);
  }

  private callGround(filter: CallFilter): OrderGround<CallRow> {
    const entries = this.entriesOf(filter);
    return this.groundOf(this.listed?.stamp ?? '', [filter.text, filter.states], entries.length, (place) => {
      const entry = entries[place];
      if (entry === undefined) throw new RangeError(`There is no call in row ${place}`);
      return this.rowOf(entry);
    });
  }

  private dialogGround(kind: string, text: string): OrderGround<LegRow> {
    const legs = this.dialogsOf(kind, text.trim().toLowerCase());
    const rowAt = (place: number): LegRow => this.rows.ofLeg(legs[place] ?? 0);
    return this.groundOf(String(this.book.stamp), [kind, text], legs.length, rowAt);
  }

  private mediaGround(call: string | null, text: string): OrderGround<MediaStreamRow> {
    const { revision } = this.answers.analysis;
    const entry = call === null ? null : this.find(call);
    if (call !== null && entry === null)
      return this.groundOf('', [call, text], 0, () => {
        throw new RangeError(`There is no call ${call}`);
      });
    const names = this.list().nameOf;
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

  private entriesOf(filter: CallFilter): readonly CallEntry[] {
    const { entries } = this.list();
    const stamp = this.listed?.stamp ?? '';
    const wanted = filter.text.trim().toLowerCase();
    if (wanted === '' && filter.states.length === 0) return entries;
    const key = JSON.stringify([stamp, wanted, filter.states]);
    if (this.filtered?.key !== key)
      this.filtered = { key, entries: entries.filter((entry) => this.matches(entry, filter, wanted)) };
    return this.filtered.entries;
  }

  private matches(entry: CallEntry, filter: CallFilter, wanted: string): boolean {
    if (!('name' in entry))
      return matchesCall(
        filter,
        wanted,
        entry.legs.map((leg) => this.book.describe(leg)),
      );
    if (filter.states.length > 0 && !filter.states.includes('locked')) return false;
    return `${entry.name}\nlocked\n${entry.source}\n${entry.destination}\nTLS`.toLowerCase().includes(wanted);
  }

  private find(call: string): CallEntry | null {
    const { entries, byName } = this.list();
    const at = byName.get(call);
    return at === undefined ? null : (entries[at] ?? null);
  }

  private legOf(callId: string): number {
    const { legs, strings } = this.book.tracker;
    const known = this.list().legOf.get(callId);
    if (known !== undefined) return known;
    for (let leg = 0; leg < legs.length; leg += 1)
      if (strings.textOf(legs.callId.read(leg)) === callId) return leg;
    return -1;
  }

  private dialogsOf(kind: string, wanted: string): readonly number[] {
    this.complete();
    const { legs } = this.book.tracker;
    const key = JSON.stringify([this.book.stamp, kind, wanted]);
    if (this.dialogs?.key !== key) {
      const found: number[] = [];
      for (let leg = 0; leg < legs.length; leg += 1) {
        const own = LEG_KINDS[legs.kind.read(leg)] ?? 'other';
        if (kind === '' ? own === 'call' : own !== kind) continue;
        if (wanted === '' || matchesLeg(wanted, this.book.describe(leg))) found.push(leg);
      }
      this.dialogs = { key, legs: found };
    }
    return this.dialogs.legs;
  }

  private complete(): void {
    if (this.inSlices && !this.isSettled) return;
    while (!this.book.advance(MESSAGES_AT_ONCE));
    while (!this.book.joinStep());
  }

  private list(): CallList {
    this.complete();
    // While the capture is read the page asks again and again: what was listed last will do.
    if (this.inSlices && !this.isSettled && this.listed?.tracker === this.book.tracker)
      return this.listed.list;
    for (;;) {
      const list = this.listStep();
      if (list !== null) return list;
    }
  }

  /** A part of making the list; the list where it is made. */
  private listStep(): CallList | null {
    const { tracker } = this.book;
    const stamp = `${this.book.stamp}/${this.book.joins}/${this.opaque.version}`;
    if (this.listed?.stamp === stamp) return this.listed.list;
    if (this.listing?.tracker !== tracker || (this.isSettled && this.listing.stamp !== stamp)) {
      const { analysis, frames } = this.answers;
      const steps = makeCallList({ analysis, frames, book: this.book, opaque: this.opaque });
      this.listing = { stamp, tracker, steps };
    }
    const { done, value } = this.listing.steps.next();
    if (done !== true) return null;
    this.listed = { stamp: this.listing.stamp, tracker, list: value };
    this.listing = null;
    return value;
  }
}

type CallOrderWish = RowOrder<'calls'> | null | undefined;

/** Of which state of the book a list is. */
interface Listed {
  readonly stamp: string;
  readonly tracker: CallTracker;
}

/** Messages read between two chances for others. */
const MESSAGES_AT_ONCE = 1000;
const LEGS_AT_ONCE = 1000;
const LEGS_PER_STEP = 200;
const FRAMES_AT_ONCE = 4000;
const MOST_MESSAGES = 20_000;
