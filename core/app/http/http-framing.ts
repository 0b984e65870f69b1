/**
 * How an HTTP/1.1 message is framed (RFC 9112 §6): found from its header bytes, without strings.
 */
import { tokenEnd } from '../start-line.ts';

export type HttpBody = 'none' | 'length' | 'chunked' | 'until-close';

/** What stands in one header block; reused. */
export interface HttpHeaders {
  body: HttpBody;
  contentLength: number;
  /** Behind the empty line. */
  headersEnd: number;
  isRequest: boolean;
  status: number;
  method: number;
  /** The message asks for, or agrees to, WebSocket (RFC 6455 §4). */
  websocket: boolean;
}

export const METHOD_OTHER = 0;
export const METHOD_HEAD = 1;
export const METHOD_CONNECT = 2;

export function createHttpHeaders(): HttpHeaders {
  return {
    body: 'none',
    contentLength: 0,
    headersEnd: 0,
    isRequest: true,
    status: 0,
    method: METHOD_OTHER,
    websocket: false,
  };
}

/**
 * Reads the header block bytes[from, headersEnd). `isRequest` by the start line, `requestMethod` is that of the request
 * that a response answers (a response to HEAD has no body, one to CONNECT neither where it is 2xx).
 */
export function readHttpHeaders(
  out: HttpHeaders,
  bytes: Uint8Array,
  from: number,
  headersEnd: number,
  isRequest: boolean,
  requestMethod: number,
): void {
  out.headersEnd = headersEnd;
  out.isRequest = isRequest;
  out.contentLength = -1;
  out.websocket = false;
  out.method = isRequest ? methodOf(bytes, from, headersEnd) : METHOD_OTHER;
  out.status = isRequest ? 0 : statusOf(bytes, from, headersEnd);
  let chunked = false;
  let at = lineAfter(bytes, from, headersEnd);
  while (at < headersEnd) {
    const next = lineAfter(bytes, at, headersEnd);
    const colon = tokenEnd(bytes, at, next);
    if (bytes[colon] === 0x3a) {
      const length = colon - at;
      if (length === 14 && isWord(bytes, at, CONTENT_LENGTH))
        out.contentLength = lengthOf(bytes, colon + 1, next);
      else if (length === 17 && isWord(bytes, at, TRANSFER_ENCODING))
        chunked ||= holds(bytes, colon + 1, next, CHUNKED);
      else if (length === 7 && isWord(bytes, at, UPGRADE))
        out.websocket ||= holds(bytes, colon + 1, next, WEBSOCKET);
    }
    at = next;
  }
  if (chunked) out.body = 'chunked';
  else if (out.contentLength >= 0) out.body = 'length';
  else out.body = isRequest ? 'none' : 'until-close';
  if (!isRequest) {
    const bodiless =
      out.status < 200 || out.status === 204 || out.status === 304 || requestMethod === METHOD_HEAD;
    if (bodiless || (requestMethod === METHOD_CONNECT && out.status < 300)) out.body = 'none';
  }
  if (out.body !== 'length') out.contentLength = 0;
}

/** Behind the empty line that ends the header block begun at `from`, or -1. */
export function blankLineEnd(bytes: Uint8Array, from: number, to: number): number {
  for (let i = from; i < to; i++) {
    if (bytes[i] !== 10) continue;
    if (i + 1 < to && bytes[i + 1] === 10) return i + 2;
    if (i + 2 < to && bytes[i + 1] === 13 && bytes[i + 2] === 10) return i + 3;
  }
  return -1;
}

/** The size that a chunk's first line gives (RFC 9112 §7.1), or -1. */
export function chunkSizeOf(bytes: Uint8Array, from: number, to: number): number {
  let size = 0;
  let i = from;
  for (; i < to; i++) {
    const c = bytes[i]! | 0x20;
    const digit = c >= 0x30 && c <= 0x39 ? c - 0x30 : c >= 0x61 && c <= 0x66 ? c - 0x57 : -1;
    if (digit < 0) break;
    size = size * 16 + digit;
  }
  if (i === from || size > Number.MAX_SAFE_INTEGER) return -1;
  const c = i < to ? bytes[i]! : 10;
  return c === 10 || c === 13 || c === 0x3b || c === 0x20 || c === 9 ? size : -1;
}

const encoder = new TextEncoder();
const CONTENT_LENGTH = encoder.encode('content-length');
const TRANSFER_ENCODING = encoder.encode('transfer-encoding');
const UPGRADE = encoder.encode('upgrade');
const CHUNKED = encoder.encode('chunked');
const WEBSOCKET = encoder.encode('websocket');

function methodOf(bytes: Uint8Array, from: number, to: number): number {
  const end = tokenEnd(bytes, from, to);
  if (end - from === 4 && isWord(bytes, from, encodedHead)) return METHOD_HEAD;
  return end - from === 7 && isWord(bytes, from, encodedConnect) ? METHOD_CONNECT : METHOD_OTHER;
}

const encodedHead = encoder.encode('head');
const encodedConnect = encoder.encode('connect');

function statusOf(bytes: Uint8Array, from: number, to: number): number {
  let i = from;
  while (i < to && bytes[i] !== 0x20) i++;
  while (i < to && bytes[i] === 0x20) i++;
  let status = 0;
  for (let n = 0; n < 3 && i < to; n++, i++) status = status * 10 + (bytes[i]! - 0x30);
  return status;
}

function lineAfter(bytes: Uint8Array, from: number, to: number): number {
  let i = from;
  while (i < to && bytes[i] !== 10) i++;
  return Math.min(i + 1, to);
}

function isWord(bytes: Uint8Array, at: number, lower: Uint8Array): boolean {
  for (let i = 0; i < lower.length; i++) if ((bytes[at + i]! | 0x20) !== lower[i]) return false;
  return true;
}

function holds(bytes: Uint8Array, from: number, to: number, lower: Uint8Array): boolean {
  for (let i = from; i + lower.length <= to; i++) if (isWord(bytes, i, lower)) return true;
  return false;
}

function lengthOf(bytes: Uint8Array, from: number, to: number): number {
  let i = from;
  while (i < to && (bytes[i] === 0x20 || bytes[i] === 9)) i++;
  const start = i;
  let length = 0;
  for (; i < to && bytes[i]! >= 0x30 && bytes[i]! <= 0x39; i++) length = length * 10 + bytes[i]! - 0x30;
  return i === start ? -1 : length;
}
