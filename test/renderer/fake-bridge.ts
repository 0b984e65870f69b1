/**
 * Puts a made-up bridge on the window before the page begins; built only in vite's mode `fake`.
 *   ?open=sample|large|none  &key=1  &frames=N  &reading=MS  &host=browser  &fail=NAME,NAME
 */
import type { ApiError, RequestName } from '../../core/api.ts';
import { isRequestName } from '../../core/api-decode.ts';
import type { SipherBridge } from '../../core/transport.ts';
import { createFakeApi } from '../support/fake-api.ts';

const query = new URLSearchParams(window.location.search);
const api = createFakeApi({
  frames: Number(query.get('frames') ?? 300_000),
  readingTime: Number(query.get('reading') ?? 0),
  delay: Number(query.get('delay') ?? 5),
  host: query.get('host') === 'browser' ? 'browser' : 'electron',
  fallbackReason:
    query.get('host') === 'browser' ? 'There is no display, so this is the browser host.' : null,
  failing: Object.fromEntries(
    (query.get('fail') ?? '')
      .split(',')
      .filter(isRequestName)
      .map((name) => [name, 'The file was changed while it was open, so this part of it cannot be read.']),
  ),
});

const bridge: SipherBridge = {
  request: async (name, params) => {
    try {
      if (!isRequestName(name)) throw new Error(`No request is called ${name}`);
      return { ok: true, result: await ask(name, params) };
    } catch (error) {
      return { ok: false, error: errorOf(error) };
    }
  },
  subscribe: (listener) => {
    const ends = [
      api.subscribe('status', (value) => listener({ name: 'status', value })),
      api.subscribe('keys', (value) => listener({ name: 'keys', value })),
      api.subscribe('command', (value) => listener({ name: 'command', value })),
    ];
    return () => ends.forEach((end) => end());
  },
  pathsOf: async (files) => files.map((file) => (file instanceof File ? file.name : 'file')),
};

function ask(name: RequestName, params: unknown): Promise<unknown> {
  return Reflect.apply(api.request, api, [name, params]);
}

function errorOf(error: unknown): ApiError {
  const message = error instanceof Error ? error.message : String(error);
  const code =
    error instanceof Error && 'code' in error && error.code === 'not-found' ? 'not-found' : 'unreadable';
  return { code, message };
}

Object.defineProperty(window, 'sipher', { value: bridge });
Object.defineProperty(window, 'fakeSipher', { value: api });

if (query.get('key') === '1') void api.request('keys.choose', null);
if (query.get('open') === 'sample') void api.request('capture.openSample', null);
if (query.get('open') === 'large') void api.request('capture.choose', null);
