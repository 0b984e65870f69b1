import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../support/app-drivers/app-process.ts';

/** Each of these files breaks one rule, by its one import. */
const OFFENDERS = {
  'core/net/reads-later-layer.ts': [
    "import { a } from '../tls/a.ts';",
    'core-net-imports-earlier-layers-only',
  ],
  'core/media/reads-contract.ts': [
    "import type { a } from '../api.ts';",
    'core-media-imports-earlier-layers-only',
  ],
  'core/tls/reads-contract.ts': [
    "import type { a } from '../api.ts';",
    'core-tls-imports-earlier-layers-only',
  ],
  'core/bytes/reads-host.ts': ["import { a } from '../node/a.ts';", 'core-knows-no-host'],
  'core/stream/reads-builtin.ts': ["import 'node:fs';", 'core-imports-no-builtin'],
  'core/app/reads-package.ts': ["import 'ws';", 'core-packages'],
  'core/node/reads-command-line.ts': ["import { a } from '../../cli/a.ts';", 'core-node-packages'],
  'cli/reads-inside.ts': ["import { a } from '../core/tls/a.ts';", 'hosts-use-the-public-core'],
  'electron/reads-command-line.ts': ["import { a } from '../cli/a.ts';", 'hosts-do-not-know-each-other'],
  'electron/preload.ts': ["import { a } from '../core/node/a.ts';", 'preload-imports-nothing-of-the-host'],
  'renderer/reads-core.ts': ["import { a } from '../core/tls/a.ts';", 'renderer-takes-the-contract-only'],
  'renderer/reads-builtin.ts': ["import 'node:path';", 'renderer-runs-in-a-browser'],
  'renderer/ui/reads-model.ts': ["import { a } from '../model/a.ts';", 'ui-knows-no-domain-word'],
  'renderer/model/reads-feature.ts': ["import { a } from '../features/a.ts';", 'model-has-no-screen'],
  'core/x509/reads-test.ts': ["import { a } from '../../test/a.ts';", 'nobody-imports-tests'],
} as const;

/** What they import, and what is allowed. */
const OTHERS = {
  'core/tls/a.ts':
    "import { a as b } from '../bytes/a.ts';\nimport type { c } from '../crypto/backend.ts';\nexport const a = b;\nexport type D = c;",
  'core/crypto/backend.ts': 'export type c = 1;',
  'core/bytes/a.ts': 'export const a = 1;',
  'core/api.ts': 'export type a = 1;',
  'core/node/a.ts': "import 'node:fs';\nexport const a = 1;",
  'cli/a.ts': "import { a as b } from '../core/node/a.ts';\nexport const a = b;",
  'renderer/types.ts': "import type { a } from '../core/api.ts';\nexport type B = a;",
  'renderer/model/a.ts': 'export const a = 1;',
  'renderer/features/a.ts': "import { a as b } from '../model/a.ts';\nexport const a = b;",
  'test/a.ts': 'export const a = 1;',
} as const;

let folder: string;
let violations: readonly string[];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sipher-boundaries-'));
  const texts: Readonly<Record<string, string>> = {
    ...OTHERS,
    ...Object.fromEntries(Object.entries(OFFENDERS).map(([path, [text]]) => [path, text])),
    'tsconfig.base.json': '{}',
    'package.json': '{}',
    'node_modules/ws/package.json': '{ "name": "ws", "main": "index.js" }',
    'node_modules/ws/index.js': '',
  };
  for (const [path, text] of Object.entries(texts)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const { stdout } = spawnSync(
    process.execPath,
    [
      join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs'),
      ...[
        '--config',
        join(ROOT, '.dependency-cruiser.cjs'),
        '--output-type',
        'json',
        'core',
        'cli',
        'electron',
        'renderer',
      ],
    ],
    { cwd: folder, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
  );
  const report: { summary: { violations: { from: string; rule: { name: string } }[] } } = JSON.parse(stdout);
  violations = report.summary.violations.map(({ from, rule }) => `${from} breaks ${rule.name}`);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the import rule', () => {
  it.each(Object.entries(OFFENDERS))('catches %s', (path, [, rule]) => {
    expect(violations).toContain(`${path} breaks ${rule}`);
  });

  it.each(Object.keys(OTHERS))('lets %s be', (path) => {
    expect(violations.filter((violation) => violation.startsWith(`${path} `))).toEqual([]);
  });
});
