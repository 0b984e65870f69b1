/**
 * What the parts of a SIP message's text are, as plain data for a view to colour. Never markup.
 */
import { canonicalHeaderName } from './header-names.ts';

export const HIGHLIGHT_KINDS = [
  'method',
  'version',
  'status',
  'reason',
  'header-name',
  'uri',
  'display-name',
  'parameter',
  'parameter-value',
  'string',
  'number',
  'body-field',
  'body',
] as const;
export type HighlightKind = (typeof HIGHLIGHT_KINDS)[number];

/** text.slice(from, to) is of this kind. */
export interface HighlightRun {
  readonly from: number;
  readonly to: number;
  readonly kind: HighlightKind;
}

/** Text behind this is one run of kind 'body'. */
const HIGHLIGHT_LIMIT = 262_144;

/**
 * Runs in order, none empty, none overlapping; what lies between them is plain. Offsets are UTF-16 units of `text`.
 * Linear in the length of the text.
 */
export function highlightSip(text: string): HighlightRun[] {
  const runs = new Runs();
  const lineEnd = endOfLine(text, 0);
  highlightStart(runs, text, lineEnd);
  let at = lineEnd + 1;
  let isSdp = false;
  while (at < text.length && at < HIGHLIGHT_LIMIT) {
    const end = endOfLine(text, at);
    if (isEmptyLine(text, at, end)) {
      highlightBody(runs, text, end + 1, isSdp);
      return runs.all;
    }
    if (text[at] === ' ' || text[at] === '\t') highlightValue(runs, text, at, end, '');
    else {
      const colon = findWithin(text, ':', at, end);
      if (colon < end) {
        runs.add(at, colon, 'header-name');
        const name = canonicalHeaderName(text.slice(at, colon).trim());
        isSdp ||= name === 'content-type' && text.slice(colon, end).toLowerCase().includes('application/sdp');
        highlightValue(runs, text, colon + 1, end, name);
      }
    }
    at = end + 1;
  }
  runs.add(at, text.length, 'body');
  return runs.all;
}

class Runs {
  readonly all: HighlightRun[] = [];
  #end = 0;

