/**
 * The parts of a SIP message by which it belongs to a transaction, a dialog and a call. Found in one pass over the header
 * bytes; offsets only, so that a hundred thousand messages cost no strings.
 */
import {
  endOfWord,
  holdsWord,
  isDigit,
  isWord,
  numberAt,
  parameterOf,
  range,
  readAddress,
  readReplacesOfUri,
  trimInto,
} from './header-ranges.ts';
import type { ByteRange } from './header-ranges.ts';
import { type HeaderKey, headerKeyOf } from './header-keys.ts';
import { classifyStartLine, LINE_SIP_REQUEST, LINE_SIP_RESPONSE, tokenEnd } from '../start-line.ts';
import { behindEmptyLines, lineFeedFrom, withoutCr } from '../text-lines.ts';

/** Extension headers of one message that are looked at. */
const MOST_EXTENSIONS = 12;

/** Reused from message to message. */
export class SipKeys {
  isRequest = false;
  /** Status code, 0 for requests and for codes that are no number below 1000. */
  status = 0;
  /** Of the request line; empty for responses. */
  readonly method = range();
  readonly requestUri = range();
  readonly callId = range();
  /** -1 where there is none. */
  cseq = -1;
  readonly cseqMethod = range();
  readonly fromUri = range();
  readonly fromTag = range();
  readonly toUri = range();
  readonly toTag = range();
  readonly branch = range();
  /** Via values, all hops together. */
  vias = 0;
  /** The topmost Via names WebSocket (RFC 7118 §5.2): of the hop that the message takes. */
  overWebSocket = false;
  readonly contactUri = range();
  readonly event = range();
  readonly subscriptionState = range();
  /** Seconds of the Expires header, or of the first Contact's parameter; -1 where there is none. */
  expires = -1;
  /** Session-ID (RFC 7989): the UUID of the sender's side and of the other side. */
  readonly sessionId = range();
  readonly remoteSessionId = range();
  /** A header in which a B2BUA names the Call-ID of its other leg. */
  readonly relatedCallId = range();
  /** What a header gives to all legs of a call (P-Charging-Vector's icid-value, RFC 7315 §5.6, and what makers have). */
  readonly correlation = range();
  /** Values of extension headers that are not known here: one may name the Call-ID of another leg. */
  readonly extensions: readonly ByteRange[] = Array.from({ length: MOST_EXTENSIONS }, range);
  extensionCount = 0;
  /** The Call-ID of a Replaces header (RFC 3891), also of one inside Refer-To. */
  readonly replaces = range();
  hasSdp = false;
  /** Authorization or Proxy-Authorization. */
  hasCredentials = false;

  clear(): void {
    this.isRequest = false;
    this.status = 0;
    this.cseq = -1;
    this.vias = 0;
    this.expires = -1;
    this.extensionCount = 0;
    this.hasSdp = this.hasCredentials = this.overWebSocket = false;
    for (const one of this.#ranges()) one.from = one.to = -1;
  }

  #ranges(): readonly ByteRange[] {
    return (this.#all ??= [
      this.method,
      this.requestUri,
      this.callId,
      this.cseqMethod,
      this.fromUri,
      this.fromTag,
      this.toUri,
      this.toTag,
      this.branch,
      this.contactUri,
      this.event,
      this.subscriptionState,
      this.sessionId,
      this.remoteSessionId,
      this.relatedCallId,
      this.correlation,
      this.replaces,
    ]);
  }
  #all: readonly ByteRange[] | null = null;
}

/** False where bytes[from, to) begin with no SIP start line. */
export function scanSipKeys(out: SipKeys, bytes: Uint8Array, from: number, to: number): boolean {
  out.clear();
  const start = behindEmptyLines(bytes, from, to);
  const startLf = lineFeedFrom(bytes, start, to);
  if (!readStartLine(out, bytes, start, withoutCr(bytes, start, startLf))) return false;
  let at = startLf + 1;
  while (at < to) {
    let lf = lineFeedFrom(bytes, at, to);
    if (withoutCr(bytes, at, lf) === at) return true;
    while (lf + 1 < to && (bytes[lf + 1] === 0x20 || bytes[lf + 1] === 9))
      lf = lineFeedFrom(bytes, lf + 1, to);
    readHeader(out, bytes, at, withoutCr(bytes, at, Math.min(lf, to)));
    at = lf + 1;
  }
  return true;
}

function readStartLine(out: SipKeys, bytes: Uint8Array, from: number, to: number): boolean {
  const kind = classifyStartLine(bytes, from, to);
  if (kind === LINE_SIP_REQUEST) {
    out.isRequest = true;
    out.method.from = from;
    out.method.to = tokenEnd(bytes, from, to);
    let uriTo = to;
    while (uriTo > from && bytes[uriTo - 1] === 0x20) uriTo--;
    while (uriTo > from && bytes[uriTo - 1] !== 0x20) uriTo--;
    trimInto(out.requestUri, bytes, out.method.to, uriTo);
    return true;
  }
  if (kind !== LINE_SIP_RESPONSE) return false;
  let i = from;
  while (i < to && bytes[i] !== 0x20) i++;
  while (i < to && bytes[i] === 0x20) i++;
  const status = numberAt(bytes, i, to);
  out.status = status < 1000 ? status : 0;
  return true;
}

