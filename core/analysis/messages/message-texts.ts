import { MESSAGE_DECRYPTED, MESSAGE_KEPT } from '../../store/message-table.ts';
import { VERDICT_DECRYPTED } from '../../store/record-table.ts';
import type { Epoch } from '../../tls/epoch.ts';
import { OPEN_OK } from '../../tls/open/batch.ts';
import type { Analysis } from '../analysis.ts';
import { type BatchOpener, LocalOpener } from '../batch-opener.ts';
import type { MessageIndex } from './message-index.ts';
import { type LaidOut, RecordBatches } from '../record-batches.ts';
import type { RecordQueue } from '../record-queue.ts';
import { RecordLinks } from '../record-links.ts';

/**
 * Gets bytes[from, to), the text of a message that ends in `frame`; good during the call only. `message` is the number
 * under which it was asked for: while a capture is read another may have it by now.
 */
export type TakeText = (frame: number, bytes: Uint8Array, from: number, to: number, message: number) => void;

/**
 * Texts of many messages at once. Records are opened again in batches, on the opener's threads where it has some, where
 * asking for one text after the other opens one record after the other.
 */
export class MessageTexts {
  private readonly analysis: Analysis;
  private readonly messages: MessageIndex;
  private readonly batches: RecordBatches;
  private readonly links: RecordLinks;
  private readonly opener: BatchOpener;
  private batch: Batch;
  private readonly inFlight: {
    readonly batch: Batch;
    readonly laidOut: LaidOut;
    done: Promise<void> | null;
  }[] = [];
  private scratch = new Uint8Array(1 << 16);

  constructor(analysis: Analysis, messages: MessageIndex) {
    const { structure, opening, ports } = analysis;
    this.analysis = analysis;
    this.messages = messages;
    this.opener = ports.opener ?? new LocalOpener(ports.backend);
    this.batches = new RecordBatches(structure, ports.store, this.opener, opening.bytes);
    this.links = new RecordLinks(structure.records);
    this.batch = this.newBatch();
  }

  /** Gives the text of each message that `wanted` names, in no particular order; none where it cannot be had any more. */
  async read(wanted: Iterable<number>, take: TakeText): Promise<void> {
    for (const message of wanted) {
      if (!this.add(message, take)) this.takeAlone(message, take);
      const { length, bytes } = this.batch.queue;
      if (length < MOST_IN_BATCH && bytes < MOST_BYTES_IN_BATCH) continue;
      this.submit();
      while (this.inFlight.length > this.opener.parallel) await this.settleOldest(take);
    }
    this.submit();
    while (this.inFlight.length > 0) await this.settleOldest(take);
  }

  /** Queues the record that holds the message, or gives its text at once. False where neither is possible. */
  private add(message: number, take: TakeText): boolean {
    const { structure, opening, ports } = this.analysis;
    const place = this.messages.placeOf(message);
    if (place === null) return true;
    const { table, row } = place;
    const flags = table.flags.read(row);
    if ((flags & MESSAGE_KEPT) !== 0) return false;
    const size = table.size.read(row);
    if ((flags & MESSAGE_DECRYPTED) === 0) {
      const file = structure.frames.file.read(table.firstUnit.read(row) - 1);
      if (size > this.scratch.length) this.scratch = new Uint8Array(2 * size);
      if (ports.store.read(file, table.offset.read(row), size, this.scratch, 0))
        take(table.frame.read(row), this.scratch, 0, size, message);
      return true;
    }
    const record = table.firstUnit.read(row);
    const epoch = record === table.lastUnit.read(row) ? this.epochOf(record) : null;
    if (epoch === null) return false;
    const { records } = structure;
    const { protection } = epoch;
    const chained = protection.kind === 'cbc' && !protection.explicitIv;
    const previous = chained ? this.links.previousOf(record) : -1;
    const follows = previous >= 0 && records.epoch.read(previous) === records.epoch.read(record);
    const length = records.fragmentLength.read(record);
    // Without the block before it a chained record opens in its session only.
    if (chained && opening.bytes.layChain(follows ? previous : -1, epoch, CHAIN, 0) < 0) return false;
    const { queue, numbers, frames, offsets, sizes } = this.batch;
    queue.addAgain(epoch, record, records.sequence.read(record), follows ? previous : -1, length);
    numbers.push(message);
    frames.push(table.frame.read(row));
    offsets.push(table.offsetInFirst.read(row));
    sizes.push(size);
    return true;
  }

  /** How a record opens that hangs on nothing but its keys and its number; null where it is another. */
  private epochOf(record: number): Epoch | null {
    const { structure, opening } = this.analysis;
    const { records } = structure;
    if (records.verdict.read(record) !== VERDICT_DECRYPTED || records.headerLength.read(record) !== 0)
      return null;
    const stretch = opening.stretches[records.epoch.read(record) - 1];
    if (stretch === undefined || stretch.epoch === null) return null;
    if (stretch.handshake !== null && stretch.handshake.compression !== 0) return null;
    return stretch.epoch.protection.kind === 'stream' ? null : stretch.epoch;
  }

  private takeAlone(message: number, take: TakeText): void {
    const bytes = this.messages.bytesOf(message);
    if (bytes !== null) take(this.messages.frameOf(message), bytes, 0, bytes.length, message);
  }

  private newBatch(): Batch {
    return { queue: this.batches.takeQueue(), numbers: [], frames: [], offsets: [], sizes: [] };
  }

  private submit(): void {
    const { batch } = this;
    if (batch.queue.length === 0) return;
    this.batch = this.newBatch();
    const laidOut = this.batches.layOut(batch.queue, false);
    this.inFlight.push({ batch, laidOut, done: this.opener.openAll(laidOut.jobs) });
  }

  private async settleOldest(take: TakeText): Promise<void> {
    const oldest = this.inFlight.shift();
    if (oldest === undefined) return;
    if (oldest.done !== null) await oldest.done;
    const { batch, laidOut } = oldest;
    const { queue, numbers, frames, offsets, sizes } = batch;
    const { results, firsts } = laidOut;
    for (let at = 0; at < queue.length; at += 1) {
      const job = queue.jobs[at]!;
      const result = firsts[job]! + queue.indexes[at]!;
      const end = offsets[at]! + sizes[at]!;
      const from = results.offsets[result]! + offsets[at]!;
      if (results.status[result] === OPEN_OK && end <= results.lengths[result]!)
        take(frames[at]!, results.output, from, from + sizes[at]!, numbers[at]!);
    }
    this.batches.giveBack(queue, laidOut);
  }
}

/** Records that are opened together, and of each the message: its number, its frame, and where its text stands in the plaintext. */
interface Batch {
  readonly queue: RecordQueue;
  readonly numbers: number[];
  readonly frames: number[];
  readonly offsets: number[];
  readonly sizes: number[];
}

/** Small enough that texts are looked at while the next are opened. */
const MOST_IN_BATCH = 8192;
const MOST_BYTES_IN_BATCH = 4 * 1024 * 1024;
const CHAIN = new Uint8Array(16);
