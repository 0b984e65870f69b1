import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeBase64, parseBase64 } from '../../../core/bytes/base64.ts';
import { asciiBytes } from '../../../core/bytes/text.ts';

describe('base64', () => {
  test('agrees with the platform, also on a range within other bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 50 }), fc.nat(6), fc.nat(6), (bytes, head, tail) => {
        const range = bytes.subarray(head, Math.max(head, bytes.length - tail));
        const text = encodeBase64(bytes, head, Math.max(head, bytes.length - tail));
        expect(text).toBe(Buffer.from(range).toString('base64'));
        expect(parseBase64(text)).toEqual(Uint8Array.from(range));
      }),
    );
    const long = new Uint8Array(100_000).map((_, at) => at * 7);
    expect(encodeBase64(long)).toBe(Buffer.from(long).toString('base64'));
  });

  test('takes line ends, the URL alphabet and missing padding', () => {
    expect(parseBase64('-_8')).toEqual(Uint8Array.of(0xfb, 0xff));
    expect(parseBase64(' QU\r\nJD\t')).toEqual(asciiBytes('ABC'));
  });

  test('refuses what is no base64', () => {
    for (const wrong of ['A', 'QUJDR', 'QQ==QQ', 'QU*D', 'Qé==']) expect(parseBase64(wrong)).toBeNull();
  });
});
