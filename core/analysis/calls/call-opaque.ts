import { hostOfEndpoint } from '../../app/calls/endpoint-host.ts';
import type { Time } from '../../app/calls/describe-leg.ts';
import { lockedStretches, type OpaqueConversation } from '../../app/calls/locked-stretches.ts';
import { VERDICT_OPAQUE } from '../../store/record-table.ts';
import { type CauseId, causeOfCode } from '../../verdict.ts';
import type { Analysis } from '../analysis.ts';
import type { ConversationReporter } from '../conversations/conversation-report.ts';
import type { FrameReporter } from '../frames/frame-report.ts';
import type { MessageIndex } from '../messages/message-index.ts';
import { SipGrounds } from './sip-grounds.ts';

/** An encrypted connection of which application data stayed opaque, and how likely that is SIP. */
export interface OpaqueSignalling {
  readonly conversation: number;
  readonly client: string;
  readonly server: string;
  readonly clientHost: string;
  readonly serverHost: string;
  readonly likelihood: 'likely' | 'possible';
  /** Why it is taken for SIP, to be put into a sentence. */
  readonly ground: string;
  /** Frames of its opaque application data, ascending. */
  readonly frames: readonly number[];
}

/** A part of it that fell into the time of a call. */
export interface OpaqueStretch {
  readonly signalling: OpaqueSignalling;
  readonly firstFrame: number;
  readonly lastFrame: number;
  readonly records: number;
  readonly hostsInCommon: 1 | 2;
}

/** Finds the opaque connections that may carry SIP. Inference, to be said as such. */
export class OpaqueConnections {
  private readonly analysis: Analysis;
  private readonly frames: FrameReporter;
  private readonly messages: MessageIndex;
  private readonly grounds: SipGrounds;
  private counted = 0;
  private stamp = '';
  private readonly framesOf = new Map<number, number[]>();
  private known: readonly OpaqueSignalling[] = [];
  private byHost = new Map<string, OpaqueSignalling[]>();

  constructor(
    analysis: Analysis,
    frames: FrameReporter,
    messages: MessageIndex,
    conversations: ConversationReporter,
  ) {
    this.analysis = analysis;
    this.frames = frames;
    this.messages = messages;
    this.grounds = new SipGrounds(analysis, messages, conversations);
  }

  /** Changes with what is found. */
  get version(): string {
    this.refresh();
    return this.stamp;
  }

  all(): readonly OpaqueSignalling[] {
    this.refresh();
    return this.known;
  }

  /** Those with an end at this host. */
  atHost(host: string): readonly OpaqueSignalling[] {
    this.refresh();
    return this.byHost.get(host) ?? [];
  }

  /** Those between hosts of a call that said something while it went on; the likeliest first. */
  stretchesOf(endpoints: readonly string[], start: Time, end: Time): OpaqueStretch[] {
    this.refresh();
    if (this.known.length === 0) return [];
    const near = this.near(endpoints, start, end);
    if (near.size === 0) return [];
    const given = [...near.values()].map((part) => part.given);
    return lockedStretches(endpoints, later(start, -SLACK), later(end, SLACK), given).flatMap((stretch) => {
      const part = near.get(stretch.conversation);
      if (part === undefined) return [];
      const { signalling } = part;
      // With one host in common only what looks like SIP may have taken part.
      if (stretch.hostsInCommon === 1 && signalling.likelihood !== 'likely') return [];
      const { firstFrame, lastFrame, records } = part;
      return [{ signalling, firstFrame, lastFrame, records, hostsInCommon: stretch.hostsInCommon }];
    });
  }

  /** True where more of it was read than stayed opaque. */
  isMostlyRead({ conversation, frames }: OpaqueSignalling): boolean {
    // Counting takes time: while the capture is read it is enough that some was.
    return this.analysis.isSettled
      ? this.messages.countOf(conversation) >= frames.length
      : this.grounds.openedProtocol(conversation).includes('SIP');
  }

  /** The opaque frames of a connection from one time to another, both included. */
  within(signalling: OpaqueSignalling, start: Time, end: Time): Part | null {
    const { frames } = signalling;
    const first = this.firstNotBefore(frames, start);
    const behind = this.firstNotBefore(frames, later(end, 1e-9));
    if (first >= behind) return null;
    return { firstFrame: frames[first] ?? 0, lastFrame: frames[behind - 1] ?? 0, records: behind - first };
  }

  timeOf(frame: number): Time {
    const { frames } = this.analysis.structure;
    return { seconds: frames.seconds.read(frame - 1), nanoseconds: frames.nanoseconds.read(frame - 1) };
  }

  private near(
    endpoints: readonly string[],
    start: Time,
    end: Time,
  ): Map<string, Part & { readonly signalling: OpaqueSignalling; readonly given: OpaqueConversation }> {
    const found = new Map<string, Part & { signalling: OpaqueSignalling; given: OpaqueConversation }>();
    const from = later(start, -SLACK);
    const to = later(end, SLACK);
    for (const host of new Set(endpoints.map(hostOfEndpoint)))
      for (const signalling of this.byHost.get(host) ?? []) {
        if (found.size >= MOST_STRETCHES) return found;
        const conversation = String(signalling.conversation);
        if (found.has(conversation)) continue;
        const part = this.within(signalling, from, to);
        if (part === null) continue;
        const { client, server } = signalling;
        const given = {
          conversation,
          client,
          server,
          start: this.timeOf(part.firstFrame),
          end: this.timeOf(part.lastFrame),
          cause: '',
          opaqueRecords: part.records,
        };
        found.set(conversation, { ...part, signalling, given });
      }
    return found;
  }

