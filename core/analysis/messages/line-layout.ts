import { SCAN_WIDTH } from '../../app/sip/scan-headers.ts';
import { RECORD_DIRECTION } from '../../store/record-table.ts';
import { APPLICATION_DATA } from '../../tls/tables/content-types.ts';
import type { BatchOpener } from '../batch-opener.ts';
import type { LaidOut, RecordQueue } from '../record-batches.ts';
import type { Structure } from '../structure.ts';
import { type LineWork, messageLength } from './finish-lines.ts';
import type { ByteTarget } from './line-bytes.ts';
import { createMessageLine, type LineForm, type MessageLine } from './message-line.ts';

/** Writes lines, and has openers finish those of messages that each stand in one record. */
export interface LineSource {
  readonly form: LineForm;
  /** Writes what stands before the start line. */
  begin(line: MessageLine, target: ByteTarget): void;
}

/** Lines that an opener finished, until all of them are written. */
export interface FinishedLines {
  readonly bytes: Uint8Array;
  /** Nobody looks at `bytes` any more. */
  release(): void;
}

/** A batch whose lines an opener finishes. */
export class LineBatch implements FinishedLines {
  readonly work: LineWork;
  private readonly freed: () => void;

  constructor(work: LineWork, freed: () => void) {
    this.work = work;
    this.freed = freed;
  }

  get bytes(): Uint8Array {
    return this.work.lines;
  }

  release(): void {
    this.freed();
  }
}

/** Lays out, beside a batch of records, the lines of the messages that it may hold. */
export class LineLayout {
  private readonly structure: Structure;
  private readonly opener: BatchOpener;
  private readonly source: LineSource;
  private readonly rooms: LineRoom[] = [];
  private readonly line: MessageLine = { ...createMessageLine(), decrypted: true };

  constructor(structure: Structure, opener: BatchOpener, source: LineSource) {
    this.structure = structure;
    this.opener = opener;
    this.source = source;
  }

  layOut(queue: RecordQueue, laidOut: LaidOut): LineBatch {
    const count = queue.length;
    const room = this.takeRoom(count, queue.bytes + count * LINE_ROOM);
    const { buffer, byteOffset } = room.numbers;
    const words = (from: number, length: number): Uint32Array =>
      new Uint32Array(buffer, byteOffset + 4 * from, length);
    const order = words(0, 2 * count);
    const ranges = words(2 * count, 2 * count).fill(0);
    const beginningEnds = words(4 * count, count);
    this.writeBeginnings(queue, room.beginnings, beginningEnds);
    for (let at = 0; at < count; at += 1) {
      const job = queue.jobs[at]!;
      order[2 * at] = laidOut.firsts[job]! + queue.indexes[at]!;
      order[2 * at + 1] = laidOut.outputs[job]!;
    }
    const { output, offsets, lengths, status, types } = laidOut.results;
    const work: LineWork = {
      form: this.source.form,
      count,
      beginnings: room.beginnings,
      beginningEnds,
      order,
      output,
      offsets,
      lengths,
      status,
      types,
      scans: laidOut.scans,
      lines: room.lines,
      ranges,
    };
    return new LineBatch(work, () => this.rooms.push(room));
  }

  private writeBeginnings(queue: RecordQueue, bytes: Uint8Array, ends: Uint32Array): void {
    const { records } = this.structure;
    const { line } = this;
    const target = new Beginnings(bytes);
    for (let at = 0; at < queue.length; at += 1) {
      const row = queue.rows[at]!;
      if (records.type.read(row) === APPLICATION_DATA && target.length + LONGEST_BEGINNING <= bytes.length) {
        line.frame = records.frame.read(row);
        line.conversation = records.conversation.read(row);
        line.direction = (records.flags.read(row) & RECORD_DIRECTION) === 0 ? 0 : 1;
        this.source.begin(line, target);
      }
      ends[at] = target.length;
    }
  }

  private takeRoom(count: number, lines: number): LineRoom {
    const numbers = count * ROW_NUMBERS;
    const beginnings = count * LINE_ROOM;
    const fits = this.rooms.findIndex(
      (room) =>
        room.numbers.length >= numbers && room.beginnings.length >= beginnings && room.lines.length >= lines,
    );
    const [known] = fits < 0 ? [] : this.rooms.splice(fits, 1);
    if (known !== undefined) return known;
    this.rooms.shift();
    const allocate = (bytes: number): Uint8Array => this.opener.allocate(Math.ceil((bytes * 1.25) / 8) * 8);
    return { numbers: allocate(numbers), beginnings: allocate(beginnings), lines: allocate(lines) };
  }
}

/** Where the finished line of a record stands, and which bytes of its plaintext it tells of. */
export interface LineOffer {
  lines: FinishedLines | null;
  from: number;
  to: number;
  message: Uint8Array;
  messageFrom: number;
  messageTo: number;
}

export function createLineOffer(): LineOffer {
  return { lines: null, from: 0, to: 0, message: new Uint8Array(0), messageFrom: -1, messageTo: -1 };
}

/** Fills in the line of the record at this place of its queue, whose plaintext begins at output[from], if it has one. */
export function offerLine(offer: LineOffer, lines: LineBatch, at: number, from: number): void {
  const { order, output, scans, ranges } = lines.work;
  offer.to = ranges[2 * at + 1]!;
  if (offer.to === 0) {
    offer.lines = null;
    return;
  }
  offer.lines = lines;
  offer.from = ranges[2 * at]!;
  offer.message = output;
  offer.messageFrom = from;
  offer.messageTo = from + messageLength(scans, order[2 * at]! * SCAN_WIDTH);
}

interface LineRoom {
  readonly numbers: Uint8Array;
  readonly beginnings: Uint8Array;
  readonly lines: Uint8Array;
}

/** Beginnings of lines, in bytes that do not grow. */
class Beginnings implements ByteTarget {
  readonly bytes: Uint8Array;
  length = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  reserve(): void {
    // Whoever writes looks before each line.
  }
}

/** Bytes of a line beside its text, as a rule; of those that are longer some are written by the one who reads. */
const LINE_ROOM = 256;
/** Two addresses of IPv6 and what else stands there. */
const LONGEST_BEGINNING = 512;
/** Bytes of numbers a record. */
const ROW_NUMBERS = 20;
