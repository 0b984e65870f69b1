import { CallTracker, type TrackedMessage } from '../../app/calls/call-tracker.ts';
import { LEG_KINDS } from '../../app/calls/call-tables.ts';
import { describeLeg, type LegDescription, secondsBetween, type Time } from '../../app/calls/describe-leg.ts';
import { type CallGroup, joinLegs, type JoinOverrides } from '../../app/calls/join-legs.ts';
import { Uint8Column } from '../../store/columns.ts';
import { MESSAGE_DECRYPTED, MESSAGE_DIRECTION, type MessageTable } from '../../store/message-table.ts';
import type { Analysis } from '../analysis.ts';
import type { ConversationReporter } from '../conversations/conversation-report.ts';
import type { FrameReporter } from '../frames/frame-report.ts';
import type { MessageIndex } from '../messages/message-index.ts';

/**
 * The legs and calls of a capture, kept as it is read: messages are taken as they come, and all of them again only where
 * keys changed what there is, or where the order in which they came was not that of the frames.
 */
export class CallBook {
  private readonly analysis: Analysis;
  private readonly messages: MessageIndex;
  private readonly frames: FrameReporter;
  private readonly conversations: ConversationReporter;
  /** Its numbers of messages are handles: see messageOf. */
  tracker = new CallTracker();
  /** Changes whenever legs or calls may have. */
  stamp = 0;
  private opened: MessageTable | null = null;
  /** Rows of the clear and of the decrypted table that were taken. */
  private taken: readonly [Uint8Column, Uint8Column] = [new Uint8Column(), new Uint8Column()];
  private lastFrame = 0;
  private outOfOrder = false;
  private seen = { messages: -1, frames: -1, at: 0 };
  private joined: { groups: readonly CallGroup[]; messages: number; legs: number } | null = null;
  private shown: { readonly stamp: number; readonly groups: readonly CallGroup[] } | null = null;
  private readonly described = new Map<number, Described>();
  private readonly transports = new Map<number, string>();
  private overrides: { joined: (readonly [string, string])[]; separated: (readonly [string, string])[] } = {
    joined: [],
    separated: [],
  };

  constructor(
    analysis: Analysis,
    messages: MessageIndex,
    frames: FrameReporter,
    conversations: ConversationReporter,
  ) {
    this.analysis = analysis;
    this.messages = messages;
    this.frames = frames;
    this.conversations = conversations;
  }

  /** Takes at most so many messages more; true where none is left for now. */
  advance(most: number): boolean {
    const { analysis, messages } = this;
    if (analysis.opening.messages !== this.opened || (analysis.isSettled && this.outOfOrder)) this.restart();
    const ready = analysis.isSettled ? Infinity : analysis.verdictsGiven;
    if (this.seen.messages !== messages.length || this.seen.frames !== ready)
      this.seen = { messages: messages.length, frames: ready, at: 0 };
    let count = 0;
    for (; this.seen.at < messages.length; this.seen.at += 1) {
      const place = messages.placeOf(this.seen.at);
      if (place === null) break;
      const { table, row } = place;
      const frame = table.frame.read(row);
      if (frame > ready) return true;
      const taken = this.taken[table === this.opened ? 1 : 0];
      if (taken.read(row) === 1) continue;
      if (count >= most) return false;
      count += 1;
      taken.write(row, 1);
      if (frame < this.lastFrame) this.outOfOrder = true;
      this.lastFrame = Math.max(this.lastFrame, frame);
      this.take(table, row);
      this.stamp += 1;
    }
    return true;
  }

  /** Calls with their legs joined, in order of their first message. */
  groups(): readonly CallGroup[] {
    if (this.shown?.stamp === this.stamp) return this.shown.groups;
    const { legs, messages } = this.tracker;
    const { joined } = this;
    const grown =
      joined === null || messages.length > joined.messages * REJOIN || messages.length < joined.messages;
    let groups: readonly CallGroup[];
    if (grown || this.analysis.isSettled) {
      groups = joinLegs(this.tracker, this.overrides);
      this.joined = { groups, messages: messages.length, legs: legs.length };
    } else {
      // Joining looks at all legs: while the capture is read, those that came since stand alone for a moment.
      const singles: CallGroup[] = [];
      for (let leg = joined.legs; leg < legs.length; leg += 1)
        if (LEG_KINDS[legs.kind.read(leg)] === 'call') singles.push({ legs: [leg], joins: [] });
      groups = [...joined.groups, ...singles];
    }
    this.shown = { stamp: this.stamp, groups };
    return groups;
  }

  /** The user's word on two legs, by their Call-IDs; null takes it back. */
  join(callIds: readonly [string, string], joined: boolean | null): void {
    const others = (pairs: readonly (readonly [string, string])[]): (readonly [string, string])[] =>
      pairs.filter((pair) => !(pair.includes(callIds[0]) && pair.includes(callIds[1])));
    this.overrides = {
      joined: others(this.overrides.joined).slice(-MOST_OVERRIDES),
      separated: others(this.overrides.separated).slice(-MOST_OVERRIDES),
    };
    if (joined !== null) this.overrides[joined ? 'joined' : 'separated'].push(callIds);
    this.joined = null;
    this.stamp += 1;
  }

  get said(): JoinOverrides {
    return this.overrides;
  }

