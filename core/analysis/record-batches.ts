import { SCAN_WIDTH } from '../app/sip/scan-headers.ts';
import type { RecordTable } from '../store/record-table.ts';
import type { Epoch } from '../tls/epoch.ts';
import { type OpenResults, ROW_WIDTH } from '../tls/open/batch.ts';
import { hasAdditionalData } from '../tls/secrets/traffic-secrets.ts';
import type { BatchJob, BatchOpener } from './batch-opener.ts';
import type { CaptureStore, CaptureWindow } from './capture-store.ts';
import { RecordQueue } from './record-queue.ts';
import type { Structure } from './structure.ts';

/** Reads what the capture's window does not hold. */
export interface RecordReader {
  /** Copies a record's body to target[at …]; false where its bytes cannot be had any more. */
  readBody(row: number, target: Uint8Array, at: number): boolean;
  /** Copies the block that is the record's IV, where CBC chains over records: its length, 0 for none, -1 not known. */
  layChain(previousRow: number, epoch: Epoch, target: Uint8Array, at: number): number;
}

/** A queue as it was laid out, and where its results come to stand. Of one row: job first + index. */
export interface LaidOut {
  readonly jobs: readonly BatchJob[];
  /** By job: its first row among all rows. */
  readonly firsts: Uint32Array;
  /** Of all jobs, one behind the other. */
  readonly results: OpenResults;
  readonly scans: Int32Array;
  readonly room: BatchRoom;
  /** Held until the jobs are done; null where nothing stands in it. */
  readonly window: CaptureWindow | null;
}

/** Buffers of one batch. */
interface BatchRoom {
  readonly input: Uint8Array;
  readonly output: Uint8Array;
  readonly numbers: Uint8Array;
}

/**
 * Lays queued records out in jobs: records of one epoch together, so that one native call can decrypt many, but not more
 * than one thread should have of a connection with much traffic. Records that stand in the file's window at hand are
 * opened where they stand; only others are copied.
 */
export class RecordBatches {
  private readonly structure: Structure;
  private readonly records: RecordTable;
  private readonly store: CaptureStore;
  private readonly opener: BatchOpener;
  private readonly reader: RecordReader;
  private readonly rooms: BatchRoom[] = [];
  private readonly queues: RecordQueue[] = [];
  private groups: Group[] = [];

  constructor(structure: Structure, store: CaptureStore, opener: BatchOpener, reader: RecordReader) {
    this.structure = structure;
    this.records = structure.records;
    this.store = store;
    this.opener = opener;
    this.reader = reader;
  }

  takeQueue(): RecordQueue {
    return this.queues.pop() ?? new RecordQueue(this.opener.mostRecords);
  }

  /** What a batch took may be used again: its results were looked at. */
  giveBack(queue: RecordQueue, laidOut: LaidOut): void {
    queue.clear();
    this.queues.push(queue);
    this.rooms.push(laidOut.room);
    laidOut.window?.release();
  }

  /** `scanned`: openers are to look for SIP in what comes out. */
  layOut(queue: RecordQueue, scanned = true): LaidOut {
    const file = this.structure.frames.file.read(this.records.frame.read(queue.rows[0]!) - 1);
    const window = this.store.windowOf?.(file) ?? null;
    const { groups } = this;
    groups.length = 0;
    this.group(queue, file, window);
    let copied = 0;
    let bytes = 0;
    let held = false;
    for (const group of groups) {
      bytes += wholeWords(group.bytes);
      if (group.window === null) copied += group.bytes;
      else held = true;
    }
    if (held) window?.hold();
    const count = queue.length;
    const room = this.takeRoom(copied, bytes, count);
    const cut = new NumberCutter(room.numbers, count);
    const rows = cut.words(count * ROW_WIDTH);
    const offsets = cut.words(count);
    const lengths = cut.words(count);
    const scans = cut.signedWords(count * SCAN_WIDTH);
    const results = {
      output: room.output,
      offsets,
      lengths,
      status: cut.bytes(count),
      types: cut.bytes(count),
      readable: cut.bytes(count),
    };
    clear(results, scans);
    const firsts = new Uint32Array(groups.length);
    let first = 0;
    let from = 0;
    let output = 0;
    for (const [number, group] of groups.entries()) {
      group.first = first;
      group.at = from;
      group.output = output;
      firsts[number] = first;
      first += group.count;
      output += wholeWords(group.bytes);
      if (group.window === null) from += group.bytes;
    }
    for (let at = 0; at < count; at += 1) this.layRecord(queue, at, rows, room.input);
    const jobs = groups.map((group): BatchJob => jobOf(group, room, rows, results, scanned ? scans : null));
    return { jobs, firsts, results, scans, room, window: held ? window : null };
  }

