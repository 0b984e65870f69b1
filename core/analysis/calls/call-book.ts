import { CallTracker, type TrackedMessage } from '../../app/calls/call-tracker.ts';
import { describeLeg, type LegDescription, secondsBetween, type Time } from '../../app/calls/describe-leg.ts';
import type { CallGroup, JoinOverrides } from '../../app/calls/join-legs.ts';
import { Uint8Column } from '../../store/columns.ts';
import { MESSAGE_DECRYPTED, MESSAGE_DIRECTION, type MessageTable } from '../../store/message-table.ts';
import type { Analysis } from '../analysis.ts';
import type { ConversationReporter } from '../conversations/conversation-report.ts';
import type { FrameReporter } from '../frames/frame-report.ts';
import { JoinedLegs } from './joined-legs.ts';
import type { MessageIndex } from '../messages/message-index.ts';
import { MessageTexts } from '../messages/message-texts.ts';

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
  /** Changes whenever legs may have. */
  stamp = 0;
  /** How often legs were joined. */
  joins = 0;
  private opened: MessageTable | null = null;
  /** Rows of the clear and of the decrypted table that were taken. */
  private taken: readonly [Uint8Column, Uint8Column] = [new Uint8Column(), new Uint8Column()];
  private lastFrame = 0;
  private outOfOrder = false;
  private seen = { messages: -1, frames: -1, at: 0 };
  private reading: Promise<boolean> | null = null;
  private texts: MessageTexts | null = null;
  private readonly calls = new JoinedLegs();
  private readonly described = new Map<number, Described>();
  private readonly transports = new Map<number, string>();

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
    const { numbers, handles, isLast } = this.upcoming(most);
    for (const at of numbers.keys()) this.take(handles[at] ?? 0, null);
    return isLast;
  }

  /** The same, their texts read together: on the opener's threads where they were encrypted. */
  read(most: number): Promise<boolean> {
    this.reading ??= this.readOnce(most).finally(() => (this.reading = null));
    return this.reading;
  }

  private async readOnce(most: number): Promise<boolean> {
    const { numbers, handles, isLast } = this.upcoming(most);
    if (numbers.length === 0) return isLast;
    const { tracker, opened } = this;
    const handleOf = new Map(numbers.map((number, at) => [number, handles[at] ?? 0]));
    const texts = new Map<number, Uint8Array>();
    this.texts ??= new MessageTexts(this.analysis, this.messages);
    await this.texts.read(numbers, (_frame, bytes, from, to, number) => {
      texts.set(handleOf.get(number) ?? -1, bytes.slice(from, to));
    });
    if (tracker !== this.tracker || opened !== this.analysis.opening.messages) return false;
    for (const handle of handles) this.take(handle, texts.get(handle) ?? null);
    return isLast;
  }

  /** The messages that are next, at most so many, and whether there are no more behind them for now. */
  private upcoming(most: number): Upcoming {
    const { analysis, messages } = this;
    if (analysis.opening.messages !== this.opened || (analysis.isSettled && this.outOfOrder)) this.restart();
    const ready = analysis.isSettled ? Infinity : analysis.verdictsGiven;
    if (this.seen.messages !== messages.length || this.seen.frames !== ready)
      this.seen = { messages: messages.length, frames: ready, at: 0 };
    const found: Upcoming = { numbers: [], handles: [], isLast: true };
    for (let at = this.seen.at, bytes = 0; at < messages.length; at += 1) {
      const place = messages.placeOf(at);
      if (place === null) break;
      const { table, row } = place;
      if (table.frame.read(row) > ready) return found;
      const isOpened = table === this.opened ? 1 : 0;
      if (this.taken[isOpened].read(row) === 1) {
        if (found.numbers.length === 0) this.seen.at = at + 1;
        continue;
      }
      bytes += table.size.read(row);
      if (found.numbers.length >= most || (bytes > MOST_BYTES_AT_ONCE && found.numbers.length > 0))
        return { ...found, isLast: false };
      found.numbers.push(at);
      found.handles.push(2 * row + isOpened);
    }
    return found;
  }

  /** A part of joining the legs that came; true where nothing is left to join for now. */
  joinStep(): boolean {
    const outcome = this.calls.step(this.tracker, this.stamp, this.analysis.isSettled);
    if (outcome === 'changed') this.joins += 1;
    return outcome !== 'more';
  }

  /** Calls with their legs joined, in order of their first message; legs that came since stand alone for a moment. */
  groups(): readonly CallGroup[] {
    return this.calls.groups(this.tracker, this.stamp);
  }

  /** The user's word on two legs, by their Call-IDs; null takes it back. */
  join(callIds: readonly [string, string], joined: boolean | null): void {
    this.calls.override(callIds, joined);
    this.stamp += 1;
  }

  get said(): JoinOverrides {
    return this.calls.said;
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
    return this.messages.numberOf(this.tableOf(handle), handle >>> 1);
  }

  bytesOf(handle: number): Uint8Array | null {
    return this.messages.bytesAt(this.tableOf(handle), handle >>> 1);
  }

  frameOfHandle(handle: number): number {
    return this.tableOf(handle).frame.read(handle >>> 1);
  }

  private tableOf(handle: number): MessageTable {
    const { structure, opening } = this.analysis;
    return (handle & 1) === 0 ? structure.messages : opening.messages;
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
    this.calls.forget();
    this.described.clear();
    this.transports.clear();
    this.stamp += 1;
  }

  /** `text` null: to be read here. */
  private take(handle: number, text: Uint8Array | null): void {
    const row = handle >>> 1;
    const taken = this.taken[(handle & 1) === 0 ? 0 : 1];
    if (taken.read(row) === 1) return;
    const bytes = text ?? this.bytesOf(handle);
    const table = this.tableOf(handle);
    const frame = table.frame.read(row);
    taken.write(row, 1);
    if (frame < this.lastFrame) this.outOfOrder = true;
    this.lastFrame = Math.max(this.lastFrame, frame);
    this.stamp += 1;
    if (bytes === null) return;
    const { frames } = this.analysis.structure;
    const { given } = this;
    const decrypted = (table.flags.read(row) & MESSAGE_DECRYPTED) !== 0;
    const conversation = table.conversation.read(row);
    const direction = (table.flags.read(row) & MESSAGE_DIRECTION) === 0 ? 0 : 1;
    given.message = handle;
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

  /** "UDP", "TCP", "TLS", "DTLS", "SCTP": what carries a conversation, WebSocket aside. */
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
    if (protocol.endsWith('/TLS') || protocol === 'TLS') return 'TLS';
    return this.conversations.transportOf(conversation).toUpperCase();
  }
}

/** Messages by their numbers in the list, good until it grows, and by their handles, good until keys change. */
interface Upcoming {
  readonly numbers: number[];
  readonly handles: number[];
  readonly isLast: boolean;
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
/** What is read together: within what MessageTexts reads as one. */
const MOST_BYTES_AT_ONCE = 2 * 1024 * 1024;
const MOST_DESCRIBED = 200_000;
const MOST_ROWS_OF_LEG = 20_000;