  private firstNotBefore(frames: readonly number[], time: Time): number {
    const { seconds, nanoseconds } = this.analysis.structure.frames;
    let low = 0;
    let high = frames.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const row = (frames[middle] ?? 1) - 1;
      const whole = seconds.read(row) - time.seconds;
      if (whole < 0 || (whole === 0 && nanoseconds.read(row) < time.nanoseconds)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private refresh(): void {
    const { analysis } = this;
    const { records, conversations } = analysis.structure;
    const upTo = Math.min(records.length, analysis.opening.walked);
    const stamp = `${analysis.revision}/${upTo}/${conversations.length}`;
    if (stamp === this.stamp) return;
    const revision = `${analysis.revision}/`;
    if (!this.stamp.startsWith(revision) || upTo < this.counted) {
      this.counted = 0;
      this.framesOf.clear();
      this.grounds.forget();
    }
    this.stamp = stamp;
    for (; this.counted < upTo; this.counted += 1) this.count(this.counted);
    this.classify();
  }

  private count(row: number): void {
    const { records } = this.analysis.structure;
    if (records.verdict.read(row) !== VERDICT_OPAQUE || records.type.read(row) !== APPLICATION_DATA) return;
    const conversation = records.conversation.read(row);
    const list = this.framesOf.get(conversation);
    const frame = records.frame.read(row);
    if (list === undefined) this.framesOf.set(conversation, [frame]);
    else if (frame >= (list.at(-1) ?? 0)) list.push(frame);
  }

  private classify(): void {
    const sip = this.sipServers();
    const found: OpaqueSignalling[] = [];
    for (const [conversation, frames] of this.framesOf) {
      if (found.length >= MOST_CONNECTIONS) break;
      const { client } = this.analysis.rolesOf(conversation);
      const clientEnd = this.frames.endpointOf(conversation, client);
      const serverEnd = this.frames.endpointOf(conversation, client === 0 ? 1 : 0);
      const ground = this.grounds.of(conversation, client);
      if (ground === null) continue;
      const better = sip.has(serverEnd)
        ? { likelihood: 'likely' as const, words: `SIP was read on other connections to ${serverEnd}` }
        : ground;
      found.push({
        conversation,
        client: clientEnd,
        server: serverEnd,
        clientHost: hostOfEndpoint(clientEnd),
        serverHost: hostOfEndpoint(serverEnd),
        likelihood: better.likelihood,
        ground: better.words,
        frames,
      });
    }
    this.known = found;
    this.byHost = new Map();
    for (const one of found)
      for (const host of new Set([one.clientHost, one.serverHost])) {
        const list = this.byHost.get(host);
        if (list === undefined) this.byHost.set(host, [one]);
        else list.push(one);
      }
  }

  /** Servers ("address:port") at which SIP was read. */
  private sipServers(): Set<string> {
    const { structure } = this.analysis;
    const servers = new Set<string>();
    if (this.framesOf.size === 0) return servers;
    for (let conversation = 0; conversation < structure.conversations.length; conversation += 1) {
      if (!this.grounds.openedProtocol(conversation).includes('SIP')) continue;
      const { client } = this.analysis.rolesOf(conversation);
      servers.add(this.frames.endpointOf(conversation, client === 0 ? 1 : 0));
    }
    return servers;
  }
}

/** The cause why a connection's application data stays opaque. */
export function causeOfConnection(analysis: Analysis, signalling: OpaqueSignalling): CauseId {
  const { frames, records } = analysis.structure;
  for (const frame of signalling.frames.slice(0, MOST_CAUSES_LOOKED_AT))
    for (let at = frames.firstRecord.read(frame - 1); at !== 0; at = records.next.read(at - 1)) {
      if (records.conversation.read(at - 1) !== signalling.conversation) continue;
      const cause = analysis.causesOf(at - 1)[0] ?? causeOfCode(records.cause.read(at - 1));
      if (cause !== null && cause !== undefined) return cause;
    }
  return 'internal';
}

export interface Part {
  readonly firstFrame: number;
  readonly lastFrame: number;
  readonly records: number;
}

export function later(time: Time, seconds: number): Time {
  const whole = Math.floor(seconds);
  const nanoseconds = time.nanoseconds + Math.round((seconds - whole) * 1e9);
  return nanoseconds >= 1e9
    ? { seconds: time.seconds + whole + 1, nanoseconds: nanoseconds - 1e9 }
    : { seconds: time.seconds + whole, nanoseconds };
}

const APPLICATION_DATA = 23;
/** Seconds before the first and after the last message that is read: another leg may begin earlier and end later. */
const SLACK = 2;
const MOST_STRETCHES = 200;
const MOST_CONNECTIONS = 20_000;
const MOST_CAUSES_LOOKED_AT = 8;
