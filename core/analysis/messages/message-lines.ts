import { writeDigits, writeNumber, writePaddedNumber } from '../../bytes/digits.ts';
import type { Interner } from '../../store/interner.ts';
import { MESSAGE_DECRYPTED, MESSAGE_DIRECTION, MESSAGE_INNER } from '../../store/message-table.ts';
import type { Analysis } from '../analysis.ts';
import type { FrameReporter } from '../frames/frame-report.ts';
import { type ByteRange, type ByteTarget, putBytes, putText } from './line-bytes.ts';
import {
  createMessageLine,
  JSON_FRAME,
  JSON_TIME,
  LINE_FIXED,
  type LineForm,
  type LineTime,
  type MessageLine,
  writeJsonRest,
  writePlainRest,
} from './message-line.ts';
import type { MessageIndex } from './message-index.ts';

/**
 * Writes messages as lines, byte by byte out of where they stand: no string is made of what is plain ASCII, so half a
 * million lines cost no more than their bytes.
 */
export class MessageLines {
  private readonly analysis: Analysis;
  private readonly messages: MessageIndex;
  private readonly frames: FrameReporter;
  readonly form: LineForm;
  /** What stands between time and start line, by conversation, direction and whether it was decrypted. */
  private readonly ends = new Map<number, Uint8Array>();
  private readonly line = createMessageLine();
  private readonly time: LineTime = { whole: 0, rest: 0 };

  constructor(analysis: Analysis, messages: MessageIndex, frames: FrameReporter, form: LineForm) {
    this.analysis = analysis;
    this.messages = messages;
    this.frames = frames;
    this.form = form;
  }

  /** One line of the merged list: as the contract's `sip --json` has it, or for people. */
  write(message: number, target: ByteTarget): void {
    if (this.fill(message, this.form.withText)) this.writeLine(this.line, target);
  }

  writeLine(line: MessageLine, target: ByteTarget): void {
    const { json, withText } = this.form;
    this.begin(line, target);
    if (json) writeJsonRest(line, target, withText);
    else writePlainRest(line, target, withText);
  }

  /** What stands before the start line: frame, time, ends. */
  private begin(line: MessageLine, target: ByteTarget): void {
    const { frame } = line;
    const ends = line.inner ? this.innerEndsOf(line) : this.endsOf(line);
    target.reserve(LINE_FIXED + ends.length);
    const { bytes } = target;
    let at = target.length;
    if (this.form.json) {
      const { seconds, nanoseconds } = this.analysis.structure.frames;
      at = putBytes(bytes, at, JSON_FRAME);
      at = putBytes(bytes, writeNumber(bytes, at, frame), JSON_TIME);
      at = writeNumber(bytes, at, seconds.read(frame - 1));
      bytes[at] = DOT;
      at = writeDigits(bytes, at + 1, nanoseconds.read(frame - 1), 9);
    } else {
      at = writePaddedNumber(bytes, at, frame, 6);
      bytes[at] = bytes[at + 1] = BLANK;
      at = this.writeRelativeTime(bytes, at + 2, frame);
    }
    target.length = putBytes(bytes, at, ends);
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

  /**
   * The time of a frame as its line has it: in JSON since 1970, in nanoseconds, else since the first frame and in
   * microseconds, rounded as toFixed rounds. False where that takes more than a line's usual time.
   */
  timeOf(frame: number, time: LineTime): boolean {
    const { seconds, nanoseconds } = this.analysis.structure.frames;
    if (this.form.json) {
      time.whole = seconds.read(frame - 1);
      time.rest = nanoseconds.read(frame - 1);
      return time.whole <= 0xffffffff;
    }
    let whole = seconds.read(frame - 1) - seconds.read(0);
    let rest = (nanoseconds.read(frame - 1) - nanoseconds.read(0)) | 0;
    if (rest < 0) {
      whole -= 1;
      rest += 1e9;
    }
    let micros = (rest / 1000) | 0;
    const within = rest - 1000 * micros;
    if (whole < 0 || whole >= 99_999 || (within > 450 && within < 550)) return false;
    if (within >= 500) micros += 1;
    if (micros === 1e6) {
      micros = 0;
      whole += 1;
    }
    time.whole = whole;
    time.rest = micros;
    return true;
  }

  /** Seconds since the first frame with six digits, to twelve characters at least. */
  private writeRelativeTime(bytes: Uint8Array, at: number, frame: number): number {
    const { time } = this;
    if (!this.timeOf(frame, time))
      return putText(bytes, at, this.frames.relativeTimeOf(frame).toFixed(6).padStart(12));
    const dot = writePaddedNumber(bytes, at, time.whole, 5);
    bytes[dot] = DOT;
    return writeDigits(bytes, dot + 1, time.rest, 6);
  }

  private innerEndsOf(line: MessageLine): Uint8Array {
    return this.makeEnds(line, `"${this.analysis.inner.idOfMessage(line.conversation, line.frame)}"`);
  }

  /** What stands between time and start line of what is in no TLS inside TLS. */
  endsOf(line: MessageLine): Uint8Array {
    const key = 4 * line.conversation + 2 * Number(line.decrypted) + line.direction;
    const known = this.ends.get(key);
    if (known !== undefined) return known;
    const made = this.makeEnds(line, String(line.conversation));
    if (this.ends.size >= MOST_ENDS) this.ends.clear();
    this.ends.set(key, made);
    return made;
  }

  private makeEnds({ conversation, direction, decrypted }: MessageLine, id: string): Uint8Array {
    const source = this.frames.endpointOf(conversation, direction);
    const destination = this.frames.endpointOf(conversation, direction === 0 ? 1 : 0);
    return UTF_8.encode(
      this.form.json
        ? `","conversation":${id},"source":"${source}","destination":"${destination}","startLine":`
        : `  ${source} → ${destination}  ${decrypted ? 'decrypted' : 'clear'}  `,
    );
  }
}

function setString(range: ByteRange, strings: Interner, id: number): void {
  range.bytes = strings.chunkOf(id);
  range.from = strings.offsetOf(id);
  range.to = range.from + strings.lengthOf(id);
}

const UTF_8 = new TextEncoder();
const NO_BYTES = new Uint8Array(0);
const BLANK = 0x20;
const DOT = 0x2e;
const MOST_ENDS = 20_000;
