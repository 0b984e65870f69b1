import { createPacketScratch } from '../../../core/net/packet-scratch.ts';
import { PACKET_SEGMENT, TCP_ACK } from '../../../core/net/packet.ts';
import type { PacketScratch } from '../../../core/net/packet.ts';

/** What a test says of one packet; the rest is that of an ordinary TCP segment from 10.0.0.1:5060 to 10.0.0.2:5061. */
export interface PacketFields {
  readonly kind?: number;
  readonly ipVersion?: 4 | 6;
  readonly source?: readonly number[];
  readonly destination?: readonly number[];
  readonly sourcePort?: number;
  readonly destinationPort?: number;
  readonly sequence?: number;
  readonly acknowledgement?: number;
  readonly flags?: number;
  readonly window?: number;
  readonly payload?: Uint8Array;
  /** Bytes cut by the snap length behind `payload`. */
  readonly missing?: number;
  readonly offset?: number;
  readonly pieces?: readonly { readonly offset: number; readonly length: number; readonly frame: number }[];
}

const EMPTY = createPacketScratch();

export function buildPacket(fields: PacketFields): PacketScratch {
  const addresses = new Uint32Array(8);
  addresses.set(fields.source ?? [0x0a000001]);
  addresses.set(fields.destination ?? [0x0a000002], 4);
  const payload = fields.payload ?? new Uint8Array(0);
  const pieces = fields.pieces ?? [];
  return {
    ...EMPTY,
    kind: fields.kind ?? PACKET_SEGMENT,
    ipVersion: fields.ipVersion ?? 4,
    addresses,
    ipProtocol: 6,
    sourcePort: fields.sourcePort ?? 5060,
    destinationPort: fields.destinationPort ?? 5061,
    sequence: (fields.sequence ?? 0) >>> 0,
    acknowledgement: (fields.acknowledgement ?? 0) >>> 0,
    tcpFlags: fields.flags ?? TCP_ACK,
    tcpWindow: fields.window ?? 65535,
    payload,
    payloadStart: 0,
    payloadEnd: payload.length,
    payloadMissing: fields.missing ?? 0,
    payloadOffset: fields.offset ?? 0,
    pieces: pieces.length,
    pieceOffsets: Float64Array.from(pieces, (piece) => piece.offset),
    pieceLengths: Uint32Array.from(pieces, (piece) => piece.length),
    pieceFrames: Uint32Array.from(pieces, (piece) => piece.frame),
    protocol: 'TCP',
  };
}

/** The same endpoints, the other way. */
export function reply(fields: PacketFields): PacketFields {
  return {
    ...fields,
    source: fields.destination ?? [0x0a000002],
    destination: fields.source ?? [0x0a000001],
    sourcePort: fields.destinationPort ?? 5061,
    destinationPort: fields.sourcePort ?? 5060,
  };
}
