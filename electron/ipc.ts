import { ipcMain, type BrowserWindow, type IpcMainInvokeEvent } from 'electron';
import type { PathTokens } from '../core/node/host/path-tokens.ts';
import { arrayOf, textUpTo } from '../core/shape.ts';
import type { Push, Reply } from '../core/transport.ts';
import { PAGE_ORIGIN, PATHS_CHANNEL, PUSH_CHANNEL, REQUEST_CHANNEL } from './channels.ts';

const droppedPaths = arrayOf(textUpTo(32_768), 1000);

/** Answers our page in `window`, and nobody else. Returns what sends it a push. */
export function connectWindow(
  window: BrowserWindow,
  answer: (name: unknown, params: unknown) => Promise<Reply>,
  tokens: PathTokens,
): (push: Push) => void {
  ipcMain.handle(REQUEST_CHANNEL, (event, name: unknown, params: unknown): Promise<Reply> => {
    if (!isOurPage(event, window)) return Promise.resolve(NOT_OURS);
    return answer(name, params);
  });
  ipcMain.handle(PATHS_CHANNEL, (event, paths: unknown): readonly string[] => {
    if (!isOurPage(event, window) || !droppedPaths.is(paths)) return [];
    return paths.map((path) => tokens.tokenFor(path));
  });
  window.on('closed', () => {
    ipcMain.removeHandler(REQUEST_CHANNEL);
    ipcMain.removeHandler(PATHS_CHANNEL);
  });
  return (push) => {
    if (!window.isDestroyed()) window.webContents.send(PUSH_CHANNEL, push);
  };
}

const NOT_OURS: Reply = {
  ok: false,
  error: { code: 'bad-request', message: 'Only the page of this app is answered.' },
};

/** The top frame of our window, still on our page: an embedded or navigated frame has the same channel. */
function isOurPage(event: IpcMainInvokeEvent, window: BrowserWindow): boolean {
  const frame = event.senderFrame;
  return (
    !window.isDestroyed() &&
    event.sender === window.webContents &&
    frame !== null &&
    frame.parent === null &&
    (frame.url === PAGE_ORIGIN || frame.url.startsWith(`${PAGE_ORIGIN}/`))
  );
}
