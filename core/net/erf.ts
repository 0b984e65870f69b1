import { byteAt, u16be } from '../bytes/reader.ts';
import {
  failShort,
  LAYER_CISCO_HDLC,
  LAYER_ETHERNET,
  LAYER_IPV4,
  LAYER_IPV6,
  nameLayer,
  narrowTo,
  type LayerCursor,
} from './layer.ts';

/**
 * LINKTYPE_ERF, the records of Endace's cards: a time, a type, flags, the record's length, a counter, the frame's length
 * on the wire; extension headers of eight bytes, each saying whether another follows. Ethernet has two more bytes.
 */
export function decodeErf(cursor: LayerCursor): number {
  const { bytes, at, end } = cursor;
  if (end - at < 16) return failShort(cursor, 'ERF', 16);
  const type = byteAt(bytes, at + 8) & 0x7f;
  const wireLength = u16be(bytes, at + 14);
  const next = LAYERS.get(type);
  const length = erfLength(cursor) + (next === LAYER_ETHERNET ? 2 : 0);
  if (end - at < length) return failShort(cursor, 'ERF', length);
  cursor.at += length;
  if (next === undefined) return nameLayer(cursor, 'ERF');
  narrowTo(cursor, cursor.at + wireLength);
  return next;
}

/** Length of the record's header with its extensions; 16 bytes of it are there. */
export function erfLength({ bytes, at, end }: LayerCursor): number {
  let length = 16;
  let hasMore = (byteAt(bytes, at + 8) & 0x80) !== 0;
  while (hasMore && at + length < end) {
    hasMore = (byteAt(bytes, at + length) & 0x80) !== 0;
    length += 8;
  }
  return length;
}

/** By record type: plain, and with a colour or a hash in the place of the counter. */
const LAYERS: ReadonlyMap<number, number> = new Map([
  [1, LAYER_CISCO_HDLC],
  [2, LAYER_ETHERNET],
  [10, LAYER_CISCO_HDLC],
  [11, LAYER_ETHERNET],
  [15, LAYER_CISCO_HDLC],
  [16, LAYER_ETHERNET],
  [19, LAYER_CISCO_HDLC],
  [20, LAYER_ETHERNET],
  [22, LAYER_IPV4],
  [23, LAYER_IPV6],
]);
