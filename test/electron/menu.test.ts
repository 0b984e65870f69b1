import type { MenuItemConstructorOptions } from 'electron';
import { describe, expect, it } from 'vitest';
import { COMMANDS, type Command } from '../../core/api.ts';
import { menuTemplate } from '../../electron/menu.ts';

function itemsOf(template: readonly MenuItemConstructorOptions[]): MenuItemConstructorOptions[] {
  return template.flatMap((item) => [item, ...(Array.isArray(item.submenu) ? itemsOf(item.submenu) : [])]);
}

function build(platform: NodeJS.Platform, recent: readonly string[] = []) {
  const commands: Command[] = [];
  const opened: string[] = [];
  const template = menuTemplate({
    platform,
    recent,
    command: (command) => commands.push(command),
    openRecent: (path) => opened.push(path),
    clearRecent: () => opened.push('cleared'),
  });
  return { items: itemsOf(template), commands, opened };
}

/** Electron hands three things to a click; the menu uses none of them. */
function click(item: MenuItemConstructorOptions | undefined): void {
  const action: unknown = item?.click;
  if (typeof action === 'function') action();
}

describe.each(['linux', 'win32', 'darwin'] as const)('the menu on %s', (platform) => {
  it('reaches every command of the page', () => {
    const { items, commands } = build(platform);
    for (const command of COMMANDS) click(items.find(({ id }) => id === command));
    expect(commands).toEqual([...COMMANDS]);
  });

  it('gives no key combination twice', () => {
    const keys = build(platform).items.flatMap(({ accelerator }) =>
      accelerator === undefined ? [] : [accelerator],
    );
    expect(new Set(keys).size).toBe(keys.length);
    // Undo, copy and the like come with their roles: ours must not take them.
    for (const taken of [
      'CmdOrCtrl+C',
      'CmdOrCtrl+V',
      'CmdOrCtrl+X',
      'CmdOrCtrl+A',
      'CmdOrCtrl+Z',
      'CmdOrCtrl+W',
      'CmdOrCtrl+Q',
    ]) {
      expect(keys).not.toContain(taken);
    }
  });

  it('lists recent captures by their names', () => {
    const { items, opened } = build(platform, ['/home/user/a&b.pcap']);
    click(items.find(({ label }) => label === 'a&&b.pcap'));
    expect(opened).toEqual(['/home/user/a&b.pcap']);
  });
});
