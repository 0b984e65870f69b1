import { describe, expect, it } from 'vitest';
import {
  formatAbsolute,
  formatBrief,
  formatBytes,
  formatDuration,
  formatMask,
  formatRelative,
  formatUtc,
  shortenFingerprint,
} from '../../../renderer/model/format.ts';

describe('times', () => {
  it('keeps the nanoseconds that a double would lose', () => {
    expect(formatUtc('1499789160.123456789')).toBe('2017-07-11 16:06:00.123456789 UTC');
  });
  it('fills a short fraction from the right', () => {
    expect(formatUtc('1499789160.5')).toBe('2017-07-11 16:06:00.500000000 UTC');
    expect(formatUtc('0')).toBe('1970-01-01 00:00:00.000000000 UTC');
  });
  it('writes local time to the microsecond', () => {
    expect(formatAbsolute('1499789160.000001999')).toMatch(/^2017-07-1[12] \d\d:\d\d:00\.000001$/);
  });
  it('gives back what is no time', () => {
    expect(formatAbsolute('never')).toBe('never');
    expect(formatUtc('99999999999999999')).toBe('99999999999999999');
  });
  it('counts from the first frame to the microsecond', () => {
    expect(formatRelative(0.0654)).toBe('0.065400');
    expect(formatRelative(-0.25)).toBe('-0.250000');
  });
  it.each([
    [0.0000015, '2 µs'],
    [0.0015, '1.5 ms'],
    [0.25, '250 ms'],
    [12, '12.0 s'],
    [119.6, '2 min 00 s'],
    [7260, '2 h 01 min'],
  ])('writes %d seconds as %s', (seconds, words) => {
    expect(formatDuration(seconds)).toBe(words);
  });
});

describe('counts and sizes', () => {
  it.each([
    [0, '0'],
    [99_999, '99,999'],
    [100_000, '100k'],
    [999_999, '999k'],
    [12_345_678, '12.3M'],
  ])('writes %d in six characters', (count, words) => {
    expect(formatBrief(count)).toBe(words);
  });
  it.each([
    [1, '1 byte'],
    [999, '999 bytes'],
    [1500, '1.5 KB'],
    [184_000_000, '184 MB'],
  ])('writes %d bytes', (bytes, words) => {
    expect(formatBytes(bytes)).toBe(words);
  });
  it('writes masks as Wireshark does', () => {
    expect(formatMask(0x63f)).toBe('0x63F');
    expect(formatMask(0x10)).toBe('0x10');
  });
  it('leaves both ends of a fingerprint', () => {
    expect(shortenFingerprint('0123456789abcdef0123456789abcdef')).toBe('0123456789abcd…89abcdef');
    expect(shortenFingerprint('ab:cd')).toBe('ab:cd');
  });
});
