/**
 * How the list of calls answers over a capture of ten thousand calls in encrypted connections: the first window and later
 * ones, filters, single calls, and the longest time for which the analysis thread answers nobody: by the clock, and (on
 * Linux) of its own processor time, which others on the machine do not lengthen. `npm run build` first: the threads that
 * decrypt are those of dist.
 *
 *   node bench/calls.mjs [CALLS]
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setImmediate as nextTurn, setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createServer } from 'vite';
import { generateCapture, SERVER_KEY } from './generate-capture.mjs';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const calls = Number(process.argv[2] ?? 10_000);
/** Frames of the generator's script for each call in it, with the registrations and pings between. */
const FRAMES_A_CALL = 9.7;

// The sources themselves, all in one graph of modules.
const server = await createServer({
  configFile: false,
  root: ROOT,
  appType: 'custom',
  logLevel: 'error',
  server: { middlewareMode: true, hmr: false, ws: false, watch: null },
  optimizeDeps: { noDiscovery: true, include: [] },
});
const { AnalysisDesk } = await server.ssrLoadModule('/core/node/analysis-desk.ts');

const folder = mkdtempSync(join(tmpdir(), 'sipher-calls-'));
const capture = join(folder, 'calls.pcap');
const frames = Math.round(calls * FRAMES_A_CALL);
const made = generateCapture(capture, { frames, connections: 250, suite: 'mixed', seed: 1 });
console.log(`${made.frames} frames, ${made.messages} SIP messages`);

let phase = '';
let phaseDone = null;
const desk = new AnalysisDesk((push) => {
  if (push.name !== 'status') return;
  ({ phase } = push.value);
  if (phase === 'done') phaseDone?.();
});
const stall = { longest: 0, busiest: 0, running: true };
void (async () => {
  let before = performance.now();
  let busyBefore = threadTime();
  while (stall.running) {
    await nextTurn();
    const now = performance.now();
    const busy = threadTime();
    stall.longest = Math.max(stall.longest, now - before);
    stall.busiest = Math.max(stall.busiest, busy - busyBefore);
    before = now;
    busyBefore = busy;
  }
})();

/** Milliseconds of processor time that this thread had; 0 where the system does not tell. */
function threadTime() {
  try {
    return Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'ascii').split(' ', 1)[0]) / 1e6;
  } catch {
    return 0;
  }
}

const ALL = { text: '', states: [] };
const window = (filter, from = 0) => desk.request('calls.window', { filter, from, count: 100 });

await measure('read without anybody asking for calls', async () => {
  await open();
});
const first = await measure('first window', () => window(ALL));
console.log(`  ${first.total} calls`);
const froms = Array.from({ length: 100 }, (_, i) => Math.floor((i * first.total) / 100));
await measureEach('later windows, over the whole list', froms, (from) => window(ALL, from));
await measure('first window of a text filter', () => window({ text: '1042', states: [] }));
await measure('the same again', () => window({ text: '1042', states: [] }, 10));
await measure('first window of a state filter', () => window({ text: '', states: ['busy'] }));
const some = [];
for (const from of froms.slice(0, 50)) some.push((await window(ALL, from)).rows[0].call);
await measure('first call', () => desk.request('call.detail', { call: some[0] }));
await measureEach('further calls', some.slice(1), (call) => desk.request('call.detail', { call }));
await measure('other dialogs', () =>
  desk.request('dialogs.window', { kind: '', text: '', from: 0, count: 100 }),
);
await measure('statistics', () => desk.request('sip.statistics', null));
await desk.request('capture.close', null);
let asked = 0;
let slowest = 0;
await measure('read while the list is asked for ten times a second', async () => {
  const reading = open();
  let done = false;
  void reading.then(() => (done = true));
  while (!done) {
    const began = performance.now();
    await window(ALL);
    slowest = Math.max(slowest, performance.now() - began);
    asked += 1;
    await wait(100);
  }
  await reading;
});
console.log(`  asked ${asked} times, slowest answer ${slowest.toFixed(0)} ms`);

stall.running = false;
await desk.close();
await server.close();
rmSync(folder, { recursive: true });

async function open() {
  const done = new Promise((resolve) => (phaseDone = resolve));
  const key = { keyFiles: [SERVER_KEY], keylogs: [], passwords: [], psks: [] };
  phase = '';
  await desk.openPaths([capture], key);
  await done;
}

async function measure(name, run) {
  await nextTurn();
  stall.longest = 0;
  stall.busiest = 0;
  const began = performance.now();
  const result = await run();
  const took = performance.now() - began;
  await nextTurn();
  console.log(
    `${name}: ${took.toFixed(0)} ms, longest stall ${stall.longest.toFixed(0)} ms, of its own ${stall.busiest.toFixed(0)} ms`,
  );
  return result;
}

async function measureEach(name, items, run) {
  const times = [];
  for (const item of items) {
    const began = performance.now();
    await run(item);
    times.push(performance.now() - began);
  }
  times.sort((a, b) => a - b);
  const at = (part) => times[Math.min(times.length - 1, Math.floor(times.length * part))].toFixed(1);
  console.log(`${name}: median ${at(0.5)} ms, 95 % ${at(0.95)} ms, longest ${at(1)} ms`);
}
