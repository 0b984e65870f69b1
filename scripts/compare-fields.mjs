/**
 * Holds the command line's JSON against tshark's view of the same captures, field by field: time and lengths, endpoints,
 * conversations, records, where records are complete, repeated segments, SIP start lines.
 *
 *   node scripts/compare-fields.mjs PATH… [--jobs N] [--only FIELD] [--all] [-- KEY-OPTIONS…]
 *
 * A PATH is a capture, a folder of captures, or a folder with a manifest (then each case's keys are used). What is told is
 * a difference, not always a fault: tshark 4.0 does not reassemble SCTP over messages, counts keep-alives as repeats, and
 * knows TLS on some ports only. Exit code 1 where anything differs.
 */
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { spawn } from 'node:child_process';
import {
  builtProgram,
  inParallel,
  keyOptions,
  printTable,
  readManifest,
  runProgram,
} from './compare-cases.mjs';

/** Which of tshark's fields are asked for, in the order of its output. */
const FIELDS = [
  'frame.number',
  'frame.time_epoch',
  'frame.len',
  'frame.cap_len',
  'frame.protocols',
  'ip.src',
  'ip.dst',
  'ipv6.src',
  'ipv6.dst',
  'tcp.srcport',
  'tcp.dstport',
  'udp.srcport',
  'udp.dstport',
  'tcp.stream',
  'udp.stream',
  'tcp.len',
  'tls.record.content_type',
  'tls.record.opaque_type',
  'tls.record.version',
  'tls.record.length',
  'dtls.record.content_type',
  'dtls.record.version',
  'dtls.record.length',
  'dtls.record.epoch',
  'tcp.reassembled_in',
  'tcp.analysis.retransmission',
  'tcp.analysis.spurious_retransmission',
  'tcp.analysis.keep_alive',
  'sip.Request-Line',
  'sip.Status-Line',
  'sip.Call-ID',
  'ip.reassembled_in',
  'ipv6.reassembled.in',
];

const SEPARATOR = '\u0002';

const CONTENT_TYPES = {
  change_cipher_spec: 20,
  alert: 21,
  handshake: 22,
  application_data: 23,
  heartbeat: 24,
};

const options = readOptions(process.argv.slice(2));
const program = builtProgram();
const results = await inParallel(options.cases, options.jobs, compareCase);
const totals = new Map();
for (const { name, differences } of results) {
  const byField = new Map();
  for (const { field, said } of differences) {
    totals.set(field, (totals.get(field) ?? 0) + 1);
    if (options.only !== null && field !== options.only) continue;
    const list = byField.get(field) ?? [];
    list.push(said);
    byField.set(field, list);
  }
  for (const [field, list] of byField) {
    console.log(`${name}  ${field}: ${list.length}`);
    for (const said of list.slice(0, options.all ? Infinity : 3)) console.log(`    ${said}`);
  }
}
printTable(['field', 'differences'], [...totals].sort(), false);
console.log(
  `${results.length} captures, ${results.filter((result) => result.differences.length === 0).length} alike`,
);
process.exitCode = totals.size === 0 ? 0 : 1;

function readOptions(args) {
  const split = args.includes('--') ? args.indexOf('--') : args.length;
  const keys = args.slice(split + 1);
  const own = args.slice(0, split);
  const paths = [];
  const found = { jobs: Math.max(1, cpus().length), only: null, all: false, cases: [] };
  for (let i = 0; i < own.length; i++) {
    if (own[i] === '--jobs') found.jobs = Number(own[++i]);
    else if (own[i] === '--only') found.only = own[++i];
    else if (own[i] === '--all') found.all = true;
    else paths.push(own[i]);
  }
  for (const path of paths) found.cases.push(...casesOf(path, keys));
  if (found.cases.length === 0) {
    console.error('Name captures, or folders of captures.');
    process.exit(1);
  }
  return found;
}

function casesOf(path, keys) {
  if (!statSync(path).isDirectory()) return [{ name: basename(path), capture: path, keys }];
  if (existsSync(join(path, 'manifest.json')))
    return readManifest(path).map((entry) => ({
      name: entry.id,
      capture: join(path, entry.capture),
      keys: keyOptions(path, entry.keys ?? []),
    }));
  return readdirSync(path)
    .filter((name) => /\.(pcap|pcapng|cap|snoop|gz|zst|lz4)$/.test(name))
    .sort()
    .map((name) => ({ name, capture: join(path, name), keys }));
}

