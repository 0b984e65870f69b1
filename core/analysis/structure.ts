import type { AppStream, InflatePort, OtherScratch, SipScratch } from '../app/events.ts';
import { createAppStream } from '../app/app-stream.ts';
import { detectDatagramProtocol } from '../app/detect-datagram.ts';
import { createHepPacket, decodeHep, type HepPacket } from '../app/hep/hep-reader.ts';
import {
  PROTOCOL_NEEDS_MORE,
  PROTOCOL_RTCP,
  PROTOCOL_RTP,
  PROTOCOL_SIP,
  PROTOCOL_UNKNOWN,
  protocolName,
} from '../app/protocols.ts';
import type { FrameScratch } from '../capture/frame.ts';
import { RtpShapes } from '../media/rtp/rtp-shapes.ts';
import { PacketDecoder } from '../net/decode-packet.ts';
import { createPacketScratch } from '../net/packet-scratch.ts';
import {
  PACKET_DATAGRAM,
  PACKET_FRAGMENT,
  PACKET_MALFORMED,
  PACKET_SCTP,
  PACKET_SEGMENT,
  type PacketScratch,
} from '../net/packet.ts';
import { TurnRelays } from '../net/turn-relay.ts';
import { Float64Column, Uint8Column } from '../store/columns.ts';
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
import { Http2Table } from '../store/http2-table.ts';
import { Interner } from '../store/interner.ts';
import { MessageTable } from '../store/message-table.ts';
import {
  RECORD_DAMAGED,
  RECORD_DIRECTION,
  RECORD_PARTIAL,
  RecordTable,
  SpanTable,
} from '../store/record-table.ts';
import { ConversationTable, ISN_ACKNOWLEDGED } from '../stream/conversation-table.ts';
import { SEGMENT_DUPLICATE, SEGMENT_KEEP_ALIVE, type StreamSink } from '../stream/events.ts';
import type { StreamStatistics } from '../stream/stream-statistics.ts';
import type { TcpReassembler } from '../stream/tcp-reassembler.ts';
import { type StreamOwner, TcpStreams } from '../stream/tcp-streams.ts';
import { HeldBytesPool } from '../tls/held-bytes.ts';
import { RecordFramer } from '../tls/record-framer.ts';
import { RecordScratch, type RecordSink } from '../tls/record-sink.ts';
import { UnreadLinkTypes } from './capture/unread-link-types.ts';
import { Channel, type ChannelHost, ClearSink } from './channel.ts';
import { DtlsDatagrams } from './dtls-datagrams.ts';
import { GapTable } from './gap-table.ts';
import { addHttp2Row } from './messages/http2-rows.ts';
import { addMessageRow } from './messages/message-rows.ts';
import type { SipSink } from './messages/sip-sink.ts';
import { SctpAssociation } from './sctp-association.ts';

export interface StructureOptions {
  /** Against inputs made to collide in hash tables. */
  readonly seed: number;
  readonly inflate: InflatePort | null;
  /** Keep the text of every SIP message in clear, for a host that writes them all out once. */
  readonly keepTexts: boolean;
  /** Takes the messages instead of the table, as long as it can. */
  readonly sip: SipSink | null;
}

/**
 * What needs no key: frames, conversations, streams, the index of TLS records with the bytes of all that is not
 * application data, and SIP in clear. Fed frame by frame; the opening follows behind on `records`.
 */
