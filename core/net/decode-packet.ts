import type { FrameScratch } from '../capture/frame.ts';
import { byteAt } from '../bytes/reader.ts';
import { decodeRarerLayer } from './decode-rarer-layer.ts';
import { decodeEthernet, dispatchEtherType } from './ethernet.ts';
import { IpFragments, type Reassembly } from './ip-fragments.ts';
import { dispatchIpPayload } from './ip-payload.ts';
import { decodeIpv4 } from './ipv4.ts';
import { decodeIpv6 } from './ipv6.ts';
import {
  failLayer,
  LAYER_CAPWAP,
  LAYER_DONE,
  LAYER_ETHERNET,
  LAYER_ETHERTYPE,
  LAYER_IP,
  LAYER_IP_PAYLOAD,
  LAYER_IPV4,
  LAYER_IPV6,
  LAYER_LINK,
  LAYER_SCTP,
  LAYER_TCP,
  LAYER_UDP,
  nameLayer,
  type LayerCursor,
} from './layer.ts';
import { createPacketScratch, MOST_PIECES, resetPacket } from './packet-scratch.ts';
import { PACKET_FRAGMENT, PACKET_MALFORMED, PACKET_SCTP, type PacketScratch } from './packet.ts';
import { decodeSctp, nextSctpChunk } from './sctp.ts';
import { layerOfLinkType, nameOfLinkType } from './tables/link-types.ts';
import { decodeTcp } from './tcp.ts';
import { decodeUdp } from './udp.ts';
import { decodeCapwap } from './wireless-tunnels.ts';

/** Called with each layer reached, before it is decoded: `layer` is a LAYER_ constant, the cursor stands on it. */
export type LayerObserver = (layer: number, cursor: LayerCursor) => void;

/**
 * Decodes frames down to the innermost transport, through tunnels and over IP fragments, which it keeps from frame to
 * frame: one decoder for one capture, frames in order. `packet` is reused.
 */
export class PacketDecoder {
  readonly packet: PacketScratch = createPacketScratch();
  readonly #fragments = new IpFragments();
  readonly #cursor: LayerCursor = {
    bytes: new Uint8Array(0),
    at: 0,
    end: 0,
    wireEnd: 0,
    wireLimit: 0,
    etherType: 0,
    linkType: 0,
    depth: 0,
    reassembly: null,
    fileOffset: 0,
    frameNumber: 0,
    seconds: 0,
    packet: this.packet,
  };

  /** Reads one frame into `packet`. `observe` is for describing layers; leave it out on hot paths. */
  decode(frame: FrameScratch, frameNumber: number, observe?: LayerObserver): void {
    const cursor = this.#cursor;
    const packet = this.packet;
    const start = frame.start;
    const end = start + frame.capturedLength;
    cursor.bytes = frame.bytes;
    cursor.at = start;
    cursor.end = end;
    cursor.wireEnd = frame.originalLength > frame.capturedLength ? start + frame.originalLength : end;
    cursor.wireLimit = Infinity;
    cursor.linkType = frame.linkType;
    cursor.depth = 0;
    cursor.reassembly = null;
    cursor.fileOffset = frame.offset - start;
    cursor.frameNumber = frameNumber;
    cursor.seconds = frame.seconds;
    resetPacket(packet, frame.bytes, end);
    let layer: number = LAYER_LINK;
    for (let count = 0; layer !== LAYER_DONE; count++) {
      if (count >= MOST_LAYERS || cursor.depth > MOST_TUNNELS) {
        layer = failLayer(cursor, 'Tunnels', 'There are more layers inside each other than are followed.');
        break;
      }
      if (observe !== undefined) observe(layer, cursor);
      layer = decodeLayer(layer, cursor, this.#fragments);
    }
    locatePayload(cursor);
  }

  /** For PACKET_SCTP: steps to the packet's next DATA chunk; false where there is none. */
  nextChunk(): boolean {
    if (this.packet.kind !== PACKET_SCTP || this.packet.sctpFlags < 0) return false;
    const found = nextSctpChunk(this.#cursor);
    locatePayload(this.#cursor);
    return found;
  }
}

/** IP headers inside each other. */
const MOST_TUNNELS = 8;
/** Layers of any kind: each IP header may come with tags and a tunnel's own headers. */
const MOST_LAYERS = 96;

function decodeLayer(layer: number, cursor: LayerCursor, fragments: IpFragments): number {
  switch (layer) {
    case LAYER_LINK:
      return dispatchLinkType(cursor);
    case LAYER_ETHERNET:
      return decodeEthernet(cursor);
    case LAYER_ETHERTYPE:
      return dispatchEtherType(cursor);
    case LAYER_IPV4:
      return decodeIpv4(cursor, fragments);
    case LAYER_IPV6:
      return decodeIpv6(cursor, fragments);
    case LAYER_IP_PAYLOAD:
      return dispatchIpPayload(cursor);
    case LAYER_TCP:
      return decodeTcp(cursor);
    case LAYER_UDP:
      return decodeUdp(cursor);
    case LAYER_SCTP:
      return decodeSctp(cursor);
    case LAYER_IP:
      return dispatchIpVersion(cursor);
    case LAYER_CAPWAP:
      return decodeCapwap(cursor, fragments);
    default:
      return decodeRarerLayer(layer, cursor);
  }
}

function dispatchLinkType(cursor: LayerCursor): number {
  const layer = layerOfLinkType(cursor.linkType);
  return layer === LAYER_DONE ? nameLayer(cursor, nameOfLinkType(cursor.linkType)) : layer;
}

function dispatchIpVersion(cursor: LayerCursor): number {
  if (cursor.at >= cursor.end) return failLayer(cursor, 'IP', 'There is not a single byte of it.');
  const version = byteAt(cursor.bytes, cursor.at) >> 4;
  if (version === 4) return LAYER_IPV4;
  if (version === 6) return LAYER_IPV6;
  return failLayer(cursor, 'IP', `The version is ${version}.`);
}

/** Says where the payload lies: in the frame's own bytes, or in pieces. SCTP has set its bounds itself. */
function locatePayload(cursor: LayerCursor): void {
  const packet = cursor.packet;
  packet.payload = cursor.bytes;
  if (packet.kind !== PACKET_SCTP) {
    const isKnown = packet.kind !== PACKET_MALFORMED;
    packet.payloadStart = isKnown ? Math.min(cursor.at, cursor.end) : cursor.end;
    packet.payloadEnd = cursor.end;
  }
  if (cursor.reassembly === null) {
    packet.payloadOffset = cursor.fileOffset + packet.payloadStart;
    return;
  }
  packet.datagramId = packet.kind === PACKET_FRAGMENT ? packet.datagramId : cursor.reassembly.id;
  listPieces(packet, cursor.reassembly);
}

function listPieces(packet: PacketScratch, reassembly: Reassembly): void {
  let count = 0;
  for (const piece of reassembly.pieces) {
    const from = Math.max(piece.from, packet.payloadStart);
    const to = Math.min(piece.to, packet.payloadEnd);
    if (from >= to || count === MOST_PIECES) continue;
    packet.pieceOffsets[count] = piece.fileOffset + from - piece.from;
    packet.pieceLengths[count] = to - from;
    packet.pieceFrames[count] = piece.frame;
    count++;
  }
  packet.pieces = count;
  packet.payloadOffset = packet.pieceOffsets[0] ?? 0;
}
