import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CAUSE_IDS } from '../../core/verdict.ts';

const guide = readFileSync(new URL('../../docs/USER-GUIDE.md', import.meta.url), 'utf8');

describe('docs/USER-GUIDE.md', () => {
  it.each(CAUSE_IDS)('tells in plain words what %s means', (cause) => {
    expect(guide).toContain(`**\`${cause}\`**`);
  });

  it('tells of no cause that there is not', () => {
    const told = [...guide.matchAll(/\*\*`([a-z0-9-]+)`\*\*/g)].map((match) => match[1]);
    expect(told.filter((cause) => !CAUSE_IDS.some((id) => id === cause))).toEqual([]);
  });
});
