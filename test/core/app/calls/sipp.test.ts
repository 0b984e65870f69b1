import { execFileSync, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { CallTracker } from '../../../../core/app/calls/call-tracker.ts';
import { bytesOf } from '../record-app-stream.ts';
import { SIPP_SCENARIOS, sippXml, type SippScenario } from './sipp-scenarios.ts';
import { legsOf } from './tracked.ts';

const EXPECTED: Readonly<
  Record<string, readonly [state: string, notes: readonly string[], dialogs: number]>
> = {
  cancelled: ['cancelled', [], 1],
  'answer crosses CANCEL': ['completed', ['answer-crossed-cancel'], 1],
  'ACK never sent': ['completed', ['retransmissions', 'missing-ack'], 1],
  're-INVITE': ['completed', [], 1],
  fork: ['completed', ['forked'], 2],
};

const folder = mkdtempSync(join(tmpdir(), 'sipp-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.skipIf(!isInstalled())('calls that SIPp makes (skipped where it is not installed)', () => {
  for (const scenario of SIPP_SCENARIOS)
    it(
      scenario.name,
      async () => {
        const tracker = await play(scenario);
        const legs = legsOf(tracker, 4e9);
        expect(legs.map((leg) => [leg.state, leg.notes, leg.dialogs])).toEqual([EXPECTED[scenario.name]]);
      },
      30_000,
    );
});

/** Runs both sides and reads what the caller's log says was sent and received. */
async function play(scenario: SippScenario): Promise<CallTracker> {
  const [callerPort, calledPort] = [await freePort(), await freePort()];
  const name = scenario.name.replaceAll(' ', '-');
  for (const side of ['caller', 'called'] as const)
    writeFileSync(join(folder, `${name}-${side}.xml`), sippXml(scenario[side]));
  const log = join(folder, `${name}.log`);
  const common = ['-m', '1', '-nostdin', '-i', '127.0.0.1', '-timeout', '15', '-timeout_error'];
  const called = spawn(
    'sipp',
    ['-sf', join(folder, `${name}-called.xml`), '-p', String(calledPort), ...common],
    {
      cwd: folder,
      stdio: 'ignore',
    },
  );
  await new Promise((resolve) => setTimeout(resolve, 300));
  const callerArguments = ['-sf', join(folder, `${name}-caller.xml`), '-p', String(callerPort), ...common];
  const caller = spawn(
    'sipp',
    [...callerArguments, '-trace_msg', '-message_file', log, `127.0.0.1:${calledPort}`],
    {
      cwd: folder,
      stdio: 'ignore',
    },
  );
  await once(caller, 'exit');
  called.kill();
  return readLog(readFileSync(log, 'latin1'), `127.0.0.1:${callerPort}`, `127.0.0.1:${calledPort}`);
}

function readLog(log: string, caller: string, called: string): CallTracker {
  const tracker = new CallTracker();
  const entries = log.split(/^-{20,} /m).slice(1);
  for (const [message, entry] of entries.entries()) {
    const match = /^(\S+ \S+?)\.(\d+)\n.*message (sent|received) .*\n\n([\s\S]*)$/.exec(
      entry.replaceAll('\r\n', '\n'),
    );
    if (match === null) continue;
    const [, date = '', fraction = '', way = '', text = ''] = match;
    const bytes = bytesOf(text.replaceAll('\n', '\r\n'));
    tracker.add({
      message,
      frame: message,
      seconds: Date.parse(`${date}Z`) / 1000,
      nanoseconds: Number(fraction.padEnd(9, '0')),
      conversation: 0,
      direction: way === 'sent' ? 0 : 1,
      source: way === 'sent' ? caller : called,
      destination: way === 'sent' ? called : caller,
      transport: 'UDP',
      decrypted: false,
      bytes,
      from: 0,
      to: bytes.length,
    });
  }
  return tracker;
}

async function freePort(): Promise<number> {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  await once(socket, 'close');
  return port;
}

function isInstalled(): boolean {
  try {
    execFileSync('sipp', ['-v'], { stdio: 'ignore' });
  } catch (error) {
    // Its version comes with an exit code of its own.
    return error instanceof Error && 'status' in error && typeof error.status === 'number';
  }
  return true;
}
