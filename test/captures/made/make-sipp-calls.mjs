/**
 * Makes sipp-calls.pcap: the scenarios of test/core/app/calls/sipp-scenarios.ts, played one after another by SIPp over UDP
 * on the loopback interface and recorded by dumpcap. Needs both, and the right to record.
 *
 *   node test/captures/made/make-sipp-calls.mjs
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createServer } from 'vite';

const HERE = dirname(fileURLToPath(import.meta.url));
const CALLED = 15_060;
const CALLER = 15_070;

const server = await createServer({
  configFile: false,
  root: resolve(HERE, '../../..'),
  appType: 'custom',
  logLevel: 'error',
  server: { middlewareMode: true, hmr: false, ws: false, watch: null },
  optimizeDeps: { noDiscovery: true, include: [] },
});
const { SIPP_SCENARIOS, sippXml } = await server.ssrLoadModule('/test/core/app/calls/sipp-scenarios.ts');
await server.close();

const folder = mkdtempSync(join(tmpdir(), 'sipp-calls-'));
const filter = `udp portrange ${CALLED}-${CALLED + 9} or udp portrange ${CALLER}-${CALLER + 9}`;
const out = join(HERE, 'sipp-calls.pcap');
const recorder = spawn('dumpcap', ['-q', '-P', '-i', 'lo', '-f', filter, '-w', out], { stdio: 'ignore' });
await wait(1500);
for (const [index, scenario] of SIPP_SCENARIOS.entries()) {
  const common = ['-m', '1', '-nostdin', '-i', '127.0.0.1', '-timeout', '15', '-timeout_error'];
  const play = (side, port, ...more) => {
    const file = join(folder, `${index}-${side}.xml`);
    writeFileSync(file, sippXml(scenario[side]));
    return spawn('sipp', ['-sf', file, '-p', String(port), ...common, ...more], { cwd: folder, stdio: 'ignore' });
  };
  const called = play('called', CALLED + index);
  await wait(400);
  const caller = play('caller', CALLER + index, `127.0.0.1:${CALLED + index}`);
  await once(caller, 'exit');
  called.kill();
}
await wait(500);
recorder.kill('SIGINT');
await once(recorder, 'exit');
rmSync(folder, { recursive: true });
console.log(out);
