/** What the comparison scripts share: running the built command line over cases of a manifest, and printing tables. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** The folder of captures: from the environment, else beside the project; null where there is none. */
export function captureFolder(variable, name) {
  const named = process.env[variable];
  const folders = named === undefined ? [resolve(ROOT, '../shared/captures', name)] : [resolve(named)];
  return folders.find((folder) => existsSync(join(folder, 'manifest.json'))) ?? null;
}

/** The manifest's cases, an array whatever its outer shape. */
export function readManifest(folder) {
  return Object.values(JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')));
}

/** The command line that package.json names. */
export function builtProgram() {
  const { bin } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const program = join(ROOT, bin.sipher);
  if (!existsSync(program)) {
    console.error(`${bin.sipher} is missing: run npm run build first`);
    process.exit(1);
  }
  return program;
}

/** A case's keys as options of the command line. */
export function keyOptions(folder, keys) {
  return keys.flatMap((key) => {
    if (key.type === 'psk' || key.type === 'psk-hex') {
      const secret = key.hex ?? key.value;
      return ['--psk', key.identity === undefined ? secret : `${key.identity}=${secret}`];
    }
    const file = join(folder, key.file);
    if (key.type === 'keylog' || key.type === 'nss-keylog') return ['--keylog', file];
    return ['--key', file, ...(key.password === undefined ? [] : ['--password', key.password])];
  });
}

/**
 * Runs the program and reads its newline-delimited JSON.
 * @returns {Promise<{rows: object[], code: number | null, problem: string, seconds: number}>} `problem` is empty where all
 *   went well: else the exit code with the last words of stderr, or what was wrong with the output
 */
export async function runProgram(program, args, timeout = 120_000) {
  const start = performance.now();
  const { code, stdout, stderr } = await collect(process.execPath, [program, ...args], timeout);
  const seconds = (performance.now() - start) / 1000;
  const rows = [];
  let problem = '';
  for (const line of stdout.split('\n')) {
    if (line.trim() === '') continue;
    try {
      rows.push(JSON.parse(line));
    } catch {
      problem = `not JSON: ${line.slice(0, 60)}`;
      break;
    }
  }
  if (code === null) problem = `ended by force after ${timeout / 1000} s`;
  else if (code !== 0) problem = `exit ${code}: ${stderr.trim().split('\n').at(-1) ?? ''}`;
  return { rows, code, problem, seconds };
}

/**
 * tshark's own account of a capture, made fresh: plaintext lines of its debug log, and `ssl state` of each record by frame.
 * null where tshark cannot read it.
 */
export async function runTshark(capture, folder, keys, decodeAs) {
  const scratch = mkdtempSync(join(tmpdir(), 'sipher-compare-'));
  const log = join(scratch, 'debug');
  const options = keys.flatMap((key) => {
    const file = key.file === undefined || key.file === null ? '' : join(folder, key.file);
    if (key.type === 'keylog' || key.type === 'nss-keylog') return ['-o', `tls.keylog_file:${file}`];
    if (key.type.startsWith('psk'))
      return ['-o', `tls.psk:${key.hex ?? key.value}`, '-o', `dtls.psk:${key.hex ?? key.value}`];
    return ['-o', `uat:rsa_keys:"${file}","${key.password ?? ''}"`];
  });
  const ports = decodeAs.flatMap((rule) => ['-d', rule]);
  try {
    const debug = ['-o', `tls.debug_file:${log}`, '-o', `dtls.debug_file:${log}-dtls`];
    const args = [
      '-n',
      '-r',
      capture,
      ...options,
      ...ports,
      ...debug,
      '-o',
      'tcp.reassemble_out_of_order:TRUE',
    ];
    const { code } = await collect('tshark', args, 120_000);
    if (code === null || !existsSync(log)) return null;
    return readDebugLog(
      readFileSync(log, 'latin1') + (existsSync(`${log}-dtls`) ? readFileSync(`${log}-dtls`, 'latin1') : ''),
    );
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Counts and states in a debug log of tshark 4. */
export function readDebugLog(text) {
  const states = {};
  let frame = '0';
  let decrypted = 0;
  for (const line of text.split('\n')) {
    const entered = /^dissect_(?:ssl|dtls) enter frame #(\d+)/.exec(line);
    if (entered !== null) frame = entered[1];
    else if (line.startsWith('Plaintext[')) decrypted++;
    else {
      const state = /, ssl state (0x[0-9A-F]+)/.exec(line);
      if (state !== null) (states[frame] ??= []).push(state[1]);
    }
  }
  return { decryptedRecords: decrypted, sslStateByFrame: states };
}

export function collect(program, args, timeout) {
  return new Promise((done) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const parts = { stdout: [], stderr: [] };
    for (const name of ['stdout', 'stderr']) child[name].on('data', (chunk) => parts[name].push(chunk));
    const timer = setTimeout(() => child.kill('SIGKILL'), timeout);
    const finish = (code) => {
      clearTimeout(timer);
      const text = (name) => Buffer.concat(parts[name]).toString('utf8');
      done({ code, stdout: text('stdout'), stderr: text('stderr') });
    };
    child.on('error', () => finish(-1));
    child.on('close', finish);
  });
}

/** Runs `work` over all cases, `width` at a time, and gives the results in order. */
export async function inParallel(cases, width, work) {
  const results = new Array(cases.length);
  let next = 0;
  const worker = async () => {
    while (next < cases.length) {
      const index = next++;
      results[index] = await work(cases[index]);
    }
  };
  await Promise.all(Array.from({ length: width }, worker));
  return results;
}

/** Prints rows under headings, as Markdown or in columns. Numbers stand to the right. */
export function printTable(headings, rows, markdown) {
  const cells = rows.map((row) => row.map((cell) => String(cell ?? '')));
  if (markdown) {
    const escape = (cell) => cell.replaceAll('|', '\\|');
    console.log(`| ${headings.join(' | ')} |\n|${headings.map(() => '---').join('|')}|`);
    for (const row of cells) console.log(`| ${row.map(escape).join(' | ')} |`);
    return;
  }
  const widths = headings.map((heading, i) => Math.max(heading.length, ...cells.map((row) => row[i].length)));
  const right = headings.map((_, i) => rows.every((row) => typeof row[i] === 'number' || row[i] === null));
  const line = (row) =>
    row
      .map((cell, i) => (right[i] ? cell.padStart(widths[i]) : cell.padEnd(widths[i])))
      .join('  ')
      .trimEnd();
  console.log(line(headings));
  for (const row of cells) console.log(line(row));
}
