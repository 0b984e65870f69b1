import type { AppSink, AppStream, InflatePort, OtherScratch, SipScratch } from '../app/events.ts';
import { createAppStream } from '../app/app-stream.ts';
import { detectDatagramProtocol } from '../app/detect-datagram.ts';
import { PROTOCOL_NEEDS_MORE, PROTOCOL_SIP, PROTOCOL_UNKNOWN, protocolName } from '../app/protocols.ts';
import type { FrameScratch } from '../capture/frame.ts';
import { PacketDecoder } from '../net/decode-packet.ts';
import {
  PACKET_DATAGRAM,
  PACKET_FRAGMENT,
  PACKET_MALFORMED,
  PACKET_SEGMENT,
  type PacketScratch,
} from '../net/packet.ts';
import { Float64Column, Uint32Column, Uint8Column } from '../store/columns.ts';
import {
  FRAME_AWAITING,
  FRAME_DIRECTION,
  FRAME_DUPLICATE,
  FRAME_FRAGMENT,
  FRAME_KEEP_ALIVE,
  FRAME_MALFORMED,
  FRAME_PAYLOAD,
  FRAME_TLS,
  FrameTable,
  ProtocolNames,
} from '../store/frame-table.ts';
import { Interner } from '../store/interner.ts';
import {
  MESSAGE_DIRECTION,
  MESSAGE_KEPT,
  MESSAGE_REQUEST,
  MESSAGE_TRUNCATED,
  MessageTable,
} from '../store/message-table.ts';
import {
  RECORD_AFTER_GAP,
  RECORD_DAMAGED,
  RECORD_DIRECTION,
  RECORD_DTLS,
  RECORD_ENDED,
  RECORD_HEADERLESS,
  RECORD_PARTIAL,
  RECORD_SNAPPED,
  RecordTable,
  SpanTable,
} from '../store/record-table.ts';
import { ConversationTable, ISN_ACKNOWLEDGED } from '../stream/conversation-table.ts';
import { type GapReason, SEGMENT_DUPLICATE, SEGMENT_KEEP_ALIVE, type StreamSink } from '../stream/events.ts';
import { ReassemblyBudget } from '../stream/reassembly-budget.ts';
import { TcpReassembler } from '../stream/tcp-reassembler.ts';
import {
  DTLS_CUT,
  DTLS_NONE,
  type DtlsRecordScratch,
  looksLikeDtls,
  newDtlsRecordScratch,
  readDtlsRecord,
} from '../tls/dtls/dtls-record.ts';
import { HeldBytesPool } from '../tls/held-bytes.ts';
import { RecordFramer } from '../tls/record-framer.ts';
import { type LossReason, RecordScratch, type RecordSink } from '../tls/record-sink.ts';

export interface StructureOptions {
  /** Against inputs made to collide in hash tables. */
  readonly seed: number;
  readonly inflate: InflatePort | null;
  /** Keep the text of every SIP message in clear, for a host that writes them all out once. */
  readonly keepTexts: boolean;
}

/**
 * What needs no key: frames, conversations, streams, the index of TLS records with the bytes of all that is not
 * application data, and SIP in clear. Fed frame by frame; the opening follows behind on `records`.
 */
export class Structure {
  readonly frames = new FrameTable();
  readonly records = new RecordTable();
  readonly spans = new SpanTable();
  readonly conversations: ConversationTable;
  /** SIP messages in clear, in the order in which they were complete. */
  readonly messages = new MessageTable();
  readonly strings: Interner;
  /** Bodies of records that are not application data. */
  readonly bodies: Interner;
  readonly protocols = new ProtocolNames();
  /** Bit 0 and 1: TLS was recognised in direction 0, 1. */
  readonly tlsDirections = new Uint8Column();
  /** Id in `protocols` of what a conversation speaks in clear. */
  readonly clearProtocol = new Uint8Column();
  readonly gaps = new GapTable();
  /** Per direction (2 * conversation + direction): bytes the other side acknowledged that this capture never held. */
  readonly unseenAcknowledged = new Float64Column();
  readonly options: StructureOptions;
  firstFrameWithFault = '';

