import { COPY_SLACK, copyBytes } from '../../bytes/copy-bytes.ts';
import { writeDigits, writeNumber, writePaddedNumber } from '../../bytes/digits.ts';
import type { Interner } from '../../store/interner.ts';
import { MESSAGE_DECRYPTED, MESSAGE_DIRECTION, MESSAGE_INNER } from '../../store/message-table.ts';
import type { Analysis } from '../analysis.ts';
import type { FrameReporter } from '../frames/frame-report.ts';
import type { MessageIndex } from './message-index.ts';

/** Where lines are written: `reserve` makes room for so many bytes behind `length`, which may change both. */
export interface ByteTarget {
  readonly bytes: Uint8Array;
  length: number;
  reserve(bytes: number): void;
  /** True where the target looks for itself whether texts are UTF-8, and mends what is not. */
  readonly mendsTexts?: boolean;
}

/** bytes[from, to). */
export interface ByteRange {
  bytes: Uint8Array;
  from: number;
  to: number;
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

export function createMessageLine(): MessageLine {
  const range = (): ByteRange => ({ bytes: NO_BYTES, from: 0, to: 0 });
  const [startLine, callId, cseq, text] = [range(), range(), range(), range()];
  const line = { frame: 0, conversation: 0, direction: 0 as const, decrypted: false, inner: false };
  return { ...line, startLine, callId, cseq, text };
}

/**
 * Writes messages as lines, byte by byte out of where they stand: no string is made of what is plain ASCII, so half a
 * million lines cost no more than their bytes.
 */
export class MessageLines {
  private readonly analysis: Analysis;
  private readonly messages: MessageIndex;
  private readonly frames: FrameReporter;
  /** What stands between time and start line, by 2 * conversation + direction. */
  private readonly ends = new Map<number, Uint8Array>();
  private readonly plainEnds = new Map<number, Uint8Array>();
  private readonly line = createMessageLine();

  constructor(analysis: Analysis, messages: MessageIndex, frames: FrameReporter) {
    this.analysis = analysis;
    this.messages = messages;
    this.frames = frames;
  }

  /** One line, as the contract's `sip --json` has it; with its text where `withText`. */
  write(message: number, target: ByteTarget, withText: boolean): void {
    if (this.fill(message, withText)) this.writeLine(this.line, target, withText);
  }

  /** One line for people; with its text below where `withText`. */
  writePlain(message: number, target: ByteTarget, withText: boolean): void {
    if (this.fill(message, withText)) this.writePlainLine(this.line, target, withText);
  }

  writeLine(line: MessageLine, target: ByteTarget, withText: boolean): void {
    const { frame, startLine, callId, cseq, text } = line;
    const ends = line.inner ? this.innerEndsOf(line) : this.endsOf(line.conversation, line.direction);
    target.reserve(FIXED + ends.length);
    const { bytes } = target;
    const { seconds, nanoseconds } = this.analysis.structure.frames;
    let at = putBytes(bytes, target.length, FRAME);
    at = putBytes(bytes, writeNumber(bytes, at, frame), TIME);
    at = writeNumber(bytes, at, seconds.read(frame - 1));
    bytes[at] = DOT;
    at = writeDigits(bytes, at + 1, nanoseconds.read(frame - 1), 9);
    target.length = putBytes(bytes, at, ends);
    writeQuoted(target, startLine.bytes, startLine.from, startLine.to, strictText);
    target.reserve(FIXED);
    writeBytes(target, CALL_ID);
    writeQuoted(target, callId.bytes, callId.from, callId.to, strictText);
    target.reserve(FIXED);
    writeBytes(target, CSEQ);
    writeQuoted(target, cseq.bytes, cseq.from, cseq.to, strictText);
    target.reserve(FIXED);
    writeBytes(target, line.decrypted ? DECRYPTED : CLEAR);
    if (withText) {
      writeBytes(target, TEXT);
      writeQuotedText(target, text.bytes, text.from, text.to);
      target.reserve(FIXED);
    }
    writeBytes(target, END);
  }

  writePlainLine(line: MessageLine, target: ByteTarget, withText: boolean): void {
    const { frame, startLine, text } = line;
    const ends = this.plainEndsOf(line.conversation, line.direction);
    target.reserve(FIXED + ends.length);
    const { bytes } = target;
    let at = writePaddedNumber(bytes, target.length, frame, 6);
    bytes[at] = bytes[at + 1] = BLANK;
    at = putBytes(bytes, this.writeRelativeTime(bytes, at + 2, frame), ends);
    target.length = putBytes(bytes, at, line.decrypted ? MARK_DECRYPTED : MARK_CLEAR);
    writeText(target, startLine.bytes, startLine.from, startLine.to, 1);
    if (withText) writeText(target, text.bytes, text.from, trimmedEnd(text.bytes, text.from, text.to), 2);
  }

