import { parseParameters } from './split-list.ts';

/** A URI as SIP uses it (RFC 3261 §19.1, RFC 3966). Escapes stand as sent. */
export interface SipUri {
  /** Lower case: "sip", "sips", "tel", … */
  readonly scheme: string;
  /** The user part; the number of a tel URI; empty where there is none. */
  readonly user: string;
  /** IPv6 addresses without their brackets. Empty for tel and schemes that are not known. */
  readonly host: string;
  readonly port: number | null;
  readonly parameters: ReadonlyMap<string, string>;
  /** What stands behind the question mark. */
  readonly headers: string;
}

/** null where the text is no URI. A password (RFC 3261 §19.1.1) is left out. */
export function parseSipUri(text: string): SipUri | null {
  const match = /^([A-Za-z][A-Za-z0-9+.-]*):(.*)$/s.exec(text.trim());
  if (match === null) return null;
  const scheme = (match[1] ?? '').toLowerCase();
  const rest = match[2] ?? '';
  if (scheme === 'tel') return readTel(rest);
  if (scheme !== 'sip' && scheme !== 'sips')
    return { scheme, user: rest, host: '', port: null, parameters: new Map(), headers: '' };
  // The user part may hold ; ? and / (RFC 3261 §25.1): the host stands behind the last @ before the headers, if any.
  const at = rest.lastIndexOf('@');
  const userInfo = at < 0 ? '' : rest.slice(0, at);
  const behind = rest.slice(at + 1);
  const question = behind.indexOf('?');
  const [hostPort = '', ...parameters] = (question < 0 ? behind : behind.slice(0, question)).split(';');
  const place = splitHostPort(hostPort);
  if (place === null) return null;
  const colon = userInfo.indexOf(':');
  return {
    scheme,
    user: colon < 0 ? userInfo : userInfo.slice(0, colon),
    ...place,
    parameters: parseParameters(parameters),
    headers: question < 0 ? '' : behind.slice(question + 1),
  };
}

/** "host", "host:port", "[2001:db8::1]:port", also an IPv6 address without brackets; null where the port is none. */
export function splitHostPort(text: string): { host: string; port: number | null } | null {
  const trimmed = text.trim();
  const bracket = /^\[([^\]]*)\]\s*(?::\s*(\d+))?$/.exec(trimmed);
  if (bracket !== null) return withPort(bracket[1] ?? '', bracket[2]);
  const colon = trimmed.indexOf(':');
  if (colon >= 0 && trimmed.includes(':', colon + 1)) return withPort(trimmed, undefined);
  const plain = /^([^\s:<>"]*)\s*(?::\s*(\d+))?$/.exec(trimmed);
  return plain === null ? null : withPort(plain[1] ?? '', plain[2]);
}

/** The user of a SIP URI or the number of a tel URI with escapes undone; else the URI itself. For lists. */
export function userOfUri(text: string): string {
  const uri = parseSipUri(text);
  if (uri === null) return text;
  if (uri.user === '') return uri.host;
  try {
    return decodeURIComponent(uri.user);
  } catch {
    return uri.user;
  }
}

function readTel(rest: string): SipUri {
  const [number = '', ...parameters] = rest.split(';');
  return {
    scheme: 'tel',
    user: number,
    host: '',
    port: null,
    parameters: parseParameters(parameters),
    headers: '',
  };
}

function withPort(host: string, port: string | undefined): { host: string; port: number | null } | null {
  if (port === undefined) return { host, port: null };
  const number = Number(port);
  return number <= 65535 ? { host, port: number } : null;
}
