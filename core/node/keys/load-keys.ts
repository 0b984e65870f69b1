import { readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import type { KeyMaterial } from '../../keys/key-material.ts';
import type { KeyRing } from '../../keys/key-ring.ts';
import { parsePsk } from '../../keys/psk.ts';
import type { KeySources } from '../host/analysis-host.ts';
import { type KeyFileOutcome, loadKeyFile, loadKeyLogFile } from './key-containers.ts';

export interface LoadedKeyFile {
  readonly path: string;
  readonly outcome: KeyFileOutcome;
}

export interface KeyLoadOutcome {
  readonly files: readonly LoadedKeyFile[];
  /** One sentence a file that gave nothing that decrypts: the run can go on without it. */
  readonly warnings: readonly string[];
  /** One sentence where a file could not be read at all, or a PSK is no PSK. */
  readonly error: string | null;
}

/** Reads the key files that a command line names into a key ring. */
export function loadKeys(ring: KeyRing, sources: KeySources): KeyLoadOutcome {
  const files: LoadedKeyFile[] = [];
  const warnings: string[] = [];
  const take = (path: string, load: (bytes: Uint8Array) => KeyFileOutcome): string | null => {
    const bytes = readKeyFile(path);
    if (typeof bytes === 'string') return bytes;
    const outcome = load(bytes);
    files.push({ path, outcome });
    if (outcome.materials.length > 0) ring.add(outcome.materials);
    if (outcome.problem !== null) warnings.push(`${basename(path)}: ${outcome.problem}`);
    return null;
  };
  for (const path of sources.keyFiles) {
    const error = take(path, (bytes) => loadKeyFile(path, bytes, sources.passwords));
    if (error !== null) return { files, warnings, error };
  }
  for (const path of sources.keylogs) {
    const error = take(path, (bytes) => loadKeyLogFile(path, bytes));
    if (error !== null) return { files, warnings, error };
  }
  const psks: KeyMaterial[] = [];
  for (const text of sources.psks) {
    const psk = parsePsk(text);
    if (psk.kind === 'malformed') return { files, warnings, error: psk.sentence };
    psks.push(psk);
  }
  if (psks.length > 0) ring.add(psks);
  return { files, warnings, error: null };
}

/** The bytes of a key file, or one sentence why there are none. */
export function readKeyFile(path: string): Uint8Array | string {
  try {
    const { size } = statSync(path);
    if (size > LARGEST_KEY_FILE)
      return `${basename(path)} is larger than ${LARGEST_KEY_FILE / 1024 / 1024} MiB: that is no key file.`;
    return readFileSync(path);
  } catch (error) {
    return `The key file ${path} cannot be read: ${reasonOf(error)}.`;
  }
}

/** The system's reason in words. */
export function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  switch (code) {
    case 'ENOENT':
      return 'there is no such file';
    case 'EACCES':
    case 'EPERM':
      return 'it may not be read by this user';
    case 'EISDIR':
      return 'it is a folder';
    default:
      return code === '' ? 'the system refused' : `the system answered ${code}`;
  }
}

/** Key logs of busy servers can be large. */
const LARGEST_KEY_FILE = 1024 * 1024 * 1024;
