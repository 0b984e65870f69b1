import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { COPY_SLACK, copyBytes } from '../../../core/bytes/copy-bytes.ts';

describe('copying bytes', () => {
  it('puts them exactly where they belong, shared or not, at any place', () => {
    const place = fc.integer({ min: 0, max: 40 });
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), place, place, fc.boolean(), (text, from, at, shared) => {
        const size = 160;
        const source = new Uint8Array(shared ? new SharedArrayBuffer(size) : new ArrayBuffer(size));
        source.set(text, from);
        const target = new Uint8Array(at + text.length + COPY_SLACK).fill(0xee);
        copyBytes(source, from, from + text.length, target, at);
        expect(target.subarray(at, at + text.length)).toEqual(text);
        expect(target.subarray(0, at).every((byte) => byte === 0xee)).toBe(true);
      }),
    );
  });
});
