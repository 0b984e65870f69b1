import { randomBytes } from 'node:crypto';
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createSecretsFilter } from './blank-secrets.ts';

/** Holds uploaded captures in files that only the user can read, until they are replaced or the host ends. */
export interface Spool {
  /**
   * Writes a body to a file of that name, without the secrets that a pcapng may carry: those are returned. Rejects, and
   * leaves nothing, where the body breaks off.
   */
  keep(name: string, body: Readable): Promise<{ readonly path: string; readonly keyLogs: Buffer }>;
  /** Removes every file but these. */
  retain(paths: readonly string[]): Promise<void>;
  /** Removes all, at once: the process may be about to end. */
  clear(): void;
}

export function createSpool(): Spool {
  let folder: string | null = null;
  const kept = new Set<string>();
  const clear = (): void => {
    if (folder !== null) rmSync(folder, { recursive: true, force: true });
    folder = null;
    kept.clear();
  };
  process.once('exit', clear);
  return {
    async keep(name, body) {
      // 0700, made when first needed.
      folder ??= mkdtempSync(join(tmpdir(), 'sipher-'));
      const path = join(folder, randomBytes(8).toString('hex'), safeName(name));
      await mkdir(dirname(path), { mode: 0o700 });
      const filter = createSecretsFilter();
      try {
        await pipeline(body, filter.stream, createWriteStream(path, { flags: 'wx', mode: 0o600 }));
      } catch (error) {
        await rm(dirname(path), { recursive: true, force: true });
        throw error;
      }
      kept.add(path);
      return { path, keyLogs: filter.keyLogs() };
    },
    async retain(paths) {
      for (const path of [...kept]) {
        if (paths.includes(path)) continue;
        kept.delete(path);
        await rm(dirname(path), { recursive: true, force: true });
      }
    },
    clear() {
      process.off('exit', clear);
      clear();
    },
  };
}

/** The page shows this name: kept as far as every file system takes it. */
function safeName(name: string): string {
  const plain = basename(name.replaceAll('\\', '/'))
    .replace(/[^\p{L}\p{N}._ ()+-]/gu, '_')
    .replace(/^[. ]+/, '')
    .slice(-100);
  return plain === '' ? 'capture' : plain;
}
