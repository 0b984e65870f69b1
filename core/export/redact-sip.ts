import { parseSipMessage, type SipHeader, type SipStart } from '../app/sip/parse-message.ts';
import { splitList, unquote } from '../app/sip/split-list.ts';
import { decodeUtf8, encodeUtf8 } from '../bytes/text.ts';
import { isHarmlessPhrase } from './harmless-words.ts';
import type { ExportedEnd, ExportedMessage } from './exported.ts';
import { redactProduct } from './redact-product.ts';
import { redactSdp } from './redact-sdp.ts';
import { redactAddresses, redactHostPort, redactParameters, redactUri } from './redact-uri.ts';
import type { Replacements } from './replacements.ts';

/**
 * A message in which whatever could name a person, a host or a secret is replaced, always by the same. What stays is
 * what is known to be harmless: a header or a parameter that is not known loses its value.
 */
export function redactMessage(replacements: Replacements, message: ExportedMessage): ExportedMessage {
  const bytes = encodeUtf8(redactSip(replacements, message.bytes));
  const startLine = decodeUtf8(bytes.subarray(0, Math.max(0, bytes.indexOf(13))));
  return {
    ...message,
    source: redactEnd(replacements, message.source),
    destination: redactEnd(replacements, message.destination),
    startLine,
    callId: replacements.replace('call-id', message.callId.trim()),
    cseq: redactCSeq(replacements, message.cseq.trim()),
    bytes,
  };
}

function redactEnd(replacements: Replacements, end: ExportedEnd): ExportedEnd {
  if (end.ipVersion === 0) return end;
  return { ...end, words: replacements.replaceAddress(end.ipVersion, end.words) };
}

function redactSip(replacements: Replacements, bytes: Uint8Array): string {
  const message = parseSipMessage(bytes);
  const type = message.headers.find((header) => header.canonical === 'content-type')?.value ?? '';
  const body = redactBody(replacements, type, bytes.subarray(message.bodyFrom, message.bodyTo), 0);
  const lines = [redactStart(replacements, message.start)];
  for (const header of message.headers) {
    if (header.canonical === 'content-length') lines.push(`${header.name}: ${encodeUtf8(body).length}`);
    else lines.push(redactHeader(replacements, header));
  }
  return `${lines.join('\r\n')}\r\n${message.headersComplete ? '\r\n' : ''}${body}`;
}

function redactStart(replacements: Replacements, start: SipStart): string {
  switch (start.kind) {
    case 'request':
      return `${replacements.scrub(start.method)} ${redactUri(replacements, start.uri)} ${start.version}`;
    case 'response':
      return `${start.version} ${start.status} ${replacements.replacePhrase(start.reason)}`;
    case 'unknown':
      return replacements.replace('other', start.line);
  }
}

function redactHeader(replacements: Replacements, header: SipHeader): string {
  if (header.canonical === '') return replacements.replace('other', header.value);
  const { canonical } = header;
  const known = ADDRESSES.has(canonical) || CREDENTIALS.has(canonical) || KEPT.has(canonical);
  const tellsNothing = known || OWN_RULES.has(canonical) || isHarmlessPhrase(header.name);
  const name = tellsNothing ? header.name : replacements.replace('other', header.name);
  return `${name}: ${redactValue(replacements, canonical, header.value)}`;
}

function redactValue(replacements: Replacements, name: string, value: string): string {
  if (ADDRESSES.has(name)) return redactAddresses(replacements, value);
  if (CREDENTIALS.has(name)) return redactCredentials(replacements, value);
  if (KEPT.has(name)) return redactKept(replacements, name, value);
  switch (name) {
    case 'via':
      return splitList(value, ',')
        .map((via) => redactVia(replacements, via))
        .join(', ');
    case 'call-id':
      return replacements.replace('call-id', value);
    case 'in-reply-to':
      return splitList(value, ',')
        .map((id) => replacements.replace('call-id', id))
        .join(', ');
    case 'replaces':
    case 'join':
    case 'target-dialog': {
      const [id = '', ...parameters] = splitList(value, ';');
      return replacements.replace('call-id', id) + redactParameters(replacements, parameters);
    }
    case 'session-id': {
      // RFC 7989 §5: the other side's comes as a parameter.
      const [id = '', ...parameters] = splitList(value, ';');
      return replacements.replace('other', id) + redactParameters(replacements, parameters);
    }
    case 'cseq':
      return redactCSeq(replacements, value);
    case 'date':
      return replacements.scrub(value);
    case 'server':
    case 'user-agent':
      return redactProduct(replacements, value);
    case 'warning':
      return splitList(value, ',')
        .map((warning) => redactWarning(replacements, warning))
        .join(', ');
    default:
      return replacements.replace('other', value);
  }
}

