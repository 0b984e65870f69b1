import { byteAt, u16be, u32be } from '../bytes/reader.ts';
import type { IpFragments } from './ip-fragments.ts';
import { failLayer, failShort, LAYER_DONE, LAYER_IP_PAYLOAD, narrowTo, type LayerCursor } from './layer.ts';

/**
 * IPv6 and its extension headers (RFC 8200 §3, §4), jumbo payload included (RFC 2675). A fragment goes to `fragments`;
 * the one that completes its datagram goes on with it.
 */
export function decodeIpv6(cursor: LayerCursor, fragments: IpFragments): number {
  const { bytes, at, packet } = cursor;
  if (cursor.end - at < 40) return failShort(cursor, 'IPv6', 40);
  const version = byteAt(bytes, at) >> 4;
  if (version !== 6) return failLayer(cursor, 'IPv6', `The version is ${version}.`);
  packet.ipVersion = 6;
  packet.protocol = 'IPv6';
  const addresses = packet.addresses;
  for (let word = 0; word < 8; word++) addresses[word] = u32be(bytes, at + 8 + word * 4);
  const payloadLength = u16be(bytes, at + 4);
  packet.ipProtocol = byteAt(bytes, at + 6);
  packet.sourcePort = 0;
  packet.destinationPort = 0;
  cursor.at = at + 40;
  cursor.depth++;
  // Length 0: a jumbogram, whose option tells, or a segment that the network card was to cut.
  if (payloadLength !== 0) narrowTo(cursor, cursor.at + payloadLength);
  return packet.ipProtocol === 6 ? LAYER_IP_PAYLOAD : passExtensions(cursor, fragments, payloadLength === 0);
}

/** True for the extension headers that only stand between IPv6 and its payload; AH and ESP are protocols of their own. */
export function isIpv6Extension(protocol: number): boolean {
  return (
    protocol === HOP_BY_HOP ||
    protocol === ROUTING ||
    protocol === FRAGMENT ||
    protocol === DESTINATION_OPTIONS ||
    protocol === MOBILITY ||
    protocol === HIP ||
    protocol === SHIM6
  );
}

const HOP_BY_HOP = 0;
const ROUTING = 43;
const FRAGMENT = 44;
const DESTINATION_OPTIONS = 60;
const MOBILITY = 135;
const HIP = 139;
const SHIM6 = 140;
/** More than any real packet has. */
const MOST_EXTENSIONS = 16;

/** Behind a reassembled datagram too: it may begin with further extension headers. */
function passExtensions(cursor: LayerCursor, fragments: IpFragments, mayBeJumbo: boolean): number {
  const packet = cursor.packet;
  for (let count = 0; isIpv6Extension(packet.ipProtocol); count++) {
    const { bytes, at } = cursor;
    if (count === MOST_EXTENSIONS) return failLayer(cursor, 'IPv6', 'There are too many extension headers.');
    if (cursor.end - at < 8) return failShort(cursor, 'IPv6 extension', 8);
    const protocol = packet.ipProtocol;
    const length = protocol === FRAGMENT ? 8 : 8 + byteAt(bytes, at + 1) * 8;
    if (cursor.end - at < length) return failShort(cursor, 'IPv6 extension', length);
    if (protocol === HOP_BY_HOP && mayBeJumbo) readJumboLength(cursor, length);
    packet.ipProtocol = byteAt(bytes, at);
    cursor.at = at + length;
    if (protocol !== FRAGMENT) continue;
    const offset = u16be(bytes, at + 2) & 0xfff8;
    const isLast = (byteAt(bytes, at + 3) & 1) === 0;
    // An atomic fragment (RFC 6946) is whole.
    if (offset === 0 && isLast) continue;
    if (!fragments.add(cursor, u32be(bytes, at + 4), offset, isLast)) return LAYER_DONE;
  }
  return LAYER_IP_PAYLOAD;
}

/** The jumbo payload option (RFC 2675 §2): type c2, length 4, the payload's length behind the IPv6 header. */
function readJumboLength(cursor: LayerCursor, length: number): void {
  const end = cursor.at + length;
  for (let at = cursor.at + 2; at + 2 <= end;) {
    const type = byteAt(cursor.bytes, at);
    if (type === 0) {
      at++;
      continue;
    }
    const size = byteAt(cursor.bytes, at + 1);
    if (type === 0xc2 && size === 4 && at + 6 <= end) {
      const jumbo = u32be(cursor.bytes, at + 2);
      if (jumbo > 65_535) narrowTo(cursor, cursor.at + jumbo);
      return;
    }
    at += 2 + size;
  }
}
