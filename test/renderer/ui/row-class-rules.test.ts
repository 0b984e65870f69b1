import { expect, it } from 'vitest';
import { rowClassRules } from '../../../renderer/ui/row-grid-columns.ts';

it('takes a class away when the row’s content has changed', () => {
  const rules = rowClassRules<{ verdict: string }>({
    classes: ['tone-opaque', 'tone-decrypted'],
    of: ({ verdict }) => `tone-${verdict}`,
  });
  const given = (data: { verdict: string } | undefined): string[] =>
    Object.entries(rules).flatMap(([name, rule]) =>
      typeof rule === 'function' && Reflect.apply(rule, undefined, [{ data }]) === true ? [name] : [],
    );
  expect(given(undefined)).toEqual(['row-pending']);
  expect(given({ verdict: 'opaque' })).toEqual(['tone-opaque']);
  expect(given({ verdict: 'decrypted' })).toEqual(['tone-decrypted']);
});
