import type {
  CallDetail,
  CallFilter,
  CallRow,
  CallRequests,
  CallWindow,
  LegWindow,
  MediaWindow,
  SipStatistics,
} from '../../api-calls.ts';
import type { SipMessageRow } from '../../api.ts';
import { LEG_KINDS } from '../../app/calls/call-tables.ts';
import type { CallGroup } from '../../app/calls/join-legs.ts';
import { CallBook } from './call-book.ts';
import { CallDetails, ownerOf } from './call-detail.ts';
import { writeCallLadderSvg } from './call-ladder-svg.ts';
import { writeCallLadderText } from './call-ladder-text.ts';
import { inferLockedCalls, type LockedCall } from './call-locked.ts';
import { OpaqueConnections } from './call-opaque.ts';
import { CallRows, matchesCall, matchesLeg } from './call-rows.ts';
import { tellSipStatistics } from './call-statistics.ts';
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
  private listed: { readonly stamp: string; readonly list: CallList } | null = null;
  private filtered: { readonly key: string; readonly entries: readonly CallEntry[] } | null = null;
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
  advance(): boolean {
    this.inSlices = true;
    return this.book.advance(MESSAGES_AT_ONCE);
  }

  /** False while more is to come anyway: answers need not wait for all that is there. */
  get isSettled(): boolean {
    return this.answers.analysis.isSettled;
  }

  /** The same for what is asked about media. */
  advanceMedia(): boolean {
    return this.advance() && this.media.advance(FRAMES_AT_ONCE);
  }

  callWindow(filter: CallFilter, from: number, count: number): CallWindow {
    const entries = this.entriesOf(filter);
    return {
      revision: this.answers.analysis.revision,
      total: entries.length,
      from,
      rows: entries.slice(from, from + count).map((entry) => this.rowOf(entry)),
    };
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
  }

  /** `kind` empty: every leg that is no call. */
  dialogWindow(kind: string, text: string, from: number, count: number): LegWindow {
    const legs = this.dialogsOf(kind, text.trim().toLowerCase());
    return {
      revision: this.answers.analysis.revision,
      total: legs.length,
      from,
      rows: legs.slice(from, from + count).map((leg) => this.rows.ofLeg(leg)),
    };
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

  statistics(): SipStatistics {
    const { groups, locked } = this.list();
    return tellSipStatistics(this.book, groups, locked.length);
  }

  /** Streams of a call, or of the whole capture where `call` is null; none where there is no such call. */
  mediaWindow(call: string | null, from: number, count: number): MediaWindow {
    const entry = call === null ? null : this.find(call);
    if (call !== null && entry === null)
      return { revision: this.answers.analysis.revision, total: 0, from, rows: [] };
    const names = this.list().nameOf;
    const owner =
      entry === null
        ? null
        : 'name' in entry
          ? { callIds: [], conversations: entry.media }
          : ownerOf(entry, this.book);
    return this.media.window(owner, from, count, (callId) => names.get(callId) ?? callId);
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

  private entriesOf(filter: CallFilter): readonly CallEntry[] {
    const { entries, stamp } = this.list();
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
  }

  private list(): CallList {
    this.complete();
    const stamp = `${this.book.stamp}/${this.opaque.version}`;
    if (this.listed?.stamp !== stamp) this.listed = { stamp, list: this.makeList(stamp) };
    return this.listed.list;
  }

  private makeList(stamp: string): CallList {
    const { analysis, frames } = this.answers;
    const groups = this.book.groups();
    const locked = inferLockedCalls(analysis, frames, this.book, this.opaque);
    const timed = [
      ...groups.map((entry) => ({
        entry,
        time: this.book.relativeOf(this.rows.firstRowOf(entry.legs[0] ?? 0)),
      })),
      ...locked.map((entry) => ({ entry, time: frames.relativeTimeOf(entry.firstFrame) })),
    ];
    const entries = timed.sort((a, b) => a.time - b.time).map(({ entry }): CallEntry => entry);
    const { legs, strings } = this.book.tracker;
    const byName = new Map<string, number>();
    const nameOf = new Map<string, string>();
    const legOf = new Map<string, number>();
    for (const [at, entry] of entries.entries()) {
      if ('name' in entry) {
        if (!byName.has(entry.name)) byName.set(entry.name, at);
        continue;
      }
      const callIds = entry.legs.map((leg) => strings.textOf(legs.callId.read(leg)));
      // What was read goes before what is inferred, should a Call-ID look like the name of a locked call.
      byName.set(callIds[0] ?? '', at);
      for (const [index, callId] of callIds.entries()) {
        nameOf.set(callId, callIds[0] ?? '');
        legOf.set(callId, entry.legs[index] ?? -1);
      }
    }
    return { stamp, groups, locked, entries, byName, nameOf, legOf };
  }
}

/** A call that was read, or one that is inferred. */
export type CallEntry = CallGroup | LockedCall;

interface CallList {
  readonly stamp: string;
  readonly groups: readonly CallGroup[];
  readonly locked: readonly LockedCall[];
  readonly entries: readonly CallEntry[];
  readonly byName: ReadonlyMap<string, number>;
  /** By Call-ID: the call's name, and the leg. */
  readonly nameOf: ReadonlyMap<string, string>;
  readonly legOf: ReadonlyMap<string, number>;
}

/** Messages read between two chances for others: each may have to be decrypted again. */
const MESSAGES_AT_ONCE = 400;
const FRAMES_AT_ONCE = 4000;
const MOST_MESSAGES = 20_000;
