import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { CryptoBackend } from '../../core/crypto/backend.ts';
import { createNodeBackend } from '../../core/node/crypto-backend.ts';
import { deriveTrafficProtection } from '../../core/tls/secrets/hkdf.ts';
import { deriveKeyBlock } from '../../core/tls/secrets/key-block.ts';
import { cipherSuiteNamed, cipherSuiteOf, knownCipherSuiteIds } from '../../core/tls/tables/cipher-suites.ts';
import { rateSuite, withTable } from '../../scripts/make-support-table.mjs';

const parts = {
  backend: createNodeBackend(),
  cipherSuiteOf,
  knownCipherSuiteIds,
  deriveKeyBlock,
  deriveTrafficProtection,
};

function ratingOf(name: string) {
  const suite = cipherSuiteNamed(name);
  if (suite === null) throw new Error(`There is no suite ${name}`);
  return rateSuite(suite, parts);
}

describe('docs/SUPPORT.md', () => {
  it('has the table that the code would write now', () => {
    const document = readFileSync(new URL('../../docs/SUPPORT.md', import.meta.url), 'utf8');
    // Line for line, so that a difference names the suite; node scripts/make-support-table.mjs writes it anew.
    expect(document.split('\n')).toEqual(withTable(document, parts).split('\n'));
  });

  it('tells what a private key, a pre-shared key and a key log can do', () => {
    expect(ratingOf('TLS_RSA_WITH_AES_256_CBC_SHA')).toEqual({ privateKey: 'yes', psk: '—', keyLog: 'yes' });
    expect(ratingOf('TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256').privateKey).toBe('no: forward secrecy');
    expect(ratingOf('TLS_AES_128_GCM_SHA256')).toEqual({
      privateKey: 'no: forward secrecy',
      psk: '—',
      keyLog: 'yes',
    });
    expect(ratingOf('TLS_PSK_WITH_AES_128_CBC_SHA').psk).toBe('yes');
    expect(ratingOf('TLS_RSA_WITH_NULL_SHA').keyLog).toBe('not encrypted');
    expect(ratingOf('TLS_SM4_GCM_SM3').keyLog).toBe('no: hash');
  });

  it('claims nothing that the backend cannot do', () => {
    const unable = { ...parts, backend: withoutCiphers(parts.backend) };
    for (const name of ['TLS_RSA_WITH_AES_256_CBC_SHA', 'TLS_CHACHA20_POLY1305_SHA256']) {
      const suite = cipherSuiteNamed(name);
      if (suite === null) throw new Error(`There is no suite ${name}`);
      expect(rateSuite(suite, unable).keyLog).toBe('no: cipher');
    }
  });
});

function withoutCiphers(backend: CryptoBackend): CryptoBackend {
  return {
    hash: (name, data) => backend.hash(name, data),
    hmac: (name, key, data) => backend.hmac(name, key, data),
    cbcDecrypt: (cipher, key, iv, data) => backend.cbcDecrypt(cipher, key, iv, data),
    cbcDecryptAfterIv: (cipher, key, data) => backend.cbcDecryptAfterIv(cipher, key, data),
    ecbEncrypt: (cipher, key, data) => backend.ecbEncrypt(cipher, key, data),
    aeadOpen: (cipher, key, nonce, additional, data) =>
      backend.aeadOpen(cipher, key, nonce, additional, data),
    rsaDecryptRaw: (key, data) => backend.rsaDecryptRaw(key, data),
    supportsBlockCipher: () => false,
    supportsAead: () => false,
  };
}