/** What differs in one capture. */
async function compareCase({ name, capture, keys }) {
  const ours = await runProgram(program, ['frames', capture, '--json', ...keys]);
  const sip = await runProgram(program, ['sip', capture, '--json', ...keys]);
  const theirs = await askTshark(capture, []);
  const opened = keys.length === 0 ? theirs : await askTshark(capture, tsharkKeys(keys));
  const differences = [];
  const say = (field, said) => differences.push({ field, said });
  if (ours.problem !== '') say('problem', ours.problem);
  if (ours.seconds > 10) say('seconds', ours.seconds.toFixed(1));
  if (ours.rows.length !== theirs.length) say('frames', `${ours.rows.length}, tshark ${theirs.length}`);
  const joined = new Map();
  const back = new Map();
  for (let i = 0; i < Math.min(ours.rows.length, theirs.length); i++) {
    compareFrame(ours.rows[i], theirs[i], say);
    compareStream(ours.rows[i], theirs[i], joined, back, say);
  }
  compareSip(sip.rows, opened, say);
  return { name, differences };
}

function compareFrame(ours, theirs, say) {
  const at = `frame ${ours.frame}`;
  const differ = (field, own, other) => say(field, `${at}: ${own}, tshark ${other}`);
  if (ours.time !== theirs['frame.time_epoch']) differ('time', ours.time, theirs['frame.time_epoch']);
  if (String(ours.length) !== theirs['frame.len']) differ('length', ours.length, theirs['frame.len']);
  if (String(ours.captured) !== theirs['frame.cap_len'])
    differ('captured', ours.captured, theirs['frame.cap_len']);
  const quoted = /icmp/.test(theirs['frame.protocols']);
  if (!quoted) {
    const source = endpointOf(theirs, 'src');
    const destination = endpointOf(theirs, 'dst');
    if (source !== null && ours.source !== source) differ('source', ours.source, source);
    if (destination !== null && ours.destination !== destination)
      differ('destination', ours.destination, destination);
  }
  const repeats =
    (theirs['tcp.analysis.retransmission'] !== '' || theirs['tcp.analysis.spurious_retransmission'] !== '') &&
    last(theirs['tcp.len']) !== '0';
  if (repeats !== (ours.duplicateOf !== undefined) && theirs['tcp.analysis.keep_alive'] === '')
    differ('duplicateOf', ours.duplicateOf ?? 'none', repeats ? 'a retransmission' : 'none');
  compareRecords(ours, theirs, differ);
  const end =
    last(theirs['tcp.reassembled_in']) ||
    last(theirs['ip.reassembled_in']) ||
    last(theirs['ipv6.reassembled.in']);
  if (end !== '' && Number(end) !== ours.frame && String(ours.completedIn ?? '') !== end)
    differ('completedIn', ours.completedIn ?? 'none', end);
  else if (end === '' && ours.completedIn !== undefined) differ('completedIn', ours.completedIn, 'none');
}

function compareRecords(ours, theirs, differ) {
  const lengths = [...all(theirs['tls.record.length']), ...all(theirs['dtls.record.length'])];
  const own = ours.records.map((record) => String(record.length));
  if (own.join() !== lengths.join()) {
    differ('record lengths', `[${own}] ${ours.verdict}`, `[${lengths}] ${theirs['frame.protocols']}`);
    return;
  }
  const types = [
    ...all(theirs['tls.record.content_type']),
    ...all(theirs['tls.record.opaque_type']),
    ...all(theirs['dtls.record.content_type']),
  ];
  const ownTypes = ours.records.map((record) => String(CONTENT_TYPES[record.type] ?? record.type));
  if (types.length === ownTypes.length && sorted(types) !== sorted(ownTypes))
    differ('record types', ownTypes, types);
  const versions = [...all(theirs['tls.record.version']), ...all(theirs['dtls.record.version'])].map(
    versionName,
  );
  const ownVersions = ours.records.map((record) => record.version);
  if (versions.length === ownVersions.length && versions.join() !== ownVersions.join())
    differ('record versions', ownVersions, versions);
  const epochs = all(theirs['dtls.record.epoch']);
  const ownEpochs = ours.records.map((record) => record.epoch).filter((epoch) => epoch !== undefined);
  if (epochs.length === ownEpochs.length && epochs.join() !== ownEpochs.join())
    differ('epochs', ownEpochs, epochs);
}

