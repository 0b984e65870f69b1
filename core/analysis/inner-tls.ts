import type { SipScratch } from '../app/events.ts';
import { createPacketScratch } from '../net/packet-scratch.ts';
import { PACKET_SEGMENT, TCP_SYN } from '../net/packet.ts';
import { FRAME_DIRECTION, FRAME_PAYLOAD } from '../store/frame-table.ts';
import type { RecordTable } from '../store/record-table.ts';
import type { Analysis } from './analysis.ts';
import type { CaptureStore } from './capture-store.ts';
import { Channel } from './channel.ts';
import type { SipSink } from './messages/sip-sink.ts';

/** A conversation that appears only inside another one's records. */
export interface ChildConversation {
  /** "12.1": the first inside conversation 12. */
  readonly id: string;
  /** Where its records are, and its number there. */
  readonly analysis: Analysis;
  readonly conversation: number;
}

/**
 * All conversations of a capture: by number, then those inside others. `of` is what the caller makes of the analysis in
 * which a conversation is found, made once for each.
 */
export function* everyConversation<T>(
  analysis: Analysis,
  make: (analysis: Analysis) => T,
): Generator<{ readonly id: number | string; readonly conversation: number; readonly of: T }> {
  const own = make(analysis);
  const count = analysis.structure.conversations.length;
  for (let conversation = 0; conversation < count; conversation += 1)
    yield { id: conversation, conversation, of: own };
  const made = new Map<Analysis, T>();
  for (const child of analysis.inner.children()) {
    let of = made.get(child.analysis);
    if (of === undefined) {
      of = make(child.analysis);
      made.set(child.analysis, of);
    }
    yield { id: child.id, conversation: child.conversation, of };
  }
}

/** The bytes of one stream's tunnel: pieces in order, of which a length of 0 stands for a loss. */
interface Tunnel {
  readonly conversation: number;
  readonly pieces: { direction: 0 | 1; frame: number; row: number; at: number; length: number }[];
}

/** How the analysis of what is inside is made: with this store and this taker of messages. */
export type MakeInner = (store: CaptureStore, sip: SipSink) => Analysis;

/**
 * TLS inside TLS (a proxy's CONNECT, STARTTLS behind TLS): what the outer records opened to is kept, and at the end read
 * like a capture of its own, in frames that have the outer ones' numbers. Its SIP goes to the outer messages.
 */
export class InnerTls implements CaptureStore {
  /** The analysis of all that is inside, null where there is nothing. */
  analysis: Analysis | null = null;
  /** More came than is kept. */
  full = false;

  private readonly outer: Analysis;
  private readonly make: MakeInner;
  private readonly tunnels = new Map<number, Tunnel>();
  private bytes = new Uint8Array(0);
  private length = 0;
  /** Outer conversation by inner one. */
  private parents: number[] = [];
  /** What those inside are called, made when first asked for. */
  private ids: readonly string[] = [];
  private readonly inside = new Map<number, number[]>();
  private found: { conversation: number; message: SipScratch }[] = [];

  constructor(outer: Analysis, make: MakeInner) {
    this.outer = outer;
    this.make = make;
  }

  /** Bytes of a tunnel in order, out of the outer record `row` that is complete in `frame`. */
  chunk(
    stream: number,
    direction: 0 | 1,
    bytes: Uint8Array,
    from: number,
    to: number,
    row: number,
    frame: number,
  ): void {
    let tunnel = this.tunnels.get(stream);
    if (tunnel === undefined) {
      tunnel = { conversation: this.outer.structure.records.conversation.read(row), pieces: [] };
      this.tunnels.set(stream, tunnel);
    }
    const length = to - from;
    if (this.length + length > MOST_BYTES) {
      this.full = true;
      return;
    }
    if (this.length + length > this.bytes.length) {
      const grown = new Uint8Array(Math.max(65536, 2 * (this.length + length)));
      grown.set(this.bytes.subarray(0, this.length));
      this.bytes = grown;
    }
    this.bytes.set(bytes.subarray(from, to), this.length);
    tunnel.pieces.push({ direction, frame, row, at: this.length, length });
    this.length += length;
  }

  /** Bytes of a tunnel are missing, nobody knows how many. */
  gap(stream: number, direction: 0 | 1): void {
    const tunnel = this.tunnels.get(stream);
    const last = tunnel?.pieces.at(-1);
    if (last !== undefined) tunnel?.pieces.push({ ...last, direction, length: 0 });
  }

