import { createAppStream } from '../app/app-stream.ts';
import type { AppSink, AppStream, InflatePort, OtherScratch, SipScratch } from '../app/events.ts';
import { HEP_MAGIC, HepStreamReader, type HepPacket } from '../app/hep/hep-reader.ts';
import type { FrameTable, ProtocolNames } from '../store/frame-table.ts';
import type { Uint8Column } from '../store/columns.ts';
import type { Float64Column } from '../store/columns.ts';
import {
  RECORD_AFTER_GAP,
  RECORD_DAMAGED,
  RECORD_ENDED,
  RECORD_HEADERLESS,
  RECORD_PARTIAL,
  RECORD_SNAPPED,
} from '../store/record-table.ts';
import type { GapReason, StreamSink } from '../stream/events.ts';
import type { RecordFramer } from '../tls/record-framer.ts';
import { type LossReason, RecordScratch, type RecordSink } from '../tls/record-sink.ts';
import type { GapTable } from './gap-table.ts';
import type { SipSink } from './messages/sip-sink.ts';

/** The tables into which channels write what they find. */
export interface ChannelHost {
  readonly frames: FrameTable;
  readonly protocols: ProtocolNames;
  readonly clearProtocol: Uint8Column;
  readonly tlsDirections: Uint8Column;
  readonly unseenAcknowledged: Float64Column;
  readonly gaps: GapTable;
  readonly options: { readonly inflate: InflatePort | null; readonly sip: SipSink | null };
  readonly clearApps: Set<AppStream>;
  makeFramer(sink: RecordSink, startKnown: boolean): RecordFramer;
  addRecord(
    conversation: number,
    connection: number,
    direction: 0 | 1,
    flags: number,
    record: RecordScratch,
    length: number,
    lost: number,
  ): void;
  /** The record added last is partial, and so many bytes were lost before it. */
  noteLostBefore(length: number): void;
  /** The record added last is partial, and this many bytes of its end are there. */
  noteTail(length: number): void;
  addMessage(conversation: number, message: SipScratch, offset: number): void;
  /** An HTTP/2 frame, or a part of a body; `offset` as of messages. */
  addHttp2(conversation: number, message: OtherScratch, offset: number): void;
  /** A packet that came inside HEP; `offset` is the place of its payload in the file, -1 where it is not one run. */
  takeHep(packet: HepPacket, frame: number, offset: number): number;
}

/**
 * One pair of byte streams: cuts them into TLS records, and reads what is spoken in clear. A TCP conversation has one,
 * an SCTP association one for each pair of streams (RFC 3436 §2): `connection` numbers them from 0.
 */
export class Channel implements StreamSink {
  private readonly host: ChannelHost;
  private readonly conversation: number;
  private readonly framers: readonly [RecordFramer, RecordFramer];
  private app: AppStream | null = null;
  private clear: ClearSink | null = null;
  private hep: [HepStreamReader | null, HepStreamReader | null] | null = null;
  private begun = false;
  /** Bit per direction. */
  private ended = 0;

  /** `startKnown`: per direction, whether its first byte is known to be the first of its stream. */
  constructor(
    host: ChannelHost,
    conversation: number,
    connection: number,
    startKnown: readonly [boolean, boolean],
  ) {
    this.host = host;
    this.conversation = conversation;
    const framer = (direction: 0 | 1): RecordFramer =>
      host.makeFramer(
        new DirectionSink(host, this, conversation, connection, direction),
        startKnown[direction],
      );
    this.framers = [framer(0), framer(1)];
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
    const { host, conversation } = this;
    host.gaps.add(conversation, direction, length, reason, before, after);
    // Behind the last byte that was captured only acknowledgements tell that there was more.
    if (after === 0 && reason === 'lost') host.unseenAcknowledged.add(2 * conversation + direction, length);
    this.framers[direction].gap(length, position, reason, before, after);
  }

  /** An unknown number of bytes is missing: `length` breaks the framing, and is no measure of the loss. */
  breakFraming(direction: 0 | 1, length: number, position: number, before: number, after: number): void {
    this.framers[direction].gap(length, position, 'lost', before, after);
  }

  closed(direction: 0 | 1): void {
    this.framers[direction].closed();
    if (this.app === null) return;
    this.app.end(direction);
    this.ended |= 1 << direction;
    if (this.ended === 3) this.host.clearApps.delete(this.app);
  }

  plain(direction: 0 | 1, bytes: Uint8Array, from: number, to: number, offset: number, frame: number): void {
    if (!this.begun) {
      this.begun = true;
      if (HEP_MAGIC.every((byte, at) => bytes[from + at] === byte)) this.hep = [null, null];
    }
    if (this.hep !== null) return this.plainHep(this.hep, direction, bytes, from, to, offset, frame);
    if (this.app === null || this.clear === null) {
      this.clear = new ClearSink(this.host, this.conversation);
      this.app = createAppStream(this.clear, 'stream', this.host.options.inflate);
      if (this.host.options.sip !== null) this.host.clearApps.add(this.app);
    }
    this.clear.beginUnit(frame, offset);
    this.app.chunk(direction, bytes, from, to, frame, frame);
  }

