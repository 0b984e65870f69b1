import type { SipScratch } from '../app/events.ts';
import { createPacketScratch } from '../net/packet-scratch.ts';
import { PACKET_SEGMENT, TCP_SYN } from '../net/packet.ts';
import { FRAME_DIRECTION, FRAME_PAYLOAD } from '../store/frame-table.ts';
import type { RecordTable } from '../store/record-table.ts';
import type { Analysis } from './analysis.ts';
import type { CaptureStore } from './capture-store.ts';
import { Channel } from './channel.ts';
import type { SipSink } from './messages/sip-sink.ts';
import { type Tunnel, TunnelBytes } from './tunnel-bytes.ts';

/** A conversation that appears only inside another one's records. */
export interface ChildConversation {
  /** "12.1": the first inside conversation 12. */
  readonly id: string;
  /** Where its records are, and its number there. */
  readonly analysis: Analysis;
  readonly conversation: number;
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

  private readonly outer: Analysis;
  private readonly kept = new TunnelBytes();
  private readonly make: MakeInner;
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
    const conversation = this.outer.structure.records.conversation.read(row);
    this.kept.append(stream, conversation, direction, bytes, from, to, row, frame);
  }

  /** Bytes of a tunnel are missing, nobody knows how many. */
  gap(stream: number, direction: 0 | 1): void {
    this.kept.gap(stream, direction);
  }

  /** A stream is read again from its beginning. */
  forget(stream: number): void {
    this.kept.forget(stream);
  }

  /** More came than is kept. */
  get full(): boolean {
    return this.kept.full;
  }

  /** The lowest frame with something inside, Infinity where there is none. */
  get firstFrame(): number {
    return this.kept.firstFrame;
  }

  read(_file: number, offset: number, length: number, target: Uint8Array, at: number): boolean {
    return this.kept.read(offset, length, target, at);
  }

  /** Everything that keys gave is erased. */
  reset(): void {
    this.kept.clear();
    this.inside.clear();
    this.analysis = null;
  }

  /** Everything was opened that can be: reads what is inside. */
  async finish(): Promise<void> {
    this.analysis = null;
    this.parents = [];
    this.ids = [];
    this.found = [];
    this.inside.clear();
    const tunnels = this.kept.tunnels();
    if (tunnels.length === 0) return;
    const inner = this.make(this, this.messagesOf());
    this.layFrames(inner);
    for (const tunnel of tunnels) this.feed(inner, tunnel);
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
    for (const tunnel of this.kept.tunnels()) {
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
    for (const { pieces } of this.kept.tunnels()) for (const { frame } of pieces) copyTime(frame - 1);
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
      channel.chunk(direction, this.kept.bytes, at, at + length, at, frame, position);
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
    const pieceAt = this.kept.index();
    for (let row = 0; row < records.length; row += 1) {
      const count = records.spanCount.read(row);
      const place = records.place.read(row);
      const length = (records.headerLength.read(row) || 5) + records.fragmentLength.read(row);
      const last = place + count - 1;
      const end =
        count === 1 ? place + length : (spans?.offset.read(last) ?? 0) + (spans?.size.read(last) ?? 1);
      const outer = pieceAt(end - 1)?.row ?? -1;
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
    for (const tunnel of this.kept.tunnels()) {
      if (tunnel.conversation !== this.parents[conversation]) continue;
      for (const piece of tunnel.pieces) if (piece.frame <= frame) row = piece.row;
    }
    return row;
  }
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
/** Enough for framing to be looked for anew, and for the numbers of as many records as a full one takes. */
const UNKNOWN_LOSS = 0x4000;