  /** A stream is read again from its beginning. */
  forget(stream: number): void {
    this.tunnels.delete(stream);
  }

  /** Everything that keys gave is erased. */
  reset(): void {
    this.tunnels.clear();
    this.inside.clear();
    this.analysis = null;
    this.full = false;
    this.bytes = new Uint8Array(0);
    this.length = 0;
  }

  /** The lowest frame with something inside, Infinity where there is none. */
  get firstFrame(): number {
    let first = Infinity;
    for (const { pieces } of this.tunnels.values()) first = Math.min(first, pieces[0]?.frame ?? Infinity);
    return first;
  }

  read(_file: number, offset: number, length: number, target: Uint8Array, at: number): boolean {
    if (offset + length > this.length) return false;
    target.set(this.bytes.subarray(offset, offset + length), at);
    return true;
  }

  /** Everything was opened that can be: reads what is inside. */
  async finish(): Promise<void> {
    this.analysis = null;
    this.parents = [];
    this.ids = [];
    this.found = [];
    this.inside.clear();
    if (this.tunnels.size === 0) return;
    const inner = this.make(this, this.messagesOf());
    this.layFrames(inner);
    for (const tunnel of this.tunnels.values()) this.feed(inner, tunnel);
    await inner.finish();
    this.analysis = inner;
    this.noteRecords(inner.structure.records);
    const { opening } = this.outer;
    for (const { conversation, message } of this.found)
      opening.addInnerMessage(this.parents[conversation] ?? 0, message);
    this.found = [];
  }

  /** Records, in `analysis`, that end in this outer one. */
  recordsIn(row: number): readonly number[] {
    return this.inside.get(row) ?? NONE;
  }

  /** Conversations inside others, in the order in which they begin. */
  *children(): Generator<ChildConversation> {
    const { analysis } = this;
    if (analysis === null) return;
    for (let conversation = 0; conversation < this.parents.length; conversation += 1)
      yield { id: this.idOf(conversation), analysis, conversation };
    yield* analysis.inner.children();
  }

  /** The id of a conversation in `analysis`, by its number there. */
  idOf(conversation: number): string {
    if (this.ids.length < this.parents.length) {
      const counts = new Map<number, number>();
      this.ids = this.parents.map((parent) => {
        const count = (counts.get(parent) ?? 0) + 1;
        counts.set(parent, count);
        return `${this.outer.idOf(parent)}.${count}`;
      });
    }
    return this.ids[conversation] ?? '';
  }

  /** The id of the conversation inside this one to which a message that ends in `frame` belongs. */
  idOfMessage(conversation: number, frame: number): string {
    let count = 0;
    let id = 0;
    for (const tunnel of this.tunnels.values()) {
      if (tunnel.conversation !== conversation) continue;
      count += 1;
      if (id === 0 || (tunnel.pieces[0]?.frame ?? 0) <= frame) id = count;
    }
    return `${conversation}.${Math.max(1, id)}`;
  }

  /** The inner frames have the numbers and times of the outer ones. */
  private layFrames(inner: Analysis): void {
    const { frames } = inner.structure;
    const outer = this.outer.structure.frames;
    const count = outer.length;
    frames.seconds.resize(count);
    frames.conversation.resize(count);
    frames.conversation.fillFrom(0, -1);
    const copyTime = (row: number): void => {
      frames.seconds.write(row, outer.seconds.read(row));
      frames.nanoseconds.write(row, outer.nanoseconds.read(row));
    };
    copyTime(0);
    copyTime(count - 1);
    for (const { pieces } of this.tunnels.values()) for (const { frame } of pieces) copyTime(frame - 1);
  }

  private feed(inner: Analysis, tunnel: Tunnel): void {
    const first = tunnel.pieces[0];
    if (first === undefined) return;
    const { structure } = inner;
    const { conversations, frames } = structure;
    const conversation = this.begin(inner, tunnel.conversation, first.frame);
    this.parents[conversation] = tunnel.conversation;
    const channel = new Channel(structure, conversation, 0, [true, true]);
    const positions: [number, number] = [0, 0];
    for (const { direction, frame, at, length } of tunnel.pieces) {
      const position = positions[direction];
      if (length === 0) {
        channel.breakFraming(direction, UNKNOWN_LOSS, position, frame, frame);
        positions[direction] += UNKNOWN_LOSS;
        continue;
      }
      frames.conversation.write(frame - 1, conversation);
      frames.flags.write(frame - 1, FRAME_PAYLOAD | (direction === 0 ? 0 : FRAME_DIRECTION));
      conversations.frames.add(2 * conversation + direction, 1);
      conversations.bytes.add(2 * conversation + direction, length);
      conversations.lastFrame.write(conversation, frame);
      channel.chunk(direction, this.bytes, at, at + length, at, frame, position);
      positions[direction] += length;
    }
    channel.closed(0);
    channel.closed(1);
  }

