/** One AEAD record, opened by the host. */
import type { CryptoBackend } from '../../crypto/backend.ts';
import {
  additionalLengthOf,
  NONCE_LENGTH,
  tagLengthOf,
  writeAdditionalData,
  writeNonce,
  type AeadProtection,
} from './aead-inputs.ts';
import { OPEN_BAD_TAG, OPEN_OK, ROW_WIDTH, type OpenBatch, type OpenResults } from './batch.ts';
import { deliverRow, refuseRow } from './deliver.ts';
import { isRowInside } from './record-header.ts';

/** True where the row lies inside the input and is long enough for its nonce and tag. */
export function isAeadRowSound(protection: AeadProtection, batch: OpenBatch, row: number): boolean {
  const overhead = protection.explicitNonceLength + tagLengthOf(protection.cipher);
  return isRowInside(batch, row) && batch.rows[row * ROW_WIDTH + 3]! >= overhead;
}

/** Opens one sound row by the host; its plaintext goes to output[at …). Returns how many bytes of output it took. */
export function openAeadRow(
  backend: CryptoBackend,
  protection: AeadProtection,
  batch: OpenBatch,
  results: OpenResults,
  row: number,
  at: number,
): number {
  const { explicitNonceLength, cipher, key, tls13 } = protection;
  const base = row * ROW_WIDTH;
  const offset = batch.rows[base + 2]!;
  const length = batch.rows[base + 3]!;
  const plainLength = length - explicitNonceLength - tagLengthOf(cipher);
  writeNonce(protection, batch, row, nonce, 0);
  const additionalLength = additionalLengthOf(protection, batch, row);
  if (additional.length < additionalLength) additional = new Uint8Array(additionalLength);
  writeAdditionalData(protection, batch, row, plainLength, additional, 0);
  const sealed = batch.input.subarray(offset + explicitNonceLength, offset + length);
  const plain = backend.aeadOpen(cipher, key, nonce, additional.subarray(0, additionalLength), sealed);
  if (plain === null) {
    refuseRow(results, row, OPEN_BAD_TAG, batch.rows[base]!);
    return 0;
  }
  results.output.set(plain, at);
  deliverRow(results, row, OPEN_OK, batch.rows[base]!, tls13, at, plain.length);
  return plain.length;
}

const nonce = new Uint8Array(NONCE_LENGTH);
let additional = new Uint8Array(64);