  plainGap(direction: 0 | 1): void {
    this.hep?.[direction]?.gap();
    this.app?.gap(direction);
  }

  private plainHep(
    readers: [HepStreamReader | null, HepStreamReader | null],
    direction: 0 | 1,
    bytes: Uint8Array,
    from: number,
    to: number,
    offset: number,
    frame: number,
  ): void {
    const { host, conversation } = this;
    const reader = (readers[direction] ??= new HepStreamReader((packet, last, at) => {
      host.clearProtocol.write(conversation, host.protocols.idOf('HEP3'));
      host.takeHep(packet, last, at);
    }));
    const name = host.protocols.idOf('HEP3');
    host.frames.protocol.write(frame - 1, name);
    reader.chunk(bytes, from, to, offset, frame);
  }
}

/** SIP and other messages that travel in clear. */
export class ClearSink implements AppSink {
  conversation: number;
  private readonly host: ChannelHost;
  private unit = 0;
  private unitOffset = -1;

  constructor(host: ChannelHost, conversation: number) {
    this.host = host;
    this.conversation = conversation;
  }

  /** Bytes of `frame` begin at file offset `offset`; a second run of one frame makes its messages not one run. */
  beginUnit(frame: number, offset: number): void {
    this.unitOffset = this.unit === frame ? -1 : offset;
    this.unit = frame;
  }

  sip(message: SipScratch): void {
    this.host.addMessage(this.conversation, message, this.offsetOf(message));
  }

  /** The place of a message in the file, -1 where it is not one run of it. */
  private offsetOf(message: SipScratch | OtherScratch): number {
    const oneRun = message.firstUnit === message.lastUnit && message.firstUnit === this.unit;
    return oneRun && this.unitOffset >= 0 ? this.unitOffset + message.offsetInFirst : -1;
  }

  other(message: OtherScratch): void {
    if (message.kind === 'data') return;
    if (message.kind === 'http2') this.host.addHttp2(this.conversation, message, this.offsetOf(message));
    // Line ends alone are SIP's keep-alive only where nothing else is spoken.
    const spoken = this.host.clearProtocol.read(this.conversation);
    if (message.kind === 'keep-alive' && spoken > 0)
      this.host.frames.protocol.write(message.frame - 1, spoken);
    else this.name(message.frame, NAME_OF_KIND[message.kind]);
  }

  protocol(name: string, unit: number): void {
    if (name === 'data' || name === '') return;
    this.name(unit, name);
    this.host.clearProtocol.write(this.conversation, this.host.protocols.idOf(name));
  }

  private name(frame: number, name: string): void {
    this.host.frames.protocol.write(frame - 1, this.host.protocols.idOf(name));
  }
}

/** What the framer of one direction announces becomes rows. */
class DirectionSink implements RecordSink {
  private readonly host: ChannelHost;
  private readonly channel: Channel;
  private readonly conversation: number;
  private readonly connection: number;
  private readonly direction: 0 | 1;
  /** Frames whose bytes were taken for another protocol's, until TLS shows. */
  private plainFrames: { frame: number; offset: number; length: number }[] = [];
  private damage = false;

  constructor(
    host: ChannelHost,
    channel: Channel,
    conversation: number,
    connection: number,
    direction: 0 | 1,
  ) {
    this.host = host;
    this.channel = channel;
    this.conversation = conversation;
    this.connection = connection;
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
    if (record.type < 0) {
      // No record counts these bytes: they are as good as lost.
      this.add(flags, record, record.present, record.missing + record.present);
      return;
    }
    this.add(flags, record, record.length, record.missing);
    if (record.lostBefore > 0) this.host.noteLostBefore(record.lostBefore);
    const last = record.holeCount - 1;
    const behind = (record.holeOffsets[last] ?? 0) + (record.holeLengths[last] ?? 0);
    const whole = record.present === record.headerLength + record.length;
    if (last >= 0 && whole) this.host.noteTail(Math.min(record.length, record.present - behind));
  }

  damaged(): void {
    this.damage = true;
  }

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
    const { host, conversation } = this;
    const known = host.tlsDirections.read(conversation);
    host.tlsDirections.write(conversation, known | (1 << this.direction));
    if (how === 'mid-stream')
      for (const { frame, offset, length } of this.plainFrames)
        this.addHeaderless(RECORD_PARTIAL | RECORD_HEADERLESS, frame, offset, length);
    this.plainFrames = [];
  }

  private add(flags: number, record: RecordScratch, length: number, lost: number): void {
    this.host.addRecord(this.conversation, this.connection, this.direction, flags, record, length, lost);
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

const NAME_OF_KIND = {
  http: 'HTTP',
  http2: 'HTTP/2',
  websocket: 'WebSocket',
  msrp: 'MSRP',
  'keep-alive': 'SIP',
} as const;
const MOST_PLAIN_FRAMES = 64;
const HEADERLESS = new RecordScratch();
HEADERLESS.type = -1;
HEADERLESS.spanCount = 1;