  private readonly decoder = new PacketDecoder();
  private readonly channels = new Map<number, Channel>();
  private readonly budget = new ReassemblyBudget();
  private readonly pool = new HeldBytesPool();
  private readonly scratch = new RecordScratch();
  private readonly lastInFrame = { frame: 0, record: 0 };
  private readonly datagrams: AppStream;
  private readonly datagramSink: ClearSink;
  private readonly tlsName: number;
  private readonly dtlsName: number;
  /** The frame of the datagram at hand. */
  private datagramFrame = 0;
  private readonly fragments = new Map<number, number[]>();
  private readonly dtlsRecord = newDtlsRecordScratch();
  /** Lengths of DTLS connection ids, by 2 * conversation + direction. */
  private readonly connectionIds = new Map<number, number>();

  constructor(options: StructureOptions) {
    this.options = options;
    this.conversations = new ConversationTable(options.seed);
    this.strings = new Interner(options.seed);
    this.bodies = new Interner(options.seed);
    this.datagramSink = new ClearSink(this, 0);
    this.datagrams = createAppStream(this.datagramSink, 'datagram', options.inflate);
    this.tlsName = this.protocols.idOf('TLS');
    this.dtlsName = this.protocols.idOf('DTLS');
  }

  /** Takes in one frame; `file` is its place in the set. Frames are numbered from 1 in the order in which they come. */
  addFrame(frame: FrameScratch, file: number): void {
    const { frames, decoder } = this;
    const row = frames.length;
    const number = row + 1;
    frames.seconds.push(frame.seconds);
    frames.nanoseconds.push(frame.nanoseconds);
    frames.offset.push(frame.offset);
    frames.captured.push(frame.capturedLength);
    frames.original.push(frame.originalLength);
    frames.file.push(file);
    frames.linkType.push(frame.linkType);
    frames.conversation.push(-1);
    frames.flags.push(0);
    frames.protocol.push(0);
    frames.link.push(0);
    frames.firstRecord.push(0);
    frames.verdict.push(0);
    frames.cause.push(0);
    decoder.decode(frame, number);
    this.takePacket(decoder.packet, row, number);
  }

  /** The end of the capture: streams are closed, and what waited behind holes comes out. */
  finish(): void {
    for (const channel of this.channels.values()) channel.end(this.frames.length);
    this.channels.clear();
  }

  get byteLength(): number {
    return (
      this.frames.byteLength +
      this.records.byteLength +
      this.spans.byteLength +
      this.conversations.byteLength +
      this.messages.byteLength +
      this.strings.byteLength +
      this.bodies.byteLength
    );
  }

  /** Adds a record row and chains it to its frame. */
  addRecord(
    conversation: number,
    direction: 0 | 1,
    flags: number,
    record: RecordScratch,
    length: number,
    lost: number,
  ): void {
    const { records, spans } = this;
    const type = record.type < 0 ? 0 : record.type;
    const row = records.conversation.push(conversation);
    records.flags.push(flags | (direction === 0 ? 0 : RECORD_DIRECTION));
    records.type.push(type);
    records.version.push(record.version);
    records.fragmentLength.push(length);
    records.firstFrame.push(record.firstFrame);
    records.frame.push(record.lastFrame);
    records.next.push(0);
    if (record.spanCount === 1) {
      records.place.push(record.spanOffsets[0] ?? 0);
    } else {
      let first = spans.length;
      for (let i = 0; i < record.spanCount; i += 1) {
        const at = spans.add(
          record.spanOffsets[i] ?? 0,
          record.spanLengths[i] ?? 0,
          record.spanFrames[i] ?? 0,
        );
        if (i === 0) first = at;
      }
      records.place.push(first);
    }
    records.spanCount.push(Math.min(255, record.spanCount));
    const whole = (flags & (RECORD_PARTIAL | RECORD_DAMAGED)) === 0;
    const body = record.from + record.headerLength;
    const keep = whole && type !== APPLICATION_DATA && this.bodies.byteLength < MOST_KEPT;
    records.kept.push(keep ? this.bodies.intern(record.bytes, body, body + length) : 0);
    if (record.headerLength !== TLS_HEADER) records.headerLength.write(row, record.headerLength);
    records.lost.push(lost);
    records.verdict.push(0);
    records.cause.push(0);
    records.decoder.push(0);
    records.innerType.push(0);
    records.state.push(0);
    records.epoch.push(0);
    records.sequence.push(0);
    records.plaintextLength.push(0);
    records.resynchronised.push(0);
    this.chainRecord(row, record.lastFrame);
    this.markFrames(record);
  }

