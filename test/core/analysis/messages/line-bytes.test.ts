import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ByteTarget, writeQuoted, writeText } from '../../../../core/analysis/messages/line-bytes.ts';

class Target implements ByteTarget {
  bytes = new Uint8Array(4);
  length = 0;

  reserve(bytes: number): void {
    if (this.length + bytes <= this.bytes.length) return;
    const grown = new Uint8Array(2 * (this.length + bytes));
    grown.set(this.bytes);
    this.bytes = grown;
  }

  get text(): string {
    return new TextDecoder().decode(this.bytes.subarray(0, this.length));
  }
}

const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

describe('lines of messages', () => {
  it('quotes as JSON does, whatever the characters are', () => {
    const texts = fc.oneof(
      fc.string({ unit: 'binary-ascii' }),
      fc.string({ unit: 'binary' }),
      fc.constantFrom('"\\/\b\f\n\r\t\u0000\u001f\u007f', '\u2028\u2029', 'Zo\u00eb', '"'),
    );
    fc.assert(
      fc.property(texts, fc.nat(3), (text, before) => {
        const encoded = new TextEncoder().encode(text);
        const bytes = new Uint8Array(before + encoded.length + 2).fill(0xff);
        bytes.set(encoded, before);
        const target = new Target();
        writeText(target, new Uint8Array([0x3e]), 0, 1);
        writeQuoted(target, bytes, before, before + encoded.length, decode);
        expect(target.text).toBe(`>${JSON.stringify(new TextDecoder().decode(encoded))}`);
      }),
    );
  });

  it('writes what is not UTF-8 with the mark for that', () => {
    const target = new Target();
    writeText(target, Uint8Array.of(0x61, 0xff, 0x62), 0, 3);
    expect(target.text).toBe('a\ufffdb');
  });
});
