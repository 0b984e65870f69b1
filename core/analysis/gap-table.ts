import { Float64Column, Uint32Column, Uint8Column } from '../store/columns.ts';
import type { GapReason } from '../stream/events.ts';

/** Holes in streams, for the evidence and for the capture-quality report. */
export class GapTable {
  readonly conversation = new Uint32Column();
  readonly direction = new Uint8Column();
  readonly size = new Float64Column();
  /** 1 lost, 2 snapped. */
  readonly reason = new Uint8Column();
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
    this.before.push(before);
    this.after.push(after);
  }
}
