import type { MenuItemConstructorOptions } from 'electron';
import { basename } from 'node:path';
import type { Command } from '../core/api.ts';

export interface MenuDuties {
  readonly platform: NodeJS.Platform;
  readonly recent: readonly string[];
  /** The page carries it out. */
  readonly command: (command: Command) => void;
  readonly openRecent: (path: string) => void;
  readonly clearRecent: () => void;
}

/** The native menu: what the page can do, under the accelerators that each system's users expect. */
export function menuTemplate(duties: MenuDuties): MenuItemConstructorOptions[] {
  const isMac = duties.platform === 'darwin';
  return [
    ...(isMac ? [{ role: 'appMenu' } as const] : []),
    fileMenu(duties, isMac),
    editMenu(duties),
    viewMenu(duties),
    { role: 'windowMenu' },
    {
      role: 'help',
      submenu: [
        item(duties, 'Keyboard Shortcuts', 'show-shortcuts', 'CmdOrCtrl+/'),
        ...(isMac ? [] : [{ type: 'separator' } as const, { role: 'about' } as const]),
      ],
    },
  ];
}

function fileMenu(duties: MenuDuties, isMac: boolean): MenuItemConstructorOptions {
  return {
    label: '&File',
    submenu: [
      item(duties, '&Open Capture…', 'open-capture', 'CmdOrCtrl+O'),
      { label: 'Open &Recent', submenu: recentMenu(duties) },
      item(duties, 'Open &Sample', 'open-sample'),
      { type: 'separator' },
      item(duties, 'Add &Keys…', 'add-keys', 'CmdOrCtrl+K'),
      item(duties, '&Export…', 'export', 'CmdOrCtrl+E'),
      { type: 'separator' },
      item(duties, '&Close Capture', 'close-capture', 'CmdOrCtrl+Shift+W'),
      isMac ? { role: 'close' } : { role: 'quit' },
    ],
  };
}

function recentMenu({ recent, openRecent, clearRecent }: MenuDuties): MenuItemConstructorOptions[] {
  if (recent.length === 0) return [{ label: 'No Recent Captures', enabled: false }];
  return [
    // An ampersand would mark a letter of the name as its key.
    ...recent.map((path) => ({
      label: basename(path).replaceAll('&', '&&'),
      toolTip: path,
      click: () => openRecent(path),
    })),
    { type: 'separator' },
    { label: 'Clear Recent', click: clearRecent },
  ];
}

function editMenu(duties: MenuDuties): MenuItemConstructorOptions {
  return {
    label: '&Edit',
    submenu: [
      { role: 'undo' },
      { role: 'redo' },
      { type: 'separator' },
      { role: 'cut' },
      { role: 'copy' },
      { role: 'paste' },
      { role: 'selectAll' },
      { type: 'separator' },
      item(duties, '&Find…', 'find', 'CmdOrCtrl+F'),
      item(duties, '&Go to Frame…', 'go-to-frame', 'CmdOrCtrl+G'),
    ],
  };
}

function viewMenu(duties: MenuDuties): MenuItemConstructorOptions {
  return {
    label: '&View',
    submenu: [
      item(duties, 'C&alls', 'show-calls', 'CmdOrCtrl+1'),
      item(duties, '&Frames', 'show-frames', 'CmdOrCtrl+2'),
      item(duties, '&Conversations', 'show-conversations', 'CmdOrCtrl+3'),
      item(duties, '&SIP Messages', 'show-sip', 'CmdOrCtrl+4'),
      item(duties, 'F&indings', 'show-findings', 'CmdOrCtrl+5'),
      item(duties, '&Keys', 'show-keys', 'CmdOrCtrl+6'),
      { type: 'separator' },
      item(duties, 'Light or &Dark', 'toggle-theme', 'CmdOrCtrl+Shift+L'),
      { type: 'separator' },
      { role: 'resetZoom' },
      { role: 'zoomIn' },
      { role: 'zoomOut' },
      { role: 'togglefullscreen' },
    ],
  };
}

function item(
  duties: MenuDuties,
  label: string,
  command: Command,
  accelerator?: string,
): MenuItemConstructorOptions {
  return {
    id: command,
    label,
    click: () => duties.command(command),
    ...(accelerator === undefined ? {} : { accelerator }),
  };
}
