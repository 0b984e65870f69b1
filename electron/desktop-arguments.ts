import type { DesktopRequest } from '../core/node/host/desktop-messages.ts';
import { resolve } from 'node:path';

/**
 * What the system's file manager or a shell named: captures, and keys by --key and --keylog. Switches are Chromium's
 * and passed over. `values` is without the program (and without the app's folder, where Electron was given one).
 */
export function parseDesktopArguments(values: readonly string[], folder: string): DesktopRequest {
  const captures: string[] = [];
  const keyFiles: string[] = [];
  const keylogs: string[] = [];
  for (let at = 0; at < values.length; at += 1) {
    const value = values[at] ?? '';
    const next = values[at + 1];
    if ((value === '--key' || value === '--keylog') && next !== undefined) {
      (value === '--key' ? keyFiles : keylogs).push(resolve(folder, next));
      at += 1;
    } else if (value !== '' && !value.startsWith('-')) {
      captures.push(resolve(folder, value));
    }
  }
  return { captures, keys: { keyFiles, keylogs, passwords: [], psks: [] } };
}

export function isEmptyRequest({ captures, keys }: DesktopRequest): boolean {
  return captures.length + keys.keyFiles.length + keys.keylogs.length + keys.psks.length === 0;
}
