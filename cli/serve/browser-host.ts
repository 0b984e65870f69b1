import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { platform } from 'node:process';
import type { Duplex } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { answerRequests } from '../../core/node/host/answer-requests.ts';
import { NO_KEYS, type AnalysisHost, type KeySources } from '../../core/node/host/analysis-host.ts';
import { readPageFile, SECURITY_HEADERS } from '../../core/node/host/page-files.ts';
import { createPathTokens } from '../../core/node/host/path-tokens.ts';
import { SOCKET_PATH, UPLOAD_PATH, type UploadReply } from '../../core/transport.ts';
import packageFile from '../../package.json' with { type: 'json' };
import { createDownloads, DOWNLOAD_PATH, type Downloads } from './downloads.ts';
import { createGate, type Gate } from './gate.ts';
import { createSockets, type Sockets } from './sockets.ts';
import { createSpool, type Spool } from './spool.ts';

export interface BrowserHostOptions {
  readonly analysis: AnalysisHost;
  /** 0 for any that is free. */
  readonly port: number;
  readonly captures: readonly string[];
  readonly keys: KeySources;
  /** Why this is not the desktop app, where it was asked for. */
  readonly fallbackReason: string | null;
  /** The built page; dist/renderer without it. */
  readonly pageFolder?: string;
}

export interface BrowserHost {
  /** With the one-time token: whoever opens it first is the user. */
  readonly url: string;
  close(): Promise<void>;
}

/** Serves the page and the analysis to the user's own browser: on 127.0.0.1 only, never to the network. */
export async function startBrowserHost(options: BrowserHostOptions): Promise<BrowserHost> {
  const { analysis } = options;
  const spool = createSpool();
  const tokens = createPathTokens();
  const downloads = createDownloads();
  const answer = answerRequests(analysis, {
    info: {
      version: packageFile.version,
      host: 'browser',
      platform,
      nativeDialogs: false,
      fallbackReason: options.fallbackReason,
    },
    tokens,
    async saveExport(wish) {
      const stream = await analysis.readExport(wish);
      return { url: downloads.offer(stream), sentences: stream.sentences };
    },
    // What was uploaded for the capture before is not read again.
    opened: (paths) => void spool.retain(paths),
  });
  const sockets = createSockets(answer);
  const unsubscribe = analysis.subscribe((push) => sockets.push(push));
  const server = createServer();
  const port = await listen(server, options.port);
  const gate = createGate(port);
  const folder = options.pageFolder ?? fileURLToPath(new URL('../renderer', import.meta.url));
  serve(server, {
    gate,
    sockets,
    spool,
    downloads,
    folder,
    tokenFor: (path) => tokens.tokenFor(path),
    async addKeyLogs(name, text) {
      await analysis.request('keys.addBytes', { name, bytes: text.toString('base64') });
    },
  });

  if (options.captures.length > 0 || hasKeys(options.keys)) {
    // Not awaited: the page shows how far it is, and what went wrong, in its status.
    analysis.openPaths(options.captures, options.keys).catch(() => {});
  }
  return {
    url: `http://127.0.0.1:${port}/?token=${gate.token}`,
    async close() {
      unsubscribe();
      sockets.close();
      downloads.close();
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
      await analysis.close();
      spool.clear();
    },
  };
}

interface Site {
  readonly gate: Gate;
  readonly sockets: Sockets;
  readonly spool: Spool;
  readonly downloads: Downloads;
  readonly folder: string;
  readonly tokenFor: (path: string) => string;
  readonly addKeyLogs: (name: string, text: Buffer) => Promise<void>;
}

function serve(server: Server, site: Site): void {
  server.on('request', (request, response) => {
    respond(site, request, response).catch(() => {
      if (!response.headersSent) sendText(response, 500, 'The host could not answer.');
      else response.destroy();
    });
  });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const path = pathOf(request);
    if (path?.pathname !== SOCKET_PATH || !site.gate.isOurs(request) || !site.gate.isSignedIn(request)) {
      socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    site.sockets.accept(request, socket, head);
  });
}

async function respond(site: Site, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = pathOf(request);
  if (path === null || !site.gate.isOurs(request)) return sendText(response, 403, 'Not from here.');
  const token = path.searchParams.get('token');
  if (request.method === 'GET' && path.pathname === '/' && token !== null && !site.gate.isSignedIn(request)) {
    const cookie = site.gate.exchange(token);
    return cookie === null ? sendText(response, 403, USED) : sendEntrance(response, cookie);
  }
  if (!site.gate.isSignedIn(request)) return sendText(response, 403, SIGN_IN);
  if (request.method === 'POST' && path.pathname === UPLOAD_PATH) {
    return upload(site, request, response, path.searchParams.get('name') ?? '');
  }
  if (request.method !== 'GET') return sendText(response, 405, 'Not here.');
  if (path.pathname.startsWith(DOWNLOAD_PATH)) {
    if (await site.downloads.send(path.pathname, response)) return;
    return sendText(response, 404, GONE);
  }
  const host = request.headers.host ?? '';
  const file = await readPageFile(site.folder, path.pathname, `ws://${host}`);
  response.writeHead(file.status, file.headers).end(file.body);
}

async function upload(
  site: Site,
  request: IncomingMessage,
  response: ServerResponse,
  name: string,
): Promise<void> {
  let kept: Awaited<ReturnType<Spool['keep']>>;
  try {
    kept = await site.spool.keep(name, request);
  } catch {
    // The page went away, or the disk is full.
    if (!request.destroyed) sendText(response, 507, 'The capture could not be stored: is the disk full?');
    return;
  }
  if (kept.keyLogs.length > 0) await site.addKeyLogs(`${name} (secrets block)`, kept.keyLogs);
  const reply: UploadReply = { token: site.tokenFor(kept.path) };
  response
    .writeHead(200, { ...SECURITY_HEADERS, 'Content-Type': 'application/json' })
    .end(JSON.stringify(reply));
}

/**
 * A redirect would still count as coming from wherever the link stood, and a browser would keep a strict cookie back; a
 * page of ours that goes on to the start page is ours.
 */
function sendEntrance(response: ServerResponse, cookie: string): void {
  response
    .writeHead(200, {
      ...SECURITY_HEADERS,
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
      'Set-Cookie': cookie,
    })
    .end('<!doctype html><meta http-equiv="refresh" content="0; url=/"><title>Sipher</title>');
}

function sendText(response: ServerResponse, status: number, sentence: string): void {
  response
    .writeHead(status, { ...SECURITY_HEADERS, 'Content-Type': 'text/plain; charset=utf-8' })
    .end(`${sentence}\n`);
}

const USED =
  'This link was used already, or is not the one that sipher printed. The browser that used it can go on at the address without the token; for another browser, start sipher serve again.';
const GONE = 'This export was fetched already, or waited too long: export it again.';
const SIGN_IN = 'Open the address that sipher printed, with its token.';

function pathOf(request: IncomingMessage): URL | null {
  const target = request.url ?? '';
  return target.startsWith('/') && URL.canParse(target, 'http://host')
    ? new URL(target, 'http://host')
    : null;
}

function hasKeys(keys: KeySources): boolean {
  return keys !== NO_KEYS && Object.values(keys).some((list: readonly string[]) => list.length > 0);
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((done, failed) => {
    server.once('error', failed);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', failed);
      const address = server.address();
      done(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}
