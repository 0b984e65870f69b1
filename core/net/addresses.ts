import type { PacketScratch } from './packet.ts';

/** An IPv4 address in dotted form from its big-endian word. */
export function formatIpv4(word: number): string {
  return `${word >>> 24}.${(word >>> 16) & 0xff}.${(word >>> 8) & 0xff}.${word & 0xff}`;
}

/**
 * An IPv6 address in the form of RFC 5952 from four big-endian words of `words` from `at` on: lower case, no leading
 * zeros, the longest run of two or more zero fields as "::" (§4.2), IPv4-mapped ones with a dotted end (§5).
 */
export function formatIpv6(words: ArrayLike<number>, at = 0): string {
  const last = words[at + 3] ?? 0;
  if (words[at] === 0 && words[at + 1] === 0 && words[at + 2] === 0xffff) return `::ffff:${formatIpv4(last)}`;
  const fields: number[] = [];
  for (let word = at; word < at + 4; word++) {
    const value = words[word] ?? 0;
    fields.push(value >>> 16, value & 0xffff);
  }
  const run = longestZeroRun(fields);
  const text = (from: number, to: number) =>
    fields
      .slice(from, to)
      .map((field) => field.toString(16))
      .join(':');
  return run.length < 2 ? text(0, 8) : `${text(0, run.start)}::${text(run.start + run.length, 8)}`;
}

/** One address of a packet: words from 0 are the source's, from 4 the destination's. Empty where there is no IP. */
export function formatAddress(ipVersion: 0 | 4 | 6, words: ArrayLike<number>, at: 0 | 4): string {
  if (ipVersion === 4) return formatIpv4(words[at] ?? 0);
  return ipVersion === 6 ? formatIpv6(words, at) : '';
}

/** "10.0.0.5:5061" or "[2001:db8::1]:5061". */
export function formatEndpoint(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

/** The packet's source with its port where it has ports; empty without IP. */
export function formatSource(packet: PacketScratch): string {
  return formatEnd(packet, 0, packet.sourcePort);
}

/** The packet's destination with its port where it has ports; empty without IP. */
export function formatDestination(packet: PacketScratch): string {
  return formatEnd(packet, 4, packet.destinationPort);
}

function formatEnd(packet: PacketScratch, at: 0 | 4, port: number): string {
  const address = formatAddress(packet.ipVersion, packet.addresses, at);
  const hasPorts = packet.sourcePort !== 0 || packet.destinationPort !== 0;
  return address !== '' && hasPorts ? formatEndpoint(address, port) : address;
}

/** The first of the longest runs (RFC 5952 §4.2.3). */
function longestZeroRun(fields: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  for (let start = 0; start < fields.length; start++) {
    let length = 0;
    while (fields[start + length] === 0) length++;
    if (length > best.length) best = { start, length };
  }
  return best;
}
