import { byteAt, u16be, u16le, u24be, u32be, u32le } from '../bytes/reader.ts';
import {
  failLayer,
  failShort,
  LAYER_DONE,
  LAYER_IEEE80211,
  LAYER_LINK,
  LAYER_LLC,
  nameLayer,
  narrowTo,
  type LayerCursor,
} from './layer.ts';

/**
 * IEEE 802.11 data frames (IEEE 802.11 §9.3.2.1) that are not encrypted, down to LLC; everything else is named. Of an
 * aggregate (A-MSDU) the first subframe is read. Cisco's controllers exchange the two bytes of frame control.
 */
export function decodeIeee80211(cursor: LayerCursor, isSwapped = false): number {
  const bytes = cursor.bytes;
  cursor.packet.protocol = '802.11';
  if (cursor.end - cursor.at < 2) return failShort(cursor, '802.11', 2);
  const control = isSwapped ? u16be(bytes, cursor.at) : u16le(bytes, cursor.at);
  const type = (control >> 2) & 3;
  const subtype = (control >> 4) & 15;
  // Type 2 is data; subtypes with bit 2 set carry none.
  if (type !== 2 || (subtype & 4) !== 0) return LAYER_DONE;
  const hasQos = (subtype & 8) !== 0;
  let length = (control & 0x0300) === 0x0300 ? 30 : 24;
  const qosAt = cursor.at + length;
  if (hasQos) length += 2;
  if (hasQos && (control & 0x8000) !== 0) length += 4;
  if (cursor.end - cursor.at < length) return failShort(cursor, '802.11', length);
  if ((control & 0x4000) !== 0) return nameLayer(cursor, '802.11 (encrypted)');
  const isAggregate = hasQos && (byteAt(bytes, qosAt) & 0x80) !== 0;
  cursor.at += length;
  // Some drivers pad the header to a multiple of four bytes.
  if (u24be(bytes, cursor.at) !== 0xaaaa03 && length % 4 === 2 && u24be(bytes, cursor.at + 2) === 0xaaaa03) {
    cursor.at += 2;
  }
  if (isAggregate && u24be(bytes, cursor.at) !== 0xaaaa03) {
    if (cursor.end - cursor.at < 14) return failShort(cursor, '802.11 A-MSDU', 14);
    narrowTo(cursor, cursor.at + 14 + u16be(bytes, cursor.at + 12));
    cursor.at += 14;
  }
  return LAYER_LLC;
}

/** LINKTYPE_IEEE802_11_RADIOTAP: a little-endian length, presence words, fields; flags may announce a checksum behind. */
export function decodeRadiotap(cursor: LayerCursor): number {
  const bytes = cursor.bytes;
  if (cursor.end - cursor.at < 8) return failShort(cursor, 'Radiotap', 8);
  const length = u16le(bytes, cursor.at + 2);
  if (length < 8) return failLayer(cursor, 'Radiotap', `The header claims a length of ${length} bytes.`);
  if (cursor.end - cursor.at < length) return failShort(cursor, 'Radiotap', length);
  const present = u32le(bytes, cursor.at + 4);
  let fields = cursor.at + 4;
  while (fields + 4 <= cursor.at + length && (u32le(bytes, fields) & 0x80000000) !== 0) fields += 4;
  fields += 4;
  // The TSFT field, eight bytes and aligned to eight, stands before the flags.
  if ((present & 1) !== 0) fields = cursor.at + (((fields - cursor.at + 7) & ~7) + 8);
  const flags = (present & 2) !== 0 && fields < cursor.at + length ? byteAt(bytes, fields) : 0;
  cursor.at += length;
  if ((flags & 0x10) !== 0) trimChecksum(cursor);
  return LAYER_IEEE80211;
}

/** LINKTYPE_IEEE802_11_PRISM: 144 bytes, or an AVS header under the same number. */
export function decodePrism(cursor: LayerCursor): number {
  if (cursor.end - cursor.at < 8) return failShort(cursor, 'Prism', 8);
  if (u32be(cursor.bytes, cursor.at) >>> 12 === 0x80211) return decodeAvs(cursor);
  const big = u32be(cursor.bytes, cursor.at + 4);
  const length = big < 0x10000 ? big : u32le(cursor.bytes, cursor.at + 4);
  return skipHeader(cursor, 'Prism', length, LAYER_IEEE80211);
}

/** LINKTYPE_IEEE802_11_AVS: a magic number, then the header's length, big-endian. */
export function decodeAvs(cursor: LayerCursor): number {
  if (cursor.end - cursor.at < 8) return failShort(cursor, 'AVS', 8);
  return skipHeader(cursor, 'AVS', u32be(cursor.bytes, cursor.at + 4), LAYER_IEEE80211);
}

/** LINKTYPE_PPI: a little-endian length and the link type of what follows. */
export function decodePpi(cursor: LayerCursor): number {
  if (cursor.end - cursor.at < 8) return failShort(cursor, 'PPI', 8);
  cursor.linkType = u32le(cursor.bytes, cursor.at + 4);
  return skipHeader(cursor, 'PPI', u16le(cursor.bytes, cursor.at + 2), LAYER_LINK);
}

function skipHeader(cursor: LayerCursor, name: string, length: number, next: number): number {
  if (length < 8) return failLayer(cursor, name, `The header claims a length of ${length} bytes.`);
  if (cursor.end - cursor.at < length) return failShort(cursor, name, length);
  cursor.at += length;
  return next;
}

function trimChecksum(cursor: LayerCursor): void {
  cursor.wireEnd = Math.max(cursor.at, cursor.wireEnd - 4);
  if (cursor.end > cursor.wireEnd) cursor.end = cursor.wireEnd;
}
