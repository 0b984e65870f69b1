/**
 * Records http2-tls13.pcap (with keys/http2-tls13.keys) and http2-clear.pcap: Node's http2 module speaks with itself over
 * loopback, with padding, a pushed stream, trailers, a header block that goes on in CONTINUATION, and requests that share
 * what was sent before. In clear, curl asks as well. Run as root, in this folder; needs tcpdump and openssl.
 */
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http2 from 'node:http2';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const folder = mkdtempSync(join(tmpdir(), 'http2-'));
const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')];
execFileSync('openssl', [
  ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '3650'],
  ...['-subj', '/CN=api.lab.example', '-addext', 'subjectAltName=DNS:api.lab.example'],
  ...['-keyout', key, '-out', certificate],
]);

const paddingStrategy = http2.constants.PADDING_STRATEGY_ALIGNED;
const COMMON = { 'user-agent': 'lab-client/1', 'x-session': 'f81d4fae-7dec-11d0-a765-00a0c91e6bf6' };

function answer(stream, headers) {
  const path = headers[':path'];
  if (path === '/push')
    stream.pushStream({ ':path': '/pushed.json' }, (_error, pushed) => {
      pushed.respond({ ':status': 200, 'content-type': 'application/json' });
      pushed.end('{"pushed":true}');
    });
  if (path === '/missing') {
    stream.respond({ ':status': 404, 'content-type': 'text/plain' });
    stream.end('no such thing\n');
  } else if (path === '/trailers') {
    const fields = { ':status': 200, 'content-type': 'text/plain', 'set-cookie': ['a=1', 'b=two'] };
    stream.respond(fields, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'x-checksum': '0badcafe' }));
    stream.end('body before trailers\n');
  } else {
    let bytes = 0;
    stream.on('data', (piece) => (bytes += piece.length));
    stream.on('end', () => {
      stream.respond({
        ':status': 200,
        'content-type': 'application/json',
        'x-call': 'a84b4c76e66710@pc33.lab.example',
      });
      stream.end(`${JSON.stringify({ path, bytes })}\n`);
    });
  }
}

function ask(client, headers, body) {
  return new Promise((resolve, reject) => {
    const request = client.request({ ...COMMON, ...headers });
    request.on('error', reject).on('close', resolve).resume().end(body);
  });
}

async function converse(url, long, options) {
  const client = http2.connect(url, options);
  client.on('stream', (pushed) => pushed.resume());
  await ask(client, { ':path': '/calls?state=active' });
  await ask(client, { ':path': '/calls?state=active' });
  const post = { 'content-type': 'application/json', authorization: 'Bearer lab-token' };
  await ask(client, { ':method': 'POST', ':path': '/calls', ...post }, '{"to":"sip:bob@lab.example"}\n');
  await ask(client, { ':path': '/missing' });
  await ask(client, { ':path': '/trailers' });
  await ask(client, { ':path': '/push' });
  await ask(client, { ':path': '/long', 'x-long': '0123456789abcdefghijklmnopqrstuvwxyz'.repeat(long) });
  await Promise.all(['1', '2', '3'].map((n) => ask(client, { ':path': `/item/${n}`, 'x-n': n })));
  await new Promise((resolve) => client.close(resolve));
}

async function record(file, port, server, speak) {
  server.on('stream', answer);
  await new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
  const recorder = spawn('tcpdump', ['-i', 'lo', '-U', '-w', file, `tcp port ${port}`]);
  await sleep(1000);
  await speak(`://127.0.0.1:${port}`);
  await sleep(1000);
  recorder.kill();
  server.close();
}

const secrets = [];
const secure = http2.createSecureServer({
  paddingStrategy,
  key: readFileSync(key),
  cert: readFileSync(certificate),
  minVersion: 'TLSv1.3',
});
secure.on('keylog', (line) => secrets.push(line.toString()));
await record('http2-tls13.pcap', 8443, secure, (rest) => {
  const ca = readFileSync(certificate);
  return converse(`https${rest}`, 666, { ca, servername: 'api.lab.example', paddingStrategy });
});
writeFileSync('keys/http2-tls13.keys', secrets.join(''));
await record('http2-clear.pcap', 8080, http2.createServer({ settings: { headerTableSize: 1024 } }), async (rest) => {
  await converse(`http${rest}`, 8, {});
  const curl = spawn('curl', ['-s', '--http2-prior-knowledge', `http${rest}/a`]);
  await new Promise((resolve) => curl.on('close', resolve));
});
rmSync(folder, { recursive: true });
process.exit(0);
