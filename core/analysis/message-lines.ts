import type { Interner } from '../store/interner.ts';
import { MESSAGE_DECRYPTED, MESSAGE_DIRECTION } from '../store/message-table.ts';
import type { Analysis } from './analysis.ts';
import type { FrameReporter } from './frame-report.ts';
import type { MessageIndex } from './message-index.ts';

/** Where lines are written: `reserve` makes room for so many bytes behind `length`, which may change `bytes`. */
export interface ByteTarget {
  readonly bytes: Uint8Array;
  length: number;
  reserve(bytes: number): void;
}

/**
 * Writes messages as lines of JSON, byte by byte out of the columns: no string is made of what is plain ASCII, so half a
 * million lines cost no more than their bytes.
 */
export class MessageLines {
  private readonly analysis: Analysis;
  private readonly messages: MessageIndex;
  private readonly frames: FrameReporter;
  /** What stands between time and start line, by 2 * conversation + direction. */
  private readonly ends = new Map<number, Uint8Array>();
  private readonly plainEnds = new Map<number, Uint8Array>();

  constructor(analysis: Analysis, messages: MessageIndex, frames: FrameReporter) {
    this.analysis = analysis;
    this.messages = messages;
    this.frames = frames;
  }

  /** One line, as the contract's `sip --json` has it; with its text where `text` is not null. */
  write(message: number, target: ByteTarget, text: Uint8Array | null): void {
    const place = this.messages.placeOf(message);
    if (place === null) return;
    const { table, row, strings } = place;
    const frame = table.frame.read(row);
    const flags = table.flags.read(row);
    const conversation = table.conversation.read(row);
    const direction = (flags & MESSAGE_DIRECTION) === 0 ? 0 : 1;
    const ends = this.endsOf(conversation, direction);
    target.reserve(FIXED + ends.length);
    writeBytes(target, FRAME);
    writeNumber(target, frame);
    writeBytes(target, TIME);
    const { seconds, nanoseconds } = this.analysis.structure.frames;
    writeNumber(target, seconds.read(frame - 1));
    target.bytes[target.length] = DOT;
    target.length += 1;
    writeNineDigits(target, nanoseconds.read(frame - 1));
    target.bytes.set(ends, target.length);
    target.length += ends.length;
    writeString(target, strings, table.startLine.read(row));
    writeBytes(target, CALL_ID);
    writeString(target, strings, table.callId.read(row));
    writeBytes(target, CSEQ);
    writeString(target, strings, table.cseq.read(row));
    writeBytes(target, (flags & MESSAGE_DECRYPTED) !== 0 ? DECRYPTED : CLEAR);
    if (text !== null) {
      writeBytes(target, TEXT);
      writeQuoted(target, text, 0, text.length, lenientText);
    }
    writeBytes(target, END);
  }

  /** One line for people; with its text below where `withText`. */
  writePlain(message: number, target: ByteTarget, withText: boolean): void {
    const place = this.messages.placeOf(message);
    if (place === null) return;
    const { table, row, strings } = place;
    const frame = table.frame.read(row);
    const flags = table.flags.read(row);
    const direction = (flags & MESSAGE_DIRECTION) === 0 ? 0 : 1;
    const ends = this.plainEndsOf(table.conversation.read(row), direction);
    target.reserve(FIXED + ends.length);
    writePadded(target, String(frame), 6);
    writeBytes(target, TWO_BLANKS);
    writePadded(target, this.frames.relativeTimeOf(frame).toFixed(6), 12);
    writeBytes(target, ends);
    writeBytes(target, (flags & MESSAGE_DECRYPTED) !== 0 ? MARK_DECRYPTED : MARK_CLEAR);
    const line = table.startLine.read(row);
    const from = strings.offsetOf(line);
    writeText(target, strings.chunkOf(line), from, from + strings.lengthOf(line));
    this.writeLineFeeds(target, 1);
    if (!withText) return;
    const texts = this.messages.keptTextsOf(place);
    if (texts === null) {
      const bytes = this.messages.bytesOf(message) ?? NO_BYTES;
      writeText(target, bytes, 0, trimmedEnd(bytes, 0, bytes.length));
    } else {
      const id = table.offset.read(row);
      const begin = texts.offsetOf(id);
      const bytes = texts.chunkOf(id);
      writeText(target, bytes, begin, trimmedEnd(bytes, begin, begin + texts.lengthOf(id)));
    }
    this.writeLineFeeds(target, 2);
  }

