import { createCipheriv } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { CbcName } from '../../../../core/node/keys/key-ciphers.ts';
import { blockLengthOf, decryptContent } from '../../../../core/node/keys/key-ciphers.ts';

const PLAIN = new TextEncoder().encode('a private key, or part of one');
const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'hex'));

function cbc(name: CbcName, keyLength: number, effectiveBits: number | null = null) {
  return { kind: 'cbc', name, keyLength, effectiveBits } as const;
}

function sealed(name: string, key: Uint8Array, iv: Uint8Array, padded: Uint8Array | null): Uint8Array {
  const cipher = createCipheriv(name, key, iv);
  if (padded !== null) cipher.setAutoPadding(false);
  return Buffer.concat([cipher.update(padded ?? PLAIN), cipher.final()]);
}

describe('decryptContent', () => {
  it.each<[string, CbcName, number]>([
    ['aes-128-cbc', 'aes', 16],
    ['aes-256-cbc', 'aes', 32],
    ['des-ede3-cbc', '3des', 24],
    ['camellia-192-cbc', 'camellia', 24],
    ['aria-256-cbc', 'aria', 32],
  ])('opens %s', (native, name, keyLength) => {
    const key = Uint8Array.from({ length: keyLength }, (_, i) => i * 7);
    const iv = new Uint8Array(blockLengthOf(name)).fill(9);
    const outcome = decryptContent(cbc(name, keyLength), key, iv, sealed(native, key, iv, null));
    expect(outcome).toEqual({ kind: 'decrypted', plaintext: PLAIN });
  });

  it('opens RC2 of 40 and of 64 effective bits', () => {
    // openssl enc -rc2-40-cbc / -rc2-64-cbc of "sixteen letters." with the IV 0001…07
    const iv = hex('0001020304050607');
    const plaintext = new TextEncoder().encode('sixteen letters.');
    expect(
      decryptContent(
        cbc('rc2', 5, 40),
        hex('0102030405'),
        iv,
        hex('99bdc3904178ddb0910deccc2b7796ad0414c70f6eb46648'),
      ),
    ).toEqual({ kind: 'decrypted', plaintext });
    expect(
      decryptContent(
        cbc('rc2', 8, 64),
        hex('0102030405060708'),
        iv,
        hex('4ee5fa302f69a0252badf75feb0c2feed42a222402e5a557'),
      ),
    ).toEqual({ kind: 'decrypted', plaintext });
  });

  it('minds every byte of the padding', () => {
    const key = new Uint8Array(16);
    const iv = new Uint8Array(16);
    const withPadding = (...tail: number[]): Uint8Array => {
      const block = new Uint8Array(32);
      block.set(tail, 32 - tail.length);
      return sealed('aes-128-cbc', key, iv, block);
    };
    expect(decryptContent(cbc('aes', 16), key, iv, withPadding(3, 3, 3))).toMatchObject({
      kind: 'decrypted',
    });
    for (const tail of [[3, 2, 3], [0], [17], [255], [2, 1, 3]])
      expect(decryptContent(cbc('aes', 16), key, iv, withPadding(...tail)).kind).toBe('wrong-key');
  });

  it('refuses lengths that cannot be', () => {
    const key = new Uint8Array(16);
    for (const length of [0, 1, 15, 17])
      expect(decryptContent(cbc('aes', 16), key, new Uint8Array(16), new Uint8Array(length)).kind).toBe(
        'wrong-key',
      );
    expect(decryptContent(cbc('aes', 16), key, new Uint8Array(8), new Uint8Array(16)).kind).toBe('wrong-key');
  });

  it('opens GCM with its tag behind, and RC4', () => {
    const key = new Uint8Array(32).fill(1);
    const nonce = new Uint8Array(12).fill(2);
    const cipher = createCipheriv('aes-256-gcm', key, nonce);
    const data = Buffer.concat([cipher.update(PLAIN), cipher.final(), cipher.getAuthTag()]);
    const gcm = { kind: 'gcm', keyLength: 32 } as const;
    expect(decryptContent(gcm, key, nonce, data)).toEqual({ kind: 'decrypted', plaintext: PLAIN });
    data[3] = (data[3] ?? 0) ^ 1;
    expect(decryptContent(gcm, key, nonce, data).kind).toBe('wrong-key');
    expect(decryptContent(gcm, key, nonce, data.subarray(0, 5)).kind).toBe('wrong-key');
    // RFC 6229: the first bytes of the key stream of 0102030405.
    expect(
      decryptContent({ kind: 'rc4', keyLength: 5 }, hex('0102030405'), new Uint8Array(0), new Uint8Array(4)),
    ).toEqual({
      kind: 'decrypted',
      plaintext: hex('b2396305'),
    });
  });

  it('says where there is nothing to do it with', () => {
    expect(
      decryptContent(cbc('cast5', 16), new Uint8Array(16), new Uint8Array(8), new Uint8Array(8)).kind,
    ).toBe('unsupported');
  });
});
