import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bitLengthOf,
  bitsOf,
  childrenOf,
  contentOf,
  decodeElement,
  magnitudeOf,
  octetsOf,
  oidOf,
  smallIntegerOf,
  textOf,
} from '../../../core/x509/der.ts';
import { encodeElement, encodeInteger, encodeSequence } from '../../../core/x509/der-encode.ts';

function element(...bytes: number[]) {
  const decoded = decodeElement(Uint8Array.from(bytes));
  if (decoded.kind === 'malformed') throw new Error(decoded.reason);
  return decoded;
}

describe('lengths', () => {
  it('reads what der-encode writes, of any size', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 70_000, size: 'max' }), (content) => {
        const decoded = decodeElement(encodeElement(0x04, content));
        if (decoded.kind === 'malformed') throw new Error(decoded.reason);
        expect(Buffer.from(contentOf(decoded)).equals(content)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  it('refuses a length beyond the bytes and says that they end early', () => {
    expect(decodeElement(Uint8Array.of(0x30, 0x05, 1, 2))).toMatchObject({
      kind: 'malformed',
      cutShort: true,
    });
    expect(decodeElement(Uint8Array.of(0x30, 0x84, 0xff, 0xff, 0xff, 0xff))).toMatchObject({
      kind: 'malformed',
    });
    expect(decodeElement(Uint8Array.of(0x30, 0x87, 1, 1, 1, 1, 1, 1, 1))).toMatchObject({ cutShort: false });
  });

  it('does not let a child reach out of its parent', () => {
    const { elements, fault } = childrenOf(element(0x30, 0x03, 0x04, 0x05, 0xaa, 0xbb, 0xcc));
    expect(elements).toEqual([]);
    expect(fault).toMatchObject({ offset: 2, cutShort: false });
  });

  it('reads indefinite lengths and strings in pieces', () => {
    const whole = element(0x24, 0x80, 0x04, 0x01, 0xaa, 0x24, 0x80, 0x04, 0x02, 0xbb, 0xcc, 0, 0, 0, 0, 0xff);
    expect(whole.end).toBe(15);
    expect(octetsOf(whole)).toEqual(Uint8Array.of(0xaa, 0xbb, 0xcc));
  });

  it('bounds the nesting of indefinite lengths', () => {
    const deep = new Uint8Array(100_000);
    for (let at = 0; at < deep.length; at += 2) deep.set([0x30, 0x80], at);
    expect(decodeElement(deep)).toMatchObject({ kind: 'malformed', reason: expect.stringContaining('deep') });
  });
});

describe('values', () => {
  it('reads object identifiers, also those with the root 2 and large arcs', () => {
    expect(oidOf(element(0x06, 0x03, 0x55, 0x04, 0x03))).toBe('2.5.4.3');
    expect(oidOf(element(0x06, 0x03, 0x88, 0x37, 0x03))).toBe('2.999.3');
    expect(oidOf(element(0x06, 0x06, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d))).toBe('1.2.840.113549');
    expect(oidOf(element(0x06, 0x02, 0x55, 0x84))).toBeNull();
    expect(oidOf(element(0x06, 0x0a, ...Array<number>(9).fill(0xff), 0x7f))).toBeNull();
  });

  it('reads integers up to 53 bits and refuses negative ones', () => {
    expect(smallIntegerOf(element(0x02, 0x02, 0x01, 0x00))).toBe(256);
    expect(smallIntegerOf(element(0x02, 0x01, 0xff))).toBeNull();
    expect(smallIntegerOf(element(0x02, 0x08, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff))).toBeNull();
    expect(smallIntegerOf(element(0x02, 0x00))).toBeNull();
    expect(magnitudeOf(element(0x02, 0x03, 0x00, 0x00, 0x80))).toEqual(Uint8Array.of(0x80));
    expect(bitLengthOf(Uint8Array.of(0, 1, 0))).toBe(9);
    expect(bitLengthOf(new Uint8Array(3))).toBe(0);
  });

  it('writes integers that read back as the same number, with a sign byte where one is needed', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 200n }), (value) => {
        const hex = value.toString(16);
        const bytes = Buffer.from(hex.padStart(hex.length + (hex.length & 1), '0'), 'hex');
        const encoded = encodeInteger(bytes);
        const decoded = decodeElement(encoded);
        if (decoded.kind === 'malformed') throw new Error(decoded.reason);
        expect(BigInt(`0x${Buffer.from(magnitudeOf(decoded) ?? []).toString('hex') || '0'}`)).toBe(value);
      }),
    );
    expect(encodeSequence(encodeInteger(new Uint8Array(0)))).toEqual(Uint8Array.of(0x30, 3, 2, 1, 0));
  });

  it('refuses bit strings with impossible unused bits', () => {
    expect(bitsOf(element(0x03, 0x02, 0x04, 0xf0))).toEqual({ bytes: Uint8Array.of(0xf0), unused: 4 });
    expect(bitsOf(element(0x03, 0x02, 0x08, 0xf0))).toBeNull();
    expect(bitsOf(element(0x03, 0x00))).toBeNull();
    expect(bitsOf(element(0x03, 0x01, 0x03))).toBeNull();
  });

  it('reads each string type in its own encoding', () => {
    expect(textOf(element(0x0c, 0x02, 0xc3, 0xbc))).toBe('ü');
    expect(textOf(element(0x14, 0x01, 0xfc))).toBe('ü');
    expect(textOf(element(0x1e, 0x04, 0x00, 0xfc, 0x04, 0x16))).toBe('üЖ');
    expect(textOf(element(0x1c, 0x04, 0x00, 0x01, 0xf6, 0x00))).toBe('😀');
    expect(textOf(element(0x1c, 0x04, 0x7f, 0xff, 0xff, 0xff))).toBe('\ufffd');
    expect(textOf(element(0x1e, 0x02, 0xd8, 0x00))).toBe('\ufffd');
    expect(textOf(element(0x02, 0x01, 0x00))).toBeNull();
  });
});

it('never throws and never reads past the end', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 120 }), (bytes) => {
      const decoded = decodeElement(bytes);
      if (decoded.kind === 'malformed') return;
      expect(decoded.end).toBeLessThanOrEqual(bytes.length);
      for (const child of childrenOf(decoded).elements) {
        expect(child.end).toBeLessThanOrEqual(decoded.contentEnd);
        octetsOf(child);
        textOf(child);
        oidOf(child);
      }
    }),
    { numRuns: 5000 },
  );
});
