import { beforeEach, describe, expect, it, vi } from 'vitest';
import { connectWindow } from '../../electron/ipc.ts';
import { PATHS_CHANNEL, REQUEST_CHANNEL } from '../../electron/channels.ts';
import { createPathTokens } from '../../core/node/host/path-tokens.ts';

type Listener = (event: unknown, ...parameters: unknown[]) => unknown;

const { listeners } = vi.hoisted(() => ({ listeners: new Map<string, Listener>() }));

vi.mock('electron', () => ({
  ipcMain: {
    handle: (channel: string, listener: Listener) => listeners.set(channel, listener),
    removeHandler: (channel: string) => listeners.delete(channel),
  },
}));

/** As much of a window as the connection uses. */
function fakeWindow() {
  const sent: unknown[][] = [];
  const state = { destroyed: false, closed: () => {} };
  const webContents = { send: (...parameters: unknown[]) => sent.push(parameters) };
  return {
    sent,
    state,
    webContents,
    isDestroyed: () => state.destroyed,
    on: (_event: string, listener: () => void) => (state.closed = listener),
  };
}

let window: ReturnType<typeof fakeWindow>;
let asked: unknown[][];
let push: (push: never) => void;
const ours = { url: 'app://sipher/', parent: null };

beforeEach(() => {
  listeners.clear();
  window = fakeWindow();
  asked = [];
  push = Reflect.apply(connectWindow, undefined, [
    window,
    (...parameters: unknown[]) => {
      asked.push(parameters);
      return Promise.resolve({ ok: true, result: null });
    },
    createPathTokens(),
  ]);
});

const request = (event: unknown): unknown => listeners.get(REQUEST_CHANNEL)?.(event, 'host.info', null);

describe('connectWindow', () => {
  it('answers our page in its own window', async () => {
    expect(await request({ sender: window.webContents, senderFrame: ours })).toEqual({
      ok: true,
      result: null,
    });
    expect(asked).toEqual([['host.info', null]]);
  });

  it.each([
    ['another window', { senderFrame: ours, sender: {} }],
    ['a frame that is gone', { senderFrame: null }],
    ['a frame inside the page', { senderFrame: { ...ours, parent: {} } }],
    ['another page', { senderFrame: { ...ours, url: 'https://sipher/' } }],
    ['an address that only begins like ours', { senderFrame: { ...ours, url: 'app://sipher.evil/' } }],
    ['a page of the scheme with another host', { senderFrame: { ...ours, url: 'app://other/' } }],
    ['an empty page', { senderFrame: { ...ours, url: 'about:blank' } }],
  ])('does not answer %s', async (_who, event) => {
    const from = { sender: window.webContents, ...event };
    expect(await request(from)).toMatchObject({ ok: false, error: { code: 'bad-request' } });
    expect(await listeners.get(PATHS_CHANNEL)?.(from, ['/etc/passwd'])).toEqual([]);
    expect(asked).toEqual([]);
  });

  it('gives tokens for paths, and for nothing else', async () => {
    const tokensFor = (paths: unknown): unknown =>
      listeners.get(PATHS_CHANNEL)?.({ sender: window.webContents, senderFrame: ours }, paths);
    expect(await tokensFor(['/a.pcap', '/b.pcap'])).toHaveLength(2);
    for (const wrong of [null, '/a.pcap', [1], [['/a.pcap']], { length: 1 }])
      expect(await tokensFor(wrong)).toEqual([]);
  });

  it('says nothing to a window that is gone, and answers it no more', () => {
    Reflect.apply(push, undefined, [{ name: 'command', value: { command: 'find' } }]);
    window.state.destroyed = true;
    Reflect.apply(push, undefined, [{ name: 'command', value: { command: 'find' } }]);
    expect(window.sent).toHaveLength(1);
    window.state.closed();
    expect(listeners.size).toBe(0);
  });
});