  /** A frame brings bytes of a TLS stream. */
  markTls(frame: number): void {
    const row = frame - 1;
    const flags = this.frames.flags.read(row);
    if ((flags & FRAME_TLS) !== 0) return;
    this.frames.flags.write(row, flags | FRAME_TLS);
    const name = this.datagramFrame === frame ? this.dtlsName : this.tlsName;
    this.frames.protocol.write(row, name);
  }

  /** Notes a SIP message in clear. `offset` is its place in the file, -1 where it is not one run of it. */
  addMessage(conversation: number, message: SipScratch, offset: number): void {
    const { messages, strings } = this;
    const keep = offset < 0 || message.derived || this.options.keepTexts;
    let flags = message.direction === 0 ? 0 : MESSAGE_DIRECTION;
    if (message.isRequest) flags |= MESSAGE_REQUEST;
    if (message.truncated) flags |= MESSAGE_TRUNCATED;
    if (keep) flags |= MESSAGE_KEPT;
    const { bytes } = message;
    messages.frame.push(message.frame);
    messages.conversation.push(conversation);
    messages.flags.push(flags);
    messages.status.push(message.status);
    messages.startLine.push(strings.intern(bytes, message.from, message.startLineEnd));
    messages.callId.push(
      message.callIdFrom < 0 ? 0 : strings.intern(bytes, message.callIdFrom, message.callIdTo),
    );
    messages.cseq.push(message.cseqFrom < 0 ? 0 : strings.intern(bytes, message.cseqFrom, message.cseqTo));
    messages.firstUnit.push(message.firstUnit);
    messages.lastUnit.push(message.lastUnit);
    messages.offsetInFirst.push(message.offsetInFirst);
    messages.size.push(message.to - message.from);
    messages.offset.push(keep ? this.bodies.intern(bytes, message.from, message.to) : offset);
  }

  makeFramer(sink: RecordSink, startKnown: boolean): RecordFramer {
    return new RecordFramer(sink, this.pool, this.scratch, startKnown);
  }

  private takePacket(packet: PacketScratch, row: number, number: number): void {
    const { frames, conversations } = this;
    frames.protocol.write(row, this.protocols.idOf(packet.protocol));
    if (packet.kind === PACKET_MALFORMED) {
      frames.flags.write(row, FRAME_MALFORMED);
      return;
    }
    if (packet.datagramId !== 0) this.joinFragment(packet, row, number);
    const conversation = conversations.lookup(packet, number);
    if (conversation < 0) return;
    frames.conversation.write(row, conversation);
    const { direction } = conversations;
    let flags = frames.flags.read(row) | (direction === 0 ? 0 : FRAME_DIRECTION);
    if (packet.payloadEnd > packet.payloadStart || packet.payloadMissing > 0) flags |= FRAME_PAYLOAD;
    frames.flags.write(row, flags);
    if (packet.kind === PACKET_SEGMENT) this.takeSegment(packet, conversation, direction, row, number);
    else if (packet.kind === PACKET_DATAGRAM) this.takeDatagram(packet, conversation, direction, row, number);
  }

  private takeSegment(
    packet: PacketScratch,
    conversation: number,
    direction: 0 | 1,
    row: number,
    number: number,
  ): void {
    let channel = this.channels.get(conversation);
    if (channel === undefined) {
      // A port scan makes many conversations and no payload: their state is not worth making.
      if (packet.payloadEnd === packet.payloadStart && packet.payloadMissing === 0) return;
      channel = new Channel(this, conversation, this.budget);
      this.channels.set(conversation, channel);
    }
    const outcome = channel.reassembler.segment(direction, packet, number);
    if (outcome === SEGMENT_DUPLICATE) {
      this.frames.link.write(row, channel.reassembler.duplicateOf);
      this.frames.flags.write(row, this.frames.flags.read(row) | FRAME_DUPLICATE);
    } else if (outcome === SEGMENT_KEEP_ALIVE) {
      this.frames.flags.write(row, (this.frames.flags.read(row) | FRAME_KEEP_ALIVE) & ~FRAME_PAYLOAD);
    }
  }

