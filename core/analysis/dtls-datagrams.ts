import type { PacketScratch } from '../net/packet.ts';
import type { Uint8Column } from '../store/columns.ts';
import {
  RECORD_DTLS,
  RECORD_ENDED,
  RECORD_PARTIAL,
  RECORD_SNAPPED,
  type RecordTable,
} from '../store/record-table.ts';
import { ConnectionIdLengths } from '../tls/dtls/connection-id-lengths.ts';
import {
  DTLS_CUT,
  DTLS_NONE,
  type DtlsRecordScratch,
  looksLikeDtls,
  newDtlsRecordScratch,
  readDtlsRecord,
} from '../tls/dtls/dtls-record.ts';
import type { RecordScratch } from '../tls/record-sink.ts';
import { APPLICATION_DATA, HANDSHAKE } from '../tls/tables/content-types.ts';
import type { ChannelHost } from './channel.ts';

/** Where the records of datagrams go. */
export interface DatagramHost extends Pick<ChannelHost, 'addRecord'> {
  readonly records: RecordTable;
  readonly tlsDirections: Uint8Column;
}

/** Finds DTLS records in datagrams. */
export class DtlsDatagrams {
  private readonly host: DatagramHost;
  private readonly scratch: RecordScratch;
  private readonly record = newDtlsRecordScratch();
  private readonly connectionIds = new ConnectionIdLengths();

  constructor(host: DatagramHost, scratch: RecordScratch) {
    this.host = host;
    this.scratch = scratch;
  }

  /** DTLS records of one datagram; false where it holds none. */
  take(packet: PacketScratch, conversation: number, direction: 0 | 1, number: number): boolean {
    const { payload, payloadStart, payloadEnd } = packet;
    const known = this.host.tlsDirections.read(conversation) !== 0;
    if (payloadEnd - payloadStart < SHORTEST_DTLS) return false;
    const first = payload[payloadStart] ?? 0;
    if (!known && !looksLikeDtls(payload, payloadStart, payloadEnd, packet.payloadMissing)) return false;
    // On a port shared with media the first byte tells DTLS from RTP and STUN (RFC 7983 §7).
    if (known && (first < 20 || first > 63)) return false;
    const record = this.record;
    let at = payloadStart;
    let found = false;
    while (at < payloadEnd) {
      const cid = this.connectionIds.find(payload, at, payloadEnd, conversation, direction);
      const result = readDtlsRecord(payload, at, payloadEnd, cid, record);
      if (result === DTLS_NONE) break;
      found = true;
      if (record.type === HANDSHAKE && record.epoch === 0)
        this.connectionIds.learn(payload, record.bodyFrom, record.to, conversation, direction);
      this.add(packet, conversation, direction, number, record, result === DTLS_CUT);
      at = record.to;
    }
    if (found)
      this.host.tlsDirections.write(
        conversation,
        this.host.tlsDirections.read(conversation) | (1 << direction),
      );
    return found;
  }

  private add(
    packet: PacketScratch,
    conversation: number,
    direction: 0 | 1,
    number: number,
    record: DtlsRecordScratch,
    cut: boolean,
  ): void {
    const { scratch } = this;
    scratch.type = record.type < 0 ? APPLICATION_DATA : record.type;
    scratch.version = record.version;
    scratch.bytes = packet.payload;
    scratch.from = record.from;
    scratch.headerLength = record.bodyFrom - record.from;
    scratch.firstFrame = number;
    scratch.lastFrame = number;
    takePieces(scratch, packet, record.from - packet.payloadStart, record.to - record.from);
    let flags = RECORD_DTLS;
    if (cut) flags |= RECORD_PARTIAL | (packet.payloadMissing > 0 ? RECORD_SNAPPED : RECORD_ENDED);
    const length = record.to - record.bodyFrom;
    this.host.addRecord(conversation, 0, direction, flags, scratch, length, cut ? packet.payloadMissing : 0);
    const row = this.host.records.length - 1;
    this.host.records.headerLength.write(row, scratch.headerLength);
    this.host.records.headerEpoch.write(row, record.epoch);
    this.host.records.headerSequence.write(row, record.sequence);
    scratch.headerLength = TLS_HEADER;
  }
}

/** Where bytes [from, from + length) of a packet's payload lie in the file. */
function takePieces(scratch: RecordScratch, packet: PacketScratch, from: number, length: number): void {
  scratch.spanCount = 0;
  if (packet.pieces === 0) {
    scratch.spanCount = 1;
    scratch.spanOffsets[0] = packet.payloadOffset + from;
    scratch.spanLengths[0] = length;
    scratch.spanFrames[0] = scratch.lastFrame;
    return;
  }
  let skip = from;
  let left = length;
  for (let piece = 0; piece < packet.pieces && left > 0; piece += 1) {
    const size = packet.pieceLengths[piece] ?? 0;
    if (skip >= size) {
      skip -= size;
      continue;
    }
    const at = scratch.spanCount;
    if (at >= scratch.spanOffsets.length) break;
    scratch.spanOffsets[at] = (packet.pieceOffsets[piece] ?? 0) + skip;
    scratch.spanLengths[at] = Math.min(left, size - skip);
    scratch.spanFrames[at] = packet.pieceFrames[piece] ?? 0;
    left -= Math.min(left, size - skip);
    skip = 0;
    scratch.spanCount += 1;
  }
}

const TLS_HEADER = 5;
/** The shortest unified header with the shortest AEAD record (RFC 9147 §4). */
const SHORTEST_DTLS = 13;
