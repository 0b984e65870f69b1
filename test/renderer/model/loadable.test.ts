import { describe, expect, it } from 'vitest';
import {
  createLatest,
  IDLE,
  loadingAfter,
  shownOf,
  type Loadable,
} from '../../../renderer/model/loadable.ts';

describe('what is shown while loading', () => {
  it('is the value before', () => {
    const ready: Loadable<number> = { kind: 'ready', value: 7 };
    expect(shownOf(loadingAfter(loadingAfter(ready)))).toBe(7);
  });
  it('is nothing after a failure', () => {
    expect(shownOf(loadingAfter<number>({ kind: 'failed', message: '' }))).toBeNull();
    expect(shownOf<number>(IDLE)).toBeNull();
  });
});

describe('createLatest', () => {
  it('runs the first and the last of many, and lets only the last count', async () => {
    const latest = createLatest();
    const ran: number[] = [];
    const counted: number[] = [];
    const releases: (() => void)[] = [];
    for (let number = 1; number <= 50; number += 1) {
      latest(async (isCurrent) => {
        ran.push(number);
        await new Promise<void>((resolve) => releases.push(resolve));
        if (isCurrent()) counted.push(number);
      });
    }
    releases.shift()?.();
    await Promise.resolve();
    await new Promise((resolve) => setTimeout(resolve, 0));
    releases.shift()?.();
    await new Promise((resolve) => setTimeout(resolve, 0));
    expect(ran).toEqual([1, 50]);
    expect(counted).toEqual([50]);
  });
});
