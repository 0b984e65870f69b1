/** Whether a certificate is for a host: RFC 9525 (formerly 6125), and for SIP RFC 5922 §7. */
import type { Certificate } from './certificate.ts';

export interface NameMatch {
  readonly matches: boolean;
  /** Where it matched. `common-name`: only the subject's CN, which RFC 9525 no longer allows but old phones accept. */
  readonly by: 'dns' | 'ip' | 'uri' | 'common-name' | null;
  /** The names of the certificate that were looked at, at most 50, for the sentence. */
  readonly presented: readonly string[];
}

/** `host` is a DNS name or an IP address as text. */
export function matchName(certificate: Certificate, host: string): NameMatch {
  const names = certificate.extensions.names ?? [];
  const presented: string[] = [];
  const wantedAddress = parseAddress(host);
  const wanted = toAscii(host);
  let by: NameMatch['by'] = null;
  for (const name of names) {
    if (name.kind === 'dns' || name.kind === 'ip' || name.kind === 'uri') presented.push(name.value);
    if (by !== null) continue;
    if (name.kind === 'ip' && wantedAddress !== null && parseAddress(name.value) === wantedAddress) by = 'ip';
    if (name.kind === 'dns' && wantedAddress === null && matchDnsName(name.value, wanted)) by = 'dns';
    if (name.kind === 'uri' && sipHostOf(name.value) === (wantedAddress ?? wanted)) by = 'uri';
  }
  const commonName = certificate.subject.commonName;
  if (presented.length === 0 && commonName !== null) {
    // RFC 9525 §2 forbids it; it is told apart so that the remedy can say so.
    presented.push(commonName);
    const fits =
      wantedAddress === null ? matchDnsName(commonName, wanted) : parseAddress(commonName) === wantedAddress;
    if (fits) by = 'common-name';
  }
  return { matches: by !== null, by, presented: presented.slice(0, 50) };
}

/**
 * RFC 9525 §6.3: "*" stands only as the whole left-most label and for exactly one label; at least two labels must
 * follow it, so that "*.com" matches nothing.
 */
export function matchDnsName(pattern: string, host: string): boolean {
  const presented = toAscii(pattern);
  const wanted = toAscii(host);
  if (wanted === '' || presented === '' || wanted.includes('*')) return false;
  if (!presented.includes('*')) return presented === wanted;
  if (!presented.startsWith('*.') || presented.indexOf('*', 1) >= 0) return false;
  const rest = presented.slice(1);
  const dot = wanted.indexOf('.');
  return dot > 0 && rest.indexOf('.', 1) > 0 && wanted.slice(dot) === rest;
}

/** An IP address in one canonical form; null where the text is none. */
export function parseAddress(text: string): string | null {
  const bare = text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1) : text;
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(bare)) {
    const octets = bare.split('.').map(Number);
    return octets.every((octet) => octet < 256) ? octets.join('.') : null;
  }
  return bare.includes(':') && bare.length <= 64 ? parseIpv6(bare) : null;
}

function parseIpv6(text: string): string | null {
  const address = text.split('%', 1)[0] ?? '';
  const halves = address.split('::');
  if (halves.length > 2) return null;
  const groups = halves.map((half) => (half === '' ? [] : expandGroups(half)));
  const [head, tail] = groups;
  if (head === undefined || head === null || tail === null) return null;
  const missing = 8 - head.length - (tail?.length ?? 0);
  if (tail === undefined ? missing !== 0 : missing < 1) return null;
  const all = [...head, ...Array.from({ length: missing }, () => 0), ...(tail ?? [])];
  return all.map((group) => group.toString(16)).join(':');
}

function expandGroups(half: string): number[] | null {
  const groups: number[] = [];
  for (const part of half.split(':')) {
    if (part.includes('.')) {
      const octets = parseAddress(part)?.split('.').map(Number);
      if (octets?.length !== 4) return null;
      groups.push((octets[0] ?? 0) * 256 + (octets[1] ?? 0), (octets[2] ?? 0) * 256 + (octets[3] ?? 0));
    } else if (/^[0-9a-f]{1,4}$/i.test(part)) groups.push(Number.parseInt(part, 16));
    else return null;
  }
  return groups;
}

/** The host of a "sip:example.com" or "sips:" URI without a user part (RFC 5922 §7.1); null for others. */
function sipHostOf(uri: string): string | null {
  const host = /^sips?:([^;?@]+)$/i.exec(uri)?.[1];
  if (host === undefined) return null;
  const bare = host.startsWith('[') ? host.replace(/\]:\d+$/, ']') : host.replace(/:\d+$/, '');
  return parseAddress(bare) ?? toAscii(bare);
}

/** Lower case without the root's dot. Names come as A-labels from TLS and from certificates alike. */
function toAscii(name: string): string {
  const lower = name.toLowerCase();
  return lower.endsWith('.') ? lower.slice(0, -1) : lower;
}
