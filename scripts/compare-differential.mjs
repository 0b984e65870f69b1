/**
 * Differential test: fresh sessions of real endpoints, then everything that networks and captures do to packets. For
 * every record whose bytes and keys are there, Sipher's plaintext must be what the endpoint sent, and nothing that it
 * calls decrypted may be anything else.
 *
 *   node scripts/compare-differential.mjs [--scenes N] [--runs N] [--seed N] [--keep FILE] [--only MUTATION] [--scene ID]
 *
 * `--keep` writes the recorded sessions to a file, or takes them from it. Captures that show a fault are kept in
 * test-results/differential with the keys and the command to look at them.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { Random } from '../bench/random.mjs';
import { loadOrRecordScenes, recordScenes } from './compare-recorder.mjs';
import {
  captureOf,
  coverageOf,
  FIRST_CLIENT_PORT,
  MUTATIONS,
  packetsOf,
  SERVER_PORT,
} from './compare-tcp.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const RESULTS = join(ROOT, 'test-results/differential');

const { values } = parseArgs({
  options: {
    scenes: { type: 'string', default: '200' },
    runs: { type: 'string', default: '5000' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 1e6)) },
    keep: { type: 'string' },
    only: { type: 'string' },
    scene: { type: 'string' },
    'most-shown': { type: 'string', default: '20' },
  },
});

async function main() {
  const folder = mkdtempSync(join(tmpdir(), 'sipher-differential-'));
  try {
    const load = await buildCore(folder);
    const seed = Number(values.seed);
    const progress = (done, what) => process.stderr.write(`recorded ${done}: ${what}\n`);
    const record = (count) =>
      values.keep === undefined
        ? recordScenes(count, seed, progress)
        : loadOrRecordScenes(values.keep, count, seed, progress);
    const { scenes, failed } = await record(Number(values.scenes));
    for (const failure of failed) console.log(`not recorded: ${failure}`);
    console.log(`seed ${seed}: ${scenes.length} sessions of real endpoints`);
    const tally = new Tally();
    const ready = [];
    for (const scene of scenes.filter(({ id }) => values.scene === undefined || id === values.scene)) {
      const truth = await readTruth(scene, load, folder);
      if (typeof truth === 'string') tally.unreadable(scene, truth);
      else ready.push({ scene, truth });
    }
    const kinds = values.only === undefined ? Object.keys(MUTATIONS) : [values.only];
    const random = new Random(seed);
    for (let run = 0; run < Number(values.runs) && ready.length > 0; run++) {
      const { scene, truth } = random.pick(ready);
      await tryOnce(scene, truth, kinds[run % kinds.length], random.word(), load, folder, tally);
    }
    tally.print();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The core, bundled once, in this process: thousands of runs would be slow as programs of their own. */
async function buildCore(folder) {
  const { build } = await import('vite');
  const entry = 'virtual:differential-entry';
  await build({
    configFile: false,
    envDir: false,
    root: ROOT,
    logLevel: 'error',
    publicDir: false,
    plugins: [
      {
        name: 'differential-entry',
        resolveId: (id) => (id === entry ? `\0${entry}` : null),
        load: (id) => (id === `\0${entry}` ? `export { loadCaptures } from '${ROOT}cli/load.ts';` : null),
      },
    ],
    ssr: { noExternal: true, target: 'node' },
    build: {
      ssr: true,
      outDir: folder,
      emptyOutDir: false,
      minify: false,
      rollupOptions: { input: entry, output: { entryFileNames: 'core.mjs' } },
    },
  });
  const { loadCaptures } = await import(pathToFileURL(join(folder, 'core.mjs')).href);
  return loadCaptures;
}

/** All frames of a capture as `frames --json --plaintext` gives them; a sentence where it was refused. */
async function framesOf(load, capture, keys) {
  const loaded = await load([capture], {
    key: [],
    password: [],
    passwordFile: [],
    keylog: [],
    psk: [],
    ...keys,
  });
  if (typeof loaded === 'number') return `refused with exit code ${loaded}`;
  const { analysis, frames } = loaded;
  const reports = [];
  for (let number = 1; number <= analysis.structure.frames.length; number++)
    reports.push(frames.report(number, { plaintext: true, files: null }));
  loaded.close();
  return reports;
}

