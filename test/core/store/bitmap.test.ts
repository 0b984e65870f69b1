import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Bitmap } from '../../../core/store/bitmap.ts';

const ROWS = 3000;
const row = fc.oneof(fc.integer({ min: 0, max: ROWS }), fc.constantFrom(0, 31, 32, 511, 512, 1023, 1024));

describe('Bitmap', () => {
  it('counts, ranks and selects as a sorted list would, between any changes', () => {
    const step = fc.tuple(fc.constantFrom('set', 'set', 'set', 'unset', 'rank', 'select'), row);
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const bitmap = new Bitmap();
        const rows = new Set<number>();
        const sorted = (): number[] => [...rows].sort((a, b) => a - b);
        for (const [kind, at] of steps) {
          if (kind === 'set') {
            bitmap.set(at);
            rows.add(at);
          } else if (kind === 'unset') {
            bitmap.unset(at);
            rows.delete(at);
          } else if (kind === 'rank') {
            expect(bitmap.rank(at)).toBe(sorted().filter((r) => r < at).length);
          } else {
            const k = at % (rows.size + 2);
            expect(bitmap.select(k)).toBe(sorted()[k] ?? -1);
          }
          expect(bitmap.count).toBe(rows.size);
          expect(bitmap.has(at)).toBe(rows.has(at));
        }
        sorted().forEach((r, k) => {
          expect(bitmap.select(k)).toBe(r);
          expect(bitmap.rank(r)).toBe(k);
        });
        expect(bitmap.rank(10 * ROWS)).toBe(rows.size);
      }),
    );
  });

  it('selects among millions of rows after each one that is added', () => {
    const bitmap = new Bitmap();
    for (let i = 0; i < 1_000_000; i++) {
      bitmap.set(i * 3);
      if (i % 1000 === 0) expect(bitmap.select(bitmap.count - 1)).toBe(i * 3);
    }
    expect(bitmap.rank(1_500_000)).toBe(500_000);
    expect(bitmap.byteLength).toBeLessThan(1_000_000);
  });

  it('answers -1 for what it does not have', () => {
    const bitmap = new Bitmap();
    for (const k of [-1, 0, Number.NaN]) expect(bitmap.select(k)).toBe(-1);
    bitmap.set(7);
    bitmap.clear();
    expect(bitmap.select(0)).toBe(-1);
    expect(bitmap.rank(100)).toBe(0);
    bitmap.set(9);
    expect(bitmap.select(0)).toBe(9);
  });
});
