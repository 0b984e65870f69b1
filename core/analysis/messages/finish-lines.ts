import { BODY_LIMIT } from '../../app/message-reader.ts';
import type { ScanBatch } from '../../app/sip/scan-batch.ts';
import { SCAN_WIDTH } from '../../app/sip/scan-headers.ts';
import type { KernelFunction, KernelModule } from '../../crypto/kernels/kernel-module.ts';
import { OPEN_OK } from '../../tls/open/batch.ts';
import { APPLICATION_DATA } from '../../tls/tables/content-types.ts';
import { LINE_WRITER_WASM } from './line-writer.generated.ts';
import { JSON_PARTS, LINE_FIXED, type LineForm } from './message-line.ts';

/**
 * Lines of the messages in one batch of records, to be written by whoever opens it, who has the bytes at hand. Plain data
 * over typed arrays, as the batch itself: it crosses to a thread without copies.
 */
export interface LineWork {
  readonly form: LineForm;
  /** Records; the columns below go by their place in the queue, which is the order of their lines. */
  readonly count: number;
  /** LINE_WIDTH numbers a record. */
  readonly numbers: Uint32Array;
  /** What stands between time and start line, of each conversation and direction that is in the batch. */
  readonly ends: Uint8Array;
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

/**
 * Of a record: its row among the results; its frame, 0 where no line is wanted; its time (LineTime); where its ends stand
 * and how long they are.
 */
export const LINE_WIDTH = 6;

/** What one opener has of it: rows [first, end) of the results, output[textsFrom, textsTo) and lines[from, to). */
export interface LinePart {
  readonly first: number;
  readonly end: number;
  readonly textsFrom: number;
  readonly textsTo: number;
  readonly from: number;
  readonly to: number;
}

/** Bytes of the message that a scan found, by its Content-Length; -1 where it found none, or one without a length. */
export function messageLength(scans: Int32Array, scan: number): number {
  if (scans[scan] === 0) return -1;
  const content = scans[scan + 8]!;
  return content < 0 || content > BODY_LIMIT ? -1 : scans[scan + 7]! + content;
}

/**
 * Writes the line of each record that holds one whole SIP message at its beginning, in the order of the queue. What else
 * is in a record has no line here, and none has what is no UTF-8, or its neighbours: whoever reads the results finds
 * them there. The texts are those that a ScanBatch keeps.
 */
export class LineFinisher {
  private readonly texts: ScanBatch;
  private readonly isUtf8: (bytes: Uint8Array) => boolean;
  private readonly kernel: KernelModule | null;
  private readonly writeLines: KernelFunction | null;
  /** Where the parts of a piece stand in the kernel's memory. */
  private endsAt = 0;
  private rowsAt = 0;
  private linesAt = 0;
  private rows: Uint32Array = new Uint32Array(0);
  /** Rows of the piece, the bytes that they take at most, and their places in the queue. */
  private count = 0;
  private bytes = 0;
  private readonly places = new Uint32Array(PIECE_ROWS);
  /** Where the next piece goes in the shared lines. */
  private at = 0;

  constructor(texts: ScanBatch, isUtf8: (bytes: Uint8Array) => boolean) {
    this.texts = texts;
    this.isUtf8 = isUtf8;
    this.kernel = texts.kernel;
    this.writeLines = texts.kernel?.join(LINE_WRITER_WASM)?.('writeLines') ?? null;
    if (texts.kernel !== null) layLiterals(texts.kernel.bytes);
  }

  /** To be called before the part's texts are scanned: they are kept for `finish`. */
  begin({ output }: LineWork, { textsFrom, textsTo }: LinePart): void {
    this.texts.keep(output.byteOffset + textsFrom, output.byteOffset + textsTo);
  }

  finish(work: LineWork, part: LinePart): void {
    if (this.kernel === null || this.writeLines === null) return;
    this.lay(this.kernel, work.ends);
    this.at = part.from;
    this.beginPiece();
    for (let place = 0; place < work.count; place += 1) if (!this.take(work, part, place)) return;
    this.flush(work, part);
  }

  /** The record at this place of the queue, where a line of it is wanted; false where there is no room for more. */
  private take(work: LineWork, part: LinePart, place: number): boolean {
    const { numbers } = work;
    const row = numbers[LINE_WIDTH * place]!;
    if (row < part.first || row >= part.end || numbers[LINE_WIDTH * place + 1] === 0) return true;
    const length = lengthInRecord(work, row);
    if (length < 0) return true;
    const most = LINE_FIXED + numbers[LINE_WIDTH * place + 5]! + mostBytes(work.form, length);
    if (this.count === PIECE_ROWS || this.bytes + most > PIECE) {
      if (!this.flush(work, part)) return false;
      // One that is longer than a piece is left to the one who reads.
      if (most > PIECE) return true;
    }
    this.add(work, place, length, most);
    return true;
  }

