import type { CryptoBackend } from '../core/crypto/backend.ts';
import type { deriveTrafficProtection } from '../core/tls/secrets/hkdf.ts';
import type { deriveKeyBlock } from '../core/tls/secrets/key-block.ts';
import type { CipherSuite, cipherSuiteOf, knownCipherSuiteIds } from '../core/tls/tables/cipher-suites.ts';

export interface TableParts {
  readonly backend: CryptoBackend;
  readonly cipherSuiteOf: typeof cipherSuiteOf;
  readonly knownCipherSuiteIds: typeof knownCipherSuiteIds;
  readonly deriveKeyBlock: typeof deriveKeyBlock;
  readonly deriveTrafficProtection: typeof deriveTrafficProtection;
}
export function rateSuite(
  suite: CipherSuite,
  parts: TableParts,
): { readonly privateKey: string; readonly psk: string; readonly keyLog: string };
export function withTable(document: string, parts: TableParts): string;