  private takeDatagram(
    packet: PacketScratch,
    conversation: number,
    direction: 0 | 1,
    row: number,
    number: number,
  ): void {
    const { payload, payloadStart, payloadEnd } = packet;
    if (this.takeDtls(packet, conversation, direction, number)) return;
    const code = detectDatagramProtocol(payload, payloadStart, payloadEnd);
    if (code === PROTOCOL_UNKNOWN || code === PROTOCOL_NEEDS_MORE) return;
    const name = this.protocols.idOf(protocolName(code));
    this.frames.protocol.write(row, name);
    this.clearProtocol.write(conversation, name);
    if (code !== PROTOCOL_SIP) return;
    this.datagramSink.conversation = conversation;
    this.datagramSink.beginUnit(number, packet.pieces === 0 ? packet.payloadOffset : -1);
    this.datagrams.chunk(direction, payload, payloadStart, payloadEnd, number, number);
  }

  /** DTLS records of one datagram; false where it holds none. */
  private takeDtls(packet: PacketScratch, conversation: number, direction: 0 | 1, number: number): boolean {
    const { payload, payloadStart, payloadEnd } = packet;
    const known = this.tlsDirections.read(conversation) !== 0;
    if (payloadEnd - payloadStart < SHORTEST_DTLS) return false;
    const first = payload[payloadStart] ?? 0;
    if (!known && !looksLikeDtls(payload, payloadStart, payloadEnd, packet.payloadMissing)) return false;
    // On a port shared with media the first byte tells DTLS from RTP and STUN (RFC 7983 §7).
    if (known && (first < 20 || first > 63)) return false;
    const record = this.dtlsRecord;
    this.datagramFrame = number;
    let at = payloadStart;
    let found = false;
    while (at < payloadEnd) {
      const cid = this.dtlsCid(payload, at, payloadEnd, conversation, direction);
      const result = readDtlsRecord(payload, at, payloadEnd, cid, record);
      if (result === DTLS_NONE) break;
      found = true;
      this.addDtlsRecord(packet, conversation, direction, number, record, result === DTLS_CUT);
      at = record.to;
    }
    if (found)
      this.tlsDirections.write(conversation, this.tlsDirections.read(conversation) | (1 << direction));
    return found;
  }

  /** Length of the connection id in a record's header: the one with which the record ends where the datagram does. */
  private dtlsCid(
    bytes: Uint8Array,
    at: number,
    end: number,
    conversation: number,
    direction: 0 | 1,
  ): number {
    const first = bytes[at] ?? 0;
    const key = 2 * conversation + direction;
    if (first === TLS12_CID) {
      for (let length = 0; length <= 32; length += 1) {
        const body = at + 13 + length;
        if (body > end) break;
        const size = ((bytes[body - 2] ?? 0) << 8) | (bytes[body - 1] ?? 0);
        if (body + size === end) {
          this.connectionIds.set(key, length);
          return length;
        }
      }
    }
    return this.connectionIds.get(key) ?? 0;
  }

  private addDtlsRecord(
    packet: PacketScratch,
    conversation: number,
    direction: 0 | 1,
    number: number,
    record: DtlsRecordScratch,
    cut: boolean,
  ): void {
    const { scratch } = this;
    scratch.type = record.type < 0 ? APPLICATION_DATA : record.type;
    scratch.version = record.version;
    scratch.bytes = packet.payload;
    scratch.from = record.from;
    scratch.headerLength = record.bodyFrom - record.from;
    scratch.firstFrame = number;
    scratch.lastFrame = number;
    takePieces(scratch, packet, record.from - packet.payloadStart, record.to - record.from);
    let flags = RECORD_DTLS;
    if (cut) flags |= RECORD_PARTIAL | (packet.payloadMissing > 0 ? RECORD_SNAPPED : RECORD_ENDED);
    const length = record.to - record.bodyFrom;
    this.addRecord(conversation, direction, flags, scratch, length, cut ? packet.payloadMissing : 0);
    const row = this.records.length - 1;
    this.records.headerLength.write(row, scratch.headerLength);
    this.records.headerEpoch.write(row, record.epoch);
    this.records.headerSequence.write(row, record.sequence);
    scratch.headerLength = TLS_HEADER;
  }

