import type { Time } from './describe-leg.ts';
import { hostOfEndpoint } from './endpoint-host.ts';

/** A conversation of which nothing, or not all, could be read. */
export interface OpaqueConversation {
  readonly conversation: string;
  /** "address:port". */
  readonly client: string;
  readonly server: string;
  readonly start: Time;
  readonly end: Time;
  /** Id of the cause why it stays encrypted. */
  readonly cause: string;
  readonly opaqueRecords: number;
}

/** A stretch of a call's ladder that took part in time and place but cannot be read. */
export interface LockedStretch {
  readonly conversation: string;
  readonly cause: string;
  readonly client: string;
  readonly server: string;
  /** Seconds since the call began, cut to the call. */
  readonly from: number;
  readonly to: number;
  /** Hosts of the call at its ends: 1 or 2. More make it likelier that the call went this way. */
  readonly hostsInCommon: 1 | 2;
}

/**
 * The opaque conversations that may hold messages of a call: those between hosts of the call while it went on. Inference,
 * to be said as such.
 */
export function lockedStretches(
  endpoints: readonly string[],
  start: Time,
  end: Time,
  conversations: readonly OpaqueConversation[],
): LockedStretch[] {
  const hosts = new Set(endpoints.map(hostOfEndpoint));
  const stretches: LockedStretch[] = [];
  for (const { conversation, client, server, cause, ...other } of conversations) {
    const common = (hosts.has(hostOfEndpoint(client)) ? 1 : 0) + (hosts.has(hostOfEndpoint(server)) ? 1 : 0);
    if (common !== 1 && common !== 2) continue;
    if (secondsOf(other.end, start) < 0 || secondsOf(other.start, end) > 0) continue;
    const from = Math.max(secondsOf(other.start, start), 0);
    const to = Math.min(secondsOf(other.end, start), secondsOf(end, start));
    stretches.push({
      conversation,
      cause,
      client,
      server,
      from,
      to: Math.max(from, to),
      hostsInCommon: common,
    });
  }
  return stretches.sort((a, b) => b.hostsInCommon - a.hostsInCommon || a.from - b.from);
}

function secondsOf(time: Time, since: Time): number {
  return time.seconds - since.seconds + (time.nanoseconds - since.nanoseconds) / 1e9;
}
