import { createHepPacket, decodeHep } from '../../app/hep/hep-reader.ts';
import { createFrameScratch } from '../../capture/frame-scratch.ts';
import { PacketDecoder } from '../../net/decode-packet.ts';
import { PACKET_DATAGRAM, type PacketScratch } from '../../net/packet.ts';
import { turnData } from '../../net/turn-relay.ts';
import type { Analysis } from '../analysis.ts';

export type Carrier = '' | 'TURN' | 'HEP';

/** Reads the packets of frames again, one after the other in order, into one buffer. */
export class MediaPackets {
  private readonly analysis: Analysis;
  private readonly decoder = new PacketDecoder();
  private readonly frame = createFrameScratch();
  /** What carried the datagram that was read last; empty where nothing did. */
  carrier: Carrier = '';
  private readonly hep = createHepPacket();
  private buffer = new Uint8Array(2048);

  constructor(analysis: Analysis) {
    this.analysis = analysis;
  }

  /**
   * The UDP datagram that is complete in a frame, good until the next call; null where there is none, or its file is
   * gone. Fragments have to be read, too, in order, for the datagram to come together. Of HEP and TURN its payload is what
   * they carry.
   */
  read(row: number): PacketScratch | null {
    const { structure, ports } = this.analysis;
    const { frames } = structure;
    const captured = frames.captured.read(row);
    if (captured > this.buffer.length) this.buffer = new Uint8Array(2 * captured);
    if (!ports.store.read(frames.file.read(row), frames.offset.read(row), captured, this.buffer, 0))
      return null;
    const { frame, decoder } = this;
    frame.bytes = this.buffer;
    frame.start = 0;
    frame.capturedLength = captured;
    frame.originalLength = frames.original.read(row);
    frame.linkType = frames.linkType.read(row);
    frame.offset = frames.offset.read(row);
    frame.seconds = frames.seconds.read(row);
    frame.nanoseconds = frames.nanoseconds.read(row);
    decoder.decode(frame, row + 1);
    const { packet } = decoder;
    if (packet.kind !== PACKET_DATAGRAM) return null;
    this.unwrap(packet);
    return packet;
  }

  private unwrap(packet: PacketScratch): void {
    const { payload, payloadStart, payloadEnd } = packet;
    const { hep } = this;
    const isHep = decodeHep(payload, payloadStart, payloadEnd, hep);
    const inner = isHep
      ? { from: hep.from, to: hep.to, missing: 0 }
      : turnData(payload, payloadStart, payloadEnd, packet.payloadMissing);
    this.carrier = inner === null ? '' : isHep ? 'HEP' : 'TURN';
    if (inner === null) return;
    packet.payloadStart = inner.from;
    packet.payloadEnd = inner.to;
    packet.payloadMissing = inner.missing;
  }
}
