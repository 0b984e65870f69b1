/** Decrypts and checks a batch of records of one direction and epoch. */
import type { CryptoBackend } from '../../crypto/backend.ts';
import { openAead } from './aead.ts';
import {
  OPEN_UNSUPPORTED,
  ROW_WIDTH,
  type OpenBatch,
  type OpenResults,
  type RecordProtection,
} from './batch.ts';
import { openCbc } from './cbc.ts';
import { refuseRow } from './deliver.ts';
import { openStream } from './stream.ts';

/**
 * Fills `results` for all `batch.count` rows. Hostile rows (lengths beyond the input, no whole blocks) get
 * OPEN_BAD_LENGTH; nothing is thrown as long as `results` is as large as the contract asks.
 */
export function openBatch(backend: CryptoBackend, batch: OpenBatch, results: OpenResults): void {
  const protection = batch.protection;
  if (!supportsProtection(backend, protection)) {
    for (let row = batch.first; row < batch.first + batch.count; row++)
      refuseRow(results, row, OPEN_UNSUPPORTED, batch.rows[row * ROW_WIDTH]!);
    return;
  }
  switch (protection.kind) {
    case 'cbc':
      return openCbc(backend, protection, batch, results);
    case 'stream':
      return openStream(backend, protection, batch, results);
    case 'aead':
      return openAead(backend, protection, batch, results);
  }
}

/** True where this host can open records protected so. */
export function supportsProtection(backend: CryptoBackend, protection: RecordProtection): boolean {
  switch (protection.kind) {
    case 'cbc':
      return backend.supportsBlockCipher(protection.cipher);
    case 'stream':
      return true;
    case 'aead':
      return backend.supportsAead(protection.cipher);
  }
}
