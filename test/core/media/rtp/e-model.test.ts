import { describe, expect, it } from 'vitest';
import { estimateMos } from '../../../../core/media/rtp/e-model.ts';

describe('the estimate by the E-model', () => {
  it('is that of G.107 for an ideal line: R 93.2 is 4.41', () => {
    expect(estimateMos('PCMA', 0, 50)).toBeCloseTo(4.41, 2);
  });

  it('falls with loss as G.113 has it: G.711 with concealment at 5 %: Ie,eff 15.8', () => {
    // R = 93.2 − 95 · 5 / (5 + 25.1) = 77.42
    expect(estimateMos('PCMU', 0.05, 0)).toBeCloseTo(3.93, 1);
    expect(estimateMos('G729', 0.05, 0) ?? 5).toBeLessThan(estimateMos('PCMU', 0.05, 0) ?? 0);
  });

  it('falls with delay above 100 ms only', () => {
    expect(estimateMos('PCMA', 0, 100)).toBe(estimateMos('PCMA', 0, 0));
    expect(estimateMos('PCMA', 0, 400) ?? 5).toBeLessThan(3.8);
  });

  it('stays between 1 and 4.5', () => {
    expect(estimateMos('G723', 1, 10_000)).toBeGreaterThanOrEqual(1);
    expect(estimateMos('PCMA', -1, -5)).toBeLessThanOrEqual(4.5);
  });

  it('is not made up for a codec without figures', () => {
    expect(estimateMos('opus', 0, 0)).toBeNull();
    expect(estimateMos('G722', 0, 0)).toBeNull();
  });
});
