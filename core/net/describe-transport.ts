import { byteAt, u16be, u32be } from '../bytes/reader.ts';
import { field, hexNumber, type LayerNode } from './layer-node.ts';
import type { LayerCursor } from './layer.ts';

/** The cursor stands on the TCP header. */
export function describeTcp(cursor: LayerCursor): LayerNode {
  const { bytes, at } = cursor;
  const headerLength = (byteAt(bytes, at + 12) >> 4) * 4;
  const flags = byteAt(bytes, at + 13);
  const payload = Math.max(0, cursor.wireEnd - at - headerLength);
  const ports = `Src Port: ${u16be(bytes, at)}, Dst Port: ${u16be(bytes, at + 2)}`;
  const children = [
    field(`Source port: ${u16be(bytes, at)}`, at, 2),
    field(`Destination port: ${u16be(bytes, at + 2)}`, at + 2, 2),
    field(`Sequence number: ${u32be(bytes, at + 4)}`, at + 4, 4),
    field(`Acknowledgment number: ${u32be(bytes, at + 8)}`, at + 8, 4),
    field(`Header length: ${headerLength} bytes`, at + 12, 1),
    field(`Flags: ${describeTcpFlags(flags)} (${hexNumber(flags, 2)})`, at + 13, 1),
    field(`Window: ${u16be(bytes, at + 14)}`, at + 14, 2),
    field(`Checksum: ${hexNumber(u16be(bytes, at + 16), 4)}`, at + 16, 2),
    field(`Urgent pointer: ${u16be(bytes, at + 18)}`, at + 18, 2),
  ];
  if (headerLength > 20) {
    children.push({
      label: `Options (${headerLength - 20} bytes)`,
      offset: at + 20,
      length: headerLength - 20,
      children: describeTcpOptions(bytes, at + 20, Math.min(at + headerLength, cursor.end)),
    });
  }
  return {
    label: `Transmission Control Protocol, ${ports}, [${describeTcpFlags(flags)}] Seq: ${u32be(bytes, at + 4)}, Len: ${payload}`,
    offset: at,
    length: Math.max(20, headerLength),
    children,
  };
}

/** "SYN, ACK"; "none" where no flag is set. */
export function describeTcpFlags(flags: number): string {
  const names = TCP_FLAGS.filter((_, bit) => (flags & (1 << bit)) !== 0);
  return names.length === 0 ? 'none' : names.join(', ');
}

/** The cursor stands on the UDP header. */
export function describeUdp(cursor: LayerCursor): LayerNode {
  const { bytes, at } = cursor;
  return {
    label: `User Datagram Protocol, Src Port: ${u16be(bytes, at)}, Dst Port: ${u16be(bytes, at + 2)}`,
    offset: at,
    length: 8,
    children: [
      field(`Source port: ${u16be(bytes, at)}`, at, 2),
      field(`Destination port: ${u16be(bytes, at + 2)}`, at + 2, 2),
      field(`Length: ${u16be(bytes, at + 4)}`, at + 4, 2),
      field(`Checksum: ${hexNumber(u16be(bytes, at + 6), 4)}`, at + 6, 2),
    ],
  };
}

/** The cursor stands on the SCTP common header; its chunks are children. */
export function describeSctp(cursor: LayerCursor): LayerNode {
  const { bytes, at, end } = cursor;
  const children = [
    field(`Source port: ${u16be(bytes, at)}`, at, 2),
    field(`Destination port: ${u16be(bytes, at + 2)}`, at + 2, 2),
    field(`Verification tag: ${hexNumber(u32be(bytes, at + 4), 8)}`, at + 4, 4),
    field(`Checksum: ${hexNumber(u32be(bytes, at + 8), 8)}`, at + 8, 4),
  ];
  for (let chunk = at + 12; end - chunk >= 4;) {
    const type = byteAt(bytes, chunk);
    const length = u16be(bytes, chunk + 2);
    if (length < 4) break;
    const name = SCTP_CHUNKS.get(type) ?? `chunk type ${type}`;
    const tsn =
      type === 0 || type === 64
        ? `, TSN: ${u32be(bytes, chunk + 4)}, stream: ${u16be(bytes, chunk + 8)}`
        : '';
    children.push(field(`${name} (${length} bytes)${tsn}`, chunk, length));
    chunk += (length + 3) & ~3;
  }
  return {
    label: `Stream Control Transmission Protocol, Src Port: ${u16be(bytes, at)}, Dst Port: ${u16be(bytes, at + 2)}`,
    offset: at,
    length: 12,
    children,
  };
}

const TCP_FLAGS = ['FIN', 'SYN', 'RST', 'PSH', 'ACK', 'URG', 'ECE', 'CWR'];

const TCP_OPTIONS: ReadonlyMap<number, string> = new Map([
  [2, 'Maximum segment size'],
  [3, 'Window scale'],
  [4, 'SACK permitted'],
  [5, 'SACK'],
  [8, 'Timestamps'],
  [14, 'Alternate checksum'],
  [19, 'MD5 signature'],
  [28, 'User timeout'],
  [29, 'TCP authentication'],
  [30, 'Multipath TCP'],
  [34, 'TCP Fast Open cookie'],
]);

const SCTP_CHUNKS: ReadonlyMap<number, string> = new Map([
  [0, 'DATA'],
  [1, 'INIT'],
  [2, 'INIT ACK'],
  [3, 'SACK'],
  [4, 'HEARTBEAT'],
  [5, 'HEARTBEAT ACK'],
  [6, 'ABORT'],
  [7, 'SHUTDOWN'],
  [8, 'SHUTDOWN ACK'],
  [9, 'ERROR'],
  [10, 'COOKIE ECHO'],
  [11, 'COOKIE ACK'],
  [14, 'SHUTDOWN COMPLETE'],
  [64, 'I-DATA'],
  [192, 'FORWARD TSN'],
]);

function describeTcpOptions(bytes: Uint8Array, from: number, end: number): LayerNode[] {
  const nodes: LayerNode[] = [];
  for (let at = from; at < end;) {
    const kind = byteAt(bytes, at);
    if (kind === 0) {
      nodes.push(field('End of options', at, end - at));
      break;
    }
    if (kind === 1) {
      nodes.push(field('No operation', at++, 1));
      continue;
    }
    const length = byteAt(bytes, at + 1);
    if (length < 2 || length > end - at) {
      nodes.push(field(`Option ${kind} claims ${length} bytes`, at, end - at));
      break;
    }
    nodes.push(
      field(
        `${TCP_OPTIONS.get(kind) ?? `Option ${kind}`}${optionValue(bytes, at, kind, length)}`,
        at,
        length,
      ),
    );
    at += length;
  }
  return nodes;
}

function optionValue(bytes: Uint8Array, at: number, kind: number, length: number): string {
  if (kind === 2 && length === 4) return `: ${u16be(bytes, at + 2)} bytes`;
  if (kind === 3 && length === 3) return `: times ${2 ** Math.min(14, byteAt(bytes, at + 2))}`;
  if (kind === 8 && length === 10) return `: ${u32be(bytes, at + 2)}, echo ${u32be(bytes, at + 6)}`;
  if (kind !== 5) return '';
  const blocks: string[] = [];
  for (let block = at + 2; block + 8 <= at + length; block += 8) {
    blocks.push(`${u32be(bytes, block)}-${u32be(bytes, block + 4)}`);
  }
  return `: ${blocks.join(' ')}`;
}