  /** Ends, rows and lines stand behind the texts. */
  private lay(kernel: KernelModule, ends: Uint8Array): void {
    this.endsAt = this.texts.keptEnd;
    this.rowsAt = wholeVectors(this.endsAt + ends.length + VECTOR);
    this.linesAt = wholeVectors(this.rowsAt + 4 * ROW_WORDS * PIECE_ROWS);
    kernel.reserve(this.linesAt + PIECE + 2 * VECTOR);
    kernel.bytes.set(ends, this.endsAt);
    this.rows = new Uint32Array(kernel.bytes.buffer, this.rowsAt, ROW_WORDS * PIECE_ROWS);
  }

  private beginPiece(): void {
    this.count = 0;
    this.bytes = 0;
  }

  private add(work: LineWork, place: number, length: number, most: number): void {
    const { rows, texts } = this;
    const { numbers, output, offsets, scans } = work;
    const number = LINE_WIDTH * place;
    const result = numbers[number]!;
    const scan = result * SCAN_WIDTH;
    const text = texts.placeOf(output.byteOffset + offsets[result]!);
    const row = ROW_WORDS * this.count;
    rows[row] = numbers[number + 1]!;
    rows[row + 1] = numbers[number + 2]!;
    rows[row + 2] = numbers[number + 3]!;
    rows[row + 3] = this.endsAt + numbers[number + 4]!;
    rows[row + 4] = numbers[number + 5]!;
    rows[row + 5] = text;
    rows[row + 6] = text + scans[scan + 2]!;
    rows[row + 7] = text + length;
    const callId = scans[scan + 3]!;
    rows[row + 8] = text + callId;
    rows[row + 9] = callId < 0 ? text + callId : text + scans[scan + 4]!;
    const cseq = scans[scan + 5]!;
    rows[row + 10] = text + cseq;
    rows[row + 11] = cseq < 0 ? text + cseq : text + scans[scan + 6]!;
    this.places[this.count] = place;
    this.count += 1;
    this.bytes += most;
  }

  /** Writes the piece and moves it to the shared lines; false where there is no room for it. */
  private flush(work: LineWork, part: LinePart): boolean {
    const { kernel, writeLines, count, rows, at, places } = this;
    if (kernel === null || writeLines === null) return false;
    const { form, lines, ranges } = work;
    // Alike modulo eight with where it goes: shared bytes are copied by words only then.
    const from = this.linesAt + ((lines.byteOffset + at) & (WORD - 1));
    const bits = (form.json ? JSON_FORM : 0) | (form.withText ? WITH_TEXT : 0);
    const end = writeLines(this.rowsAt, count, bits, LITERALS_AT, from);
    if (at + end - from > part.to) return false;
    const written = kernel.bytes.subarray(from, end);
    this.beginPiece();
    if (!this.isUtf8(written)) return true;
    lines.set(written, at);
    for (let i = 0; i < count; i += 1) {
      const range = 2 * places[i]!;
      ranges[range] = rows[ROW_WORDS * i + 12]! - from + at;
      ranges[range + 1] = rows[ROW_WORDS * i + 13]! - from + at;
    }
    this.at = at + end - from;
    return true;
  }
}

/** Bytes of the message at the beginning of a record's plaintext; -1 where there is no whole one. */
function lengthInRecord({ status, types, scans, lengths }: LineWork, row: number): number {
  if (status[row] !== OPEN_OK || types[row] !== APPLICATION_DATA) return -1;
  const length = messageLength(scans, row * SCAN_WIDTH);
  return length > lengths[row]! ? -1 : length;
}

/** Of what a line has out of a text of so many bytes; in JSON each byte may become six (\u001f). */
function mostBytes({ json, withText }: LineForm, length: number): number {
  return (json ? 6 : 1) * (withText ? 2 : 1) * length;
}

/** Where the kernel finds the parts of JSON lines, in memory that no kernel uses: first the places, then the bytes. */
function layLiterals(memory: Uint8Array): void {
  const words = new Uint32Array(memory.buffer, LITERALS_AT, 2 * JSON_PARTS.length);
  let at = LITERALS_AT + words.byteLength;
  for (const [i, part] of JSON_PARTS.entries()) {
    memory.set(part, at);
    words[2 * i] = at;
    words[2 * i + 1] = part.length;
    at += part.length;
  }
}

function wholeVectors(bytes: number): number {
  return (bytes + VECTOR - 1) & ~(VECTOR - 1);
}

const LITERALS_AT = 1024;
const WORD = 8;
const VECTOR = 16;
/** Words of a row, and bits of a form, as line-writer.as has them. */
const ROW_WORDS = 14;
const JSON_FORM = 1;
const WITH_TEXT = 2;
/** Lines are written and moved in pieces of so many at most. */
const PIECE_ROWS = 256;
const PIECE = 256 * 1024;
