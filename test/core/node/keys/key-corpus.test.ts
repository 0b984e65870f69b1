import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadKeyFile } from '../../../../core/node/keys/key-containers.ts';

const CORPUS =
  process.env['SIPHER_CORPUS'] ?? join(import.meta.dirname, '../../../../../shared/captures/corpus');

interface ListedKey {
  readonly file: string;
  readonly type: string;
  readonly password?: string;
}

function isListedKey(key: unknown): key is ListedKey {
  return typeof key === 'object' && key !== null && 'file' in key && 'type' in key;
}

function listedKeys(): ListedKey[] {
  const manifest = join(CORPUS, 'manifest.json');
  if (!existsSync(manifest)) return [];
  const cases: unknown = JSON.parse(readFileSync(manifest, 'utf8'));
  if (!Array.isArray(cases)) return [];
  const keys = cases.flatMap((entry: { keys?: unknown }) => (Array.isArray(entry.keys) ? entry.keys : []));
  const sound = keys.filter(isListedKey).filter(({ password }) => password !== 'wrong');
  return [...new Map(sound.map((key) => [key.file, key])).values()];
}

const KEYS = listedKeys();

describe.skipIf(KEYS.length === 0)(
  'keys of the public corpus (skipped where it is not beside the project)',
  () => {
    it.each(KEYS)('$file', ({ file, type, password }) => {
      const outcome = loadKeyFile(
        file,
        readFileSync(join(CORPUS, file)),
        password === undefined ? [] : [password],
      );
      expect(outcome.kind).toBe(type === 'keylog' ? 'keylog' : 'rsa-private-key');
      expect(outcome).toMatchObject({ usable: true, problem: null });
      for (const material of outcome.materials)
        if (material.kind === 'keylog') expect(material.log.counts).toMatchObject({ bad: 0, dropped: 0 });
    });
  },
);
