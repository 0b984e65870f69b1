import { decodeLatin1 } from '../bytes/text.ts';
import { u16be, u32be } from '../bytes/reader.ts';
import {
  failShort,
  LAYER_DONE,
  LAYER_ETHERNET,
  LAYER_IPV4,
  LAYER_IPV6,
  nameLayer,
  type LayerCursor,
} from './layer.ts';
import { PACKET_DATAGRAM } from './packet.ts';

/**
 * LINKTYPE_WIRESHARK_UPPER_PDU, as Wireshark's "Export PDUs to File" writes it: tagged fields (number and length, both
 * 16 bits big-endian), then bytes of the protocol that one field names. What was a layer below transport goes on as
 * such; SIP becomes a datagram between the endpoints that the fields name; anything else is named.
 */
export function decodeExportedPdu(cursor: LayerCursor): number {
  const { bytes, packet } = cursor;
  let protocol = '';
  packet.protocol = 'Exported PDU';
  for (;;) {
    if (cursor.end - cursor.at < 4) return failShort(cursor, 'Exported PDU', 4);
    const tag = u16be(bytes, cursor.at);
    const length = u16be(bytes, cursor.at + 2);
    const value = cursor.at + 4;
    if (length > cursor.end - value) return failShort(cursor, 'Exported PDU', 4 + length);
    cursor.at = value + length;
    if (tag === END_OF_TAGS) break;
    if (tag === TAG_PROTOCOL || tag === TAG_PROTOCOL_BEFORE_4)
      protocol = decodeLatin1(bytes, value, cursor.at).replace(/\0+$/, '');
    else readEndpoint(cursor, tag, value, length);
  }
  const layer = LAYERS.get(protocol);
  if (layer !== undefined) {
    packet.addresses.fill(0);
    packet.ipVersion = 0;
    return layer;
  }
  if (protocol !== 'sip' || packet.ipVersion === 0) return nameLayer(cursor, 'Exported PDU');
  packet.kind = PACKET_DATAGRAM;
  packet.ipProtocol = 17;
  packet.protocol = 'UDP';
  packet.payloadMissing = cursor.wireEnd - cursor.end;
  return LAYER_DONE;
}

const END_OF_TAGS = 0;
const TAG_PROTOCOL = 12;
const TAG_PROTOCOL_BEFORE_4 = 1;
const TAG_IPV4_SOURCE = 20;
const TAG_IPV4_DESTINATION = 21;
const TAG_IPV6_SOURCE = 22;
const TAG_IPV6_DESTINATION = 23;
const TAG_SOURCE_PORT = 25;
const TAG_DESTINATION_PORT = 26;

const LAYERS: ReadonlyMap<string, number> = new Map([
  ['ip', LAYER_IPV4],
  ['ipv6', LAYER_IPV6],
  ['eth', LAYER_ETHERNET],
  ['eth_withoutfcs', LAYER_ETHERNET],
]);

function readEndpoint(cursor: LayerCursor, tag: number, at: number, length: number): void {
  const { bytes, packet } = cursor;
  if (tag === TAG_SOURCE_PORT && length === 4) packet.sourcePort = u32be(bytes, at) & 0xffff;
  if (tag === TAG_DESTINATION_PORT && length === 4) packet.destinationPort = u32be(bytes, at) & 0xffff;
  const isIpv4 = tag === TAG_IPV4_SOURCE || tag === TAG_IPV4_DESTINATION;
  const isIpv6 = tag === TAG_IPV6_SOURCE || tag === TAG_IPV6_DESTINATION;
  if (length !== (isIpv4 ? 4 : isIpv6 ? 16 : -1)) return;
  packet.ipVersion = isIpv4 ? 4 : 6;
  const side = tag === TAG_IPV4_SOURCE || tag === TAG_IPV6_SOURCE ? 0 : 4;
  for (let word = 0; word * 4 < length; word++) packet.addresses[side + word] = u32be(bytes, at + 4 * word);
}
