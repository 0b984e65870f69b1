import { byteAt, u16be, u32be, u32le } from '../bytes/reader.ts';
import {
  failShort,
  LAYER_ETHERTYPE,
  LAYER_IP,
  LAYER_IPV4,
  LAYER_IPV6,
  nameLayer,
  type LayerCursor,
} from './layer.ts';

/**
 * LINKTYPE_NULL: the address family in the byte order of the host that captured, which the frame does not tell. No
 * family exceeds 16 bits, so only one order makes sense.
 */
export function decodeLoopback(cursor: LayerCursor): number {
  if (cursor.end - cursor.at < 4) return failShort(cursor, 'Loopback', 4);
  const big = u32be(cursor.bytes, cursor.at);
  const family = big < 0x10000 ? big : u32le(cursor.bytes, cursor.at);
  return announced(cursor, family);
}

/** LINKTYPE_LOOP: the address family in network byte order. */
export function decodeLoopbackNetworkOrder(cursor: LayerCursor): number {
  if (cursor.end - cursor.at < 4) return failShort(cursor, 'Loopback', 4);
  return announced(cursor, u32be(cursor.bytes, cursor.at));
}

function announced(cursor: LayerCursor, family: number): number {
  cursor.at += 4;
  // AF_INET6 is 24 on NetBSD and OpenBSD, 28 on FreeBSD, 30 on macOS, 10 on Linux, 23 on Windows.
  if (family === 2) return LAYER_IPV4;
  if (family === 10 || family === 23 || family === 24 || family === 28 || family === 30) return LAYER_IPV6;
  // Some writers put an EtherType here.
  if (family >= 1536 && family < 0x10000) {
    cursor.etherType = family;
    return LAYER_ETHERTYPE;
  }
  // Others put it into the two bytes that a family leaves free.
  const type = u16be(cursor.bytes, cursor.at - 2);
  if (family >= 0x10000 && type >= 1536) {
    cursor.etherType = type;
    return LAYER_ETHERTYPE;
  }
  const version = byteAt(cursor.bytes, cursor.at) >> 4;
  if (family === 0 && cursor.at < cursor.end && (version === 4 || version === 6)) return LAYER_IP;
  return nameLayer(cursor, 'Loopback');
}
