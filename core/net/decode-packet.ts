import type { FrameScratch } from '../capture/frame.ts';
import { byteAt } from '../bytes/reader.ts';
import {
  decodeAppleIp1394,
  decodeEthernet,
  decodeIpOverInfiniband,
  decodeJuniperEthernet,
  decodeLlc,
  decodeMacsec,
  dispatchEtherType,
} from './ethernet.ts';
import { decodeExportedPdu } from './exported-pdu.ts';
import { decodeErspan2, decodeErspan3, decodeEtherIp, decodeGre } from './gre.ts';
import { decodeEnc, decodeIpnet, decodeNflog, decodePflog, decodePktap } from './host-captures.ts';
import { decodeAvs, decodeIeee80211, decodePpi, decodePrism, decodeRadiotap } from './ieee80211.ts';
import { IpFragments, type Reassembly } from './ip-fragments.ts';
import { decodeAuthenticationHeader, dispatchIpPayload } from './ip-payload.ts';
import { decodeIpv4 } from './ipv4.ts';
import { decodeIpv6 } from './ipv6.ts';
import {
  failLayer,
  LAYER_AH,
  LAYER_APPLE_IP_1394,
  LAYER_AVS,
  LAYER_CISCO_HDLC,
  LAYER_DIRECTION_CISCO_HDLC,
  LAYER_DIRECTION_FRAME_RELAY,
  LAYER_DONE,
  LAYER_ENC,
  LAYER_ERSPAN_2,
  LAYER_ERSPAN_3,
  LAYER_ETHERIP,
  LAYER_ETHERNET,
  LAYER_ETHERTYPE,
  LAYER_EXPORTED_PDU,
  LAYER_FRAME_RELAY,
  LAYER_GENEVE,
  LAYER_GRE,
  LAYER_GTP_U,
  LAYER_IEEE80211,
  LAYER_IP,
  LAYER_IP_PAYLOAD,
  LAYER_IPNET,
  LAYER_IPOIB,
  LAYER_IPV4,
  LAYER_IPV6,
  LAYER_JUNIPER_ETHERNET,
  LAYER_L2TP,
  LAYER_LINK,
  LAYER_LINUX_COOKED,
  LAYER_LINUX_COOKED_2,
  LAYER_LLC,
  LAYER_LOOPBACK,
  LAYER_LOOPBACK_NETWORK_ORDER,
  LAYER_MACSEC,
  LAYER_MPLS,
  LAYER_NFLOG,
  LAYER_PFLOG,
  LAYER_PKTAP,
  LAYER_PPI,
  LAYER_PPP,
  LAYER_PPP_DIRECTION,
  LAYER_PPPOE,
  LAYER_PRISM,
  LAYER_RADIOTAP,
  LAYER_SCTP,
  LAYER_TCP,
  LAYER_TZSP,
  LAYER_UDP,
  LAYER_VXLAN,
  LAYER_VXLAN_GPE,
  nameLayer,
  type LayerCursor,
} from './layer.ts';
import { decodeLinuxCooked, decodeLinuxCooked2 } from './linux-cooked.ts';
import { decodeLoopback, decodeLoopbackNetworkOrder } from './loopback.ts';
import { decodeMpls } from './mpls.ts';
import { createPacketScratch, MOST_PIECES, resetPacket } from './packet-scratch.ts';
import { PACKET_FRAGMENT, PACKET_MALFORMED, PACKET_SCTP, type PacketScratch } from './packet.ts';
import {
  decodeCiscoHdlc,
  decodeFrameRelay,
  decodePpp,
  decodePppoe,
  decodePppWithDirection,
  skipDirection,
} from './ppp.ts';
import { decodeSctp, nextSctpChunk } from './sctp.ts';
import { layerOfLinkType, nameOfLinkType } from './tables/link-types.ts';
import { decodeTcp } from './tcp.ts';
import { decodeUdp } from './udp.ts';
import {
  decodeGeneve,
  decodeGtpUser,
  decodeL2tp,
  decodeTzsp,
  decodeVxlan,
  decodeVxlanGpe,
} from './udp-tunnels.ts';

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
    default:
      return decodeRarerLayer(layer, cursor);
  }
}

function decodeRarerLayer(layer: number, cursor: LayerCursor): number {
  switch (layer) {
    case LAYER_LLC:
      return decodeLlc(cursor);
    case LAYER_PPP:
      return decodePpp(cursor);
    case LAYER_MPLS:
      return decodeMpls(cursor);
    case LAYER_PPPOE:
      return decodePppoe(cursor);
    case LAYER_LINUX_COOKED:
      return decodeLinuxCooked(cursor);
    case LAYER_LINUX_COOKED_2:
      return decodeLinuxCooked2(cursor);
    case LAYER_LOOPBACK:
      return decodeLoopback(cursor);
    case LAYER_LOOPBACK_NETWORK_ORDER:
      return decodeLoopbackNetworkOrder(cursor);
    case LAYER_PPP_DIRECTION:
      return decodePppWithDirection(cursor);
    case LAYER_CISCO_HDLC:
      return decodeCiscoHdlc(cursor);
    case LAYER_FRAME_RELAY:
      return decodeFrameRelay(cursor);
    case LAYER_IEEE80211:
      return decodeIeee80211(cursor);
    case LAYER_RADIOTAP:
      return decodeRadiotap(cursor);
    case LAYER_PRISM:
      return decodePrism(cursor);
    case LAYER_AVS:
      return decodeAvs(cursor);
    case LAYER_PPI:
      return decodePpi(cursor);
    case LAYER_NFLOG:
      return decodeNflog(cursor);
    case LAYER_IPNET:
      return decodeIpnet(cursor);
    case LAYER_PKTAP:
      return decodePktap(cursor);
    case LAYER_GRE:
      return decodeGre(cursor);
    case LAYER_ERSPAN_2:
      return decodeErspan2(cursor);
    case LAYER_ERSPAN_3:
      return decodeErspan3(cursor);
    case LAYER_VXLAN:
      return decodeVxlan(cursor);
    case LAYER_VXLAN_GPE:
      return decodeVxlanGpe(cursor);
    case LAYER_L2TP:
      return decodeL2tp(cursor);
    case LAYER_MACSEC:
      return decodeMacsec(cursor);
    case LAYER_EXPORTED_PDU:
      return decodeExportedPdu(cursor);
    case LAYER_GENEVE:
      return decodeGeneve(cursor);
    case LAYER_GTP_U:
      return decodeGtpUser(cursor);
    case LAYER_TZSP:
      return decodeTzsp(cursor);
    case LAYER_AH:
      return decodeAuthenticationHeader(cursor);
    case LAYER_ETHERIP:
      return decodeEtherIp(cursor);
    case LAYER_ENC:
      return decodeEnc(cursor);
    case LAYER_PFLOG:
      return decodePflog(cursor);
    case LAYER_IPOIB:
      return decodeIpOverInfiniband(cursor);
    case LAYER_APPLE_IP_1394:
      return decodeAppleIp1394(cursor);
    case LAYER_JUNIPER_ETHERNET:
      return decodeJuniperEthernet(cursor);
    case LAYER_DIRECTION_CISCO_HDLC:
      return skipDirection(cursor, LAYER_CISCO_HDLC);
    case LAYER_DIRECTION_FRAME_RELAY:
      return skipDirection(cursor, LAYER_FRAME_RELAY);
    default:
      return LAYER_DONE;
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
