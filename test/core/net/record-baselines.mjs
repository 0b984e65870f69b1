// Records what tshark says of each frame of the captures under test/captures into baselines/, to be compared with what
// the decoder says. Needs tshark 4; the tests do not. Run: node test/core/net/record-baselines.mjs
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const captures = join(here, '../../captures');
const fields = [
  'ip.src',
  'ip.dst',
  'ipv6.src',
  'ipv6.dst',
  'tcp.srcport',
  'tcp.dstport',
  'tcp.seq',
  'tcp.ack',
  'tcp.flags',
  'tcp.len',
  'udp.srcport',
  'udp.dstport',
  'udp.length',
];

mkdirSync(join(here, 'baselines'), { recursive: true });
for (const name of readdirSync(captures).filter((file) => /^(01|09|11)-.*\.pcap(ng)?(\.gz)?$/.test(file))) {
  const args = ['-r', join(captures, name), '-o', 'tcp.relative_sequence_numbers:FALSE', '-T', 'fields'];
  // tshark fails at the end of a truncated file; what it said before counts.
  const { stdout } = spawnSync('tshark', [...args, ...fields.flatMap((field) => ['-e', field])], {
    encoding: 'utf8',
  });
  const rows = stdout.trimEnd().split('\n').map(describe);
  writeFileSync(join(here, 'baselines', `${name}.json`), `${JSON.stringify(rows, null, 2)}\n`);
}

/** "10.0.0.1:5061 > 10.0.0.2:40000 seq 1 ack 2 flags 18 len 0", "… udp len 12", or "other". */
function describe(line) {
  const [ip4From, ip4To, ip6From, ip6To, from, to, seq, ack, flags, length, udpFrom, udpTo, udpLength] =
    line.split('\t');
  const source = ip4From || (ip6From && `[${ip6From}]`);
  const destination = ip4To || (ip6To && `[${ip6To}]`);
  if (from) {
    return `${source}:${from} > ${destination}:${to} seq ${seq} ack ${ack} flags ${Number(flags)} len ${length}`;
  }
  if (udpFrom) return `${source}:${udpFrom} > ${destination}:${udpTo} udp len ${udpLength - 8}`;
  return 'other';
}
