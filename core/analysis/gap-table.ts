import { Float64Column, Uint32Column, Uint8Column } from '../store/columns.ts';
import type { GapReason } from '../stream/events.ts';

/** Holes in streams, for the evidence and for the capture-quality report. */
export class GapTable {
  readonly conversation = new Uint32Column();
  readonly direction = new Uint8Column();
  readonly size = new Float64Column();
  /** 1 lost, 2 snapped. */
  readonly reason = new Uint8Column();
  /** SCTP: DATA chunks that are missing, of unknown length; `size` is then 0. */
  readonly chunks = new Uint32Column();
  readonly before = new Uint32Column();
  readonly after = new Uint32Column();

  get length(): number {
    return this.conversation.length;
  }

  add(
    conversation: number,
    direction: 0 | 1,
    size: number,
    reason: GapReason,
    before: number,
    after: number,
  ): void {
    this.conversation.push(conversation);
    this.direction.push(direction);
    this.size.push(size);
    this.reason.push(reason === 'lost' ? 1 : 2);
    this.chunks.push(0);
    this.before.push(before);
    this.after.push(after);
  }

  sizeOf(row: number): { readonly bytes: number; readonly chunks: number } {
    return { bytes: this.size.read(row), chunks: this.chunks.read(row) };
  }

  /** SCTP: chunks of unknown length are missing. */
  addChunks(conversation: number, direction: 0 | 1, chunks: number, before: number, after: number): void {
    this.add(conversation, direction, 0, 'lost', before, after);
    this.chunks.write(this.length - 1, chunks);
  }
}
