import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer, type RawData } from 'ws';
import type { PushName } from '../../core/api.ts';
import type { Push, Reply, SocketMessage } from '../../core/transport.ts';

/** The pages that are connected. */
export interface Sockets {
  /** Takes over a connection that asked to become a WebSocket and was let in. */
  accept(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  push(push: Push): void;
  close(): void;
}

// A key log of 48 MB in base64, and its envelope.
const MOST_BYTES_IN = 66 * 1024 * 1024;
// A page asks for a handful of windows at once.
const MOST_PENDING = 64;
/** From here on pushes wait and only the newest of each name is kept; from the second on no more is read from the page. */
const PUSHES_WAIT = 1024 * 1024;
const REQUESTS_WAIT = 16 * 1024 * 1024;

export function createSockets(answer: (name: unknown, params: unknown) => Promise<Reply>): Sockets {
  const server = new WebSocketServer({ noServer: true, maxPayload: MOST_BYTES_IN, perMessageDeflate: false });
  const pages = new Set<Page>();
  return {
    accept(request, socket, head) {
      server.handleUpgrade(request, socket, head, (connection) => {
        const page = servePage(connection, answer);
        pages.add(page);
        connection.on('close', () => pages.delete(page));
      });
    },
    push(push) {
      for (const page of pages) page.push(push);
    },
    close() {
      for (const page of pages) page.end();
      server.close();
    },
  };
}

interface Page {
  push(push: Push): void;
  end(): void;
}

function servePage(connection: WebSocket, answer: (name: unknown, params: unknown) => Promise<Reply>): Page {
  const waiting = new Map<PushName, Push>();
  let pending = 0;

  const send = (message: SocketMessage): void => {
    if (connection.readyState !== WebSocket.OPEN) return;
    connection.send(JSON.stringify(message), onSent);
    if (connection.bufferedAmount > REQUESTS_WAIT) connection.pause();
  };
  const onSent = (): void => {
    if (connection.readyState !== WebSocket.OPEN) return;
    if (connection.isPaused && connection.bufferedAmount < PUSHES_WAIT) connection.resume();
    for (const [name, push] of waiting) {
      if (connection.bufferedAmount > PUSHES_WAIT) return;
      waiting.delete(name);
      send({ kind: 'push', ...push });
    }
  };
  const receive = async (data: RawData, isBinary: boolean): Promise<void> => {
    const request = isBinary ? null : readRequest(data);
    if (request === null || pending >= MOST_PENDING) {
      connection.close(1008, 'Not a request');
      return;
    }
    pending += 1;
    const reply = await answer(request.name, request.params);
    pending -= 1;
    send({ kind: 'reply', id: request.id, ...reply });
  };

  connection.on('message', (data, isBinary) => void receive(data, isBinary));
  // What goes wrong with a connection ends it; the page connects again.
  connection.on('error', () => connection.terminate());
  return {
    push(push) {
      if (connection.bufferedAmount > PUSHES_WAIT) waiting.set(push.name, push);
      else send({ kind: 'push', ...push });
    },
    end: () => connection.close(1001, 'The host ends'),
  };
}

function readRequest(data: RawData): { id: number; name: unknown; params: unknown } | null {
  try {
    const value: unknown = JSON.parse(textOf(data));
    if (typeof value !== 'object' || value === null || !('id' in value) || !Number.isSafeInteger(value.id))
      return null;
    return {
      id: Number(value.id),
      name: 'name' in value ? value.name : undefined,
      params: 'params' in value ? value.params : undefined,
    };
  } catch {
    return null;
  }
}

function textOf(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString('utf8');
  return Buffer.isBuffer(data) ? data.toString('utf8') : Buffer.from(data).toString('utf8');
}
