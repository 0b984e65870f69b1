import type { Uint32Column } from '../../store/columns.ts';
import type { ByteTarget } from './line-bytes.ts';
import type { FinishedLines } from './line-layout.ts';

/** Where finished lines go. */
export interface LineOutput extends ByteTarget {
  /** Nobody reads any more. */
  readonly closed: boolean;
  /** bytes[from, to), behind all that was written before. */
  write(bytes: Uint8Array, from: number, to: number): void;
  flush(): void;
  isUtf8(bytes: Uint8Array): boolean;
}

/**
 * Lines that wait for their turn, in the order in which they were found; bytes stand in slabs that are used again, or
 * where an opener finished them. Lines leave by frame, and of one frame as they were found.
 */
export class MessageLane implements ByteTarget {
  bytes: Uint8Array = NO_BYTES;
  length = 0;
  readonly mendsTexts = true;
  private readonly output: LineOutput;
  /** Slabs by number, the first being `firstSlab`; how many lines stand in each. */
  private slabs: Slab[] = [];
  private firstSlab = 0;
  /** The numbers of the slab that lines are written to, and of the one whose finished lines are taken; -1 for none. */
  private own = -1;
  private taken = -1;
  private readonly spare: Uint8Array[] = [];
  /** ENTRY numbers a line: frame, conversation, slab, from, to. Whole numbers, as everything that takes them expects. */
  private entries = new Uint32Array(ENTRY * 1024);
  private head = 0;
  private tail = 0;
  private sorted = true;
  private start = 0;
  private held = 0;

  constructor(output: LineOutput) {
    this.output = output;
  }

  /** Bytes that wait. */
  get bytesHeld(): number {
    return this.held;
  }

  /** The lowest frame of a line that waits; Infinity where none does. */
  get firstFrame(): number {
    if (!this.sorted) this.sort();
    return this.head === this.tail ? Infinity : this.entries[this.head]!;
  }

  begin(): void {
    this.start = this.length;
  }

  reserve(bytes: number): void {
    if (this.length + bytes <= this.bytes.length) return;
    // The line at hand moves along: each stands in one slab.
    const begun = this.length - this.start;
    const slab = this.takeSlab(Math.max(SLAB, 2 * (begun + bytes)));
    slab.set(this.bytes.subarray(this.start, this.length));
    this.own = this.addSlab(slab, null);
    this.bytes = slab;
    this.start = 0;
    this.length = begun;
    this.freeSlabs();
  }

  /** The line from `begin` on is whole. */
  end(frame: number, conversation: number): void {
    this.add(frame, conversation, this.own, this.start, this.length);
    this.start = this.length;
  }

  /** A line that is finished already. */
  take(finished: FinishedLines, from: number, to: number, frame: number, conversation: number): void {
    const slab = this.taken < 0 ? undefined : this.slabs[this.taken - this.firstSlab];
    if (slab?.finished !== finished) this.taken = this.addSlab(finished.bytes, finished);
    this.add(frame, conversation, this.taken, from, to);
  }

  /** No more lines will be taken out of these. */
  endTaking(finished: FinishedLines): void {
    const slab = this.taken < 0 ? undefined : this.slabs[this.taken - this.firstSlab];
    if (slab?.finished !== finished) return finished.release();
    this.taken = -1;
    this.release(slab);
    this.freeSlabs();
  }

  private addSlab(bytes: Uint8Array, finished: FinishedLines | null): number {
    return this.firstSlab + this.slabs.push({ bytes, lines: 0, finished }) - 1;
  }

  private add(frame: number, conversation: number, slab: number, from: number, to: number): void {
    if (this.tail === this.entries.length) this.makeRoom();
    const { entries, tail } = this;
    if (tail > this.head && frame < entries[tail - ENTRY]!) this.sorted = false;
    entries[tail] = frame;
    entries[tail + 1] = conversation;
    entries[tail + 2] = slab;
    entries[tail + 3] = from;
    entries[tail + 4] = to;
    this.tail = tail + ENTRY;
    this.slabs[slab - this.firstSlab]!.lines += 1;
    this.held += to - from;
  }

  /** Writes the lines of frames below this one; `counts`: how many were written, by conversation. */
  writeBelow(frame: number, counts: Uint32Column | null): void {
    if (!this.sorted) this.sort();
    while (this.head < this.tail && this.entries[this.head]! < frame) this.writeNext(frame, counts);
    this.freeSlabs();
  }

