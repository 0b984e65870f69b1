// Records what tshark says of each frame of captures under test/captures into test/core/net/baselines/, where tests hold
// the packet decoder against it. Needs tshark 4; the tests do not. Run: node scripts/record-packet-baselines.mjs
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const captures = join(here, '../test/captures');
const baselines = join(here, '../test/core/net/baselines');
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

mkdirSync(baselines, { recursive: true });
// Those of group 11 (containers, links, tunnels), and whatever else has a baseline already.
const names = readdirSync(captures).filter(
  (name) => /^11-.*\.pcap(ng)?(\.gz)?$/.test(name) || existsSync(join(baselines, `${name}.json`)),
);
for (const name of names) {
  const args = ['-r', join(captures, name), '-o', 'tcp.relative_sequence_numbers:FALSE', '-T', 'fields'];
  // tshark fails at the end of a truncated file; what it said before counts.
  const { stdout } = spawnSync('tshark', [...args, ...fields.flatMap((field) => ['-e', field])], {
    encoding: 'utf8',
  });
  const rows = stdout.trimEnd().split('\n').map(describe);
  writeFileSync(join(baselines, `${name}.json`), `${JSON.stringify(rows, null, 2)}\n`);
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
