import { expect, test } from 'vitest';
import { chacha20Block } from '../../../core/crypto/chacha20-block.ts';

test('a block of key stream (RFC 8439 §2.3.2)', () => {
  const key = Uint8Array.from({ length: 32 }, (_, i) => i);
  const nonce = Uint8Array.of(0, 0, 0, 9, 0, 0, 0, 0x4a, 0, 0, 0, 0);
  expect(Buffer.from(chacha20Block(key, 1, nonce)).toString('hex')).toBe(
    '10f1e7e4d13b5915500fdd1fa32071c4c7d1f4c733c068030422aa9ac3d46c4e' +
      'd2826446079faa0914c2d705d98b02a2b5129cd1de164eb9cbd083e8a2503c4e',
  );
});

test('the largest counter is a counter', () => {
  expect(chacha20Block(new Uint8Array(32), 0xffffffff, new Uint8Array(12))).toHaveLength(64);
});