  /** Writes the first lines that wait, as many as follow each other in one slab. */
  private writeNext(frame: number, counts: Uint32Column | null): void {
    const { entries, head } = this;
    const slab = entries[head + 2]!;
    const from = entries[head + 3]!;
    let to = from;
    let at = head;
    for (; at < this.tail && entries[at]! < frame; at += ENTRY) {
      if (entries[at + 2] !== slab || entries[at + 3] !== to) break;
      to = entries[at + 4]!;
      if (counts !== null) counts.add(entries[at + 1]!, 1);
    }
    this.writeRun(slab, from, to, head, at);
    this.head = at;
  }

  /** Forgets the lines of some conversations (null: of all). */
  withdraw(conversations: ReadonlySet<number> | null): void {
    const { entries } = this;
    let kept = this.head;
    for (let at = this.head; at < this.tail; at += ENTRY) {
      if (conversations === null || conversations.has(entries[at + 1]!)) {
        this.leave(entries[at + 2]!, 1);
        this.held -= entries[at + 4]! - entries[at + 3]!;
        continue;
      }
      entries.copyWithin(kept, at, at + ENTRY);
      kept += ENTRY;
    }
    this.tail = kept;
    this.freeSlabs();
  }

  /** bytes[from, to) of a slab: the lines of entries [first, end), which follow each other there. */
  private writeRun(slab: number, from: number, to: number, first: number, end: number): void {
    const { bytes, finished } = this.slabs[slab - this.firstSlab]!;
    const { entries, output } = this;
    if (finished !== null || output.isUtf8(bytes.subarray(from, to))) output.write(bytes, from, to);
    else
      for (let at = first; at < end; at += ENTRY) {
        const text = LENIENT.decode(bytes.subarray(entries[at + 3]!, entries[at + 4]!));
        const mended = UTF_8.encode(text);
        output.write(mended, 0, mended.length);
      }
    this.leave(slab, (end - first) / ENTRY);
    this.held -= to - from;
  }

  /** So many lines of a slab are gone. */
  private leave(number: number, lines: number): void {
    const slab = this.slabs[number - this.firstSlab]!;
    slab.lines -= lines;
    if (number !== this.taken) this.release(slab);
  }

  /** Lets go of finished lines that are all gone: they are much memory, and slabs before them may stay for long. */
  private release(slab: Slab): void {
    const { finished } = slab;
    if (finished === null || slab.lines > 0) return;
    slab.bytes = NO_BYTES;
    slab.finished = null;
    finished.release();
  }

  private sort(): void {
    const { entries, head, tail } = this;
    const order = Array.from({ length: (tail - head) / ENTRY }, (_, line) => head + line * ENTRY);
    order.sort((a, b) => entries[a]! - entries[b]! || a - b);
    const old = entries.slice(head, tail);
    for (const [line, at] of order.entries())
      entries.set(old.subarray(at - head, at - head + ENTRY), head + line * ENTRY);
    this.sorted = true;
  }

  private makeRoom(): void {
    const { entries, head, tail } = this;
    const target = head > entries.length / 2 ? entries : new Uint32Array(2 * entries.length);
    if (target === entries) entries.copyWithin(0, head, tail);
    else target.set(entries.subarray(head, tail));
    this.entries = target;
    this.head = 0;
    this.tail = tail - head;
  }

  /** Slabs whose lines are all gone, before one that is in use. */
  private freeSlabs(): void {
    const { slabs, spare } = this;
    while (slabs.length > 0 && slabs[0]!.lines === 0 && this.firstSlab !== this.taken) {
      if (this.firstSlab === this.own) {
        // The one in use begins anew where nothing stands in it.
        if (this.start === this.length) this.start = this.length = 0;
        return;
      }
      const [free] = slabs.splice(0, 1);
      this.firstSlab += 1;
      if (free !== undefined && free.bytes.length === SLAB && spare.length < MOST_SPARE)
        spare.push(free.bytes);
    }
  }

  private takeSlab(size: number): Uint8Array {
    return (size === SLAB ? this.spare.pop() : undefined) ?? new Uint8Array(size);
  }
}

interface Slab {
  bytes: Uint8Array;
  lines: number;
  /** Whose bytes they are, where they are not this lane's own. */
  finished: FinishedLines | null;
}

const ENTRY = 5;
const SLAB = 1 << 20;
/** As much as waits while two batches for each of a few threads are under way. */
const MOST_SPARE = 32;
const NO_BYTES = new Uint8Array(0);
const UTF_8 = new TextEncoder();
const LENIENT = new TextDecoder('utf-8', { ignoreBOM: true });
