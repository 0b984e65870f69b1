import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Rc4 } from '../../../core/crypto/rc4.ts';

const bytes = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, 'hex'));

function keystream(cipher: Rc4, length: number): string {
  const output = new Uint8Array(length);
  cipher.apply(new Uint8Array(length), 0, length, output, 0);
  return Buffer.from(output).toString('hex');
}

describe('Rc4', () => {
  // RFC 6229 §2: key, offset, 16 bytes of key stream.
  test.each([
    ['0102030405', 0, 'b2396305f03dc027ccc3524a0a1118a8'],
    ['0102030405', 240, '28cb1132c96ce286421dcaadb8b69eae'],
    ['0102030405', 4096, 'ff25b58995996707e51fbdf08b34d875'],
    ['0102030405060708090a0b0c0d0e0f10', 0, '9ac7cc9a609d1ef7b2932899cde41b97'],
    ['0102030405060708090a0b0c0d0e0f10', 16, '5248c4959014126a6e8a84f11d1a9e1c'],
    ['833222772a', 0, '80ad97bdc973df8a2e879e92a497efda'],
  ])('key %s at %i (RFC 6229)', (key, offset, expected) => {
    const cipher = new Rc4(bytes(key));
    cipher.skip(offset);
    expect(cipher.position).toBe(offset);
    expect(keystream(cipher, 16)).toBe(expected);
    expect(cipher.position).toBe(offset + 16);
  });

  test('a checkpoint goes on alone from its place', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 32 }),
        fc.nat(600),
        fc.nat(300),
        (key, before, after) => {
          const cipher = new Rc4(key);
          cipher.skip(before);
          const kept = cipher.checkpoint();
          const expected = keystream(cipher, after + 1);
          expect(kept.position).toBe(before);
          expect(keystream(kept, after + 1)).toBe(expected);
        },
      ),
    );
  });
});