/** Which keys a run is given: what the scene says is enough by itself, or the key log. */
function keysOf(scene, random, folder) {
  const write = (name, text) => {
    const file = join(folder, name);
    writeFileSync(file, text, { mode: 0o600 });
    return file;
  };
  if (scene.rsa && random.chance(0.6))
    return { kind: 'rsa', options: { key: [write('key.pem', scene.certificateKey)] } };
  return { kind: 'keylog', options: { keylog: [write('keys.log', scene.keylog)] } };
}

/**
 * What each record of a scene holds: found by opening the unharmed capture, and believed only where the application data
 * of each direction, put together, is what that side was given to send. A sentence where it is not.
 */
async function readTruth(scene, load, folder) {
  const random = new Random(1);
  const capture = join(folder, 'clean.pcap');
  writeFileSync(capture, captureOf(packetsOf(scene, random), random));
  const choices = scene.rsa ? [0, 1] : [1];
  let truth = null;
  for (const choice of choices) {
    const keys = keysOf(scene, { chance: () => choice === 0 }, folder);
    const reports = await framesOf(load, capture, keys.options);
    if (typeof reports === 'string') return reports;
    const opened = openedRecords(reports);
    for (const [index, connection] of scene.connections.entries()) {
      for (const direction of [0, 1]) {
        const own = opened.filter((one) => one.connection === index && one.direction === direction);
        const data = own.filter(isData).map(({ plaintext }) => Buffer.from(plaintext ?? '', 'base64'));
        if (!Buffer.concat(data).equals(Buffer.from(connection.sent[direction], 'base64')))
          return `with ${keys.kind} connection ${index} ${direction === 0 ? 'client' : 'server'}: ${describeMiss(own, connection.sent[direction])}`;
      }
    }
    truth = scene.connections.map((connection, index) =>
      [0, 1].map((direction) => alignRecords(connection, index, direction, opened)),
    );
    const bad = truth.flat().find((records) => typeof records === 'string');
    if (bad !== undefined) return bad;
  }
  return { records: truth, tls13: isTls13(truth) };
}

function describeMiss(own, sent) {
  const causes = new Map();
  for (const { verdict, cause } of own)
    if (verdict === 'opaque') causes.set(cause, (causes.get(cause) ?? 0) + 1);
  const words = [...causes].map(([cause, count]) => `${count} ${cause}`).join(', ');
  return `what was opened is not what was sent (${sent.length === 0 ? 'nothing' : 'data'} sent; opaque: ${words || 'none'})`;
}

function openedRecords(reports) {
  return reports.flatMap((frame) => {
    const serverSends = frame.source.endsWith(`:${SERVER_PORT}`);
    const port = Number((serverSends ? frame.destination : frame.source).split(':').at(-1));
    return frame.records.map((record) => ({
      ...record,
      direction: serverSends ? 1 : 0,
      connection: port - FIRST_CLIENT_PORT,
      frame: frame.frame,
    }));
  });
}

function isData({ verdict, type, innerType }) {
  return verdict === 'decrypted' && (innerType ?? type) === 'application_data';
}

/** The records of a recorded stream by its own headers, each with what was opened of it. */
function alignRecords(connection, index, direction, opened) {
  const chunks = connection.chunks.map((chunk, order) => ({
    ...chunk,
    order,
    data: Buffer.from(chunk.data, 'base64'),
  }));
  const own = chunks.filter((chunk) => chunk.direction === direction);
  const stream = Buffer.concat(own.map(({ data }) => data));
  const ends = own.map(
    (
      (end) =>
      ({ data, order }) => ({ end: (end += data.length), order })
    )(0),
  );
  const reports = opened.filter((one) => one.connection === index && one.direction === direction);
  const records = [];
  for (let at = 0; at < stream.length;) {
    const end = at + 5 + stream.readUInt16BE(at + 3);
    const report = reports[records.length];
    if (report === undefined || report.length !== end - at - 5)
      return `connection ${index}: records do not line up at byte ${at}`;
    const order = ends.find((piece) => piece.end >= end)?.order ?? 0;
    records.push({ from: at, to: end, type: stream[at], order, report });
    at = end;
  }
  return records.length === reports.length
    ? records
    : `connection ${index}: ${reports.length} records, ${records.length} were sent`;
}