function versionName(hex) {
  const names = {
    '0x0002': 'SSL 2.0',
    '0x0300': 'SSL 3.0',
    '0x0301': 'TLS 1.0',
    '0x0302': 'TLS 1.1',
    '0x0303': 'TLS 1.2',
    '0x0304': 'TLS 1.3',
    '0xfeff': 'DTLS 1.0',
    '0xfefd': 'DTLS 1.2',
    '0x0100': 'DTLS 1.0 (OpenSSL before 0.9.8f)',
  };
  return names[hex] ?? hex;
}

/** Frames that tshark puts into one stream must be one conversation, and the other way round. */
function compareStream(ours, theirs, joined, back, say) {
  if (/icmp/.test(theirs['frame.protocols'])) return;
  const tcp = last(theirs['tcp.stream']);
  const udp = last(theirs['udp.stream']);
  const stream = tcp !== '' ? `tcp ${tcp}` : udp !== '' ? `udp ${udp}` : null;
  if (stream === null) return;
  if (ours.conversation === null) {
    say('conversation', `frame ${ours.frame}: none, tshark ${stream} (${ours.info})`);
    return;
  }
  const before = joined.get(stream);
  if (before === undefined) joined.set(stream, ours.conversation);
  else if (before !== ours.conversation)
    say(
      'conversation',
      `frame ${ours.frame}: ${ours.conversation}, tshark ${stream} which began as ${before}`,
    );
  const other = back.get(ours.conversation);
  if (other === undefined) back.set(ours.conversation, stream);
  else if (other !== stream)
    say('conversation', `frame ${ours.frame}: ${ours.conversation} is tshark's ${other} and ${stream}`);
}

/** Start lines in order of tshark, and each of them in the same frame. */
function compareSip(ours, theirs, say) {
  const own = new Map();
  for (const message of ours)
    own.set(message.frame, [...(own.get(message.frame) ?? []), message.startLine.trim()]);
  const other = new Map();
  for (const frame of theirs) {
    const lines = [...all(frame['sip.Request-Line']), ...all(frame['sip.Status-Line'])];
    if (lines.length > 0) other.set(Number(frame['frame.number']), lines);
  }
  for (const frame of new Set([...own.keys(), ...other.keys()])) {
    const a = own.get(frame) ?? [];
    const b = other.get(frame) ?? [];
    if (sorted(a) !== sorted(b))
      say('sip', `frame ${frame}: ${JSON.stringify(a)}, tshark ${JSON.stringify(b)}`);
  }
}

/** The innermost address and port, as the contract writes them. */
function endpointOf(row, side) {
  const inner = row['frame.protocols'].split(':').findLast((name) => name === 'ip' || name === 'ipv6');
  if (inner === undefined) return null;
  const address = last(row[`${inner}.${side}`]);
  const port = last(row[`tcp.${side}port`]) || last(row[`udp.${side}port`]);
  if (address === '') return null;
  if (port === '') return address;
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

function all(text) {
  return text === '' ? [] : text.split(SEPARATOR);
}

function last(text) {
  return all(text).at(-1) ?? '';
}

function sorted(list) {
  return [...list].sort().join('\u0000');
}

/** The same keys as tshark takes them; what it has no option for is left out. */
function tsharkKeys(keys) {
  const password = keys.includes('--password') ? keys[keys.indexOf('--password') + 1] : '';
  return keys.flatMap((option, i) => {
    if (option === '--keylog') return ['-o', `tls.keylog_file:${keys[i + 1]}`];
    if (option === '--psk') return ['-o', `tls.psk:${keys[i + 1].split('=').at(-1)}`];
    if (option === '--key') return ['-o', `uat:rsa_keys:"${keys[i + 1]}","${password}"`];
    return [];
  });
}

function askTshark(capture, keys) {
  const scratch = mkdtempSync(join(tmpdir(), 'sipher-fields-'));
  const args = ['-n', '-2', '-r', capture, ...keys, '-o', 'tcp.reassemble_out_of_order:TRUE'];
  args.push('-T', 'fields', '-E', 'separator=/t', '-E', `aggregator=${SEPARATOR}`, '-E', 'occurrence=a');
  for (const field of FIELDS) args.push('-e', field);
  return new Promise((done) => {
    const child = spawn('tshark', args, {
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...process.env, HOME: scratch },
    });
    const parts = [];
    child.stdout.on('data', (part) => parts.push(part));
    child.on('close', () => {
      rmSync(scratch, { recursive: true, force: true });
      const lines = Buffer.concat(parts).toString('utf8').split('\n');
      done(
        lines
          .filter((line) => line !== '')
          .map((line) => {
            const cells = line.split('\t');
            return Object.fromEntries(FIELDS.map((field, at) => [field, cells[at] ?? '']));
          }),
      );
    });
  });
}
