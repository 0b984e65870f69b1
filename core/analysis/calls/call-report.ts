import type { CallDetail, CallRow } from '../../api-calls.ts';
import type { LegDescription } from '../../app/calls/describe-leg.ts';
import type { Join } from '../../app/calls/join-legs.ts';
import type { CallEntry } from './call-list.ts';
import type { PageAnswers } from '../page-answers.ts';

/** A call as people think of it: its legs across back-to-back user agents, and why they are taken for one. */
export interface CallReport {
  readonly row: CallRow;
  /** None where nothing of it could be read. */
  readonly legs: readonly LegDescription[];
  readonly joinedBy: readonly Join[];
  /** Conversations that stayed encrypted and may hold more of it. */
  readonly lockedConversations: readonly string[];
}

/** The calls, registrations and other dialogs of a capture for those who want all of them. */
export class CallReporter {
  private readonly answers: PageAnswers;

  constructor(answers: PageAnswers) {
    this.answers = answers;
  }

  /** Reads what calls need: encrypted messages together, not one by one. Not needed, but quicker. */
  async prepare(): Promise<void> {
    while (!(await this.answers.calls.advance()));
  }

  /** Calls with their legs joined, in order of time; those that can only be inferred too. */
  *calls(): IterableIterator<CallReport> {
    const { calls } = this.answers;
    while (!calls.media.advance(FRAMES_AT_ONCE));
    for (const entry of calls.calls()) yield this.report(entry);
  }

  /** Every leg: calls, registrations, subscriptions, messages, pings. */
  legs(): LegDescription[] {
    const { calls } = this.answers;
    calls.calls();
    return Array.from({ length: calls.book.tracker.legs.length }, (_, leg) => this.describe(leg));
  }

  /** One call by a Call-ID of its legs, or by its name; null where there is none. */
  detail(callId: string): CallDetail | null {
    return this.answers.calls.detail(this.nameOf(callId));
  }

  /** The ladder of a call as text. */
  ladder(callId: string): string | null {
    return this.answers.calls.ladder(this.nameOf(callId), 'text')?.text ?? null;
  }

  private nameOf(callId: string): string {
    return this.answers.calls.nameOf(callId);
  }

  private report(entry: CallEntry): CallReport {
    const { calls } = this.answers;
    const lockedConversations = calls.lockedBeside(entry).map(String);
    const row = calls.rowOf(entry);
    if ('name' in entry) return { row, legs: [], joinedBy: [], lockedConversations };
    return {
      row,
      legs: entry.legs.map((leg) => this.describe(leg)),
      joinedBy: entry.joins,
      lockedConversations,
    };
  }

  /** With the numbers of messages of the list, not of the book. */
  private describe(leg: number): LegDescription {
    const { book } = this.answers.calls;
    const description = book.describe(leg);
    const { firstMessage, lastMessage } = description;
    return {
      ...description,
      firstMessage: book.messageOf(firstMessage),
      lastMessage: book.messageOf(lastMessage),
    };
  }
}

const FRAMES_AT_ONCE = 1_000_000;