/** Several values, each with parameters of which only those are kept that are known. */
function redactKept(replacements: Replacements, name: string, value: string): string {
  return splitList(value, ',')
    .map((one) => {
      const [told = '', ...parameters] = splitList(one, ';');
      const kept = NUMBERS.has(name)
        ? /^[\d. ]+([A-Z]+)?$/
        : LANGUAGES.has(name)
          ? /^([a-z]{2,3}(-[a-z]{2,4})?|\*)$/i
          : null;
      const said = kept?.test(told) === true ? told : replacements.replacePhrase(told);
      return said + redactParameters(replacements, parameters);
    })
    .join(', ');
}

/** warn-code warn-agent warn-text (RFC 3261 §20.43): the agent is a host, the text is anything. */
function redactWarning(replacements: Replacements, warning: string): string {
  const match = /^(\d{3})\s+(\S+)\s+(.*)$/s.exec(warning.trim());
  if (match === null) return replacements.replace('other', warning);
  const [, code = '', agent = '', text = ''] = match;
  return `${code} ${redactHostPort(replacements, agent)} "${replacements.replacePhrase(unquote(text))}"`;
}

function redactCSeq(replacements: Replacements, value: string): string {
  return /^\d+\s+[A-Z]+$/.test(value) ? value : replacements.replace('other', value);
}

/** sent-protocol sent-by;parameters (RFC 3261 §20.42). */
function redactVia(replacements: Replacements, via: string): string {
  const [sent = '', ...parameters] = splitList(via, ';');
  const match = /^(SIP\s*\/\s*2\.0\s*\/\s*\w+)\s+(.*)$/is.exec(sent);
  if (match === null) return replacements.replace('other', via);
  const place = redactHostPort(replacements, match[2] ?? '');
  return `${match[1] ?? ''} ${place}${redactParameters(replacements, parameters)}`;
}

/** Challenges and responses (RFC 3261 §25.1): what kind they are stays, what they say goes. */
function redactCredentials(replacements: Replacements, value: string): string {
  const match = /^([A-Za-z0-9-]+)\s+(\S+\s*=.*)$/s.exec(value);
  const scheme = match?.[1] ?? '';
  const listed = match?.[2] ?? value;
  if (scheme.toLowerCase() !== 'digest' && !/^\w+\s*=/.test(value))
    return replacements.replace('credential', value);
  const parts = splitList(listed, ',').map((part) => {
    const equals = part.indexOf('=');
    const name = part.slice(0, Math.max(0, equals)).trim();
    const raw = part.slice(equals + 1).trim();
    const told = redactCredential(replacements, name.toLowerCase(), unquote(raw));
    return `${name}=${raw.startsWith('"') ? `"${told}"` : told}`;
  });
  return `${scheme === '' ? '' : `${scheme} `}${parts.join(', ')}`;
}

function redactCredential(replacements: Replacements, name: string, value: string): string {
  switch (name) {
    case 'nc':
      return /^[0-9a-f]{1,8}$/i.test(value) ? value : replacements.replace('credential', value);
    case 'algorithm':
    case 'qop':
    case 'stale':
    case 'userhash':
      return replacements.scrub(value);
    case 'username':
      return replacements.replaceUser(value.split('@')[0] ?? '');
    case 'realm':
      return replacements.replaceHost(value);
    case 'uri':
      return redactUri(replacements, value);
    default:
      return replacements.replace('credential', value);
  }
}

