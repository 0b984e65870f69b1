import { PACKET_MALFORMED, type PacketScratch } from './packet.ts';
import type { Reassembly } from './ip-fragments.ts';

/**
 * What a layer's decoder says comes next. Each decoder reads its header at `cursor.at`, moves it behind the header,
 * narrows `end` and `wireEnd` where the header tells a length, and returns one of these.
 */
export const LAYER_DONE = 0;
export const LAYER_ETHERNET = 1;
/** What `cursor.etherType` names. */
export const LAYER_ETHERTYPE = 2;
export const LAYER_LLC = 3;
/** IPv4 or IPv6, by the version in the first four bits. */
export const LAYER_IP = 4;
export const LAYER_IPV4 = 5;
export const LAYER_IPV6 = 6;
/** What `packet.ipProtocol` names. */
export const LAYER_IP_PAYLOAD = 7;
export const LAYER_PPP = 8;
export const LAYER_MPLS = 9;
export const LAYER_PPPOE = 10;
export const LAYER_LINUX_COOKED = 11;
export const LAYER_LINUX_COOKED_2 = 12;
export const LAYER_LOOPBACK = 13;
export const LAYER_LOOPBACK_NETWORK_ORDER = 14;
export const LAYER_PPP_DIRECTION = 15;
export const LAYER_CISCO_HDLC = 16;
export const LAYER_FRAME_RELAY = 17;
export const LAYER_IEEE80211 = 18;
export const LAYER_RADIOTAP = 19;
export const LAYER_PRISM = 20;
export const LAYER_AVS = 21;
export const LAYER_PPI = 22;
export const LAYER_NFLOG = 23;
export const LAYER_IPNET = 24;
export const LAYER_PKTAP = 25;
/** What `cursor.linkType` names: PKTAP and PPI carry one of their own. */
export const LAYER_LINK = 26;
export const LAYER_TCP = 27;
export const LAYER_UDP = 28;
export const LAYER_SCTP = 29;
export const LAYER_GRE = 30;
export const LAYER_ERSPAN_2 = 31;
export const LAYER_ERSPAN_3 = 32;
export const LAYER_VXLAN = 33;
export const LAYER_GENEVE = 34;
export const LAYER_GTP_U = 35;
export const LAYER_TZSP = 36;
export const LAYER_AH = 37;
export const LAYER_ETHERIP = 38;
export const LAYER_ENC = 39;
export const LAYER_PFLOG = 40;
export const LAYER_IPOIB = 41;
export const LAYER_APPLE_IP_1394 = 42;
export const LAYER_JUNIPER_ETHERNET = 43;
export const LAYER_DIRECTION_CISCO_HDLC = 44;
export const LAYER_DIRECTION_FRAME_RELAY = 45;
export const LAYER_VXLAN_GPE = 46;
export const LAYER_L2TP = 47;
export const LAYER_MACSEC = 48;
export const LAYER_EXPORTED_PDU = 49;
export const LAYER_ERF = 50;
export const LAYER_JUNIPER_PPP = 51;
export const LAYER_JUNIPER_FRAME_RELAY = 52;
export const LAYER_JUNIPER_CISCO_HDLC = 53;
export const LAYER_TEREDO = 54;
/** L2TP version 3, its session header. */
export const LAYER_L2TP_3 = 55;
export const LAYER_GUE = 56;
export const LAYER_NSH = 57;
export const LAYER_PBB = 58;
export const LAYER_TRILL = 59;
export const LAYER_FABRIC_PATH = 60;
export const LAYER_LISP = 61;
export const LAYER_CAPWAP = 62;
export const LAYER_PEEK_REMOTE = 63;
export const LAYER_ARUBA_REMOTE = 64;
/** IEEE 802.11 whose frame control has its two bytes exchanged, as Cisco's controllers send it. */
export const LAYER_IEEE80211_SWAPPED = 65;
export const LAYER_AUDIOCODES = 66;
export const LAYER_ARISTA = 67;
/** Ethernet with a switch chip's tag behind the addresses (4 bytes, 8 bytes) or before them. */
export const LAYER_SWITCH_TAG = 68;
export const LAYER_SWITCH_TAG_LONG = 69;
export const LAYER_SWITCH_TAG_FIRST = 70;
export const LAYER_HP_MIRROR = 71;

/** Where the decoders stand in a frame. One object for all frames. */
export interface LayerCursor {
  bytes: Uint8Array;
  at: number;
  /** Where the captured bytes of the layer at `at` end. */
  end: number;
  /** Where its bytes ended on the wire: beyond `end` where the capture cut them off. */
  wireEnd: number;
  /** The end that an enclosing header has stated: no header inside can claim more. Infinite where none has. */
  wireLimit: number;
  etherType: number;
  linkType: number;
  /** IP headers passed so far: tunnels in tunnels are bounded. */
  depth: number;
  /** The reassembled datagram that `bytes` belong to; null where they are the frame's own. */
  reassembly: Reassembly | null;
  /** Offset in the file of bytes[0], where `reassembly` is null. */
  fileOffset: number;
  frameNumber: number;
  /** Time of the frame in seconds, for what is forgotten with age. */
  seconds: number;
  readonly packet: PacketScratch;
}

/** The packet is malformed: what was understood stays, and `layer` and `fault` say what was not. */
export function failLayer(cursor: LayerCursor, layer: string, fault: string): typeof LAYER_DONE {
  const packet = cursor.packet;
  packet.kind = PACKET_MALFORMED;
  packet.faultLayer = layer;
  packet.fault = fault;
  return LAYER_DONE;
}

/**
 * The header of `layer`, `length` bytes, is not there as a whole: cut by the capture, or the packet itself is too short.
 */
export function failShort(cursor: LayerCursor, layer: string, length: number): typeof LAYER_DONE {
  const there = Math.max(0, cursor.end - cursor.at);
  return failLayer(
    cursor,
    layer,
    cursor.wireEnd - cursor.at >= length
      ? `The capture holds ${there} of the header's ${length} bytes.`
      : `The packet has room for ${there} of the header's ${length} bytes.`,
  );
}

/** A header has stated where its content ends: what follows is padding, what is beyond `end` was cut off. */
export function narrowTo(cursor: LayerCursor, stated: number): void {
  const wireEnd = stated < cursor.wireLimit ? stated : cursor.wireLimit;
  cursor.wireEnd = wireEnd;
  cursor.wireLimit = wireEnd;
  if (wireEnd < cursor.end) cursor.end = wireEnd;
}

/** The packet is of a protocol that is named and not looked into. */
export function nameLayer(cursor: LayerCursor, protocol: string): typeof LAYER_DONE {
  cursor.packet.protocol = protocol;
  return LAYER_DONE;
}
