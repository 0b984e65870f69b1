import { readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** What the checks look at; a test brings its own. */
export interface System {
  readonly platform: NodeJS.Platform;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Numeric user, where the system has such. */
  readonly user: number | null;
  readText(path: string): string | null;
  /** Owner and permission bits; null where there is no such file. */
  readMode(path: string): { readonly owner: number; readonly mode: number } | null;
}

export const THIS_SYSTEM: System = {
  platform: process.platform,
  environment: process.env,
  user: process.getuid?.() ?? null,
  readText(path) {
    try {
      return readFileSync(path, 'utf8');
    } catch {
      return null;
    }
  },
  readMode(path) {
    const found = statSync(path, { throwIfNoEntry: false });
    return found === undefined ? null : { owner: found.uid, mode: found.mode & 0o7777 };
  },
};

/** Why no window can appear here, known before anything is fetched; null where one can. */
export function whyNoWindow(system: System): string | null {
  if (system.platform !== 'linux') return null;
  const { DISPLAY, WAYLAND_DISPLAY } = system.environment;
  if (!DISPLAY && !WAYLAND_DISPLAY) return 'there is no display';
  if (system.user === 0) return "Electron's sandbox does not start for root";
  return null;
}

/**
 * Why Electron's sandbox cannot start here; null where it can, or where only trying tells. It needs either its helper,
 * owned by root and with the set-user-ID bit, or user namespaces that anyone may make: Ubuntu 23.10 and later forbid
 * those to programs without an AppArmor profile. It is never switched off: captures are hostile input.
 */
export function whyNoSandbox(system: System, program: string): string | null {
  if (system.platform !== 'linux') return null;
  const helper = system.readMode(join(dirname(program), 'chrome-sandbox'));
  if (helper !== null && helper.owner === 0 && helper.mode === 0o4755) return null;
  for (const { path, forbidding, name } of NAMESPACE_SWITCHES) {
    if (system.readText(path)?.trim() === forbidding) return `Electron's sandbox cannot start: ${name}`;
  }
  return null;
}

const NAMESPACE_SWITCHES = [
  {
    path: '/proc/sys/kernel/apparmor_restrict_unprivileged_userns',
    forbidding: '1',
    name: 'AppArmor restricts user namespaces (kernel.apparmor_restrict_unprivileged_userns = 1)',
  },
  {
    path: '/proc/sys/kernel/unprivileged_userns_clone',
    forbidding: '0',
    name: 'user namespaces are for root only (kernel.unprivileged_userns_clone = 0)',
  },
  {
    path: '/proc/sys/user/max_user_namespaces',
    forbidding: '0',
    name: 'there are no user namespaces (user.max_user_namespaces = 0)',
  },
] as const;