  /** Finds each record's group and whether it stands in the window. */
  private group(queue: RecordQueue, file: number, window: CaptureWindow | null): void {
    const { records, groups, structure } = this;
    const byEpoch = new Map<Epoch, Group>();
    const base = window === null ? 0 : window.offset;
    const end = window === null ? -1 : window.offset + window.length;
    const alone = window?.alone === true;
    for (let at = 0; at < queue.length; at += 1) {
      const row = queue.rows[at]!;
      const epoch = queue.epochs[at]!;
      const body = records.fragmentLength.read(row);
      let group = byEpoch.get(epoch);
      if (group === undefined || group.count >= MOST_IN_JOB || group.bytes >= MOST_BYTES_IN_JOB) {
        group = groupOf(epoch, groups.length, window);
        groups.push(group);
        byEpoch.set(epoch, group);
      }
      let place = -1;
      if (group.window !== null) {
        const from = records.place.read(row) + (records.headerLength.read(row) || RECORD_HEADER);
        const here =
          records.spanCount.read(row) === 1 &&
          from >= base &&
          from + body <= end &&
          (alone || structure.frames.file.read(records.frame.read(row) - 1) === file);
        if (here) place = from - base;
        else group.window = null;
      }
      queue.places[at] = place;
      queue.jobs[at] = group.number;
      queue.indexes[at] = group.count;
      group.count += 1;
      group.bytes += body + (group.chained ? MOST_BLOCK : 0);
    }
  }

  private layRecord(queue: RecordQueue, at: number, rows: Uint32Array, input: Uint8Array): void {
    const { records, reader } = this;
    const row = queue.rows[at]!;
    const group = this.groups[queue.jobs[at]!]!;
    const length = records.fragmentLength.read(row);
    let offset = queue.places[at]!;
    if (group.window === null) {
      const { chained, epoch } = group;
      const lead = chained ? reader.layChain(queue.previousRows[at]!, epoch, input, group.at) : 0;
      if (lead > 0) group.at += lead;
      // Bytes that cannot be had any more fail their check, as altered ones do.
      if (!reader.readBody(row, input, group.at)) input.fill(0, group.at, group.at + length);
      // Without its IV it cannot be opened: nothing can stand before the input's first byte.
      offset = lead < 0 ? 0 : group.at;
      group.at += length;
    }
    const index = group.first + queue.indexes[at]!;
    writeRow(rows, index, records, row, offset, length, queue.sequenceOf(at), group.epoch);
  }

  /** Buffers are used again: fresh ones would cost as much as the decryption. */
  private takeRoom(copied: number, bytes: number, count: number): BatchRoom {
    const { rooms } = this;
    const numbers = count * ROW_NUMBERS;
    const at = rooms.findIndex(
      (room) => room.input.length >= copied && room.output.length >= bytes && room.numbers.length >= numbers,
    );
    const [known] = at < 0 ? [] : rooms.splice(at, 1);
    if (known !== undefined) return known;
    const old = rooms.shift();
    const keep = (buffer: Uint8Array | undefined, size: number): Uint8Array =>
      buffer !== undefined && buffer.length >= size ? buffer : this.opener.allocate(roundUp(size));
    return {
      input: keep(old?.input, copied),
      output: keep(old?.output, bytes),
      numbers: keep(old?.numbers, numbers),
    };
  }
}

