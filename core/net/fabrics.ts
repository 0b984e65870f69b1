import { byteAt, u16be } from '../bytes/reader.ts';
import {
  failShort,
  LAYER_ETHERNET,
  LAYER_ETHERTYPE,
  LAYER_IPV4,
  LAYER_IPV6,
  LAYER_MPLS,
  LAYER_NSH,
  nameLayer,
  type LayerCursor,
} from './layer.ts';

/** Provider backbone bridging (IEEE 802.1ah §9.7): four bytes of flags and service id, then the customer's Ethernet. */
export function decodePbb(cursor: LayerCursor): number {
  return skipTo(cursor, 'PBB', 4, LAYER_ETHERNET);
}

/** TRILL (RFC 6325 §3.2): two bytes that hold the length of the options in words, two nicknames; then Ethernet. */
export function decodeTrill(cursor: LayerCursor): number {
  if (cursor.end - cursor.at < 6) return failShort(cursor, 'TRILL', 6);
  return skipTo(cursor, 'TRILL', trillLength(cursor), LAYER_ETHERNET);
}

/** Length of a TRILL header with its options. */
export function trillLength({ bytes, at }: LayerCursor): number {
  return 6 + ((u16be(bytes, at) >> 6) & 0x1f) * 4;
}

/** Cisco FabricPath: a tree and a time to live in two bytes, then Ethernet. */
export function decodeFabricPath(cursor: LayerCursor): number {
  return skipTo(cursor, 'FabricPath', 2, LAYER_ETHERNET);
}

/** Network service header (RFC 8300 §2): its length in words and the protocol that follows. */
export function decodeNsh(cursor: LayerCursor): number {
  if (cursor.end - cursor.at < 8) return failShort(cursor, 'NSH', 8);
  const next = NSH_PROTOCOLS[byteAt(cursor.bytes, cursor.at + 3)];
  const length = nshLength(cursor);
  // One without room for its own two words: what it carries cannot be known.
  return next === undefined || length < 8 ? nameLayer(cursor, 'NSH') : skipTo(cursor, 'NSH', length, next);
}

/** Length of a network service header. */
export function nshLength({ bytes, at }: LayerCursor): number {
  return (byteAt(bytes, at + 1) & 0x3f) * 4;
}

/** Arista's time stamp between addresses and type: subtype 1, a version that tells 48 bits from 64, the time, the type. */
export function decodeArista(cursor: LayerCursor): number {
  if (cursor.end - cursor.at < 4) return failShort(cursor, 'Arista', 4);
  const version = u16be(cursor.bytes, cursor.at + 2) & 0xff;
  const time = version === 0x10 ? 8 : version === 0x20 ? 6 : 0;
  if (u16be(cursor.bytes, cursor.at) !== 1 || time === 0) return nameLayer(cursor, 'Arista');
  return skipToType(cursor, 'Arista', 4 + time);
}

/** LINKTYPE_DSA_TAG_BRCM, _DSA and _EDSA: Ethernet whose type comes behind a tag of the switch chip, `tag` bytes long. */
export function decodeSwitchTag(cursor: LayerCursor, tag: number): number {
  return skipToType(cursor, 'Switch tag', 12 + tag);
}

/** LINKTYPE_DSA_TAG_BRCM_PREPEND: the tag stands before the addresses. */
export function decodeSwitchTagFirst(cursor: LayerCursor): number {
  return skipTo(cursor, 'Switch tag', 4, LAYER_ETHERNET);
}

const NSH_PROTOCOLS: readonly (number | undefined)[] = [
  undefined,
  LAYER_IPV4,
  LAYER_IPV6,
  LAYER_ETHERNET,
  LAYER_NSH,
  LAYER_MPLS,
];

function skipTo(cursor: LayerCursor, name: string, length: number, next: number): number {
  if (cursor.end - cursor.at < length) return failShort(cursor, name, length);
  cursor.at += length;
  return next;
}

/** `length` bytes, and an EtherType behind them. */
function skipToType(cursor: LayerCursor, name: string, length: number): number {
  if (cursor.end - cursor.at < length + 2) return failShort(cursor, name, length + 2);
  cursor.etherType = u16be(cursor.bytes, cursor.at + length);
  cursor.at += length + 2;
  return LAYER_ETHERTYPE;
}
