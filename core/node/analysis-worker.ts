import { parentPort } from 'node:worker_threads';
import type { ExportWish } from '../api-export.ts';
import type { ApiError } from '../api.ts';
import { decodeError } from '../api-decode.ts';
import { AnalysisDesk } from './analysis-desk.ts';
import type { DeskMessage, DeskOrder } from './analysis-messages.ts';

/** The thread that reads, opens and answers, so that the host's own thread is never busy. */
const port = parentPort;
if (port !== null) {
  const send = (message: DeskMessage): void => {
    port.postMessage(message);
  };
  const desk = new AnalysisDesk((push) => {
    send({ kind: 'push', push });
  });
  port.on('message', (order: DeskOrder) => {
    void carryOut(order);
  });

  const startExport = (wish: ExportWish, path: string | null): Promise<unknown> =>
    path === null ? desk.exports.begin(wish) : desk.exports.save(wish, path);

  const carryOut = async (order: DeskOrder): Promise<void> => {
    try {
      switch (order.kind) {
        case 'request':
          send({ kind: 'result', id: order.id, result: await desk.request(order.name, order.params) });
          break;
        case 'open':
          send({ kind: 'result', id: order.id, result: await desk.openPaths(order.paths, order.keys) });
          break;
        case 'export':
          send({ kind: 'result', id: order.id, result: await startExport(order.wish, order.path) });
          break;
        case 'export-take':
          send({ kind: 'result', id: order.id, result: await desk.exports.take(order.export) });
          break;
        case 'export-end':
          desk.exports.end(order.export);
          send({ kind: 'result', id: order.id, result: null });
          break;
        case 'close':
          await desk.close();
          send({ kind: 'result', id: order.id, result: null });
          port.close();
          break;
      }
    } catch (error) {
      send({ kind: 'error', id: order.id, error: apiErrorOf(error) });
    }
  };
}

/** An ApiError as it is; of anything else only the kind: its text may hold what it choked on. */
function apiErrorOf(error: unknown): ApiError {
  const known = decodeError(error);
  if (known.ok) return { code: known.value.code, message: known.value.message };
  const kind = error instanceof Error ? error.name : typeof error;
  const place =
    error instanceof Error ? (error.stack?.split('\n')[1]?.trim().split(/[\\/]/).at(-1) ?? '') : '';
  return { code: 'internal', message: `Something went wrong inside Sipher (${kind} ${place}).` };
}
