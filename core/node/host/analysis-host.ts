import type { ExportWish } from '../../api-export.ts';
import type { CaptureStatus, RequestName, Requests } from '../../api.ts';
import type { Push } from '../../transport.ts';

/** Keys named on a command line: files by path, passwords to try on those that are locked, PSKs as `[IDENTITY=]HEX`. */
export interface KeySources {
  readonly keyFiles: readonly string[];
  readonly passwords: readonly string[];
  readonly keylogs: readonly string[];
  readonly psks: readonly string[];
}

export const NO_KEYS: KeySources = { keyFiles: [], passwords: [], keylogs: [], psks: [] };

/** An export on its way to whoever wished it. Pieces are made as they are taken; who stops taking ends it. */
export interface ExportStream {
  readonly fileName: string;
  readonly sentences: readonly string[];
  readonly pieces: AsyncIterable<Uint8Array>;
}

/**
 * One analysis as a host (Electron's main process, the browser host) drives it. It answers every request of
 * core/api.ts but those that only a host can: `host.info`, `capture.choose`, `keys.choose`, `export.save`. Paths in params are real
 * paths here. A request that cannot be answered rejects with an ApiError.
 */
export interface AnalysisHost {
  request<N extends RequestName>(name: N, params: Requests[N]['params']): Promise<Requests[N]['result']>;
  /** Returns the function that ends the subscription. */
  subscribe(listener: (push: Push) => void): () => void;
  /** Adds the keys, then opens the captures as one set; without captures it adds the keys to what is open. */
  openPaths(paths: readonly string[], keys: KeySources): Promise<CaptureStatus>;
  /** Writes an export to a path that the user chose, replacing what is there. What was said of it, one sentence each. */
  saveExport(wish: ExportWish, path: string): Promise<readonly string[]>;
  /** Begins an export that goes into no file. */
  readExport(wish: ExportWish): Promise<ExportStream>;
  /** Ends its threads and removes its temporary files. */
  close(): Promise<void>;
}
