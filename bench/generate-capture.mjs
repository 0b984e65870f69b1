/**
 * Makes captures of SIP over TLS 1.2 with RSA key exchange: the same bytes each time. Beside the capture stands a key
 * log; the server's key is fixtures/pbx.key.pem.
 *
 *   node bench/generate-capture.mjs FILE [--frames N] [--connections N] [--suite mixed|cbc|gcm] [--seed N]
 */
import { X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { ACK, FIN, PcapWriter, PSH, SYN } from './pcap-writer.mjs';
import { Random } from './random.mjs';
import { SipScript } from './sip-script.mjs';
import { AES128_GCM, AES256_SHA, Tls12RsaSession } from './tls12-rsa-session.mjs';

export const SERVER_KEY = fileURLToPath(new URL('fixtures/pbx.key.pem', import.meta.url));

/**
 * @param {string} file
 * @param {{frames: number, connections: number, suite: 'mixed' | 'cbc' | 'gcm', seed: number}} options
 * @returns {{frames: number, bytes: number, messages: number, keylog: string}} what was made; `bytes` without pcap headers
 */
export function generateCapture(file, options) {
  const { frames, connections: count } = options;
  const random = new Random(options.seed);
  const server = readServer();
  const writer = new PcapWriter(file);
  const connections = Array.from({ length: count }, (_, i) => new Connection(i, options, server, writer));
  const keylog = connections.map(({ session }) => keylogLine(session)).join('');
  let time = START;
  // The last frames are the goodbyes, so that every connection ends properly.
  const talking = frames - GOODBYE * count;
  while (writer.frames < talking) {
    // Runs of a few frames of one connection, as networks deliver them.
    const connection = random.pick(connections);
    for (let run = random.between(1, 3); run > 0 && writer.frames < talking; run--)
      connection.step((time += random.between(20, 380)));
  }
  for (const connection of connections)
    for (let i = 0; i < GOODBYE && writer.frames < frames; i++) connection.end((time += 100));
  writer.close();
  writeFileSync(`${file}.keys`, keylog, { mode: 0o600 });
  const messages = connections.reduce((sum, connection) => sum + connection.messages, 0);
  return { frames: writer.frames, bytes: writer.bytes, messages, keylog: `${file}.keys` };
}

/** One TCP connection: each step sends one segment. */
class Connection {
  messages = 0;
  session;
  #script;
  #writer;
  #ends;
  /** Sequence number of the next byte, by direction. */
  #next;
  /** Segments that are fixed: {direction, flags, payload}. */
  #opening;
  #goodbye;
  /** Segments received since the last one sent, by direction. */
  #heard = [0, 0];

  constructor(index, options, server, writer) {
    const random = new Random(options.seed * 7919 + index + 1);
    this.#writer = writer;
    const client = endpoint(10, 20 + (index >> 8), index & 255, 32768 + random.below(28000));
    const pbx = endpoint(10, 1, 5, 5061);
    this.#ends = [client, pbx];
    this.#next = [random.word(), random.word()];
    const suites = { cbc: AES256_SHA, gcm: AES128_GCM, mixed: index % 2 === 0 ? AES256_SHA : AES128_GCM };
    this.session = new Tls12RsaSession(random, server, suites[options.suite], index % 4 < 2);
    this.#script = new SipScript(random, {
      client: `${[...client.address].join('.')}:${client.port}`,
      server: `${[...pbx.address].join('.')}:${pbx.port}`,
      domain: server.serverName,
      user: String(1000 + index),
      // A phone has a call or two at a time; a trunk has dozens.
      calls: options.connections === 1 ? 60 : 2,
    });
    this.#opening = [
      { direction: 0, flags: SYN, payload: EMPTY },
      { direction: 1, flags: SYN | ACK, payload: EMPTY },
      { direction: 0, flags: ACK, payload: EMPTY },
      ...this.session.flights.flatMap(({ direction, bytes }) => segmentsOf(direction, bytes)),
    ];
    const last = random.below(2);
    this.#goodbye = [
      { direction: last, flags: FIN | ACK, payload: EMPTY },
      { direction: 1 - last, flags: FIN | ACK, payload: EMPTY },
      { direction: last, flags: ACK, payload: EMPTY },
    ];
  }

  step(time) {
    const fixed = this.#opening.shift();
    if (fixed !== undefined) {
      this.#send(time, fixed);
      return;
    }
    // A bare acknowledgement where one side only listened for a while.
    const silent = this.#heard.findIndex((segments) => segments >= 6);
    if (silent >= 0) {
      this.#send(time, { direction: silent, flags: ACK, payload: EMPTY });
      return;
    }
    const { direction, text } = this.#script.next();
    const payload = this.session.seal(direction, 23, Buffer.from(text));
    this.#send(time, { direction, flags: PSH | ACK, payload });
    this.messages++;
  }

  end(time) {
    this.#send(time, this.#goodbye.shift());
  }

  #send(time, { direction, flags, payload }) {
    const segment = {
      from: this.#ends[direction],
      to: this.#ends[1 - direction],
      sequence: this.#next[direction],
      acknowledgement: flags & ACK ? this.#next[1 - direction] : 0,
      flags,
    };
    this.#writer.segment(time, segment, payload);
    this.#next[direction] = (this.#next[direction] + payload.length + (flags & (SYN | FIN) ? 1 : 0)) >>> 0;
    this.#heard[1 - direction]++;
    this.#heard[direction] = 0;
  }
}

