import { byteAt, u16be, u48be } from '../../bytes/reader.ts';
import { ACK, CHANGE_CIPHER_SPEC, TLS12_CID } from '../tables/content-types.ts';
import { DTLS_1_0, DTLS_1_0_OPENSSL, DTLS_1_2, DTLS_1_3 } from '../tables/versions.ts';

/** One record of a datagram as the reader stands on it. Reused. */
export interface DtlsRecordScratch {
  /** Content type; -1 in a unified header (DTLS 1.3 encrypted: the type stands inside). */
  type: number;
  /** Version of the header; DTLS_1_3 for unified headers. */
  version: number;
  /** Unified headers tell the two lowest bits only: see `epochBits`. */
  epoch: number;
  /** 48 bits. In a unified header 8 or 16 bits, and encrypted (RFC 9147 §4.2.3). */
  sequence: number;
  /** True for the header of RFC 9147 §4. */
  unified: boolean;
  /** Bits of `epoch` and `sequence` that the header holds: 16 and 48, or 2 and 8 or 16. */
  epochBits: number;
  sequenceBits: number;
  /** Offset of the sequence number in `bytes` (unified headers: to take its mask off). */
  sequenceAt: number;
  /** Header at bytes[from], body at bytes[bodyFrom, to). */
  from: number;
  bodyFrom: number;
  to: number;
  /** The connection id in bytes[cidFrom, cidTo); empty where none. */
  cidFrom: number;
  cidTo: number;
}

export function newDtlsRecordScratch(): DtlsRecordScratch {
  return {
    type: 0,
    version: 0,
    epoch: 0,
    sequence: 0,
    unified: false,
    epochBits: 16,
    sequenceBits: 48,
    sequenceAt: 0,
    from: 0,
    bodyFrom: 0,
    to: 0,
    cidFrom: 0,
    cidTo: 0,
  };
}

/** Results of readDtlsRecord. */
export const DTLS_RECORD = 1;
/** No DTLS record can stand here. */
export const DTLS_NONE = 0;
/** A header, but its body goes beyond the datagram (cut capture, or damage): `to` is the datagram's end. */
export const DTLS_CUT = 2;

/**
 * Reads the record at bytes[from, end) of a datagram; the next begins at `record.to`. `cidLength` is the length of the
 * connection ids that this direction's receiver asked for, 0 for none (RFC 9146 §3, RFC 9147 §9).
 */
export function readDtlsRecord(
  bytes: Uint8Array,
  from: number,
  end: number,
  cidLength: number,
  record: DtlsRecordScratch,
): number {
  if (from >= end) return DTLS_NONE;
  const first = byteAt(bytes, from);
  // RFC 9147 §4: 001CSLEE. No content type has these bits.
  if ((first & 0xe0) === 0x20) return readUnified(bytes, from, end, cidLength, record);
  if (first < CHANGE_CIPHER_SPEC || first > ACK + 1) return DTLS_NONE;
  const withCid = first === TLS12_CID;
  const header = 13 + (withCid ? cidLength : 0);
  if (end - from < header) return DTLS_NONE;
  const version = u16be(bytes, from + 1);
  if (!isRecordVersion(version)) return DTLS_NONE;
  record.type = first;
  record.version = version;
  record.unified = false;
  record.epoch = u16be(bytes, from + 3);
  record.sequence = u48be(bytes, from + 5);
  record.epochBits = 16;
  record.sequenceBits = 48;
  record.sequenceAt = from + 5;
  record.from = from;
  record.cidFrom = from + 11;
  record.cidTo = from + header - 2;
  return bound(record, from + header, u16be(bytes, from + header - 2), end);
}