/** One header with its folded lines. */
function readHeader(out: SipKeys, bytes: Uint8Array, from: number, to: number): void {
  const nameTo = tokenEnd(bytes, from, to);
  let colon = nameTo;
  while (colon < to && (bytes[colon] === 0x20 || bytes[colon] === 9)) colon++;
  if (bytes[colon] !== 0x3a || colon >= to) return;
  const key = headerKeyOf(bytes, from, nameTo);
  const isUnknown = key === undefined && out.isRequest && isExtension(bytes, from, nameTo);
  if (key === undefined && !isUnknown) return;
  let valueFrom = colon + 1;
  while (valueFrom < to && bytes[valueFrom]! <= 0x20) valueFrom++;
  while (to > valueFrom && bytes[to - 1]! <= 0x20) to--;
  if (key !== undefined) readValue(out, key, bytes, valueFrom, to);
  else if (out.extensionCount < MOST_EXTENSIONS)
    trimInto(out.extensions[out.extensionCount++]!, bytes, valueFrom, to);
}

/** "X-…", "P-…", or a name with "call" in it that is none of RFC 3261's. */
function isExtension(bytes: Uint8Array, from: number, to: number): boolean {
  const first = bytes[from]! | 0x20;
  if ((first === 0x78 || first === 0x70) && bytes[from + 1] === 0x2d) return true;
  for (let at = from; at + CALL.length <= to; at++) if (isWord(bytes, at, CALL)) return true;
  return false;
}

function readValue(out: SipKeys, key: HeaderKey, bytes: Uint8Array, from: number, to: number): void {
  switch (key) {
    case 'call-id':
      if (out.callId.from < 0) trimInto(out.callId, bytes, from, to);
      return;
    case 'cseq': {
      if (out.cseq >= 0) return;
      out.cseq = numberAt(bytes, from, to);
      let i = from;
      while (i < to && isDigit(bytes[i]!)) i++;
      trimInto(out.cseqMethod, bytes, i, to);
      return;
    }
    case 'from':
      if (out.fromUri.from < 0) readAddress(out.fromUri, out.fromTag, bytes, from, to);
      return;
    case 'to':
      if (out.toUri.from < 0) readAddress(out.toUri, out.toTag, bytes, from, to);
      return;
    case 'via':
      readVia(out, bytes, from, to);
      return;
    case 'contact':
      if (out.contactUri.from >= 0) return;
      readAddress(out.contactUri, SPARE, bytes, from, to);
      if (out.expires < 0 && parameterOf(SPARE, bytes, from, to, EXPIRES))
        out.expires = numberAt(bytes, SPARE.from, SPARE.to);
      return;
    case 'expires':
      out.expires = numberAt(bytes, from, to);
      return;
    case 'event':
      trimInto(out.event, bytes, from, endOfWord(bytes, from, to));
      return;
    case 'subscription-state':
      trimInto(out.subscriptionState, bytes, from, endOfWord(bytes, from, to));
      return;
    case 'session-id':
      trimInto(out.sessionId, bytes, from, endOfWord(bytes, from, to));
      parameterOf(out.remoteSessionId, bytes, from, to, REMOTE);
      return;
    case 'related':
      if (out.relatedCallId.from < 0) trimInto(out.relatedCallId, bytes, from, endOfWord(bytes, from, to));
      return;
    case 'correlation':
      if (out.correlation.from < 0) trimInto(out.correlation, bytes, from, to);
      return;
    case 'charging':
      if (out.correlation.from < 0) readIcid(out.correlation, bytes, from, to);
      return;
    case 'replaces':
      trimInto(out.replaces, bytes, from, endOfWord(bytes, from, to));
      return;
    case 'refer-to':
      readReplacesOfUri(out.replaces, bytes, from, to);
      return;
    case 'content-type':
      out.hasSdp ||= holdsWord(bytes, from, to, SDP) || holdsWord(bytes, from, to, MULTIPART);
      return;
    case 'credentials':
      out.hasCredentials = true;
      return;
  }
}

const encoder = new TextEncoder();
const WEB_SOCKET = encoder.encode('ws');
const CALL = encoder.encode('call');
const ICID = encoder.encode('icid-value=');
const EXPIRES = encoder.encode('expires');
const REMOTE = encoder.encode('remote');
const BRANCH = encoder.encode('branch');
const SDP = encoder.encode('application/sdp');
const MULTIPART = encoder.encode('multipart/');
const SPARE = range();

/** icid-value is a parameter of its own, not behind a semicolon. */
function readIcid(out: ByteRange, bytes: Uint8Array, from: number, to: number): void {
  for (let at = from; at + ICID.length < to; at++) {
    if (!isWord(bytes, at, ICID)) continue;
    let start = at + ICID.length;
    while (start < to && (bytes[start] === 0x22 || bytes[start]! <= 0x20)) start++;
    trimInto(out, bytes, start, endOfWord(bytes, start, to));
    return;
  }
}

/** The first value's branch; counts the values. */
function readVia(out: SipKeys, bytes: Uint8Array, from: number, to: number): void {
  let at = from;
  while (at < to) {
    let end = at;
    while (end < to && bytes[end] !== 0x2c) end++;
    if (out.vias++ === 0) {
      parameterOf(out.branch, bytes, at, end, BRANCH);
      out.overWebSocket = namesWebSocket(bytes, at, end);
    }
    at = end + 1;
  }
}

/** Whether "SIP/2.0/WS" or "SIP/2.0/WSS" stands at the beginning; blanks may stand around the slashes. */
function namesWebSocket(bytes: Uint8Array, from: number, to: number): boolean {
  let at = from;
  for (let slashes = 0; at < to && slashes < 2; at++) if (bytes[at] === 0x2f) slashes++;
  while (at < to && bytes[at]! <= 0x20) at++;
  if (!holdsWord(bytes, at, to, WEB_SOCKET)) return false;
  const end = at + (((bytes[at + 2] ?? 0) | 0x20) === 0x73 ? 3 : 2);
  return end >= to || bytes[end]! <= 0x20;
}
