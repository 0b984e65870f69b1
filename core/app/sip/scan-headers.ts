/**
 * One pass over the header bytes of a SIP message: where it ends and where the parts lie that lists and framing need.
 * Makes no strings and no objects.
 */
import type { SipScratch } from '../events.ts';
import { HEADERS_LIMIT } from '../message-reader.ts';
import { classifyStartLine, LINE_SIP_REQUEST, LINE_SIP_RESPONSE } from '../start-line.ts';
import { withoutCr } from '../text-lines.ts';

export const SCAN_OK = 0;
/** The first line has no end yet. */
export const SCAN_NEEDS_LINE = 1;
/** A SIP start line, but the empty line is not there yet; what stands before is filled in. */
export const SCAN_NEEDS_HEADERS = 2;
export const SCAN_NOT_SIP = 3;

/**
 * Fills startLineEnd, isRequest, status, Call-ID, CSeq, contentLength, headersEnd of `message` from bytes[from, to).
 * Lines end with CRLF or LF; folded lines (RFC 3261 §7.3.1) belong to the header before; of a header that comes twice
 * the first counts. A longer run of bytes never changes what a shorter one gave.
 */
export function scanSipHeaders(message: SipScratch, bytes: Uint8Array, from: number, to: number): number {
  if (offer.bytes === bytes && offer.from === from && offer.to === to) return takeOffer(message);
  let lf = from;
  while (lf < to && bytes[lf] !== 10) lf++;
  clear(message);
  if (lf === to) return SCAN_NEEDS_LINE;
  const lineEnd = withoutCr(bytes, from, lf);
  if (!fillStartLine(message, bytes, from, lineEnd)) return SCAN_NOT_SIP;
  // Two bytes a step: either CR or LF of every CRLF is met. A header between bare LFs can be missed so; where a part is
  // not found, or the first line ends with a bare LF, every byte is looked at.
  const step = lineEnd === lf ? 1 : 2;
  const result = scan(message, bytes, lf, to, step);
  const found = message.callIdFrom >= 0 && message.cseqFrom >= 0 && message.contentLength !== -1;
  if (step === 1 || result !== SCAN_OK || found) return result;
  const { startLineEnd, isRequest, status } = message;
  clear(message);
  message.startLineEnd = startLineEnd;
  message.isRequest = isRequest;
  message.status = status;
  return scan(message, bytes, lf, to, 1);
}

/** Numbers that noteScan writes. */
export const SCAN_WIDTH = 9;

/**
 * Notes a scan of bytes[from, to) that another thread made: what scanSipHeaders found, as numbers from numbers[at] on,
 * offsets counted from `from`. Only a whole header block is worth noting; else the first number becomes 0.
 */
export function noteScan(
  message: SipScratch,
  bytes: Uint8Array,
  from: number,
  to: number,
  numbers: Int32Array,
  at: number,
): void {
  const bound = Math.min(to, from + HEADERS_LIMIT);
  numbers[at] = 0;
  if (scanSipHeaders(message, bytes, from, bound) !== SCAN_OK) return;
  // Lengths beyond 31 bits are no better than none, and are scanned again.
  if (message.contentLength > 0x7fffffff) return;
  numbers[at] = message.isRequest ? 2 : 1;
  numbers[at + 1] = message.status;
  numbers[at + 2] = message.startLineEnd - from;
  numbers[at + 3] = message.callIdFrom < 0 ? -1 : message.callIdFrom - from;
  numbers[at + 4] = message.callIdFrom < 0 ? -1 : message.callIdTo - from;
  numbers[at + 5] = message.cseqFrom < 0 ? -1 : message.cseqFrom - from;
  numbers[at + 6] = message.cseqFrom < 0 ? -1 : message.cseqTo - from;
  numbers[at + 7] = message.headersEnd - from;
  numbers[at + 8] = message.contentLength;
}

/** Lets the next scan of bytes[from, to) take over what noteScan wrote at numbers[at]. */
export function offerScan(
  bytes: Uint8Array,
  from: number,
  to: number,
  numbers: Int32Array,
  at: number,
): void {
  offer.bytes = numbers[at] === 0 ? NOTHING : bytes;
  offer.from = from;
  offer.to = Math.min(to, from + HEADERS_LIMIT);
  offer.numbers = numbers;
  offer.at = at;
}

