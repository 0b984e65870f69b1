import { describe, expect, it } from 'vitest';
import { SegmentLog, sampleBytes } from '../../../core/stream/segment-log.ts';

describe('SegmentLog', () => {
  it('finds entries by position, before and behind 4 GiB, and forgets those too far back', () => {
    for (const step of [1460, 50_000_000, 900_000_000]) {
      const log = new SegmentLog();
      for (let i = 0; i < 200; i++) {
        log.append(i * step, i + 1, i);
        const next = (i + 1) * step;
        expect(log.frameOf(log.find(next - 1))).toBe(i + 1);
        expect(log.endOf(log.find(next - 1), next)).toBe(next);
        for (let back = 0; back <= i; back++) {
          const entry = log.find((i - back) * step + 5);
          if (entry >= 0) expect(log.frameOf(entry)).toBe(i + 1 - back);
          else expect(back * step).toBeGreaterThan(2 ** 29);
          if (entry >= 0) expect(log.positionOf(entry)).toBe((i - back) * step);
        }
      }
    }
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
