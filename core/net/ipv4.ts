import { byteAt, u16be, u32be } from '../bytes/reader.ts';
import type { IpFragments } from './ip-fragments.ts';
import { failLayer, failShort, LAYER_DONE, LAYER_IP_PAYLOAD, narrowTo, type LayerCursor } from './layer.ts';
import type { PacketScratch } from './packet.ts';

/** IPv4 (RFC 791 §3.1). A fragment goes to `fragments`; the one that completes its datagram goes on with it. */
export function decodeIpv4(cursor: LayerCursor, fragments: IpFragments): number {
  const { bytes, at, packet } = cursor;
  const room = cursor.end - at;
  if (room < 20) return failShort(cursor, 'IPv4', 20);
  const first = byteAt(bytes, at);
  if (first >> 4 !== 4) return failLayer(cursor, 'IPv4', `The version is ${first >> 4}.`);
  const headerLength = (first & 15) * 4;
  if (headerLength < 20)
    return failLayer(cursor, 'IPv4', `The header claims a length of ${headerLength} bytes.`);
  const totalLength = u16be(bytes, at + 2);
  packet.ipVersion = 4;
  packet.protocol = 'IPv4';
  const addresses = packet.addresses;
  addresses[0] = u32be(bytes, at + 12);
  addresses[4] = u32be(bytes, at + 16);
  if (cursor.depth > 0) forgetOuter(packet);
  packet.ipProtocol = byteAt(bytes, at + 9);
  if (totalLength !== 0) {
    if (totalLength < headerLength) {
      return failLayer(cursor, 'IPv4', `The total length of ${totalLength} bytes is less than the header's.`);
    }
    narrowTo(cursor, at + totalLength);
  }
  // Else a segment that the network card was to cut (offload): all of the frame is its own.
  if (cursor.end - at < headerLength) return failShort(cursor, 'IPv4', headerLength);
  cursor.at = at + headerLength;
  cursor.depth++;
  const fragment = u16be(bytes, at + 6);
  // More Fragments, or an offset.
  if ((fragment & 0x3fff) === 0) return LAYER_IP_PAYLOAD;
  const isLast = (fragment & 0x2000) === 0;
  const next = fragments.add(cursor, u16be(bytes, at + 4), (fragment & 0x1fff) * 8, isLast);
  return next ? LAYER_IP_PAYLOAD : LAYER_DONE;
}

/** What the packet around this one left behind. */
function forgetOuter(packet: PacketScratch): void {
  const addresses = packet.addresses;
  addresses[1] = addresses[2] = addresses[3] = 0;
  addresses[5] = addresses[6] = addresses[7] = 0;
  packet.sourcePort = 0;
  packet.destinationPort = 0;
}