function redactBody(replacements: Replacements, type: string, bytes: Uint8Array, depth: number): string {
  const text = decodeUtf8(bytes);
  const [media = ''] = type.toLowerCase().split(';');
  const kind = media.trim();
  if (text.trim() === '') return '';
  if (kind === 'application/sdp' || (kind === '' && text.startsWith('v=0')))
    return redactSdp(replacements, text);
  if (depth < MOST_DEPTH && kind === 'message/sipfrag') return redactSip(replacements, bytes);
  const boundary = /;\s*boundary\s*=\s*(?:"([^"]+)"|([^\s;]+))/i.exec(type);
  if (depth < MOST_DEPTH && kind.startsWith('multipart/') && boundary !== null)
    return redactParts(replacements, boundary[1] ?? boundary[2] ?? '', text, depth);
  return `[${bytes.length} bytes left out]`;
}

/** RFC 2046 §5.1; what stands before the first part and behind the last goes. */
function redactParts(replacements: Replacements, boundary: string, text: string, depth: number): string {
  const mark = `--${replacements.replace('other', boundary)}`;
  const parts = text.split(`--${boundary}`).slice(1);
  const made = parts
    .filter((part) => !part.startsWith('--'))
    .map((part) => {
      const [head = '', body = ''] = part.replace(/^\r?\n/, '').split(/\r?\n\r?\n(.*)/s);
      const lines = head.split(/\r?\n/).map((line) => {
        const colon = line.indexOf(':');
        if (colon < 0) return replacements.replace('other', line);
        const name = line.slice(0, colon).trim();
        return `${name}: ${redactValue(replacements, name.toLowerCase(), line.slice(colon + 1).trim())}`;
      });
      const type = /^content-type\s*:\s*(.*)$/im.exec(head)?.[1] ?? '';
      return `${mark}\r\n${lines.join('\r\n')}\r\n\r\n${redactBody(replacements, type, encodeUtf8(body.trimEnd()), depth + 1)}\r\n`;
    });
  return `${made.join('')}${mark}--\r\n`;
}

const MOST_DEPTH = 3;

/** Headers that redactValue knows by name. */
const OWN_RULES = new Set([
  'call-id',
  'cseq',
  'date',
  'in-reply-to',
  'join',
  'replaces',
  'server',
  'session-id',
  'target-dialog',
  'user-agent',
  'via',
  'warning',
]);

/** Headers that count or measure. */
const NUMBERS = new Set([
  'expires',
  'max-forwards',
  'mime-version',
  'min-expires',
  'min-se',
  'rack',
  'retry-after',
  'rseq',
  'session-expires',
  'timestamp',
]);

const LANGUAGES = new Set(['accept-language', 'content-language']);

const ADDRESSES = new Set([
  'alert-info',
  'call-info',
  'contact',
  'diversion',
  'error-info',
  'from',
  'history-info',
  'p-asserted-identity',
  'p-associated-uri',
  'p-called-party-id',
  'p-preferred-identity',
  'path',
  'record-route',
  'refer-to',
  'referred-by',
  'remote-party-id',
  'reply-to',
  'route',
  'service-route',
  'to',
]);

const CREDENTIALS = new Set([
  'authentication-info',
  'authorization',
  'proxy-authenticate',
  'proxy-authentication-info',
  'proxy-authorization',
  'www-authenticate',
]);

/** Their values come from registries or count something; what was learned elsewhere is replaced in them too. */
const KEPT = new Set([
  'accept',
  'accept-encoding',
  'accept-language',
  'allow',
  'allow-events',
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-type',
  'event',
  'expires',
  'max-forwards',
  'mime-version',
  'min-expires',
  'min-se',
  'priority',
  'privacy',
  'proxy-require',
  'rack',
  'reason',
  'recv-info',
  'require',
  'retry-after',
  'rseq',
  'session-expires',
  'subscription-state',
  'supported',
  'timestamp',
  'unsupported',
]);
