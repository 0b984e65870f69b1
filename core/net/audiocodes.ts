import { byteAt, u16be, u32be } from '../bytes/reader.ts';
import { LAYER_DONE, LAYER_IP, nameLayer, type LayerCursor } from './layer.ts';
import { looksLikeIp } from './looks-like.ts';
import { PACKET_DATAGRAM } from './packet.ts';

/**
 * The debug recording of AudioCodes' gateways and border controllers (UDP port 925): a header by version, an extension,
 * then what was recorded. True where version, kind and lengths make sense.
 */
export function isAudioCodes(cursor: LayerCursor): boolean {
  const { bytes, at } = cursor;
  const version = byteAt(bytes, at);
  return version >= 5 && version <= 9 && cursor.end - at > audioCodesLength(cursor);
}

/**
 * Goes on with the IP packet where the recording has one. SIP alone, and what the device's own TLS decrypted of SIP,
 * becomes a datagram between the endpoints that the extension names.
 */
export function decodeAudioCodes(cursor: LayerCursor): number {
  const { bytes, at } = cursor;
  const header = headerLength(byteAt(bytes, at));
  const fields = at + 5 + 2 + (byteAt(bytes, at) < 9 ? 4 : 8);
  const flags = byteAt(bytes, fields);
  const tracePoint = byteAt(bytes, fields + 1);
  const kind = byteAt(bytes, fields + 2);
  const extension = byteAt(bytes, fields + 3);
  cursor.packet.ipProtocol = 17;
  cursor.at += audioCodesLength(cursor);
  if ((flags & ENCRYPTED) !== 0) return nameLayer(cursor, 'AudioCodes, encrypted');
  if ((flags & HAS_IP_HEADER) !== 0 && looksLikeIp(cursor, cursor.at)) return LAYER_IP;
  if (kind === KIND_SIP && tracePoint === TRACE_SYSTEM && extension >= 12)
    return takeSip(cursor, at + header, at + header + 8);
  const isTls = kind === KIND_TLS || kind === KIND_TLS_PEEK;
  if (isTls && extension >= 13 && byteAt(bytes, at + header + 12) === APPLICATION_SIP)
    return takeSip(cursor, at + header + 4, at + header);
  return nameLayer(cursor, 'AudioCodes');
}

/** Length of the header with its extension. */
export function audioCodesLength({ bytes, at }: LayerCursor): number {
  const version = byteAt(bytes, at);
  const fields = at + 7 + (version < 9 ? 4 : 8);
  const medium = (byteAt(bytes, fields) & HAS_MII_HEADER) === 0 ? 0 : 4;
  return headerLength(version) + byteAt(bytes, fields + 3) + medium;
}

const HAS_MII_HEADER = 0x01;
const HAS_IP_HEADER = 0x08;
const ENCRYPTED = 0x10;
const TRACE_SYSTEM = 6;
const KIND_SIP = 10;
const KIND_TLS = 33;
const KIND_TLS_PEEK = 34;
const APPLICATION_SIP = 3;

/** Versions 5 and later; those before are of devices that knew no TLS. */
function headerLength(version: number): number {
  return version < 7 ? 19 : version === 7 ? 23 : version === 8 ? 24 : 28;
}

/** Two IPv4 addresses and two ports, source first each. */
function takeSip(cursor: LayerCursor, addresses: number, ports: number): typeof LAYER_DONE {
  const { bytes, packet } = cursor;
  packet.addresses.fill(0);
  packet.ipVersion = 4;
  packet.addresses[0] = u32be(bytes, addresses);
  packet.addresses[4] = u32be(bytes, addresses + 4);
  packet.sourcePort = u16be(bytes, ports);
  packet.destinationPort = u16be(bytes, ports + 2);
  packet.kind = PACKET_DATAGRAM;
  packet.protocol = 'UDP';
  packet.payloadMissing = cursor.wireEnd - cursor.end;
  return LAYER_DONE;
}
