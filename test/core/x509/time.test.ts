import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeElement } from '../../../core/x509/der.ts';
import { encodeElement } from '../../../core/x509/der-encode.ts';
import { decodeTime, formatTime } from '../../../core/x509/time.ts';

function timeOf(tag: number, text: string) {
  const element = decodeElement(encodeElement(tag, new TextEncoder().encode(text)));
  return element.kind === 'element' ? decodeTime(element) : null;
}

describe('decodeTime', () => {
  it.each([
    [0x17, '260131235959Z', '2026-01-31T23:59:59Z'],
    [0x17, '491231000000Z', '2049-12-31T00:00:00Z'],
    [0x17, '500101000000Z', '1950-01-01T00:00:00Z'],
    [0x17, '2601312359Z', '2026-01-31T23:59:00Z'],
    [0x17, '260131235959+0200', '2026-01-31T21:59:59Z'],
    [0x17, '260131235959-0130', '2026-02-01T01:29:59Z'],
    [0x18, '20550101000000Z', '2055-01-01T00:00:00Z'],
    [0x18, '20240229120000.5Z', '2024-02-29T12:00:00Z'],
    [0x18, '99991231235959Z', '9999-12-31T23:59:59Z'],
  ])('reads %i %s', (tag, text, expected) => {
    expect(timeOf(tag, text)).toEqual({ text: expected, seconds: Date.parse(expected) / 1000 });
  });

  it.each([
    [0x17, '261331235959Z'],
    [0x17, '260132235959Z'],
    [0x17, '260131245959Z'],
    [0x17, 'yesterday'],
    [0x18, '2026'],
    [0x0c, '260131235959Z'],
  ])('refuses %i %s', (tag, text) => {
    expect(timeOf(tag, text)).toBeNull();
  });
});

it('formats every moment as the language does', () => {
  fc.assert(
    fc.property(fc.integer({ min: -62_167_219_200, max: 253_402_300_799 }), (seconds) => {
      expect(formatTime(seconds)).toBe(new Date(seconds * 1000).toISOString().replace('.000', ''));
    }),
  );
});
