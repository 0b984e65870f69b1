/** PEM blocks encrypted as a whole ("Proc-Type: 4,ENCRYPTED", RFC 1421), OpenSSL's way before PKCS#8. */
import { entryOf } from '../../x509/tables/object-identifiers.ts';
import type { CbcName, ContainerCipher } from './key-ciphers.ts';
import { blockLengthOf, decryptContent } from './key-ciphers.ts';
import { deriveOpensslKey } from './key-derivation.ts';
import type { DecryptOutcome } from './key-encryption.ts';
import { passwordBytes } from './key-password.ts';

/** `cipher` is DEK-Info's name in upper case. The password's salt is the first eight bytes of the IV. */
export function decryptPemBlock(
  cipher: string,
  iv: Uint8Array,
  data: Uint8Array,
  passwords: readonly string[],
  accepts: (plaintext: Uint8Array) => boolean,
): DecryptOutcome {
  const row = entryOf<ContainerCipher & { kind: 'cbc' }>(DEK_CIPHERS, cipher);
  if (row === undefined || iv.length !== blockLengthOf(row.name))
    return { kind: 'unusable', reason: 'is encrypted with a cipher that Sipher cannot decrypt' };
  for (const password of passwords)
    for (const form of passwordBytes(password)) {
      const key = deriveOpensslKey(form, iv.subarray(0, 8), row.keyLength);
      const outcome = decryptContent(row, key, iv, data);
      if (outcome.kind === 'unsupported')
        return { kind: 'unusable', reason: `is encrypted with ${cipher}, which Sipher cannot decrypt` };
      if (outcome.kind === 'decrypted' && accepts(outcome.plaintext))
        return { kind: 'decrypted', plaintext: outcome.plaintext, password };
    }
  return { kind: 'wrong-password' };
}

function cbc(
  name: CbcName,
  keyLength: number,
  effectiveBits: number | null = null,
): ContainerCipher & { kind: 'cbc' } {
  return { kind: 'cbc', name, keyLength, effectiveBits };
}

/** Names that OpenSSL has written into DEK-Info. */
const DEK_CIPHERS: Readonly<Record<string, ContainerCipher & { kind: 'cbc' }>> = {
  'DES-CBC': cbc('des', 8),
  'DES-EDE-CBC': cbc('3des', 16),
  'DES-EDE3-CBC': cbc('3des', 24),
  'AES-128-CBC': cbc('aes', 16),
  'AES-192-CBC': cbc('aes', 24),
  'AES-256-CBC': cbc('aes', 32),
  'CAMELLIA-128-CBC': cbc('camellia', 16),
  'CAMELLIA-192-CBC': cbc('camellia', 24),
  'CAMELLIA-256-CBC': cbc('camellia', 32),
  'ARIA-128-CBC': cbc('aria', 16),
  'ARIA-192-CBC': cbc('aria', 24),
  'ARIA-256-CBC': cbc('aria', 32),
  'RC2-CBC': cbc('rc2', 16, 128),
  'RC2-64-CBC': cbc('rc2', 8, 64),
  'RC2-40-CBC': cbc('rc2', 5, 40),
  'BF-CBC': cbc('blowfish', 16),
  'CAST5-CBC': cbc('cast5', 16),
  'IDEA-CBC': cbc('idea', 16),
  'SEED-CBC': cbc('seed', 16),
  'SM4-CBC': cbc('sm4', 16),
};
