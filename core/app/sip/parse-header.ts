/**
 * Values of single SIP headers (RFC 3261 §20). Tolerant: null only where nothing can be made of a value.
 */
import { splitHostPort } from './parse-uri.ts';
import { parseParameters, splitList, unquote } from './split-list.ts';

/** From, To, Contact, Route, Record-Route, Refer-To, P-Asserted-Identity … */
export interface NameAddress {
  readonly displayName: string;
  readonly uri: string;
  /** Those of the header, not of the URI. */
  readonly parameters: ReadonlyMap<string, string>;
}

/** `Name <uri>;parameters` or `uri;parameters` (then they belong to the header: RFC 3261 §20). */
export function parseNameAddress(value: string): NameAddress | null {
  const open = openingBracket(value);
  if (open < 0) {
    const [uri = '', ...parameters] = splitList(value, ';');
    return uri === '' ? null : { displayName: '', uri, parameters: parseParameters(parameters) };
  }
  const close = value.indexOf('>', open);
  const uri = value.slice(open + 1, close < 0 ? value.length : close).trim();
  const rest = close < 0 ? '' : value.slice(close + 1);
  const displayName = unquote(value.slice(0, open).trim());
  return { displayName, uri, parameters: parseParameters(splitList(rest, ';')) };
}

export interface Via {
  /** "TLS", "UDP", "WSS" …, upper case. */
  readonly transport: string;
  readonly host: string;
  readonly port: number | null;
  readonly branch: string;
  readonly received: string;
  readonly rport: string;
  readonly parameters: ReadonlyMap<string, string>;
}

/** One Via value (RFC 3261 §20.42): "SIP/2.0/TLS host:port;parameters". */
export function parseVia(value: string): Via | null {
  const [sentBy = '', ...rest] = splitList(value, ';');
  const match = /^\s*[^\s/]+\s*\/\s*[^\s/]+\s*\/\s*([^\s/]+)\s+(.*)$/s.exec(sentBy);
  if (match === null) return null;
  const place = splitHostPort(match[2] ?? '');
  if (place === null) return null;
  const parameters = parseParameters(rest);
  return {
    transport: (match[1] ?? '').toUpperCase(),
    ...place,
    branch: parameters.get('branch') ?? '',
    received: parameters.get('received') ?? '',
    rport: parameters.get('rport') ?? '',
    parameters,
  };
}

export interface CSeq {
  readonly number: number;
  readonly method: string;
}

/** RFC 3261 §20.16; a number above 2^31 is given as it stands. */
export function parseCSeq(value: string): CSeq | null {
  const match = /^(\d{1,15})\s+(\S+)$/.exec(value);
  return match === null ? null : { number: Number(match[1]), method: match[2] ?? '' };
}

/** Authorization, WWW-Authenticate and their Proxy- twins (RFC 3261 §20.7, RFC 8760). */
export interface Credentials {
  /** "Digest" as sent. */
  readonly scheme: string;
  /** Names in lower case, quotes taken off. */
  readonly parameters: ReadonlyMap<string, string>;
}

export function parseCredentials(value: string): Credentials | null {
  const match = /^(\S+)\s+(.*)$/s.exec(value);
  if (match === null) return null;
  return { scheme: match[1] ?? '', parameters: parseParameters(splitList(match[2] ?? '', ',')) };
}

/** "type/subtype;parameters", type and subtype in lower case. */
export interface ContentType {
  readonly type: string;
  readonly parameters: ReadonlyMap<string, string>;
}

export function parseContentType(value: string): ContentType {
  const [type = '', ...parameters] = splitList(value, ';');
  const words = type.toLowerCase().split('/');
  return { type: words.map((word) => word.trim()).join('/'), parameters: parseParameters(parameters) };
}

/** The `<` that opens the URI: the first one outside of a quoted string, or any where a quote is never closed. */
function openingBracket(value: string): number {
  let quoted = false;
  for (let i = 0; i < value.length; i++) {
    const c = value[i];
    if (c === '<' && !quoted) return i;
    if (c === '"') quoted = !quoted;
    else if (c === '\\') i++;
  }
  return value.indexOf('<');
}
