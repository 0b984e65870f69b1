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
/** Calls to one number at the same time that are compared. */
const LIKENESS_CANDIDATES = 16;

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
  readonly #separated = new Set<string>();

  constructor(tracker: CallTracker, overrides: JoinOverrides) {
    this.#tracker = tracker;
    this.#overrides = overrides;
    const { legs } = tracker;
    for (let leg = 0; leg < legs.length; leg++) {
      this.#parent.push(leg);
      this.#legOfCallId.set(legs.callId.read(leg), leg);
      if (LEG_KINDS[legs.kind.read(leg)] === 'call') this.#calls.push(leg);
    }
    for (const [one, other] of overrides.separated) {
      this.#separated.add(`${one}\n${other}`);
      this.#separated.add(`${other}\n${one}`);
    }
  }

  byUser(): void {
    if (this.#overrides.joined.length === 0) return;
    const byText = new Map<string, number>();
    for (const leg of this.#calls) byText.set(this.#callId(leg), leg);
    for (const [one, other] of this.#overrides.joined) {
      const first = byText.get(one);
      const second = byText.get(other);
      if (first !== undefined && second !== undefined)
        this.#join(first, second, 'user', 'Joined by hand.', true);
    }
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

  /** To the same number, begun shortly after and while the other was being set up, from where that one went to. */
  byLikeness(): void {
    const { legs, transactions, messages, strings } = this.#tracker;
    const recent = new Map<string, number[]>();
    const begun = this.#calls
      .map((leg) => ({ leg, request: requestOf(this.#tracker, leg) }))
      .filter(({ request }) => request >= 0)
      .sort((a, b) => a.request - b.request);
    for (const { leg, request } of begun) {
      const number = numberKey(userOfUri(strings.textOf(legs.toUri.read(leg))));
      const candidates = recent.get(number) ?? [];
      recent.set(number, candidates);
      let best = -1;
      for (const other of candidates) {
        const otherRequest = requestOf(this.#tracker, other);
        const later = secondsBetween(this.#tracker, otherRequest, request) ?? -1;
        if (later < 0 || later > LIKENESS_SECONDS) continue;
        const final = transactions.final.read(legs.primary.read(other) - 1) - 1;
        if (final >= 0 && final < request) continue;
        const from = hostOf(this.#tracker, messages.source.read(request));
        const to = hostOf(this.#tracker, messages.destination.read(otherRequest));
        const sameMedia = legs.media.read(leg) !== 0 && legs.media.read(leg) === legs.media.read(other);
        if (from === to || sameMedia) best = other;
      }
      if (best >= 0) this.#join(best, leg, 'likeness', this.#likenessOf(best, leg), false);
      candidates.push(leg);
      if (candidates.length > LIKENESS_CANDIDATES) candidates.shift();
    }
  }

  #likenessOf(one: number, other: number): string {
    const { legs, strings } = this.#tracker;
    const after =
      secondsBetween(this.#tracker, requestOf(this.#tracker, one), requestOf(this.#tracker, other)) ?? 0;
    const user = userOfUri(strings.textOf(legs.toUri.read(other)));
    const media = legs.media.read(one);
    const sameMedia = media !== 0 && media === legs.media.read(other);
    const words = `Both call ${user}, one ${(after * 1000).toFixed(0)} ms after the other, from the host that the first went to`;
    return sameMedia ? `${words}, with the same media address ${strings.textOf(media)}.` : `${words}.`;
  }

  #join(one: number, other: number, ground: JoinGround, sentence: string, certain: boolean): void {
    if (this.#separated.has(`${this.#callId(one)}\n${this.#callId(other)}`)) return;
    const first = this.#root(one);
    const second = this.#root(other);
    if (first === second) return;
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

  #callId(leg: number): string {
    return this.#tracker.strings.textOf(this.#tracker.legs.callId.read(leg));
  }
}

/** The request that set a leg up, or -1. */
function requestOf(tracker: CallTracker, leg: number): number {
  const primary = tracker.legs.primary.read(leg) - 1;
  return primary < 0 ? -1 : tracker.transactions.request.read(primary) - 1;
}

/** A number by its last seven digits, so that prefixes do not matter; a name by itself. */
function numberKey(user: string): string {
  const digits = user.replace(/\D/g, '');
  return digits.length >= 7 ? digits.slice(-7) : user.toLowerCase();
}

function hostOf(tracker: CallTracker, endpoint: number): string {
  const name = tracker.endpoints[endpoint] ?? '';
  return name.slice(0, name.lastIndexOf(':'));
}
