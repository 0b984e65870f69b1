import { createServer, get, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createDownloads, type Downloads } from '../../../cli/serve/downloads.ts';

let downloads: Downloads;
let port = 0;
let stop: () => void;

beforeEach(async () => {
  downloads = createDownloads();
  const server = createServer((request, response) => {
    void downloads.send(request.url ?? '', response).then((sent) => {
      if (!sent) response.writeHead(404).end();
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  port = addressOf(server.address());
  stop = () => server.close();
});
afterEach(() => {
  downloads.close();
  stop();
});

function addressOf(address: AddressInfo | string | null): number {
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function fetched(
  path: string,
): Promise<{ status: number; headers: IncomingHttpHeaders; body: string; whole: boolean }> {
  return new Promise((done, failed) => {
    get({ host: '127.0.0.1', port, path }, (response) => {
      let body = '';
      const end = (): void =>
        done({ status: response.statusCode ?? 0, headers: response.headers, body, whole: response.complete });
      response.on('data', (chunk: Buffer) => (body += chunk.toString()));
      response.on('end', end).on('error', end);
    }).on('error', failed);
  });
}

const stream = (name: string, make: () => AsyncGenerator<Uint8Array>) => ({
  fileName: name,
  sentences: [],
  pieces: make(),
});

async function* pieces(): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  yield Buffer.from('a'.repeat(100_000));
  yield Buffer.from('b'.repeat(100_000));
}

describe('an export that is offered', () => {
  it('is sent whole, once, as a file that no browser shows or keeps', async () => {
    const path = downloads.offer(stream('büro 1.sip.txt', pieces));
    expect(path).toMatch(/^\/download\/[\w-]{43}$/);
    const { status, headers, body, whole } = await fetched(path);
    expect([status, body.length, whole]).toEqual([200, 200_000, true]);
    expect(headers['content-disposition']).toBe(
      'attachment; filename="b_ro_1.sip.txt"; filename*=UTF-8\'\'b%C3%BCro%201.sip.txt',
    );
    expect(headers['cache-control']).toBe('no-store');
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['content-security-policy']).toBe("default-src 'none'; sandbox");
    expect((await fetched(path)).status).toBe(404);
  });

  it('breaks off where its capture went away, so that nobody takes a half for a whole', async () => {
    const path = downloads.offer(
      stream('x', async function* () {
        yield Buffer.from('half');
        await new Promise((done) => setTimeout(done, 20));
        throw new Error('changed');
      }),
    );
    const { whole } = await fetched(path);
    expect(whole).toBe(false);
  });

  it('is withdrawn when nobody fetches it, or when too many wait', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const first = downloads.offer(stream('1', pieces));
    const others = Array.from({ length: 8 }, (_, at) => downloads.offer(stream(String(at), pieces)));
    const waited = others[7] ?? '';
    vi.advanceTimersByTime(60_001);
    vi.useRealTimers();
    expect((await fetched(first)).status).toBe(404);
    expect((await fetched(waited)).status).toBe(404);
  });
});
