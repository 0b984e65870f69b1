/** PEM blocks of every dress (RFC 7468, RFC 1421): indented, in one line, with any line ends, between other text. */
import { parseBase64 } from '../bytes/base64.ts';

export interface PemBlock {
  /** "RSA PRIVATE KEY". */
  readonly label: string;
  /** Line of the BEGIN line, from 1. */
  readonly line: number;
  /** RFC 1421 headers ("Proc-Type", "DEK-Info"), names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  /** The decoded content; empty where `fault` says why. */
  readonly der: Uint8Array;
  /** A part of a sentence: "its END line is missing". null where the block is whole. */
  readonly fault: string | null;
}

/** Every block of a text, at most 1,000. */
export function parsePem(text: string): PemBlock[] {
  // Text that went through JSON or a shell carries its line ends as \n in two characters.
  const plain = /-----\\[rn]/.test(text) ? text.replaceAll(/\\r\\n|\\n|\\r/g, '\n') : text;
  const blocks: PemBlock[] = [];
  const begin = /-----[ \t]*BEGIN ([A-Z0-9][A-Za-z0-9 .#_-]{0,60}?)[ \t]*-----/g;
  let line = 1;
  let counted = 0;
  for (let found = begin.exec(plain); found !== null; found = begin.exec(plain)) {
    if (blocks.length >= MAX_BLOCKS) break;
    line += countLines(plain, counted, found.index);
    counted = found.index;
    const label = (found[1] ?? '').trim();
    const start = begin.lastIndex;
    const end = plain.indexOf('-----', start);
    const body = plain.slice(start, end < 0 ? plain.length : end);
    blocks.push(decodeBlock(label, line, body, endFault(plain, end, label)));
    if (end < 0) break;
    begin.lastIndex = end;
  }
  return blocks;
}

const MAX_BLOCKS = 1000;

function endFault(text: string, end: number, label: string): string | null {
  if (end < 0) return 'its END line is missing: the file is cut short';
  const after = /^-----[ \t]*END ([^-\r\n]{0,80}?)[ \t]*-----/.exec(text.slice(end, end + 120));
  if (after === null) return 'its END line is missing or damaged';
  return after[1]?.trim() === label ? null : `it ends as "${after[1] ?? ''}"`;
}

function decodeBlock(label: string, line: number, body: string, fault: string | null): PemBlock {
  const headers = new Map<string, string>();
  const lines = body.split(/\r\n|\n|\r/).map((text) => text.trim());
  let at = 0;
  let last = '';
  for (; at < lines.length; at++) {
    const text = lines[at] ?? '';
    const header = /^([A-Za-z0-9-]+):\s*(.*)$/.exec(text);
    if (header !== null) {
      last = (header[1] ?? '').toLowerCase();
      headers.set(last, header[2] ?? '');
    } else if (text !== '' || headers.size === 0) {
      if (text !== '') break;
    } else break;
  }
  // Quoted mail and code put marks around the lines; none of them is a digit of base64.
  const digits = lines
    .slice(at)
    .map((text) => text.replace(/^[>|"'\s]+|["',;\s]+$/g, ''))
    .join('');
  const der = parseBase64(digits);
  // A copy that lacks its last line alone has all that counts.
  const isWhole = fault?.startsWith('its END line') === true && der !== null && isOneSequence(der);
  const wrong =
    (isWhole ? null : fault) ??
    (der === null ? 'its content is not base64' : der.length === 0 ? 'there is nothing in it' : null);
  return {
    label,
    line,
    headers,
    der: wrong === null && der !== null ? der : new Uint8Array(0),
    fault: wrong,
  };
}

/** A DER SEQUENCE that ends where its length says (X.690 §8.1.3). */
function isOneSequence(der: Uint8Array): boolean {
  const first = der[1] ?? 0;
  if (der[0] !== 0x30 || first === 0x80 || first > 0x84) return false;
  if (first < 0x80) return der.length === 2 + first;
  let length = 0;
  for (let at = 0; at < (first & 0x7f); at += 1) length = length * 256 + (der[2 + at] ?? 0);
  return der.length === 2 + (first & 0x7f) + length;
}

function countLines(text: string, from: number, to: number): number {
  let lines = 0;
  for (let at = from; at < to; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x0a || (code === 0x0d && text.charCodeAt(at + 1) !== 0x0a)) lines++;
  }
  return lines;
}
