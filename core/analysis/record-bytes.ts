import { RECORD_PARTIAL, type RecordTable } from '../store/record-table.ts';
import type { Epoch } from '../tls/epoch.ts';
import type { CaptureStore } from './capture-store.ts';
import type { RecordReader } from './record-batches.ts';
import type { Structure } from './structure.ts';

/** The bytes of records as they were captured: kept ones from the structure, all others from the capture again. */
export class RecordBytes implements RecordReader {
  private readonly structure: Structure;
  private readonly records: RecordTable;
  private readonly store: CaptureStore;

  constructor(structure: Structure, store: CaptureStore) {
    this.structure = structure;
    this.records = structure.records;
    this.store = store;
  }

  /** A body that was kept (all but application data) is a view, and stays good; empty where its bytes are gone. */
  bodyOf(row: number): Uint8Array {
    const kept = this.records.kept.read(row);
    if (kept !== 0) return this.structure.bodies.bytesOf(kept);
    const length = this.records.fragmentLength.read(row);
    const body = new Uint8Array(length);
    return this.readBody(row, body, 0) ? body : EMPTY;
  }

  /** The block before a record, which is its IV where CBC chains over records (RFC 2246 §6.2.3.2). -1: not known. */
  layChain(previousRow: number, epoch: Epoch, target: Uint8Array, at: number): number {
    const { protection } = epoch;
    if (protection.kind !== 'cbc' || protection.explicitIv) return 0;
    const block = protection.blockLength;
    const { records } = this;
    const covered = protection.encryptThenMac ? protection.macLength : 0;
    const partial = previousRow >= 0 && (records.flags.read(previousRow) & RECORD_PARTIAL) !== 0;
    if (previousRow < 0 || (partial && records.tail.read(previousRow) < block + covered)) {
      if (epoch.firstIv.length !== block) return -1;
      target.set(epoch.firstIv, at);
      return block;
    }
    // With encrypt-then-MAC the last block of ciphertext stands before the MAC (RFC 7366 §3).
    const length = records.fragmentLength.read(previousRow) - covered;
    if (length < block) return -1;
    if (partial) {
      // What lies in the file has no holes.
      const stored = this.headerOf(previousRow) + length - block - records.lost.read(previousRow);
      return this.readSpans(previousRow, stored, block, target, at) ? block : -1;
    }
    return this.readRange(previousRow, length - block, block, target, at) ? block : -1;
  }

  readBody(row: number, target: Uint8Array, at: number): boolean {
    return this.readRange(row, 0, this.records.fragmentLength.read(row), target, at);
  }

  /** Bytes [from, from + length) of a record's body. */
  readRange(row: number, from: number, length: number, target: Uint8Array, at: number): boolean {
    const { records, structure } = this;
    const kept = records.kept.read(row);
    if (kept !== 0) {
      const body = structure.bodies.bytesOf(kept);
      if (from + length > body.length) return false;
      target.set(body.subarray(from, from + length), at);
      return true;
    }
    if (records.spanCount.read(row) === 1) {
      const file = structure.frames.file.read(records.frame.read(row) - 1);
      return this.store.read(file, records.place.read(row) + this.headerOf(row) + from, length, target, at);
    }
    return this.readSpans(row, this.headerOf(row) + from, length, target, at);
  }

  private headerOf(row: number): number {
    return this.records.headerLength.read(row) || RECORD_HEADER;
  }

  /** A record with its header, as on the wire; null where its bytes are gone. */
  recordBytes(row: number): Uint8Array | null {
    const { records, structure } = this;
    const length = this.headerOf(row) + records.fragmentLength.read(row);
    const bytes = new Uint8Array(length);
    if (records.spanCount.read(row) === 1) {
      const file = structure.frames.file.read(records.frame.read(row) - 1);
      return this.store.read(file, records.place.read(row), length, bytes, 0) ? bytes : null;
    }
    return this.readSpans(row, 0, length, bytes, 0) ? bytes : null;
  }

  private readSpans(row: number, from: number, length: number, target: Uint8Array, at: number): boolean {
    const { spans, frames } = this.structure;
    let skip = from;
    let left = length;
    let to = at;
    for (let span = this.records.place.read(row); left > 0 && span < spans.length; span += 1) {
      const size = spans.size.read(span);
      if (skip >= size) {
        skip -= size;
        continue;
      }
      const take = Math.min(left, size - skip);
      const file = frames.file.read(spans.frame.read(span) - 1);
      if (!this.store.read(file, spans.offset.read(span) + skip, take, target, to)) return false;
      skip = 0;
      left -= take;
      to += take;
    }
    return left === 0;
  }
}

const EMPTY = new Uint8Array(0);
const RECORD_HEADER = 5;
