import type { ApiError, PushName, Pushes, RequestName, Requests } from '../core/api.ts';
import { decodeError, decodePush, decodeResult, isPushName } from '../core/api-decode.ts';
import {
  SOCKET_PATH,
  UPLOAD_PATH,
  type Reply,
  type SipherBridge,
  type SocketRequest,
} from '../core/transport.ts';
import type { Connection, PageApi, UploadProgress } from './model/page-api.ts';

declare global {
  interface Window {
    /** Electron's preload puts it there; absent in the browser host. */
    readonly sipher?: SipherBridge;
  }
}

/** The contract, over whatever carries it here. All that arrives is decoded before anyone sees it. */
export function connectApi(): PageApi {
  const bridge = window.sipher;
  return bridge === undefined ? overSocket(socketAddress(), uploadCapture) : overBridge(bridge);
}

function overBridge(bridge: SipherBridge): PageApi {
  const listeners = createListeners();
  bridge.subscribe((push) => listeners.deliver(push));
  return {
    request: async (name, params) => resultOf(name, await bridge.request(name, params)),
    subscribe: listeners.subscribe,
    stageCaptures: (files) => bridge.pathsOf(files),
    watchConnection: (listener) => {
      listener('connected');
      return () => undefined;
    },
  };
}

/** First wait before a lost connection is tried again, and the longest, in milliseconds. */
const FIRST_WAIT = 400;
const LONGEST_WAIT = 8000;

/** The browser host's WebSocket, opened again where it was lost. What was asked meanwhile is refused, not queued. */
export function overSocket(
  address: string,
  upload: (file: File, onProgress: (progress: UploadProgress) => void) => Promise<string>,
): PageApi {
  const listeners = createListeners();
  const watchers = new Set<(connection: Connection) => void>();
  const waiting = new Map<number, { resolve: (reply: unknown) => void; reject: (error: ApiError) => void }>();
  let connection: Connection = 'connecting';
  let socket: WebSocket | null = null;
  let lastId = 0;
  let wait = FIRST_WAIT;

  const change = (next: Connection): void => {
    connection = next;
    for (const watcher of watchers) watcher(next);
  };
  const connect = (): void => {
    const opened = new WebSocket(address);
    socket = opened;
    opened.addEventListener('open', () => {
      wait = FIRST_WAIT;
      change('connected');
    });
    opened.addEventListener('message', (event) => receive(event.data));
    opened.addEventListener('close', () => {
      socket = null;
      for (const { reject } of waiting.values()) reject(LOST);
      waiting.clear();
      change('lost');
      setTimeout(connect, wait);
      wait = Math.min(LONGEST_WAIT, wait * 2);
    });
  };
  const receive = (data: unknown): void => {
    const message = parseMessage(data);
    if (message === null) return;
    if (message['kind'] === 'push') listeners.deliver(message);
    const id = message['id'];
    if (message['kind'] !== 'reply' || typeof id !== 'number') return;
    waiting.get(id)?.resolve(message);
    waiting.delete(id);
  };
  const ask = (name: RequestName, params: unknown): Promise<unknown> =>
    new Promise((resolve, reject) => {
      if (socket === null || socket.readyState !== WebSocket.OPEN) {
        reject(apiError(LOST));
        return;
      }
      lastId += 1;
      waiting.set(lastId, { resolve, reject: (error) => reject(apiError(error)) });
      socket.send(JSON.stringify({ id: lastId, name, params } satisfies SocketRequest));
    });

  connect();
  return {
    request: async (name, params) => resultOf(name, await ask(name, params)),
    subscribe: listeners.subscribe,
    stageCaptures: async (files, onProgress) => {
      const tokens: string[] = [];
      for (const file of files) tokens.push(await upload(file, onProgress));
      return tokens;
    },
    watchConnection: (listener) => {
      watchers.add(listener);
      listener(connection);
      return () => watchers.delete(listener);
    },
  };
}

const LOST: ApiError = {
  code: 'internal',
  message: 'The connection to Sipher was lost. Is the program that serves this page still running?',
};

function socketAddress(): string {
  const address = new URL(SOCKET_PATH, window.location.href);
  address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:';
  return address.href;
}

/** One file's bytes to the browser host, which answers with its token. XMLHttpRequest, because it tells progress. */
function uploadCapture(file: File, onProgress: (progress: UploadProgress) => void): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const refuse = (message: string): void => reject(apiError({ code: 'unreadable', message }));
    request.open('POST', `${UPLOAD_PATH}?name=${encodeURIComponent(file.name)}`);
    request.upload.addEventListener('progress', (event) =>
      onProgress({ name: file.name, sent: event.loaded, total: file.size }),
    );
    request.addEventListener('error', () => refuse(`${file.name} could not be sent to Sipher.`));
    request.addEventListener('load', () => {
      const token = request.status === 200 ? parseMessage(request.responseText)?.['token'] : undefined;
      if (typeof token === 'string') resolve(token);
      else refuse(request.responseText.slice(0, 300) || `${file.name} was refused.`);
    });
    request.send(file);
  });
}

/** The decoded result; rejects with an error that carries ApiError's members. */
function resultOf<N extends RequestName>(name: N, reply: unknown): Requests[N]['result'] {
  if (!isReply(reply))
    throw apiError({ code: 'internal', message: `Sipher's answer to ${name} is no answer.` });
  if (!reply.ok) {
    const error = decodeError(reply.error);
    throw apiError(
      error.ok ? error.value : { code: 'internal', message: `Sipher could not answer ${name}.` },
    );
  }
  const result = decodeResult(name, reply.result);
  if (!result.ok) {
    throw apiError({ code: 'internal', message: `Sipher's answer has an unexpected shape: ${result.fault}` });
  }
  return result.value;
}

function isReply(reply: unknown): reply is Reply {
  if (typeof reply !== 'object' || reply === null || !('ok' in reply)) return false;
  return reply.ok === true ? 'result' in reply : reply.ok === false && 'error' in reply;
}

/** An Error, so that it has a stack in the console, with the members of ApiError. */
function apiError(error: ApiError): Error & ApiError {
  return Object.assign(new Error(error.message), { code: error.code, message: error.message });
}

function parseMessage(data: unknown): Readonly<Record<string, unknown>> | null {
  if (typeof data !== 'string') return null;
  try {
    const value: unknown = JSON.parse(data);
    return typeof value === 'object' && value !== null ? { ...value } : null;
  } catch {
    return null;
  }
}

/** Who listens to which push. A push that does not decode is dropped: it cannot be for this page. */
function createListeners(): {
  readonly subscribe: PageApi['subscribe'];
  readonly deliver: (push: unknown) => void;
} {
  const listeners: { readonly [N in PushName]: Set<(value: Pushes[N]) => void> } = {
    status: new Set(),
    keys: new Set(),
    command: new Set(),
  };
  const deliverTo = <N extends PushName>(name: N, value: unknown): void => {
    const decoded = decodePush(name, value);
    if (!decoded.ok) return;
    for (const listener of listeners[name]) listener(decoded.value);
  };
  return {
    subscribe: (name, listener) => {
      listeners[name].add(listener);
      return () => listeners[name].delete(listener);
    },
    deliver: (push) => {
      if (typeof push !== 'object' || push === null || !('name' in push) || !('value' in push)) return;
      if (isPushName(push.name)) deliverTo(push.name, push.value);
    },
  };
}
