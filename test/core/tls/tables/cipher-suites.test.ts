import { describe, expect, test } from 'vitest';
import { CIPHER_SUITE_NAMES } from '../../../../core/tls/tables/cipher-suite-names.ts';
import { UNKNOWN_TO_TSHARK } from '../../../vectors/wireshark-suites.ts';
import {
  cipherSuiteNamed,
  cipherSuiteOf,
  isGrease,
  knownCipherSuiteIds,
} from '../../../../core/tls/tables/cipher-suites.ts';

describe('cipherSuiteOf', () => {
  test('reads a CBC suite', () => {
    expect(cipherSuiteOf(0x0035)).toEqual({
      id: 0x0035,
      name: 'TLS_RSA_WITH_AES_256_CBC_SHA',
      keyExchange: 'rsa',
      kind: 'cbc',
      cipherName: 'AES_256_CBC',
      cipher: 'aes-256',
      keyLength: 32,
      exportKeyLength: 0,
      blockLength: 16,
      mac: 'sha1',
      macLength: 20,
      tagLength: 0,
      prfHash: 'sha256',
      forwardSecret: false,
      knownToWireshark: true,
    });
  });

  test.each([
    [0x009c, 'rsa', 'aead', 'aes-128-gcm', 16, 16, 'sha256', false],
    [0xc030, 'ecdhe-rsa', 'aead', 'aes-256-gcm', 32, 16, 'sha384', true],
    [0xc09d, 'rsa', 'aead', 'aes-256-ccm', 32, 16, 'sha256', false],
    [0xc0a1, 'rsa', 'aead', 'aes-256-ccm-8', 32, 8, 'sha256', false],
    [0xc0ab, 'dhe-psk', 'aead', 'aes-256-ccm-8', 32, 8, 'sha256', true],
    [0xc0b3, 'eccpwd', 'aead', 'aes-256-ccm', 32, 16, 'sha384', true],
    [0xcca9, 'ecdhe-ecdsa', 'aead', 'chacha20-poly1305', 32, 16, 'sha256', true],
    [0xccae, 'rsa-psk', 'aead', 'chacha20-poly1305', 32, 16, 'sha256', false],
    [0x1302, 'tls13', 'aead', 'aes-256-gcm', 32, 16, 'sha384', true],
    [0x1303, 'tls13', 'aead', 'chacha20-poly1305', 32, 16, 'sha256', true],
    [0x1305, 'tls13', 'aead', 'aes-128-ccm-8', 16, 8, 'sha256', true],
    [0xd005, 'ecdhe-psk', 'aead', 'aes-128-ccm', 16, 16, 'sha256', true],
    [0xc07b, 'rsa', 'aead', 'camellia-256-gcm', 32, 16, 'sha384', false],
    [0xc060, 'ecdhe-rsa', 'aead', 'aria-128-gcm', 16, 16, 'sha256', true],
    [0x00c6, 'tls13', 'aead', 'sm4-gcm', 16, 16, null, true],
  ] as const)('reads AEAD suite 0x%s', (id, keyExchange, kind, cipher, keyLength, tagLength, prfHash, fs) => {
    const suite = cipherSuiteOf(id);
    expect(suite).toMatchObject({ keyExchange, kind, cipher, keyLength, tagLength, prfHash, mac: null });
    expect(suite.forwardSecret).toBe(fs);
  });

  test.each([
    [0x0001, 'rsa', 'null', null, 'md5', 16, 'sha256', 0],
    [0x0003, 'rsa-export', 'stream', 'rc4', 'md5', 16, 'sha256', 5],
    [0x0005, 'rsa', 'stream', 'rc4', 'sha1', 20, 'sha256', 0],
    [0x0008, 'rsa-export', 'cbc', 'des', 'sha1', 20, 'sha256', 5],
    [0x000a, 'rsa', 'cbc', '3des', 'sha1', 20, 'sha256', 0],
    [0x0034, 'dh-anon', 'cbc', 'aes-128', 'sha1', 20, 'sha256', 0],
    [0x003b, 'rsa', 'null', null, 'sha256', 32, 'sha256', 0],
    [0x0096, 'rsa', 'cbc', 'seed', 'sha1', 20, 'sha256', 0],
    [0x00b9, 'rsa-psk', 'null', null, 'sha384', 48, 'sha384', 0],
    [0xc00e, 'ecdh-rsa', 'cbc', 'aes-128', 'sha1', 20, 'sha256', 0],
    [0xc028, 'ecdhe-rsa', 'cbc', 'aes-256', 'sha384', 48, 'sha384', 0],
    [0xc03d, 'rsa', 'cbc', 'aria-256', 'sha384', 48, 'sha384', 0],
    [0xc095, 'psk', 'cbc', 'camellia-256', 'sha384', 48, 'sha384', 0],
    [0xfeff, 'rsa', 'cbc', '3des', 'sha1', 20, 'sha256', 0],
  ] as const)('reads MAC suite 0x%s', (id, keyExchange, kind, cipher, mac, macLength, prfHash, material) => {
    const suite = cipherSuiteOf(id);
    expect(suite).toMatchObject({ keyExchange, kind, cipher, mac, macLength, prfHash, tagLength: 0 });
    expect(suite.exportKeyLength).toBe(material);
  });

  test('names signals and keeps them apart from ciphers', () => {
    expect(cipherSuiteOf(0x00ff)).toMatchObject({
      name: 'TLS_EMPTY_RENEGOTIATION_INFO_SCSV',
      kind: 'signal',
    });
    expect(cipherSuiteOf(0x5600)).toMatchObject({ name: 'TLS_FALLBACK_SCSV', kind: 'signal' });
    expect(cipherSuiteOf(0x1a1a)).toMatchObject({ name: 'GREASE (0x1a1a)', kind: 'signal' });
    expect(isGrease(0x1a2a)).toBe(false);
  });

  test('gives ids outside the registry a name with their number', () => {
    expect(cipherSuiteOf(0x4a4b)).toMatchObject({ name: 'Unknown (0x4a4b)', kind: 'unknown', cipher: null });
  });

  test('knows by name only what it cannot open', () => {
    const byNameOnly = new Set<string>();
    for (const id of knownCipherSuiteIds()) {
      const suite = cipherSuiteOf(id);
      if (suite.kind === 'unknown') byNameOnly.add(suite.keyExchange);
    }
    expect([...byNameOnly].sort()).toEqual(
      // prettier-ignore
      ['dhe-rsa', 'ecdhe-ecdsa', 'ecdhe-psk', 'ecdhe-rsa', 'fortezza', 'gost', 'psk', 'rsa', 'rsa-psk', 'dhe-psk', 'tlcp', 'tls13'].sort(),
    );
    for (const id of [0xcc13, 0xcc14, 0xcc15, 0xe410, 0xc101, 0xe013])
      expect(cipherSuiteOf(id).kind).toBe('unknown');
  });

  test('finds a suite by its name', () => {
    expect(cipherSuiteNamed('tls_rsa_with_aes_128_cbc_sha256')?.id).toBe(0x003c);
    expect(cipherSuiteNamed('TLS_NO_SUCH_SUITE')).toBeNull();
  });

  test('recognises the key exchange of every registered suite', () => {
    for (const [id, name] of Object.entries(CIPHER_SUITE_NAMES)) {
      const suite = cipherSuiteOf(Number(id));
      expect(suite.name).toBe(name);
      if (suite.kind !== 'signal') expect(suite.keyExchange, name).not.toBe('unknown');
    }
  });

  test('knows which suites Wireshark 4.0 finds in its table', () => {
    // AEGIS came after that version; tshark was not asked.
    for (const id of knownCipherSuiteIds().filter((known) => known >>> 8 !== 0x13))
      if (cipherSuiteOf(id).kind !== 'signal')
        expect(cipherSuiteOf(id).knownToWireshark, cipherSuiteOf(id).name).toBe(!UNKNOWN_TO_TSHARK.has(id));
  });

  test('lengths agree with the kind', () => {
    for (const id of knownCipherSuiteIds()) {
      const suite = cipherSuiteOf(id);
      expect(suite.blockLength > 0, suite.name).toBe(suite.kind === 'cbc');
      expect(suite.tagLength > 0, suite.name).toBe(suite.kind === 'aead');
      if (suite.kind === 'cbc' || suite.kind === 'stream') expect(suite.macLength).toBeGreaterThan(0);
      if (suite.exportKeyLength > 0) expect(suite.exportKeyLength).toBeLessThan(suite.keyLength);
    }
  });
});
