import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeHex, formatHexDump, hexRows, parseHex } from '../../../core/bytes/hex.ts';
import { asciiBytes } from '../../../core/bytes/text.ts';

describe('hex', () => {
  test('what is encoded is parsed back', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        expect(parseHex(encodeHex(bytes))).toEqual(bytes);
        expect(encodeHex(bytes)).toBe(Buffer.from(bytes).toString('hex'));
      }),
    );
  });

  test('takes what people paste, refuses what is not hexadecimal', () => {
    expect(parseHex('AB:cd ef\r\n-01')).toEqual(Uint8Array.of(0xab, 0xcd, 0xef, 1));
    expect(parseHex('0x0102')).toEqual(Uint8Array.of(1, 2));
    expect(parseHex('')).toEqual(new Uint8Array(0));
    for (const wrong of ['a', 'abc', 'zz', 'a b', 'ab,cd', 'é0']) expect(parseHex(wrong)).toBeNull();
  });

  test('a dump keeps its columns in a short last row', () => {
    const bytes = asciiBytes('SIP/2.0 200 OK\r\nX');
    expect(formatHexDump(bytes).split('\n')).toEqual([
      '00000000  53 49 50 2f 32 2e 30 20  32 30 30 20 4f 4b 0d 0a  SIP/2.0 200 OK..',
      '00000010  58                                                X',
      '',
    ]);
    expect(hexRows(bytes, 4, 7)).toEqual([{ offset: 0, hex: ['32', '2e', '30'], ascii: '2.0' }]);
  });
});
