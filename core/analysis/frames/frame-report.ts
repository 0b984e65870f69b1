import { describeUtcTime } from '../../bytes/utc-time.ts';
import { createFrameScratch } from '../../capture/frame-scratch.ts';
import { describeBlock, isBlockLinkType } from '../../capture/captured-block.ts';
import type { FrameScratch } from '../../capture/frame.ts';
import { formatDestination, formatEndpoint, formatSource } from '../../net/addresses.ts';
import { PacketDecoder } from '../../net/decode-packet.ts';
import {
  PACKET_DATAGRAM,
  PACKET_FRAGMENT,
  PACKET_MALFORMED,
  PACKET_SEGMENT,
  TCP_ACK,
  TCP_FIN,
  TCP_PSH,
  TCP_RST,
  TCP_SYN,
} from '../../net/packet.ts';
import {
  FRAME_AWAITING,
  FRAME_DIRECTION,
  FRAME_DUPLICATE,
  FRAME_FRAGMENT,
  FRAME_KEEP_ALIVE,
} from '../../store/frame-table.ts';
import { VERDICT_DECRYPTED } from '../../store/record-table.ts';
import {
  type CauseId,
  type DecoderState,
  type FrameVerdictId,
  namesOfState,
  type StateFlag,
} from '../../verdict.ts';
import type { Analysis } from '../analysis.ts';
import { addressOf } from '../conversations/endpoint-address.ts';
import { causeOfFrame, frameVerdictOf } from './frame-verdicts.ts';
import { decodeLinkEnds, describeArp } from './link-ends.ts';
import { SecuredMedia } from '../media/media-secured.ts';
import { type Http2FrameReport, Http2Index } from '../messages/http2-index.ts';
import type { MessageIndex } from '../messages/message-index.ts';
import { describeRecord, type RecordReport, reportRecord } from '../record-report.ts';

/** One frame as the contract's `frames --json` gives it. */
export interface FrameReport {
  readonly frame: number;
  readonly file?: string;
  readonly frameInFile?: number;
  readonly time: string;
  readonly length: number;
  readonly captured: number;
  readonly source: string;
  readonly destination: string;
  readonly protocol: string;
  readonly info: string;
  readonly conversation: number | null;
  readonly verdict: FrameVerdictId;
  readonly cause: CauseId | null;
  readonly otherCauses: readonly CauseId[];
  readonly state: number | null;
  readonly stateFlags: readonly StateFlag[];
  readonly decoder: DecoderState | null;
  readonly completedIn?: number;
  readonly duplicateOf?: number;
  /** HTTP/2 frames that end in this one. */
  readonly http2?: readonly Http2FrameReport[];
  readonly records: readonly RecordReport[];
  readonly sip: readonly string[];
}

export interface FrameReportOptions {
  readonly plaintext: boolean;
  readonly files: readonly string[] | null;
  /** The texts of its SIP messages, where they are at hand. */
  readonly sip?: readonly string[];
}

/** Says what became of single frames; reads their bytes again where the index does not hold what is asked. */
export class FrameReporter {
  private readonly analysis: Analysis;
  private readonly messages: MessageIndex;
  private readonly frame: FrameScratch = createFrameScratch();
  private readonly decoder = new PacketDecoder();
  private inFile = new Uint32Array(0);
  private readonly endpoints = new Map<number, string>();
  private readonly secured: SecuredMedia;
  readonly http2: Http2Index;

  constructor(analysis: Analysis, messages: MessageIndex) {
    this.analysis = analysis;
    this.messages = messages;
    this.http2 = new Http2Index(analysis);
    this.secured = new SecuredMedia(analysis, messages, this);
  }

  report(number: number, options: FrameReportOptions): FrameReport {
    const { frames } = this.analysis.structure;
    const row = number - 1;
    const flags = frames.flags.read(row);
    const records = this.recordsOf(number);
    const reports = records.map((record) => reportRecord(this.analysis, record, options.plaintext));
    const last = reports.at(-1) ?? null;
    const cause = causeOfFrame(frames, row);
    const others = new Set<CauseId>();
    for (const report of reports)
      for (const other of [report.cause, ...report.otherCauses])
        if (other !== null && other !== cause) others.add(other);
    const ends = this.endpointsOf(number);
    const conversation = frames.conversation.read(row);
    const link = frames.link.read(row);
    const { files } = options;
    const http2 = this.http2.reportsOf(number);
    return {
      frame: number,
      ...(files === null
        ? {}
        : { file: files[frames.file.read(row)] ?? '', frameInFile: this.numberInFile(number) }),
      time: this.timeOf(number),
      length: frames.original.read(row),
      captured: frames.captured.read(row),
      source: ends.source,
      destination: ends.destination,
      protocol: this.protocolOf(number, true),
      info: this.infoOf(number),
      conversation: conversation < 0 ? null : conversation,
      verdict: frameVerdictOf(frames.verdict.read(row)),
      cause,
      otherCauses: [...others],
      state: last === null ? null : last.state,
      stateFlags: last === null ? [] : namesOfState(last.state),
      decoder: last === null ? null : last.decoder,
      ...((flags & FRAME_AWAITING) !== 0 ? { completedIn: link } : {}),
      ...((flags & FRAME_DUPLICATE) !== 0 && link > 0 ? { duplicateOf: link } : {}),
      ...(http2.length > 0 ? { http2 } : {}),
      records: reports,
      sip: options.sip ?? this.sipOf(number),
    };
  }

