import { describe, expect, it } from 'vitest';
import { nextWith, visibleSteps } from '../../../renderer/ui/use-step-list.ts';

describe('a list of steps', () => {
  it('draws only what is on the screen, however long it is', () => {
    const { from, to } = visibleSteps(50_000 * 30, 600, 100_000, 30);
    expect(from).toBeGreaterThan(49_900);
    expect(from).toBeLessThanOrEqual(50_000);
    expect(to).toBeGreaterThanOrEqual(50_020);
    expect(to - from).toBeLessThan(40);
    expect(visibleSteps(0, 0, 3, 30)).toEqual({ from: 0, to: 3 });
  });

  const labels = ['INVITE', '100 Trying', '180 Ringing', '200 OK', 'ACK', 'BYE', '200 OK'];
  const find = (letters: string, from: number): number | null =>
    nextWith(letters, labels.length, from, (at) => labels[at] ?? '');

  it('finds the next step with a word that begins as typed', () => {
    expect(find('b', 1)).toBe(5);
    expect(find('ring', 0)).toBe(2);
    expect(find('200', 4)).toBe(6);
  });
  it('goes around the end, and stays where nothing fits', () => {
    expect(find('inv', 3)).toBe(0);
    expect(find('cancel', 0)).toBeNull();
    expect(nextWith('a', 0, 0, () => '')).toBeNull();
  });
});