const EMPTY = Buffer.alloc(0);
/** Bytes of payload that fit beside TCP timestamps in 1500. */
const MSS = 1448;
/** Segments of one goodbye. */
const GOODBYE = 3;
/** 2026-12-01 08:00 UTC, in microseconds. */
const START = Date.UTC(2026, 11, 1, 8) * 1000;

function segmentsOf(direction, bytes) {
  const segments = [];
  for (let at = 0; at < bytes.length; at += MSS)
    segments.push({ direction, flags: PSH | ACK, payload: bytes.subarray(at, at + MSS) });
  return segments;
}

function endpoint(network, host, last, port) {
  return {
    mac: Buffer.of(2, 0, network, host, last >> 8, last & 255),
    address: Buffer.of(10, network, host, last),
    port,
  };
}

function readServer() {
  const certificate = new X509Certificate(readFileSync(new URL('fixtures/pbx.cert.pem', import.meta.url)));
  return {
    certificate: certificate.raw,
    publicKey: certificate.publicKey,
    serverName: 'pbx.bench.example',
  };
}

function keylogLine({ clientRandom, masterSecret }) {
  return `CLIENT_RANDOM ${clientRandom.toString('hex')} ${masterSecret.toString('hex')}\n`;
}

function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      frames: { type: 'string', default: '500000' },
      connections: { type: 'string', default: '250' },
      suite: { type: 'string', default: 'mixed' },
      seed: { type: 'string', default: '1' },
    },
  });
  const [file] = positionals;
  const numbers = [values.frames, values.connections, values.seed].map(Number);
  if (
    file === undefined ||
    numbers.some((n) => !Number.isSafeInteger(n) || n < 1) ||
    !SUITES.includes(values.suite)
  ) {
    console.error(
      'usage: generate-capture.mjs FILE [--frames N] [--connections N] [--suite mixed|cbc|gcm] [--seed N]',
    );
    process.exitCode = 1;
    return;
  }
  const [frames, connections, seed] = numbers;
  const made = generateCapture(file, { frames, connections, suite: values.suite, seed });
  console.log(`${file}: ${made.frames} frames, ${made.messages} SIP messages, ${made.bytes} bytes`);
}

const SUITES = ['mixed', 'cbc', 'gcm'];

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) main();
