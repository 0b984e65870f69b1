import { byteAt, u16be, u32be } from '../bytes/reader.ts';
import { isAudioCodes } from './audiocodes.ts';
import { detectL2tp } from './l2tp.ts';
import {
  LAYER_AUDIOCODES,
  LAYER_CAPWAP,
  LAYER_DONE,
  LAYER_ETHERNET,
  LAYER_ETHERTYPE,
  LAYER_GENEVE,
  LAYER_GTP_U,
  LAYER_GUE,
  LAYER_HP_MIRROR,
  LAYER_IEEE80211,
  LAYER_IP,
  LAYER_IP_PAYLOAD,
  LAYER_IPV6,
  LAYER_LISP,
  LAYER_MPLS,
  LAYER_NSH,
  LAYER_SCTP,
  LAYER_TEREDO,
  LAYER_TZSP,
  LAYER_VXLAN,
  LAYER_VXLAN_GPE,
  nameLayer,
  type LayerCursor,
} from './layer.ts';
import { looksLikeEthernet, looksLikeIp } from './looks-like.ts';
import { detectRemoteCapture, isCapwap } from './wireless-tunnels.ts';

/**
 * The tunnel that a UDP datagram's ports and first bytes announce, LAYER_DONE for none. Ports alone prove nothing, so
 * each header is checked as far as it goes; whatever fails stays a plain datagram.
 */
export function detectUdpTunnel(cursor: LayerCursor, source: number, destination: number): number {
  if (cursor.end - cursor.at < 8) return LAYER_DONE;
  const towards = detectByPort(cursor, destination);
  if (towards !== LAYER_DONE) return towards;
  // These answer from their own port to whichever the other side has.
  if (source === 1701 || source === 3544 || source === 5247) return detectByPort(cursor, source);
  return detectRemoteCapture(cursor, destination);
}

function detectByPort(cursor: LayerCursor, port: number): number {
  const { bytes, at } = cursor;
  switch (port) {
    case 4789:
    case 8472:
      return isVxlan(cursor) ? LAYER_VXLAN : LAYER_DONE;
    case 4790:
      return isVxlanGpe(cursor) ? LAYER_VXLAN_GPE : LAYER_DONE;
    case 1701:
      return detectL2tp(cursor);
    case 6081:
      return isGeneve(cursor) ? LAYER_GENEVE : LAYER_DONE;
    case 2152:
      return isGtpUser(cursor) ? LAYER_GTP_U : LAYER_DONE;
    case 37008:
      return byteAt(bytes, at) === 1 && byteAt(bytes, at + 1) <= 1 ? LAYER_TZSP : LAYER_DONE;
    case 5247:
      return isCapwap(cursor) ? LAYER_CAPWAP : LAYER_DONE;
    case 3544:
      return looksLikeIp(cursor, at + teredoLength(cursor)) ? LAYER_TEREDO : LAYER_DONE;
    case 925:
      return isAudioCodes(cursor) ? LAYER_AUDIOCODES : LAYER_DONE;
    case 4341:
      return looksLikeIp(cursor, at + 8) ? LAYER_LISP : LAYER_DONE;
    case 6080:
      return detectGue(cursor);
    case 6635:
      return isMplsOfIp(cursor) ? LAYER_MPLS : LAYER_DONE;
    case 9899:
      return detectSctp(cursor);
    case 7932:
      return looksLikeEthernet(cursor, at + 12) ? LAYER_HP_MIRROR : LAYER_DONE;
  }
  return LAYER_DONE;
}

/** Its flag and nothing else (RFC 7348 §5); with a group policy (draft-smith-vxlan-group-policy) only around IP. */
function isVxlan(cursor: LayerCursor): boolean {
  const { bytes, at, end } = cursor;
  if ((byteAt(bytes, at) & 0x7f) !== 0x08 || end - at < 8) return false;
  if (looksLikeEthernet(cursor, at + 8)) return true;
  return u32be(bytes, at) === 0x08000000 && byteAt(bytes, at + 7) === 0 && end - at >= 22;
}

