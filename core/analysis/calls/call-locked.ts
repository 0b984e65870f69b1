import type { Time } from '../../app/calls/describe-leg.ts';
import { TRANSPORT_UDP } from '../../stream/conversation-table.ts';
import type { Analysis } from '../analysis.ts';
import type { CallBook } from './call-book.ts';
import { later, type OpaqueConnections, type OpaqueSignalling } from './call-opaque.ts';
import type { FrameReporter } from '../frames/frame-report.ts';
import { farEnd, groupMedia, type Media, type MediaGroup } from './media-groups.ts';
import { ReadCalls } from './read-calls.ts';

/** A call of which nothing can be read, as it is inferred; or, without media, one connection that seems to carry SIP. */
export interface LockedCall {
  /** "locked 12": by its first medium, else by the connection. Numbers of conversations do not depend on keys. */
  readonly name: string;
  readonly source: string;
  readonly destination: string;
  readonly start: Time;
  readonly end: Time;
  readonly firstFrame: number;
  readonly lastFrame: number;
  /** Conversations of RTP; none where the connection stands alone. */
  readonly media: readonly number[];
  readonly signalling: readonly LockedSignalling[];
}

export interface LockedSignalling {
  readonly signalling: OpaqueSignalling;
  readonly firstFrame: number;
  readonly lastFrame: number;
  readonly records: number;
}

/**
 * Infers calls from media between hosts whose signalling is opaque: media begin and end with the call, and the
 * connections of their hosts say something at both moments. Connections that seem to carry SIP, take part in no call
 * that can be read and have no media beside them stand for themselves.
 */
export function inferLockedCalls(
  analysis: Analysis,
  frames: FrameReporter,
  book: CallBook,
  opaque: OpaqueConnections,
): LockedCall[] {
  if (opaque.all().length === 0) return [];
  const finder = new LockedFinder(analysis, frames, book, opaque);
  return finder.find();
}

class LockedFinder {
  private readonly analysis: Analysis;
  private readonly frames: FrameReporter;
  private readonly opaque: OpaqueConnections;
  private readonly read: ReadCalls;
  private readonly used = new Set<number>();

  constructor(analysis: Analysis, frames: FrameReporter, book: CallBook, opaque: OpaqueConnections) {
    this.analysis = analysis;
    this.frames = frames;
    this.opaque = opaque;
    this.read = new ReadCalls(book);
  }

  find(): LockedCall[] {
    const calls = groupMedia(this.mediaWithoutCall()).flatMap((group) => {
      const call = this.callOfMedia(group);
      return call === null ? [] : [call];
    });
    for (const signalling of this.opaque.all()) {
      if (this.used.has(signalling.conversation) || signalling.likelihood !== 'likely') continue;
      if (this.opaque.isMostlyRead(signalling) || this.tookPart(signalling)) continue;
      calls.push(this.callOfConnection(signalling));
    }
    return calls;
  }

  /** RTP by shape that no session description names. */
  private mediaWithoutCall(): Media[] {
    const { structure } = this.analysis;
    const { conversations, protocols, clearProtocol } = structure;
    const owners = this.read.mediaEndpoints();
    const found: Media[] = [];
    for (let row = 0; row < conversations.length && found.length < MOST_MEDIA; row += 1) {
      if (conversations.transport.read(row) !== TRANSPORT_UDP) continue;
      const protocol = protocols.nameOf(clearProtocol.read(row));
      if (protocol !== 'RTP' && protocol !== 'RTCP') continue;
      const firstFrame = conversations.firstFrame.read(row);
      const lastFrame = conversations.lastFrame.read(row);
      const start = this.frames.relativeTimeOf(firstFrame);
      const end = this.frames.relativeTimeOf(lastFrame);
      const count = conversations.frames.read(2 * row) + conversations.frames.read(2 * row + 1);
      // RTCP alone comes every few seconds.
      if (count < FEWEST_PACKETS || count / Math.max(end - start, 0.1) < SLOWEST_MEDIA) continue;
      const source = this.frames.endpointOf(row, 0);
      const destination = this.frames.endpointOf(row, 1);
      if (owners.has(withoutBrackets(source)) || owners.has(withoutBrackets(destination))) continue;
      found.push({
        conversation: row,
        source,
        destination,
        firstFrame,
        lastFrame,
        start,
        end,
        frames: count,
      });
    }
    return found;
  }

