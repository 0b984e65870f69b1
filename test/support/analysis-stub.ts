import type { ExportWish } from '../../core/api-export.ts';
import type { CaptureStatus, RequestName, Requests } from '../../core/api.ts';
import { decodeResult } from '../../core/api-decode.ts';
import type { AnalysisHost, KeySources } from '../../core/node/host/analysis-host.ts';
import type { Push } from '../../core/transport.ts';
import { NO_VERDICTS } from '../../core/verdict.ts';

export const EMPTY_STATUS: CaptureStatus = {
  capture: 0,
  phase: 'empty',
  files: [],
  bytesRead: 0,
  bytesTotal: 0,
  frames: 0,
  conversations: 0,
  sipMessages: 0,
  revision: 0,
  told: 0,
  verdicts: NO_VERDICTS,
  warnings: [],
  error: null,
  summary: '',
};

/** An analysis that remembers what it was asked and answers from a table. */
export interface AnalysisStub extends AnalysisHost {
  readonly asked: { readonly name: string; readonly params: unknown }[];
  readonly opened: { readonly paths: readonly string[]; readonly keys: KeySources }[];
  readonly exported: { readonly wish: ExportWish; readonly path: string | null }[];
  closed: boolean;
  push(push: Push): void;
}

/** `answers`: by name, a result, or a function of the params that returns or throws. */
export function createAnalysisStub(answers: Readonly<Record<string, unknown>> = {}): AnalysisStub {
  const listeners = new Set<(push: Push) => void>();
  const stub: AnalysisStub = {
    asked: [],
    opened: [],
    exported: [],
    closed: false,
    push(push) {
      for (const listener of listeners) listener(push);
    },
    request: async <N extends RequestName>(name: N, params: Requests[N]['params']) => {
      stub.asked.push({ name, params });
      const entry = answers[name] ?? (name.startsWith('capture.') ? EMPTY_STATUS : undefined);
      const result: unknown = typeof entry === 'function' ? await entry(params) : entry;
      const decoded = decodeResult(name, result);
      if (!decoded.ok) throw new Error(decoded.fault);
      return decoded.value;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    openPaths: (paths, keys) => {
      stub.opened.push({ paths, keys });
      return Promise.resolve({ ...EMPTY_STATUS, capture: 1, phase: 'done' });
    },
    saveExport: (wish, path) => {
      stub.exported.push({ wish, path });
      return Promise.resolve(['This file holds nothing.']);
    },
    readExport: (wish) => {
      stub.exported.push({ wish, path: null });
      return Promise.resolve({
        fileName: 'made-up.sip.txt',
        sentences: ['This file holds nothing.'],
        pieces: (async function* () {
          yield await Promise.resolve(Buffer.from('one '));
          yield Buffer.from('two');
        })(),
      });
    },
    close: () => {
      stub.closed = true;
      return Promise.resolve();
    },
  };
  return stub;
}
