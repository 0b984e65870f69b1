import { splitList, unquote } from '../app/sip/split-list.ts';
import { splitHostPort } from '../app/sip/parse-uri.ts';
import { isHarmlessPhrase } from './harmless-words.ts';
import type { Replacements } from './replacements.ts';

/** Addresses as in From, Contact or Route: display name, URI, parameters; several in one line too. */
export function redactAddresses(replacements: Replacements, value: string): string {
  return splitList(value, ',')
    .map((part) => redactAddress(replacements, part))
    .join(', ');
}

function redactAddress(replacements: Replacements, part: string): string {
  if (part === '*') return part;
  const open = /^(?:"(?:[^"\\]|\\.)*"|[^"<])*</s.exec(part)?.[0].length ?? 0;
  if (open === 0) {
    const [uri = '', ...parameters] = splitList(part, ';');
    return redactUri(replacements, uri) + redactParameters(replacements, parameters);
  }
  const display = unquote(part.slice(0, open - 1).trim());
  const close = part.indexOf('>', open);
  const uri = redactUri(replacements, part.slice(open, close < 0 ? undefined : close));
  const rest = close < 0 ? [] : splitList(part.slice(close + 1), ';');
  const shown = display === '' ? '' : `"${replacements.replaceUser(display)}" `;
  return `${shown}<${uri}>${redactParameters(replacements, rest)}`;
}

/** A URI of any scheme; what it points at is replaced, how it points there is kept. */
export function redactUri(replacements: Replacements, text: string): string {
  const match = /^\s*([A-Za-z][A-Za-z0-9+.-]*):(.*)$/s.exec(text);
  const scheme = (match?.[1] ?? '').toLowerCase();
  const rest = match?.[2] ?? '';
  if (SIP_SCHEMES.has(scheme)) return `${scheme}:${redactSipUri(replacements, rest)}`;
  if (scheme === 'tel') {
    const [number = '', ...parameters] = splitList(rest, ';');
    return `tel:${replacements.replaceUser(number)}${redactParameters(replacements, parameters)}`;
  }
  if (scheme === 'urn' && rest.startsWith('service:')) return `urn:${replacements.scrub(rest)}`;
  const web = /^\/\/(?:[^/@]*@)?([^/:;?#]*|\[[^\]]*\])(:\d+)?(.*)$/s.exec(rest);
  if (web !== null && WEB_SCHEMES.has(scheme)) {
    const behind = web[3] ?? '';
    return `${scheme}://${replacements.replaceHost(web[1] ?? '')}${web[2] ?? ''}${behind === '' ? '' : `/${replacements.replace('other', behind)}`}`;
  }
  return replacements.replace('other', text);
}

function redactSipUri(replacements: Replacements, rest: string): string {
  const at = rest.lastIndexOf('@');
  const user = at < 0 ? '' : `${redactUserInfo(replacements, rest.slice(0, at))}@`;
  const behind = rest.slice(at + 1);
  const question = behind.indexOf('?');
  const [hostPort = '', ...parameters] = (question < 0 ? behind : behind.slice(0, question)).split(';');
  const headers =
    question < 0 ? '' : `?${redactPairs(replacements, behind.slice(question + 1).split('&'), '&')}`;
  return `${user}${redactHostPort(replacements, hostPort)}${redactParameters(replacements, parameters)}${headers}`;
}

/** user;parameters:password (RFC 3261 §19.1.1). */
function redactUserInfo(replacements: Replacements, text: string): string {
  const colon = text.indexOf(':');
  const [user = '', ...parameters] = (colon < 0 ? text : text.slice(0, colon)).split(';');
  const password = colon < 0 ? '' : `:${replacements.replace('credential', text.slice(colon + 1))}`;
  const whole = redactParameters(replacements, parameters);
  const told = decoded(user);
  replacements.learnSpelling(user, told);
  return `${replacements.replaceUser(told)}${whole}${password}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export function redactHostPort(replacements: Replacements, text: string): string {
  const place = splitHostPort(text);
  if (place === null) return replacements.replace('other', text);
  const host = replacements.replaceHost(place.host);
  const shown = host.includes(':') ? `[${host}]` : host;
  return place.port === null ? shown : `${shown}:${place.port}`;
}

/** Parameters behind a value, each with its semicolon. */
export function redactParameters(replacements: Replacements, parameters: readonly string[]): string {
  return parameters.map((parameter) => `;${redactParameter(replacements, parameter)}`).join('');
}

function redactPairs(replacements: Replacements, pairs: readonly string[], separator: string): string {
  return pairs.map((pair) => redactParameter(replacements, pair)).join(separator);
}

function redactParameter(replacements: Replacements, parameter: string): string {
  const equals = parameter.indexOf('=');
  if (equals < 0) return replacements.scrub(parameter.trim());
  const name = parameter.slice(0, equals).trim();
  const value = unquote(parameter.slice(equals + 1).trim());
  const lower = name.toLowerCase();
  if (lower === 'branch') return `${name}=${replacements.replace('branch', value)}`;
  if (TAGS.has(lower)) return `${name}=${replacements.replace('tag', value)}`;
  // Some registrars give the whole URI that they received from.
  if (/^sips?:/i.test(value)) return `${name}="${redactUri(replacements, value)}"`;
  if (HOSTS.has(lower)) return `${name}=${replacements.replaceHost(value)}`;
  if (lower === 'phone-context')
    return `${name}=${value.startsWith('+') ? replacements.replaceUser(value) : replacements.replaceHost(value)}`;
  if (lower === 'text') return `${name}="${replacements.replacePhrase(value)}"`;
  const kept =
    KEPT.has(lower) && (/^[\d.]{0,7}$/.test(value) || (/^[\w-]+$/.test(value) && isHarmlessPhrase(value)));
  return `${name}=${kept ? value : replacements.replace('other', value)}`;
}

const SIP_SCHEMES = new Set(['sip', 'sips', 'im', 'pres', 'mailto', 'xmpp']);
const WEB_SCHEMES = new Set(['http', 'https', 'ws', 'wss', 'msrp', 'msrps', 'ftp']);
const TAGS = new Set(['tag', 'to-tag', 'from-tag', 'local-tag', 'remote-tag']);
const HOSTS = new Set(['received', 'maddr']);
const KEPT = new Set([
  'audio',
  'alias',
  'cause',
  'charset',
  'comp',
  'counter',
  'duration',
  'expires',
  'handling',
  'index',
  'isub',
  'keep',
  'level',
  'lr',
  'method',
  'ob',
  'party',
  'privacy',
  'q',
  'reason',
  'refresher',
  'reg-id',
  'retry-after',
  'rport',
  'screen',
  'transport',
  'ttl',
  'user',
  'video',
]);