  /** Record rows that are complete in a frame, in order. */
  recordsOf(number: number): number[] {
    const { frames, records } = this.analysis.structure;
    const rows: number[] = [];
    for (let next = frames.firstRecord.read(number - 1); next !== 0; next = records.next.read(next - 1))
      rows.push(next - 1);
    return rows;
  }

  timeOf(number: number): string {
    const { frames } = this.analysis.structure;
    const nanoseconds = String(frames.nanoseconds.read(number - 1)).padStart(9, '0');
    return `${frames.seconds.read(number - 1)}.${nanoseconds}`;
  }

  utcTimeOf(number: number): string {
    const { frames } = this.analysis.structure;
    return describeUtcTime(frames.seconds.read(number - 1), frames.nanoseconds.read(number - 1));
  }

  /** Seconds since the first frame. */
  relativeTimeOf(number: number): number {
    const { frames } = this.analysis.structure;
    const seconds = frames.seconds.read(number - 1) - frames.seconds.read(0);
    return seconds + (frames.nanoseconds.read(number - 1) - frames.nanoseconds.read(0)) / 1e9;
  }

  endpointsOf(number: number): { readonly source: string; readonly destination: string } {
    const { frames } = this.analysis.structure;
    const conversation = frames.conversation.read(number - 1);
    if (conversation >= 0) {
      const direction = (frames.flags.read(number - 1) & FRAME_DIRECTION) === 0 ? 0 : 1;
      return {
        source: this.endpointOf(conversation, direction),
        destination: this.endpointOf(conversation, direction === 0 ? 1 : 0),
      };
    }
    const frame = this.scratchOf(number);
    if (frame === null) return { source: '', destination: '' };
    const link = decodeLinkEnds(this.decoder, frame, number);
    if (link !== null) return { source: link[0], destination: link[1] };
    const { packet } = this.decoder;
    return { source: formatSource(packet), destination: formatDestination(packet) };
  }

  /** "address:port" of one end of a conversation. */
  endpointOf(conversation: number, endpoint: 0 | 1): string {
    const key = 2 * conversation + endpoint;
    const known = this.endpoints.get(key);
    if (known !== undefined) return known;
    const made = this.formatEndpointOf(conversation, endpoint);
    if (this.endpoints.size >= MOST_ENDPOINTS) this.endpoints.clear();
    this.endpoints.set(key, made);
    return made;
  }

  private formatEndpointOf(conversation: number, endpoint: 0 | 1): string {
    const { conversations } = this.analysis.structure;
    const address = addressOf(conversations, conversation, endpoint);
    return formatEndpoint(address, conversations.ports.read(2 * conversation + endpoint));
  }

  /** `thorough`: SRTP is told from RTP even where that means to read every session description first. */
  protocolOf(number: number, thorough = false): string {
    const { structure, opening } = this.analysis;
    const { frames, records } = structure;
    const own = structure.protocols.nameOf(frames.protocol.read(number - 1));
    const conversation = frames.conversation.read(number - 1);
    if (own === 'RTP' || own === 'RTCP') return this.mediaProtocolOf(own, conversation, thorough);
    if (own !== 'TLS' && own !== 'DTLS') return own;
    const inner = opening.openedProtocol.read(conversation);
    if (inner === 0) return own;
    for (const record of this.recordsOf(number))
      if (
        records.verdict.read(record) === VERDICT_DECRYPTED &&
        records.innerType.read(record) === APPLICATION_DATA
      )
        return `${structure.protocols.nameOf(inner)}/${own}`;
    return own;
  }

  /**
   * "SRTP" and "SRTCP" where that is known of a conversation that looks like RTP or RTCP; "UDP" where neither its packets nor
   * a description say that it is media.
   */
  mediaProtocolOf(looksLike: 'RTP' | 'RTCP', conversation: number, thorough: boolean): string {
    if (conversation < 0) return looksLike;
    if (this.secured.isSecured(conversation, thorough)) return `S${looksLike}`;
    const isMedia =
      this.analysis.structure.media.isConfirmed(conversation) ||
      this.secured.isDescribed(conversation, thorough);
    return isMedia ? looksLike : 'UDP';
  }

  infoOf(number: number): string {
    const { frames } = this.analysis.structure;
    const row = number - 1;
    const flags = frames.flags.read(row);
    const lines = [...this.startLinesOf(number), ...this.http2.labelsOf(number)];
    const parts: string[] = [];
    let data = 0;
    for (const record of this.recordsOf(number)) {
      const words = this.wordsOf(record);
      if (words === 'Application Data' && lines.length > 0) data += 1;
      else parts.push(words);
    }
    if (lines.length > 0) parts.push(...lines);
    else if (data > 0) parts.push(...Array.from({ length: data }, () => 'Application Data'));
    if (parts.length > 0) return parts.join(', ');
    if ((flags & FRAME_DUPLICATE) !== 0) return `Retransmission of frame ${frames.link.read(row)}`;
    if ((flags & FRAME_FRAGMENT) !== 0)
      return `Fragmented IP datagram${(flags & FRAME_AWAITING) === 0 ? '' : `, complete in frame ${frames.link.read(row)}`}`;
    if ((flags & FRAME_AWAITING) !== 0)
      return `Part of a record that is complete in frame ${frames.link.read(row)}`;
    if ((flags & FRAME_KEEP_ALIVE) !== 0) return 'TCP keep-alive';
    return this.packetInfo(number);
  }

