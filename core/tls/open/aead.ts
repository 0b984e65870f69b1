/** AEAD records of TLS 1.2 (RFC 5246 §6.2.3.3, RFC 5288, RFC 6655, RFC 7905) and TLS 1.3 (RFC 8446 §5.2). */
import type { AeadName, CryptoBackend } from '../../crypto/backend.ts';
import {
  OPEN_BAD_LENGTH,
  OPEN_BAD_TAG,
  OPEN_OK,
  ROW_WIDTH,
  type OpenBatch,
  type OpenResults,
  type RecordProtection,
} from './batch.ts';
import { deliverRow, refuseRow } from './deliver.ts';
import {
  hasOwnAdditionalData,
  isRowInside,
  MAC_HEADER_LENGTH,
  ownAdditionalData,
  writeMacHeader,
} from './record-header.ts';

type AeadProtection = Extract<RecordProtection, { kind: 'aead' }>;

/** Opens all rows of a batch whose protection is an AEAD. */
export function openAead(
  backend: CryptoBackend,
  protection: AeadProtection,
  batch: OpenBatch,
  results: OpenResults,
): void {
  const overhead = protection.explicitNonceLength + tagLengthOf(protection.cipher);
  let at = 0;
  for (let row = 0; row < batch.count; row++) {
    const base = row * ROW_WIDTH;
    const type = batch.rows[base]!;
    const offset = batch.rows[base + 2]!;
    const length = batch.rows[base + 3]!;
    if (!isRowInside(batch, row) || length < overhead) {
      refuseRow(results, row, OPEN_BAD_LENGTH, type);
      continue;
    }
    writeNonce(protection, batch, row);
    const additionalData = additionalDataOf(protection, batch, row, length - overhead);
    const sealed = batch.input.subarray(offset + protection.explicitNonceLength, offset + length);
    const plain = backend.aeadOpen(protection.cipher, protection.key, nonce, additionalData, sealed);
    if (plain === null) {
      refuseRow(results, row, OPEN_BAD_TAG, type);
      continue;
    }
    results.output.set(plain, at);
    deliverRow(results, row, OPEN_OK, type, protection.tls13, at, plain.length);
    at += plain.length;
  }
}

/** Bytes of an AEAD's tag. */
export function tagLengthOf(cipher: AeadName): 8 | 16 {
  return cipher === 'aes-128-ccm-8' || cipher === 'aes-256-ccm-8' ? 8 : 16;
}

const nonce = new Uint8Array(12);
const header = new Uint8Array(MAC_HEADER_LENGTH);
const tls13Header = header.subarray(0, 5);

/** Salt and explicit part (RFC 5288 §3), or the sequence number XORed into the IV (RFC 7905 §2, RFC 8446 §5.3). */
function writeNonce(protection: AeadProtection, batch: OpenBatch, row: number): void {
  const base = row * ROW_WIDTH;
  if (protection.explicitNonceLength === 8) {
    const offset = batch.rows[base + 2]!;
    for (let i = 0; i < 4; i++) nonce[i] = protection.iv[i]!;
    for (let i = 0; i < 8; i++) nonce[4 + i] = batch.input[offset + i]!;
    return;
  }
  const high = batch.rows[base + 4]!;
  const low = batch.rows[base + 5]!;
  for (let i = 0; i < 12; i++) nonce[i] = protection.iv[i]!;
  for (let i = 0; i < 4; i++) {
    nonce[4 + i] = nonce[4 + i]! ^ (high >>> (24 - 8 * i));
    nonce[8 + i] = nonce[8 + i]! ^ (low >>> (24 - 8 * i));
  }
}

function additionalDataOf(
  protection: AeadProtection,
  batch: OpenBatch,
  row: number,
  plainLength: number,
): Uint8Array {
  if (hasOwnAdditionalData(batch, row))
    return ownAdditionalData(batch, row, protection.tls13 ? null : plainLength);
  if (!protection.tls13) {
    writeMacHeader(batch, row, plainLength, false, header, 0);
    return header;
  }
  // The record header as it stands on the wire (RFC 8446 §5.2).
  const base = row * ROW_WIDTH;
  const version = batch.rows[base + 1]!;
  const length = batch.rows[base + 3]!;
  tls13Header[0] = batch.rows[base]!;
  tls13Header[1] = version >>> 8;
  tls13Header[2] = version;
  tls13Header[3] = length >>> 8;
  tls13Header[4] = length;
  return tls13Header;
}
