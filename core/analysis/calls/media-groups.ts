import { hostOfEndpoint } from '../../app/calls/endpoint-host.ts';

/** Media that flow together: those of one call, over relays too. */
export interface MediaGroup {
  readonly conversations: Media[];
  readonly hosts: Set<string>;
  start: number;
  end: number;
}

export interface Media {
  readonly conversation: number;
  readonly source: string;
  readonly destination: string;
  readonly firstFrame: number;
  readonly lastFrame: number;
  /** Seconds since the first frame. */
  readonly start: number;
  readonly end: number;
  readonly frames: number;
}

/** Media of one call: over a relay (one host in common), or audio and video between the same hosts. */
export function groupMedia(media: readonly Media[]): MediaGroup[] {
  const sorted = media.toSorted((a, b) => a.start - b.start);
  const groups: MediaGroup[] = [];
  for (const one of sorted) {
    const hosts = [hostOfEndpoint(one.source), hostOfEndpoint(one.destination)];
    let found: MediaGroup | undefined;
    for (let at = groups.length - 1; at >= 0 && found === undefined; at -= 1) {
      const group = groups[at];
      if (group === undefined || one.start - group.start > SAME_MOMENT || groups.length - at > MOST_COMPARED)
        break;
      if (belongs(group, one, hosts)) found = group;
    }
    if (found === undefined)
      groups.push({ conversations: [one], hosts: new Set(hosts), start: one.start, end: one.end });
    else {
      found.conversations.push(one);
      for (const host of hosts) found.hosts.add(host);
      found.end = Math.max(found.end, one.end);
    }
  }
  return groups;
}

/** The end of relayed media that is not the first conversation's. */
export function farEnd(group: MediaGroup): string {
  const [first] = group.conversations;
  if (first === undefined) return '';
  const own = new Set([hostOfEndpoint(first.source), hostOfEndpoint(first.destination)]);
  for (const { source, destination } of group.conversations)
    for (const end of [destination, source]) if (!own.has(hostOfEndpoint(end))) return end;
  return first.destination;
}

function belongs(group: MediaGroup, one: Media, hosts: readonly string[]): boolean {
  if (Math.abs(group.end - one.end) > 2 * SAME_MOMENT) return false;
  const common = hosts.filter((host) => group.hosts.has(host)).length;
  if (common === 0) return false;
  if (common === 1)
    return group.conversations.some((other) => Math.abs(other.frames - one.frames) <= 0.1 * other.frames);
  // Audio and video, or a call more between the same hosts: ports that lie side by side tell.
  return group.conversations.some(
    (other) => isNear(other.source, one.source) && isNear(other.destination, one.destination),
  );
}

function isNear(one: string, other: string): boolean {
  const port = (endpoint: string): number => Number(endpoint.slice(endpoint.lastIndexOf(':') + 1));
  return hostOfEndpoint(one) === hostOfEndpoint(other) && Math.abs(port(one) - port(other)) <= 4;
}

/** Seconds between what begins or ends at once. */
const SAME_MOMENT = 0.5;
const MOST_COMPARED = 200;
