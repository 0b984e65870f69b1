import { readFileSync } from 'node:fs';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

/** Type-checks core/api-decode.ts against core/api.ts as `change` leaves it; the codes of the errors. */
function errorsWith(change: (source: string) => string): number[] {
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    strict: true,
    noEmit: true,
    allowImportingTsExtensions: true,
    types: [],
  };
  const host = ts.createCompilerHost(options);
  const readFile = host.readFile.bind(host);
  host.readFile = (path) =>
    path.endsWith('core/api.ts') ? change(readFileSync(path, 'utf8')) : readFile(path);
  host.getSourceFile = (path, target) => {
    const source = host.readFile(path);
    return source === undefined ? undefined : ts.createSourceFile(path, source, target);
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
          'export interface Requests {',
          "export interface Requests { 'x.y': { readonly params: null; readonly result: string };",
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