export class Structure implements ChannelHost, StreamOwner {
  readonly frames = new FrameTable();
  readonly records = new RecordTable();
  readonly spans = new SpanTable();
  readonly conversations: ConversationTable;
  /** SIP messages in clear, in the order in which they were complete. */
  readonly messages = new MessageTable();
  readonly strings: Interner;
  /** HTTP/2 in clear. */
  readonly http2: Http2Table;
  /** Bodies of records that are not application data. */
  readonly bodies: Interner;
  readonly protocols = new ProtocolNames();
  /** Bit 0 and 1: TLS was recognised in direction 0, 1. */
  readonly tlsDirections = new Uint8Column();
  /** Id in `protocols` of what a conversation speaks in clear. */
  readonly clearProtocol = new Uint8Column();
  /** Which conversations carry media, of those whose frames look like it. */
  readonly media = new RtpShapes();
  readonly gaps = new GapTable();
  readonly unreadLinkTypes = new UnreadLinkTypes();
  /** Per direction (2 * conversation + direction): bytes the other side acknowledged that this capture never held. */
  readonly unseenAcknowledged = new Float64Column();
  readonly options: StructureOptions;
  /** Streams in clear that may hold something, while somebody asks for it. */
  readonly clearApps = new Set<AppStream>();
  firstFrameWithFault = '';
  /** How many frames without a time the capture begins with; -1 from the first that has one. */
  private untimed = 0;

  /** What frames are made of is not asked for: when they came, and of which file they are, is all that is kept. */
  private readonly messagesOnly: boolean;
  private readonly decoder = new PacketDecoder();
  private readonly streams: TcpStreams;
  private readonly associations = new Map<number, SctpAssociation>();
  /** What streams went through, by 2 * conversation + direction, where it is worth telling. */
  private readonly statistics = new Map<number, StreamStatistics>();
  private readonly pool = new HeldBytesPool();
  private readonly scratch = new RecordScratch();
  private readonly lastInFrame = { frame: 0, record: 0 };
  private readonly datagrams: AppStream;
  private readonly datagramSink: ClearSink;
  private readonly turn = new TurnRelays();
  private readonly hep = createHepPacket();
  private readonly hepCarried = createPacketScratch();
  private readonly tlsName: number;
  private readonly dtlsName: number;
  /** The frame of the datagram at hand. */
  private datagramFrame = 0;
  private readonly fragments = new Map<number, number[]>();
  readonly dtls = new DtlsDatagrams(this, this.scratch);

  constructor(options: StructureOptions) {
    this.options = options;
    this.messagesOnly = options.sip?.alone === true;
    this.conversations = new ConversationTable(options.seed);
    this.streams = new TcpStreams(this.conversations, this);
    this.strings = new Interner(options.seed);
    this.bodies = new Interner(options.seed);
    this.http2 = new Http2Table(options.seed);
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
    if (this.untimed === row) this.noteTime(frame, row);
    frames.file.push(file);
    // What is 0 needs no writing: a row that was never written reads 0.
    frames.conversation.push(-1);
    if (!this.messagesOnly) {
      frames.offset.push(frame.offset);
      frames.captured.push(frame.capturedLength);
      frames.original.push(frame.originalLength);
      frames.linkType.push(frame.linkType);
    }
    this.unreadLinkTypes.see(frame.linkType);
    decoder.decode(frame, number);
    this.takePacket(decoder.packet, row, number);
  }

  /** What comes before the first frame that has a time (blocks of pcapng may have none) came when that one did. */
  private noteTime({ seconds, nanoseconds }: FrameScratch, row: number): void {
    if (seconds === 0 && nanoseconds === 0) {
      this.untimed += 1;
      return;
    }
    this.untimed = -1;
    for (let before = 0; before < row; before += 1) {
      this.frames.seconds.write(before, seconds);
      this.frames.nanoseconds.write(before, nanoseconds);
    }
  }

  /** The end of the capture: streams are closed, and what waited behind holes comes out. */
  finish(): void {
    this.streams.end(this.frames.length);
    for (const association of this.associations.values()) association.end();
    this.associations.clear();
  }

  /**
   * What one direction of a TCP conversation went through; null where it ran without loss, repetition or disorder, and
   * while it may still go on (until some frames after its end, or the end of the capture).
   */
  statisticsOf(conversation: number, direction: 0 | 1): StreamStatistics | null {
    return this.statistics.get(2 * conversation + direction) ?? null;
  }

