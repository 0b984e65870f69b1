import {
  type ByteRange,
  type ByteTarget,
  strictText,
  writeBytes,
  writeQuoted,
  writeQuotedText,
  writeText,
} from './line-bytes.ts';

/** How lines are written: as JSON or for people, with the whole text or without it. */
export interface LineForm {
  readonly json: boolean;
  readonly withText: boolean;
}

/** What a line tells of one message. Reused: filled in from a table, or from the message as it is found. */
export interface MessageLine {
  frame: number;
  conversation: number;
  direction: 0 | 1;
  decrypted: boolean;
  /** Out of TLS inside the conversation's TLS. */
  inner: boolean;
  readonly startLine: ByteRange;
  readonly callId: ByteRange;
  readonly cseq: ByteRange;
  readonly text: ByteRange;
}

/** Seconds, and what is left of them. */
export interface LineTime {
  whole: number;
  rest: number;
}

export function createMessageLine(): MessageLine {
  const range = (): ByteRange => ({ bytes: NO_BYTES, from: 0, to: 0 });
  const [startLine, callId, cseq, text] = [range(), range(), range(), range()];
  const line = { frame: 0, conversation: 0, direction: 0 as const, decrypted: false, inner: false };
  return { ...line, startLine, callId, cseq, text };
}

/** More than a line holds beside its strings and what stands before its start line. */
export const LINE_FIXED = 128;

/** A line from its start line on, in `sip --json`. */
export function writeJsonRest(line: MessageLine, target: ByteTarget, withText: boolean): void {
  const { startLine, callId, cseq, text } = line;
  writeQuoted(target, startLine.bytes, startLine.from, startLine.to, strictText);
  target.reserve(LINE_FIXED);
  writeBytes(target, CALL_ID);
  writeQuoted(target, callId.bytes, callId.from, callId.to, strictText);
  target.reserve(LINE_FIXED);
  writeBytes(target, CSEQ);
  writeQuoted(target, cseq.bytes, cseq.from, cseq.to, strictText);
  target.reserve(LINE_FIXED);
  writeBytes(target, line.decrypted ? DECRYPTED : CLEAR);
  if (withText) {
    writeBytes(target, TEXT);
    writeQuotedText(target, text.bytes, text.from, text.to);
    target.reserve(LINE_FIXED);
  }
  writeBytes(target, END);
}

/** A line from its start line on, for people; with its text below where `withText`. */
export function writePlainRest(line: MessageLine, target: ByteTarget, withText: boolean): void {
  const { startLine, text } = line;
  writeText(target, startLine.bytes, startLine.from, startLine.to, 1);
  if (withText) writeText(target, text.bytes, text.from, trimmedEnd(text.bytes, text.from, text.to), 2);
}

/** Where bytes[from, to) end without the blanks and line ends behind them. */
function trimmedEnd(bytes: Uint8Array, from: number, to: number): number {
  let end = to;
  while (end > from && bytes[end - 1]! <= 0x20) end -= 1;
  return end;
}

const UTF_8 = new TextEncoder();
export const JSON_FRAME = UTF_8.encode('{"frame":');
export const JSON_TIME = UTF_8.encode(',"time":"');
const CALL_ID = UTF_8.encode(',"callId":');
const CSEQ = UTF_8.encode(',"cseq":');
const DECRYPTED = UTF_8.encode(',"decrypted":true');
const CLEAR = UTF_8.encode(',"decrypted":false');
const TEXT = UTF_8.encode(',"text":');
const END = UTF_8.encode('}\n');
const NO_BYTES = new Uint8Array(0);

/** What stands between the values of a line in JSON, of a decrypted message; in the order of line-writer.as. */
export const JSON_PARTS: readonly Uint8Array[] = [JSON_FRAME, JSON_TIME, CALL_ID, CSEQ, DECRYPTED, TEXT, END];
