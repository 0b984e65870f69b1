/**
 * Stands in for Electron's main-process module where its program cannot be had: the built main bundle runs unchanged
 * under Node, each BrowserWindow is a page in a Chromium, the built preload runs unchanged in a world of its own there,
 * and app: pages are served by intercepting requests. A test drives it over the process's channel (see drive-stand-in.ts).
 *
 * It cannot show native windows, menus and dialogs, the sandbox, fuses, asar, BoringSSL or `will-navigate`.
 */
import { EventEmitter } from 'node:events';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { createConnection, createServer } from 'node:net';
import { join } from 'node:path';
import { launchBrowser, openPage } from './browser.mjs';

const userData = process.env.STAND_IN_USER_DATA;
if (userData === undefined) throw new Error('STAND_IN_USER_DATA names no folder');
mkdirSync(userData, { recursive: true });

const report = (message) => process.send?.({ kind: 'stand-in', ...message });
const schemes = new Map();
const browser = launchBrowser(join(userData, 'browser'), schemes);

// ---- app

class App extends EventEmitter {
  isPackaged = false;
  #quitting = false;
  #lock = null;
  #handedOver = Promise.resolve();

  whenReady = () => browser.then(() => undefined);
  getPath = () => userData;
  getVersion = () =>
    JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')).version;
  enableSandbox() {}
  addRecentDocument(path) {
    report({ event: 'recent', path });
  }
  clearRecentDocuments() {
    report({ event: 'recent-cleared' });
  }

