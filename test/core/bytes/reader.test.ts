import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  byteAt,
  concatBytes,
  equalBytes,
  fits,
  u16be,
  u16le,
  u24be,
  u32be,
  u32le,
  u48be,
  u64be,
  u64le,
} from '../../../core/bytes/reader.ts';

describe('reader', () => {
  test('agrees with DataView wherever the bytes are there', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 8, maxLength: 8 }), (bytes) => {
        const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
        expect(u16be(bytes, 1)).toBe(view.getUint16(1));
        expect(u16le(bytes, 1)).toBe(view.getUint16(1, true));
        expect(u24be(bytes, 0)).toBe(view.getUint32(0) >>> 8);
        expect(u32be(bytes, 3)).toBe(view.getUint32(3));
        expect(u32le(bytes, 3)).toBe(view.getUint32(3, true));
        expect(u48be(bytes, 0)).toBe(Number(view.getBigUint64(0) >> 16n));
        expect(u64be(bytes, 0)).toBe(Number(view.getBigUint64(0)));
        expect(u64le(bytes, 0)).toBe(Number(view.getBigUint64(0, true)));
      }),
    );
  });

  test('reads 0 outside and never throws', () => {
    const bytes = Uint8Array.of(0xff, 0xff);
    expect([byteAt(bytes, 2), byteAt(bytes, -1), u16be(bytes, 1), u32be(bytes, 0), u32le(bytes, 1)]).toEqual([
      0, 0, 0xff00, 0xffff0000, 0xff,
    ]);
  });

  test('fits refuses what would overflow or run backwards', () => {
    expect(fits(0, 4, 4)).toBe(true);
    expect(fits(4, 0, 4)).toBe(true);
    expect(fits(1, 4, 4)).toBe(false);
    expect(fits(5, 0, 4)).toBe(false);
    expect(fits(0, -1, 4)).toBe(false);
    expect(fits(-1, 1, 4)).toBe(false);
    expect(fits(2, 0xffffffff, 4)).toBe(false);
  });

  test('joins and compares', () => {
    const whole = concatBytes([Uint8Array.of(1), new Uint8Array(0), Uint8Array.of(2, 3)]);
    expect(equalBytes(whole, Uint8Array.of(1, 2, 3))).toBe(true);
    expect(equalBytes(whole, Uint8Array.of(1, 2))).toBe(false);
    expect(equalBytes(whole, Uint8Array.of(1, 2, 4))).toBe(false);
  });
});
