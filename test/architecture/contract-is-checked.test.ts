import { readFileSync } from 'node:fs';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

/** The language's own declarations do not change between the checks. */
const libraries = new Map<string, ts.SourceFile>();

/** Type-checks core/api-decode.ts against the contract as `change` leaves it; the codes of the errors. */
function errorsWith(change: (source: string) => string): number[] {
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    strict: true,
    noEmit: true,
    allowImportingTsExtensions: true,
    types: [],
    lib: ['lib.es2023.d.ts', 'lib.es2024.string.d.ts'],
    skipDefaultLibCheck: true,
    skipLibCheck: true,
  };
  const host = ts.createCompilerHost(options);
  const readFile = host.readFile.bind(host);
  host.readFile = (path) =>
    /core\/api(?:-(?!decode)[a-z]+)?\.ts$/.test(path) ? change(readFileSync(path, 'utf8')) : readFile(path);
  const parse = host.getSourceFile.bind(host);
  host.getSourceFile = (path, target) => {
    if (!path.includes('typescript/lib')) return parse(path, target);
    const known = libraries.get(path) ?? parse(path, target);
    if (known !== undefined) libraries.set(path, known);
    return known;
  };
  const program = ts.createProgram(['core/api-decode.ts'], options, host);
  return ts.getPreEmitDiagnostics(program).map(({ code }) => code);
}

describe('the contract with the page', () => {
  it('compiles as it is', () => {
    expect(errorsWith((source) => source)).toEqual([]);
  });

  it.each([
    [
      'a request',
      (source: string) =>
        source.replace(
          /export interface Requests\s+extends [^{]+\{/,
          "$&  'x.y': { readonly params: null; readonly result: string };",
        ),
    ],
    [
      'a push',
      (source: string) => source.replace('export interface Pushes {', 'export interface Pushes { x: string;'),
    ],
    [
      'a member of a row',
      (source: string) =>
        source.replace('export interface FrameRow {', 'export interface FrameRow { readonly x: string;'),
    ],
    [
      'a member of params',
      (source: string) =>
        source.replace(
          'readonly key: number; readonly password: string',
          'readonly key: number; readonly x: 1; readonly password: string',
        ),
    ],
  ])('does not compile when it gains %s that is not checked', (_what, change) => {
    expect(errorsWith(change)).not.toEqual([]);
  });
});
