import { LEG_KINDS } from '../../app/calls/call-tables.ts';
import type { CallTracker } from '../../app/calls/call-tracker.ts';
import { type CallGroup, joinLegsInSteps, type JoinOverrides } from '../../app/calls/join-legs.ts';

/** The legs of a book as calls. Joining looks at all of them, so it is done step by step, and seldom while they still come. */
export class JoinedLegs {
  /** Those from `legs` on came later. */
  private joined: Joined | null = null;
  private joining: (Joining & { readonly steps: Generator<undefined, CallGroup[]> }) | null = null;
  private shown: { readonly stamp: number; readonly groups: readonly CallGroup[] } | null = null;
  private overrides: { joined: (readonly [string, string])[]; separated: (readonly [string, string])[] } = {
    joined: [],
    separated: [],
  };

  /** A part of the work; `stamp` is the book's. `changed` where calls are others than before. */
  step(tracker: CallTracker, stamp: number, isSettled: boolean): 'changed' | 'done' | 'more' {
    const { joined } = this;
    const { messages, legs } = tracker;
    const grown =
      joined === null || messages.length > joined.messages * REJOIN || messages.length < joined.messages;
    if (isSettled ? joined?.stamp === stamp : !grown) return 'done';
    let job = this.joining;
    if (job === null || (isSettled && job.stamp !== stamp)) {
      const steps = joinLegsInSteps(tracker, this.overrides);
      job = { steps, stamp, messages: messages.length, legs: legs.length };
      this.joining = job;
    }
    const { done, value } = job.steps.next();
    if (done !== true) return 'more';
    this.joined = { groups: value, stamp: job.stamp, messages: job.messages, legs: job.legs };
    this.joining = null;
    this.shown = null;
    return 'changed';
  }

  /** Calls in order of their first message; legs that came since stand alone for a moment. */
  groups(tracker: CallTracker, stamp: number): readonly CallGroup[] {
    if (this.shown?.stamp === stamp) return this.shown.groups;
    const { legs } = tracker;
    const { joined } = this;
    let groups = joined?.groups ?? [];
    if (joined?.legs !== legs.length) {
      const singles: CallGroup[] = [];
      for (let leg = joined?.legs ?? 0; leg < legs.length; leg += 1)
        if (LEG_KINDS[legs.kind.read(leg)] === 'call') singles.push({ legs: [leg], joins: [] });
      groups = [...groups, ...singles];
    }
    this.shown = { stamp, groups };
    return groups;
  }

  /** The user's word on two legs, by their Call-IDs; null takes it back. */
  override(callIds: readonly [string, string], joined: boolean | null): void {
    const others = (pairs: readonly (readonly [string, string])[]): (readonly [string, string])[] =>
      pairs.filter((pair) => !(pair.includes(callIds[0]) && pair.includes(callIds[1])));
    this.overrides = {
      joined: others(this.overrides.joined).slice(-MOST_OVERRIDES),
      separated: others(this.overrides.separated).slice(-MOST_OVERRIDES),
    };
    if (joined !== null) this.overrides[joined ? 'joined' : 'separated'].push(callIds);
    this.forget();
  }

  get said(): JoinOverrides {
    return this.overrides;
  }

  /** All are to be joined anew; what the user said stays. */
  forget(): void {
    this.joined = null;
    this.joining = null;
    this.shown = null;
  }
}

/** What there was when joining began. */
interface Joining {
  readonly stamp: number;
  readonly messages: number;
  readonly legs: number;
}

interface Joined extends Joining {
  readonly groups: readonly CallGroup[];
}

/** While the capture is read legs are joined anew when there are so many times as many messages. */
const REJOIN = 1.15;
const MOST_OVERRIDES = 10_000;
