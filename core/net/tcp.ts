import { byteAt, u16be, u32be } from '../bytes/reader.ts';
import { failLayer, failShort, LAYER_DONE, type LayerCursor } from './layer.ts';
import { PACKET_SEGMENT } from './packet.ts';

/** TCP (RFC 9293 §3.1). Options are passed over; a capture that ends inside them still has its sequence numbers. */
export function decodeTcp(cursor: LayerCursor): number {
  const { bytes, at, packet } = cursor;
  const room = cursor.end - at;
  packet.protocol = 'TCP';
  if (room >= 4) {
    packet.sourcePort = u16be(bytes, at);
    packet.destinationPort = u16be(bytes, at + 2);
  }
  if (room < 20) return failShort(cursor, 'TCP', 20);
  packet.sequence = u32be(bytes, at + 4);
  packet.acknowledgement = u32be(bytes, at + 8);
  packet.tcpFlags = byteAt(bytes, at + 13);
  packet.tcpWindow = u16be(bytes, at + 14);
  const headerLength = (byteAt(bytes, at + 12) >> 4) * 4;
  if (headerLength < 20)
    return failLayer(cursor, 'TCP', `The header claims a length of ${headerLength} bytes.`);
  const payload = at + headerLength;
  if (payload > cursor.wireEnd) {
    return failLayer(
      cursor,
      'TCP',
      `The header claims ${headerLength} bytes, and the packet has room for ${cursor.wireEnd - at}.`,
    );
  }
  packet.kind = PACKET_SEGMENT;
  // Where the capture ends inside the options no payload was captured, and all of it is missing.
  cursor.at = payload;
  packet.payloadMissing = cursor.wireEnd - (payload > cursor.end ? payload : cursor.end);
  return LAYER_DONE;
}