  /** See StreamOwner. */
  sinkOf(conversation: number): StreamSink {
    const { conversations } = this;
    const known = (direction: 0 | 1): boolean =>
      conversations.isnKnowledge(conversation, direction) >= ISN_ACKNOWLEDGED;
    return new Channel(this, conversation, 0, [known(0), known(1)]);
  }

  /** See StreamOwner. */
  settled(conversation: number, reassembler: TcpReassembler): void {
    for (const direction of [0, 1] as const) {
      const statistics = reassembler.statisticsOf(direction);
      if (isRemarkable(statistics)) this.statistics.set(2 * conversation + direction, statistics);
    }
  }

  /**
   * The lowest frame that brought bytes of which something may still come to light: they wait behind a hole, or for the
   * rest of a record or a message. Infinity where none do.
   */
  oldestHeldFrame(): number {
    // Which chunks wait in associations is not asked: those captures are rare.
    if (this.associations.size > 0) return 0;
    let oldest = Math.min(this.streams.oldestHeldFrame, this.pool.oldestHeldFrame);
    for (const app of this.clearApps) oldest = Math.min(oldest, app.oldestHeldFrame);
    return oldest;
  }

  get byteLength(): number {
    return (
      this.frames.byteLength +
      this.records.byteLength +
      this.spans.byteLength +
      this.conversations.byteLength +
      this.messages.byteLength +
      this.http2.byteLength +
      this.strings.byteLength +
      this.bodies.byteLength
    );
  }

  /** Adds a record row and chains it to its frame. */
  addRecord(
    conversation: number,
    connection: number,
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
    // What is 0 needs no writing: a row that was never written reads 0.
    if (keep) records.kept.write(row, this.bodies.intern(record.bytes, body, body + length));
    if (connection !== 0) records.connection.write(row, connection);
    if (record.headerLength !== TLS_HEADER) records.headerLength.write(row, record.headerLength);
    if (lost !== 0) records.lost.write(row, lost);
    if (this.messagesOnly) return;
    this.chainRecord(row, record.lastFrame);
    this.markFrames(record);
  }

  /** See ChannelHost. */
  noteLostBefore(length: number): void {
    this.records.lostBefore.write(this.records.length - 1, length);
  }

  /** See ChannelHost. */
  noteTail(length: number): void {
    this.records.tail.write(this.records.length - 1, length);
  }

  /** A frame brings bytes of a TLS stream. */
  markTls(frame: number): void {
    if (this.messagesOnly) return;
    const row = frame - 1;
    const flags = this.frames.flags.read(row);
    if ((flags & FRAME_TLS) !== 0) return;
    this.frames.flags.write(row, flags | FRAME_TLS);
    const name = this.datagramFrame === frame ? this.dtlsName : this.tlsName;
    this.frames.protocol.write(row, name);
  }

  /** Notes a SIP message in clear. `offset` is its place in the file, -1 where it is not one run of it. */
  addMessage(conversation: number, message: SipScratch, offset: number): void {
    if (this.options.sip?.take(conversation, message, message.frame, false) === true) return;
    const { messages, strings, bodies } = this;
    const keep = offset < 0 || message.derived || this.options.keepTexts;
    const text = keep ? bodies.intern(message.bytes, message.from, message.to) : null;
    const { frame } = message;
    addMessageRow({ messages, strings, conversation, frame, flags: 0, text, offset }, message);
  }

  /** See ChannelHost. */
  addHttp2(conversation: number, message: OtherScratch, offset: number): void {
    if (this.options.sip?.alone !== true)
      addHttp2Row(this.http2, message, conversation, message.frame, false, offset);
  }

  /** The innermost pair of endpoints makes the conversation: of a HEP datagram it is the one that HEP names. */
  private takeHepDatagram(packet: PacketScratch, row: number, number: number): boolean {
    const { frames, hep } = this;
    const { payload, payloadStart, payloadEnd } = packet;
    if (!decodeHep(payload, payloadStart, payloadEnd, hep)) return false;
    const offset = packet.pieces === 0 ? packet.payloadOffset + hep.from - payloadStart : -1;
    frames.conversation.write(row, this.takeHep(hep, number, offset));
    const direction = this.conversations.direction === 0 ? 0 : FRAME_DIRECTION;
    frames.flags.write(row, frames.flags.read(row) | FRAME_PAYLOAD | direction);
    return true;
  }

