import { lineFeedFrom, withoutCr } from '../text-lines.ts';
import { parseContentType } from './parse-header.ts';
import { headerValue, type SipMessage } from './parse-message.ts';

/** One part of a body; offsets are bytes of the message's array. */
export interface BodyPart {
  /** Lower case, without parameters; "text/plain" where a part names none (RFC 2046 §5.1). */
  readonly contentType: string;
  readonly contentDisposition: string;
  readonly from: number;
  readonly to: number;
}

/** At most this many parts, and parts within parts this deep. */
const PARTS = 100;
const DEPTH = 4;

/** The parts of a body that is multipart (RFC 2046 §5.1), parts within parts included; else the body as one part. */
export function bodyParts(message: SipMessage): BodyPart[] {
  const { bytes, bodyFrom, bodyTo } = message;
  if (bodyFrom >= bodyTo) return [];
  const parts: BodyPart[] = [];
  const type = headerValue(message, 'content-type') ?? '';
  const disposition = headerValue(message, 'content-disposition') ?? '';
  addPart(parts, bytes, bodyFrom, bodyTo, type, disposition, 0);
  return parts;
}

function addPart(
  parts: BodyPart[],
  bytes: Uint8Array,
  from: number,
  to: number,
  typeText: string,
  contentDisposition: string,
  depth: number,
): void {
  if (parts.length >= PARTS) return;
  const { type, parameters } = parseContentType(typeText);
  const boundary = parameters.get('boundary') ?? '';
  if (!type.startsWith('multipart/') || boundary === '' || depth >= DEPTH) {
    parts.push({ contentType: type === '' ? 'text/plain' : type, contentDisposition, from, to });
    return;
  }
  const delimiter = encoder.encode(`--${boundary}`);
  let partFrom = -1;
  let at = from;
  while (at < to) {
    const lf = lineFeedFrom(bytes, at, to);
    const kind = delimiterAt(bytes, at, withoutCr(bytes, at, lf), delimiter);
    if (kind !== 'none') {
      // The line end before a delimiter belongs to it.
      if (partFrom >= 0) readPart(parts, bytes, partFrom, withoutLineEnd(bytes, partFrom, at), depth);
      partFrom = kind === 'open' ? Math.min(lf + 1, to) : -1;
      if (kind === 'close') return;
    }
    at = lf + 1;
  }
  if (partFrom >= 0) readPart(parts, bytes, partFrom, to, depth);
}

function readPart(parts: BodyPart[], bytes: Uint8Array, from: number, to: number, depth: number): void {
  let type = '';
  let disposition = '';
  let at = from;
  while (at < to) {
    const lf = lineFeedFrom(bytes, at, to);
    const line = decoder.decode(bytes.slice(at, withoutCr(bytes, at, lf)));
    at = Math.min(lf + 1, to);
    if (line === '') break;
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(0, colon)).trim().toLowerCase();
    if (name === 'content-type' || name === 'c') type = line.slice(colon + 1).trim();
    else if (name === 'content-disposition') disposition = line.slice(colon + 1).trim();
  }
  addPart(parts, bytes, at, Math.max(at, to), type, disposition, depth + 1);
}

function delimiterAt(
  bytes: Uint8Array,
  from: number,
  to: number,
  delimiter: Uint8Array,
): 'none' | 'open' | 'close' {
  if (to - from < delimiter.length) return 'none';
  for (let i = 0; i < delimiter.length; i++) if (bytes[from + i] !== delimiter[i]) return 'none';
  let end = from + delimiter.length;
  const close = end + 1 < to && bytes[end] === 0x2d && bytes[end + 1] === 0x2d;
  if (close) end += 2;
  while (end < to)
    if (bytes[end] === 0x20 || bytes[end] === 9) end++;
    else return 'none';
  return close ? 'close' : 'open';
}

function withoutLineEnd(bytes: Uint8Array, from: number, at: number): number {
  if (at > from && bytes[at - 1] === 10) at--;
  return at > from && bytes[at - 1] === 13 ? at - 1 : at;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8');
