import { byteAt, u16be, u24be, u32le } from '../bytes/reader.ts';
import {
  failLayer,
  failShort,
  LAYER_CISCO_HDLC,
  LAYER_ETHERNET,
  LAYER_FRAME_RELAY,
  LAYER_IPV4,
  LAYER_IPV6,
  LAYER_LLC,
  LAYER_MPLS,
  LAYER_PPP,
  nameLayer,
  type LayerCursor,
} from './layer.ts';

/**
 * What Junos puts before frames (LINKTYPE_JUNIPER_ETHER and its kin): "MGC", flags, extensions of a stated length where
 * flag 0x80 says so. Then `next`; where flag 0x02 says that the frame has no link header (it was captured before it got
 * one), a number of Juniper's own, little-endian, tells what it is.
 */
export function decodeJuniper(cursor: LayerCursor, next: number): number {
  if (cursor.end - cursor.at < 6) return failShort(cursor, 'Juniper', 6);
  if (u24be(cursor.bytes, cursor.at) !== 0x4d4743)
    return failLayer(cursor, 'Juniper', 'The magic number is wrong.');
  const flags = byteAt(cursor.bytes, cursor.at + 3);
  const length = juniperLength(cursor);
  const hasProtocol = (flags & NO_LINK_HEADER) !== 0;
  if (cursor.end - cursor.at < length) return failShort(cursor, 'Juniper', length);
  cursor.at += length;
  if (!hasProtocol) return next;
  return LAYERS.get(u32le(cursor.bytes, cursor.at - 4)) ?? nameLayer(cursor, 'Juniper');
}

/** Length of the header at the cursor; six bytes of it are there. */
export function juniperLength({ bytes, at }: LayerCursor): number {
  const flags = byteAt(bytes, at + 3);
  return (
    ((flags & EXTENSIONS) === 0 ? 4 : 6 + u16be(bytes, at + 4)) + ((flags & NO_LINK_HEADER) === 0 ? 0 : 4)
  );
}

const EXTENSIONS = 0x80;
const NO_LINK_HEADER = 0x02;

const LAYERS: ReadonlyMap<number, number> = new Map([
  [2, LAYER_IPV4],
  [5, LAYER_MPLS],
  [6, LAYER_IPV6],
  [200, LAYER_PPP],
  [202, LAYER_LLC],
  [203, LAYER_LLC],
  [204, LAYER_ETHERNET],
  [207, LAYER_FRAME_RELAY],
  [208, LAYER_CISCO_HDLC],
]);
