import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { request, type IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { NO_KEYS } from '../../../core/node/host/analysis-host.ts';
import { startBrowserHost, type BrowserHost } from '../../../cli/serve/browser-host.ts';
import { createAnalysisStub, EMPTY_STATUS, type AnalysisStub } from '../../support/analysis-stub.ts';

let folder: string;
let temporary: string;
const systemTemporary = { TMPDIR: process.env['TMPDIR'], TEMP: process.env['TEMP'] };
let analysis: AnalysisStub;
let host: BrowserHost;
let port: number;
let token: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sipher-page-'));
  temporary = mkdtempSync(join(tmpdir(), 'sipher-spool-'));
  process.env['TMPDIR'] = temporary;
  process.env['TEMP'] = temporary;
  writeFileSync(join(folder, 'index.html'), '<p>page</p>');
  analysis = createAnalysisStub({
    'keys.addBytes': { keys: [], added: 1, problems: [] },
    'frame.detail': () => {
      // eslint-disable-next-line @typescript-eslint/only-throw-error -- what the contract says a host rejects with
      throw { code: 'not-found', message: 'There is no frame 9.' };
    },
  });
  host = await startBrowserHost({
    analysis,
    port: 0,
    captures: ['/a.pcap'],
    keys: NO_KEYS,
    fallbackReason: 'there is no display',
    pageFolder: folder,
  });
  const url = new URL(host.url);
  port = Number(url.port);
  token = url.searchParams.get('token') ?? '';
});
afterEach(async () => {
  await host.close();
  rmSync(folder, { recursive: true, force: true });
  expect(readdirSync(temporary)).toEqual([]);
  rmSync(temporary, { recursive: true });
  for (const [name, value] of Object.entries(systemTemporary)) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
});

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

interface Ask {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}