  private callOfMedia(group: MediaGroup): LockedCall | null {
    if (this.read.isBeside(group.hosts, group.start, group.end)) return null;
    const first = group.conversations[0];
    if (first === undefined) return null;
    const last = group.conversations.reduce((a, b) => (b.lastFrame > a.lastFrame ? b : a));
    const start = this.opaque.timeOf(first.firstFrame);
    const end = this.opaque.timeOf(last.lastFrame);
    const signalling = this.signallingOf(group, start, end);
    if (signalling.length === 0) return null;
    for (const one of signalling) this.used.add(one.signalling.conversation);
    return {
      name: `locked ${first.conversation}`,
      source: first.source,
      destination: group.conversations.length > 1 ? farEnd(group) : first.destination,
      start,
      end,
      firstFrame: first.firstFrame,
      lastFrame: last.lastFrame,
      media: group.conversations.map((one) => one.conversation),
      signalling,
    };
  }

  /**
   * Connections of the media's hosts that say something when the media begin or end: those between two of the hosts,
   * and for a host that none of these touches its connections to others.
   */
  private signallingOf(group: MediaGroup, start: Time, end: Time): LockedSignalling[] {
    const { opaque } = this;
    const near = new Map<number, LockedSignalling & { readonly both: boolean }>();
    for (const host of group.hosts)
      for (const signalling of opaque.atHost(host)) {
        if (near.has(signalling.conversation) || near.size >= MOST_SIGNALLING) continue;
        const begins = opaque.within(signalling, later(start, -BESIDE), later(start, 1));
        const ends = opaque.within(signalling, later(end, -1), later(end, BESIDE));
        if (begins === null && ends === null) continue;
        const part = opaque.within(signalling, later(start, -BESIDE), later(end, BESIDE));
        if (part === null) continue;
        const both = group.hosts.has(signalling.clientHost) && group.hosts.has(signalling.serverHost);
        near.set(signalling.conversation, { signalling, ...part, both });
      }
    const between = [...near.values()].filter((one) => one.both);
    const covered = new Set(between.flatMap((one) => [one.signalling.clientHost, one.signalling.serverHost]));
    const beside = [...near.values()].filter(
      ({ both, signalling }) =>
        !both && ![signalling.clientHost, signalling.serverHost].some((host) => covered.has(host)),
    );
    return [...between, ...beside].map(({ signalling, firstFrame, lastFrame, records }) => ({
      signalling,
      firstFrame,
      lastFrame,
      records,
    }));
  }

  /** True where it ran between two hosts of a call that can be read, while that went on. */
  private tookPart(signalling: OpaqueSignalling): boolean {
    const { clientHost, serverHost, frames } = signalling;
    const start = this.frames.relativeTimeOf(frames[0] ?? 1);
    const end = this.frames.relativeTimeOf(frames.at(-1) ?? 1);
    return this.read.isBetween(clientHost, serverHost, start, end);
  }

  private callOfConnection(signalling: OpaqueSignalling): LockedCall {
    const firstFrame = signalling.frames[0] ?? 1;
    const lastFrame = signalling.frames.at(-1) ?? 1;
    return {
      name: `locked ${signalling.conversation}`,
      source: signalling.client,
      destination: signalling.server,
      start: this.opaque.timeOf(firstFrame),
      end: this.opaque.timeOf(lastFrame),
      firstFrame,
      lastFrame,
      media: [],
      signalling: [{ signalling, firstFrame, lastFrame, records: signalling.frames.length }],
    };
  }
}

function withoutBrackets(endpoint: string): string {
  return endpoint.replace(/[[\]]/g, '');
}

/** Packets, and packets a second, that RTP has and RTCP has not. */
const FEWEST_PACKETS = 10;
const SLOWEST_MEDIA = 5;
/** Seconds before media begin and after they end in which their signalling says something. */
const BESIDE = 3;
const MOST_MEDIA = 50_000;
const MOST_SIGNALLING = 64;
