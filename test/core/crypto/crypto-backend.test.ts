import * as fc from 'fast-check';
import { createCipheriv, randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { createAria } from '../../../core/crypto/aria.ts';
import type { AeadName, BlockCipherName } from '../../../core/crypto/backend.ts';
import { cbcDecryptBlocks, ecbEncryptBlocks, type BlockCipher } from '../../../core/crypto/block-cipher.ts';
import { createCamellia } from '../../../core/crypto/camellia.ts';
import { createIdea } from '../../../core/crypto/idea.ts';
import { createOwnBlockCipher } from '../../../core/crypto/own-block-ciphers.ts';
import { createRc2 } from '../../../core/crypto/rc2.ts';
import { createSeed } from '../../../core/crypto/seed.ts';
import { AEAD_VECTORS } from '../../vectors/aeads.ts';
import {
  BLOCK_VECTORS,
  BLOCK_VECTORS_192,
  CBC_VECTORS,
  OLD_BLOCK_VECTORS,
} from '../../vectors/block-ciphers.ts';
import { RUNTIME_PROFILES } from '../../support/boringssl-profile.ts';
import { sealWith } from '../../support/seal-records.ts';

const bytes = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, 'hex'));
const hex = (data: Uint8Array | null): string | null =>
  data === null ? null : Buffer.from(data).toString('hex');

describe.each(RUNTIME_PROFILES)('cryptography of %s', (_profile, backend) => {
  test.each(CBC_VECTORS)('$source', ({ cipher, key, iv, plain, sealed }) => {
    expect(hex(backend.cbcDecrypt(cipher, bytes(key), bytes(iv), bytes(sealed)))).toBe(plain);
  });

  test.each(BLOCK_VECTORS)('$source, by $cipher', ({ cipher, key, plain, sealed }) => {
    expect(hex(backend.ecbEncrypt(cipher, bytes(key), bytes(plain)))).toBe(sealed);
    expect(hex(backend.cbcDecrypt(cipher, bytes(key), new Uint8Array(16), bytes(sealed)))).toBe(plain);
  });

  test.each(AEAD_VECTORS)('$source', ({ cipher, key, nonce, additionalData, plain, sealed }) => {
    const open = (data: Uint8Array): string | null =>
      hex(backend.aeadOpen(cipher, bytes(key), bytes(nonce), bytes(additionalData), data));
    expect(open(bytes(sealed))).toBe(plain);
    for (const at of [0, sealed.length / 2 - 1]) {
      const altered = bytes(sealed);
      altered[at] = (altered[at] ?? 0) ^ 0x80;
      expect(open(altered)).toBeNull();
    }
    expect(open(bytes(sealed).subarray(1))).toBeNull();
    expect(open(bytes(sealed).subarray(0, 3))).toBeNull();
  });

  test.each([
    'aes-128-gcm',
    'aes-256-gcm',
    'aes-128-ccm',
    'aes-256-ccm',
    'aes-128-ccm-8',
    'aes-256-ccm-8',
    'chacha20-poly1305',
    'camellia-128-gcm',
    'camellia-256-gcm',
    'aria-128-gcm',
    'aria-256-gcm',
  ] as const satisfies readonly AeadName[])('%s opens what another implementation sealed', (cipher) => {
    const keyLength = cipher.includes('128') ? 16 : 32;
    const tagLength = cipher.endsWith('-8') ? 8 : 16;
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 700 }),
        fc.uint8Array({ maxLength: 40 }),
        (plain, additionalData) => {
          const key = randomBytes(keyLength);
          const nonce = randomBytes(12);
          const sealed = sealWith(cipher.replace(/-8$/, ''), key, nonce, additionalData, plain, tagLength);
          expect(hex(backend.aeadOpen(cipher, key, nonce, additionalData, sealed))).toBe(hex(plain));
          const at = sealed.length - 1 - (plain.length % tagLength);
          sealed[at] = (sealed[at] ?? 0) ^ 1;
          expect(backend.aeadOpen(cipher, key, nonce, additionalData, sealed)).toBeNull();
        },
      ),
      { numRuns: 30 },
    );
  });

  test('cbcDecryptAfterIv goes on from call to call, also where ciphers and keys alternate', () => {
    const keys = [randomBytes(16), randomBytes(16), randomBytes(32)];
    for (let round = 0; round < 12; round++) {
      const key = keys[round % 3] ?? randomBytes(16);
      const cipher: BlockCipherName = key.length === 16 ? 'aes-128' : 'aes-256';
      const data = randomBytes(16 * (1 + (round % 4)));
      const expected = backend.cbcDecrypt(cipher, key, data.subarray(0, 16), data.subarray(16));
      expect(hex(backend.cbcDecryptAfterIv(cipher, key, data).subarray(16))).toBe(hex(expected));
      // The same array taken for another cipher's key.
      if (key.length === 16)
        expect(hex(backend.cbcDecryptAfterIv('camellia-128', key, data).subarray(16))).toBe(
          hex(backend.cbcDecrypt('camellia-128', key, data.subarray(0, 16), data.subarray(16))),
        );
    }
  });

  test('more keys than are kept open at once still decrypt', () => {
    const keys = Array.from({ length: 4200 }, () => randomBytes(16));
    const data = randomBytes(48);
    for (const key of [...keys, ...keys.slice(0, 50)])
      expect(hex(backend.cbcDecryptAfterIv('aes-128', key, data).subarray(16))).toBe(
        hex(backend.cbcDecrypt('aes-128', key, data.subarray(0, 16), data.subarray(16))),
      );
  });

  test.each(OLD_BLOCK_VECTORS)('$source, by $cipher', ({ cipher, key, plain, sealed }) => {
    expect(backend.supportsBlockCipher(cipher)).toBe(true);
    const iv = new Uint8Array(plain.length / 2);
    expect(hex(backend.cbcDecrypt(cipher, bytes(key), iv, bytes(sealed)))).toBe(plain);
  });

  test('says what it can do', () => {
    for (const cipher of ['aes-128', 'aes-256', '3des', 'camellia-128', 'aria-256'] as const)
      expect(backend.supportsBlockCipher(cipher)).toBe(true);
    for (const cipher of ['aes-128-ccm', 'chacha20-poly1305', 'camellia-256-gcm', 'aria-128-gcm'] as const)
      expect(backend.supportsAead(cipher)).toBe(true);
  });
});

