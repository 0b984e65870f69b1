import { byteAt, u16be, u32be } from '../bytes/reader.ts';
import {
  LAYER_DONE,
  LAYER_ETHERNET,
  LAYER_ETHERTYPE,
  LAYER_GENEVE,
  LAYER_GTP_U,
  LAYER_L2TP,
  LAYER_IP,
  LAYER_IEEE80211,
  LAYER_TZSP,
  LAYER_PPP,
  LAYER_VXLAN,
  LAYER_VXLAN_GPE,
  type LayerCursor,
} from './layer.ts';

/**
 * The tunnel that a UDP datagram's port and first bytes announce, LAYER_DONE for none. Ports alone prove nothing, so
 * each header is checked as far as it goes; whatever fails stays a plain datagram.
 */
export function detectUdpTunnel(cursor: LayerCursor, port: number): number {
  const { bytes, at, end } = cursor;
  if (end - at < 8) return LAYER_DONE;
  switch (port) {
    case 4789:
    case 8472:
      return isVxlan(cursor) ? LAYER_VXLAN : LAYER_DONE;
    case 4790:
      return isVxlanGpe(cursor) ? LAYER_VXLAN_GPE : LAYER_DONE;
    case 1701:
      return l2tpLength(cursor) > 0 ? LAYER_L2TP : LAYER_DONE;
    case 6081:
      return isGeneve(cursor) ? LAYER_GENEVE : LAYER_DONE;
    case 2152:
      return isGtpUser(cursor) ? LAYER_GTP_U : LAYER_DONE;
    case 37008:
      return byteAt(bytes, at) === 1 && byteAt(bytes, at + 1) <= 1 ? LAYER_TZSP : LAYER_DONE;
  }
  return LAYER_DONE;
}

/** Its flag and nothing else (RFC 7348 §5); with a group policy (draft-smith-vxlan-group-policy) only around IP. */
function isVxlan(cursor: LayerCursor): boolean {
  const { bytes, at, end } = cursor;
  if ((byteAt(bytes, at) & 0x7f) !== 0x08 || end - at < 8) return false;
  if (isEthernetOfIp(cursor, at + 8)) return true;
  return u32be(bytes, at) === 0x08000000 && byteAt(bytes, at + 7) === 0 && end - at >= 22;
}

/** VXLAN (RFC 7348 §5): 8 bytes, then an Ethernet frame. */
export function decodeVxlan(cursor: LayerCursor): number {
  cursor.at += 8;
  return LAYER_ETHERNET;
}

/** VXLAN with its protocol named (draft-ietf-nvo3-vxlan-gpe): 8 bytes, then an IP packet or an Ethernet frame. */
export function decodeVxlanGpe(cursor: LayerCursor): number {
  const next = byteAt(cursor.bytes, cursor.at + 3);
  cursor.at += 8;
  return next === 3 ? LAYER_ETHERNET : LAYER_IP;
}

/** L2TP version 2 (RFC 2661 §3.1): a data message carries a PPP frame. */
export function decodeL2tp(cursor: LayerCursor): number {
  cursor.at += l2tpLength(cursor);
  return LAYER_PPP;
}

/** Geneve (RFC 8926 §3.4): 8 bytes, options in words of four bytes, then what an EtherType names. */
export function decodeGeneve(cursor: LayerCursor): number {
  cursor.etherType = u16be(cursor.bytes, cursor.at + 2);
  cursor.at += geneveLength(cursor);
  return LAYER_ETHERTYPE;
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
  if (at >= end || (encapsulation !== 1 && encapsulation !== 18)) return LAYER_DONE;
  cursor.at = at + 1;
  return encapsulation === 1 ? LAYER_ETHERNET : LAYER_IEEE80211;
}

function isEthernetOfIp(cursor: LayerCursor, at: number): boolean {
  if (cursor.end - at < 14) return false;
  const etherType = u16be(cursor.bytes, at + 12);
  return etherType === 0x0800 || etherType === 0x86dd || etherType === 0x8100 || etherType === 0x0806;
}

/** Flags I and P, a protocol of IP or Ethernet, and a version of IP that fits. */
function isVxlanGpe(cursor: LayerCursor): boolean {
  const { bytes, at } = cursor;
  const next = byteAt(bytes, at + 3);
  if ((byteAt(bytes, at) & 0x3c) !== 0x0c || cursor.end - at < 9) return false;
  if (next === 3) return isEthernetOfIp(cursor, at + 8);
  const version = byteAt(bytes, at + 8) >> 4;
  return (next === 1 && version === 4) || (next === 2 && version === 6);
}

/** Length of the header of an L2TP data message that carries IP over PPP; 0 where it is anything else. */
function l2tpLength(cursor: LayerCursor): number {
  const { bytes, at, end } = cursor;
  const flags = u16be(bytes, at);
  // No control message (T), version 2, reserved bits zero.
  if ((flags & 0xb4ff) !== 2) return 0;
  let length = 6;
  if ((flags & 0x4000) !== 0) length += 2;
  if ((flags & 0x0800) !== 0) length += 4;
  if ((flags & 0x0200) !== 0) length += 2 + u16be(bytes, at + length);
  let ppp = at + length;
  if (u16be(bytes, ppp) === 0xff03) ppp += 2;
  if (byteAt(bytes, ppp) === 0) ppp += 1;
  const protocol = byteAt(bytes, ppp);
  return ppp < end && (protocol === 0x21 || protocol === 0x57) ? length : 0;
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
