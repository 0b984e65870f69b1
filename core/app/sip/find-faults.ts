import { SINGLE_HEADERS } from './header-names.ts';
import { parseCSeq, parseNameAddress, parseVia } from './parse-header.ts';
import { headerValue, headerValues, type SipHeader, type SipMessage } from './parse-message.ts';
import { parseSipUri } from './parse-uri.ts';

export const SIP_FAULTS = [
  'no-start-line',
  'blanks-in-start-line',
  'version-unknown',
  'status-out-of-range',
  'bad-request-uri',
  'headers-cut',
  'line-without-colon',
  'missing-header',
  'repeated-header',
  'bad-cseq',
  'cseq-method-differs',
  'bad-number',
  'bad-content-length',
  'body-cut',
  'bytes-behind-body',
  'bad-address',
  'stray-separators',
  'bad-via',
  'bad-date',
] as const;
export type SipFaultKind = (typeof SIP_FAULTS)[number];

/** What in a message breaks the grammar or the rules of RFC 3261. Offsets are bytes of the message's array. */
export interface SipFault {
  readonly kind: SipFaultKind;
  /** The header's name as sent, "" for the start line and the body. */
  readonly header: string;
  readonly sentence: string;
  readonly from: number;
  readonly to: number;
}

/** Every message must have these (RFC 3261 §8.1.1, §8.2.6). */
const MANDATORY = ['via', 'from', 'to', 'call-id', 'cseq'] as const;
const NAMES: Readonly<Record<string, string>> = {
  via: 'Via',
  from: 'From',
  to: 'To',
  'call-id': 'Call-ID',
  cseq: 'CSeq',
};

/** What is wrong with a message, in the order of its bytes as far as they have one. Empty for a sound one. */
export function findSipFaults(message: SipMessage): SipFault[] {
  const faults: SipFault[] = [];
  const add = (kind: SipFaultKind, sentence: string, header?: SipHeader): void => {
    const from = header?.from ?? message.startFrom;
    faults.push({ kind, header: header?.name ?? '', sentence, from, to: header?.to ?? message.startTo });
  };
  judgeStart(message, add);
  for (const header of message.headers) judgeHeader(message, header, add);
  const seen = new Set<string>();
  for (const header of message.headers) {
    if (SINGLE_HEADERS.has(header.canonical) && seen.has(header.canonical))
      add('repeated-header', `${header.name} stands more than once; the first one counts here.`, header);
    seen.add(header.canonical);
  }
  if (message.headersComplete) {
    for (const name of MANDATORY)
      if (!seen.has(name)) add('missing-header', `There is no ${NAMES[name] ?? name} header.`);
  } else add('headers-cut', 'The message ends inside its headers.');
  judgeBody(message, faults);
  return faults;
}

type Add = (kind: SipFaultKind, sentence: string, header?: SipHeader) => void;

function judgeStart(message: SipMessage, add: Add): void {
  const { start } = message;
  if (start.kind === 'unknown') {
    add('no-start-line', 'The first line is neither a request line nor a status line.');
    return;
  }
  if (start.version.toUpperCase() !== 'SIP/2.0')
    add('version-unknown', `The version is ${start.version}, not SIP/2.0.`);
  if (start.kind === 'response') {
    if (start.status < 100 || start.status > 699)
      add('status-out-of-range', `The status ${start.status} is not between 100 and 699.`);
    return;
  }
  const line = new TextDecoder().decode(message.bytes.slice(message.startFrom, message.startTo));
  if (line !== `${start.method} ${start.uri} ${start.version}` || start.uri.includes(' '))
    add('blanks-in-start-line', 'The request line has blanks where the grammar has none.');
  if (start.uri.startsWith('<')) add('bad-request-uri', 'The request URI stands in angle brackets.');
  else {
    const uri = parseSipUri(start.uri);
    if (uri === null) add('bad-request-uri', 'The request URI is no URI.');
    else if (uri.headers !== '') add('bad-request-uri', 'The request URI has headers, which it may not.');
  }
}

