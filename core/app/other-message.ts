import { describeHttp2Frame } from './http2/describe-frame.ts';
import type { Http2Frame, OtherKind, OtherScratch, SipScratch } from './events.ts';

/** A SIP scratch object with nothing in it. */
export function createSipScratch(): SipScratch {
  return {
    bytes: NOTHING,
    from: 0,
    to: 0,
    direction: 0,
    firstUnit: 0,
    lastUnit: 0,
    offsetInFirst: 0,
    offsetInLast: 0,
    frame: 0,
    truncated: false,
    derived: false,
    startLineEnd: -1,
    isRequest: false,
    status: 0,
    callIdFrom: -1,
    callIdTo: -1,
    cseqFrom: -1,
    cseqTo: -1,
    headersEnd: -1,
    contentLength: -1,
  };
}

/** WebSocket opcodes that framing needs (RFC 6455 §11.8); control frames are those from CLOSE on. */
export const OPCODE_CONTINUATION = 0;
export const OPCODE_CLOSE = 8;

/** The reused announcement of everything that is not SIP. Its summary is made only when somebody asks. */
export class OtherMessage implements OtherScratch {
  bytes: Uint8Array = NOTHING;
  from = 0;
  to = 0;
  direction: 0 | 1 = 0;
  firstUnit = 0;
  lastUnit = 0;
  offsetInFirst = 0;
  offsetInLast = 0;
  frame = 0;
  truncated = false;
  derived = false;
  kind: OtherKind = 'data';
  /** For 'websocket'. */
  opcode = 0;
  /** For 'websocket': what the message carries, empty where that is not known; close code where it closes. */
  carries = '';
  /** For 'http2'. */
  http2: Http2Frame | null = null;

  get summary(): string {
    switch (this.kind) {
      case 'http':
      case 'msrp':
        return firstLine(this.bytes, this.from, this.to);
      case 'http2':
        return this.http2 === null ? '' : describeHttp2Frame(this.http2);
      case 'keep-alive':
        return this.to - this.from >= 4 ? 'CRLF keep-alive (ping)' : 'CRLF keep-alive (pong)';
      case 'websocket':
        return `WebSocket ${OPCODES[this.opcode] ?? `opcode ${this.opcode}`}${this.carries === '' ? '' : ` (${this.carries})`}`;
      case 'data':
        return describeData(this.bytes, this.from, this.to);
    }
  }
}

const NOTHING = new Uint8Array(0);
const OPCODES: readonly string[] = [
  'Continuation',
  'Text',
  'Binary',
  'opcode 3',
  'opcode 4',
  'opcode 5',
  'opcode 6',
  'opcode 7',
  'Close',
  'Ping',
  'Pong',
];
const SUMMARY_LIMIT = 160;
const decoder = new TextDecoder('utf-8');

function firstLine(bytes: Uint8Array, from: number, to: number): string {
  let end = from;
  while (end < to && end - from < SUMMARY_LIMIT && bytes[end] !== 10 && bytes[end] !== 13) end++;
  return decoder.decode(bytes.slice(from, end));
}

function describeData(bytes: Uint8Array, from: number, to: number): string {
  const size = to - from === 1 ? '1 byte' : `${to - from} bytes`;
  let end = from;
  while (end < to && end - from < SUMMARY_LIMIT && isText(bytes[end]!)) end++;
  const cut = end < to && end - from < SUMMARY_LIMIT && bytes[end] !== 10 && bytes[end] !== 13;
  if (cut || end - from < 2) return `Data, ${size}`;
  return decoder.decode(bytes.slice(from, end));
}

function isText(c: number): boolean {
  return c === 9 || (c >= 0x20 && c !== 0x7f);
}