const NOTHING = new Uint8Array(0);
interface Offer {
  bytes: Uint8Array;
  from: number;
  to: number;
  numbers: Int32Array;
  at: number;
}

const offer: Offer = { bytes: NOTHING, from: -1, to: -1, numbers: new Int32Array(0), at: 0 };

function takeOffer(message: SipScratch): number {
  const { from, numbers, at } = offer;
  offer.bytes = NOTHING;
  offer.from = -1;
  message.isRequest = numbers[at] === 2;
  message.status = numbers[at + 1]!;
  message.startLineEnd = from + numbers[at + 2]!;
  const callId = numbers[at + 3]!;
  message.callIdFrom = callId < 0 ? -1 : from + callId;
  message.callIdTo = callId < 0 ? -1 : from + numbers[at + 4]!;
  const cseq = numbers[at + 5]!;
  message.cseqFrom = cseq < 0 ? -1 : from + cseq;
  message.cseqTo = cseq < 0 ? -1 : from + numbers[at + 6]!;
  message.headersEnd = from + numbers[at + 7]!;
  message.contentLength = numbers[at + 8]!;
  return SCAN_OK;
}

/** True where a Content-Type header (or its compact form) stands in the header block bytes[from, headersEnd). */
export function hasContentType(bytes: Uint8Array, from: number, headersEnd: number): boolean {
  let at = from;
  for (;;) {
    while (at < headersEnd && bytes[at] !== 10) at++;
    at++;
    if (at >= headersEnd) return false;
    if ((bytes[at]! | 0x20) !== 0x63) continue;
    if (endsName(bytes, at + 1, headersEnd) || isName(bytes, at, headersEnd, CONTENT_TYPE_NAME)) return true;
  }
}

const NO_HEADER = 0;
const CALL_ID = 1;
const CSEQ = 2;
const CONTENT_LENGTH = 3;

function clear(message: SipScratch): void {
  message.startLineEnd = -1;
  message.callIdFrom = message.callIdTo = message.cseqFrom = message.cseqTo = -1;
  message.headersEnd = -1;
  message.contentLength = -1;
}

/** The headers behind the first line, which ends with the LF at `firstLf`. */
function scan(message: SipScratch, bytes: Uint8Array, firstLf: number, to: number, step: 1 | 2): number {
  let header = NO_HEADER;
  let valueFrom = 0;
  let lineEnd = firstLf;
  let lf = firstLf;
  let i = firstLf;
  for (;;) {
    // `lf` ends a line whose text ends at `lineEnd`; what begins behind it?
    const next = lf + 1;
    if (next >= to) return SCAN_NEEDS_HEADERS;
    const begin = bytes[next]!;
    if (begin !== 0x20 && begin !== 0x09) {
      if (header !== NO_HEADER) {
        fillHeader(message, bytes, header, valueFrom, lineEnd);
        header = NO_HEADER;
      }
      if (begin === 10) {
        message.headersEnd = next + 1;
        return SCAN_OK;
      }
      if (begin === 13) {
        if (next + 1 === to) return SCAN_NEEDS_HEADERS;
        if (bytes[next + 1] === 10) {
          message.headersEnd = next + 2;
          return SCAN_OK;
        }
      }
      const letter = begin | 0x20;
      if (letter === 0x63 || letter === 0x69 || letter === 0x6c) {
        header = headerAt(bytes, next, to);
        if (header !== NO_HEADER) valueFrom = colonFrom(bytes, next, to) + 1;
      }
    }
    // The next line end: a run of CRs, or none, and a LF. The value of a header that counts ends at a bare LF as well.
    const stride = header === NO_HEADER ? step : 1;
    i = next + 1;
    for (;;) {
      while (i < to) {
        const c = bytes[i]!;
        if (c <= 13 && (c === 13 || c === 10)) break;
        i += stride;
      }
      if (i >= to) return SCAN_NEEDS_HEADERS;
      const before = bytes[i - 1]!;
      lineEnd = i - 1 > next && (before === 13 || before === 10) ? i - 1 : i;
      lf = lineEnd;
      while (lf < to && bytes[lf] === 13) lf++;
      if (lf === to) return SCAN_NEEDS_HEADERS;
      if (bytes[lf] === 10) break;
      // A bare CR is no line end.
      i = lf + 1;
    }
  }
}