  /** Fills the line in from the tables; false where there is no such message. */
  private fill(message: number, withText: boolean): boolean {
    const { line, messages } = this;
    const place = messages.placeOf(message);
    if (place === null) return false;
    const { table, row, strings } = place;
    const flags = table.flags.read(row);
    line.frame = table.frame.read(row);
    line.conversation = table.conversation.read(row);
    line.direction = (flags & MESSAGE_DIRECTION) === 0 ? 0 : 1;
    line.decrypted = (flags & MESSAGE_DECRYPTED) !== 0;
    line.inner = (flags & MESSAGE_INNER) !== 0;
    setString(line.startLine, strings, table.startLine.read(row));
    setString(line.callId, strings, table.callId.read(row));
    setString(line.cseq, strings, table.cseq.read(row));
    if (!withText) return true;
    const texts = messages.keptTextsOf(place);
    if (texts !== null) setString(line.text, texts, table.offset.read(row));
    else {
      const bytes = messages.bytesOf(message) ?? NO_BYTES;
      line.text.bytes = bytes;
      line.text.from = 0;
      line.text.to = bytes.length;
    }
    return true;
  }

  /** Seconds since the first frame with six digits, as toFixed writes them, to twelve characters at least. */
  private writeRelativeTime(bytes: Uint8Array, at: number, frame: number): number {
    const { seconds, nanoseconds } = this.analysis.structure.frames;
    let whole = seconds.read(frame - 1) - seconds.read(0);
    let rest = (nanoseconds.read(frame - 1) - nanoseconds.read(0)) | 0;
    if (rest < 0) {
      whole -= 1;
      rest += 1e9;
    }
    let micros = (rest / 1000) | 0;
    const within = rest - 1000 * micros;
    if (whole < 0 || whole >= 99_999 || (within > 450 && within < 550))
      return putText(bytes, at, this.frames.relativeTimeOf(frame).toFixed(6).padStart(12));
    if (within >= 500) micros += 1;
    if (micros === 1e6) {
      micros = 0;
      whole += 1;
    }
    const dot = writePaddedNumber(bytes, at, whole, 5);
    bytes[dot] = DOT;
    return writeDigits(bytes, dot + 1, micros, 6);
  }

  private plainEndsOf(conversation: number, direction: 0 | 1): Uint8Array {
    const key = 2 * conversation + direction;
    const known = this.plainEnds.get(key);
    if (known !== undefined) return known;
    const source = this.frames.endpointOf(conversation, direction);
    const destination = this.frames.endpointOf(conversation, direction === 0 ? 1 : 0);
    const made = UTF_8.encode(`  ${source} → ${destination}  `);
    if (this.plainEnds.size >= MOST_ENDS) this.plainEnds.clear();
    this.plainEnds.set(key, made);
    return made;
  }

  private innerEndsOf({ conversation, frame, direction }: MessageLine): Uint8Array {
    return this.makeEnds(
      conversation,
      direction,
      `"${this.analysis.inner.idOfMessage(conversation, frame)}"`,
    );
  }

  private endsOf(conversation: number, direction: 0 | 1): Uint8Array {
    const key = 2 * conversation + direction;
    const known = this.ends.get(key);
    if (known !== undefined) return known;
    const made = this.makeEnds(conversation, direction, String(conversation));
    if (this.ends.size >= MOST_ENDS) this.ends.clear();
    this.ends.set(key, made);
    return made;
  }

