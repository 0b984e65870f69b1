import { byteAt, u16be } from '../bytes/reader.ts';
import {
  failLayer,
  failShort,
  LAYER_ETHERNET,
  LAYER_ETHERTYPE,
  LAYER_IPV4,
  LAYER_IPV6,
  LAYER_LLC,
  LAYER_MPLS,
  LAYER_PPP,
  nameLayer,
  narrowTo,
  type LayerCursor,
} from './layer.ts';

/** PPP with or without its HDLC-like framing (RFC 1661, RFC 1662); the protocol field may be compressed to one byte. */
export function decodePpp(cursor: LayerCursor): number {
  const bytes = cursor.bytes;
  // Address ff, control 03 (RFC 1662 §3.1): no protocol begins so.
  if (cursor.end - cursor.at >= 2 && u16be(bytes, cursor.at) === 0xff03) cursor.at += 2;
  if (cursor.end - cursor.at < 2) return failShort(cursor, 'PPP', 2);
  // The first byte of a protocol is even, the last odd (RFC 1661 §2): an odd first byte is a compressed field.
  const compressed = (byteAt(bytes, cursor.at) & 1) === 1;
  const protocol = compressed ? byteAt(bytes, cursor.at) : u16be(bytes, cursor.at);
  cursor.at += compressed ? 1 : 2;
  switch (protocol) {
    case 0x0021:
      return LAYER_IPV4;
    case 0x0057:
      return LAYER_IPV6;
    case 0x0281:
    case 0x0283:
      return LAYER_MPLS;
    case 0x0031:
      return decodeBridged(cursor);
  }
  return nameLayer(cursor, protocol === 0xc021 ? 'PPP LCP' : 'PPP');
}

/** LINKTYPE_PPP_WITH_DIR and LINKTYPE_PPP_PPPD: one byte that tells the direction, then PPP. */
export function decodePppWithDirection(cursor: LayerCursor): number {
  if (cursor.end - cursor.at < 1) return failShort(cursor, 'PPP', 1);
  cursor.at += 1;
  // In LINKTYPE_PPP_PPPD the direction stands in the address byte's place: the control byte is left.
  if (byteAt(cursor.bytes, cursor.at) === 0x03) cursor.at += 1;
  return LAYER_PPP;
}

/** The link types with a direction byte before the frame. */
export function skipDirection(cursor: LayerCursor, next: number): number {
  if (cursor.end - cursor.at < 1) return failShort(cursor, 'Direction', 1);
  cursor.at += 1;
  return next;
}

/** A PPPoE session frame (RFC 2516 §4): the length is PPP's own, what follows is padding. */
export function decodePppoe(cursor: LayerCursor): number {
  if (cursor.end - cursor.at < 6) return failShort(cursor, 'PPPoE', 6);
  if (byteAt(cursor.bytes, cursor.at) !== 0x11) {
    return failLayer(cursor, 'PPPoE', `Version and type are not 1.`);
  }
  if (byteAt(cursor.bytes, cursor.at + 1) !== 0) return nameLayer(cursor, 'PPPoE');
  narrowTo(cursor, cursor.at + 6 + u16be(cursor.bytes, cursor.at + 4));
  cursor.at += 6;
  return LAYER_PPP;
}

/** LINKTYPE_C_HDLC: address, control, EtherType. */
export function decodeCiscoHdlc(cursor: LayerCursor): number {
  if (cursor.end - cursor.at < 4) return failShort(cursor, 'Cisco HDLC', 4);
  // PPP in HDLC-like framing is found under this link type too.
  if (u16be(cursor.bytes, cursor.at) === 0xff03) return LAYER_PPP;
  cursor.etherType = u16be(cursor.bytes, cursor.at + 2);
  cursor.at += 4;
  return cursor.etherType < 1536 ? nameLayer(cursor, 'Cisco HDLC') : LAYER_ETHERTYPE;
}

/** LINKTYPE_FRELAY: a Q.922 address, then a network layer id (RFC 2427 §3) or Cisco's EtherType. */
export function decodeFrameRelay(cursor: LayerCursor): number {
  const bytes = cursor.bytes;
  let at = cursor.at;
  while (at < cursor.end && at < cursor.at + 4 && (byteAt(bytes, at) & 1) === 0) at++;
  at++;
  if (cursor.end - at < 2) return failShort(cursor, 'Frame Relay', at - cursor.at + 2);
  if (byteAt(bytes, at) !== 0x03) {
    cursor.etherType = u16be(bytes, at);
    cursor.at = at + 2;
    return cursor.etherType < 1536 ? nameLayer(cursor, 'Frame Relay') : LAYER_ETHERTYPE;
  }
  at++;
  if (byteAt(bytes, at) === 0) at++;
  const layer = byteAt(bytes, at);
  cursor.at = at + 1;
  if (layer === 0xcc) return LAYER_IPV4;
  if (layer === 0x8e) return LAYER_IPV6;
  if (layer !== 0x80 || cursor.end - cursor.at < 5) return nameLayer(cursor, 'Frame Relay');
  // SNAP without its LLC header.
  const isBridged = u16be(bytes, cursor.at) === 0x0080 && byteAt(bytes, cursor.at + 2) === 0xc2;
  cursor.etherType = u16be(bytes, cursor.at + 3);
  cursor.at += 5;
  if (isBridged) return LAYER_ETHERNET;
  return cursor.etherType < 1536 ? nameLayer(cursor, 'Frame Relay') : LAYER_ETHERTYPE;
}

/** Bridging over PPP (RFC 3518 §4.2): flags, MAC type 1 for Ethernet. */
function decodeBridged(cursor: LayerCursor): number {
  if (cursor.end - cursor.at < 2) return failShort(cursor, 'PPP bridging', 2);
  const macType = byteAt(cursor.bytes, cursor.at + 1);
  cursor.at += 2;
  return macType === 1 ? LAYER_ETHERNET : macType === 0 ? LAYER_LLC : nameLayer(cursor, 'PPP');
}