/** RFC 9147 §4, figure 3. */
function readUnified(
  bytes: Uint8Array,
  from: number,
  end: number,
  cidLength: number,
  record: DtlsRecordScratch,
): number {
  const first = byteAt(bytes, from);
  const sequenceLength = (first & 0x08) !== 0 ? 2 : 1;
  const withCid = (first & 0x10) !== 0;
  const withLength = (first & 0x04) !== 0;
  // Ids are asked for before they are used: a header with one, where none was agreed, is no DTLS that could be read.
  if (withCid && cidLength === 0) return DTLS_NONE;
  let at = from + 1;
  record.cidFrom = at;
  if (withCid) at += cidLength;
  record.cidTo = at;
  record.sequenceAt = at;
  record.sequence = sequenceLength === 2 ? u16be(bytes, at) : byteAt(bytes, at);
  at += sequenceLength;
  const length = withLength ? u16be(bytes, at) : end - at;
  if (withLength) at += 2;
  if (at > end) return DTLS_NONE;
  record.type = -1;
  record.version = DTLS_1_3;
  record.unified = true;
  record.epoch = first & 3;
  record.epochBits = 2;
  record.sequenceBits = sequenceLength * 8;
  record.from = from;
  return bound(record, at, length, end);
}

function bound(record: DtlsRecordScratch, bodyFrom: number, length: number, end: number): number {
  record.bodyFrom = bodyFrom;
  if (length > MAX_DTLS_LENGTH) return DTLS_NONE;
  const cut = length > end - bodyFrom;
  record.to = cut ? end : bodyFrom + length;
  return cut ? DTLS_CUT : DTLS_RECORD;
}

/** As of TLS (RFC 6347 §4.1). */
const MAX_DTLS_LENGTH = 0x4000 + 2048;

/**
 * Does bytes[from, end) of a datagram begin with DTLS, of which nothing is known? The record must have a whole header,
 * a version, and end within the datagram with another record or with it. `missing` bytes of the datagram were not
 * captured.
 */
export function looksLikeDtls(bytes: Uint8Array, from: number, end: number, missing: number): boolean {
  // Unified headers prove too little alone: such a connection is known by its hellos.
  if ((byteAt(bytes, from) & 0xe0) === 0x20) return false;
  const record = newDtlsRecordScratch();
  let at = from;
  let count = 0;
  while (at < end) {
    // A connection id of unknown length hides where the record ends.
    if (byteAt(bytes, at) === TLS12_CID)
      return isRecordVersion(u16be(bytes, at + 1)) && fittingIdLength(bytes, at, end) > 0;
    const result = readDtlsRecord(bytes, at, end, 0, record);
    if (result === DTLS_CUT) return missing > 0;
    if (result === DTLS_NONE) return false;
    if (record.to === record.bodyFrom) return false;
    at = record.to;
    if (++count === 3) return true;
  }
  return count > 0;
}

/** True for the first byte of a header that has a connection id: content type 25, or a unified header that says so. */
export function mayHaveId(first: number): boolean {
  return first === TLS12_CID || (first & 0xf0) === 0x30;
}

/** Where in such a header the id stands: behind the sequence number in DTLS 1.2, before it in DTLS 1.3. */
export function idOffset(first: number): number {
  return first === TLS12_CID ? 11 : 1;
}

/**
 * The length of the id in the header at bytes[at], by the length with which the record ends where its datagram does
 * (`end`), or where another record with the same id begins. 0 where none fits, or the header has none.
 */
export function fittingIdLength(bytes: Uint8Array, at: number, end: number): number {
  const first = byteAt(bytes, at);
  // Without a length in the header nothing can be told.
  if (!mayHaveId(first) || (first !== TLS12_CID && (first & 0x04) === 0)) return 0;
  const behind = first === TLS12_CID ? 13 : (first & 0x08) !== 0 ? 5 : 4;
  for (let length = 1; length <= LONGEST_ID_TRIED; length += 1) {
    const body = at + behind + length;
    if (body > end) break;
    const next = body + u16be(bytes, body - 2);
    if (next === end || (next < end && hasSameId(bytes, at, next, length))) return length;
  }
  return 0;
}

function hasSameId(bytes: Uint8Array, at: number, next: number, length: number): boolean {
  const first = byteAt(bytes, at);
  if (byteAt(bytes, next) !== first) return false;
  const from = idOffset(first);
  for (let i = from; i < from + length; i += 1)
    if (byteAt(bytes, at + i) !== byteAt(bytes, next + i)) return false;
  return true;
}

/** Longer ids are allowed, and nobody uses them. */
const LONGEST_ID_TRIED = 32;

function isRecordVersion(version: number): boolean {
  return version === DTLS_1_2 || version === DTLS_1_0 || version === DTLS_1_0_OPENSSL;
}
