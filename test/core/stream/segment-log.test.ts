import { describe, expect, it } from 'vitest';
import { SegmentLog, sampleBytes } from '../../../core/stream/segment-log.ts';

describe('SegmentLog', () => {
  it('finds entries by position, before and behind 4 GiB, and forgets those too far back', () => {
    const log = new SegmentLog();
    const step = 300_000_000;
    for (let i = 0; i < 200; i++) log.append(i * step, i + 1, i);
    const next = 200 * step;
    expect(log.frameOf(log.find(next - 1))).toBe(200);
    expect(log.endOf(log.find(next - 1), next)).toBe(next);
    for (const back of [1, 2, 3]) {
      const entry = log.find(next - back * step);
      expect(log.frameOf(entry)).toBe(201 - back);
      expect(log.positionOf(entry)).toBe(next - back * step);
      expect(log.sampleOf(entry)).toBe(200 - back);
    }
    expect(log.find(0)).toBe(-1);
    expect(log.find(next - 2 ** 32)).toBe(-1);
  });

  it('knows nothing at first', () => {
    expect(new SegmentLog().find(0)).toBe(-1);
  });
});

describe('sampleBytes', () => {
  it('differs where the first or the last byte does, whatever the length', () => {
    for (let length = 1; length < 40; length++) {
      const bytes = new Uint8Array(length + 2).fill(7);
      const sample = sampleBytes(bytes, 1, length + 1);
      for (const at of [1, length]) {
        const other = bytes.slice();
        other[at] = 8;
        expect(sampleBytes(other, 1, length + 1)).not.toBe(sample);
      }
      bytes[0] = 9;
      bytes[length + 1] = 9;
      expect(sampleBytes(bytes, 1, length + 1)).toBe(sample);
    }
  });
});
