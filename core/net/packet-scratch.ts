import { PACKET_OTHER, type PacketScratch } from './packet.ts';

/** A datagram of 65,535 bytes in the smallest fragments of 8 bytes has this many; more pieces are never kept. */
export const MOST_PIECES = 8192;

/** An empty packet to be filled by a PacketDecoder (or a test). */
export function createPacketScratch(): PacketScratch {
  return {
    kind: PACKET_OTHER,
    ipVersion: 0,
    addresses: new Uint32Array(ADDRESS_WORDS),
    ipProtocol: -1,
    sourcePort: 0,
    destinationPort: 0,
    sequence: 0,
    acknowledgement: 0,
    tcpFlags: 0,
    tcpWindow: 0,
    payload: new Uint8Array(0),
    payloadStart: 0,
    payloadEnd: 0,
    payloadMissing: 0,
    payloadOffset: 0,
    pieces: 0,
    pieceOffsets: new Float64Array(MOST_PIECES),
    pieceLengths: new Uint32Array(MOST_PIECES),
    pieceFrames: new Uint32Array(MOST_PIECES),
    datagramId: 0,
    sctpTsn: 0,
    sctpStream: 0,
    sctpStreamSequence: 0,
    sctpPayloadProtocol: 0,
    sctpFlags: -1,
    protocol: '',
    faultLayer: '',
    fault: '',
  };
}

/** Forgets what the packet before held; `bytes` are the frame's, of which nothing is understood yet. */
export function resetPacket(packet: PacketScratch, bytes: Uint8Array, end: number): void {
  packet.kind = PACKET_OTHER;
  packet.ipVersion = 0;
  for (let word = 0; word < ADDRESS_WORDS; word++) packet.addresses[word] = 0;
  packet.ipProtocol = -1;
  packet.sourcePort = 0;
  packet.destinationPort = 0;
  packet.sequence = 0;
  packet.acknowledgement = 0;
  packet.tcpFlags = 0;
  packet.tcpWindow = 0;
  packet.payload = bytes;
  packet.payloadStart = end;
  packet.payloadEnd = end;
  packet.payloadMissing = 0;
  packet.payloadOffset = 0;
  packet.pieces = 0;
  packet.datagramId = 0;
  packet.sctpFlags = -1;
  packet.protocol = '';
  packet.faultLayer = '';
  packet.fault = '';
}

/** Source and destination, four words each. */
const ADDRESS_WORDS = 8;
