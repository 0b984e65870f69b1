import { ESLint } from 'eslint';
import { beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../support/app-drivers/app-process.ts';

let eslint: ESLint;

beforeAll(() => {
  eslint = new ESLint({ cwd: ROOT });
});

/** What lint says of `code`, were it the text of the file at `path` (a file that exists, so that its types are known). */
async function complaints(code: string, path: string): Promise<string[]> {
  const [result] = await eslint.lintText(code, { filePath: `${ROOT}/${path}` });
  return (result?.messages ?? []).map(({ ruleId, message }) => `${ruleId}: ${message}`);
}

describe('lint', () => {
  it.each([
    ['an enum', 'export enum Colour { red }', 'No enum'],
    ['a default export', 'export default 1;', 'No default export'],
    ['a barrel', "export * from './verdict.ts';", 'No barrel'],
    ['an assertion', 'export const a = Number as unknown;', 'No `as`'],
    ['any', 'export const a: any = 1;', 'no-explicit-any'],
    ['a namespace', 'export namespace A { export const b = 1; }', 'No namespace'],
    [
      'a parameter property',
      'export class A { constructor(readonly b: number) {} }',
      'No parameter properties',
    ],
    ['a function called handle', 'export function handle(): void {}', 'Name it for what it does'],
    ['a function called get', 'export const get = (): number => 1;', 'Name it for what it does'],
    ['a promise let go', 'export function a(): void { Promise.resolve(1); }', 'no-floating-promises'],
    ['a Buffer in core', 'export const a = Buffer.from("");', 'Uint8Array and core/bytes'],
    ['a clock in core', 'export const a = Date.now();', 'knows no clock'],
    ['randomness in core', 'export const a = Math.random();', 'no randomness'],
    ['print in core', 'console.log(1);', 'no-console'],
  ])('refuses %s', async (_what, code, words) => {
    expect((await complaints(code, 'core/transport.ts')).join('\n')).toContain(words);
  });

  it.each([
    ['inner HTML', 'export const A = () => <p dangerouslySetInnerHTML={{ __html: "" }} />;', 'hostile input'],
    ['the raw bridge', 'export const A = () => <p>{String(window.sipher)}</p>;', 'Only renderer/api.ts'],
    [
      'a hook in a condition',
      "import { useState } from 'react';\nexport function A({ a }: { a: boolean }) { if (a) useState(1); return null; }",
      'rules-of-hooks',
    ],
  ])('refuses %s in the page', async (_what, code, words) => {
    expect((await complaints(code, 'renderer/app.tsx')).join('\n')).toContain(words);
  });

  it('takes what the house style asks for', async () => {
    const code = "export const KINDS = ['a', 'b'] as const;\nexport type Kind = (typeof KINDS)[number];\n";
    expect(await complaints(code, 'core/transport.ts')).toEqual([]);
  });
});
