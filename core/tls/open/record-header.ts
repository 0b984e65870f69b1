/** The header that a record's MAC or tag covers beside its content. */
import { ROW_WIDTH, type OpenBatch } from './batch.ts';

/** Row word 6 of a record whose additional data is the standard one. */
export const STANDARD_ADDITIONAL_DATA = 0xffffffff;

/** seq_num + type + version + length (RFC 5246 §6.2.3.1). */
export const MAC_HEADER_LENGTH = 13;
/** SSL 3.0 leaves the version out (RFC 6101 §5.2.3.1). */
export const SSL3_MAC_HEADER_LENGTH = 11;

/**
 * Writes the header of row `row` to bytes[at …), with `length` as the length of what is protected. Returns the byte
 * behind it: `at` plus 13, or plus 11 for SSL 3.0.
 */
export function writeMacHeader(
  batch: OpenBatch,
  row: number,
  length: number,
  ssl3: boolean,
  bytes: Uint8Array,
  at: number,
): number {
  const words = batch.rows;
  const base = row * ROW_WIDTH;
  const high = words[base + 4]!;
  const low = words[base + 5]!;
  bytes[at] = high >>> 24;
  bytes[at + 1] = high >>> 16;
  bytes[at + 2] = high >>> 8;
  bytes[at + 3] = high;
  bytes[at + 4] = low >>> 24;
  bytes[at + 5] = low >>> 16;
  bytes[at + 6] = low >>> 8;
  bytes[at + 7] = low;
  bytes[at + 8] = words[base]!;
  let next = at + 9;
  if (!ssl3) {
    const version = words[base + 1]!;
    bytes[next++] = version >>> 8;
    bytes[next++] = version;
  }
  bytes[next++] = length >>> 8;
  bytes[next++] = length;
  return next;
}

/** True where the caller brings the row's additional data, and it lies in `input`. */
export function hasOwnAdditionalData(batch: OpenBatch, row: number): boolean {
  return batch.rows[row * ROW_WIDTH + 6] !== STANDARD_ADDITIONAL_DATA;
}

/** True where the row's fragment, and its own additional data where there is any, lie inside `input`. */
export function isRowInside(batch: OpenBatch, row: number): boolean {
  const base = row * ROW_WIDTH;
  const words = batch.rows;
  const size = batch.input.length;
  if (words[base + 2]! + words[base + 3]! > size) return false;
  const own = words[base + 6]!;
  return own === STANDARD_ADDITIONAL_DATA || own + words[base + 7]! <= size;
}

/**
 * A copy of the row's own additional data. With connection ids (RFC 9146 §5) its last two bytes are the length of what is
 * protected, which only the opener knows: `length` is put there. DTLS 1.3 (`length` null) takes it as it is.
 */
export function ownAdditionalData(batch: OpenBatch, row: number, length: number | null): Uint8Array {
  const base = row * ROW_WIDTH;
  const from = batch.rows[base + 6]!;
  const copy = batch.input.slice(from, from + batch.rows[base + 7]!);
  if (length !== null && copy.length >= 2) {
    copy[copy.length - 2] = length >>> 8;
    copy[copy.length - 1] = length;
  }
  return copy;
}

/**
 * Content length of an inner plaintext bytes[from, to): content, its type, zeros (RFC 8446 §5.4, RFC 9146 §4). The type
 * stands behind the content; -1 where there are only zeros.
 */
export function innerContentLength(bytes: Uint8Array, from: number, to: number): number {
  let end = to;
  while (end > from && bytes[end - 1] === 0) end--;
  return end - from - 1;
}