/** Writes one row of a batch (see ROW_WIDTH). */
export function writeRow(
  rows: Uint32Array,
  index: number,
  records: RecordTable,
  row: number,
  offset: number,
  length: number,
  sequence: number,
  epoch: Epoch,
): void {
  const at = index * ROW_WIDTH;
  rows[at] = records.type.read(row);
  rows[at + 1] = records.version.read(row);
  rows[at + 2] = offset;
  rows[at + 3] = length;
  rows[at + 4] = sequence < 0x100000000 ? 0 : Math.floor(sequence / 0x100000000);
  rows[at + 5] = sequence >>> 0;
  rows[at + 6] = hasAdditionalData(epoch.version) ? 0xffffffff : 0;
  rows[at + 7] = 0;
}

/** Records of one epoch in one call. */
interface Group {
  readonly epoch: Epoch;
  readonly number: number;
  readonly chained: boolean;
  /** Where its records stand; null where they are copied. */
  window: CaptureWindow | null;
  count: number;
  bytes: number;
  /** Its first row among all rows. */
  first: number;
  /** Where the next one of its records that are copied goes. */
  at: number;
  output: number;
}

function groupOf(epoch: Epoch, number: number, window: CaptureWindow | null): Group {
  const { protection } = epoch;
  const chained = protection.kind === 'cbc' && !protection.explicitIv;
  return {
    epoch,
    number,
    chained,
    // The IV must stand before the record, where the file has its header.
    window: chained ? null : window,
    count: 0,
    bytes: 0,
    first: 0,
    at: 0,
    output: 0,
  };
}

function jobOf(
  group: Group,
  room: BatchRoom,
  rows: Uint32Array,
  results: OpenResults,
  scans: Int32Array | null,
): BatchJob {
  return {
    batch: {
      protection: group.epoch.protection,
      first: group.first,
      count: group.count,
      input: group.window === null ? room.input : group.window.bytes,
      rows,
      outputFrom: group.output,
      keystreamUsed: 0,
    },
    results,
    bytes: group.bytes,
    scans,
  };
}

/** Rooms are used again: what no opener comes to must not look as if one had. */
function clear({ offsets, lengths, status, types, readable }: OpenResults, scans: Int32Array): void {
  for (const column of [offsets, lengths, status, types, readable]) column.fill(0);
  for (let at = 0; at < scans.length; at += SCAN_WIDTH) scans[at] = 0;
}

/** Cuts typed arrays out of one buffer: words first, so that they are aligned. */
class NumberCutter {
  private readonly buffer: Uint8Array;
  private word: number;
  private byte: number;

  constructor(buffer: Uint8Array, count: number) {
    this.buffer = buffer;
    this.word = buffer.byteOffset;
    this.byte = buffer.byteOffset + count * ROW_WORDS * 4;
  }

  words(count: number): Uint32Array {
    const cut = new Uint32Array(this.buffer.buffer, this.word, count);
    this.word += count * 4;
    return cut;
  }

  signedWords(count: number): Int32Array {
    const cut = new Int32Array(this.buffer.buffer, this.word, count);
    this.word += count * 4;
    return cut;
  }

  bytes(count: number): Uint8Array {
    const cut = new Uint8Array(this.buffer.buffer, this.byte, count);
    this.byte += count;
    return cut;
  }
}

/** Shared bytes are copied quickly where both places are alike modulo eight. */
function wholeWords(bytes: number): number {
  return Math.ceil(bytes / 8) * 8;
}

function roundUp(bytes: number): number {
  return Math.max(LEAST_ROOM, Math.ceil((bytes * 1.25) / LEAST_ROOM) * LEAST_ROOM);
}

const RECORD_HEADER = 5;
const MOST_BLOCK = 16;
const LEAST_ROOM = 1 << 16;
/** What one thread gets of one epoch at a time: enough for one native call to be worth it, few enough to share out. */
const MOST_IN_JOB = 256;
const MOST_BYTES_IN_JOB = 256 * 1024;
/** Words a row: the row itself, offset and length, what a scan found. */
const ROW_WORDS = ROW_WIDTH + 2 + SCAN_WIDTH;
/** Bytes of numbers a row: also status, type and whether it is readable. */
const ROW_NUMBERS = ROW_WORDS * 4 + 3;