  private wordsOf(record: number): string {
    const { inner } = this.analysis;
    const words = describeRecord(this.analysis, record);
    const inside = inner.recordsIn(record);
    const { analysis } = inner;
    if (analysis === null || words !== 'Application Data') return words;
    const told = inside.map((row) => describeRecord(analysis, row)).filter((text) => text !== words);
    return told.length === 0 ? words : `Inside: ${told.join(', ')}`;
  }

  startLinesOf(number: number): string[] {
    const lines: string[] = [];
    for (
      let at = this.messages.firstAt(number);
      at < this.messages.length && this.messages.frameOf(at) === number;
      at += 1
    ) {
      const view = this.messages.view(at);
      if (view !== null) lines.push(view.startLine);
    }
    return lines;
  }

  sipOf(number: number): string[] {
    const texts: string[] = [];
    for (
      let at = this.messages.firstAt(number);
      at < this.messages.length && this.messages.frameOf(at) === number;
      at += 1
    )
      texts.push(this.messages.textOf(at) ?? '');
    return texts;
  }

  /** The bytes of a frame, read again; null where its file is gone. */
  bytesOf(number: number): Uint8Array | null {
    const { frames } = this.analysis.structure;
    const row = number - 1;
    const bytes = new Uint8Array(frames.captured.read(row));
    const file = frames.file.read(row);
    return this.analysis.ports.store.read(file, frames.offset.read(row), bytes.length, bytes, 0)
      ? bytes
      : null;
  }

  /** The frame read again into a scratch that is reused; null where its file is gone. */
  scratchOf(number: number): FrameScratch | null {
    const { frames } = this.analysis.structure;
    const row = number - 1;
    const bytes = this.bytesOf(number);
    if (bytes === null) return null;
    const { frame } = this;
    frame.bytes = bytes;
    frame.start = 0;
    frame.capturedLength = bytes.length;
    frame.originalLength = frames.original.read(row);
    frame.linkType = frames.linkType.read(row);
    frame.offset = frames.offset.read(row);
    frame.seconds = frames.seconds.read(row);
    frame.nanoseconds = frames.nanoseconds.read(row);
    return frame;
  }

  numberInFile(number: number): number {
    const { frames } = this.analysis.structure;
    if (this.inFile.length < frames.length) {
      const counts: number[] = [];
      this.inFile = new Uint32Array(frames.length);
      for (let row = 0; row < frames.length; row += 1) {
        const file = frames.file.read(row);
        counts[file] = (counts[file] ?? 0) + 1;
        this.inFile[row] = counts[file];
      }
    }
    return this.inFile[number - 1] ?? 0;
  }

  private decode(number: number): PacketDecoder['packet'] | null {
    const frame = this.scratchOf(number);
    if (frame === null) return null;
    this.decoder.decode(frame, number);
    return this.decoder.packet;
  }

  private packetInfo(number: number): string {
    const packet = this.decode(number);
    if (packet === null) return '';
    const length = packet.payloadEnd - packet.payloadStart + packet.payloadMissing;
    switch (packet.kind) {
      case PACKET_SEGMENT:
        return `${packet.sourcePort} → ${packet.destinationPort} [${flagNames(packet.tcpFlags)}] Seq=${packet.sequence} Ack=${packet.acknowledgement} Win=${packet.tcpWindow} Len=${length}`;
      case PACKET_DATAGRAM:
        return `${packet.sourcePort} → ${packet.destinationPort} Len=${length}`;
      case PACKET_MALFORMED:
        return `Malformed ${packet.faultLayer}: ${packet.fault}`;
      case PACKET_FRAGMENT:
        return 'Fragmented IP datagram';
      default:
        if (isBlockLinkType(this.frame.linkType))
          return describeBlock(this.frame.linkType, packet.payload, 0, packet.payload.length);
        if (packet.protocol !== 'ARP') return packet.protocol;
        return describeArp(packet.payload, packet.payloadStart, packet.payloadEnd) || packet.protocol;
    }
  }
}

function flagNames(flags: number): string {
  const names: string[] = [];
  if ((flags & TCP_FIN) !== 0) names.push('FIN');
  if ((flags & TCP_SYN) !== 0) names.push('SYN');
  if ((flags & TCP_RST) !== 0) names.push('RST');
  if ((flags & TCP_PSH) !== 0) names.push('PSH');
  if ((flags & TCP_ACK) !== 0) names.push('ACK');
  return names.join(', ');
}

const APPLICATION_DATA = 23;
const MOST_ENDPOINTS = 20_000;
