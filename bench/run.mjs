/**
 * Sipher beside tshark and ssldump, on captures made for it, output thrown away.
 *
 *   npm run bench -- [--frames N] [--repeat N] [--only interleaved|trunk-cbc|trunk-gcm|app] [--json FILE]
 *
 * Each program runs in turn with the others, `--repeat` times; the median counts. tshark and ssldump are told the same
 * key. Names are resolved by none of them.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { generateCapture, SERVER_KEY } from './generate-capture.mjs';
import { findProgram, measure } from './measure.mjs';
import { printStages } from './stages.mjs';

const SIPHER = fileURLToPath(new URL('../dist/cli/sipher.mjs', import.meta.url));
const APP = fileURLToPath(new URL('app.mjs', import.meta.url));
const CAPTURES = fileURLToPath(new URL('captures/', import.meta.url));

const SHAPES = [
  {
    name: 'interleaved',
    connections: 250,
    suite: 'mixed',
    what: '250 connections, AES256-SHA and AES128-GCM',
  },
  { name: 'trunk-cbc', connections: 1, suite: 'cbc', what: 'one connection, AES256-SHA' },
  { name: 'trunk-gcm', connections: 1, suite: 'gcm', what: 'one connection, AES128-GCM' },
];

const TSHARK_FIELDS = [
  'frame.number',
  'frame.time_epoch',
  'ip.src',
  'ip.dst',
  'sip.Request-Line',
  'sip.Status-Line',
  'sip.Call-ID',
  'sip.CSeq',
].flatMap((field) => ['-e', field]);

/** What is asked for: at least so many times as fast, at most so much of the memory. */
const ASKED = { tshark: 8, ssldump: 2, memory: 0.5 };
const GOAL = { tshark: 20, ssldump: 5 };

const { values } = parseArgs({
  options: {
    frames: { type: 'string', default: '500000' },
    repeat: { type: 'string', default: '3' },
    only: { type: 'string' },
    json: { type: 'string' },
  },
});

await main();