  /** IP fragments: those before wait for the one that completes the datagram. */
  private joinFragment(packet: PacketScratch, row: number, number: number): void {
    const { frames, fragments } = this;
    const earlier = fragments.get(packet.datagramId);
    if (packet.kind === PACKET_FRAGMENT) {
      frames.flags.write(row, frames.flags.read(row) | FRAME_FRAGMENT);
      if (earlier === undefined) {
        if (fragments.size >= MOST_DATAGRAMS) fragments.delete(fragments.keys().next().value ?? 0);
        fragments.set(packet.datagramId, [number]);
      } else if (earlier.length < MOST_FRAGMENTS) earlier.push(number);
      return;
    }
    for (const frame of earlier ?? []) {
      const at = frame - 1;
      frames.link.write(at, number);
      frames.flags.write(at, frames.flags.read(at) | FRAME_AWAITING);
    }
    fragments.delete(packet.datagramId);
  }

  private chainRecord(row: number, frame: number): void {
    const { frames, records, lastInFrame } = this;
    const head = frames.firstRecord.read(frame - 1);
    if (head === 0) frames.firstRecord.write(frame - 1, row + 1);
    else {
      let last = lastInFrame.frame === frame ? lastInFrame.record : head - 1;
      for (let next = records.next.read(last); next !== 0; next = records.next.read(last)) last = next - 1;
      records.next.write(last, row + 1);
    }
    lastInFrame.frame = frame;
    lastInFrame.record = row;
  }

  private markFrames(record: RecordScratch): void {
    const { frames } = this;
    this.markTls(record.lastFrame);
    if (record.firstFrame === record.lastFrame) return;
    for (let i = 0; i < record.spanCount; i += 1) {
      const frame = record.spanFrames[i] ?? 0;
      if (frame === 0 || frame === record.lastFrame) continue;
      this.markTls(frame);
      const at = frame - 1;
      const flags = frames.flags.read(at);
      if ((flags & FRAME_DUPLICATE) !== 0) continue;
      frames.flags.write(at, flags | FRAME_AWAITING);
      frames.link.write(at, record.lastFrame);
    }
  }
}

/** Holes in streams, for the evidence and for the capture-quality report. */
export class GapTable {
  readonly conversation = new Uint32Column();
  readonly direction = new Uint8Column();
  readonly size = new Float64Column();
  /** 1 lost, 2 snapped. */
  readonly reason = new Uint8Column();
  readonly before = new Uint32Column();
  readonly after = new Uint32Column();

  get length(): number {
    return this.conversation.length;
  }

  add(
    conversation: number,
    direction: 0 | 1,
    size: number,
    reason: GapReason,
    before: number,
    after: number,
  ): void {
    this.conversation.push(conversation);
    this.direction.push(direction);
    this.size.push(size);
    this.reason.push(reason === 'lost' ? 1 : 2);
    this.before.push(before);
    this.after.push(after);
  }
}

/** One TCP conversation while it is being read: reassembly, record framing, and what is spoken in clear. */
class Channel implements StreamSink {
  readonly reassembler: TcpReassembler;
  readonly conversation: number;
  private readonly structure: Structure;
  private readonly sinks: readonly [DirectionSink, DirectionSink];
  private readonly framers: readonly [RecordFramer, RecordFramer];
  private app: AppStream | null = null;
  private clear: ClearSink | null = null;
  /** Where each direction's stream stands. */
  private readonly ends: [number, number] = [0, 0];

  constructor(structure: Structure, conversation: number, budget: ReassemblyBudget) {
    this.structure = structure;
    this.conversation = conversation;
    this.reassembler = new TcpReassembler(this, budget);
    const { conversations } = structure;
    for (const direction of [0, 1] as const)
      if (conversations.isnKnowledge(conversation, direction) >= ISN_ACKNOWLEDGED)
        this.reassembler.synchronise(direction, conversations.isn.read(2 * conversation + direction));
    this.sinks = [new DirectionSink(structure, this, 0), new DirectionSink(structure, this, 1)];
    const known = (direction: 0 | 1): boolean =>
      conversations.isnKnowledge(conversation, direction) >= ISN_ACKNOWLEDGED;
    this.framers = [
      structure.makeFramer(this.sinks[0], known(0)),
      structure.makeFramer(this.sinks[1], known(1)),
    ];
  }