  add(from: number, to: number, kind: HighlightKind): void {
    if (from < this.#end || to <= from) return;
    this.all.push({ from, to, kind });
    this.#end = to;
  }
}

function endOfLine(text: string, from: number): number {
  const lf = text.indexOf('\n', from);
  return lf < 0 ? text.length : lf;
}

/** Where `c` stands in text.slice(from, to), or `to`. */
function findWithin(text: string, c: string, from: number, to: number): number {
  while (from < to && text[from] !== c) from++;
  return from;
}

function isEmptyLine(text: string, from: number, to: number): boolean {
  return from === to || (to === from + 1 && text[from] === '\r');
}

function highlightStart(runs: Runs, text: string, lineEnd: number): void {
  const end = text[lineEnd - 1] === '\r' ? lineEnd - 1 : lineEnd;
  const first = findWithin(text, ' ', 0, end);
  if (first === end) return;
  if (/^SIP\//i.test(text.slice(0, 4))) {
    runs.add(0, first, 'version');
    const statusEnd = findWithin(text, ' ', first + 1, end);
    runs.add(first + 1, statusEnd, 'status');
    runs.add(statusEnd + 1, end, 'reason');
    return;
  }
  const last = text.lastIndexOf(' ', end - 1);
  runs.add(0, first, 'method');
  if (last > first) {
    runs.add(first + 1, last, 'uri');
    runs.add(last + 1, end, 'version');
  } else runs.add(first + 1, end, 'uri');
}

/** Headers whose values are addresses: what stands before the bracket is a name. */
const ADDRESSES = new Set([
  'from',
  'to',
  'contact',
  'route',
  'record-route',
  'refer-to',
  'referred-by',
  'reply-to',
  'path',
]);

function highlightValue(runs: Runs, text: string, from: number, to: number, name: string): void {
  let at = skipBlanks(text, from, to);
  if (name === 'cseq') {
    const blank = endOfWord(text, at, to);
    runs.add(at, blank, 'number');
    at = skipBlanks(text, blank, to);
    runs.add(at, endOfWord(text, at, to), 'method');
    return;
  }
  const plainFrom = at;
  while (at < to) {
    const c = text[at];
    if (c === '"') {
      const close = endOfString(text, at, to);
      runs.add(at, close, ADDRESSES.has(name) ? 'display-name' : 'string');
      at = close;
    } else if (c === '<') {
      if (ADDRESSES.has(name)) runs.add(plainFrom, endWithoutBlanks(text, plainFrom, at), 'display-name');
      const uriEnd = findWithin(text, '>', at, to);
      runs.add(at + 1, uriEnd, 'uri');
      at = uriEnd + 1;
    } else if (c === ';' || (c === ',' && isParameterList(name)))
      at = highlightParameter(runs, text, at + 1, to);
    else if (isUriStart(text, at, plainFrom)) {
      const end = endOfUri(text, at, to);
      runs.add(at, end, 'uri');
      at = end;
    } else if (at === plainFrom && isDigit(c)) {
      const end = endOfDigits(text, at, to);
      runs.add(at, end, 'number');
      at = Math.max(end, at + 1);
    } else if (at === plainFrom && isParameterList(name)) {
      // "Digest realm=…": the scheme is plain, its parameters follow.
      at = highlightParameter(runs, text, skipBlanks(text, endOfWord(text, at, to), to), to);
    } else at++;
  }
}

function highlightParameter(runs: Runs, text: string, from: number, to: number): number {
  const start = skipBlanks(text, from, to);
  let at = start;
  while (at < to && !/[=;,\s"<>]/.test(text[at] ?? '')) at++;
  runs.add(start, at, 'parameter');
  if (text[at] !== '=' || at >= to) return Math.max(at, from);
  const valueFrom = at + 1;
  if (text[valueFrom] === '"') {
    const close = endOfString(text, valueFrom, to);
    runs.add(valueFrom, close, 'parameter-value');
    return close;
  }
  at = valueFrom;
  while (at < to && !/[;,\s"<>]/.test(text[at] ?? '')) at++;
  runs.add(valueFrom, at, 'parameter-value');
  return Math.max(at, valueFrom);
}

function isParameterList(name: string): boolean {
  return name.endsWith('authenticate') || name.endsWith('authorization') || name === 'authentication-info';
}

function highlightBody(runs: Runs, text: string, from: number, isSdp: boolean): void {
  let at = from;
  while (isSdp && at < text.length && at < HIGHLIGHT_LIMIT) {
    const end = endOfLine(text, at);
    const textEnd = text[end - 1] === '\r' ? end - 1 : end;
    if (text[at + 1] === '=' && textEnd > at) {
      runs.add(at, at + 1, 'body-field');
      const nameEnd = findWithin(text, ':', at, textEnd);
      if (text[at] === 'a') runs.add(at + 2, nameEnd, 'parameter');
      runs.add(text[at] === 'a' ? nameEnd + 1 : at + 2, textEnd, 'body');
    } else runs.add(at, textEnd, 'body');
    at = end + 1;
  }
  runs.add(at, text.length, 'body');
}

function skipBlanks(text: string, from: number, to: number): number {
  while (from < to && (text[from] === ' ' || text[from] === '\t')) from++;
  return from;
}

function endOfWord(text: string, from: number, to: number): number {
  while (from < to && !/\s/.test(text[from] ?? '')) from++;
  return from;
}

function endWithoutBlanks(text: string, from: number, to: number): number {
  while (to > from && (text[to - 1] === ' ' || text[to - 1] === '\t')) to--;
  return to;
}

function endOfString(text: string, from: number, to: number): number {
  let at = from + 1;
  while (at < to && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return Math.min(at + 1, to);
}

function isUriStart(text: string, at: number, valueFrom: number): boolean {
  if (at > valueFrom && !/[\s,]/.test(text[at - 1] ?? '')) return false;
  return /^(?:sips?|tel|urn|https?):/i.test(text.slice(at, at + 6));
}

function endOfUri(text: string, from: number, to: number): number {
  while (from < to && !/[\s,;>]/.test(text[from] ?? '')) from++;
  return from;
}

/** Digits up to a blank, a separator or the end; else `from`: "127.0.0.1" is no number. */
function endOfDigits(text: string, from: number, to: number): number {
  let at = from;
  while (at < to && isDigit(text[at])) at++;
  return at === to || /[\s;,]/.test(text[at] ?? '') ? at : from;
}

function isDigit(c: string | undefined): boolean {
  return c !== undefined && c >= '0' && c <= '9';
}