  /** A conversation between the endpoints of the outer one. */
  private begin(inner: Analysis, outer: number, frame: number): number {
    const { conversations } = this.outer.structure;
    const packet = createPacketScratch();
    packet.kind = PACKET_SEGMENT;
    packet.ipVersion = conversations.ipVersion.read(outer) === 6 ? 6 : 4;
    for (let word = 0; word < 8; word += 1)
      packet.addresses[word] = conversations.addresses.read(8 * outer + word);
    packet.sourcePort = conversations.ports.read(2 * outer);
    packet.destinationPort = conversations.ports.read(2 * outer + 1);
    packet.tcpFlags = TCP_SYN;
    // Another beginning between the same endpoints is another conversation.
    packet.sequence = inner.structure.conversations.length * 2 ** 20;
    const conversation = inner.structure.conversations.lookup(packet, frame);
    inner.structure.conversations.frames.write(2 * conversation, 0);
    return conversation;
  }

  /** Which outer record each inner one ends in. */
  private noteRecords(records: RecordTable): void {
    const { spans } = this.analysis?.structure ?? {};
    const pieces = [...this.tunnels.values()].flatMap((tunnel) => tunnel.pieces);
    pieces.sort((a, b) => a.at - b.at);
    for (let row = 0; row < records.length; row += 1) {
      const count = records.spanCount.read(row);
      const place = records.place.read(row);
      const length = (records.headerLength.read(row) || 5) + records.fragmentLength.read(row);
      const last = place + count - 1;
      const end =
        count === 1 ? place + length : (spans?.offset.read(last) ?? 0) + (spans?.size.read(last) ?? 1);
      const outer = pieceAt(pieces, Math.min(end, this.length) - 1)?.row ?? -1;
      const known = this.inside.get(outer);
      if (known === undefined) this.inside.set(outer, [row]);
      else known.push(row);
    }
  }

  /** Messages are kept until all is read: what is inside may be opened more than once. */
  private messagesOf(): SipSink {
    return {
      closed: false,
      begin: () => undefined,
      advanced: () => undefined,
      withdraw: (conversations) => {
        this.found = this.found.filter(
          ({ conversation }) => conversations !== null && !conversations.has(conversation),
        );
      },
      take: (conversation, message, frame) => {
        this.found.push({ conversation, message: copyOf(message, this.rowOf(conversation, frame)) });
        // It stands in the inner tables as well, for whoever looks at the conversation by itself.
        return false;
      },
    };
  }

  /** The outer record of a conversation inside that came last in this frame. */
  private rowOf(conversation: number, frame: number): number {
    let row = 0;
    for (const tunnel of this.tunnels.values()) {
      if (tunnel.conversation !== this.parents[conversation]) continue;
      for (const piece of tunnel.pieces) if (piece.frame <= frame) row = piece.row;
    }
    return row;
  }
}

/** The piece in which offset `at` lies. */
function pieceAt(pieces: Tunnel['pieces'], at: number): Tunnel['pieces'][number] | undefined {
  let low = 0;
  let high = pieces.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((pieces[middle]?.at ?? 0) <= at) low = middle + 1;
    else high = middle;
  }
  return pieces[low - 1];
}

/** A message with bytes of its own, as one of the outer record `row`. */
function copyOf(message: SipScratch, row: number): SipScratch {
  const { from } = message;
  const moved = (at: number): number => (at < 0 ? at : at - from);
  return {
    ...message,
    bytes: message.bytes.slice(from, message.to),
    from: 0,
    to: message.to - from,
    startLineEnd: moved(message.startLineEnd),
    callIdFrom: moved(message.callIdFrom),
    callIdTo: moved(message.callIdTo),
    cseqFrom: moved(message.cseqFrom),
    cseqTo: moved(message.cseqTo),
    headersEnd: moved(message.headersEnd),
    firstUnit: row,
    lastUnit: row,
    derived: true,
  };
}

const NONE: readonly number[] = [];
/** What tunnels carry is kept in memory up to this much. */
const MOST_BYTES = 64 * 1024 * 1024;
/** Enough for framing to be looked for anew, and for the numbers of as many records as a full one takes. */
const UNKNOWN_LOSS = 0x4000;