  chunk(
    direction: 0 | 1,
    bytes: Uint8Array,
    from: number,
    to: number,
    offset: number,
    frame: number,
    position: number,
  ): void {
    this.ends[direction] = position + to - from;
    this.framers[direction].chunk(bytes, from, to, offset, frame, position);
  }

  gap(
    direction: 0 | 1,
    length: number,
    position: number,
    reason: GapReason,
    before: number,
    after: number,
  ): void {
    this.ends[direction] = position + length;
    this.structure.gaps.add(this.conversation, direction, length, reason, before, after);
    this.framers[direction].gap(length, position, reason, before, after);
  }

  closed(direction: 0 | 1): void {
    this.framers[direction].closed();
    this.app?.end(direction);
  }

  /** The capture's end; `frame` is its last. */
  end(frame: number): void {
    const { reassembler, structure } = this;
    for (const direction of [0, 1] as const) {
      const unseen = reassembler.acknowledgedUpTo(direction) - this.ends[direction];
      if (unseen > 0) structure.unseenAcknowledged.write(2 * this.conversation + direction, unseen);
    }
    reassembler.settle(frame);
  }

  plain(direction: 0 | 1, bytes: Uint8Array, from: number, to: number, offset: number, frame: number): void {
    if (this.app === null || this.clear === null) {
      this.clear = new ClearSink(this.structure, this.conversation);
      this.app = createAppStream(this.clear, 'stream', this.structure.options.inflate);
    }
    this.clear.beginUnit(frame, offset);
    this.app.chunk(direction, bytes, from, to, frame, frame);
  }

  plainGap(direction: 0 | 1): void {
    this.app?.gap(direction);
  }
}

/** What the framer of one direction announces becomes rows. */
class DirectionSink implements RecordSink {
  private readonly structure: Structure;
  private readonly channel: Channel;
  private readonly direction: 0 | 1;
  /** Frames whose bytes were taken for another protocol's, until TLS shows. */
  private plainFrames: { frame: number; offset: number; length: number }[] = [];

  constructor(structure: Structure, channel: Channel, direction: 0 | 1) {
    this.structure = structure;
    this.channel = channel;
    this.direction = direction;
  }

  record(record: RecordScratch): void {
    const flags = record.afterLoss ? RECORD_AFTER_GAP : 0;
    this.add(flags, record, record.length, record.lostBefore);
  }

  partial(record: RecordScratch, reason: GapReason | 'end'): void {
    let flags = RECORD_PARTIAL | (record.afterLoss ? RECORD_AFTER_GAP : 0);
    if (reason === 'snapped') flags |= RECORD_SNAPPED;
    if (reason === 'end') flags |= RECORD_ENDED;
    if (record.type < 0) flags |= RECORD_HEADERLESS;
    this.add(flags, record, record.type < 0 ? record.present : record.length, record.missing);
  }

  damaged(): void {
    this.damage = true;
  }

  private damage = false;

  skipped(
    _bytes: Uint8Array,
    from: number,
    to: number,
    offset: number,
    frame: number,
    _position: number,
    reason: LossReason,
  ): void {
    const flags =
      RECORD_PARTIAL |
      RECORD_HEADERLESS |
      (this.damage ? RECORD_DAMAGED : 0) |
      (reason === 'snapped' ? RECORD_SNAPPED : 0);
    this.damage = false;
    this.addHeaderless(flags, frame, offset, to - from);
  }

  plain(bytes: Uint8Array, from: number, to: number, offset: number, frame: number): void {
    if (this.plainFrames.length < MOST_PLAIN_FRAMES)
      this.plainFrames.push({ frame, offset, length: to - from });
    this.channel.plain(this.direction, bytes, from, to, offset, frame);
  }

  plainGap(): void {
    this.channel.plainGap(this.direction);
  }

