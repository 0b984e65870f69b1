import type { Replacements } from './replacements.ts';
import { redactUri } from './redact-uri.ts';

/** A session description (RFC 8866): what it offers stays, who offers it and the keys go. */
export function redactSdp(replacements: Replacements, text: string): string {
  return text
    .split(/\r\n|\r|\n/)
    .map((line) => redactLine(replacements, line))
    .join('\r\n');
}

function redactLine(replacements: Replacements, line: string): string {
  if (line === '') return line;
  const value = line.slice(2);
  if (line[1] !== '=') return replacements.replace('other', line);
  switch (line[0]) {
    case 'v':
    case 't':
    case 'r':
    case 'z':
    case 'b':
    case 'm':
      return /^[\w .:/*+-]*$/.test(value) ? line : `${line.slice(0, 2)}-`;
    case 'o':
      return `o=${redactOrigin(replacements, value)}`;
    case 'c':
      return `c=${redactConnection(replacements, value.split(' ')).join(' ')}`;
    case 's':
      return COMMON_NAMES.test(value) ? line : `s=${replacements.replace('other', value)}`;
    case 'k':
      return `k=${replacements.replace('key', value)}`;
    case 'a':
      return `a=${redactAttribute(replacements, value)}`;
    default:
      return `${line.slice(0, 2)}${replacements.replace('other', value)}`;
  }
}

/** username sess-id sess-version nettype addrtype address (RFC 8866 §5.2). */
function redactOrigin(replacements: Replacements, value: string): string {
  const [user = '', id = '', version = '', ...connection] = value.split(' ');
  const shown = user === '-' ? user : replacements.replaceUser(user);
  const numbers = [id, version].map((part) =>
    /^\d+$/.test(part) ? part : replacements.replace('other', part),
  );
  return [shown, ...numbers, ...redactConnection(replacements, connection)].join(' ');
}

/** nettype addrtype address[/ttl[/count]] (RFC 8866 §5.7). */
function redactConnection(replacements: Replacements, parts: readonly string[]): string[] {
  const [network = '', family = '', place = '', ...more] = parts;
  const [address = '', ...rest] = place.split('/');
  return [
    replacements.scrub(network),
    replacements.scrub(family),
    [replacements.replaceHost(address), ...rest.map((part) => replacements.scrub(part))].join('/'),
    ...more.map((part) => replacements.replace('other', part)),
  ];
}

function redactAttribute(replacements: Replacements, text: string): string {
  const colon = text.indexOf(':');
  if (colon < 0) return FLAGS.has(text.toLowerCase()) ? text : replacements.replace('other', text);
  const name = /^[\w.-]{1,40}$/.test(text.slice(0, colon)) ? replacements.scrub(text.slice(0, colon)) : '-';
  const value = text.slice(colon + 1);
  return `${name}:${redactAttributeValue(replacements, name.toLowerCase(), value)}`;
}

function redactAttributeValue(replacements: Replacements, name: string, value: string): string {
  switch (name) {
    case 'crypto':
      // RFC 4568 §9.1: inline:<key and salt>|lifetime|MKI:length, several separated by semicolons.
      return value
        .split(' ')
        .map((part, at) =>
          at < 2
            ? replacements.scrub(part)
            : part.replace(
                /inline:([^|; ]*)/g,
                (_, key: string) => `inline:${replacements.replace('key', key)}`,
              ),
        )
        .join(' ');
    case 'fingerprint':
    case 'key-mgmt': {
      const space = value.indexOf(' ');
      return `${value.slice(0, space + 1)}${replacements.replace('key', value.slice(space + 1))}`;
    }
    case 'ice-ufrag':
    case 'ice-pwd':
      return replacements.replace('credential', value);
    case 'candidate':
      return redactCandidate(replacements, value.split(' '));
    case 'rtcp': {
      const [port = '', ...connection] = value.split(' ');
      const rest = connection.length === 0 ? [] : redactConnection(replacements, connection);
      return [/^\d+$/.test(port) ? port : '0', ...rest].join(' ');
    }
    case 'ssrc': {
      const [source = '', attribute = ''] = value.split(/ (.*)/s);
      const equals = attribute.indexOf(':');
      const told = attribute.slice(equals + 1);
      return `${/^\d+$/.test(source) ? source : '0'} ${attribute.slice(0, equals + 1)}${redactTold(replacements, told)}`;
    }
    case 'path':
      return value
        .split(' ')
        .map((uri) => redactUri(replacements, uri))
        .join(' ');
    case 'group':
    case 'mid':
    case 'rid':
      return redactNames(replacements, value);
    default:
      if (KEPT.has(name) || /^t38/.test(name)) return replacements.scrub(value);
      return /^\d{1,3}$/.test(value) ? value : redactTold(replacements, value);
  }
}

/** Some programs name the user by the whole URI. */
function redactTold(replacements: Replacements, told: string): string {
  if (told === '') return '';
  return /^sips?:/i.test(told) ? redactUri(replacements, told) : replacements.replace('other', told);
}

/** RFC 8839 §5.1: the foundation too can be made from an address. Behind the port come pairs of names and values. */
function redactCandidate(replacements: Replacements, parts: readonly string[]): string {
  return parts
    .map((part, at) => {
      const before = parts[at - 1] ?? '';
      if (at === 0) return replacements.replace('other', part);
      if (at === 4 || before === 'raddr') return replacements.replaceHost(part);
      if (at > 5 && before === 'ufrag') return replacements.replace('credential', part);
      return /^\d{1,10}$/.test(part) || CANDIDATE_WORDS.has(part.toLowerCase())
        ? part
        : replacements.replace('other', part);
    })
    .join(' ');
}

/** Tokens that name a stream; browsers number them or call them by its kind. */
function redactNames(replacements: Replacements, value: string): string {
  return value
    .split(' ')
    .map((name) => (name.length <= SHORT_NAME ? name : replacements.replacePhrase(name)))
    .join(' ');
}

/** RFC 8839 §5.1, RFC 6544 §4.5, and what browsers add. */
const CANDIDATE_WORDS = new Set(
  `udp tcp ssltcp tls typ host srflx prflx relay raddr rport tcptype active passive so generation ufrag network-id
  network-cost`.split(/\s+/),
);

/** "0", "v1", "LS": too short to name anybody. */
const SHORT_NAME = 3;

/** Session names that devices send when they have none. */
const COMMON_NAMES = /^(?:-|\s*|session|call|sip call|phone-call|talk)$/i;

/** Attributes without a value. */
const FLAGS = new Set([
  'bundle-only',
  'end-of-candidates',
  'extmap-allow-mixed',
  'ice-lite',
  'inactive',
  'recvonly',
  'rtcp-mux',
  'rtcp-mux-only',
  'rtcp-rsize',
  'sendonly',
  'sendrecv',
]);

const KEPT = new Set([
  'accept-types',
  'conf',
  'content',
  'curr',
  'des',
  'extmap',
  'fmtp',
  'framerate',
  'ice-options',
  'lang',
  'max-message-size',
  'maxptime',
  'ptime',
  'rtcp-fb',
  'rtcp-xr',
  'rtpmap',
  'sctp-port',
  'setup',
  'silencesupp',
  'simulcast',
  'tcap',
  'connection',
]);
