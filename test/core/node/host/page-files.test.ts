import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readPageFile } from '../../../../core/node/host/page-files.ts';

let outside: string;
let folder: string;

beforeAll(() => {
  outside = mkdtempSync(join(tmpdir(), 'sipher-page-'));
  folder = join(outside, 'page');
  mkdirSync(join(folder, 'assets'), { recursive: true });
  writeFileSync(join(outside, 'secret.json'), '"secret"');
  writeFileSync(join(folder, '.hidden.json'), '"hidden"');
  writeFileSync(join(folder, 'index.html'), '<meta name="csp-nonce" content="__CSP_NONCE__" />');
  writeFileSync(join(folder, 'assets', 'main.js'), 'export {};');
});
afterAll(() => rmSync(outside, { recursive: true, force: true }));

describe('readPageFile', () => {
  it('gives the page a fresh nonce each time, the same as in its policy', async () => {
    const nonces = new Set<string>();
    for (let turn = 0; turn < 3; turn += 1) {
      const file = await readPageFile(folder, '/');
      const nonce = /content="([^"]+)"/.exec(new TextDecoder().decode(file.body))?.[1] ?? '';
      expect(nonce).toMatch(/^[A-Za-z0-9+/]{22}==$/);
      expect(file.headers['Content-Security-Policy']).toContain(`style-src 'self' 'nonce-${nonce}'`);
      nonces.add(nonce);
    }
    expect(nonces.size).toBe(3);
  });

  it('lets no script in but its own', async () => {
    const policy = (await readPageFile(folder, '/assets/main.js')).headers['Content-Security-Policy'];
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).not.toMatch(/unsafe|https?:/);
  });

  it.each([
    '/../secret.json',
    '/..%2fsecret.json',
    '/%2e%2e/secret.json',
    '/assets/..%5c..%5csecret.json',
    '/.hidden.json',
    '/assets',
    '/assets/main.ts',
    '/%00index.html',
    '/%',
    '/c:/windows/win.json',
  ])('does not serve %s', async (path) => {
    expect((await readPageFile(folder, path)).status).toBe(404);
  });

  it('says what a file is', async () => {
    expect((await readPageFile(folder, '/assets/main.js')).headers['Content-Type']).toBe(
      'text/javascript; charset=utf-8',
    );
  });
});