  private writeLineFeeds(target: ByteTarget, count: number): void {
    target.reserve(count);
    target.bytes.fill(LINE_FEED, target.length, target.length + count);
    target.length += count;
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

  private endsOf(conversation: number, direction: 0 | 1): Uint8Array {
    const key = 2 * conversation + direction;
    const known = this.ends.get(key);
    if (known !== undefined) return known;
    const source = this.frames.endpointOf(conversation, direction);
    const destination = this.frames.endpointOf(conversation, direction === 0 ? 1 : 0);
    const made = UTF_8.encode(
      `","conversation":${conversation},"source":"${source}","destination":"${destination}","startLine":`,
    );
    if (this.ends.size >= MOST_ENDS) this.ends.clear();
    this.ends.set(key, made);
    return made;
  }
}

/** Writes bytes as they are where they are UTF-8; what is not becomes U+FFFD. */
export function writeText(target: ByteTarget, bytes: Uint8Array, from: number, to: number): void {
  if (isAscii(bytes, from, to)) {
    target.reserve(to - from);
    target.bytes.set(bytes.subarray(from, to), target.length);
    target.length += to - from;
  } else writeEncoded(target, lenientText(bytes.slice(from, to)));
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

function writeString(target: ByteTarget, strings: Interner, id: number): void {
  const bytes = strings.chunkOf(id);
  const from = strings.offsetOf(id);
  writeQuoted(target, bytes, from, from + strings.lengthOf(id), strictText);
  target.reserve(FIXED);
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
  const { bytes } = target;
  const at = target.length;
  for (let i = 0; i < literal.length; i++) bytes[at + i] = literal[i]!;
  target.length = at + literal.length;
}

function writePadded(target: ByteTarget, digits: string, width: number): void {
  const { bytes } = target;
  let at = target.length;
  for (let blanks = width - digits.length; blanks > 0; blanks--) bytes[at++] = 0x20;
  for (let i = 0; i < digits.length; i++) bytes[at++] = digits.charCodeAt(i);
  target.length = at;
}

/** Where bytes[from, to) end without the blanks and line ends behind them. */
function trimmedEnd(bytes: Uint8Array, from: number, to: number): number {
  let end = to;
  while (end > from && bytes[end - 1]! <= 0x20) end -= 1;
  return end;
}

function writeNumber(target: ByteTarget, value: number): void {
  const { bytes } = target;
  let digits = 1;
  for (let bound = 10; value >= bound; bound *= 10) digits += 1;
  let left = value;
  for (let i = target.length + digits - 1; i >= target.length; i--) {
    const rest = Math.floor(left / 10);
    bytes[i] = 0x30 + left - rest * 10;
    left = rest;
  }
  target.length += digits;
}

function writeNineDigits(target: ByteTarget, value: number): void {
  const { bytes } = target;
  let left = value;
  for (let i = target.length + 8; i >= target.length; i--) {
    const rest = Math.floor(left / 10);
    bytes[i] = 0x30 + left - rest * 10;
    left = rest;
  }
  target.length += 9;
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
const TWO_BLANKS = UTF_8.encode('  ');
const MARK_DECRYPTED = UTF_8.encode('decrypted  ');
const MARK_CLEAR = UTF_8.encode('clear  ');
const NO_BYTES = new Uint8Array(0);
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
