import { describe, expect, it } from 'vitest';
import type { LadderStep } from '../../../core/api.ts';
import { firstStepToSee, fitLabel, frameOfLadder } from '../../../renderer/model/ladder.ts';

const step = (over: Partial<LadderStep> = {}): LadderStep => ({
  frame: 5,
  time: '1.0',
  relative: 0.25,
  from: 'client',
  layer: 'tls',
  label: 'Client Hello',
  detail: '',
  verdict: 'clear',
  decrypted: false,
  message: null,
  ...over,
});

describe('the ladder', () => {
  it('shows the failing step first, else the beginning', () => {
    expect(firstStepToSee([step(), step({ verdict: 'failure' }), step()])).toBe(1);
    expect(firstStepToSee([step(), step()])).toBe(0);
    expect(firstStepToSee([])).toBe(0);
  });
  it('stays readable where there is no room', () => {
    const frame = frameOfLadder(10, 2);
    expect(frame.right - frame.left).toBeGreaterThan(150);
  });
  it('cuts a label that does not fit', () => {
    expect(fitLabel('Application Data', 8)).toBe('Applica…');
    expect(fitLabel('SYN', 8)).toBe('SYN');
  });
});
