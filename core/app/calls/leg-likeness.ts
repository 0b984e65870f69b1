import { userOfUri } from '../sip/parse-uri.ts';
import type { CallTracker } from './call-tracker.ts';
import { secondsBetween } from './describe-leg.ts';

/** What likeness goes by: how a leg was set up. */
export interface Setup {
  readonly leg: number;
  readonly request: number;
  readonly final: number;
  /** Numbers, empty where they tell nothing. */
  readonly callee: string;
  readonly caller: string;
  /** What another leg is found by: "to:…" and "from:…" where they tell something, and "media:…". */
  readonly traits: readonly string[];
  /** Hosts. */
  readonly source: string;
  readonly destination: string;
  /** Numbers of their endpoints. */
  readonly sourceEnd: number;
  readonly destinationEnd: number;
  /** Whoever began it: the host, or the endpoint where a machine speaks with itself. */
  readonly beginner: string;
  readonly media: number;
}

/** How a leg is like the other leg of a call. */
export interface Likeness {
  readonly points: number;
  /** Begun by the host that the first went to. */
  readonly follows: boolean;
  readonly sameMedia: boolean;
  readonly sameCallee: boolean;
  readonly sameCaller: boolean;
  /** Seconds. */
  readonly later: number;
}

/** null where no request set it up. */
export function setupOf(tracker: CallTracker, leg: number): Setup | null {
  const { legs, transactions, messages, strings } = tracker;
  const primary = legs.primary.read(leg) - 1;
  const request = primary < 0 ? -1 : transactions.request.read(primary) - 1;
  if (request < 0) return null;
  const callee = numberKey(userOfUri(strings.textOf(legs.toUri.read(leg))));
  const caller = numberKey(userOfUri(strings.textOf(legs.fromUri.read(leg))));
  const sourceEnd = messages.source.read(request);
  const destinationEnd = messages.destination.read(request);
  const media = legs.media.read(leg);
  const source = hostOf(tracker, sourceEnd);
  const destination = hostOf(tracker, destinationEnd);
  return {
    leg,
    request,
    final: transactions.final.read(primary) - 1,
    callee,
    caller: isNobody(caller) ? '' : caller,
    traits: [
      ...(callee === '' ? [] : [`to:${callee}`]),
      ...(isNobody(caller) ? [] : [`from:${caller}`]),
      ...(media === 0 ? [] : [`media:${media}`]),
    ],
    source,
    destination,
    sourceEnd,
    destinationEnd,
    beginner: source === destination ? (tracker.endpoints[sourceEnd] ?? '') : source,
    media,
  };
}

/** null where `second` is not like the other leg of `first`. */
export function likenessOf(tracker: CallTracker, first: Setup, second: Setup): Likeness | null {
  const later = secondsBetween(tracker, first.request, second.request) ?? -1;
  if (later < 0 || later > LIKENESS_SECONDS) return null;
  if (first.final >= 0 && first.final < second.request) return null;
  // On one machine all hosts are the same: there the endpoints tell.
  const isOneMachine = first.source === first.destination && second.source === first.source;
  const follows = isOneMachine
    ? first.destinationEnd === second.sourceEnd
    : first.destination === second.source;
  const isSameWay = isOneMachine
    ? first.destinationEnd === second.destinationEnd
    : first.source === second.source && first.destination === second.destination;
  // The same way again: another call, not the call's other leg.
  if (!follows && isSameWay) return null;
  const sameCallee = second.callee !== '' && first.callee === second.callee;
  const sameCaller = second.caller !== '' && first.caller === second.caller;
  const common = (sameCallee ? 1 : 0) + (sameCaller ? 1 : 0);
  const sameMedia = first.media !== 0 && first.media === second.media;
  const isNear = later <= NEAR_SECONDS;
  if (!sameMedia && (common === 0 || (!follows && (common < 2 || !isNear)))) return null;
  const points = 2 * common + (follows ? 2 : 0) + (sameMedia ? 3 : 0) + (isNear ? 1 : 0);
  return { points, follows, sameMedia, sameCallee, sameCaller, later };
}

/** For people: the ground on which `second` is joined. */
export function describeLikeness(tracker: CallTracker, likeness: Likeness, second: Setup): string {
  const { follows, sameMedia, sameCallee, sameCaller, later } = likeness;
  const grounds = [
    `${NUMBERS_IN_COMMON[(sameCallee ? 1 : 0) + (sameCaller ? 2 : 0)]} ${(later * 1000).toFixed(0)} ms later`,
    ...(follows ? [` from ${second.source}, to which the first went`] : []),
    ...(sameMedia ? [` with the same media address ${tracker.strings.textOf(second.media)}`] : []),
  ];
  return `${grounds.join(',')}.`;
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

const NUMBERS_IN_COMMON = ['Begun', 'The same called number,', 'The same caller,', 'The same numbers,'];
/** A B2BUA's second leg begins at most so many seconds after the first. */
const LIKENESS_SECONDS = 10;
/** By numbers alone, without a host or media address in common, only so soon. */
const NEAR_SECONDS = 2;
