import { app, Menu, screen, session, type BrowserWindow } from 'electron';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from '../core/api.ts';
import { createAnalysisHost } from '../core/node/analysis-service.ts';
import { NO_KEYS } from '../core/node/host/analysis-host.ts';
import { answerRequests } from '../core/node/host/answer-requests.ts';
import { desktopRequest, type DesktopRequest } from '../core/node/host/desktop-messages.ts';
import { createPathTokens } from '../core/node/host/path-tokens.ts';
import type { Push } from '../core/transport.ts';
import { PAGE_ORIGIN } from './channels.ts';
import { isEmptyRequest, parseDesktopArguments } from './desktop-arguments.ts';
import { chooseCaptures, chooseKeys } from './dialogs.ts';
import { connectWindow } from './ipc.ts';
import { menuTemplate } from './menu.ts';
import { declarePageScheme, servePage } from './page-protocol.ts';
import { readSettings, visiblePlace, withRecent, writeSettings, type Settings } from './settings.ts';
import { receiveFromStarter, tellStarter } from './starter.ts';
import { denyPermissions, openWindow } from './window.ts';

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
  const settingsPath = join(app.getPath('userData'), 'settings.json');
  let settings = readSettings(settingsPath);
  let window: BrowserWindow | null = null;
  let send: (push: Push) => void = () => {};
  const analysis = createAnalysisHost();
  const tokens = createPathTokens();

  const change = (next: Settings): void => {
    settings = next;
    writeSettings(settingsPath, settings);
  };
  const remember = (paths: readonly string[]): void => {
    for (const path of paths) app.addRecentDocument(path);
    change(withRecent(settings, paths));
    showMenu();
  };
  const showMenu = (): void => {
    const template = menuTemplate({
      platform: process.platform,
      recent: settings.recent,
      command: (command: Command) => send({ name: 'command', value: { command } }),
      openRecent: (path) => open({ captures: [path], keys: NO_KEYS }),
      clearRecent() {
        app.clearRecentDocuments();
        change({ ...settings, recent: [] });
        showMenu();
      },
    });
    Menu.setApplicationMenu(Menu.buildFromTemplate(template));
  };
  const show = (): void => {
    if (window !== null) {
      if (window.isMinimized()) window.restore();
      window.focus();
      return;
    }
    const opened = openWindow({
      preload: fileURLToPath(new URL('./preload.cjs', import.meta.url)),
      place: visiblePlace(
        settings.window,
        screen.getAllDisplays().map(({ workArea }) => workArea),
      ),
      moved: (place) => change({ ...settings, window: place }),
    });
    window = opened;
    const answer = answerRequests(analysis, {
      info: {
        version: app.getVersion(),
        host: 'electron',
        platform: process.platform,
        nativeDialogs: true,
        fallbackReason: null,
      },
      tokens,
      chooseCaptures: () => chooseCaptures(opened),
      chooseKeys: () => chooseKeys(opened),
      opened: remember,
    });
    send = connectWindow(opened, answer, tokens);
    opened.on('closed', () => {
      window = null;
      send = () => {};
    });
    // A page that fell over comes back; what was analysed is still there.
    opened.webContents.on('render-process-gone', (_event, { reason }) => {
      if (reason !== 'clean-exit' && window !== null) opened.webContents.reload();
    });
    opened.webContents.once('did-finish-load', () => tellStarter({ kind: 'shown' }));
    opened.loadURL(`${PAGE_ORIGIN}/`).catch(quitWith);
  };
  open = (request) => {
    show();
    if (isEmptyRequest(request)) return;
    // What goes wrong is in the status that the page shows.
    analysis.openPaths(request.captures, request.keys).then(
      () => remember(request.captures),
      () => {},
    );
  };

  analysis.subscribe((push) => send(push));
  app.on('second-instance', (_event, values, folder, data) => {
    open(desktopRequest.is(data) ? data : parseDesktopArguments(values.slice(1), folder));
  });
  app.on('activate', show);
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit();
  });
  endWith(() => analysis.close());

  denyPermissions(session.defaultSession);
  servePage(fileURLToPath(new URL('../renderer', import.meta.url)));
  showMenu();
  open({ ...first, captures: [...first.captures, ...early] });
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
