import type { CallTracker } from './call-tracker.ts';
import { LEG_KINDS } from './call-tables.ts';
import { describeLikeness, type Likeness, likenessOf, type Setup, setupOf } from './leg-likeness.ts';

/** Why two legs are taken for one call. */
export const JOIN_GROUNDS = [
  'user',
  'session-id',
  'call-id-header',
  'correlation-header',
  'replaces',
  'likeness',
] as const;
export type JoinGround = (typeof JOIN_GROUNDS)[number];

export interface Join {
  readonly legs: readonly [number, number];
  readonly ground: JoinGround;
  /** What matched, for people. */
  readonly sentence: string;
  /** False for likeness: an inference. */
  readonly certain: boolean;
}

/** One call: its legs in order of their beginning, and why they belong together. */
export interface CallGroup {
  readonly legs: readonly number[];
  readonly joins: readonly Join[];
}

/** What the user says about legs, by their Call-IDs. It counts before everything else. */
export interface JoinOverrides {
  readonly joined: readonly (readonly [string, string])[];
  readonly separated: readonly (readonly [string, string])[];
}

export const NO_OVERRIDES: JoinOverrides = { joined: [], separated: [] };

/** Calls of one number at the same time that are compared. */
const LIKENESS_CANDIDATES = 32;
/** Legs between two steps: some milliseconds. */
const CHEAP_LEGS = 4000;
const DEAR_LEGS = 400;

/**
 * Joins the legs that are calls across back-to-back user agents: by Session-ID (RFC 7989), by a header that names the
 * other Call-ID or gives both the same id, by Replaces (RFC 3891), else by numbers, time and media address. Legs that are no calls are left out.
 */
export function joinLegs(tracker: CallTracker, overrides: JoinOverrides = NO_OVERRIDES): CallGroup[] {
  const steps = joinLegsInSteps(tracker, overrides);
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}

/** The same with a stop every few hundred legs. Legs that come between two steps are not looked at. */
export function* joinLegsInSteps(
  tracker: CallTracker,
  overrides: JoinOverrides = NO_OVERRIDES,
): Generator<undefined, CallGroup[]> {
  const { legs } = tracker;
  const joiner = new Joiner(tracker, overrides);
  yield;
  joiner.byUser();
  yield* joiner.bySessionId();
  yield* joiner.byCorrelation();
  yield* joiner.byCallIdHeader(legs.relatedCallId, 'call-id-header');
  yield* joiner.byCallIdHeader(legs.replaces, 'replaces');
  yield* joiner.byLikeness();
  return yield* joiner.groups();
}

class Joiner {
  readonly #tracker: CallTracker;
  readonly #calls: number[] = [];
  readonly #parent: number[] = [];
  readonly #joins: Join[] = [];
  readonly #legOfCallId = new Map<number, number>();
  readonly #overrides: JoinOverrides;
  readonly #separated: readonly (readonly [number, number])[];

  constructor(tracker: CallTracker, overrides: JoinOverrides) {
    this.#tracker = tracker;
    this.#overrides = overrides;
    const { legs } = tracker;
    for (let leg = 0; leg < legs.length; leg++) {
      this.#parent.push(leg);
      this.#legOfCallId.set(legs.callId.read(leg), leg);
      if (LEG_KINDS[legs.kind.read(leg)] === 'call') this.#calls.push(leg);
    }
    this.#separated = this.#pairs(overrides.separated);
  }

  byUser(): void {
    for (const [one, other] of this.#pairs(this.#overrides.joined))
      this.#join(one, other, 'user', 'Joined by hand.', true);
  }

  /** Legs by their Call-IDs, those that are calls. */
  #pairs(callIds: readonly (readonly [string, string])[]): [number, number][] {
    if (callIds.length === 0) return [];
    const { legs, strings } = this.#tracker;
    const byText = new Map(this.#calls.map((leg) => [strings.textOf(legs.callId.read(leg)), leg]));
    return callIds.flatMap(([one, other]): [number, number][] => {
      const first = byText.get(one);
      const second = byText.get(other);
      return first === undefined || second === undefined ? [] : [[first, second]];
    });
  }

  /** The UUIDs of both sides go from end to end: one in common is enough. */
  *bySessionId(): Generator<undefined> {
    const { legs, strings } = this.#tracker;
    const owner = new Map<number, number>();
    for (const [at, leg] of this.#calls.entries()) {
      if (isStop(at, CHEAP_LEGS)) yield;
      for (const id of [legs.sessionId.read(leg), legs.remoteSessionId.read(leg)]) {
        if (id === 0) continue;
        const first = owner.get(id);
        if (first === undefined) owner.set(id, leg);
        else this.#join(first, leg, 'session-id', `Both carry the Session-ID ${strings.textOf(id)}.`, true);
      }
    }
  }

  /** What a header gives to all legs of one call. */
  *byCorrelation(): Generator<undefined> {
    const { legs, strings } = this.#tracker;
    const owner = new Map<number, number>();
    for (const [at, leg] of this.#calls.entries()) {
      if (isStop(at, CHEAP_LEGS)) yield;
      const id = legs.correlation.read(leg);
      if (id === 0) continue;
      const first = owner.get(id);
      if (first === undefined) owner.set(id, leg);
      else
        this.#join(
          first,
          leg,
          'correlation-header',
          `Both carry the call's own mark ${strings.textOf(id)}.`,
          true,
        );
    }
  }

