/**
 * Opens what `sipher export` wrote with tshark and with Sipher again: decrypted, the same messages, the same verdicts.
 *
 *   node scripts/compare-exports.mjs [--case ID] [--failures-only] [--jobs N]
 *
 * The captures are the laboratory's (SIPHER_LAB, else ../shared/captures/lab), else the tests' own. tshark is asked for no
 * more than it reads of the original with the exported key log: what it cannot decrypt at all says nothing of an export.
 * HEP goes over loopback to a receiver here; what arrives is read by Sipher, and by tshark where it has the dissector.
 * Exit code 1 where a case falls short.
 */
import { spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import {
  builtProgram,
  captureFolder,
  collect,
  inParallel,
  keyOptions,
  printTable,
  readManifest,
  runProgram,
} from './compare-cases.mjs';

const { values } = parseArgs({
  options: {
    case: { type: 'string' },
    'failures-only': { type: 'boolean', default: false },
    jobs: { type: 'string', default: '2' },
  },
});

const folder =
  captureFolder('SIPHER_LAB', 'lab') ?? fileURLToPath(new URL('../test/captures', import.meta.url));
const program = builtProgram();
// Not every tshark has the dissector.
const knowsHep = /\thep\t/i.test(spawnSync('tshark', ['-G', 'protocols'], { encoding: 'utf8' }).stdout ?? '');
const work = mkdtempSync(join(tmpdir(), 'sipher-exports-'));
if (spawnSync('tshark', ['--version']).status !== 0) {
  console.log('tshark is not here: nothing compared.');
} else {
  const cases = readManifest(folder).filter(
    ({ id }) => values.case === undefined || id.includes(values.case),
  );
  try {
    report(await inParallel(cases, Number(values.jobs), compare));
  } finally {
    rmSync(work, { recursive: true });
  }
}

async function compare(one) {
  const capture = join(folder, one.capture);
  const source = [capture, ...keyOptions(folder, one.keys)];
  const made = (kind) => join(work, `${one.id}.${kind}`);
  const faults = [];
  for (const kind of ['keylog', 'pcapng-with-secrets', 'clear-pcapng']) {
    const { code, stderr } = await sipher(['export', ...source, '--as', kind, '--to', made(kind)]);
    if (code !== 0) faults.push(`${kind}: ${stderr.trim().split('\n').at(-1)}`);
  }
  if (faults.length > 0) return { id: one.id, messages: 0, theirs: 0, clear: 0, hep: 0, faults };
  const ours = linesOf(await runProgram(program, ['sip', ...source, '--json']));
  const again = linesOf(await runProgram(program, ['sip', made('pcapng-with-secrets'), '--json']));
  if (again !== ours) faults.push('Sipher reads other messages');
  const verdicts = async (options) =>
    (await runProgram(program, ['frames', ...options, '--json'])).rows.map(({ verdict }) => verdict).join();
  if ((await verdicts(source)) !== (await verdicts([made('pcapng-with-secrets')])))
    faults.push('Sipher gives other verdicts');

  const atFirst = await tshark(['-r', capture, '-o', `tls.keylog_file:${made('keylog')}`, '-Y', 'sip']);
  const theirs = await tshark(['-r', made('pcapng-with-secrets'), '-Y', 'sip']);
  if (theirs.join('\n') !== atFirst.join('\n'))
    faults.push(`tshark: ${theirs.length} of ${atFirst.length} messages`);
  const clear = await tshark(['-r', made('clear-pcapng'), '-Y', 'sip', '-d', 'udp.port==1-65535,sip']);
  const count = ours === '' ? 0 : ours.split('\n').length;
  if (clear.length !== count) faults.push(`tshark: ${clear.length} of ${count} clear messages`);
  const received = await sendHep(one.id, source);
  const hep = received.ours === '' ? 0 : received.ours.split('\n').length;
  if (received.ours !== ours) faults.push('Sipher reads other messages out of HEP');
  if (received.theirs !== null && received.theirs !== count)
    faults.push(`tshark: ${received.theirs} of ${count} messages over HEP`);
  return { id: one.id, messages: count, theirs: theirs.length, clear: clear.length, hep, faults };
}

/** The messages in the HEP packets that arrive, as Sipher reads them; how many tshark finds, where it knows HEP. */
async function sendHep(id, source) {
  const packets = [];
  const socket = createSocket('udp4').on('message', (packet) => packets.push(packet));
  await new Promise((done) => socket.bind(0, '127.0.0.1', done));
  await sipher(['export', ...source, '--as', 'hep', '--to', `127.0.0.1:${socket.address().port}`]);
  await new Promise((done) => setTimeout(done, 50));
  socket.close();
  const path = join(work, `${id}.hep.pcap`);
  writeFileSync(path, pcapOf(packets));
  const ours = linesOf(await runProgram(program, ['sip', path, '--json']));
  const theirs = knowsHep
    ? (await tshark(['-r', path, '-Y', 'hep && sip', '-d', 'udp.port==9060,hep'])).length
    : null;
  return { ours, theirs };
}

/** Raw IPv4 with one UDP datagram a packet, without checksums. */
function pcapOf(packets) {
  const head = Buffer.alloc(24);
  head.writeUInt32LE(0xa1b2c3d4, 0);
  head.writeUInt16LE(2, 4);
  head.writeUInt16LE(4, 6);
  head.writeUInt32LE(0x40000, 16);
  head.writeUInt32LE(101, 20);
  const frames = packets.map((packet) => {
    const frame = Buffer.alloc(16 + 28 + packet.length);
    frame.writeUInt32LE(28 + packet.length, 8);
    frame.writeUInt32LE(28 + packet.length, 12);
    frame[16] = 0x45;
    frame.writeUInt16BE(28 + packet.length, 18);
    frame[24] = 64;
    frame[25] = 17;
    frame.writeUInt32BE(0x7f000001, 28);
    frame.writeUInt32BE(0x7f000001, 32);
    frame.writeUInt16BE(9060, 36);
    frame.writeUInt16BE(9060, 38);
    frame.writeUInt16BE(8 + packet.length, 40);
    packet.copy(frame, 44);
    return frame;
  });
  return Buffer.concat([head, ...frames]);
}

/** Start lines of SIP, sorted: in one frame tshark gives them in another order. */
async function tshark(args) {
  const fields = [
    '-T',
    'fields',
    '-e',
    'sip.Request-Line',
    '-e',
    'sip.Status-Line',
    '-E',
    'aggregator=\u001f',
  ];
  const { stdout } = await collect('tshark', ['-n', '-d', 'tls.port==5069,sip', ...args, ...fields], 120_000);
  return stdout
    .split(/[\n\t\u001f]/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .toSorted();
}

function sipher(args) {
  return collect(process.execPath, [program, ...args], 120_000);
}

function linesOf({ rows }) {
  return rows.map(({ startLine }) => startLine.trim()).join('\n');
}

function report(rows) {
  printTable(
    ['case', 'messages', 'tshark', 'clear', 'HEP', 'short of it'],
    rows
      .filter(({ faults }) => !values['failures-only'] || faults.length > 0)
      .map(({ id, messages, theirs, clear, hep, faults }) => [
        id,
        messages,
        theirs,
        clear,
        hep,
        faults.join('; '),
      ]),
    false,
  );
  const short = rows.filter(({ faults }) => faults.length > 0).length;
  console.log(`\n${rows.length} cases, ${short} fall short.`);
  if (short > 0) process.exitCode = 1;
}