  describe(leg: number): LegDescription {
    const end = this.captureEnd;
    const messages = this.tracker.legs.messages.read(leg);
    const known = this.described.get(leg);
    if (known !== undefined && known.messages === messages && (known.final || isSame(known.end, end)))
      return known.description;
    const description = describeLeg(this.tracker, leg, end);
    const final = end !== null && end.seconds - description.end.seconds > LONGEST_WAIT;
    if (this.described.size >= MOST_DESCRIBED) this.described.clear();
    this.described.set(leg, { messages, end, final, description });
    return description;
  }

  /** Time of the capture's last frame. */
  get captureEnd(): Time | null {
    const { frames } = this.analysis.structure;
    const last = frames.length - 1;
    return last < 0
      ? null
      : { seconds: frames.seconds.read(last), nanoseconds: frames.nanoseconds.read(last) };
  }

  /** The number in the message list of a handle of the tracker's. */
  messageOf(handle: number): number {
    const table = (handle & 1) === 0 ? this.analysis.structure.messages : this.analysis.opening.messages;
    return this.messages.numberOf(table, handle >>> 1);
  }

  bytesOf(handle: number): Uint8Array | null {
    const table = (handle & 1) === 0 ? this.analysis.structure.messages : this.analysis.opening.messages;
    return this.messages.bytesAt(table, handle >>> 1);
  }

  frameOfHandle(handle: number): number {
    const table = (handle & 1) === 0 ? this.analysis.structure.messages : this.analysis.opening.messages;
    return table.frame.read(handle >>> 1);
  }

  /** Message rows of a leg in order; at most `most`. */
  rowsOf(leg: number, most = MOST_ROWS_OF_LEG): number[] {
    const { legs, messages } = this.tracker;
    const rows: number[] = [];
    for (let at = legs.first.read(leg); at !== 0 && rows.length < most; at = messages.nextInLeg.read(at - 1))
      rows.push(at - 1);
    return rows;
  }

  /** Seconds from the capture's first frame to a message row. */
  relativeOf(row: number): number {
    const { frames } = this.analysis.structure;
    const { seconds, nanoseconds } = this.tracker.messages;
    const whole = seconds.read(row) - frames.seconds.read(0);
    return whole + (nanoseconds.read(row) - frames.nanoseconds.read(0)) / 1e9;
  }

  secondsBetween(from: number, to: number): number {
    return secondsBetween(this.tracker, from, to) ?? 0;
  }

  private restart(): void {
    this.opened = this.analysis.opening.messages;
    this.tracker = new CallTracker();
    this.taken = [new Uint8Column(), new Uint8Column()];
    this.lastFrame = 0;
    this.outOfOrder = false;
    this.seen = { messages: -1, frames: -1, at: 0 };
    this.joined = null;
    this.described.clear();
    this.transports.clear();
    this.stamp += 1;
  }

  private take(table: MessageTable, row: number): void {
    const bytes = this.messages.bytesAt(table, row);
    if (bytes === null) return;
    const { frames } = this.analysis.structure;
    const { given } = this;
    const decrypted = (table.flags.read(row) & MESSAGE_DECRYPTED) !== 0;
    const frame = table.frame.read(row);
    const conversation = table.conversation.read(row);
    const direction = (table.flags.read(row) & MESSAGE_DIRECTION) === 0 ? 0 : 1;
    given.message = 2 * row + (decrypted ? 1 : 0);
    given.frame = frame;
    given.seconds = frames.seconds.read(frame - 1);
    given.nanoseconds = frames.nanoseconds.read(frame - 1);
    given.conversation = conversation;
    given.direction = direction;
    given.source = this.frames.endpointOf(conversation, direction);
    given.destination = this.frames.endpointOf(conversation, direction === 0 ? 1 : 0);
    given.transport = this.transportOf(conversation);
    given.decrypted = decrypted;
    given.bytes = bytes;
    given.to = bytes.length;
    this.tracker.add(given);
  }

  private readonly given: TrackedMessage = {
    message: 0,
    frame: 0,
    seconds: 0,
    nanoseconds: 0,
    conversation: 0,
    direction: 0,
    source: '',
    destination: '',
    transport: '',
    decrypted: false,
    bytes: new Uint8Array(0),
    from: 0,
    to: 0,
  };

  /** "UDP", "TCP", "TLS", "DTLS", "SCTP" … as Via writes it. */
  private transportOf(conversation: number): string {
    const known = this.transports.get(conversation);
    if (known !== undefined) return known;
    const made = this.findTransport(conversation);
    this.transports.set(conversation, made);
    return made;
  }

  private findTransport(conversation: number): string {
    const protocol = this.conversations.protocolOf(conversation);
    if (protocol.endsWith('/DTLS') || protocol === 'DTLS') return 'DTLS';
    if (protocol.endsWith('/TLS') || protocol === 'TLS')
      return protocol.startsWith('WebSocket') ? 'WSS' : 'TLS';
    if (protocol.startsWith('WebSocket')) return 'WS';
    return this.conversations.transportOf(conversation).toUpperCase();
  }
}

interface Described {
  readonly messages: number;
  readonly end: Time | null;
  /** No wait of this leg's can end any more. */
  readonly final: boolean;
  readonly description: LegDescription;
}

function isSame(one: Time | null, other: Time | null): boolean {
  return one?.seconds === other?.seconds && one?.nanoseconds === other?.nanoseconds;
}

/** Seconds after which no timer of describe-leg.ts runs: 64*T1. */
const LONGEST_WAIT = 33;
/** While the capture is read legs are joined anew when there are so many times as many messages. */
const REJOIN = 1.15;
const MOST_OVERRIDES = 10_000;
const MOST_DESCRIBED = 200_000;
const MOST_ROWS_OF_LEG = 20_000;