function isTls13(truth) {
  return truth.flat(2).some(({ report }) => report.innerType !== undefined && report.innerType !== null);
}

async function tryOnce(scene, truth, kind, seed, load, folder, tally) {
  const random = new Random(seed);
  const packets = MUTATIONS[kind](packetsOf(scene, random), random);
  const capture = join(folder, 'run.pcap');
  const bytes = captureOf(packets, random);
  writeFileSync(capture, bytes);
  const keys = keysOf(scene, random, folder);
  const start = process.cpuUsage();
  let reports;
  try {
    reports = await framesOf(load, capture, keys.options);
  } catch (error) {
    reports = `threw: ${error instanceof Error ? error.message : String(error)}`;
  }
  const seconds = process.cpuUsage(start).user / 1e6;
  const outcome =
    typeof reports === 'string'
      ? { faults: [reports], expected: 0, opened: 0, rescued: 0 }
      : judge(truth, packets, keys, reports);
  if (seconds > 5) outcome.faults.push(`took ${seconds.toFixed(1)} s`);
  tally.add(kind, outcome);
  if (outcome.faults.length > 0) tally.keep(scene, kind, seed, keys, bytes, outcome.faults);
}

/** Holds the reports of a harmed capture against the truth. */
function judge(truth, packets, keys, reports) {
  const all = openedRecords(reports);
  const opened = all.filter(({ verdict }) => verdict === 'decrypted');
  const found = new Map();
  for (const one of opened) {
    const key = keyOf(one);
    found.set(key, (found.get(key) ?? 0) + 1);
  }
  const known = new Map();
  const outcome = { faults: [], expected: 0, opened: 0, rescued: 0 };
  const missing = [];
  const handshakes = truth.records.map((directions, index) =>
    handshakeHoles(directions, packets, index, truth.tls13),
  );
  for (const [index, directions] of truth.records.entries()) {
    for (const [direction, records] of directions.entries()) {
      const holds = coverageOf(packets, index, direction);
      let previousWhole = true;
      for (const record of records) {
        const { report } = record;
        const whole = holds(record.from, record.to);
        if (report.verdict === 'decrypted') {
          const key = keyOf({ ...report, connection: index, direction });
          known.set(key, (known.get(key) ?? 0) + 1);
          const data = isData(report) && report.plaintext !== '';
          const hole = handshakes[index].some((order) => order <= record.order);
          // A resumed session's master secret comes out of the first handshake, unless a key log has it.
          const origin = index > 0 && keys.kind !== 'keylog' && handshakes[0].length > 0;
          const chained = chainsIv(report) && !previousWhole;
          const due = whole && data && !hole && !origin && !chained;
          const got = (found.get(key) ?? 0) >= known.get(key);
          if (due) {
            outcome.expected++;
            if (got) outcome.opened++;
            else missing.push(describeMissing(index, direction, record, all));
          } else if (data && got) outcome.rescued++;
        }
        previousWhole = whole;
      }
    }
  }
  if (missing.length > 0)
    outcome.faults.push(`${missing.length} of ${outcome.expected} not opened, first: ${missing[0]}`);
  for (const [key, count] of found)
    if (count > (known.get(key) ?? 0)) outcome.faults.push(`decrypted what nobody sent: ${key.slice(0, 80)}`);
  for (const frame of reports)
    if (typeof frame.verdict !== 'string') outcome.faults.push(`frame ${frame.frame} has no verdict`);
  return outcome;
}

