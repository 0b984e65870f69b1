/**
 * Records what two real TLS endpoints said to each other, over loopback, through a proxy that keeps every chunk. What
 * each side was given to send is kept as the truth. No packets are captured, so no rights are needed: TCP is made up
 * around the bytes later, see compare-tcp.mjs.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Random } from '../bench/random.mjs';
import { findProgram } from '../bench/measure.mjs';

/**
 * @typedef {{ direction: 0 | 1, time: number, data: string }} Chunk direction 0 is the client's; milliseconds; base64
 * @typedef {{ chunks: Chunk[], sent: [string, string] }} RecordedConnection `sent`: application bytes by direction, base64
 * @typedef {{ id: string, what: string, rsa: boolean, psk: string | null, keylog: string, certificateKey: string,
 *   connections: RecordedConnection[] }} Scene `keylog`: its text; `certificateKey`: the server's RSA key as PEM; `rsa`:
 *   that key alone is enough
 */

/**
 * Records scenes until `count` have succeeded. The same seed asks for the same scenes (the bytes differ: endpoints draw
 * their own random numbers). Scenes whose endpoints do not come to terms are left out.
 * @returns {Promise<{scenes: Scene[], failed: string[]}>}
 */
export async function recordScenes(count, seed, onScene = () => {}) {
  const folder = mkdtempSync(join(tmpdir(), 'sipher-scenes-'));
  const scenes = [];
  const failed = [];
  try {
    const credentials = makeCredentials(folder);
    const withGnutls = findProgram('gnutls-cli') !== null && findProgram('gnutls-serv') !== null;
    for (let index = 0; scenes.length < count && failed.length <= count + 10; index++) {
      const random = new Random(seed * 1000 + index);
      const plan = withGnutls && random.chance(0.3) ? planGnutls(random) : planOpenssl(random);
      const work = join(folder, String(index));
      mkdirSync(work);
      const scene = await recordScene(plan, credentials, work, random);
      rmSync(work, { recursive: true, force: true });
      if (typeof scene === 'string') failed.push(`${plan.what}: ${scene}`);
      else {
        scenes.push({ id: `${seed}-${index}`, ...scene });
        onScene(scenes.length, plan.what);
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return { scenes, failed };
}

/** Scenes recorded before are read back from `file`. */
export async function loadOrRecordScenes(file, count, seed, onScene) {
  if (existsSync(file)) return { scenes: JSON.parse(readFileSync(file, 'utf8')), failed: [] };
  const recorded = await recordScenes(count, seed, onScene);
  writeFileSync(file, JSON.stringify(recorded.scenes), { mode: 0o600 });
  return recorded;
}

/* ---- What is recorded ---- */

const PSK = 'a1b2c3d4e5f60718293a4b5c6d7e8f90';
const PSK_IDENTITY = 'phone-17';

const OPENSSL_TLS12 = listCiphers('-tls1_2');
const OPENSSL_TLS10 = listCiphers('-tls1');
const OPENSSL_TLS13 = [
  'TLS_AES_256_GCM_SHA384',
  'TLS_AES_128_GCM_SHA256',
  'TLS_CHACHA20_POLY1305_SHA256',
  'TLS_AES_128_CCM_SHA256',
  'TLS_AES_128_CCM_8_SHA256',
];

function listCiphers(version) {
  const { stdout } = spawnSync(
    'openssl',
    ['ciphers', '-s', version, '-psk', 'ALL:COMPLEMENTOFALL:@SECLEVEL=0'],
    {
      encoding: 'utf8',
    },
  );
  // No DSA certificate is made, and NULL suites have nothing to open.
  return (stdout ?? '')
    .trim()
    .split(':')
    .filter((name) => name !== '' && !/DSS|NULL/.test(name));
}

function planOpenssl(random) {
  const version = random.pick(['tls1_3', 'tls1_3', 'tls1_2', 'tls1_2', 'tls1_2', 'tls1_1', 'tls1']);
  const tls13 = version === 'tls1_3';
  const old = version === 'tls1' || version === 'tls1_1';
  const cipher = random.pick(tls13 ? OPENSSL_TLS13 : old ? OPENSSL_TLS10 : weighRsa(random, OPENSSL_TLS12));
  const psk = cipher.includes('PSK');
  const server = [];
  const client = [];
  const config = [];
  const words = [version, cipher];
  const option = (probability, word, apply) => {
    if (!random.chance(probability)) return;
    words.push(word);
    apply();
  };
  if (!tls13) option(0.4, 'no EMS', () => config.push('-ExtendedMasterSecret'));
  if (!tls13) option(0.4, 'no EtM', () => client.push('-no_etm'));
  option(0.3, 'small records', () => {
    const size = String(random.pick([512, 700, 1024, 3000]));
    client.push('-max_send_frag', size);
    server.push('-max_send_frag', size);
  });
  option(0.15, 'max_fragment_length', () =>
    client.push('-maxfraglen', String(random.pick([512, 1024, 2048, 4096]))),
  );
  if (tls13)
    option(0.3, 'padding', () => {
      client.push('-record_padding', String(random.pick([64, 256, 1000])));
      server.push('-record_padding', '128');
    });
  if (tls13)
    option(0.2, 'Hello Retry Request', () => {
      client.push('-groups', 'X25519:P-384');
      server.push('-groups', 'P-384');
    });
  if (tls13) option(0.2, 'no middlebox compatibility', () => client.push('-no_middlebox'));
  option(0.2, 'client certificate', () => {
    if (psk || cipher.startsWith('ADH') || cipher.startsWith('AECDH')) words.pop();
    else server.push('-Verify', '1');
  });
  option(0.4, 'ALPN', () => {
    client.push('-alpn', 'sip');
    server.push('-alpn', 'sip');
  });
  const tickets = random.chance(0.6);
  if (!tickets) {
    words.push('no ticket');
    client.push('-no_ticket');
    server.push('-no_ticket');
  }
  if (psk) {
    client.push('-psk', PSK, '-psk_identity', PSK_IDENTITY);
    server.push('-psk', PSK, '-psk_hint', 'pbx');
  }
  const resumed = random.chance(0.35);
  const early = tls13 && resumed && tickets && random.chance(0.5);
  if (resumed) words.push(early ? 'resumed with early data' : 'resumed');
  const rekeys = tls13 ? ['key update', 'key update of one side'] : [];
  const again = !tls13 && !psk && random.chance(0.3) ? ['renegotiation'] : [];
  return {
    what: `openssl ${words.join(', ')}`,
    kind: 'openssl',
    version,
    tls13,
    cipher,
    server,
    client,
    config,
    resumed,
    early,
    // Without a certificate's RSA key in it, or with more than it, only the key log tells.
    rsa: !tls13 && isRsaKeyExchange(cipher),
    psk: psk ? `${PSK_IDENTITY}=${PSK}` : null,
    steps: planSteps(random, [...rekeys, ...again], 0.25, [0, 1]),
  };
}

/** Suites with RSA key exchange are what telephony has: half of the scenes are theirs. */
function weighRsa(random, ciphers) {
  const rsa = ciphers.filter(isRsaKeyExchange);
  return rsa.length > 0 && random.chance(0.5) ? rsa : ciphers;
}

function isRsaKeyExchange(cipher) {
  return /^(AES|CAMELLIA|ARIA)\d/.test(cipher);
}

function planGnutls(random) {
  const version = random.pick(['1.3', '1.2', '1.2', '1.1', '1.0']);
  const tls13 = version === '1.3';
  const ciphers = tls13
    ? ['AES-256-GCM', 'AES-128-GCM', 'CHACHA20-POLY1305', 'AES-128-CCM', 'AES-128-CCM-8']
    : version === '1.2'
      ? [
          ...['AES-256-CBC', 'AES-128-CBC', 'AES-128-GCM', 'AES-256-GCM', 'AES-128-CCM', 'AES-256-CCM-8'],
          ...['ARCFOUR-128', '3DES-CBC', 'CAMELLIA-256-CBC', 'CAMELLIA-128-GCM', 'CHACHA20-POLY1305'],
        ]
      : ['AES-256-CBC', 'AES-128-CBC', 'ARCFOUR-128', '3DES-CBC', 'CAMELLIA-128-CBC'];
  const cipher = random.pick(ciphers);
  const exchange =
    cipher === 'CHACHA20-POLY1305' ? 'ECDHE-RSA' : random.pick(['RSA', 'RSA', 'ECDHE-RSA', 'DHE-RSA']);
  const words = [`TLS ${version}`, ...(tls13 ? [] : [exchange]), cipher];
  const flags = [];
  const flag = (probability, word, text) => {
    if (random.chance(probability)) {
      words.push(word);
      flags.push(text);
    }
  };
  if (!tls13) flag(0.4, 'no EMS', '%NO_SESSION_HASH');
  if (!tls13) flag(0.4, 'no EtM', '%NO_ETM');
  const priority = [
    'NORMAL',
    '-VERS-ALL',
    `+VERS-TLS${version}`,
    ...(tls13 ? [] : ['-KX-ALL', `+${exchange}`]),
    '-CIPHER-ALL',
    `+${cipher}`,
    '+MAC-ALL',
    '%VERIFY_ALLOW_BROKEN',
    ...flags,
  ].join(':');
  const again = tls13 ? ['key update'] : ['renegotiation'];
  const recordSize = random.chance(0.3) ? random.pick([512, 1000, 4096]) : null;
  return {
    what: `gnutls ${words.join(', ')}`,
    kind: 'gnutls',
    tls13,
    cipher,
    priority,
    recordSize,
    resumed: false,
    early: false,
    rsa: !tls13 && exchange === 'RSA',
    psk: null,
    // The server only echoes. What is longer than a record gnutls-cli does not send to its end.
    steps: planSteps(random, again, 0.25, [0]).map((step) =>
      step.kind === 'data' && recordSize !== null
        ? { ...step, length: Math.min(step.length, recordSize - 25) }
        : step,
    ),
  };
}

/** What is sent: by whom, how much; between, keys are changed. */
function planSteps(random, changes, probability, sides) {
  const steps = [];
  const sizes = [1, 16, 60, 250, 480, 700, 700, 1200, 1460, 3000, 9000];
  for (let i = random.between(8, 24); i > 0; i--) {
    if (changes.length > 0 && random.chance(probability))
      steps.push({ kind: random.pick(changes), side: random.pick([0, 1]) });
    steps.push({ kind: 'data', side: random.pick(sides), length: random.pick(sizes) + random.below(20) });
  }
  return steps;
}

/* ---- How it is recorded ---- */

function makeCredentials(folder) {
  const make = (name, kind) => {
    const [certificate, key] = [join(folder, `${name}.cert`), join(folder, `${name}.key`)];
    const subject = ['-subj', `/CN=${name}.example`];
    spawnSync('openssl', [
      'req',
      '-x509',
      '-nodes',
      ...kind,
      ...subject,
      '-keyout',
      key,
      '-out',
      certificate,
      '-days',
      '30',
    ]);
    return { certificate, key };
  };
  return {
    rsa: make('pbx', ['-newkey', 'rsa:2048']),
    ec: make('pbx-ec', ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256']),
    client: make('phone', ['-newkey', 'rsa:2048']),
  };
}

/** A scene without its id, or a sentence why not. */
async function recordScene(plan, credentials, folder, random) {
  const keylog = join(folder, 'keylog');
  const endpoints = plan.kind === 'openssl' ? opensslEndpoints : gnutlsEndpoints;
  const server = await endpoints.startServer(plan, credentials, folder);
  if (typeof server === 'string') return server;
  const connections = [];
  try {
    for (let i = 0; i < (plan.resumed ? 2 : 1); i++) {
      const proxy = await startProxy(server.port);
      const client = endpoints.startClient(plan, credentials, folder, proxy.port, keylog, i);
      const sent = await converse(plan, i, client, server, proxy, random);
      await client.end();
      await proxy.quiet(40);
      await proxy.close();
      if (typeof sent === 'string') return sent;
      connections.push({
        chunks: proxy.chunks,
        sent: sent.map((parts) => Buffer.concat(parts).toString('base64')),
      });
    }
  } finally {
    await server.end();
  }
  return {
    what: plan.what,
    rsa: plan.rsa,
    psk: plan.psk,
    keylog: existsSync(keylog) ? readFileSync(keylog, 'utf8') : '',
    certificateKey: readFileSync(credentials.rsa.key, 'utf8'),
    connections,
  };
}

/** Goes through the steps; each is seen to arrive before the next. Bytes sent by direction, or a sentence. */
async function converse(plan, connection, client, server, proxy, random) {
  const sent = [[], []];
  if (!(await client.ready())) return `no handshake: ${client.lastWords()}`;
  if (plan.early && connection === 1) sent[0].push(client.earlyData);
  await proxy.quiet(25);
  for (const step of plan.steps) {
    const ends = [client, server];
    if (step.kind !== 'data') {
      ends[plan.kind === 'gnutls' ? 0 : step.side].change(step.kind);
      // Nothing says when it is done: silence does.
      await sleep(20);
      await proxy.quiet(30);
      continue;
    }
    const mark = digits(random, 24);
    const data = Buffer.from(`${digits(random, Math.max(0, step.length - 25))}${mark}\n`);
    sent[step.side].push(data);
    ends[step.side].write(data);
    if (!(await ends[1 - step.side].heard(mark)))
      return `what was sent did not arrive (${step.length} bytes)`;
    if (server.echoes) {
      if (!(await client.heard(mark))) return 'no echo';
      sent[1].push(data);
    }
  }
  return sent;
}

/** Digits only: no command letter of s_client can stand where it reads anew. */
function digits(random, length) {
  let text = '';
  while (text.length < length) text += String(random.word()).padStart(10, '0');
  return text.slice(0, length);
}

const opensslEndpoints = {
  async startServer(plan, credentials, folder) {
    const port = await freePort();
    const { rsa, ec } = credentials;
    const args = ['s_server', '-accept', `127.0.0.1:${port}`, '-cert', rsa.certificate, '-key', rsa.key];
    args.push(
      '-dcert',
      ec.certificate,
      '-dkey',
      ec.key,
      `-${plan.version}`,
      ...cipherOptions(plan),
      ...plan.server,
    );
    if (!plan.tls13) args.push('-client_renegotiation');
    if (plan.early) args.push('-early_data');
    const end = new Endpoint('openssl', args, opensslEnvironment(plan, folder), SERVER_COMMANDS);
    if (!(await end.heard('ACCEPT'))) return `server: ${end.lastWords()}`;
    end.port = port;
    return end;
  },
  startClient(plan, credentials, folder, port, keylog, connection) {
    const args = [
      's_client',
      '-connect',
      `127.0.0.1:${port}`,
      '-servername',
      'pbx.example',
      `-${plan.version}`,
    ];
    args.push(...cipherOptions(plan), ...plan.client, '-keylogfile', keylog);
    if (plan.server.includes('-Verify'))
      args.push('-cert', credentials.client.certificate, '-key', credentials.client.key);
    const session = join(folder, 'session');
    if (plan.resumed) args.push(connection === 0 ? '-sess_out' : '-sess_in', session);
    let earlyData = null;
    if (plan.early && connection === 1) {
      earlyData = Buffer.from(`early ${'0123456789'.repeat(40)}`);
      writeFileSync(join(folder, 'early'), earlyData);
      args.push('-early_data', join(folder, 'early'));
    }
    const end = new Endpoint('openssl', args, opensslEnvironment(plan, folder), CLIENT_COMMANDS);
    end.earlyData = earlyData;
    end.readyMark = 'Verify return code';
    return end;
  },
};

const CLIENT_COMMANDS = { 'key update': 'K\n', 'key update of one side': 'k\n', renegotiation: 'R\n' };
const SERVER_COMMANDS = { 'key update': 'K\n', 'key update of one side': 'k\n', renegotiation: 'r\n' };

function cipherOptions(plan) {
  return plan.tls13 ? ['-ciphersuites', plan.cipher] : ['-cipher', `${plan.cipher}:@SECLEVEL=0`];
}

/** What no option of the programs turns off, a configuration file does. */
function opensslEnvironment(plan, folder) {
  const file = join(folder, 'openssl.cnf');
  const options = plan.config.length === 0 ? '' : `Options = ${plan.config.join(',')}\n`;
  const minimum = 'MinProtocol = TLSv1\nCipherString = DEFAULT:@SECLEVEL=0\n';
  writeFileSync(
    file,
    `openssl_conf = a\n[a]\nssl_conf = b\n[b]\nsystem_default = c\n[c]\n${minimum}${options}`,
  );
  return { OPENSSL_CONF: file };
}

const gnutlsEndpoints = {
  async startServer(plan, credentials) {
    const port = await freePort();
    const { certificate, key } = credentials.rsa;
    const args = ['--echo', '--port', String(port), '--x509certfile', certificate, '--x509keyfile', key];
    args.push('--priority', plan.priority, '--disable-client-cert');
    if (plan.recordSize !== null) args.push('--recordsize', String(plan.recordSize));
    const end = new Endpoint('gnutls-serv', args, {}, {});
    end.echoes = true;
    if (!(await end.heard('done'))) return `server: ${end.lastWords()}`;
    end.port = port;
    return end;
  },
  startClient(plan, _credentials, _folder, port, keylog) {
    const args = ['--insecure', '--inline-commands', '--port', String(port), '--priority', plan.priority];
    if (plan.recordSize !== null) args.push('--recordsize', String(plan.recordSize));
    const commands = { 'key update': '^rekey^\n', renegotiation: '^renegotiate^\n' };
    const end = new Endpoint('gnutls-cli', [...args, '127.0.0.1'], { SSLKEYLOGFILE: keylog }, commands);
    end.readyMark = 'Simple Client Mode';
    return end;
  },
};

/** A program that is written to, and whose output is searched. */
class Endpoint {
  port = 0;
  echoes = false;
  earlyData = null;
  readyMark = '';
  #child;
  #output = '';
  #ended = false;
  #commands;

  constructor(program, args, environment, commands) {
    this.#commands = commands;
    this.#child = spawn(program, args, { env: { ...process.env, ...environment }, stdio: 'pipe' });
    const hear = (chunk) => {
      this.#output += chunk.toString('latin1');
    };
    this.#child.stdout.on('data', hear);
    this.#child.stderr.on('data', hear);
    this.#child.stdin.on('error', () => {});
    this.#child.on('error', () => (this.#ended = true));
    this.#child.on('exit', () => (this.#ended = true));
  }

  write(data) {
    this.#child.stdin.write(data);
  }

  change(kind) {
    this.write(this.#commands[kind]);
  }

  ready() {
    return this.heard(this.readyMark);
  }

  /** True once the text stands in what the program printed. It is forgotten up to there. */
  async heard(text) {
    for (const start = Date.now(); Date.now() - start < 4000; await sleep(2)) {
      const at = this.#output.indexOf(text);
      // The server's echo has the mark as well; an echo server prints nothing.
      if (at >= 0 || (this.echoes && text !== 'done')) {
        this.#output = this.#output.slice(at + text.length);
        return true;
      }
      if (this.#ended) return false;
    }
    return false;
  }

  lastWords() {
    return this.#output.trim().split('\n').slice(-2).join(' / ').slice(0, 160);
  }

  async end() {
    this.#child.stdin.end();
    for (let i = 0; i < 40 && !this.#ended; i++) {
      await sleep(10);
      if (i === 10 && this.port !== 0) this.#child.kill('SIGTERM');
    }
    if (!this.#ended) this.#child.kill('SIGKILL');
  }
}

/** Passes one connection on to `target` and keeps what went through. */
async function startProxy(target) {
  const chunks = [];
  const sockets = [];
  let last = Date.now();
  const start = Date.now();
  const relay = (from, to, direction) => {
    from.on('data', (data) => {
      last = Date.now();
      chunks.push({ direction, time: last - start, data: data.toString('base64') });
      to.write(data);
    });
    from.on('end', () => to.end());
    from.on('error', () => to.destroy());
  };
  const listener = createServer((client) => {
    const server = createConnection(target, '127.0.0.1');
    sockets.push(client, server);
    client.setNoDelay();
    server.setNoDelay();
    relay(client, server, 0);
    relay(server, client, 1);
  });
  await new Promise((done) => listener.listen(0, '127.0.0.1', done));
  return {
    port: listener.address().port,
    chunks,
    async quiet(milliseconds) {
      for (let i = 0; i < 100 && Date.now() - last < milliseconds; i++) await sleep(5);
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((done) => listener.close(done));
    },
  };
}

async function freePort() {
  const listener = createServer();
  await new Promise((done) => listener.listen(0, '127.0.0.1', done));
  const { port } = listener.address();
  await new Promise((done) => listener.close(done));
  return port;
}
