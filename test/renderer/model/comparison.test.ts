import { describe, expect, it } from 'vitest';
import type { CompareRow, Comparison } from '../../../core/api.ts';
import { countDifferences, sectionsOf } from '../../../renderer/model/comparison.ts';
import { fakeModel } from '../render.tsx';

async function comparison(rows: readonly CompareRow[]): Promise<Comparison> {
  const { api } = fakeModel();
  await api.request('capture.openSample', null);
  return { ...(await api.request('conversations.compare', { left: '0', right: '1' })), rows };
}

const row = (
  section: string,
  field: string,
  same: boolean,
  matters: CompareRow['matters'] = 'no',
): CompareRow => ({
  section,
  field,
  left: 'a',
  right: same ? 'a' : 'b',
  leftFrame: null,
  rightFrame: null,
  same,
  matters,
  why: '',
});

describe('a comparison', () => {
  it('keeps the order of what matters, and leaves the equal out until asked', async () => {
    const made = await comparison([
      row('Certificate', 'Signature', false, 'yes'),
      row('Hello', 'Suites', false, 'maybe'),
      row('Certificate', 'Key', false),
      row('Hello', 'Version', true),
      row('Timing', 'Duration', true),
    ]);
    const named = (withEqual: boolean): unknown =>
      sectionsOf(made, withEqual).map(({ title, rows }) => [title, rows.map(({ field }) => field)]);
    expect(named(false)).toEqual([
      ['Certificate', ['Signature', 'Key']],
      ['Hello', ['Suites']],
    ]);
    expect(named(true)).toEqual([
      ['Certificate', ['Signature', 'Key']],
      ['Hello', ['Suites', 'Version']],
      ['Timing', ['Duration']],
    ]);
    expect(countDifferences(made)).toEqual({ differ: 3, matter: 1 });
  });
});
