import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../support/app-drivers/app-process.ts';

/**
 * Whatever a built file imports or requires by a name, at its top or later. Parsed whole: a scan by tokens takes what
 * stands in comments behind an odd regular expression for code.
 */
function importsOf(path: string): string[] {
  const source = ts.createSourceFile(
    path,
    readFileSync(path, 'utf8'),
    ts.ScriptTarget.Latest,
    false,
    ts.ScriptKind.JS,
  );
  const names: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) {
      if (node.moduleSpecifier !== undefined && ts.isStringLiteral(node.moduleSpecifier))
        names.push(node.moduleSpecifier.text);
    } else if (ts.isCallExpression(node) && isLoading(node.expression)) {
      const [first] = node.arguments;
      if (first !== undefined && ts.isStringLiteralLike(first)) names.push(first.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return names.filter((name) => !name.startsWith('.'));
}

function isLoading(callee: ts.Expression): boolean {
  if (callee.kind === ts.SyntaxKind.ImportKeyword) return true;
  return ts.isIdentifier(callee) && /^(__)?require\d*$/.test(callee.text);
}

const builtins = new Set([...builtinModules, ...builtinModules.map((name) => `node:${name}`)]);
const filesIn = (folder: string): string[] =>
  readdirSync(join(ROOT, 'dist', folder))
    .filter((name) => name.endsWith('.mjs'))
    .map((name) => join(ROOT, 'dist', folder, name));

// Packages look for these and go on without them: ws for faster masking, others to find out where they run.
const OPTIONAL = new Set(['bufferutil', 'utf-8-validate']);

describe('what is built', () => {
  it('needs no package beside it', () => {
    for (const path of [...filesIn('cli'), ...filesIn('node')]) {
      const strange = importsOf(path).filter((name) => !builtins.has(name) && !OPTIONAL.has(name));
      expect({ path, strange }).toEqual({ path, strange: [] });
    }
    for (const path of filesIn('electron')) {
      const strange = importsOf(path).filter((name) => !builtins.has(name) && name !== 'electron');
      expect({ path, strange }).toEqual({ path, strange: [] });
    }
  });

  it('has a preload that a sandbox can load: one file that requires electron and nothing else', () => {
    const preload = join(ROOT, 'dist/electron/preload.cjs');
    expect(importsOf(preload)).toEqual(['electron']);
    expect(readFileSync(preload, 'utf8')).not.toMatch(/\bprocess\b|\bBuffer\b|^import /m);
  });

  it('starts where package.json says', () => {
    const manifest: { main: string; bin: { sipher: string } } = JSON.parse(
      readFileSync(join(ROOT, 'package.json'), 'utf8'),
    );
    expect(existsSync(join(ROOT, manifest.main))).toBe(true);
    expect(readFileSync(join(ROOT, manifest.bin.sipher), 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
  });

  it('tells nothing of the machine it was built on', () => {
    for (const path of [...filesIn('cli'), ...filesIn('node'), ...filesIn('electron')]) {
      expect(readFileSync(path, 'utf8').includes(ROOT), path).toBe(false);
    }
  });
});
