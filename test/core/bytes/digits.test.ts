import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { writeDigits, writeNumber, writePaddedNumber } from '../../../core/bytes/digits.ts';

const text = (write: (bytes: Uint8Array) => number): string => {
  const bytes = new Uint8Array(40);
  return new TextDecoder().decode(bytes.subarray(0, write(bytes)));
};

/** As often a power of ten or its neighbour as anything else. */
const wholeNumber = fc.oneof(
  fc.maxSafeNat(),
  fc.nat(),
  fc.tuple(fc.integer({ min: 0, max: 15 }), fc.constantFrom(0, 1)).map(([power, less]) => 10 ** power - less),
);

describe('digits', () => {
  it('writes numbers as JavaScript does', () => {
    fc.assert(
      fc.property(wholeNumber, (value) => {
        expect(text((bytes) => writeNumber(bytes, 0, value))).toBe(String(value));
      }),
    );
  });

  it('pads with blanks, and never cuts', () => {
    fc.assert(
      fc.property(wholeNumber, fc.integer({ min: 0, max: 9 }), (value, width) => {
        const padded = text((bytes) => writePaddedNumber(bytes, 0, value, width));
        expect(padded).toBe(String(value).padStart(width));
      }),
    );
  });

  it('fills with zeros up to the count', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 999_999_999 }), (value) => {
        expect(text((bytes) => writeDigits(bytes, 0, value, 9))).toBe(String(value).padStart(9, '0'));
      }),
    );
    expect(text((bytes) => writeDigits(bytes, 0, 7, 1))).toBe('7');
  });
});
