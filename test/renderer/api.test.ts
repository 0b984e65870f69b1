import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { connectApi, overSocket } from '../../renderer/api.ts';
import type { SipherBridge } from '../../core/transport.ts';
import { createFakeApi } from '../support/fake-api.ts';

class FakeSocket extends EventTarget {
  static readonly OPEN = 1;
  static readonly all: FakeSocket[] = [];
  readonly sent: string[] = [];
  readyState = 0;
  readonly address: string;
  constructor(address: string) {
    super();
    this.address = address;
    FakeSocket.all.push(this);
  }
  send(text: string): void {
    this.sent.push(text);
  }
  open(): void {
    this.readyState = 1;
    this.dispatchEvent(new Event('open'));
  }
  say(message: unknown): void {
    const data = typeof message === 'string' ? message : JSON.stringify(message);
    this.dispatchEvent(new MessageEvent('message', { data }));
  }
  lose(): void {
    this.readyState = 3;
    this.dispatchEvent(new Event('close'));
  }
}

function socket(at = -1): FakeSocket {
  const found = FakeSocket.all.at(at);
  if (found === undefined) throw new Error('No socket was opened');
  return found;
}

beforeEach(() => {
  FakeSocket.all.length = 0;
  vi.stubGlobal('WebSocket', FakeSocket);
  vi.useFakeTimers();
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

const connect = () => overSocket('ws://127.0.0.1:1/api', () => Promise.resolve('token'));

describe('over the socket', () => {
  it('matches replies to requests by their number, in any order', async () => {
    const api = connect();
    socket().open();
    const first = api.request('sip.text', { message: 1 });
    const second = api.request('sip.text', { message: 2 });
    expect(socket().sent.map((text): unknown => JSON.parse(text))).toEqual([
      { id: 1, name: 'sip.text', params: { message: 1 } },
      { id: 2, name: 'sip.text', params: { message: 2 } },
    ]);
    socket().say({ kind: 'reply', id: 2, ok: true, result: { text: 'two' } });
    socket().say({ kind: 'reply', id: 1, ok: true, result: { text: 'one' } });
    expect([await first, await second]).toEqual([{ text: 'one' }, { text: 'two' }]);
  });
  it('refuses a result of another shape than the contract says', async () => {
    const api = connect();
    socket().open();
    const asked = api.request('sip.text', { message: 1 });
    socket().say({ kind: 'reply', id: 1, ok: true, result: { text: 7 } });
    await expect(asked).rejects.toMatchObject({ code: 'internal' });
  });
  it('passes on why the host did not answer, and survives an error of another shape', async () => {
    const api = connect();
    socket().open();
    const known = api.request('capture.status', null);
    const odd = api.request('capture.status', null);
    const none = api.request('capture.status', null);
    socket().say({
      kind: 'reply',
      id: 1,
      ok: false,
      error: { code: 'not-found', message: 'There is none.' },
    });
    socket().say({ kind: 'reply', id: 2, ok: false, error: 'boom' });
    socket().say({ kind: 'reply', id: 3 });
    await expect(known).rejects.toMatchObject({ code: 'not-found', message: 'There is none.' });
    await expect(odd).rejects.toMatchObject({ code: 'internal' });
    await expect(none).rejects.toMatchObject({ code: 'internal' });
  });
  it('drops what is no message of ours', () => {
    const api = connect();
    const heard: unknown[] = [];
    api.subscribe('keys', (keys) => heard.push(keys));
    socket().open();
    for (const message of [
      '{',
      'null',
      '7',
      { kind: 'push' },
      { kind: 'push', name: 'keys', value: [{ key: 'x' }] },
    ]) {
      socket().say(message);
    }
    socket().say({ kind: 'push', name: 'constructor', value: [] });
    socket().say({ kind: 'push', name: 'keys', value: [] });
    expect(heard).toEqual([[]]);
  });
  it('refuses what was asked when the connection is lost, tells so, and comes back', async () => {
    const api = connect();
    const seen: string[] = [];
    api.watchConnection((connection) => seen.push(connection));
    await expect(api.request('capture.status', null)).rejects.toMatchObject({ code: 'internal' });
    socket().open();
    const asked = api.request('capture.status', null);
    socket().lose();
    await expect(asked).rejects.toThrow(/connection/);
    vi.advanceTimersByTime(500);
    expect(FakeSocket.all).toHaveLength(2);
    socket().open();
    expect(seen).toEqual(['connecting', 'connected', 'lost', 'connected']);
  });
  it('waits longer each time it is lost', () => {
    connect();
    for (const wait of [400, 800, 1600, 3200]) {
      const before = FakeSocket.all.length;
      socket().lose();
      vi.advanceTimersByTime(wait - 1);
      expect(FakeSocket.all).toHaveLength(before);
      vi.advanceTimersByTime(2);
      expect(FakeSocket.all).toHaveLength(before + 1);
    }
  });
});

describe('over the bridge', () => {
  it('takes what Electron offers, and decodes it', async () => {
    vi.useRealTimers();
    const fake = createFakeApi();
    let push: (value: unknown) => void = () => undefined;
    const bridge: SipherBridge = {
      request: async (name) =>
        name === 'host.info'
          ? { ok: true, result: await fake.request('host.info', null) }
          : { ok: true, result: { wrong: true } },
      subscribe: (listener) => {
        push = listener;
        return () => undefined;
      },
      pathsOf: (files) => Promise.resolve(files.map((_, index) => `path-${index}`)),
    };
    vi.stubGlobal('sipher', bridge);
    const api = connectApi();
    expect(FakeSocket.all).toHaveLength(0);
    expect((await api.request('host.info', null)).version).toBe('0.1.0');
    await expect(api.request('capture.status', null)).rejects.toMatchObject({ code: 'internal' });
    expect(await api.stageCaptures([new File([], 'a')], () => undefined)).toEqual(['path-0']);
    const heard: unknown[] = [];
    api.subscribe('command', (command) => heard.push(command));
    push({ name: 'command', value: { command: 'find' } });
    push({ name: 'command', value: { command: 'format-disk' } });
    push(null);
    expect(heard).toEqual([{ command: 'find' }]);
  });
});
