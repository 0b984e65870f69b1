import { u16be, u32be } from '../bytes/reader.ts';
import { failLayer, failShort, LAYER_DONE, narrowTo, type LayerCursor } from './layer.ts';
import { PACKET_DATAGRAM, PACKET_OTHER } from './packet.ts';
import { detectUdpTunnel } from './udp-tunnels.ts';

/** UDP (RFC 768); length 0 is a jumbogram's or an offloaded one's (RFC 2675 §4): all that is there. */
export function decodeUdp(cursor: LayerCursor): number {
  const { bytes, at, packet } = cursor;
  const room = cursor.end - at;
  packet.protocol = 'UDP';
  if (room >= 4) {
    packet.sourcePort = u16be(bytes, at);
    packet.destinationPort = u16be(bytes, at + 2);
  }
  if (room < 8) return failShort(cursor, 'UDP', 8);
  const length = u16be(bytes, at + 4);
  if (length !== 0) {
    if (length < 8) return failLayer(cursor, 'UDP', `The datagram claims a length of ${length} bytes.`);
    narrowTo(cursor, at + length);
  }
  packet.kind = PACKET_DATAGRAM;
  cursor.at = at + 8;
  packet.payloadMissing = cursor.wireEnd - cursor.end;
  if (packet.sourcePort === 4500 || packet.destinationPort === 4500) nameEspInUdp(cursor);
  const tunnel = detectUdpTunnel(cursor, packet.sourcePort, packet.destinationPort);
  if (tunnel === LAYER_DONE) return LAYER_DONE;
  // What counts from here on is what the tunnel holds.
  packet.kind = PACKET_OTHER;
  packet.payloadMissing = 0;
  return tunnel;
}

/** Port 4500 carries IKE behind four zero bytes, one-byte keep-alives, and ESP (RFC 3948 §2). */
function nameEspInUdp(cursor: LayerCursor): void {
  if (cursor.end - cursor.at >= 16 && u32be(cursor.bytes, cursor.at) !== 0) cursor.packet.protocol = 'ESP';
}
