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
import { PACKET_DATAGRAM, PACKET_SEGMENT, TCP_ACK } from './packet.ts';

/**
 * LINKTYPE_WIRESHARK_UPPER_PDU, as Wireshark's "Export PDUs to File" writes it: tagged fields (number and length, both
 * 16 bits big-endian), then bytes of the protocol that one field names. What was a layer below transport goes on as
 * such; SIP becomes a datagram between the endpoints that the fields name, and what was exported of TCP or UDP ("OSI
 * layer 4") is a segment or a datagram again; anything else is named.
 */
export function decodeExportedPdu(cursor: LayerCursor): number {
  const { bytes, packet } = cursor;
  let protocol = '';
  let table = '';
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
    else if (tag === TAG_TABLE) table = decodeLatin1(bytes, value, cursor.at).replace(/\0+$/, '');
    else if (tag === TAG_TCP && length >= 18) readTcp(cursor, value);
    else readEndpoint(cursor, tag, value, length);
  }
  const layer = LAYERS.get(protocol);
  if (layer !== undefined) {
    packet.addresses.fill(0);
    packet.ipVersion = 0;
    return layer;
  }
  if (packet.ipVersion !== 0 && table === 'tcp.port' && packet.tcpFlags !== 0)
    return take(cursor, PACKET_SEGMENT, 6, 'TCP');
  if (packet.ipVersion !== 0 && (protocol === 'sip' || table === 'udp.port'))
    return take(cursor, PACKET_DATAGRAM, 17, 'UDP');
  return nameLayer(cursor, 'Exported PDU');
}

function take(cursor: LayerCursor, kind: number, ipProtocol: number, name: string): typeof LAYER_DONE {
  cursor.packet.kind = kind;
  cursor.packet.ipProtocol = ipProtocol;
  cursor.packet.protocol = name;
  cursor.packet.payloadMissing = cursor.wireEnd - cursor.end;
  return LAYER_DONE;
}

const END_OF_TAGS = 0;
const TAG_PROTOCOL = 12;
/** The table of dissectors in which the PDU's own is looked up: "tcp.port". */
const TAG_TABLE = 14;
const TAG_PROTOCOL_BEFORE_4 = 1;
const TAG_IPV4_SOURCE = 20;
const TAG_IPV4_DESTINATION = 21;
const TAG_IPV6_SOURCE = 22;
const TAG_IPV6_DESTINATION = 23;
const TAG_SOURCE_PORT = 25;
const TAG_DESTINATION_PORT = 26;
/** Version, sequence number, the next one, acknowledgement, whether it was put together, flags, urgent pointer. */
const TAG_TCP = 34;

const LAYERS: ReadonlyMap<string, number> = new Map([
  ['ip', LAYER_IPV4],
  ['ipv6', LAYER_IPV6],
  ['eth', LAYER_ETHERNET],
  ['eth_withoutfcs', LAYER_ETHERNET],
]);

/** The sequence numbers are those that Wireshark shows: they begin at 1. The flags of the last segment stand for all. */
function readTcp({ bytes, packet }: LayerCursor, at: number): void {
  packet.sequence = u32be(bytes, at + 2);
  packet.acknowledgement = u32be(bytes, at + 10);
  packet.tcpFlags = (u16be(bytes, at + 15) & 0x3f) | TCP_ACK;
}

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