/** VXLAN (RFC 7348 §5): 8 bytes, then an Ethernet frame. */
export function decodeVxlan(cursor: LayerCursor): number {
  cursor.at += 8;
  return LAYER_ETHERNET;
}

/** VXLAN with its protocol named (draft-ietf-nvo3-vxlan-gpe): 8 bytes, then IP, Ethernet, NSH or MPLS. */
export function decodeVxlanGpe(cursor: LayerCursor): number {
  const next = byteAt(cursor.bytes, cursor.at + 3);
  cursor.at += 8;
  return next === 3 ? LAYER_ETHERNET : next === 4 ? LAYER_NSH : next === 5 ? LAYER_MPLS : LAYER_IP;
}

/** Geneve (RFC 8926 §3.4): 8 bytes, options in words of four bytes, then what an EtherType names. */
export function decodeGeneve(cursor: LayerCursor): number {
  cursor.etherType = u16be(cursor.bytes, cursor.at + 2);
  cursor.at += geneveLength(cursor);
  return LAYER_ETHERTYPE;
}

/** Teredo (RFC 4380 §5.1.1): an IPv6 packet behind indications of who asked and from where. */
export function decodeTeredo(cursor: LayerCursor): number {
  cursor.at += teredoLength(cursor);
  return LAYER_IPV6;
}

/** Length of Teredo's indications: authentication, then origin; 0 where the packet follows at once. */
export function teredoLength({ bytes, at }: LayerCursor): number {
  let length = 0;
  if (u16be(bytes, at) === 1) length = 13 + byteAt(bytes, at + 2) + byteAt(bytes, at + 3);
  return u16be(bytes, at + length) === 0 ? length + 8 : length;
}

/** What HP's switches mirror to another place: 12 bytes, then the Ethernet frame. */
export function decodeHpMirror(cursor: LayerCursor): number {
  cursor.at += 12;
  return LAYER_ETHERNET;
}

/** LISP (RFC 9300 §5): eight bytes, then an IP packet. */
export function decodeLisp(cursor: LayerCursor): number {
  cursor.at += 8;
  return LAYER_IP;
}

/** Generic UDP encapsulation (draft-ietf-intarea-gue §3): a length in words, an IP protocol, flags. */
export function decodeGue(cursor: LayerCursor): number {
  cursor.packet.ipProtocol = byteAt(cursor.bytes, cursor.at + 1);
  cursor.at += gueLength(cursor);
  return LAYER_IP_PAYLOAD;
}

/** Length of a header of generic UDP encapsulation. */
export function gueLength({ bytes, at }: LayerCursor): number {
  return 4 + (byteAt(bytes, at) & 0x1f) * 4;
}

/** GTP-U (3GPP TS 29.281 §5): a G-PDU carries one IP packet behind optional fields and extension headers. */
export function decodeGtpUser(cursor: LayerCursor): number {
  cursor.at += gtpUserLength(cursor);
  return LAYER_IP;
}

/** TZSP: type, encapsulation, tagged fields up to the end tag, then the frame. */
export function decodeTzsp(cursor: LayerCursor): number {
  const encapsulation = u16be(cursor.bytes, cursor.at + 2);
  const end = cursor.end;
  let at = cursor.at + 4;
  while (at < end && byteAt(cursor.bytes, at) !== 1) {
    at += byteAt(cursor.bytes, at) === 0 ? 1 : 2 + byteAt(cursor.bytes, at + 1);
  }
  if (at >= end || (encapsulation !== 1 && encapsulation !== 18)) return nameLayer(cursor, 'TZSP');
  cursor.at = at + 1;
  return encapsulation === 1 ? LAYER_ETHERNET : LAYER_IEEE80211;
}

