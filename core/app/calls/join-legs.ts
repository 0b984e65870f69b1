import { userOfUri } from '../sip/parse-uri.ts';
import type { CallTracker } from './call-tracker.ts';
import { LEG_KINDS } from './call-tables.ts';
import { secondsBetween } from './describe-leg.ts';

/** Why two legs are taken for one call. */
export const JOIN_GROUNDS = ['user', 'session-id', 'call-id-header', 'replaces', 'likeness'] as const;
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

/** A B2BUA's second leg begins at most so many seconds after the first. */
const LIKENESS_SECONDS = 10;
/** By numbers alone, without a host or media address in common, only so soon. */
const NEAR_SECONDS = 2;
/** Calls of one number at the same time that are compared. */
const LIKENESS_CANDIDATES = 32;

/**
 * Joins the legs that are calls across back-to-back user agents: by Session-ID (RFC 7989), by a header that names the
 * other Call-ID, by Replaces (RFC 3891), else by numbers, time and media address. Legs that are no calls are left out.
 */
export function joinLegs(tracker: CallTracker, overrides: JoinOverrides = NO_OVERRIDES): CallGroup[] {
  const { legs } = tracker;
  const joiner = new Joiner(tracker, overrides);
  joiner.byUser();
  joiner.bySessionId();
  joiner.byCallIdHeader(legs.relatedCallId, 'call-id-header');
  joiner.byCallIdHeader(legs.replaces, 'replaces');
  joiner.byLikeness();
  return joiner.groups();
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
  bySessionId(): void {
    const { legs, strings } = this.#tracker;
    const owner = new Map<number, number>();
    for (const leg of this.#calls)
      for (const id of [legs.sessionId.read(leg), legs.remoteSessionId.read(leg)]) {
        if (id === 0) continue;
        const first = owner.get(id);
        if (first === undefined) owner.set(id, leg);
        else this.#join(first, leg, 'session-id', `Both carry the Session-ID ${strings.textOf(id)}.`, true);
      }
  }

  byCallIdHeader(column: { read(leg: number): number }, ground: 'call-id-header' | 'replaces'): void {
    const { strings } = this.#tracker;
    for (const leg of this.#calls) {
      const named = column.read(leg);
      const other = named === 0 ? undefined : this.#legOfCallId.get(named);
      if (other === undefined || other === leg) continue;
      const how = ground === 'replaces' ? 'replaces the dialog of' : 'names';
      this.#join(other, leg, ground, `One ${how} the Call-ID ${strings.textOf(named)}.`, true);
    }
  }

  /** To or from the same number, begun shortly after and while the other was being set up, by the host it went to. */
  byLikeness(): void {
    const begun: Setup[] = [];
    for (const leg of this.#calls) {
      const setup = setupOf(this.#tracker, leg);
      if (setup !== null) begun.push(setup);
    }
    begun.sort((a, b) => a.request - b.request);
    const recent = new Map<string, Setup[]>();
    const continued = new Set<number>();
    const sources = new Map(begun.map((setup) => [setup.leg, setup.source]));
    for (const setup of begun) {
      let best: { likeness: Likeness; other: Setup } | null = null;
      for (const number of setup.numbers)
        for (const other of recent.get(number) ?? []) {
          const likeness = likenessOf(this.#tracker, other, setup);
          if (likeness === null) continue;
          // Whoever began a call does not go on with it: that is their next one.
          if (!likeness.follows && this.#began(other.leg, setup.source, sources)) continue;
          // Among many calls alike each leg goes on once, as long as there is another for the next.
          const points = likeness.points - (continued.has(other.leg) ? 1 : 0);
          if (best === null || points >= best.likeness.points)
            best = { likeness: { ...likeness, points }, other };
        }
      if (best !== null) {
        continued.add(best.other.leg);
        this.#join(best.other.leg, setup.leg, 'likeness', best.likeness.sentence, false);
      }
      for (const number of setup.numbers) remember(recent, number, setup);
    }
  }

  /** True where a leg that is joined with this one came from `source`. */
  #began(leg: number, source: string, sources: ReadonlyMap<number, string>): boolean {
    for (let at = leg; ;) {
      if (sources.get(at) === source) return true;
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

  groups(): CallGroup[] {
    const groups = new Map<number, { legs: number[]; joins: Join[] }>();
    for (const leg of this.#calls) {
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

/** What likeness goes by: how a leg was set up. */
interface Setup {
  readonly leg: number;
  readonly request: number;
  readonly final: number;
  /** "to:…" and "from:…", those that tell something. */
  readonly numbers: readonly string[];
  readonly source: string;
  readonly destination: string;
  readonly media: number;
}

interface Likeness {
  readonly points: number;
  /** By the host that the first went to, or by the media address. */
  readonly follows: boolean;
  readonly sentence: string;
}

function setupOf(tracker: CallTracker, leg: number): Setup | null {
  const { legs, transactions, messages, strings } = tracker;
  const primary = legs.primary.read(leg) - 1;
  const request = primary < 0 ? -1 : transactions.request.read(primary) - 1;
  if (request < 0) return null;
  const callee = numberKey(userOfUri(strings.textOf(legs.toUri.read(leg))));
  const caller = numberKey(userOfUri(strings.textOf(legs.fromUri.read(leg))));
  return {
    leg,
    request,
    final: transactions.final.read(primary) - 1,
    numbers: [...(callee === '' ? [] : [`to:${callee}`]), ...(isNobody(caller) ? [] : [`from:${caller}`])],
    source: hostOf(tracker, messages.source.read(request)),
    destination: hostOf(tracker, messages.destination.read(request)),
    media: legs.media.read(leg),
  };
}

/** null where `second` is not like the other leg of `first`. */
function likenessOf(tracker: CallTracker, first: Setup, second: Setup): Likeness | null {
  const later = secondsBetween(tracker, first.request, second.request) ?? -1;
  if (later < 0 || later > LIKENESS_SECONDS) return null;
  if (first.final >= 0 && first.final < second.request) return null;
  const follows = first.destination === second.source;
  // The same hosts again, and not on one machine: another call, not the call's other leg.
  if (!follows && first.source === second.source && first.destination === second.destination) return null;
  const common = second.numbers.filter((number) => first.numbers.includes(number));
  const sameMedia = first.media !== 0 && first.media === second.media;
  const isNear = later <= NEAR_SECONDS;
  if (!follows && !sameMedia && (common.length < 2 || !isNear)) return null;
  const grounds = [
    common.length === 2
      ? 'The same numbers'
      : common[0]?.startsWith('to:') === true
        ? 'The same called number'
        : 'The same caller',
    ` ${(later * 1000).toFixed(0)} ms later`,
    ...(follows ? [` from ${second.source}, to which the first went`] : []),
    ...(sameMedia ? [` with the same media address ${tracker.strings.textOf(first.media)}`] : []),
  ];
  const points = 2 * common.length + (follows ? 2 : 0) + (sameMedia ? 3 : 0) + (isNear ? 1 : 0);
  return { points, follows: follows || sameMedia, sentence: `${grounds.join(',')}.` };
}

function remember(recent: Map<string, Setup[]>, number: string, setup: Setup): void {
  const known = recent.get(number);
  if (known === undefined) recent.set(number, [setup]);
  else {
    known.push(setup);
    if (known.length > LIKENESS_CANDIDATES) known.shift();
  }
}

/** A number by its last seven digits, so that prefixes do not matter; a name by itself. */
function numberKey(user: string): string {
  const digits = user.replace(/\D/g, '');
  return digits.length >= 7 ? digits.slice(-7) : user.toLowerCase();
}

function isNobody(caller: string): boolean {
  return caller === '' || caller === 'anonymous' || caller === 'unknown' || caller === 'unavailable';
}

function hostOf(tracker: CallTracker, endpoint: number): string {
  const name = tracker.endpoints[endpoint] ?? '';
  return name.slice(0, name.lastIndexOf(':'));
}
