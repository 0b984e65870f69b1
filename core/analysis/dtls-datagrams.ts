import type { PacketScratch } from '../net/packet.ts';
import type { Uint8Column } from '../store/columns.ts';
import type { ConversationTable } from '../stream/conversation-table.ts';
import {
  RECORD_DTLS,
  RECORD_ENDED,
  RECORD_PARTIAL,
  RECORD_SNAPPED,
  type RecordTable,
} from '../store/record-table.ts';
import { ConnectionIds, type IdOwner } from '../tls/dtls/connection-ids.ts';
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
  readonly conversations: ConversationTable;
}

/** Where a connection was before: `turned` where its direction 0 is direction 1 here. */
export interface Move {
  readonly from: number;
  readonly turned: boolean;
}

/** Finds DTLS records in datagrams. */
export class DtlsDatagrams {
  private readonly host: DatagramHost;
  private readonly scratch: RecordScratch;
  private readonly record = newDtlsRecordScratch();
  private readonly connectionIds = new ConnectionIds();
  private readonly moves = new Map<number, Move>();

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
    const moved = !known && this.follow(packet, conversation, direction);
    if (!known && !moved && !looksLikeDtls(payload, payloadStart, payloadEnd, packet.payloadMissing))
      return false;
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

  /** The conversation that a connection was in before one of its endpoints changed its address; null where none is known. */
  moveInto(conversation: number): Move | null {
    return this.moves.get(conversation) ?? null;
  }

  /** A datagram of a conversation in which nothing was seen before: by its id it may be another's, moved here. */
  private follow(packet: PacketScratch, conversation: number, direction: 0 | 1): boolean {
    const { payload, payloadStart, payloadEnd } = packet;
    const owner = this.connectionIds
      .ownersOf(payload, payloadStart, payloadEnd)
      .find((known) => this.sharesEndpoint(known, conversation, direction));
    if (owner === undefined) return false;
    const before = this.moves.get(owner.conversation);
    const turned = owner.direction !== direction;
    this.moves.set(
      conversation,
      before === undefined
        ? { from: owner.conversation, turned }
        : { from: before.from, turned: before.turned !== turned },
    );
    return true;
  }

  /** One side stays where it is, and it is the same one: ids are each receiver's own, not the world's. */
  private sharesEndpoint(owner: IdOwner, conversation: number, direction: 0 | 1): boolean {
    if (owner.conversation === conversation) return false;
    const { conversations } = this.host;
    const same = (before: number, now: number): boolean => {
      if (conversations.ports.read(before) !== conversations.ports.read(now)) return false;
      for (let word = 0; word < 4; word += 1)
        if (conversations.addresses.read(4 * before + word) !== conversations.addresses.read(4 * now + word))
          return false;
      return true;
    };
    const sender = 2 * owner.conversation + owner.direction;
    const receiver = 2 * owner.conversation + (1 - owner.direction);
    return same(receiver, 2 * conversation + (1 - direction)) || same(sender, 2 * conversation + direction);
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