  requestSingleInstanceLock(data) {
    const address =
      process.platform === 'win32'
        ? `\\\\.\\pipe\\${userData.replace(/\W/g, '-')}`
        : join(userData, 'lock.sock');
    try {
      closeSync(openSync(join(userData, 'lock'), 'wx'));
    } catch {
      this.#handedOver = new Promise((done) => {
        const connection = createConnection(address, () =>
          connection.end(JSON.stringify({ values: process.argv, folder: process.cwd(), data })),
        );
        connection.on('close', done).on('error', done);
      });
      return false;
    }
    this.#lock = createServer((connection) => {
      let text = '';
      connection.on('data', (chunk) => (text += chunk));
      connection.on('end', () => {
        const { values, folder, data: sent } = JSON.parse(text);
        this.emit('second-instance', {}, values, folder, sent);
      });
    }).listen(address);
    return true;
  }

  quit() {
    if (this.#quitting) return;
    let prevented = false;
    const event = { preventDefault: () => (prevented = true) };
    this.emit('before-quit', event);
    this.emit('will-quit', event);
    if (!prevented) void this.exit(0);
  }

  async exit(code) {
    this.#quitting = true;
    this.#lock?.close();
    if (this.#lock !== null) rmSync(join(userData, 'lock'), { force: true });
    await this.#handedOver;
    await (await browser).close();
    process.exit(code);
  }
}
export const app = new App();

// ---- ipcMain

const invokable = new Map();
export const ipcMain = {
  handle(channel, listener) {
    if (invokable.has(channel)) throw new Error(`Attempted to register a second handler for '${channel}'`);
    invokable.set(channel, listener);
  },
  removeHandler: (channel) => void invokable.delete(channel),
};

async function invoke(event, channel, parameters) {
  const listener = invokable.get(channel);
  if (listener === undefined) throw new Error(`No handler registered for '${channel}'`);
  return structuredClone(await listener(event, ...parameters));
}

// ---- protocol

export const protocol = {
  registerSchemesAsPrivileged(list) {
    for (const { scheme } of list) schemes.set(scheme, null);
  },
  handle(scheme, serve) {
    if (!schemes.has(scheme)) throw new Error(`${scheme} was not declared before the app was ready`);
    schemes.set(scheme, serve);
  },
};

// ---- windows

const SAFE = { contextIsolation: true, sandbox: true, nodeIntegration: false, webSecurity: true };
const windows = new Set();

export class BrowserWindow extends EventEmitter {
  webContents;
  #page = null;
  #destroyed = false;
  #options;

  constructor(options) {
    super();
    for (const [name, wanted] of Object.entries(SAFE)) {
      if (options.webPreferences?.[name] !== wanted) throw new Error(`A window must have ${name}: ${wanted}`);
    }
    this.#options = options;
    this.webContents = new WebContents(this, options.webPreferences.preload);
    windows.add(this);
  }

  async loadURL(url) {
    this.#page = await openPage(await browser, {
      preload: this.webContents.preload,
      size: { width: this.#options.width, height: this.#options.height },
      invoke: (frameUrl, channel, parameters) =>
        invoke(
          { sender: this.webContents, senderFrame: { url: frameUrl, parent: null } },
          channel,
          parameters,
        ),
      closed: () => this.#closed(),
    });
    // Before the page is loaded: what main sends meanwhile is for it.
    this.webContents.page = this.#page;
    await this.#page.load(url);
    this.emit('ready-to-show');
    this.webContents.emit('did-finish-load');
    report({ event: 'window', endpoint: await this.#page.endpoint() });
  }
  #closed() {
    if (this.#destroyed) return;
    this.emit('close', {});
    this.#destroyed = true;
    windows.delete(this);
    this.emit('closed');
    if (windows.size === 0) app.emit('window-all-closed');
  }

  show() {}
  focus() {
    report({ event: 'focus' });
  }
  restore() {}
  maximize() {}
  isMinimized = () => false;
  isMaximized = () => false;
  isDestroyed = () => this.#destroyed;
  getNormalBounds = () => ({ x: 0, y: 0, width: this.#options.width, height: this.#options.height });
}

class WebContents extends EventEmitter {
  page = null;
  constructor(window, preload) {
    super();
    this.window = window;
    this.preload = preload;
    this.session = session.defaultSession;
  }
  send(channel, ...parameters) {
    // A page that is gone, or not there yet, hears nothing.
    this.page?.push(channel, structuredClone(parameters));
  }
  setWindowOpenHandler() {}
  getURL = () => this.page?.url() ?? '';
  reload = () => this.page?.reload();
}

export const session = {
  defaultSession: Object.assign(new EventEmitter(), {
    setPermissionRequestHandler() {},
    setPermissionCheckHandler() {},
    setDevicePermissionHandler() {},
  }),
};
export const screen = {
  getAllDisplays: () => [{ workArea: { x: 0, y: 0, width: 1920, height: 1080 } }],
};

// ---- dialogs and menus, answered and clicked by the test

const answers = [];
const waiting = [];
const waitingToSave = [];
export const dialog = {
  showOpenDialog(window, options) {
    if (!windows.has(window)) throw new Error('A dialog belongs to a window');
    report({ event: 'dialog', title: options.title });
    return new Promise((done) => {
      if (answers.length > 0) done(answers.shift());
      else waiting.push(done);
    });
  },
  showSaveDialog(window, options) {
    if (!windows.has(window)) throw new Error('A dialog belongs to a window');
    report({ event: 'save-dialog', title: options.title, defaultPath: options.defaultPath });
    return new Promise((done) => {
      waitingToSave.push(done);
    });
  },
};

let menu = [];
export const Menu = {
  buildFromTemplate: (template) => template,
  setApplicationMenu: (template) => void (menu = template),
};

function findItem(items, wanted) {
  for (const item of items) {
    if (item.id === wanted || item.label === wanted) return item;
    const below = Array.isArray(item.submenu) ? findItem(item.submenu, wanted) : null;
    if (below !== null) return below;
  }
  return null;
}

process.on('message', async (message) => {
  if (message?.kind !== 'stand-in') return;
  const { order, ...given } = message;
  if (order === 'answer-dialog') {
    const answer = { canceled: given.paths === null, filePaths: given.paths ?? [] };
    if (waiting.length > 0) waiting.shift()(answer);
    else answers.push(answer);
  } else if (order === 'answer-save-dialog') {
    waitingToSave.shift()?.({ canceled: given.path === null, filePath: given.path ?? '' });
  } else if (order === 'click-menu') {
    findItem(menu, given.item)?.click();
  } else if (order === 'announce-paths') {
    for (const window of windows) await window.webContents.page.announcePaths(given.paths);
  } else if (order === 'open-file') {
    app.emit('open-file', { preventDefault() {} }, given.path);
  } else if (order === 'quit') {
    app.quit();
  }
  report({ event: 'done', order });
});
process.on('disconnect', () => void app.exit(0));
