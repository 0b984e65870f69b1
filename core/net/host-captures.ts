import { byteAt, u16be, u16le, u32be, u32le } from '../bytes/reader.ts';
import {
  failLayer,
  failShort,
  LAYER_IP,
  LAYER_LINK,
  nameLayer,
  narrowTo,
  type LayerCursor,
} from './layer.ts';

/** LINKTYPE_NFLOG: 4 bytes, then fields of length and type in the byte order of the host; field 9 is the packet. */
export function decodeNflog(cursor: LayerCursor): number {
  const bytes = cursor.bytes;
  cursor.packet.protocol = 'NFLOG';
  if (cursor.end - cursor.at < 8) return failShort(cursor, 'NFLOG', 8);
  if (byteAt(bytes, cursor.at + 1) !== 0) return failLayer(cursor, 'NFLOG', 'The version is not 0.');
  let at = cursor.at + 4;
  // Few types exist: the order in which the first field's type is a small number is the host's.
  const read = (u16le(bytes, at + 2) & 0x7fff) <= (u16be(bytes, at + 2) & 0x7fff) ? u16le : u16be;
  while (cursor.end - at >= 4) {
    const length = read(bytes, at);
    const type = read(bytes, at + 2) & 0x7fff;
    if (length < 4) return failLayer(cursor, 'NFLOG', `A field claims a length of ${length} bytes.`);
    if (type === NFULA_PAYLOAD) {
      cursor.at = at + 4;
      if (at + length < cursor.end) narrowTo(cursor, at + length);
      return LAYER_IP;
    }
    at += (length + 3) & ~3;
  }
  return nameLayer(cursor, 'NFLOG');
}

/** LINKTYPE_IPNET of Solaris: version, family (2 or 26), hook type, length, interfaces and zones: 24 bytes. */
export function decodeIpnet(cursor: LayerCursor): number {
  if (cursor.end - cursor.at < 24) return failShort(cursor, 'IPNET', 24);
  cursor.at += 24;
  return LAYER_IP;
}

/** LINKTYPE_PKTAP of macOS, little-endian: length of the header, record type, link type of the frame behind it. */
export function decodePktap(cursor: LayerCursor): number {
  const bytes = cursor.bytes;
  if (cursor.end - cursor.at < 12) return failShort(cursor, 'PKTAP', 12);
  const swapped = u32le(bytes, cursor.at) > 0xffff;
  const length = swapped ? u32be(bytes, cursor.at) : u32le(bytes, cursor.at);
  if (length < 12) return failLayer(cursor, 'PKTAP', `The header claims a length of ${length} bytes.`);
  if (cursor.end - cursor.at < length) return failShort(cursor, 'PKTAP', length);
  const linkType = swapped ? u32be(bytes, cursor.at + 8) : u32le(bytes, cursor.at + 8);
  // DLT_RAW has the value 12 on macOS; the others are the same as in files.
  cursor.linkType = linkType;
  cursor.at += length;
  return LAYER_LINK;
}

/** LINKTYPE_PFLOG of OpenBSD and its firewalls: the header's length, padded to four bytes; then the packet. */
export function decodePflog(cursor: LayerCursor): number {
  if (cursor.end - cursor.at < 4) return failShort(cursor, 'PFLOG', 4);
  const length = (byteAt(cursor.bytes, cursor.at) + 3) & ~3;
  if (length < 4) return failLayer(cursor, 'PFLOG', `The header claims a length of ${length} bytes.`);
  if (cursor.end - cursor.at < length) return failShort(cursor, 'PFLOG', length);
  cursor.at += length;
  return LAYER_IP;
}

/** LINKTYPE_ENC of OpenBSD's IPsec: address family, SPI, flags; then the packet in clear. */
export function decodeEnc(cursor: LayerCursor): number {
  if (cursor.end - cursor.at < 12) return failShort(cursor, 'ENC', 12);
  cursor.at += 12;
  return LAYER_IP;
}

const NFULA_PAYLOAD = 9;
