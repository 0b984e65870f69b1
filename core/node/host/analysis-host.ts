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

/**
 * One analysis as a host (Electron's main process, the browser host) drives it. It answers every request of
 * core/api.ts but those that only a host can: `host.info`, `capture.choose`, `keys.choose`. Paths in params are real
 * paths here. A request that cannot be answered rejects with an ApiError.
 */
export interface AnalysisHost {
  request<N extends RequestName>(name: N, params: Requests[N]['params']): Promise<Requests[N]['result']>;
  /** Returns the function that ends the subscription. */
  subscribe(listener: (push: Push) => void): () => void;
  /** Adds the keys, then opens the captures as one set; without captures it adds the keys to what is open. */
  openPaths(paths: readonly string[], keys: KeySources): Promise<CaptureStatus>;
  /** Ends its threads and removes its temporary files. */
  close(): Promise<void>;
}