/** Fills startLineEnd, isRequest and status from the first line, bytes[from, to); false where it is not SIP's. */
export function fillStartLine(message: SipScratch, bytes: Uint8Array, from: number, to: number): boolean {
  const kind = classifyStartLine(bytes, from, to);
  if (kind !== LINE_SIP_REQUEST && kind !== LINE_SIP_RESPONSE) return false;
  message.startLineEnd = to;
  message.isRequest = kind === LINE_SIP_REQUEST;
  message.status = kind === LINE_SIP_REQUEST ? 0 : statusOf(bytes, from, to);
  return true;
}

function statusOf(bytes: Uint8Array, from: number, to: number): number {
  let i = from;
  while (i < to && bytes[i] !== 0x20) i++;
  while (i < to && bytes[i] === 0x20) i++;
  let status = 0;
  for (; i < to && isDigit(bytes[i]!) && status < 1000; i++) status = status * 10 + bytes[i]! - 0x30;
  return status < 1000 ? status : 0;
}

/** Which of the three headers begins at `at`, in long or compact form; the name's colon may stand behind blanks. */
function headerAt(bytes: Uint8Array, at: number, to: number): number {
  const second = at + 1 < to ? bytes[at + 1]! | 0x20 : 0;
  const letter = bytes[at]! | 0x20;
  if (letter === 0x69) return endsName(bytes, at + 1, to) ? CALL_ID : NO_HEADER;
  if (letter === 0x6c) return endsName(bytes, at + 1, to) ? CONTENT_LENGTH : NO_HEADER;
  if (second === 0x61) return isName(bytes, at, to, CALL_ID_NAME) ? CALL_ID : NO_HEADER;
  if (second === 0x73) return isName(bytes, at, to, CSEQ_NAME) ? CSEQ : NO_HEADER;
  if (second === 0x6f) return isName(bytes, at, to, CONTENT_LENGTH_NAME) ? CONTENT_LENGTH : NO_HEADER;
  return NO_HEADER;
}

const CALL_ID_NAME = new TextEncoder().encode('call-id');
const CSEQ_NAME = new TextEncoder().encode('cseq');
const CONTENT_TYPE_NAME = new TextEncoder().encode('content-type');
const CONTENT_LENGTH_NAME = new TextEncoder().encode('content-length');

function isName(bytes: Uint8Array, at: number, to: number, name: Uint8Array): boolean {
  const end = at + name.length;
  if (end >= to) return false;
  for (let i = 1; i < name.length; i++) if ((bytes[at + i]! | 0x20) !== name[i]) return false;
  return endsName(bytes, end, to);
}

function endsName(bytes: Uint8Array, at: number, to: number): boolean {
  while (at < to && (bytes[at] === 0x20 || bytes[at] === 0x09)) at++;
  return at < to && bytes[at] === 0x3a;
}

function colonFrom(bytes: Uint8Array, at: number, to: number): number {
  while (at < to && bytes[at] !== 0x3a) at++;
  return at;
}

function fillHeader(message: SipScratch, bytes: Uint8Array, header: number, from: number, to: number): void {
  while (from < to && bytes[from]! <= 0x20) from++;
  while (to > from && bytes[to - 1]! <= 0x20) to--;
  if (header === CALL_ID) {
    if (message.callIdFrom < 0) {
      message.callIdFrom = from;
      message.callIdTo = to;
    }
  } else if (header === CSEQ) {
    if (message.cseqFrom < 0) {
      message.cseqFrom = from;
      message.cseqTo = to;
    }
  } else if (message.contentLength === -1) message.contentLength = lengthOf(bytes, from, to);
}

/** Digits only, as a number (Infinity where there are very many); -2 for anything else. */
function lengthOf(bytes: Uint8Array, from: number, to: number): number {
  if (from === to) return -2;
  let length = 0;
  for (let i = from; i < to; i++) {
    const c = bytes[i]!;
    if (!isDigit(c)) return -2;
    length = length * 10 + c - 0x30;
  }
  return length;
}

function isDigit(c: number): boolean {
  return c >= 0x30 && c <= 0x39;
}
