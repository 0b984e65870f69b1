import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Runs a program to its end with its output thrown away.
 * @param {string[]} command
 * @returns {Promise<{code: number | null, wall: number, cpu: number, memory: number} | null>} seconds, seconds of user and
 *   system together, bytes at the peak (NaN where this system does not tell); null where it could not be started
 */
export function measure(command) {
  return existsSync(GNU_TIME) ? measureByTime(command) : measureByProc(command);
}

/** Where the named program is, null where it is not installed. */
export function findProgram(name) {
  const folders = (process.env.PATH ?? '').split(process.platform === 'win32' ? ';' : ':');
  for (const folder of folders) {
    const path = join(folder, name);
    if (folder !== '' && existsSync(path)) return path;
  }
  return null;
}

const GNU_TIME = '/usr/bin/time';

/** wait4 gives the kernel's own account, all threads and children included. */
async function measureByTime(command) {
  const folder = mkdtempSync(join(tmpdir(), 'sipher-bench-'));
  const report = join(folder, 'time');
  try {
    const mac = process.platform === 'darwin';
    const options = mac ? ['-l', '-o', report] : ['-f', '%e %U %S %M', '-o', report];
    const ended = await run([GNU_TIME, ...options, ...command], () => {});
    if (ended === null || !existsSync(report)) return null;
    const text = readFileSync(report, 'utf8');
    const figures = mac ? figuresOfMac(text) : figuresOfGnu(text);
    return { code: ended.code, wall: ended.wall, ...figures };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function figuresOfGnu(text) {
  // A line before the figures says when the program failed.
  const [, user, system, kilobytes] = (text.trim().split('\n').at(-1) ?? '').split(' ').map(Number);
  return { cpu: user + system, memory: kilobytes * 1024 };
}

function figuresOfMac(text) {
  const [, user, system] = /([\d.]+) real\s+([\d.]+) user\s+([\d.]+) sys/.exec(text) ?? [];
  const [, bytes] = /(\d+)\s+maximum resident set size/.exec(text) ?? [];
  return { cpu: Number(user) + Number(system), memory: Number(bytes) };
}

/** Linux without GNU time: the last figures seen before the end. */
async function measureByProc(command) {
  let cpu = NaN;
  let memory = NaN;
  const look = (pid) => {
    try {
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
      cpu = (Number(fields[11]) + Number(fields[12])) / 100;
      memory = Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024;
    } catch {
      // It has ended, or this is no Linux.
    }
  };
  const ended = await run(command, look);
  return ended === null ? null : { ...ended, cpu, memory };
}

function run([program, ...args], look) {
  return new Promise((resolve) => {
    const start = performance.now();
    const child = spawn(program, args, { stdio: 'ignore' });
    const timer = setInterval(() => {
      if (child.pid !== undefined) look(child.pid);
    }, 20);
    child.on('error', () => {
      clearInterval(timer);
      resolve(null);
    });
    child.on('exit', (code) => {
      clearInterval(timer);
      resolve({ code, wall: (performance.now() - start) / 1000 });
    });
  });
}