  *byCallIdHeader(
    column: { read(leg: number): number },
    ground: 'call-id-header' | 'replaces',
  ): Generator<undefined> {
    const { strings } = this.#tracker;
    for (const [at, leg] of this.#calls.entries()) {
      if (isStop(at, CHEAP_LEGS)) yield;
      const named = column.read(leg);
      const other = named === 0 ? undefined : this.#legOfCallId.get(named);
      if (other === undefined || other === leg) continue;
      const how = ground === 'replaces' ? 'replaces the dialog of' : 'names';
      this.#join(other, leg, ground, `One ${how} the Call-ID ${strings.textOf(named)}.`, true);
    }
  }

  /** To or from the same number, begun shortly after and while the other was being set up, by the host it went to. */
  *byLikeness(): Generator<undefined> {
    const begun: Setup[] = [];
    for (const [at, leg] of this.#calls.entries()) {
      if (isStop(at, DEAR_LEGS)) yield;
      const setup = setupOf(this.#tracker, leg);
      if (setup !== null) begun.push(setup);
    }
    begun.sort((a, b) => a.request - b.request);
    yield;
    const recent = new Map<string, Setup[]>();
    const continued = new Set<number>();
    const sources = new Map(begun.map((setup) => [setup.leg, setup.beginner]));
    for (const [at, setup] of begun.entries()) {
      if (isStop(at, DEAR_LEGS)) yield;
      const best = this.#likest(setup, recent, continued, sources);
      if (best !== null) {
        continued.add(best.other.leg);
        const sentence = describeLikeness(this.#tracker, best.likeness, setup);
        this.#join(best.other.leg, setup.leg, 'likeness', sentence, false);
      }
      for (const trait of setup.traits) remember(recent, trait, setup);
    }
  }

  #likest(
    setup: Setup,
    recent: ReadonlyMap<string, readonly Setup[]>,
    continued: ReadonlySet<number>,
    sources: ReadonlyMap<number, string>,
  ): { likeness: Likeness; other: Setup } | null {
    let best: { likeness: Likeness; other: Setup } | null = null;
    let most = -Infinity;
    for (const trait of setup.traits)
      for (const other of recent.get(trait) ?? []) {
        const likeness = likenessOf(this.#tracker, other, setup);
        if (likeness === null) continue;
        // Whoever began a call does not go on with it: that is their next one.
        if (!likeness.follows && !likeness.sameMedia && this.#began(other.leg, setup.beginner, sources))
          continue;
        // Among many calls alike each leg goes on once, as long as there is another for the next.
        const points = likeness.points - (continued.has(other.leg) ? 1 : 0);
        if (points < most) continue;
        most = points;
        best = { likeness, other };
      }
    return best;
  }

  /** True where a leg that is joined with this one was begun by them. */
  #began(leg: number, beginner: string, sources: ReadonlyMap<number, string>): boolean {
    for (let at = leg; ;) {
      if (sources.get(at) === beginner) return true;
      const next = this.#parent[at]!;
      if (next === at) return false;
      at = next;
    }
  }

  #join(one: number, other: number, ground: JoinGround, sentence: string, certain: boolean): void {
    const first = this.#root(one);
    const second = this.#root(other);
    if (first === second || this.#areSeparated(first, second)) return;
    this.#parent[Math.max(first, second)] = Math.min(first, second);
    this.#joins.push({ legs: [one, other], ground, sentence, certain });
  }

  *groups(): Generator<undefined, CallGroup[]> {
    const groups = new Map<number, { legs: number[]; joins: Join[] }>();
    for (const [at, leg] of this.#calls.entries()) {
      if (isStop(at, CHEAP_LEGS)) yield;
      const root = this.#root(leg);
      const group = groups.get(root);
      if (group === undefined) groups.set(root, { legs: [leg], joins: [] });
      else group.legs.push(leg);
    }
    for (const join of this.#joins) groups.get(this.#root(join.legs[0]))?.joins.push(join);
    return [...groups.values()];
  }

  #root(leg: number): number {
    let root = leg;
    while (this.#parent[root] !== root) root = this.#parent[root]!;
    while (this.#parent[leg] !== root) {
      const next = this.#parent[leg]!;
      this.#parent[leg] = root;
      leg = next;
    }
    return root;
  }

  /** True where the user keeps a leg of the one call apart from a leg of the other. */
  #areSeparated(first: number, second: number): boolean {
    return this.#separated.some(([one, other]) => {
      const roots = [this.#root(one), this.#root(other)];
      return roots.includes(first) && roots.includes(second);
    });
  }
}

/** True at every so many, but the first. */
function isStop(at: number, every: number): boolean {
  return at > 0 && at % every === 0;
}

function remember(recent: Map<string, Setup[]>, trait: string, setup: Setup): void {
  const known = recent.get(trait);
  if (known === undefined) recent.set(trait, [setup]);
  else {
    known.push(setup);
    if (known.length > LIKENESS_CANDIDATES) known.shift();
  }
}