  private makeEnds(conversation: number, direction: 0 | 1, id: string): Uint8Array {
    const source = this.frames.endpointOf(conversation, direction);
    const destination = this.frames.endpointOf(conversation, direction === 0 ? 1 : 0);
    return UTF_8.encode(
      `","conversation":${id},"source":"${source}","destination":"${destination}","startLine":`,
    );
  }
}

/** Writes bytes as they are where they are UTF-8, what is not becomes U+FFFD; and so many line feeds behind them. */
export function writeText(
  target: ByteTarget,
  source: Uint8Array,
  from: number,
  to: number,
  lineFeeds = 0,
): void {
  if (target.mendsTexts === true || isAscii(source, from, to)) {
    target.reserve(to - from + COPY_SLACK + lineFeeds);
    copyBytes(source, from, to, target.bytes, target.length);
    target.length += to - from;
  } else {
    writeEncoded(target, lenientText(source.slice(from, to)));
    target.reserve(lineFeeds);
  }
  const { bytes } = target;
  let at = target.length;
  for (let left = lineFeeds; left > 0; left--) bytes[at++] = LINE_FEED;
  target.length = at;
}

/** Writes a text as a JSON string; what is not UTF-8 becomes U+FFFD. */
export function writeQuotedText(target: ByteTarget, bytes: Uint8Array, from: number, to: number): void {
  writeQuoted(target, bytes, from, to, lenientText);
}

/** Writes bytes as a JSON string, as JSON.stringify would write their text. */
export function writeQuoted(
  target: ByteTarget,
  source: Uint8Array,
  from: number,
  to: number,
  decode: (bytes: Uint8Array) => string,
): void {
  // At worst each byte becomes six (\u001f).
  target.reserve(6 * (to - from) + 2);
  const { bytes } = target;
  let at = target.length;
  bytes[at++] = QUOTE;
  for (let i = from; i < to; i++) {
    const byte = source[i]!;
    if (byte >= 0x20 && byte < 0x80 && byte !== QUOTE && byte !== BACKSLASH) {
      bytes[at++] = byte;
      continue;
    }
    if (byte >= 0x80) {
      // From its beginning: what follows hangs on whether the bytes are UTF-8.
      writeEncoded(target, JSON.stringify(decode(source.slice(from, to))));
      return;
    }
    const short = SHORT_ESCAPES[byte]!;
    bytes[at++] = BACKSLASH;
    if (short !== 0) bytes[at++] = short;
    else {
      bytes[at] = 0x75;
      bytes[at + 1] = bytes[at + 2] = 0x30;
      bytes[at + 3] = 0x30 + (byte >> 4);
      bytes[at + 4] = HEX[byte & 15]!;
      at += 5;
    }
  }
  bytes[at++] = QUOTE;
  target.length = at;
}

function setString(range: ByteRange, strings: Interner, id: number): void {
  range.bytes = strings.chunkOf(id);
  range.from = strings.offsetOf(id);
  range.to = range.from + strings.lengthOf(id);
}

function writeEncoded(target: ByteTarget, text: string): void {
  const encoded = UTF_8.encode(text);
  target.reserve(encoded.length);
  target.bytes.set(encoded, target.length);
  target.length += encoded.length;
}

/** As Interner.textOf: UTF-8, or one character a byte where it is not valid UTF-8. */
function strictText(bytes: Uint8Array): string {
  try {
    return STRICT.decode(bytes);
  } catch {
    return ONE_BYTE.decode(bytes);
  }
}

/** What is not UTF-8 becomes U+FFFD. */
function lenientText(bytes: Uint8Array): string {
  return DECODER.decode(bytes);
}

function writeBytes(target: ByteTarget, literal: Uint8Array): void {
  target.length = putBytes(target.bytes, target.length, literal);
}

/** Returns the place behind. */
function putBytes(bytes: Uint8Array, at: number, literal: Uint8Array): number {
  for (let i = 0; i < literal.length; i++) bytes[at + i] = literal[i]!;
  return at + literal.length;
}

/** ASCII only. */
function putText(bytes: Uint8Array, at: number, text: string): number {
  for (let i = 0; i < text.length; i++) bytes[at + i] = text.charCodeAt(i);
  return at + text.length;
}

/** Where bytes[from, to) end without the blanks and line ends behind them. */
function trimmedEnd(bytes: Uint8Array, from: number, to: number): number {
  let end = to;
  while (end > from && bytes[end - 1]! <= 0x20) end -= 1;
  return end;
}

function isAscii(bytes: Uint8Array, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (bytes[i]! >= 0x80) return false;
  return true;
}

const UTF_8 = new TextEncoder();
const DECODER = new TextDecoder('utf-8');
const STRICT = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const ONE_BYTE = new TextDecoder('latin1');
const FRAME = UTF_8.encode('{"frame":');
const TIME = UTF_8.encode(',"time":"');
const CALL_ID = UTF_8.encode(',"callId":');
const CSEQ = UTF_8.encode(',"cseq":');
const DECRYPTED = UTF_8.encode(',"decrypted":true');
const CLEAR = UTF_8.encode(',"decrypted":false');
const TEXT = UTF_8.encode(',"text":');
const END = UTF_8.encode('}\n');
const MARK_DECRYPTED = UTF_8.encode('decrypted  ');
const MARK_CLEAR = UTF_8.encode('clear  ');
const NO_BYTES = new Uint8Array(0);
const BLANK = 0x20;
const LINE_FEED = 10;
const HEX = UTF_8.encode('0123456789abcdef');
const DOT = 0x2e;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** Letters behind the backslash, by byte; 0 where there is none. */
const SHORT_ESCAPES = new Uint8Array(0x80);
SHORT_ESCAPES[QUOTE] = QUOTE;
SHORT_ESCAPES[BACKSLASH] = BACKSLASH;
SHORT_ESCAPES[0x08] = 0x62;
SHORT_ESCAPES[0x09] = 0x74;
SHORT_ESCAPES[0x0a] = 0x6e;
SHORT_ESCAPES[0x0c] = 0x66;
SHORT_ESCAPES[0x0d] = 0x72;
/** More than all that is written beside strings. */
const FIXED = 128;
const MOST_ENDS = 20_000;
