/** What a stretch of a SIP message is, to be coloured. */
export type SipRunKind =
  'text' | 'method' | 'status' | 'failure' | 'name' | 'uri' | 'param' | 'body' | 'version';

export interface SipRun {
  readonly kind: SipRunKind;
  readonly text: string;
}

/** A longer line is shown without colours: a hostile message cannot keep the page busy. */
const LONGEST_LINE = 4000;

/** A SIP message as stretches of text: start line, header names, URIs, parameters and body. Joined they are the text. */
export function runsOfSip(text: string): readonly SipRun[] {
  const runs: SipRun[] = [];
  let inBody = false;
  let first = true;
  for (const line of linesOf(text)) {
    const bare = line.replace(/\r?\n$/, '');
    if (inBody) runs.push({ kind: 'body', text: line });
    else if (first) runs.push(...runsOfStartLine(line));
    else if (bare === '') {
      inBody = true;
      runs.push({ kind: 'text', text: line });
    } else runs.push(...runsOfHeader(line));
    if (bare !== '') first = false;
  }
  return runs;
}

function runsOfStartLine(line: string): readonly SipRun[] {
  const response = /^(SIP\/\d\.\d)( +)(\d{3})([^\r\n]*)([\r\n]*)$/.exec(line);
  if (response !== null) {
    const [, version = '', space = '', code = '', reason = '', end = ''] = response;
    const kind = Number(code) >= 400 ? 'failure' : 'status';
    return [
      { kind: 'version', text: version + space },
      { kind, text: code + reason },
      { kind: 'text', text: end },
    ];
  }
  const request = /^([A-Z]+)( +)(\S+)( *)(SIP\/\d\.\d)?([\r\n]*)$/.exec(line);
  if (request === null) return [{ kind: 'text', text: line }];
  const [, method = '', space = '', uri = '', gap = '', version = '', end = ''] = request;
  return [
    { kind: 'method', text: method },
    { kind: 'text', text: space },
    { kind: 'uri', text: uri },
    { kind: 'version', text: gap + version },
    { kind: 'text', text: end },
  ];
}

function runsOfHeader(line: string): readonly SipRun[] {
  const header = /^([A-Za-z0-9.!%*_+`'~-]+)([ \t]*:)/.exec(line);
  if (header === null || line.length > LONGEST_LINE) return [{ kind: 'text', text: line }];
  const [whole, name = '', colon = ''] = header;
  const runs: SipRun[] = [
    { kind: 'name', text: name },
    { kind: 'text', text: colon },
  ];
  const value = line.slice(whole.length);
  const marks = /(sips?:[^\s<>;,"]+|tel:[^\s<>;,"]+)|(;[^\s;=<>"]+)/g;
  let at = 0;
  for (const match of value.matchAll(marks)) {
    if (match.index > at) runs.push({ kind: 'text', text: value.slice(at, match.index) });
    runs.push({ kind: match[1] === undefined ? 'param' : 'uri', text: match[0] });
    at = match.index + match[0].length;
  }
  runs.push({ kind: 'text', text: value.slice(at) });
  return runs;
}

/** The lines with their ends. */
function linesOf(text: string): readonly string[] {
  return text.split(/(?<=\n)/);
}