/** Flags I and P, a protocol of IP or Ethernet, and a version of IP that fits. */
function isVxlanGpe(cursor: LayerCursor): boolean {
  const { bytes, at } = cursor;
  const next = byteAt(bytes, at + 3);
  if ((byteAt(bytes, at) & 0x3c) !== 0x0c || cursor.end - at < 9) return false;
  if (next === 3) return looksLikeEthernet(cursor, at + 8);
  const version = byteAt(bytes, at + 8) >> 4;
  return (next === 1 && version === 4) || (next === 2 && version === 6) || next === 4 || next === 5;
}

/** Version 1 is an IP packet and nothing else; of version 0 only what carries IP is believed. */
function detectGue(cursor: LayerCursor): number {
  const { bytes, at } = cursor;
  if (looksLikeIp(cursor, at)) return LAYER_IP;
  const protocol = byteAt(bytes, at + 1);
  const isData = byteAt(bytes, at) < 0x20 && (protocol === 4 || protocol === 41);
  return isData && looksLikeIp(cursor, at + gueLength(cursor)) ? LAYER_GUE : LAYER_DONE;
}

/** MPLS in UDP (RFC 7510): labels, and IP below the last one. */
function isMplsOfIp(cursor: LayerCursor): boolean {
  let { at } = cursor;
  while (cursor.end - at >= 4 && (byteAt(cursor.bytes, at + 2) & 1) === 0) at += 4;
  return looksLikeIp(cursor, at + 4);
}

/** SCTP in UDP (RFC 6951): two ports, and a first chunk of a known type whose length fits. */
function detectSctp(cursor: LayerCursor): number {
  const { bytes, at } = cursor;
  const type = byteAt(bytes, at + 12);
  const length = u16be(bytes, at + 14);
  const isKnown = type <= 14 || type === 64 || type === 0xc0 || type === 0x82;
  const hasPorts = u16be(bytes, at) !== 0 && u16be(bytes, at + 2) !== 0;
  if (!hasPorts || !isKnown || length < 4 || length > cursor.wireEnd - at - 12) return LAYER_DONE;
  cursor.packet.ipProtocol = 132;
  return LAYER_SCTP;
}

function geneveLength(cursor: LayerCursor): number {
  return 8 + (byteAt(cursor.bytes, cursor.at) & 0x3f) * 4;
}

function isGeneve(cursor: LayerCursor): boolean {
  const { bytes, at } = cursor;
  const etherType = u16be(bytes, at + 2);
  // Version 0, reserved bits zero; a control packet (O bit) carries nothing for us.
  if (byteAt(bytes, at) >> 6 !== 0 || (byteAt(bytes, at + 1) & 0xbf) !== 0) return false;
  if (byteAt(bytes, at + 7) !== 0 || cursor.end - at < geneveLength(cursor)) return false;
  return etherType === 0x6558 || etherType === 0x0800 || etherType === 0x86dd;
}

function isGtpUser(cursor: LayerCursor): boolean {
  const { bytes, at, end } = cursor;
  // Version 1, protocol type GTP, message type G-PDU.
  if ((byteAt(bytes, at) & 0xf8) !== 0x30 || byteAt(bytes, at + 1) !== 0xff) return false;
  const length = gtpUserLength(cursor);
  if (length < 0 || at + length >= end) return false;
  const version = byteAt(bytes, at + length) >> 4;
  return version === 4 || version === 6;
}

/** Length of the GTP-U header with its extension headers, -1 where they do not end. */
function gtpUserLength(cursor: LayerCursor): number {
  const { bytes, at, end } = cursor;
  const flags = byteAt(bytes, at);
  if ((flags & 7) === 0) return 8;
  let length = 12;
  if ((flags & 4) === 0) return length;
  let next = byteAt(bytes, at + 11);
  while (next !== 0) {
    const words = byteAt(bytes, at + length);
    if (words === 0 || at + length + words * 4 > end) return -1;
    length += words * 4;
    next = byteAt(bytes, at + length - 1);
  }
  return length;
}
