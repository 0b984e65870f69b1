import { byteAt, u16be, u24be, u32be } from '../bytes/reader.ts';
import { formatIpv4, formatIpv6 } from './addresses.ts';
import { isIpv6Extension } from './ipv6.ts';
import { field, hexNumber, type LayerNode } from './layer-node.ts';
import type { LayerCursor } from './layer.ts';
import { nameOfIpProtocol } from './tables/ip-protocols.ts';

/** The cursor stands on the IPv4 header. */
export function describeIpv4(cursor: LayerCursor): LayerNode {
  const { bytes, at } = cursor;
  const headerLength = (byteAt(bytes, at) & 15) * 4;
  const fragment = u16be(bytes, at + 6);
  const [source, destination] = [formatIpv4(u32be(bytes, at + 12)), formatIpv4(u32be(bytes, at + 16))];
  const totalLength = u16be(bytes, at + 2);
  const service = byteAt(bytes, at + 1);
  const children = [
    field(`Version: ${byteAt(bytes, at) >> 4}`, at, 1),
    field(`Header length: ${headerLength} bytes`, at, 1),
    field(`DSCP: ${service >> 2}, ECN: ${service & 3}`, at + 1, 1),
    field(`Total length: ${totalLength}${totalLength === 0 ? ' (left to the network card)' : ''}`, at + 2, 2),
    field(`Identification: ${hexNumber(u16be(bytes, at + 4), 4)}`, at + 4, 2),
    field(
      `Flags:${(fragment & 0x4000) !== 0 ? ' do not fragment' : ''}${moreFragments(fragment)}`,
      at + 6,
      1,
    ),
    field(`Fragment offset: ${(fragment & 0x1fff) * 8}`, at + 6, 2),
    field(`Time to live: ${byteAt(bytes, at + 8)}`, at + 8, 1),
    field(`Protocol: ${describeProtocol(byteAt(bytes, at + 9))}`, at + 9, 1),
    field(`Header checksum: ${hexNumber(u16be(bytes, at + 10), 4)}`, at + 10, 2),
    field(`Source: ${source}`, at + 12, 4),
    field(`Destination: ${destination}`, at + 16, 4),
  ];
  if (headerLength > 20)
    children.push(field(`Options (${headerLength - 20} bytes)`, at + 20, headerLength - 20));
  return {
    label: `Internet Protocol Version 4, Src: ${source}, Dst: ${destination}`,
    offset: at,
    length: Math.max(20, headerLength),
    children,
  };
}

/** The cursor stands on the IPv6 header; extension headers are its children. */
export function describeIpv6(cursor: LayerCursor): LayerNode {
  const { bytes, at } = cursor;
  const [source, destination] = [formatIpv6(wordsAt(bytes, at + 8)), formatIpv6(wordsAt(bytes, at + 24))];
  const first = u32be(bytes, at);
  const children = [
    field(`Version: ${first >>> 28}`, at, 1),
    field(`Traffic class: ${hexNumber((first >>> 20) & 0xff, 2)}`, at, 2),
    field(`Flow label: ${hexNumber(u24be(bytes, at + 1) & 0xfffff, 5)}`, at + 1, 3),
    field(`Payload length: ${u16be(bytes, at + 4)}`, at + 4, 2),
    field(`Next header: ${describeProtocol(byteAt(bytes, at + 6))}`, at + 6, 1),
    field(`Hop limit: ${byteAt(bytes, at + 7)}`, at + 7, 1),
    field(`Source: ${source}`, at + 8, 16),
    field(`Destination: ${destination}`, at + 24, 16),
  ];
  const extensions = describeExtensions(bytes, byteAt(bytes, at + 6), at + 40, cursor.end);
  const last = extensions.at(-1);
  return {
    label: `Internet Protocol Version 6, Src: ${source}, Dst: ${destination}`,
    offset: at,
    length: last === undefined ? 40 : last.offset + last.length - at,
    children: [...children, ...extensions],
  };
}

const EXTENSION_NAMES: ReadonlyMap<number, string> = new Map([
  [0, 'Hop-by-hop options'],
  [43, 'Routing header'],
  [44, 'Fragment header'],
  [60, 'Destination options'],
  [135, 'Mobility header'],
  [139, 'Host identity protocol'],
  [140, 'Shim6 protocol'],
]);

const MOST_EXTENSIONS = 16;

function describeExtensions(bytes: Uint8Array, first: number, from: number, end: number): LayerNode[] {
  const nodes: LayerNode[] = [];
  let protocol = first;
  for (let at = from; isIpv6Extension(protocol) && end - at >= 8 && nodes.length < MOST_EXTENSIONS;) {
    const isFragment = protocol === 44;
    const length = isFragment ? 8 : 8 + byteAt(bytes, at + 1) * 8;
    const next = byteAt(bytes, at);
    const children = [field(`Next header: ${describeProtocol(next)}`, at, 1)];
    if (isFragment) {
      const offset = u16be(bytes, at + 2);
      children.push(
        field(`Offset: ${offset & 0xfff8}${(offset & 1) === 1 ? ', more fragments follow' : ''}`, at + 2, 2),
        field(`Identification: ${hexNumber(u32be(bytes, at + 4), 8)}`, at + 4, 4),
      );
    }
    nodes.push({ label: EXTENSION_NAMES.get(protocol) ?? 'Extension header', offset: at, length, children });
    protocol = next;
    at += length;
    // Behind a fragment's header stands a part of something, not a header.
    if (isFragment && (u16be(bytes, at - 6) & 0xfff9) !== 0) break;
  }
  return nodes;
}

function describeProtocol(protocol: number): string {
  return `${nameOfIpProtocol(protocol)} (${protocol})`;
}

function moreFragments(fragment: number): string {
  if ((fragment & 0x2000) !== 0) return ' more fragments follow';
  return (fragment & 0x4000) === 0 ? ' none' : '';
}

function wordsAt(bytes: Uint8Array, at: number): number[] {
  return [0, 4, 8, 12].map((word) => u32be(bytes, at + word));
}
