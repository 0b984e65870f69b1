import { describeBlock, isBlockLinkType } from '../../capture/captured-block.ts';
import { describeTcpFlags } from '../../net/describe-transport.ts';
import { PACKET_DATAGRAM, PACKET_FRAGMENT, PACKET_MALFORMED, PACKET_SEGMENT } from '../../net/packet.ts';
import {
  FRAME_AWAITING,
  FRAME_DUPLICATE,
  FRAME_FRAGMENT,
  FRAME_KEEP_ALIVE,
} from '../../store/frame-table.ts';
import type { Analysis } from '../analysis.ts';
import type { MessageIndex } from '../messages/message-index.ts';
import { describeRecord } from '../record-report.ts';
import type { FrameReporter } from './frame-report.ts';
import { describeArp } from './link-ends.ts';

/** Says in one line what is in a frame. */
export class FrameInfo {
  private readonly analysis: Analysis;
  private readonly messages: MessageIndex;
  private readonly frames: FrameReporter;

  constructor(analysis: Analysis, messages: MessageIndex, frames: FrameReporter) {
    this.analysis = analysis;
    this.messages = messages;
    this.frames = frames;
  }

  of(number: number): string {
    const { frames } = this.analysis.structure;
    const row = number - 1;
    const flags = frames.flags.read(row);
    const lines = [...this.startLinesOf(number), ...this.frames.http2.labelsOf(number)];
    const parts: string[] = [];
    for (const record of this.frames.recordsOf(number)) {
      const words = this.wordsOf(record);
      // What is in the data says more.
      if (words !== 'Application Data' || lines.length === 0) parts.push(words);
    }
    parts.push(...lines);
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

  private startLinesOf(number: number): string[] {
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

  private packetInfo(number: number): string {
    const packet = this.frames.reread.packetOf(number);
    if (packet === null) return '';
    const linkType = this.analysis.structure.frames.linkType.read(number - 1);
    const length = packet.payloadEnd - packet.payloadStart + packet.payloadMissing;
    switch (packet.kind) {
      case PACKET_SEGMENT:
        return `${packet.sourcePort} → ${packet.destinationPort} [${describeTcpFlags(packet.tcpFlags)}] Seq=${packet.sequence} Ack=${packet.acknowledgement} Win=${packet.tcpWindow} Len=${length}`;
      case PACKET_DATAGRAM:
        return `${packet.sourcePort} → ${packet.destinationPort} Len=${length}`;
      case PACKET_MALFORMED:
        return `Malformed ${packet.faultLayer}: ${packet.fault}`;
      case PACKET_FRAGMENT:
        return 'Fragmented IP datagram';
      default:
        if (isBlockLinkType(linkType))
          return describeBlock(linkType, packet.payload, 0, packet.payload.length);
        if (packet.protocol !== 'ARP') return packet.protocol;
        return describeArp(packet.payload, packet.payloadStart, packet.payloadEnd) || packet.protocol;
    }
  }
}