function judgeHeader(message: SipMessage, header: SipHeader, add: Add): void {
  const { canonical, name, value } = header;
  switch (canonical) {
    case '':
      add('line-without-colon', 'A header line has no colon.', header);
      return;
    case 'cseq': {
      const cseq = parseCSeq(value);
      if (cseq === null || cseq.number >= 2 ** 31)
        add('bad-cseq', 'CSeq is not a number below 2^31 and a method.', header);
      else if (message.start.kind === 'request' && cseq.method !== message.start.method)
        add(
          'cseq-method-differs',
          `CSeq names ${cseq.method}, the request line ${message.start.method}.`,
          header,
        );
      return;
    }
    case 'content-length':
      if (!/^\d+$/.test(value)) add('bad-content-length', 'Content-Length is no number.', header);
      return;
    case 'max-forwards':
      if (!isNumberUpTo(value, 255)) add('bad-number', 'Max-Forwards is no number from 0 to 255.', header);
      return;
    case 'expires':
    case 'min-expires':
      if (!isNumberUpTo(value, 2 ** 32 - 1))
        add('bad-number', `${name} is no number of seconds below 2^32.`, header);
      return;
    case 'via':
      judgeVia(header, add);
      return;
    case 'from':
    case 'to':
      judgeAddress(header, value, add);
      return;
    case 'contact':
    case 'route':
    case 'record-route':
      if (value === '*' && canonical === 'contact') return;
      if (hasStraySeparators(value))
        add('stray-separators', `${name} has separators with nothing between them.`, header);
      for (const one of headerValues({ ...message, headers: [header] }, canonical))
        judgeAddress(header, one, add);
      return;
    case 'date':
      if (!/ GMT$/.test(value)) add('bad-date', 'The date is not in GMT.', header);
      return;
  }
}

function judgeVia(header: SipHeader, add: Add): void {
  if (hasStraySeparators(header.value)) {
    add('stray-separators', 'Via has separators with nothing between them.', header);
    return;
  }
  for (const value of headerValues({ ...NO_MESSAGE, headers: [header] }, 'via')) {
    const via = parseVia(value);
    if (via === null) add('bad-via', 'Via is not a protocol, a transport and a host.', header);
    else if (via.branch.toLowerCase() === 'z9hg4bk')
      add(
        'bad-via',
        'The branch has nothing behind its magic cookie: transactions cannot be told apart.',
        header,
      );
  }
}

function judgeAddress(header: SipHeader, value: string, add: Add): void {
  const wrong = (what: string): void => add('bad-address', `${header.name}: ${what}.`, header);
  const address = parseNameAddress(value);
  if (address === null) return wrong('there is no address');
  if (isUnbalanced(value)) return wrong('a quoted name or an angle bracket is not closed');
  const bracket = value.indexOf('<');
  if (bracket >= 0 && /^\s|\s$/.test(value.slice(bracket + 1, value.lastIndexOf('>'))))
    return wrong('blanks stand inside the angle brackets');
  const uri = parseSipUri(address.uri);
  if (uri === null) return wrong('the address is no URI');
  if (bracket < 0 && /[?,]/.test(address.uri)) return wrong('a URI with ? or , must stand in angle brackets');
  // display-name is tokens and blanks, or quoted (RFC 3261 §25.1).
  const name = value.slice(0, Math.max(0, bracket)).trim();
  if (name !== '' && !name.startsWith('"') && /[,;:@()[\]{}"]/.test(name))
    wrong('the name would have to stand in quotes');
}

function judgeBody(message: SipMessage, faults: SipFault[]): void {
  const length = headerValue(message, 'content-length');
  if (!message.headersComplete || length === null || !/^\d+$/.test(length)) return;
  const have = message.to - message.bodyFrom;
  const wanted = Number(length);
  const fault = { header: '', from: message.bodyFrom, to: message.to };
  if (wanted > have)
    faults.push({
      kind: 'body-cut',
      sentence: `Content-Length is ${length}, but only ${have} bytes follow.`,
      ...fault,
    });
  else if (wanted < have)
    faults.push({
      kind: 'bytes-behind-body',
      sentence: `${have - wanted} bytes follow behind the body of ${length}.`,
      ...fault,
      from: message.bodyTo,
    });
}

function isNumberUpTo(value: string, largest: number): boolean {
  return /^\d{1,12}$/.test(value) && Number(value) <= largest;
}

/** ";;", ",," or a separator at the end, outside of quotes. */
function hasStraySeparators(value: string): boolean {
  const bare = withoutQuoted(value).replaceAll(' ', '').replaceAll('\t', '');
  return /[;,][;,]|[;,]$/.test(bare);
}

function isUnbalanced(value: string): boolean {
  const bare = withoutQuoted(value);
  if (bare.includes('"')) return true;
  return bare.split('<').length !== bare.split('>').length;
}

/** The value without its quoted strings; one that is not closed stays. */
function withoutQuoted(value: string): string {
  let out = '';
  let from = 0;
  for (let i = 0; i < value.length; i++) {
    if (value[i] !== '"') continue;
    let end = i + 1;
    while (end < value.length && value[end] !== '"') end += value[end] === '\\' ? 2 : 1;
    if (end >= value.length) break;
    out += value.slice(from, i);
    from = end + 1;
    i = end;
  }
  return out + value.slice(from);
}

const NO_MESSAGE: SipMessage = {
  bytes: new Uint8Array(0),
  start: { kind: 'unknown', line: '' },
  startFrom: 0,
  startTo: 0,
  headers: [],
  headersComplete: true,
  bodyFrom: 0,
  bodyTo: 0,
  to: 0,
};
