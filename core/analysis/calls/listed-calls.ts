import type { CallFilter } from '../../api-calls.ts';
import { LEG_KINDS } from '../../app/calls/call-tables.ts';
import type { CallTracker } from '../../app/calls/call-tracker.ts';
import type { Analysis } from '../analysis.ts';
import type { FrameReporter } from '../frames/frame-report.ts';
import type { CallBook } from './call-book.ts';
import { type CallEntry, type CallList, makeCallList } from './call-list.ts';
import type { OpaqueConnections } from './call-opaque.ts';
import { matchesCall, matchesLeg } from './call-rows.ts';

/** The calls and the other dialogs of a capture as lists, and what a filter lets through: kept until calls change. */
export class ListedCalls {
  private readonly analysis: Analysis;
  private readonly frames: FrameReporter;
  private readonly book: CallBook;
  private readonly opaque: OpaqueConnections;
  private listed: (Listed & { readonly list: CallList }) | null = null;
  private listing: (Listed & { readonly steps: Generator<undefined, CallList> }) | null = null;
  private filtered: { readonly key: string; readonly entries: readonly CallEntry[] } | null = null;
  private described = { stamp: '', legs: 0 };
  private inSlices = false;
  private dialogs: { readonly key: string; readonly legs: readonly number[] } | null = null;

  constructor(analysis: Analysis, frames: FrameReporter, book: CallBook, opaque: OpaqueConnections) {
    this.analysis = analysis;
    this.frames = frames;
    this.book = book;
    this.opaque = opaque;
  }

  /**
   * Does a part of what the lists need; true where nothing is left. Hosts that answer others call it in slices, and get
   * answers about what was taken so far while the capture is read. Whoever never does gets the rest done at once.
   */
  async advance(): Promise<boolean> {
    this.inSlices = true;
    const all = await this.book.read(MESSAGES_AT_ONCE);
    if (this.analysis.isSettled && !all) return false;
    const joined = this.book.joinStep();
    if (this.analysis.isSettled && !joined) return false;
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

  /** True while answers are about what was taken so far. */
  get mayLag(): boolean {
    return this.inSlices && !this.analysis.isSettled;
  }

  /** Takes all that is there, where nobody does it in slices. */
  complete(): void {
    if (this.mayLag) return;
    while (!this.book.advance(MESSAGES_AT_ONCE));
    while (!this.book.joinStep());
  }

  list(): CallList {
    this.complete();
    // While the capture is read the page asks again and again: what was listed last will do.
    if (this.mayLag && this.listed?.tracker === this.book.tracker) return this.listed.list;
    for (;;) {
      const list = this.listStep();
      if (list !== null) return list;
    }
  }

  /** Of which state of the calls the list is that was made last. */
  get stamp(): string {
    return this.listed?.stamp ?? '';
  }

  /** The list is made anew: the user joined or parted legs. */
  forget(): void {
    this.listed = null;
    this.listing = null;
  }

  find(call: string): CallEntry | null {
    const { entries, byName } = this.list();
    const at = byName.get(call);
    return at === undefined ? null : (entries[at] ?? null);
  }

  /** The leg with this Call-ID, of a call or of another dialog; -1 where there is none. */
  legOf(callId: string): number {
    const { legs, strings } = this.book.tracker;
    const known = this.list().legOf.get(callId);
    if (known !== undefined) return known;
    for (let leg = 0; leg < legs.length; leg += 1)
      if (strings.textOf(legs.callId.read(leg)) === callId) return leg;
    return -1;
  }

  /** The calls that a filter lets through. */
  entriesOf(filter: CallFilter): readonly CallEntry[] {
    const { entries } = this.list();
    const wanted = filter.text.trim().toLowerCase();
    if (wanted === '' && filter.states.length === 0) return entries;
    const key = JSON.stringify([this.stamp, wanted, filter.states]);
    if (this.filtered?.key !== key)
      this.filtered = { key, entries: entries.filter((entry) => this.matches(entry, filter, wanted)) };
    return this.filtered.entries;
  }

  /** The legs of one kind that hold a text; `kind` empty: every leg that is no call. */
  dialogsOf(kind: string, text: string): readonly number[] {
    this.complete();
    const { legs } = this.book.tracker;
    const wanted = text.trim().toLowerCase();
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

  /** A part of making the list; the list where it is made. */
  private listStep(): CallList | null {
    const { tracker } = this.book;
    const stamp = `${this.book.stamp}/${this.book.joins}/${this.opaque.version}`;
    if (this.listed?.stamp === stamp) return this.listed.list;
    if (this.listing?.tracker !== tracker || (this.analysis.isSettled && this.listing.stamp !== stamp)) {
      const { analysis, frames, book, opaque } = this;
      this.listing = { stamp, tracker, steps: makeCallList({ analysis, frames, book, opaque }) };
    }
    const { done, value } = this.listing.steps.next();
    if (done !== true) return null;
    this.listed = { stamp: this.listing.stamp, tracker, list: value };
    this.listing = null;
    return value;
  }
}

/** Of which state of the book a list is. */
interface Listed {
  readonly stamp: string;
  readonly tracker: CallTracker;
}

/** Messages read between two chances for others. */
const MESSAGES_AT_ONCE = 1000;
const LEGS_AT_ONCE = 1000;
