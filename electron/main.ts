import { app, Menu, session } from 'electron';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createAnalysisHost } from '../core/node/analysis-service.ts';
import { NO_KEYS } from '../core/node/host/analysis-host.ts';
import { desktopRequest, type DesktopRequest } from '../core/node/host/desktop-messages.ts';
import { isEmptyRequest, parseDesktopArguments } from './desktop-arguments.ts';
import { createDesktopWindow } from './desktop-window.ts';
import { menuTemplate } from './menu.ts';
import { declarePageScheme, servePage } from './page-protocol.ts';
import { readSettings, withRecent, writeSettings, type Settings } from './settings.ts';
import { receiveFromStarter, tellStarter } from './starter.ts';
import { denyPermissions } from './window.ts';

/** Files that macOS hands over, perhaps before the app is ready. */
const early: string[] = [];
let open: (request: DesktopRequest) => void = (request) => early.push(...request.captures);

declarePageScheme();
app.enableSandbox();
app.on('open-file', (event, path) => {
  event.preventDefault();
  open({ captures: [path], keys: NO_KEYS });
});

// Electron is ready only after this file has run, so nothing here may wait for that.
const asked = (await receiveFromStarter()) ?? parseDesktopArguments(ownArguments(), process.cwd());
if (app.requestSingleInstanceLock({ ...asked })) {
  app.whenReady().then(() => start(asked), quitWith);
} else {
  // The app that runs already took the request.
  tellStarter({ kind: 'shown' });
  app.quit();
}

function start(first: DesktopRequest): void {
  const analysis = createAnalysisHost();
  const memory = createMemory(() => showMenu());
  const window = createDesktopWindow({
    analysis,
    info: {
      version: app.getVersion(),
      host: 'electron',
      platform: process.platform,
      nativeDialogs: true,
      fallbackReason: null,
    },
    place: () => memory.settings().window,
    moved: (place) => memory.change({ window: place }),
    opened: memory.remember,
    shown: () => tellStarter({ kind: 'shown' }),
    failed: quitWith,
  });
  const showMenu = (): void => {
    const template = menuTemplate({
      platform: process.platform,
      recent: memory.settings().recent,
      command: (command) => window.push({ name: 'command', value: { command } }),
      openRecent: (path) => open({ captures: [path], keys: NO_KEYS }),
      clearRecent: memory.forget,
    });
    Menu.setApplicationMenu(Menu.buildFromTemplate(template));
  };
  open = (request) => {
    window.show();
    if (isEmptyRequest(request)) return;
    analysis.openPaths(request.captures, request.keys).then(
      () => memory.remember(request.captures),
      // What went wrong is in the status that the page shows.
      () => {},
    );
  };

  analysis.subscribe((push) => window.push(push));
  app.on('second-instance', (_event, values, folder, data) => {
    open(desktopRequest.is(data) ? data : parseDesktopArguments(values.slice(1), folder));
  });
  app.on('activate', () => window.show());
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit();
  });
  endWith(() => analysis.close());
  denyPermissions(session.defaultSession);
  servePage(fileURLToPath(new URL('../renderer', import.meta.url)));
  showMenu();
  open({ ...first, captures: [...first.captures, ...early] });
}

interface Memory {
  settings(): Settings;
  change(part: Partial<Settings>): void;
  /** Captures that were opened, for the menu and the system's own list. */
  remember(paths: readonly string[]): void;
  forget(): void;
}

/** The settings file of this user; `recentChanged` when the list of recent captures did. */
function createMemory(recentChanged: () => void): Memory {
  const path = join(app.getPath('userData'), 'settings.json');
  let settings = readSettings(path);
  const change = (part: Partial<Settings>): void => {
    settings = { ...settings, ...part };
    writeSettings(path, settings);
  };
  return {
    settings: () => settings,
    change,
    remember(paths) {
      if (paths.length === 0) return;
      for (const each of paths) app.addRecentDocument(each);
      change(withRecent(settings, paths));
      recentChanged();
    },
    forget() {
      app.clearRecentDocuments();
      change({ recent: [] });
      recentChanged();
    },
  };
}

/** Threads and temporary files are gone before the app is. */
function endWith(close: () => Promise<void>): void {
  let closed = false;
  app.on('will-quit', (event) => {
    if (closed) return;
    event.preventDefault();
    closed = true;
    close().then(
      () => app.quit(),
      () => app.quit(),
    );
  });
}

function ownArguments(): readonly string[] {
  // Electron itself is started with the app's folder as its first argument.
  return process.argv.slice(app.isPackaged ? 1 : 2);
}

function quitWith(error: unknown): void {
  process.stderr.write(`Sipher could not start (${error instanceof Error ? error.name : 'unknown'})\n`);
  app.exit(1);
}
