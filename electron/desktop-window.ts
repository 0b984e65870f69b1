import { screen, type BrowserWindow } from 'electron';
import { fileURLToPath } from 'node:url';
import type { ApiError, HostInfo } from '../core/api.ts';
import type { AnalysisHost } from '../core/node/host/analysis-host.ts';
import { answerRequests } from '../core/node/host/answer-requests.ts';
import { createPathTokens } from '../core/node/host/path-tokens.ts';
import type { Push } from '../core/transport.ts';
import { PAGE_ORIGIN } from './channels.ts';
import { chooseCaptures, chooseExportPath, chooseKeys } from './dialogs.ts';
import { connectWindow } from './ipc.ts';
import { visiblePlace, type WindowPlace } from './settings.ts';
import { openWindow } from './window.ts';

/** The app's one window: closed and opened again on macOS, while the analysis stays. */
export interface DesktopWindow {
  /** Opens it, or brings it to the front. */
  show(): void;
  /** To the page, where there is one. */
  push(push: Push): void;
}

export interface DesktopWindowOptions {
  readonly analysis: AnalysisHost;
  readonly info: HostInfo;
  readonly place: () => WindowPlace | null;
  readonly moved: (place: WindowPlace) => void;
  readonly opened: (paths: readonly string[]) => void;
  /** The page is on the screen for the first time. */
  readonly shown: () => void;
  readonly failed: (error: unknown) => void;
}

export function createDesktopWindow(options: DesktopWindowOptions): DesktopWindow {
  const tokens = createPathTokens();
  let window: BrowserWindow | null = null;
  let send: (push: Push) => void = () => {};

  const open = (): void => {
    const opened = openWindow({
      preload: fileURLToPath(new URL('./preload.cjs', import.meta.url)),
      place: visiblePlace(
        options.place(),
        screen.getAllDisplays().map(({ workArea }) => workArea),
      ),
      moved: options.moved,
    });
    const answer = answerRequests(options.analysis, {
      info: options.info,
      tokens,
      chooseCaptures: () => chooseCaptures(opened),
      chooseKeys: () => chooseKeys(opened),
      saveExport: async (wish) => {
        const { fileName, problem } = await options.analysis.request('export.preview', wish);
        if (problem !== '') throw refusal(problem);
        const path = await chooseExportPath(opened, fileName);
        if (path === null) return null;
        return { url: null, sentences: await options.analysis.saveExport(wish, path) };
      },
      opened: options.opened,
    });
    window = opened;
    send = connectWindow(opened, answer, tokens);
    opened.on('closed', () => {
      window = null;
      send = () => {};
    });
    // A page that fell over comes back; what was analysed is still there.
    opened.webContents.on('render-process-gone', (_event, { reason }) => {
      if (reason !== 'clean-exit' && window !== null) opened.webContents.reload();
    });
    opened.webContents.once('did-finish-load', options.shown);
    opened.loadURL(`${PAGE_ORIGIN}/`).catch(options.failed);
  };

  return {
    show() {
      if (window === null) {
        open();
        return;
      }
      if (window.isMinimized()) window.restore();
      window.focus();
    },
    push: (push) => send(push),
  };
}

function refusal(message: string): ApiError & Error {
  return Object.assign(new Error(message), { code: 'bad-request' as const });
}
