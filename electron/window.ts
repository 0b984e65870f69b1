import { BrowserWindow, type Session, type WebContents } from 'electron';
import { PAGE_ORIGIN } from './channels.ts';
import type { WindowPlace } from './settings.ts';

export interface WindowOptions {
  readonly preload: string;
  readonly place: WindowPlace | null;
  /** Called with where it stands whenever it may have been moved. */
  readonly moved: (place: WindowPlace) => void;
}

/** The app's window, with nothing in it that a page could use to get out. */
export function openWindow(options: WindowOptions): BrowserWindow {
  const { place } = options;
  const window = new BrowserWindow({
    ...(place === null ? {} : { x: place.x, y: place.y }),
    width: place?.width ?? 1280,
    height: place?.height ?? 820,
    minWidth: 640,
    minHeight: 420,
    show: false,
    backgroundColor: '#16181d',
    webPreferences: {
      preload: options.preload,
      // All of these are Electron's defaults; they are said because the app stands on them.
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false,
    },
  });
  if (place?.maximized === true) window.maximize();
  window.once('ready-to-show', () => window.show());
  const tell = (): void => options.moved({ ...window.getNormalBounds(), maximized: window.isMaximized() });
  window.on('resized', tell).on('moved', tell).on('maximize', tell).on('unmaximize', tell).on('close', tell);
  confine(window.webContents);
  return window;
}

/** The page may write text to the clipboard when the user copies; nothing else is asked for by any part of it. */
export function denyPermissions(session: Session): void {
  session.setPermissionRequestHandler((contents, permission, decide) => {
    decide(permission === 'clipboard-sanitized-write' && isOurs(contents.getURL()));
  });
  session.setPermissionCheckHandler((_contents, permission, origin) => {
    return permission === 'clipboard-sanitized-write' && isOurs(origin);
  });
  session.setDevicePermissionHandler(() => false);
  session.on('will-download', (event, item) => {
    // What the page made itself it may save, by the system's own dialog.
    if (!item.getURL().startsWith(`blob:${PAGE_ORIGIN}/`)) event.preventDefault();
  });
}

/** No way from the page to another page, window, device or permission. */
function confine(contents: WebContents): void {
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
  contents.on('will-navigate', (event) => {
    if (!isOurs(event.url)) event.preventDefault();
  });
  contents.on('will-frame-navigate', (event) => {
    if (!event.isMainFrame || !isOurs(event.url)) event.preventDefault();
  });
  contents.on('will-redirect', (event) => event.preventDefault());
  contents.on('will-attach-webview', (event) => event.preventDefault());
}

function isOurs(url: string): boolean {
  return url === PAGE_ORIGIN || url.startsWith(`${PAGE_ORIGIN}/`);
}