  begins(how: 'start' | 'after-plain' | 'mid-stream'): void {
    const { structure, channel } = this;
    const known = structure.tlsDirections.read(channel.conversation);
    structure.tlsDirections.write(channel.conversation, known | (1 << this.direction));
    if (how === 'mid-stream')
      for (const { frame, offset, length } of this.plainFrames)
        this.addHeaderless(RECORD_PARTIAL | RECORD_HEADERLESS, frame, offset, length);
    this.plainFrames = [];
  }

  private add(flags: number, record: RecordScratch, length: number, lost: number): void {
    this.structure.addRecord(this.channel.conversation, this.direction, flags, record, length, lost);
  }

  private addHeaderless(flags: number, frame: number, offset: number, length: number): void {
    HEADERLESS.firstFrame = frame;
    HEADERLESS.lastFrame = frame;
    HEADERLESS.spanOffsets[0] = offset;
    HEADERLESS.spanLengths[0] = length;
    HEADERLESS.spanFrames[0] = frame;
    this.add(flags, HEADERLESS, Math.min(length, 0xffff), 0);
  }
}

/** SIP and other messages that travel in clear. */
class ClearSink implements AppSink {
  conversation: number;
  private readonly structure: Structure;
  private unit = 0;
  private unitOffset = -1;

  constructor(structure: Structure, conversation: number) {
    this.structure = structure;
    this.conversation = conversation;
  }

  /** Bytes of `frame` begin at file offset `offset`; a second run of one frame makes its messages not one run. */
  beginUnit(frame: number, offset: number): void {
    this.unitOffset = this.unit === frame ? -1 : offset;
    this.unit = frame;
  }

  sip(message: SipScratch): void {
    const oneRun = message.firstUnit === message.lastUnit && message.firstUnit === this.unit;
    const offset = oneRun && this.unitOffset >= 0 ? this.unitOffset + message.offsetInFirst : -1;
    this.structure.addMessage(this.conversation, message, offset);
  }

  other(message: OtherScratch): void {
    if (message.kind === 'data') return;
    this.name(message.frame, NAME_OF_KIND[message.kind]);
  }

  protocol(name: string, unit: number): void {
    if (name === 'data' || name === '') return;
    this.name(unit, name);
    this.structure.clearProtocol.write(this.conversation, this.structure.protocols.idOf(name));
  }

  private name(frame: number, name: string): void {
    this.structure.frames.protocol.write(frame - 1, this.structure.protocols.idOf(name));
  }
}

/** Where bytes [from, from + length) of a packet's payload lie in the file. */
function takePieces(scratch: RecordScratch, packet: PacketScratch, from: number, length: number): void {
  scratch.spanCount = 0;
  if (packet.pieces === 0) {
    scratch.spanCount = 1;
    scratch.spanOffsets[0] = packet.payloadOffset + from;
    scratch.spanLengths[0] = length;
    scratch.spanFrames[0] = scratch.lastFrame;
    return;
  }
  let skip = from;
  let left = length;
  for (let piece = 0; piece < packet.pieces && left > 0; piece += 1) {
    const size = packet.pieceLengths[piece] ?? 0;
    if (skip >= size) {
      skip -= size;
      continue;
    }
    const at = scratch.spanCount;
    if (at >= scratch.spanOffsets.length) break;
    scratch.spanOffsets[at] = (packet.pieceOffsets[piece] ?? 0) + skip;
    scratch.spanLengths[at] = Math.min(left, size - skip);
    scratch.spanFrames[at] = packet.pieceFrames[piece] ?? 0;
    left -= Math.min(left, size - skip);
    skip = 0;
    scratch.spanCount += 1;
  }
}

const TLS_HEADER = 5;
const TLS12_CID = 25;
/** The shortest unified header with the shortest AEAD record (RFC 9147 §4). */
const SHORTEST_DTLS = 13;
const NAME_OF_KIND = { http: 'HTTP', websocket: 'WebSocket', msrp: 'MSRP', 'keep-alive': 'SIP' } as const;
const APPLICATION_DATA = 23;
/** Bodies of handshakes are kept up to this much; behind it they are read from the file again. */
const MOST_KEPT = 512 * 1024 * 1024;
const MOST_DATAGRAMS = 4096;
const MOST_FRAGMENTS = 64;
const MOST_PLAIN_FRAMES = 64;
const HEADERLESS = new RecordScratch();
HEADERLESS.type = -1;
HEADERLESS.spanCount = 1;
