import { Worker } from 'node:worker_threads';
import type { ExportWish } from '../api-export.ts';
import type { ApiError, CaptureStatus, RequestName, Requests } from '../api.ts';
import { decodeResult } from '../api-decode.ts';
import { arrayOf, count, object, text } from '../shape.ts';
import type { Push } from '../transport.ts';
import type { DeskMessage } from './analysis-messages.ts';
import type { AnalysisHost, ExportStream, KeySources } from './host/analysis-host.ts';

/** The entry that `npm run build` makes; the same path from the source and from every program in dist. */
const WORKER_URL = new URL('../../dist/node/analysis-worker.mjs', import.meta.url);

/** Starts an analysis on a thread of its own. */
export function createAnalysisHost(workerUrl: URL = WORKER_URL): AnalysisHost {
  return new ThreadedAnalysis(workerUrl);
}

const sentences = arrayOf(text);
const begunExport = object({ export: count, fileName: text, sentences });

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: ApiError & Error) => void;
}

class ThreadedAnalysis implements AnalysisHost {
  private readonly worker: Worker;
  private readonly waiting = new Map<number, Waiting>();
  private readonly listeners = new Set<(push: Push) => void>();
  private nextId = 1;
  private broken = false;

  constructor(url: URL) {
    this.worker = new Worker(url, { stdin: false });
    this.worker.on('message', (message: DeskMessage) => {
      this.take(message);
    });
    this.worker.on('error', () => {
      this.fail();
    });
    this.worker.on('exit', () => {
      this.fail();
    });
  }

  async request<N extends RequestName>(
    name: N,
    params: Requests[N]['params'],
  ): Promise<Requests[N]['result']> {
    const decoded = decodeResult(name, await this.send({ kind: 'request', name, params }));
    if (decoded.ok) return decoded.value;
    throw apiError('internal', 'The analysis answered something that is not understood.');
  }

  async openPaths(paths: readonly string[], keys: KeySources): Promise<CaptureStatus> {
    const decoded = decodeResult('capture.open', await this.send({ kind: 'open', paths, keys }));
    if (decoded.ok) return decoded.value;
    throw apiError('internal', 'The analysis answered something that is not understood.');
  }

  async saveExport(wish: ExportWish, path: string): Promise<readonly string[]> {
    const told = await this.send({ kind: 'export', wish, path });
    if (sentences.is(told)) return told;
    throw apiError('internal', 'The analysis answered something that is not understood.');
  }

  async readExport(wish: ExportWish): Promise<ExportStream> {
    const begun = await this.send({ kind: 'export', wish, path: null });
    if (!begunExport.is(begun))
      throw apiError('internal', 'The analysis answered something that is not understood.');
    const { export: number, fileName, sentences: told } = begun;
    return { fileName, sentences: told, pieces: this.piecesOf(number) };
  }

  private async *piecesOf(number: number): AsyncGenerator<Uint8Array> {
    try {
      for (;;) {
        const piece = await this.send({ kind: 'export-take', export: number });
        if (!(piece instanceof Uint8Array)) return;
        yield piece;
      }
    } finally {
      if (!this.broken) await this.send({ kind: 'export-end', export: number });
    }
  }

  subscribe(listener: (push: Push) => void): () => void {
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
    };
  }

  async close(): Promise<void> {
    if (this.broken) return;
    await Promise.race([this.send({ kind: 'close' }), later(CLOSE_PATIENCE)]).catch(() => undefined);
    this.broken = true;
    await this.worker.terminate();
  }

  private send(order: Readonly<Record<string, unknown>>): Promise<unknown> {
    if (this.broken) return Promise.reject(stopped());
    const id = this.nextId;
    this.nextId += 1;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.worker.postMessage({ ...order, id });
    });
  }

  private take(message: DeskMessage): void {
    if (message.kind === 'push') {
      for (const listener of this.listeners) listener(message.push);
      return;
    }
    const waiting = this.waiting.get(message.id);
    this.waiting.delete(message.id);
    if (waiting === undefined) return;
    if (message.kind === 'result') waiting.resolve(message.result);
    else waiting.reject(apiError(message.error.code, message.error.message));
  }

  private fail(): void {
    this.broken = true;
    const waiting = [...this.waiting.values()];
    this.waiting.clear();
    for (const { reject } of waiting) reject(stopped());
  }
}

function stopped(): ApiError & Error {
  return apiError('internal', 'The analysis has stopped: restart Sipher and open the capture again.');
}

function apiError(code: ApiError['code'], message: string): ApiError & Error {
  return Object.assign(new Error(message), { code });
}

function later(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds).unref();
  });
}

const CLOSE_PATIENCE = 2000;
