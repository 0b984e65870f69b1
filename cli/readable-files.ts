import { accessSync, constants, statSync } from 'node:fs';
import type { KeySources } from '../core/node/host/analysis-host.ts';
import { reasonOf } from '../core/node/keys/load-keys.ts';

/**
 * Why a file that a command line names cannot be read, in a sentence; null where all can. For commands that start a host,
 * which would tell it in a page only. Nothing is read: what a pipe gives comes once.
 */
export function whyUnreadable(captures: readonly string[], keys: KeySources): string | null {
  for (const path of captures) {
    const reason = path === '-' ? null : reasonAgainst(path);
    if (reason !== null) return `The capture ${path} cannot be read: ${reason}.`;
  }
  for (const path of [...keys.keyFiles, ...keys.keylogs]) {
    const reason = reasonAgainst(path);
    if (reason !== null) return `The key file ${path} cannot be read: ${reason}.`;
  }
  return null;
}

function reasonAgainst(path: string): string | null {
  try {
    accessSync(path, constants.R_OK);
    return statSync(path).isDirectory() ? reasonOf(Object.assign(new Error(), { code: 'EISDIR' })) : null;
  } catch (error) {
    return reasonOf(error);
  }
}