function ask(path: string, { method = 'GET', headers = {}, body }: Ask = {}): Promise<Answer> {
  return new Promise((done, failed) => {
    const outgoing = request({ host: '127.0.0.1', port, path, method, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (text += chunk));
      response.on('end', () =>
        done({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
      );
    });
    outgoing.on('error', failed);
    outgoing.end(body);
  });
}

async function signIn(): Promise<string> {
  const { headers } = await ask(`/?token=${token}`);
  return (headers['set-cookie'] ?? [''])[0]?.split(';')[0] ?? '';
}

function openSocket(headers: Readonly<Record<string, string>>): Promise<WebSocket> {
  return new Promise((done, failed) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/api`, { headers });
    socket.once('open', () => done(socket));
    socket.once('error', failed);
  });
}

function nextMessage(socket: WebSocket): Promise<unknown> {
  return new Promise((done) => {
    socket.once('message', (data) => done(JSON.parse(String(data))));
  });
}

/** All that was spooled: the system's temporary folder is one of this test's own. */
function spooledFiles(): string[] {
  return readdirSync(temporary, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => entry.name);
}

const ours = (): string => `http://127.0.0.1:${port}`;

describe('the way in', () => {
  it('is the token, once, and then a cookie that scripts and other sites do not get', async () => {
    expect((await ask('/')).status).toBe(403);
    expect((await ask('/?token=wrong')).status).toBe(403);
    const entrance = await ask(`/?token=${token}`);
    expect(entrance.status).toBe(200);
    expect(entrance.headers['set-cookie']?.[0]).toMatch(
      new RegExp(`^sipher-${port}=[\\w-]{43}; Path=/; HttpOnly; SameSite=Strict$`),
    );
    expect((await ask(`/?token=${token}`)).status).toBe(403);
    const cookie = entrance.headers['set-cookie']?.[0]?.split(';')[0] ?? '';
    const page = await ask('/', { headers: { cookie } });
    expect(page).toMatchObject({ status: 200, body: '<p>page</p>' });
    expect(page.headers).toMatchObject({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' });
  });

  it('is not in any file of the page without the cookie', async () => {
    expect((await ask('/index.html')).status).toBe(403);
    expect((await ask('/', { headers: { cookie: `sipher-${port}=${token}` } })).status).toBe(403);
  });

  it('is shut to names that were rebound to this machine', async () => {
    const cookie = await signIn();
    for (const name of ['evil.example', `evil.example:${port}`, '127.0.0.1.evil.example', '10.0.0.1']) {
      expect((await ask('/', { headers: { cookie, host: name } })).status, name).toBe(403);
    }
    for (const name of [`localhost:${port}`, '127.0.0.1:8000', `[::1]:${port}`]) {
      expect((await ask('/', { headers: { cookie, host: name } })).status, name).toBe(200);
    }
  });

  it('is shut to pages on other ports, whose requests carry our cookie', async () => {
    const cookie = await signIn();
    const other = `http://127.0.0.1:${port + 1}`;
    expect((await ask('/', { headers: { cookie, origin: other } })).status).toBe(403);
    expect((await ask('/', { headers: { cookie, 'sec-fetch-site': 'same-site' } })).status).toBe(403);
    expect((await ask('/upload?name=a', { method: 'POST', headers: { cookie, origin: other } })).status).toBe(
      403,
    );
    expect((await ask('/upload?name=a', { method: 'POST', headers: { cookie } })).status).toBe(403);
    await expect(openSocket({ cookie, origin: other })).rejects.toThrow('403');
    await expect(openSocket({ cookie })).rejects.toThrow('403');
    await expect(openSocket({ origin: ours() })).rejects.toThrow('403');
  });
});

describe('upload', () => {
  it('keeps a capture where only the user can read it, and for as long as it is open', async () => {
    const headers = { cookie: await signIn(), origin: ours() };
    const stage = async (name: string, body: Uint8Array): Promise<string> => {
      const answer = await ask(`/upload?name=${encodeURIComponent(name)}`, { method: 'POST', headers, body });
      expect(answer.status).toBe(200);
      const reply: unknown = JSON.parse(answer.body);
      return typeof reply === 'object' && reply !== null && 'token' in reply ? String(reply.token) : '';
    };
    const open = async (token: string): Promise<string> => {
      const socket = await openSocket(headers);
      socket.send(JSON.stringify({ id: 1, name: 'capture.open', params: { paths: [token] } }));
      await nextMessage(socket);
      socket.close();
      const params = analysis.asked.at(-1)?.params;
      return typeof params === 'object' && params !== null && 'paths' in params ? String(params.paths) : '';
    };
    const bytes = new Uint8Array(300_000).fill(7);
    const first = await open(await stage('../../trunk été.pcapng', bytes));
    expect(first).toMatch(/[\\/]trunk été[.]pcapng$/);
    expect(readFileSync(first).equals(bytes)).toBe(true);
    if (process.platform !== 'win32') {
      expect(statSync(first).mode & 0o777).toBe(0o600);
      expect(statSync(dirname(first)).mode & 0o777).toBe(0o700);
    }
    const second = await open(await stage('..', new Uint8Array(1)));
    await expect.poll(() => existsSync(first)).toBe(false);
    expect(existsSync(second)).toBe(true);
    await host.close();
    expect(existsSync(second)).toBe(false);
  });

  it('keeps no secret of a capture on disk, and hands it to the analysis', async () => {
    const headers = { cookie: await signIn(), origin: ours() };
    const bytes = Buffer.concat([
      Buffer.from('0a0d0d0a1c0000004d3c2b1a01000000ffffffffffffffff1c000000', 'hex'),
      Buffer.from('0a000000200000004b534c540b000000', 'hex'),
      Buffer.from('SECRET LINE\0'),
      Buffer.from('20000000', 'hex'),
    ]);
    await ask('/upload?name=dsb.pcapng', { method: 'POST', headers, body: bytes });
    const [asked] = analysis.asked;
    expect(asked).toEqual({
      name: 'keys.addBytes',
      params: {
        name: 'dsb.pcapng (secrets block)',
        bytes: Buffer.from('SECRET LINE').toString('base64'),
      },
    });
    expect(spooledFiles()).toEqual(['dsb.pcapng']);
    const path = readdirSync(temporary, { recursive: true, encoding: 'utf8' }).find((name) =>
      name.endsWith('.pcapng'),
    );
    expect(readFileSync(join(temporary, path ?? '')).includes('SECRET')).toBe(false);
  });

  it('leaves nothing of an upload that broke off', async () => {
    const headers = { cookie: await signIn(), origin: ours() };
    await new Promise((done) => {
      const outgoing = request({
        port,
        host: '127.0.0.1',
        path: '/upload?name=broken.pcap',
        method: 'POST',
        headers,
      });
      outgoing.on('error', done);
      outgoing.write(new Uint8Array(100_000), () =>
        setTimeout(() => outgoing.destroy(new Error('gone')), 100),
      );
    });
    await expect.poll(() => spooledFiles()).toEqual([]);
    expect((await ask('/', { headers: { cookie: headers.cookie } })).status).toBe(200);
  });
});

describe('the socket', () => {
  it('answers requests by their ids and refuses in words', async () => {
    const socket = await openSocket({ cookie: await signIn(), origin: ours() });
    socket.send(JSON.stringify({ id: 7, name: 'host.info', params: null }));
    expect(await nextMessage(socket)).toMatchObject({
      kind: 'reply',
      id: 7,
      ok: true,
      result: { host: 'browser', nativeDialogs: false, fallbackReason: 'there is no display' },
    });
    socket.send(JSON.stringify({ id: 8, name: 'frame.detail', params: { frame: 9 } }));
    expect(await nextMessage(socket)).toEqual({
      kind: 'reply',
      id: 8,
      ok: false,
      error: { code: 'not-found', message: 'There is no frame 9.' },
    });
    socket.close();
  });

  it('opens what the command line named', () => {
    expect(analysis.opened.map(({ paths }) => paths)).toEqual([['/a.pcap']]);
  });

  it('pushes what the analysis pushes', async () => {
    const socket = await openSocket({ cookie: await signIn(), origin: ours() });
    const message = nextMessage(socket);
    analysis.push({ name: 'status', value: EMPTY_STATUS });
    expect(await message).toEqual({ kind: 'push', name: 'status', value: EMPTY_STATUS });
    socket.close();
  });

  it('keeps only the newest push for a page that does not read', async () => {
    const socket = await openSocket({ cookie: await signIn(), origin: ours() });
    socket.pause();
    const summary = 'x'.repeat(200_000);
    for (let revision = 1; revision <= 500; revision += 1) {
      analysis.push({ name: 'status', value: { ...EMPTY_STATUS, revision, summary } });
    }
    const revisions: number[] = [];
    const last = new Promise<void>((done) => {
      socket.on('message', (data) => {
        const message = JSON.parse(String(data));
        revisions.push(message.value.revision);
        if (message.value.revision === 500) done();
      });
    });
    socket.resume();
    await last;
    expect(revisions.length).toBeLessThan(400);
    expect(revisions).toEqual(revisions.toSorted((a, b) => a - b));
    socket.close();
  });

  it.each(['{', '[]', '{"name":"host.info"}', '{"id":"1"}', '{"id":1.5}'])('hangs up on %s', async (text) => {
    const socket = await openSocket({ cookie: await signIn(), origin: ours() });
    const closed = new Promise<number>((done) => socket.once('close', done));
    socket.send(text);
    expect(await closed).toBe(1008);
  });
});

describe('an export', () => {
  it('is fetched under an address that works once, by whoever is signed in, and touches no disk', async () => {
    const cookie = await signIn();
    const socket = await openSocket({ Cookie: cookie, Origin: ours() });
    const wish = { format: 'text', scope: { kind: 'all' }, redact: false };
    socket.send(JSON.stringify({ id: 1, name: 'export.save', params: wish }));
    const reply = await nextMessage(socket);
    expect(reply).toEqual({
      kind: 'reply',
      id: 1,
      ok: true,
      result: { url: expect.stringMatching(/^\/download\//), sentences: ['This file holds nothing.'] },
    });
    expect(analysis.exported).toEqual([{ wish, path: null }]);
    const path = /"(\/download\/[^"]+)"/.exec(JSON.stringify(reply))?.[1] ?? '';
    expect((await ask(path)).status).toBe(403);
    expect((await ask(path, { headers: { Cookie: cookie, Host: 'evil.test' } })).status).toBe(403);
    expect(
      (
        await ask(path, {
          headers: { Cookie: cookie, 'Sec-Fetch-Site': 'same-site', 'Sec-Fetch-Mode': 'no-cors' },
        })
      ).status,
    ).toBe(403);
    const { status, headers, body } = await ask(path, { headers: { Cookie: cookie } });
    expect([status, body]).toEqual([200, 'one two']);
    expect(headers['content-disposition']).toContain('made-up.sip.txt');
    expect(spooledFiles()).toEqual([]);
    expect((await ask(path, { headers: { Cookie: cookie } })).status).toBe(404);
    socket.close();
  });

  it('is refused where the wish is none', async () => {
    const socket = await openSocket({ Cookie: await signIn(), Origin: ours() });
    socket.send(
      JSON.stringify({
        id: 2,
        name: 'export.save',
        params: { format: 'exe', scope: { kind: 'all' }, redact: false },
      }),
    );
    expect(await nextMessage(socket)).toMatchObject({ ok: false, error: { code: 'bad-request' } });
    expect(analysis.exported).toEqual([]);
    socket.close();
  });
});
