import { EventEmitter } from 'node:events';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { denyPermissions, openWindow } from '../../electron/window.ts';

interface Made {
  readonly options: Record<string, unknown>;
  readonly contents: EventEmitter;
}

const { made } = vi.hoisted((): { made: Made[] } => ({ made: [] }));

vi.mock('electron', async () => {
  const { EventEmitter: Emitter } = await import('node:events');
  class BrowserWindow extends Emitter {
    webContents: EventEmitter;
    constructor(options: Record<string, unknown>) {
      super();
      this.webContents = Object.assign(new Emitter(), {
        setWindowOpenHandler(this: EventEmitter, decide: () => unknown) {
          Object.assign(this, { decide });
        },
      });
      made.push({ options, contents: this.webContents });
    }
    getNormalBounds = () => ({ x: 1, y: 2, width: 3, height: 4 });
    isMaximized = () => false;
    maximize() {}
    show() {}
  }
  return { BrowserWindow };
});

const moved: unknown[] = [];
beforeEach(() => {
  made.length = 0;
  moved.length = 0;
});

function open() {
  const window = openWindow({ preload: '/p.cjs', place: null, moved: (place) => moved.push(place) });
  const [first] = made;
  if (first === undefined) throw new Error('No window was made');
  return { window, ...first };
}

/** Whether what listens for an event of the contents prevents it. */
function prevents(contents: EventEmitter, name: string, details: Record<string, unknown> = {}): boolean {
  let prevented = false;
  contents.emit(name, { ...details, preventDefault: () => (prevented = true) });
  return prevented;
}

describe('openWindow', () => {
  it('gives the page nothing of Node, in every way that Electron knows', () => {
    expect(open().options['webPreferences']).toMatchObject({
      preload: '/p.cjs',
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      webviewTag: false,
    });
  });

  it('lets the page go nowhere else', () => {
    const { contents } = open();
    expect(prevents(contents, 'will-navigate', { url: 'https://evil.example/' })).toBe(true);
    expect(prevents(contents, 'will-navigate', { url: 'file:///etc/passwd' })).toBe(true);
    expect(prevents(contents, 'will-navigate', { url: 'app://sipher.evil/' })).toBe(true);
    expect(prevents(contents, 'will-navigate', { url: 'app://sipher/' })).toBe(false);
    expect(prevents(contents, 'will-frame-navigate', { url: 'app://sipher/', isMainFrame: false })).toBe(
      true,
    );
    expect(prevents(contents, 'will-redirect', { url: 'app://sipher/' })).toBe(true);
    expect(prevents(contents, 'will-attach-webview')).toBe(true);
    const decide: unknown = Reflect.get(contents, 'decide');
    expect(typeof decide === 'function' ? decide({ url: 'app://sipher/' }) : null).toEqual({
      action: 'deny',
    });
  });

  it('tells where it stands when it is closed', () => {
    open().window.emit('close');
    expect(moved).toEqual([{ x: 1, y: 2, width: 3, height: 4, maximized: false }]);
  });
});

describe('denyPermissions', () => {
  type Decide = (contents: unknown, permission: string, decide: (allowed: boolean) => void) => void;
  const handlers: {
    request?: Decide;
    check?: (...parameters: unknown[]) => boolean;
    device?: () => boolean;
  } = {};
  const session = Object.assign(new EventEmitter(), {
    setPermissionRequestHandler: (request: Decide) => Object.assign(handlers, { request }),
    setPermissionCheckHandler: (check: () => boolean) => Object.assign(handlers, { check }),
    setDevicePermissionHandler: (device: () => boolean) => Object.assign(handlers, { device }),
  });

  const allows = (permission: string, url: string): boolean => {
    let allowed = false;
    handlers.request?.({ getURL: () => url }, permission, (decision) => (allowed = decision));
    return allowed;
  };

  beforeEach(() => {
    session.removeAllListeners();
    Reflect.apply(denyPermissions, undefined, [session]);
  });

  it('lets our page write to the clipboard, and nothing else', () => {
    expect(allows('clipboard-sanitized-write', 'app://sipher/')).toBe(true);
    expect(handlers.check?.(null, 'clipboard-sanitized-write', 'app://sipher/')).toBe(true);
    expect(allows('clipboard-sanitized-write', 'https://evil.example/')).toBe(false);
    for (const permission of [
      'clipboard-read',
      'media',
      'geolocation',
      'notifications',
      'hid',
      'openExternal',
      'fileSystem',
    ]) {
      expect(allows(permission, 'app://sipher/'), permission).toBe(false);
      expect(handlers.check?.(null, permission, 'app://sipher/'), permission).toBe(false);
    }
    expect(handlers.device?.()).toBe(false);
  });

  it('lets the page save what it made, and download nothing', () => {
    const isRefused = (url: string): boolean => {
      let prevented = false;
      session.emit('will-download', { preventDefault: () => (prevented = true) }, { getURL: () => url });
      return prevented;
    };
    expect(isRefused('blob:app://sipher/1234')).toBe(false);
    expect(isRefused('https://evil.example/x.exe')).toBe(true);
    expect(isRefused('blob:https://evil.example/1')).toBe(true);
  });
});