function describeMissing(connection, direction, { from, to }, all) {
  const like = all.filter(
    (one) =>
      one.connection === connection &&
      one.direction === direction &&
      one.length === to - from - 5 &&
      (one.verdict === 'opaque' || typeof one.plaintext !== 'string'),
  );
  const fate =
    like.length === 0
      ? 'no such record'
      : [...new Set(like.map(({ cause }) => cause ?? 'decrypted, no plaintext'))].join(' or ');
  return `connection ${connection} ${direction === 0 ? 'client' : 'server'} bytes ${from} to ${to} (${fate})`;
}

/**
 * When (by order of the recorded chunks) handshake records of a connection stood that the capture does not hold whole, or
 * whose first block went with the record before them.
 */
function handshakeHoles(directions, packets, index, tls13) {
  return directions.flatMap((records, direction) => {
    const holds = coverageOf(packets, index, direction);
    const missed = ({ from, to, report }, before) =>
      !holds(from, to) || (chainsIv(report) && before !== undefined && !holds(before.from, before.to));
    return records
      .filter((record, at) => missed(record, records[at - 1]))
      .filter(({ type }) => type === 22 || (type === 20 && !tls13))
      .map(({ order }) => order);
  });
}

/** TLS 1.0 and CBC: the last block of the record before is the IV (RFC 2246 §6.2.3.2). */
function chainsIv({ version, cipherSuite }) {
  return (
    (version === 'TLS 1.0' || version === 'SSL 3.0') &&
    typeof cipherSuite === 'string' &&
    cipherSuite.includes('_CBC_')
  );
}

function keyOf({ connection, direction, type, innerType, plaintext }) {
  return `${connection} ${direction} ${innerType ?? type} ${plaintext}`;
}

/** Counts, and what went wrong. */
class Tally {
  #kinds = new Map();
  #faults = 0;
  #unreadable = 0;

  add(kind, { expected, opened, rescued, faults }) {
    const row = this.#kinds.get(kind) ?? { runs: 0, expected: 0, opened: 0, rescued: 0, faulty: 0 };
    row.runs++;
    row.expected += expected;
    row.opened += opened;
    row.rescued += rescued;
    if (faults.length > 0) row.faulty++;
    this.#kinds.set(kind, row);
  }

  unreadable({ id, what }, why) {
    this.#unreadable++;
    console.log(`FAULT unharmed ${id} (${what}): ${why}`);
  }

  keep({ id, what, keylog, certificateKey }, kind, seed, keys, capture, faults) {
    if (this.#faults++ >= Number(values['most-shown'])) return;
    const folder = join(RESULTS, `${kind}-${id}-${seed}`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'capture.pcap'), capture);
    writeFileSync(join(folder, 'keys'), keys.kind === 'rsa' ? certificateKey : keylog, { mode: 0o600 });
    console.log(`FAULT ${kind} ${id} (${what}), keys: ${keys.kind}: ${faults.slice(0, 3).join('; ')}`);
    console.log(
      `  sipher frames ${folder}/capture.pcap --${keys.kind === 'rsa' ? 'key' : 'keylog'} ${folder}/keys`,
    );
  }

  print() {
    console.log('\nmutation        runs  records due  opened  opened beyond that  runs with faults');
    const sum = { runs: 0, expected: 0, opened: 0, rescued: 0, faulty: 0 };
    for (const [kind, row] of [...this.#kinds, ['all', sum]]) {
      const { runs, expected, opened, rescued, faulty } = row;
      console.log(
        `${kind.padEnd(14)} ${String(runs).padStart(5)}  ${String(expected).padStart(11)}  ${String(opened).padStart(6)}  ${String(rescued).padStart(18)}  ${String(faulty).padStart(16)}`,
      );
      if (row !== sum) for (const name of Object.keys(sum)) sum[name] += row[name];
    }
    if (this.#unreadable > 0) console.log(`${this.#unreadable} sessions could not be read even unharmed`);
    if (sum.faulty > 0 || this.#unreadable > 0) process.exitCode = 1;
  }
}

await main();
