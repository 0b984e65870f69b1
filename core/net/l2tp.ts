import { byteAt, u16be, u32be } from '../bytes/reader.ts';
import {
  failShort,
  LAYER_ETHERNET,
  LAYER_IP,
  LAYER_L2TP,
  LAYER_L2TP_3,
  LAYER_PPP,
  LAYER_DONE,
  nameLayer,
  type LayerCursor,
} from './layer.ts';
import { looksLikeEthernet, looksLikeIp } from './looks-like.ts';

/** What a datagram of port 1701 is: L2TP version 2 or 3 with user data, LAYER_DONE for all else. */
export function detectL2tp(cursor: LayerCursor): number {
  if (l2tpLength(cursor) > 0) return LAYER_L2TP;
  if (u32be(cursor.bytes, cursor.at) !== 0x00030000) return LAYER_DONE;
  cursor.at += 4;
  if (findPayload(cursor) !== null) return LAYER_L2TP_3;
  cursor.at -= 4;
  return LAYER_DONE;
}

/** L2TP version 2 (RFC 2661 §3.1): a data message carries a PPP frame. */
export function decodeL2tp(cursor: LayerCursor): number {
  cursor.at += l2tpLength(cursor);
  return LAYER_PPP;
}

/**
 * A session of L2TP version 3 (RFC 3931 §4.1): its number, a cookie of 0, 4 or 8 bytes, perhaps a sequence word. How many
 * and what comes behind them was agreed before: the first place where a header makes sense is taken.
 */
export function decodeL2tp3(cursor: LayerCursor): number {
  if (cursor.end - cursor.at < 4) return failShort(cursor, 'L2TP', 4);
  const found = findPayload(cursor);
  if (found === null) return nameLayer(cursor, 'L2TP');
  cursor.at = found.at;
  return found.layer;
}

const LONGEST_COOKIE_AND_SEQUENCE = 12;

/** The cursor stands on the session's number; 0 is a control message. */
function findPayload(cursor: LayerCursor): { readonly at: number; readonly layer: number } | null {
  const { bytes, at } = cursor;
  if (cursor.end - at < 8 || u32be(bytes, at) === 0) return null;
  for (let skip = 4; skip <= 4 + LONGEST_COOKIE_AND_SEQUENCE; skip += 4) {
    const here = at + skip;
    if (looksLikeEthernet(cursor, here)) return { at: here, layer: LAYER_ETHERNET };
    if (cursor.end - here >= 4 && u32be(bytes, here) === 0xff030021) return { at: here, layer: LAYER_PPP };
    if (looksLikeIp(cursor, here)) return { at: here, layer: LAYER_IP };
  }
  return null;
}

/** Length of the header of a data message of version 2 that carries IP over PPP; 0 where it is anything else. */
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
