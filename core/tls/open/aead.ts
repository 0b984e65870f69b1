/** AEAD records of TLS 1.2 (RFC 5246 §6.2.3.3, RFC 5288, RFC 6655, RFC 7905) and TLS 1.3 (RFC 8446 §5.2). */
import type { CryptoBackend } from '../../crypto/backend.ts';
import type { AeadProtection } from './aead-inputs.ts';
import { isAeadRowSound, openAeadRow } from './aead-row.ts';
import { OPEN_BAD_LENGTH, ROW_WIDTH, type OpenBatch, type OpenResults } from './batch.ts';
import { refuseRow } from './deliver.ts';
import { openAeadBatch } from './aead-batch.ts';

/** Opens all rows of a batch whose protection is an AEAD. */
export function openAead(
  backend: CryptoBackend,
  protection: AeadProtection,
  batch: OpenBatch,
  results: OpenResults,
): void {
  if (openAeadBatch(backend, protection, batch, results)) return;
  let at = batch.outputFrom;
  for (let row = batch.first; row < batch.first + batch.count; row++) {
    if (!isAeadRowSound(protection, batch, row))
      refuseRow(results, row, OPEN_BAD_LENGTH, batch.rows[row * ROW_WIDTH]!);
    else at += openAeadRow(backend, protection, batch, results, row, at);
  }
}