  /** What came inside HEP counts as the conversation of the endpoints that it names; returns that conversation. */
  takeHep(hep: HepPacket, frame: number, offset: number): number {
    const { hepCarried: carried, conversations, datagramSink } = this;
    carried.kind =
      hep.ipProtocol === 6 ? PACKET_SEGMENT : hep.ipProtocol === 132 ? PACKET_SCTP : PACKET_DATAGRAM;
    carried.ipVersion = hep.ipVersion;
    carried.addresses.set(hep.addresses);
    carried.sourcePort = hep.sourcePort;
    carried.destinationPort = hep.destinationPort;
    carried.payloadStart = hep.from;
    carried.payloadEnd = hep.to;
    const conversation = conversations.lookup(carried, frame);
    const { direction } = conversations;
    const code = detectDatagramProtocol(hep.bytes, hep.from, hep.to);
    const unread = hep.compressed ? 'HEP3, compressed' : (HEP_REPORTS.get(hep.protocolType) ?? 'HEP3');
    const name = this.protocols.idOf(code === PROTOCOL_UNKNOWN ? unread : protocolName(code));
    this.frames.protocol.write(frame - 1, name);
    if (this.isKnown(code, conversation, direction, hep.bytes, hep.from))
      this.clearProtocol.write(conversation, name);
    if (code !== PROTOCOL_SIP) return conversation;
    datagramSink.conversation = conversation;
    // Several packets may come in one segment: their messages are kept, not cut from the frame.
    datagramSink.beginUnit(frame, offset);
    this.datagrams.chunk(direction, hep.bytes, hep.from, hep.to, frame, frame);
    return conversation;
  }

  makeFramer(sink: RecordSink, startKnown: boolean): RecordFramer {
    return new RecordFramer(sink, this.pool, this.scratch, startKnown);
  }

  private takePacket(packet: PacketScratch, row: number, number: number): void {
    const { frames, conversations } = this;
    if (!this.messagesOnly) frames.protocol.write(row, this.protocols.idOf(packet.protocol));
    if (packet.kind === PACKET_MALFORMED) {
      frames.flags.write(row, FRAME_MALFORMED);
      return;
    }
    if (packet.datagramId !== 0) this.joinFragment(packet, row, number);
    // What a datagram carries is there with its last fragment; the frames before it say that they wait for this one.
    if (packet.pieces > 0) packet.pieceFrames.fill(number, 0, packet.pieces);
    if (packet.kind === PACKET_DATAGRAM) {
      if (this.takeHepDatagram(packet, row, number)) return;
      this.turn.unwrap(packet);
    }
    const conversation = conversations.lookup(packet, number);
    if (conversation < 0) return;
    frames.conversation.write(row, conversation);
    const { direction } = conversations;
    let flags = frames.flags.read(row) | (direction === 0 ? 0 : FRAME_DIRECTION);
    if (packet.payloadEnd > packet.payloadStart || packet.payloadMissing > 0) flags |= FRAME_PAYLOAD;
    frames.flags.write(row, flags);
    if (packet.kind === PACKET_SEGMENT) this.takeSegment(packet, conversation, direction, row, number);
    else if (packet.kind === PACKET_DATAGRAM) this.takeDatagram(packet, conversation, direction, row, number);
    else if (packet.kind === PACKET_SCTP) this.takeChunks(packet, conversation, direction, row, number);
  }

