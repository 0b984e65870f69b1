import { SCAN_WIDTH } from '../../app/sip/scan-headers.ts';
import { RECORD_DIRECTION } from '../../store/record-table.ts';
import { Uint32Column } from '../../store/columns.ts';
import { APPLICATION_DATA } from '../../tls/tables/content-types.ts';
import type { BatchOpener } from '../batch-opener.ts';
import type { LaidOut } from '../record-batches.ts';
import type { RecordQueue } from '../record-queue.ts';
import type { Structure } from '../structure.ts';
import { LINE_WIDTH, type LineWork, messageLength } from './finish-lines.ts';
import { createMessageLine, type LineForm, type LineTime, type MessageLine } from './message-line.ts';

/** Writes lines, and has openers write those of messages that each stand in one record. */
export interface LineSource {
  readonly form: LineForm;
  /** What stands between time and start line. */
  endsOf(line: MessageLine): Uint8Array;
  /** False where the opener cannot write the time of this frame. */
  timeOf(frame: number, time: LineTime): boolean;
}

/** Lines that an opener wrote, until all of them are put out. */
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
  private readonly time: LineTime = { whole: 0, rest: 0 };
  private readonly ends = new EndsOfBatch();

  constructor(structure: Structure, opener: BatchOpener, source: LineSource) {
    this.structure = structure;
    this.opener = opener;
    this.source = source;
  }

  layOut(queue: RecordQueue, laidOut: LaidOut): LineBatch {
    const count = queue.length;
    const room = this.takeRoom(count, queue.bytes + count * LINE_ROOM);
    const { buffer, byteOffset } = room.numbers;
    const numbers = new Uint32Array(buffer, byteOffset, LINE_WIDTH * count);
    const ranges = new Uint32Array(buffer, byteOffset + 4 * numbers.length, 2 * count).fill(0);
    const endsLength = this.writeNumbers(queue, laidOut, numbers, room.ends);
    const { output, offsets, lengths, status, types } = laidOut.results;
    const work: LineWork = {
      form: this.source.form,
      count,
      numbers,
      ends: room.ends.subarray(0, endsLength),
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

  /** Returns the bytes of all ends. */
  private writeNumbers(queue: RecordQueue, laidOut: LaidOut, numbers: Uint32Array, ends: Uint8Array): number {
    const { records } = this.structure;
    const { time, ends: places } = this;
    places.begin(ends);
    for (let at = 0; at < queue.length; at += 1) {
      const job = queue.jobs[at]!;
      const row = queue.rows[at]!;
      const number = LINE_WIDTH * at;
      numbers[number] = laidOut.firsts[job]! + queue.indexes[at]!;
      numbers[number + 1] = 0;
      if (records.type.read(row) !== APPLICATION_DATA) continue;
      const frame = records.frame.read(row);
      const conversation = records.conversation.read(row);
      const direction = (records.flags.read(row) & RECORD_DIRECTION) === 0 ? 0 : 1;
      if (!this.source.timeOf(frame, time) || !places.find(this.source, conversation, direction)) continue;
      numbers[number + 1] = frame;
      numbers[number + 2] = time.whole;
      numbers[number + 3] = time.rest;
      numbers[number + 4] = places.from;
      numbers[number + 5] = places.length;
    }
    return places.end();
  }

  private takeRoom(count: number, lines: number): LineRoom {
    const numbers = count * ROW_NUMBERS;
    const fits = this.rooms.findIndex((room) => room.numbers.length >= numbers && room.lines.length >= lines);
    const [known] = fits < 0 ? [] : this.rooms.splice(fits, 1);
    if (known !== undefined) return known;
    const old = this.rooms.shift();
    const allocate = (bytes: number): Uint8Array => this.opener.allocate(Math.ceil((bytes * 1.25) / 8) * 8);
    return {
      numbers: allocate(numbers),
      lines: allocate(lines),
      ends: old?.ends ?? this.opener.allocate(ENDS_ROOM),
    };
  }
}

/** The ends of the conversations in one batch, each written once. */
class EndsOfBatch {
  /** Of what was found. */
  from = 0;
  length = 0;
  private bytes: Uint8Array = new Uint8Array(0);
  private used = 0;
  /** By conversation and direction: where they stand in `bytes` and how long they are (LENGTH_BITS); 0: not there. */
  private readonly places = new Uint32Column();
  private readonly keys: number[] = [];
  private readonly line: MessageLine = { ...createMessageLine(), decrypted: true };

  begin(bytes: Uint8Array): void {
    this.bytes = bytes;
    this.used = 0;
  }

  /** False where there is no room for them. */
  find(source: LineSource, conversation: number, direction: 0 | 1): boolean {
    const key = 2 * conversation + direction;
    let place = this.places.read(key);
    if (place === 0) {
      place = this.add(source, conversation, direction);
      if (place === 0) return false;
      this.places.write(key, place);
      this.keys.push(key);
    }
    this.from = place >>> LENGTH_BITS;
    this.length = place & (MOST_LENGTH - 1);
    return true;
  }

  /** Bytes of all that were found; what is found next is of another batch. */
  end(): number {
    for (const key of this.keys) this.places.write(key, 0);
    this.keys.length = 0;
    return this.used;
  }

  private add(source: LineSource, conversation: number, direction: 0 | 1): number {
    this.line.conversation = conversation;
    this.line.direction = direction;
    const ends = source.endsOf(this.line);
    const from = this.used;
    if (ends.length >= MOST_LENGTH || from + ends.length > this.bytes.length) return 0;
    this.bytes.set(ends, from);
    this.used = from + ends.length;
    return (from << LENGTH_BITS) | ends.length;
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
  const { numbers, output, scans, ranges } = lines.work;
  offer.to = ranges[2 * at + 1]!;
  if (offer.to === 0) {
    offer.lines = null;
    return;
  }
  offer.lines = lines;
  offer.from = ranges[2 * at]!;
  offer.message = output;
  offer.messageFrom = from;
  offer.messageTo = from + messageLength(scans, numbers[LINE_WIDTH * at]! * SCAN_WIDTH);
}

interface LineRoom {
  readonly numbers: Uint8Array;
  readonly lines: Uint8Array;
  readonly ends: Uint8Array;
}

/** Bytes of a line beside its text, as a rule; of those that are longer some are written by the one who reads. */
const LINE_ROOM = 256;
/** Bytes for the ends of a batch's conversations; what has no room is written by the one who reads. */
const ENDS_ROOM = 1 << 18;
const LENGTH_BITS = 12;
const MOST_LENGTH = 1 << LENGTH_BITS;
/** Bytes of numbers a record: of its line, and its range. */
const ROW_NUMBERS = 4 * (LINE_WIDTH + 2);
