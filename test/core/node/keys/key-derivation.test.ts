import { describe, expect, it } from 'vitest';
import {
  DerivationBudget,
  deriveOpensslKey,
  derivePbkdf1,
  derivePbkdf2,
  derivePkcs12,
  deriveScrypt,
  hashOf,
  iterateHash,
  MAX_ITERATIONS,
} from '../../../../core/node/keys/key-derivation.ts';
import {
  passwordBytes,
  passwordBytesOrUnits,
  passwordUnits,
} from '../../../../core/node/keys/key-password.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('published vectors', () => {
  it('PBKDF2 (RFC 6070)', () => {
    expect(hex(derivePbkdf2('sha1', bytes('password'), bytes('salt'), 4096, 20))).toBe(
      '4b007901b765489abead49d926f721d065a429c1',
    );
  });

  it('scrypt (RFC 7914 §12)', () => {
    expect(hex(deriveScrypt(bytes(''), bytes(''), { n: 16, r: 1, p: 1 }, 64))).toBe(
      '77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906',
    );
  });

  /** Vectors of the PKCS#12 derivation that circulate with its implementations: password "smeg". */
  it('PKCS#12 (RFC 7292 §B.2)', () => {
    const [smeg] = passwordUnits('smeg');
    const salt = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'hex'));
    if (smeg === undefined) throw new Error('no units');
    expect(hex(derivePkcs12('sha1', smeg, salt('0a58cf64530d823f'), 1, 1, 24))).toBe(
      '8aaae6297b6cb04642ab5b077851284eb7128f1a2a7fbca3',
    );
    expect(hex(derivePkcs12('sha1', smeg, salt('0a58cf64530d823f'), 2, 1, 8))).toBe('79993dfe048d3b76');
    expect(hex(derivePkcs12('sha1', smeg, salt('3d83c0e4546ac140'), 3, 1, 20))).toBe(
      '8d967d88f6caa9d714800ab3d48051d63f73a312',
    );
  });
});

describe('iterateHash', () => {
  it.each(['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512', 'sha512-224', 'sha512-256'] as const)(
    '%s is the hash taken again and again',
    (hash) => {
      let plain: Uint8Array = hashOf(hash, bytes('x'));
      let suffixed: Uint8Array = plain;
      for (let i = 1; i < 5; i++) {
        plain = hashOf(hash, plain);
        suffixed = hashOf(hash, Buffer.concat([suffixed, bytes('pw')]));
      }
      expect(hex(iterateHash(hash, bytes('x'), 5))).toBe(hex(plain));
      expect(hex(iterateHash(hash, bytes('x'), 5, new Uint8Array(bytes('pw'))))).toBe(hex(suffixed));
      expect(hex(derivePbkdf1(hash, bytes('x'), new Uint8Array(0), 5))).toBe(hex(plain));
    },
  );
});

it('makes the key of an old PEM as OpenSSL does', () => {
  // printf x | openssl enc -des-ede3-cbc -md md5 -S 0102030405060708 -k secret -P
  expect(hex(deriveOpensslKey(bytes('secret'), Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8), 24))).toBe(
    'c9e5a1bd216dbe1317e230cef48f38ee7f0e17ad64022144',
  );
});

it('spends no more than it has', () => {
  const budget = new DerivationBudget();
  expect(budget.spend(MAX_ITERATIONS + 1)).toBe(false);
  expect(budget.spend(MAX_ITERATIONS)).toBe(true);
  expect(budget.spend(MAX_ITERATIONS)).toBe(true);
  expect(budget.spend(1)).toBe(false);
});

describe('passwords', () => {
  it('come in the encodings that programs use, each once', () => {
    expect(passwordBytes('abc').map(hex)).toEqual(['616263']);
    expect(passwordBytes('ü').map(hex)).toEqual(['c3bc', 'fc']);
    expect(passwordBytes('u\u0308').map(hex)).toEqual(['75cc88', 'c3bc']);
    expect(passwordBytes('ключ')).toHaveLength(1);
    expect(passwordUnits('ü').map(hex)).toEqual(['00fc0000', '00c300bc0000']);
    expect(passwordUnits('').map(hex)).toEqual(['0000', '']);
    expect(passwordBytesOrUnits('').map(hex)).toEqual(['', '0000']);
    expect(passwordBytesOrUnits('abc').map(hex)).toEqual(['616263']);
    expect(passwordBytesOrUnits('ü').map(hex)).toContain('00fc0000');
  });
});