  private takeSegment(
    packet: PacketScratch,
    conversation: number,
    direction: 0 | 1,
    row: number,
    number: number,
  ): void {
    const { streams } = this;
    const outcome = streams.segment(conversation, direction, packet, number);
    if (outcome === SEGMENT_DUPLICATE) {
      this.frames.link.write(row, streams.duplicateOf);
      this.frames.flags.write(row, this.frames.flags.read(row) | FRAME_DUPLICATE);
    } else if (outcome === SEGMENT_KEEP_ALIVE) {
      this.frames.flags.write(row, (this.frames.flags.read(row) | FRAME_KEEP_ALIVE) & ~FRAME_PAYLOAD);
    }
  }

  /** The DATA chunks of one SCTP packet. */
  private takeChunks(
    packet: PacketScratch,
    conversation: number,
    direction: 0 | 1,
    row: number,
    number: number,
  ): void {
    if (packet.sctpFlags < 0) return;
    let association = this.associations.get(conversation);
    if (association === undefined) {
      association = new SctpAssociation(this, conversation);
      this.associations.set(conversation, association);
    }
    let repeated = 0;
    let fresh = false;
    do {
      const outcome = association.data(direction, packet, number);
      if (outcome === SEGMENT_DUPLICATE) repeated = association.duplicateOf(direction);
      else fresh = true;
    } while (this.decoder.nextChunk());
    if (fresh || repeated === 0) return;
    this.frames.link.write(row, repeated);
    this.frames.flags.write(row, this.frames.flags.read(row) | FRAME_DUPLICATE);
  }

  private takeDatagram(
    packet: PacketScratch,
    conversation: number,
    direction: 0 | 1,
    row: number,
    number: number,
  ): void {
    const { payload, payloadStart, payloadEnd } = packet;
    this.datagramFrame = number;
    if (this.dtls.take(packet, conversation, direction, number)) return;
    const code = detectDatagramProtocol(payload, payloadStart, payloadEnd);
    if (code === PROTOCOL_UNKNOWN || code === PROTOCOL_NEEDS_MORE) return;
    const name = this.protocols.idOf(protocolName(code));
    this.frames.protocol.write(row, name);
    if (this.isKnown(code, conversation, direction, payload, payloadStart))
      this.clearProtocol.write(conversation, name);
    if (code !== PROTOCOL_SIP) return;
    this.datagramSink.conversation = conversation;
    this.datagramSink.beginUnit(number, packet.pieces === 0 ? packet.payloadOffset : -1);
    this.datagrams.chunk(direction, payload, payloadStart, payloadEnd, number, number);
  }

  /** Whether a datagram's bytes say what its conversation speaks: one that looks like media alone does not. */
  private isKnown(
    code: number,
    conversation: number,
    direction: 0 | 1,
    bytes: Uint8Array,
    from: number,
  ): boolean {
    if (code === PROTOCOL_RTP) return this.media.seeRtp(conversation, direction, bytes, from);
    if (code === PROTOCOL_RTCP) return this.media.seeRtcp(conversation, direction, bytes, from);
    return code !== PROTOCOL_UNKNOWN;
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

/** What agents send beside messages, as JSON: HEP's protocol types. */
const HEP_REPORTS: ReadonlyMap<number, string> = new Map([
  [5, 'HEP3, RTCP report'],
  [34, 'HEP3, RTP report'],
  [35, 'HEP3, RTP report'],
  [100, 'HEP3, log'],
]);
const TLS_HEADER = 5;
const APPLICATION_DATA = 23;
/** Bodies of handshakes are kept up to this much; behind it they are read from the file again. */
const MOST_KEPT = 512 * 1024 * 1024;
const MOST_DATAGRAMS = 4096;
const MOST_FRAGMENTS = 64;

/** Whether a direction has anything to tell beyond its bytes. */
function isRemarkable(statistics: StreamStatistics): boolean {
  const { retransmittedSegments, outOfOrderSegments, holes, snappedSegments, lateSegments } = statistics;
  const { straySegments, differingSegments, zeroWindows, zeroWindowProbes, keepAlives } = statistics;
  const sum = retransmittedSegments + outOfOrderSegments + holes + snappedSegments + lateSegments;
  return sum + straySegments + differingSegments + zeroWindows + zeroWindowProbes + keepAlives > 0;
}
