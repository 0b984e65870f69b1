import { byteAt, u16be, u32be } from '../bytes/reader.ts';
import { failLayer, failShort, LAYER_DONE, type LayerCursor } from './layer.ts';
import { PACKET_SCTP, SCTP_BEGIN, SCTP_END, SCTP_UNORDERED, type PacketScratch } from './packet.ts';

/** SCTP (RFC 9260 §3): the common header; the packet then stands on its first DATA chunk, see nextSctpChunk. */
export function decodeSctp(cursor: LayerCursor): number {
  const { bytes, at, packet } = cursor;
  const room = cursor.end - at;
  packet.protocol = 'SCTP';
  if (room >= 4) {
    packet.sourcePort = u16be(bytes, at);
    packet.destinationPort = u16be(bytes, at + 2);
  }
  if (room < 12) return failShort(cursor, 'SCTP', 12);
  packet.kind = PACKET_SCTP;
  packet.sctpFlags = -1;
  cursor.at = at + 12;
  packet.payloadStart = cursor.at;
  packet.payloadEnd = cursor.at;
  nextSctpChunk(cursor);
  return LAYER_DONE;
}

/**
 * Steps to the next DATA (RFC 9260 §3.3.1) or I-DATA chunk (RFC 8260 §2.1): the payload and the sctp fields of the
 * packet are then its own. False, and an empty payload, where there is none; a chunk with an impossible length ends the
 * packet as malformed.
 */
export function nextSctpChunk(cursor: LayerCursor): boolean {
  const { bytes, packet } = cursor;
  while (cursor.end - cursor.at >= 4) {
    const at = cursor.at;
    const type = byteAt(bytes, at);
    const length = u16be(bytes, at + 2);
    const header = type === CHUNK_DATA ? 16 : type === CHUNK_I_DATA ? 20 : 4;
    if (length < header) {
      failLayer(cursor, 'SCTP', `A chunk claims a length of ${length} bytes.`);
      break;
    }
    // Chunks are padded to four bytes (§3.2); the last one need not be.
    cursor.at = Math.min(cursor.end, at + ((length + 3) & ~3));
    if (header === 4) continue;
    if (cursor.end - at < header) break;
    readData(packet, bytes, at, header);
    packet.payloadStart = at + header;
    packet.payloadEnd = Math.min(cursor.end, at + length);
    packet.payloadMissing = at + length - packet.payloadEnd;
    return true;
  }
  packet.payloadStart = cursor.end;
  packet.payloadEnd = cursor.end;
  packet.payloadMissing = 0;
  packet.sctpFlags = -1;
  return false;
}

const CHUNK_DATA = 0;
const CHUNK_I_DATA = 64;

function readData(packet: PacketScratch, bytes: Uint8Array, at: number, header: number): void {
  packet.sctpFlags = byteAt(bytes, at + 1) & (SCTP_END | SCTP_BEGIN | SCTP_UNORDERED);
  packet.sctpTsn = u32be(bytes, at + 4);
  packet.sctpStream = u16be(bytes, at + 8);
  packet.sctpStreamSequence = header === 16 ? u16be(bytes, at + 10) : u32be(bytes, at + 12);
  packet.sctpPayloadProtocol = u32be(bytes, header === 16 ? at + 12 : at + 16);
}
