/**
 * Where a run of the command line spends its time, by a profile of each of its threads (node --cpu-prof): what a function
 * is called from says which stage it serves.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Functions that begin a stage; whatever they call belongs to it until another one begins. */
const READER_STAGES = {
  readCaptures: 'reading the file',
  readSync: 'reading the file',
  read: 'reading the file',
  addFrame: 'structure',
  addRecord: 'structure',
  helpDecrypting: 'RSA',
  rsaDecrypt: 'RSA',
  advance: 'opening: walking records',
  observe: 'opening: walking records',
  openNow: 'opening: one by one',
  layOut: 'opening: laying out batches',
  openAll: 'messages to openers',
  postMessage: 'messages to openers',
  settleOldest: 'settling',
  take: 'writing',
  advanced: 'writing',
  finish: 'writing',
};
const OPENER_STAGES = {
  openJobs: 'handing out',
  layOut: 'copying',
  deliver: 'copying',
  update: 'AES',
  final: 'AES',
  check: 'MAC and GHASH',
  checkMacs: 'MAC and GHASH',
  powerInField: 'MAC and GHASH',
  scanPlaintexts: 'finding SIP',
  take: 'writing lines',
  flush: 'writing lines',
  decryptAll: 'RSA',
};

/** Runs the command once under the profiler and prints its stages; nothing where that fails. */
export async function printStages([program, ...args]) {
  const folder = mkdtempSync(join(tmpdir(), 'sipher-stages-'));
  try {
    await run(program, ['--cpu-prof', `--cpu-prof-dir=${folder}`, '--cpu-prof-interval', '500', ...args]);
    const profiles = readdirSync(folder).map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')));
    for (const profile of profiles) {
      const opener = profile.nodes.some(({ callFrame }) => callFrame.functionName === 'openJobs');
      print(opener ? 'opener thread' : 'reading thread', stagesOf(profile, opener));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Milliseconds by stage, and of all.
 * @returns {{stages: Map<string, number>, total: number}}
 */
export function stagesOf({ nodes, samples, timeDeltas }, opener) {
  const markers = opener ? OPENER_STAGES : READER_STAGES;
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const stageOf = new Map();
  const mark = (node, above) => {
    const { functionName, url } = node.callFrame;
    // The bundler numbers functions of the same name.
    const name = functionName.replace(/\$\d+$/, '').replace(/^#/, '');
    let stage = above;
    if (name === '(idle)') stage = 'waiting';
    else if (name === '(garbage collector)') stage = 'collecting garbage';
    // Kernels have no names; the one that finds header lines is known by who calls it.
    else if (url.startsWith('wasm:')) stage = above === 'finding SIP' ? above : 'MAC and GHASH';
    else if (Object.hasOwn(markers, name)) stage = markers[name];
    stageOf.set(node.id, stage);
    for (const child of node.children ?? []) mark(byId.get(child), stage);
  };
  mark(nodes[0], 'starting, and the rest');
  const stages = new Map();
  let total = 0;
  samples.forEach((id, i) => {
    const time = timeDeltas[i] / 1000;
    const stage = stageOf.get(id);
    stages.set(stage, (stages.get(stage) ?? 0) + time);
    total += time;
  });
  return { stages, total };
}

function print(thread, { stages, total }) {
  const busy = total - (stages.get('waiting') ?? 0);
  console.log(
    `  ${thread}: ${(busy / 1000).toFixed(2)} s, busy ${((100 * busy) / total).toFixed(0)} % of the run (profiled)`,
  );
  const sorted = [...stages].filter(([stage]) => stage !== 'waiting').sort((a, b) => b[1] - a[1]);
  for (const [stage, time] of sorted)
    if (time >= busy / 200)
      console.log(
        `    ${((100 * time) / busy).toFixed(0).padStart(3)} % ${time.toFixed(0).padStart(6)} ms  ${stage}`,
      );
}

function run(program, args) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: 'ignore' });
    child.on('error', resolve);
    child.on('close', resolve);
  });
}