describe('own block ciphers', () => {
  test.each([
    ['seed', createSeed, 16],
    ['idea', createIdea, 8],
    ['rc2', createRc2, 8],
    ['camellia', createCamellia, 16],
    ['aria', createAria, 16],
  ] as const)('%s decrypts what it encrypted, in place as well', (_name, create, blockLength) => {
    for (let round = 0; round < 200; round++) {
      const cipher: BlockCipher = create(randomBytes(16));
      const plain = randomBytes(blockLength);
      const data = new Uint8Array(plain);
      cipher.encryptBlock(data, 0, data, 0);
      expect(hex(data)).not.toBe(hex(plain));
      cipher.decryptBlock(data, 0, data, 0);
      expect(hex(data)).toBe(hex(plain));
    }
  });

  test.each(OLD_BLOCK_VECTORS.filter(({ cipher }) => cipher !== 'des'))(
    '$source, encrypted by $cipher',
    ({ cipher, key, plain, sealed }) => {
      const own = createOwnBlockCipher(cipher, bytes(key));
      if (own === null) throw new Error('there is none');
      expect(hex(ecbEncryptBlocks(own, bytes(plain)))).toBe(sealed);
    },
  );

  test.each([
    ['camellia', createCamellia, BLOCK_VECTORS_192.camellia],
    ['aria', createAria, BLOCK_VECTORS_192.aria],
  ] as const)('%s with a key of 24 bytes', (_name, create, vector) => {
    const cipher: BlockCipher = create(bytes(vector.key));
    expect(hex(ecbEncryptBlocks(cipher, bytes(vector.plain)))).toBe(vector.sealed);
    expect(hex(cbcDecryptBlocks(cipher, new Uint8Array(16), bytes(vector.sealed)))).toBe(vector.plain);
  });

  test.each([
    ['camellia', createCamellia],
    ['aria', createAria],
  ] as const)('%s does what the runtime does, with random keys and blocks', (name, create) => {
    for (let round = 0; round < 60; round++) {
      const keyLength = [16, 24, 32][round % 3] ?? 16;
      const key = randomBytes(keyLength);
      const plain = randomBytes(64);
      const native = createCipheriv(`${name}-${keyLength * 8}-ecb`, key, null).setAutoPadding(false);
      const sealed = native.update(plain);
      const own = create(key);
      expect(hex(ecbEncryptBlocks(own, plain))).toBe(hex(sealed));
      const opened = new Uint8Array(64);
      for (let at = 0; at < 64; at += 16) own.decryptBlock(sealed, at, opened, at);
      expect(hex(opened)).toBe(hex(plain));
    }
  });
});
