import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  asciiBytes,
  decodeLatin1,
  decodeText,
  decodeUtf8,
  equalsAsciiCaseless,
  indexOfAsciiCaseless,
  indexOfBytes,
  startsWith,
} from '../../../core/bytes/text.ts';

describe('text', () => {
  test('keeps every byte as latin-1, replaces what is not UTF-8, falls back for a mixed text', () => {
    const all = new Uint8Array(256).map((_, at) => at);
    expect(decodeLatin1(all)).toBe(Buffer.from(all).toString('latin1'));
    expect(decodeLatin1(new Uint8Array(10_000).fill(0xe9)).length).toBe(10_000);
    expect(decodeUtf8(Uint8Array.of(0x41, 0xff, 0xc3, 0xa9))).toBe('A\ufffdé');
    expect(decodeText(Uint8Array.of(0xc3, 0xa9))).toBe('é');
    expect(decodeText(Uint8Array.of(0xe9, 0x41))).toBe('éA');
  });

  test('reads out of shared memory', () => {
    const shared = new Uint8Array(new SharedArrayBuffer(4));
    shared.set(asciiBytes('abcd'));
    expect(decodeUtf8(shared, 1, 3)).toBe('bc');
  });

  test('finds only what ends within the range', () => {
    const bytes = asciiBytes('xxSIP/2.0 sip/2.0');
    expect(indexOfBytes(bytes, asciiBytes('SIP/'), 0)).toBe(2);
    expect(indexOfBytes(bytes, asciiBytes('SIP/'), 3)).toBe(-1);
    expect(indexOfBytes(bytes, asciiBytes('SIP/'), 0, 5)).toBe(-1);
    expect(indexOfBytes(bytes, asciiBytes('SIP/'), 0, 6)).toBe(2);
    expect(indexOfAsciiCaseless(bytes, 'sip/2.0', 3)).toBe(10);
    expect(equalsAsciiCaseless(bytes, 'sip', 2)).toBe(true);
    expect(equalsAsciiCaseless(bytes, 'sip', 15)).toBe(false);
    expect(startsWith(bytes, asciiBytes('SIP'), 2, 4)).toBe(false);
  });

  test('searches as the platform does', () => {
    const short = fc.array(fc.constantFrom(0x61, 0x62), { maxLength: 4 });
    fc.assert(
      fc.property(fc.array(fc.constantFrom(0x61, 0x62), { maxLength: 30 }), short, (hay, needle) => {
        const expected = Buffer.from(hay).indexOf(Buffer.from(needle));
        expect(indexOfBytes(Uint8Array.from(hay), Uint8Array.from(needle))).toBe(expected);
      }),
    );
  });
});
