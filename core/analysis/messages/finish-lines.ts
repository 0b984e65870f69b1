import { SCAN_WIDTH } from '../../app/sip/scan-headers.ts';
import { BODY_LIMIT } from '../../app/message-reader.ts';
import { OPEN_OK } from '../../tls/open/batch.ts';
import { APPLICATION_DATA } from '../../tls/tables/content-types.ts';
import type { ByteTarget } from './line-bytes.ts';
import {
  createMessageLine,
  type LineForm,
  type MessageLine,
  writeJsonRest,
  writePlainRest,
} from './message-line.ts';

/**
 * Lines of the messages in one batch of records, to be finished by whoever opens it, who has the bytes at hand. What
 * stands before a start line is there already. Plain data over typed arrays, as the batch itself: it crosses to a thread
 * without copies.
 */
export interface LineWork {
  readonly form: LineForm;
  /** Records; the columns below go by their place in the queue, which is the order of their lines. */
  readonly count: number;
  /** What stands before the start lines, one behind the other, and where each ends; of no length: no line is wanted. */
  readonly beginnings: Uint8Array;
  readonly beginningEnds: Uint32Array;
  /** Two numbers a record: its row among the results, and where the offsets of its job count from in `output`. */
  readonly order: Uint32Array;
  /** The results of the batch (OpenResults), and its scans (noteScan). */
  readonly output: Uint8Array;
  readonly offsets: Uint32Array;
  readonly lengths: Uint32Array;
  readonly status: Uint8Array;
  readonly types: Uint8Array;
  readonly scans: Int32Array;
  /** The lines, and two numbers a record: where its line begins and ends. Both 0 where it has none. */
  readonly lines: Uint8Array;
  readonly ranges: Uint32Array;
}

/** What one opener has of it: rows [first, end) of the results, and lines[from, to) for their lines. */
export interface LinePart {
  readonly first: number;
  readonly end: number;
  readonly from: number;
  readonly to: number;
}

/**
 * Writes the line of each record that holds one whole SIP message at its beginning, in the order of the queue. What else
 * is in a record has no line here, and none has what is no UTF-8: whoever reads the results finds it there.
 */
export function finishLines(work: LineWork, part: LinePart, isUtf8: (bytes: Uint8Array) => boolean): void {
  const { form, order, beginnings, beginningEnds, ranges } = work;
  const written = new WrittenLines(work.lines, part);
  let noted = 0;
  for (let at = 0; at < work.count; at += 1) {
    const row = order[2 * at]!;
    if (row < part.first || row >= part.end) continue;
    const begin = at === 0 ? 0 : beginningEnds[at - 1]!;
    const end = beginningEnds[at]!;
    if (begin === end || !findMessage(work, row, order[2 * at + 1]!)) continue;
    const from = written.place;
    written.reserve(end - begin);
    for (let i = begin; i < end; i += 1) written.bytes[written.length++] = beginnings[i]!;
    if (form.json) writeJsonRest(LINE, written, form.withText);
    else writePlainRest(LINE, written, form.withText);
    ranges[2 * at] = from;
    ranges[2 * at + 1] = written.place;
    if (written.length < PIECE) continue;
    if (!written.flush(isUtf8)) forget(work, part, noted, at);
    if (written.full) return;
    noted = at + 1;
  }
  if (!written.flush(isUtf8)) forget(work, part, noted, work.count - 1);
}

const LINE: MessageLine = { ...createMessageLine(), decrypted: true };

/** Fills LINE in with the message at the beginning of a record's plaintext; false where there is no whole one. */
function findMessage(work: LineWork, row: number, base: number): boolean {
  const { output, offsets, lengths, status, types, scans } = work;
  const scan = row * SCAN_WIDTH;
  if (status[row] !== OPEN_OK || types[row] !== APPLICATION_DATA) return false;
  const length = messageLength(scans, scan);
  if (length < 0 || length > lengths[row]!) return false;
  const from = base + offsets[row]!;
  const { startLine, callId, cseq, text } = LINE;
  startLine.bytes = callId.bytes = cseq.bytes = text.bytes = output;
  startLine.from = text.from = from;
  startLine.to = from + scans[scan + 2]!;
  text.to = from + length;
  const hasCallId = scans[scan + 3]! >= 0;
  callId.from = hasCallId ? from + scans[scan + 3]! : 0;
  callId.to = hasCallId ? from + scans[scan + 4]! : 0;
  const hasCseq = scans[scan + 5]! >= 0;
  cseq.from = hasCseq ? from + scans[scan + 5]! : 0;
  cseq.to = hasCseq ? from + scans[scan + 6]! : 0;
  return true;
}

/** Bytes of the message that a scan found, by its Content-Length; -1 where it found none, or one without a length. */
export function messageLength(scans: Int32Array, scan: number): number {
  if (scans[scan] === 0) return -1;
  const content = scans[scan + 8]!;
  return content < 0 || content > BODY_LIMIT ? -1 : scans[scan + 7]! + content;
}

/** The lines noted for records [from, to] of the queue are not there. */
function forget({ order, ranges }: LineWork, part: LinePart, from: number, to: number): void {
  for (let at = from; at <= to; at += 1) {
    const row = order[2 * at]!;
    if (row >= part.first && row < part.end) ranges[2 * at] = ranges[2 * at + 1] = 0;
  }
}

/** Lines in memory of this thread, on their way to shared memory, which takes single bytes slowly. */
class WrittenLines implements ByteTarget {
  bytes = SCRATCH.bytes;
  length: number;
  /** True where the part's room is used up. */
  full = false;
  readonly mendsTexts = true;
  private readonly lines: Uint8Array;
  private readonly end: number;
  /** Where bytes[begin] goes in `lines`: alike modulo eight, so that words can be copied. */
  private at: number;
  private begin: number;

  constructor(lines: Uint8Array, part: LinePart) {
    this.lines = lines;
    this.end = part.to;
    this.at = part.from;
    this.begin = this.length = wordPlace(lines, part.from);
  }

  /** Where the next byte goes in the shared lines. */
  get place(): number {
    return this.at + this.length - this.begin;
  }

  reserve(bytes: number): void {
    if (this.length + bytes <= this.bytes.length) return;
    const grown = new Uint8Array(2 * (this.length + bytes));
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
    if (grown.length <= MOST_SCRATCH) SCRATCH.bytes = grown;
  }

  /** Moves what was written to the shared lines; false where there is no room for it, or it is no UTF-8. */
  flush(isUtf8: (bytes: Uint8Array) => boolean): boolean {
    const { begin, length, at } = this;
    const written = this.bytes.subarray(begin, length);
    this.full = at + written.length > this.end;
    if (this.full) return false;
    const sound = isUtf8(written);
    if (sound) {
      this.lines.set(written, at);
      this.at += written.length;
    }
    this.begin = this.length = wordPlace(this.lines, this.at);
    return sound;
  }
}

function wordPlace(lines: Uint8Array, at: number): number {
  return (lines.byteOffset + at) & 7;
}

/** Lines are moved in pieces of about so many bytes. */
const PIECE = 64 * 1024;
const MOST_SCRATCH = 4 * 1024 * 1024;
const SCRATCH = { bytes: new Uint8Array(2 * PIECE) };