async function main() {
  if (!existsSync(SIPHER)) {
    console.error('bench: dist/cli/sipher.mjs is missing: run npm run build first');
    process.exitCode = 1;
    return;
  }
  const peers = { tshark: findProgram('tshark'), ssldump: findProgram('ssldump') };
  for (const [name, path] of Object.entries(peers))
    if (path === null) console.log(`${name} is not installed: nothing to compare with`);
  console.log(`Node ${process.version}, ${cpus().length} processors (${cpus()[0]?.model ?? 'unknown'})`);
  const results = [];
  for (const shape of SHAPES) {
    if (values.only !== undefined && shape.name !== values.only) continue;
    results.push(await benchShape(shape, peers));
  }
  if (values.only === undefined || values.only === 'app') await benchApp();
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(results, null, 2)}\n`);
}

/** The page in a browser has a program of its own. */
async function benchApp() {
  console.log('\napp:');
  const child = spawn(process.execPath, [APP, '--frames', values.frames], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  await new Promise((done) => child.on('close', done));
}

async function benchShape(shape, peers) {
  const { file, messages } = captureOf(shape);
  const megabytes = (statSync(file).size / 1e6).toFixed(0);
  console.log(
    `\n${shape.name}: ${shape.what}; ${values.frames} frames, ${messages} SIP messages, ${megabytes} MB`,
  );
  const found = await countLines([process.execPath, SIPHER, 'sip', file, '--key', SERVER_KEY, '--json']);
  console.log(`  messages given: ${found} of ${messages}${found === messages ? '' : '   WRONG'}`);
  const pairs = [
    { name: 'sip --json', peer: 'tshark', commands: [sipher(file, '--json'), tshark(peers.tshark, file)] },
    { name: 'sip --text', peer: 'ssldump', commands: [sipher(file, '--text'), ssldump(peers.ssldump, file)] },
  ];
  const result = { shape: shape.name, frames: Number(values.frames), messages, found, pairs: [] };
  for (const { name, peer, commands } of pairs) {
    const [ours, theirs] = await runInTurn(commands);
    printRow(`sipher ${name}`, ours);
    if (theirs !== null) {
      printRow(peer, theirs);
      printRatios(peer, ours, theirs);
    }
    result.pairs.push({ name, peer, ours, theirs });
    console.log(`  where the time of ${name} goes:`);
    await printStages(commands[0]);
  }
  return result;
}

/** Made once: the same options make the same bytes. */
function captureOf({ name, connections, suite }) {
  mkdirSync(CAPTURES, { recursive: true });
  const file = `${CAPTURES}${name}-${values.frames}.pcap`;
  const facts = `${file}.json`;
  if (!existsSync(file) || !existsSync(facts)) {
    console.log(`making ${name} …`);
    const made = generateCapture(file, { frames: Number(values.frames), connections, suite, seed: 1 });
    writeFileSync(facts, JSON.stringify(made));
  }
  const { messages } = JSON.parse(readFileSync(facts, 'utf8'));
  return { file, messages };
}

function sipher(file, form) {
  return [process.execPath, SIPHER, 'sip', file, '--key', SERVER_KEY, form];
}

function tshark(program, file) {
  if (program === null) return null;
  const keys = `uat:rsa_keys:"${SERVER_KEY}",""`;
  return [program, '-n', '-o', keys, '-r', file, '-Y', 'sip', '-T', 'fields', ...TSHARK_FIELDS];
}

function ssldump(program, file) {
  return program === null ? null : [program, '-n', '-d', '-k', SERVER_KEY, '-r', file];
}

/** Each command `--repeat` times, in turn, so that a slow spell of the machine hits all; medians. */
async function runInTurn(commands) {
  const runs = commands.map(() => []);
  for (let round = 0; round < Number(values.repeat); round++) {
    for (const [i, command] of commands.entries()) {
      if (command === null) continue;
      const figures = await measure(command);
      if (figures === null || figures.code !== 0)
        console.log(`  ${command[0]} failed (${figures?.code ?? 'not started'})`);
      else runs[i].push(figures);
    }
  }
  return runs.map((figures) =>
    figures.length === 0
      ? null
      : {
          wall: median(figures.map(({ wall }) => wall)),
          best: Math.min(...figures.map(({ wall }) => wall)),
          cpu: median(figures.map(({ cpu }) => cpu)),
          memory: Math.max(...figures.map(({ memory }) => memory)),
        },
  );
}

function printRow(name, figures) {
  if (figures === null) return;
  const { wall, best, cpu, memory } = figures;
  console.log(
    `  ${name.padEnd(18)} ${seconds(wall)} wall (best ${seconds(best)})  ${seconds(cpu)} CPU  ${(memory / 1e6).toFixed(0).padStart(5)} MB`,
  );
}

function printRatios(peer, ours, theirs) {
  if (ours === null) return;
  const speed = theirs.wall / ours.wall;
  const memory = ours.memory / theirs.memory;
  const verdict = speed >= GOAL[peer] ? 'goal reached' : speed >= ASKED[peer] ? 'as asked' : 'SHORT';
  const memoryVerdict = peer !== 'tshark' ? '' : memory <= ASKED.memory ? ', as asked' : ', TOO MUCH';
  console.log(
    `  ${`against ${peer}`.padEnd(18)} ${speed.toFixed(1)} times as fast (asked ${ASKED[peer]}, goal ${GOAL[peer]}: ${verdict}), ` +
      `${(theirs.cpu / ours.cpu).toFixed(1)} times less CPU, ${memory.toFixed(2)} of its memory${memoryVerdict}`,
  );
}

function countLines(command) {
  return new Promise((resolve) => {
    const child = spawn(command[0], command.slice(1), { stdio: ['ignore', 'pipe', 'inherit'] });
    let lines = 0;
    child.stdout.on('data', (chunk) => {
      for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) lines++;
    });
    child.on('error', () => resolve(0));
    child.on('close', () => resolve(lines));
  });
}

function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function seconds(value) {
  return `${value.toFixed(2).padStart(6)} s`;
}
