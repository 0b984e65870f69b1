import { contextBridge, ipcRenderer, webUtils, type IpcRendererEvent } from 'electron';
import type { Reply, SipherBridge } from '../core/transport.ts';
import { PATHS_CHANNEL, PUSH_CHANNEL, REQUEST_CHANNEL } from './channels.ts';

const bridge: SipherBridge = {
  request: (name, params): Promise<Reply> => ipcRenderer.invoke(REQUEST_CHANNEL, name, params),
  subscribe(listener) {
    const receive = (_event: IpcRendererEvent, push: unknown): void => listener(push);
    ipcRenderer.on(PUSH_CHANNEL, receive);
    return () => void ipcRenderer.off(PUSH_CHANNEL, receive);
  },
  pathsOf(files): Promise<readonly string[]> {
    // A File that a script made has no path: the page gets tokens for what the user dropped, and for nothing else.
    const paths = files.map(pathOf).filter((path) => path !== '');
    return ipcRenderer.invoke(PATHS_CHANNEL, paths);
  },
};

function pathOf(file: unknown): string {
  try {
    return isFile(file) ? webUtils.getPathForFile(file) : '';
  } catch {
    return '';
  }
}

/** What came over the bridge is a Blob of this world; whether it is a file as well, `getPathForFile` says. */
function isFile(value: unknown): value is File {
  return value instanceof Blob;
}

contextBridge.exposeInMainWorld('sipher', bridge);
