import { byteAt, u16be } from '../bytes/reader.ts';
import {
  failShort,
  LAYER_ERSPAN_2,
  LAYER_ERSPAN_3,
  LAYER_ETHERNET,
  LAYER_ETHERTYPE,
  LAYER_IPV4,
  LAYER_PPP,
  nameLayer,
  type LayerCursor,
} from './layer.ts';

/** GRE (RFC 2784, RFC 2890, version 1 of RFC 2637): flags tell which optional fields stand before the payload. */
export function decodeGre(cursor: LayerCursor): number {
  if (cursor.end - cursor.at < 4) return failShort(cursor, 'GRE', 4);
  const flags = u16be(cursor.bytes, cursor.at);
  const protocol = u16be(cursor.bytes, cursor.at + 2);
  const version = flags & 7;
  let length = 4;
  if ((flags & (CHECKSUM | ROUTING)) !== 0) length += 4;
  if ((flags & KEY) !== 0) length += 4;
  if ((flags & SEQUENCE) !== 0) length += 4;
  if (version === 1 && (flags & ACKNOWLEDGEMENT) !== 0) length += 4;
  if (version > 1) return nameLayer(cursor, 'GRE');
  if (cursor.end - cursor.at < length) return failShort(cursor, 'GRE', length);
  // A list of routes (RFC 1701) has been dead for decades.
  if ((flags & ROUTING) !== 0) return nameLayer(cursor, 'GRE');
  cursor.at += length;
  cursor.packet.protocol = 'GRE';
  if (cursor.at >= cursor.wireEnd) return nameLayer(cursor, 'GRE');
  switch (protocol) {
    case 0x88be:
      // ERSPAN type I has no header and comes without sequence numbers.
      return (flags & SEQUENCE) === 0 ? LAYER_ETHERNET : LAYER_ERSPAN_2;
    case 0x22eb:
      return LAYER_ERSPAN_3;
    case 0x6558:
      return LAYER_ETHERNET;
    case 0x880b:
      return LAYER_PPP;
    case 0x883e:
      return decodeWccp(cursor);
  }
  if (protocol < 1536) return nameLayer(cursor, 'GRE');
  cursor.etherType = protocol;
  return LAYER_ETHERTYPE;
}

/** ERSPAN type II (draft-foschiano-erspan §4.2): 8 bytes, then the Ethernet frame. */
export function decodeErspan2(cursor: LayerCursor): number {
  return skipHeader(cursor, 8);
}

/** ERSPAN type III (§4.3): 12 bytes and, where the O bit says so, 8 of a platform's own. */
export function decodeErspan3(cursor: LayerCursor): number {
  if (cursor.end - cursor.at < 12) return failShort(cursor, 'ERSPAN', 12);
  const frameType = (byteAt(cursor.bytes, cursor.at + 10) >> 2) & 0x1f;
  const hasPlatform = (byteAt(cursor.bytes, cursor.at + 11) & 1) !== 0;
  // P bit and frame type: an Ethernet frame (0) or an IP packet (2).
  if (frameType !== 2) return skipHeader(cursor, hasPlatform ? 20 : 12);
  cursor.at += hasPlatform ? 20 : 12;
  return LAYER_IPV4;
}

/** Ethernet over IP (RFC 3378): version 3, twelve zero bits. */
export function decodeEtherIp(cursor: LayerCursor): number {
  if (cursor.end - cursor.at < 2) return failShort(cursor, 'EtherIP', 2);
  cursor.at += 2;
  return LAYER_ETHERNET;
}

const CHECKSUM = 0x8000;
const ROUTING = 0x4000;
const KEY = 0x2000;
const SEQUENCE = 0x1000;
const ACKNOWLEDGEMENT = 0x0080;

function skipHeader(cursor: LayerCursor, length: number): number {
  if (cursor.end - cursor.at < length) return failShort(cursor, 'ERSPAN', length);
  cursor.at += length;
  return LAYER_ETHERNET;
}

/** WCCP redirection: version 2 puts four bytes before the IP packet, version 1 none. */
function decodeWccp(cursor: LayerCursor): number {
  if (byteAt(cursor.bytes, cursor.at) >> 4 !== 4) cursor.at += 4;
  return LAYER_IPV4;
}
