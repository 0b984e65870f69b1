import { classifyStartLine, LINE_SIP_REQUEST, LINE_SIP_RESPONSE } from '../start-line.ts';
import { behindEmptyLines, lineFeedFrom, withoutCr } from '../text-lines.ts';
import { canonicalHeaderName, isListHeader } from './header-names.ts';
import { splitList } from './split-list.ts';

/** One header field with its folded lines. Offsets are bytes of the array that was parsed. */
export interface SipHeader {
  /** As sent. */
  readonly name: string;
  /** Lower case, long form; empty where the line has no colon. */
  readonly canonical: string;
  /** Unfolded, without blanks at its ends. */
  readonly value: string;
  readonly from: number;
  /** Behind the value's last byte, line end excluded. */
  readonly to: number;
  readonly valueFrom: number;
}

export type SipStart =
  | { readonly kind: 'request'; readonly method: string; readonly uri: string; readonly version: string }
  | { readonly kind: 'response'; readonly version: string; readonly status: number; readonly reason: string }
  /** Text that is neither; the message may be cut, or be something else. */
  | { readonly kind: 'unknown'; readonly line: string };

export interface SipMessage {
  readonly bytes: Uint8Array;
  readonly start: SipStart;
  readonly startFrom: number;
  readonly startTo: number;
  readonly headers: readonly SipHeader[];
  /** False where the bytes end before the empty line. */
  readonly headersComplete: boolean;
  /** The body as framed: cut to Content-Length where that is shorter. */
  readonly bodyFrom: number;
  readonly bodyTo: number;
  readonly to: number;
}

/**
 * Reads one SIP message (RFC 3261 §7) from bytes[from, to). Never fails: what is broken is left as it stands, and
 * findSipFaults names it. Text is UTF-8; bytes that are not become U+FFFD.
 */
export function parseSipMessage(bytes: Uint8Array, from = 0, to = bytes.length): SipMessage {
  const startFrom = behindEmptyLines(bytes, from, to);
  const startLf = lineFeedFrom(bytes, startFrom, to);
  const startTo = withoutCr(bytes, startFrom, startLf);
  const headers: SipHeader[] = [];
  let at = Math.min(startLf + 1, to);
  let complete = false;
  while (at < to) {
    const end = headerEnd(bytes, at, to);
    if (end === at) {
      complete = true;
      at = lineFeedFrom(bytes, at, to) + 1;
      break;
    }
    headers.push(readHeader(bytes, at, end));
    at = Math.min(lineFeedFrom(bytes, end, to) + 1, to);
  }
  const bodyFrom = Math.min(at, to);
  const start = parseStart(bytes, startFrom, startTo);
  const message = {
    bytes,
    start,
    startFrom,
    startTo,
    headers,
    headersComplete: complete,
    bodyFrom,
    bodyTo: to,
    to,
  };
  const length = headerValue(message, 'content-length');
  const framed = length !== null && /^\d{1,9}$/.test(length) ? bodyFrom + Number(length) : to;
  return framed < to ? { ...message, bodyTo: framed } : message;
}

/** The first value of a header by its canonical name, or null. */
export function headerValue(message: SipMessage, canonical: string): string | null {
  for (const header of message.headers) if (header.canonical === canonical) return header.value;
  return null;
}

/** All values of a header in order, those that stand in one line separated. */
export function headerValues(message: SipMessage, canonical: string): string[] {
  const values: string[] = [];
  for (const header of message.headers) {
    if (header.canonical !== canonical) continue;
    if (isListHeader(canonical)) values.push(...splitList(header.value, ','));
    else values.push(header.value);
  }
  return values;
}

/** The body as text (UTF-8). */
export function bodyText(message: SipMessage): string {
  return decoder.decode(message.bytes.slice(message.bodyFrom, message.bodyTo));
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

function textOf(bytes: Uint8Array, from: number, to: number): string {
  return decoder.decode(bytes.slice(from, to));
}

/** The end of the header that begins at `at`, folded lines included, its last line end excluded; `at` for an empty line. */
function headerEnd(bytes: Uint8Array, at: number, to: number): number {
  let lf = lineFeedFrom(bytes, at, to);
  if (withoutCr(bytes, at, lf) === at) return at;
  while (lf + 1 < to && (bytes[lf + 1] === 0x20 || bytes[lf + 1] === 9)) {
    const next = lineFeedFrom(bytes, lf + 1, to);
    lf = next;
  }
  return withoutCr(bytes, at, lf);
}

function readHeader(bytes: Uint8Array, from: number, to: number): SipHeader {
  let colon = from;
  while (colon < to && bytes[colon] !== 0x3a && bytes[colon] !== 10) colon++;
  if (colon === to || bytes[colon] !== 0x3a)
    return { name: '', canonical: '', value: unfold(textOf(bytes, from, to)), from, to, valueFrom: from };
  const name = textOf(bytes, from, colon).trim();
  let valueFrom = colon + 1;
  while (valueFrom < to && isBlank(bytes[valueFrom]!)) valueFrom++;
  const value = unfold(textOf(bytes, valueFrom, to));
  return { name, canonical: canonicalHeaderName(name), value, from, to, valueFrom };
}

/** Folded lines as one, a blank between them (RFC 3261 §7.3.1). */
function unfold(text: string): string {
  if (!text.includes('\n')) return text.trim();
  return text
    .split('\n')
    .map((line) => line.trim())
    .join(' ')
    .trim();
}

function parseStart(bytes: Uint8Array, from: number, to: number): SipStart {
  const line = textOf(bytes, from, to);
  const kind = classifyStartLine(bytes, from, to);
  if (kind === LINE_SIP_RESPONSE) {
    const match = /^(\S+) +(\d+) ?(.*)$/s.exec(line);
    if (match !== null) {
      const [, version = '', status = '', reason = ''] = match;
      return { kind: 'response', version, status: Number(status), reason: reason.trimEnd() };
    }
  }
  if (kind === LINE_SIP_REQUEST) {
    const trimmed = line.trimEnd();
    const first = trimmed.indexOf(' ');
    const last = trimmed.lastIndexOf(' ');
    const uri = trimmed.slice(first + 1, last).trim();
    return { kind: 'request', method: trimmed.slice(0, first), uri, version: trimmed.slice(last + 1) };
  }
  return { kind: 'unknown', line };
}

function isBlank(c: number): boolean {
  return c === 0x20 || c === 9 || c === 13 || c === 10;
}
