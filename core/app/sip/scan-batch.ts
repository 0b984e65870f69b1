import { type KernelFunction, type KernelModule, loadKernel } from '../../crypto/kernels/kernel-module.ts';
import type { SipScratch } from '../events.ts';
import { HEADERS_LIMIT } from '../message-reader.ts';
import { createSipScratch } from '../other-message.ts';
import { HEADER_LINES_WASM } from './header-lines.generated.ts';
import { fillStartLine, noteScan } from './scan-headers.ts';

/**
 * Notes scans as noteScan does, of many texts in one array at once: a kernel finds the lines of those that are written
 * as SIP is everywhere, the rest is scanned one by one. Use: `begin`, `add` each, `finish`; before them `keep`, where
 * another kernel is to have the texts as well.
 */
export class ScanBatch {
  readonly kernel: KernelModule | null = loadKernel(HEADER_LINES_WASM);
  private readonly scan: KernelFunction | null = this.kernel?.call('scan') ?? null;
  private readonly message: SipScratch = createSipScratch();
  private bytes: Uint8Array = new Uint8Array(0);
  private count = 0;
  /** Where each text begins and ends, and the place of its numbers. */
  private texts = new Uint32Array(3 * 256);
  /** Bytes [from, to) of a buffer whose texts have a place each. */
  private keptFrom = 0;
  private keptTo = 0;

  /**
   * Texts within bytes [from, to) of the buffer in which all of them lie stay in the kernel's memory, each at its place
   * (`placeOf`), until this is called again; none stays where `from` is `to`.
   */
  keep(from: number, to: number): void {
    this.keptFrom = from;
    this.keptTo = to;
    this.kernel?.reserve(this.keptEnd);
  }

  /** Where the byte at this offset of the buffer stands in the kernel's memory. */
  placeOf(offset: number): number {
    return OWN + (this.keptFrom & (WORD - 1)) + offset - this.keptFrom;
  }

  /** The kernel's memory is free from here on, but while a scan is made. */
  get keptEnd(): number {
    return (this.placeOf(this.keptTo) + SLACK) & ~(WORD - 1);
  }

  begin(bytes: Uint8Array): void {
    this.bytes = bytes;
    this.count = 0;
  }

  /** The text bytes[from, to), whose scan is to stand at numbers[at …]. */
  add(from: number, to: number, at: number): void {
    const word = 3 * this.count++;
    if (word === this.texts.length) {
      const grown = new Uint32Array(2 * word);
      grown.set(this.texts);
      this.texts = grown;
    }
    this.texts[word] = from;
    this.texts[word + 1] = to;
    this.texts[word + 2] = at;
  }

  finish(numbers: Int32Array): void {
    const { count, texts, bytes, message } = this;
    let first = Infinity;
    let last = 0;
    for (let word = 0; word < 3 * count; word += 3) {
      first = Math.min(first, texts[word]!);
      last = Math.max(last, texts[word + 1]!);
    }
    const near = this.keptTo > this.keptFrom || last - first <= MOST_BYTES;
    if (this.kernel !== null && this.scan !== null && count > 0 && near)
      this.scanAll(this.kernel, this.scan, first, last, numbers);
    else
      for (let word = 0; word < 3 * count; word += 3)
        noteScan(message, bytes, texts[word]!, texts[word + 1]!, numbers, texts[word + 2]!);
  }

  /** All texts stand in bytes[first, last). */
  private scanAll(
    kernel: KernelModule,
    scan: KernelFunction,
    first: number,
    last: number,
    numbers: Int32Array,
  ): void {
    const { count, texts, bytes, message } = this;
    const kept = this.keptTo > this.keptFrom;
    // Alike modulo eight with where they come from: shared bytes are copied by words only then.
    const shift = kept
      ? this.placeOf(bytes.byteOffset)
      : OWN + ((bytes.byteOffset + first) & (WORD - 1)) - first;
    const rowsAt = kept ? this.keptEnd : (shift + last + SLACK) & ~(WORD - 1);
    kernel.reserve(rowsAt + 4 * ROW_WORDS * count);
    kernel.bytes.set(bytes.subarray(first, last), shift + first);
    const rows = new Int32Array(kernel.bytes.buffer, rowsAt, ROW_WORDS * count);
    for (let i = 0; i < count; i++) {
      const from = texts[3 * i]!;
      rows[ROW_WORDS * i] = from + shift;
      rows[ROW_WORDS * i + 1] = Math.min(texts[3 * i + 1]!, from + HEADERS_LIMIT) + shift;
    }
    scan(rowsAt, count);
    for (let i = 0; i < count; i++) {
      const row = ROW_WORDS * i;
      const at = texts[3 * i + 2]!;
      if (rows[row + 2] !== 1) noteScan(message, bytes, texts[3 * i]!, texts[3 * i + 1]!, numbers, at);
      else if (rows[row + 10] !== 0) noteRow(rows, row, rows[row + 10]!, rows[row + 11]!, numbers, at);
      else if (!fillStartLine(message, kernel.bytes, rows[row]!, rows[row + 3]!)) numbers[at] = 0;
      else noteRow(rows, row, message.isRequest ? 2 : 1, message.status, numbers, at);
    }
  }
}

/** The numbers of noteScan, out of a kernel's row. */
function noteRow(
  rows: Int32Array,
  row: number,
  kind: number,
  status: number,
  numbers: Int32Array,
  at: number,
): void {
  const from = rows[row]!;
  const hasCallId = rows[row + 4] !== -1;
  const hasCseq = rows[row + 6] !== -1;
  numbers[at] = kind;
  numbers[at + 1] = status;
  numbers[at + 2] = rows[row + 3]! - from;
  numbers[at + 3] = hasCallId ? rows[row + 4]! - from : -1;
  numbers[at + 4] = hasCallId ? rows[row + 5]! - from : -1;
  numbers[at + 5] = hasCseq ? rows[row + 6]! - from : -1;
  numbers[at + 6] = hasCseq ? rows[row + 7]! - from : -1;
  numbers[at + 7] = rows[row + 8]! - from;
  numbers[at + 8] = rows[row + 9]!;
}

/** Memory that is the kernel's. */
const OWN = 65_536;
const WORD = 8;
const ROW_WORDS = 12;
/** Sixteen bytes behind the last text are read with it; eight more let rows begin at a whole word. */
const SLACK = 24;
/** As much as a job's records take; where texts lie further apart, most of what is between them is none. */
const MOST_BYTES = 1 << 20;
