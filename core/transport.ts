/**
 * How requests and pushes of core/api.ts cross from the page to its host: Electron's bridge and the browser host's
 * WebSocket carry the same replies and pushes. Params, results and pushed values are checked by core/api-decode.ts on
 * the side where they arrive.
 */
import type { ApiError, PushName, Pushes } from './api.ts';

/** Answer to one request. A host never throws across the border: what failed is a value. */
export type Reply =
  { readonly ok: true; readonly result: unknown } | { readonly ok: false; readonly error: ApiError };

/** One push, as it crosses. */
export type Push = {
  [N in PushName]: { readonly name: N; readonly value: Pushes[N] };
}[PushName];

/** What Electron's preload puts on the window as `window.sipher`; absent in the browser host. */
export interface SipherBridge {
  request(name: string, params: unknown): Promise<Reply>;
  /** Returns the function that ends the subscription. What arrives is a Push, to be decoded. */
  subscribe(listener: (push: unknown) => void): () => void;
  /**
   * Tokens for files dropped on the window, for `capture.open` and `keys.addPaths`: the page never names a path.
   * `File` is the page's; this world knows no DOM.
   */
  pathsOf(files: readonly unknown[]): Promise<readonly string[]>;
}

/** Page to browser host, one JSON text message each, on the WebSocket at SOCKET_PATH. */
export interface SocketRequest {
  /** Chosen by the page; the reply carries it back. */
  readonly id: number;
  readonly name: string;
  readonly params: unknown;
}

/** Browser host to page, one JSON text message each. */
export type SocketMessage =
  ({ readonly kind: 'reply'; readonly id: number } & Reply) | ({ readonly kind: 'push' } & Push);

/** WebSocket of the browser host, on the page's own origin. */
export const SOCKET_PATH = '/api';

/**
 * POST a capture's bytes as the body to UPLOAD_PATH?name=FILENAME: answers 200 with UploadReply, else a status and one
 * sentence as plain text. Keys are not uploaded: `keys.addBytes` carries them.
 */
export const UPLOAD_PATH = '/upload';

export interface UploadReply {
  /** For `capture.open`. */
  readonly token: string;
}
