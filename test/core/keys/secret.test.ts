import { format, inspect } from 'node:util';
import { expect, it } from 'vitest';
import { revealed, Secret } from '../../../core/keys/secret.ts';

const BYTES = new TextEncoder().encode('hunter2-hunter2');

it('prints as [secret] however it is printed', () => {
  const secret = new Secret(BYTES);
  const printed = [
    String(secret),
    `${secret}`,
    JSON.stringify({ secret }),
    inspect({ secret }, { showHidden: true, depth: 9 }),
    format('%s %o %j', secret, secret, secret),
    Object.prototype.toString.call(secret),
    [secret].join(),
    new Error(`no ${secret}`).message,
  ].join(' ');
  expect(printed).toContain('[secret]');
  expect(printed).not.toContain('hunter2');
  expect(printed).not.toContain(BYTES.join());
  expect(printed).not.toContain('104');
});

it('does not follow a structured clone', () => {
  expect(inspect(structuredClone({ secret: new Secret(BYTES) }))).not.toMatch(/104|hunter/);
});

it('gives its bytes to those who ask by name', () => {
  expect(revealed(new Secret(BYTES))).toBe(BYTES);
});
