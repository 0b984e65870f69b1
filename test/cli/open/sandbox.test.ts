import { describe, expect, it } from 'vitest';
import { whyNoSandbox, whyNoWindow, type System } from '../../../cli/open/sandbox.ts';

function linux(change: Partial<System> & { readonly files?: Readonly<Record<string, string>> } = {}): System {
  const { files = {}, ...rest } = change;
  return {
    platform: 'linux',
    environment: { DISPLAY: ':0' },
    user: 1000,
    readText: (path) => files[path] ?? null,
    readMode: () => null,
    ...rest,
  };
}

describe('whyNoWindow', () => {
  it('says what is missing', () => {
    expect(whyNoWindow(linux())).toBeNull();
    expect(whyNoWindow(linux({ environment: { WAYLAND_DISPLAY: 'wayland-0' } }))).toBeNull();
    expect(whyNoWindow(linux({ environment: {} }))).toBe('there is no display');
    expect(whyNoWindow(linux({ environment: { DISPLAY: '' } }))).toBe('there is no display');
    expect(whyNoWindow(linux({ user: 0 }))).toMatch(/root/);
    expect(whyNoWindow(linux({ platform: 'win32', user: null, environment: {} }))).toBeNull();
  });
});

describe('whyNoSandbox', () => {
  const ubuntu = { '/proc/sys/kernel/apparmor_restrict_unprivileged_userns': '1\n' };
  const program = '/x/dist/electron';

  it('knows the switches that forbid user namespaces', () => {
    expect(whyNoSandbox(linux(), program)).toBeNull();
    expect(whyNoSandbox(linux({ files: ubuntu }), program)).toMatch(/AppArmor/);
    expect(
      whyNoSandbox(linux({ files: { '/proc/sys/kernel/unprivileged_userns_clone': '0' } }), program),
    ).toMatch(/root/);
    expect(whyNoSandbox(linux({ files: { '/proc/sys/user/max_user_namespaces': '0' } }), program)).toMatch(
      /namespaces/,
    );
    expect(
      whyNoSandbox(linux({ files: { '/proc/sys/user/max_user_namespaces': '10' } }), program),
    ).toBeNull();
  });

  it('needs none of them where the helper is set up, and only where it is set up whole', () => {
    const helper = (owner: number, mode: number): System =>
      linux({
        files: ubuntu,
        readMode: (path) => (path === '/x/dist/chrome-sandbox' ? { owner, mode } : null),
      });
    expect(whyNoSandbox(helper(0, 0o4755), program)).toBeNull();
    expect(whyNoSandbox(helper(1000, 0o4755), program)).not.toBeNull();
    expect(whyNoSandbox(helper(0, 0o755), program)).not.toBeNull();
  });
});
