/** What an AEAD takes beside key and ciphertext: nonce and additional data of one record. */
import type { AeadName } from '../../crypto/backend.ts';
import { ROW_WIDTH, type OpenBatch, type RecordProtection } from './batch.ts';
import { hasOwnAdditionalData, ownAdditionalData, writeMacHeader } from './record-header.ts';

export type AeadProtection = Extract<RecordProtection, { kind: 'aead' }>;

/** Bytes of an AEAD's tag. */
export function tagLengthOf(cipher: AeadName): 8 | 16 {
  return cipher === 'aes-128-ccm-8' || cipher === 'aes-256-ccm-8' ? 8 : 16;
}

/** Bytes of every nonce that TLS makes. */
export const NONCE_LENGTH = 12;
/** Longest standard additional data (RFC 5246 §6.2.3.3). */
export const STANDARD_LENGTH = 13;

/**
 * Writes the nonce to bytes[at, at + 12): salt and explicit part (RFC 5288 §3), or the sequence number XORed into the
 * IV (RFC 7905 §2, RFC 8446 §5.3).
 */
export function writeNonce(
  protection: AeadProtection,
  batch: OpenBatch,
  row: number,
  bytes: Uint8Array,
  at: number,
): void {
  const { iv } = protection;
  const base = row * ROW_WIDTH;
  if (protection.explicitNonceLength === 8) {
    const offset = batch.rows[base + 2]!;
    for (let i = 0; i < 4; i++) bytes[at + i] = iv[i]!;
    for (let i = 0; i < 8; i++) bytes[at + 4 + i] = batch.input[offset + i]!;
    return;
  }
  const high = batch.rows[base + 4]!;
  const low = batch.rows[base + 5]!;
  for (let i = 0; i < 4; i++) {
    bytes[at + i] = iv[i]!;
    bytes[at + 4 + i] = iv[4 + i]! ^ (high >>> (24 - 8 * i));
    bytes[at + 8 + i] = iv[8 + i]! ^ (low >>> (24 - 8 * i));
  }
}

/** Bytes of the row's additional data. */
export function additionalLengthOf(protection: AeadProtection, batch: OpenBatch, row: number): number {
  if (hasOwnAdditionalData(batch, row)) return batch.rows[row * ROW_WIDTH + 7]!;
  return protection.tls13 ? 5 : STANDARD_LENGTH;
}

/** Writes the additional data of a record whose plaintext has `plainLength` bytes. */
export function writeAdditionalData(
  protection: AeadProtection,
  batch: OpenBatch,
  row: number,
  plainLength: number,
  bytes: Uint8Array,
  at: number,
): void {
  if (hasOwnAdditionalData(batch, row)) {
    bytes.set(ownAdditionalData(batch, row, protection.tls13 ? null : plainLength), at);
    return;
  }
  if (!protection.tls13) {
    writeMacHeader(batch, row, plainLength, false, bytes, at);
    return;
  }
  // The record header as it stands on the wire (RFC 8446 §5.2).
  const base = row * ROW_WIDTH;
  const version = batch.rows[base + 1]!;
  const length = batch.rows[base + 3]!;
  bytes[at] = batch.rows[base]!;
  bytes[at + 1] = version >>> 8;
  bytes[at + 2] = version;
  bytes[at + 3] = length >>> 8;
  bytes[at + 4] = length;
}
