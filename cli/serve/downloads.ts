import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { ExportStream } from '../../core/node/host/analysis-host.ts';
import { SECURITY_HEADERS } from '../../core/node/host/page-files.ts';

/** Exports that wait for the page to fetch them: each under an address that works once. Nothing of them touches a disk. */
export interface Downloads {
  /** The address on this host. */
  offer(stream: ExportStream): string;
  /** Sends what is offered at that path; false where there is nothing (any more). */
  send(path: string, response: ServerResponse): Promise<boolean>;
  close(): void;
}

export function createDownloads(): Downloads {
  const offered = new Map<string, { readonly stream: ExportStream; readonly timer: NodeJS.Timeout }>();
  const withdraw = (path: string): ExportStream | null => {
    const found = offered.get(path);
    offered.delete(path);
    clearTimeout(found?.timer);
    return found?.stream ?? null;
  };
  const forget = (path: string): void => {
    // Whoever stops taking pieces ends the export.
    void withdraw(path)?.pieces[Symbol.asyncIterator]().return?.();
  };
  return {
    offer(stream) {
      for (const path of [...offered.keys()].slice(0, -MOST_OFFERED + 1)) forget(path);
      const path = `${DOWNLOAD_PATH}${randomBytes(32).toString('base64url')}`;
      const timer = setTimeout(() => forget(path), PATIENCE);
      timer.unref();
      offered.set(path, { stream, timer });
      return path;
    },
    async send(path, response) {
      const stream = withdraw(path);
      if (stream === null) return false;
      response.writeHead(200, {
        ...SECURITY_HEADERS,
        'Content-Type': 'application/octet-stream',
        'Content-Disposition': dispositionOf(stream.fileName),
        'Content-Security-Policy': "default-src 'none'; sandbox",
      });
      try {
        for await (const piece of stream.pieces) {
          if (response.destroyed) return true;
          if (!response.write(piece)) await drained(response);
        }
        response.end();
      } catch {
        // The capture changed meanwhile: a file that breaks off is seen as such, half of one is not.
        response.destroy();
      }
      return true;
    },
    close() {
      for (const path of [...offered.keys()]) forget(path);
    },
  };
}

export const DOWNLOAD_PATH = '/download/';

/** RFC 6266: for browsers the name in UTF-8, for whatever else one that nothing has to be escaped in. */
function dispositionOf(name: string): string {
  const plain = name.replace(/[^A-Za-z0-9._-]+/g, '_');
  const encoded = encodeURIComponent(name).replace(
    /['()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16)}`,
  );
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`;
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((done) => {
    const go = (): void => {
      response.off('drain', go).off('close', go);
      done();
    };
    response.once('drain', go).once('close', go);
  });
}

const MOST_OFFERED = 8;
/** A page fetches at once. */
const PATIENCE = 60_000;
