import type { GapReason, StreamSink } from '../../../core/stream/events.ts';

export interface RecordedByte {
  readonly value: number;
  readonly frame: number;
  readonly offset: number;
}

export interface RecordedGap {
  readonly position: number;
  readonly length: number;
  readonly reason: GapReason;
  readonly before: number;
  readonly after: number;
}

/** Keeps all that is announced of one direction, and insists that it is announced in order, once, and before the end. */
export class RecordedDirection {
  /** By position; null where a gap was announced. */
  readonly bytes: (RecordedByte | null)[] = [];
  readonly gaps: RecordedGap[] = [];
  closed: { readonly by: string; readonly frame: number } | null = null;

  text(): string {
    return this.bytes.map((byte) => (byte === null ? '_' : String.fromCharCode(byte.value))).join('');
  }

  /** Frames of the bytes, runs of equal ones once. */
  frames(): number[] {
    const all = this.bytes.map((byte) => byte?.frame ?? 0);
    return all.filter((frame, i) => frame !== all[i - 1]);
  }
}

export class StreamRecorder implements StreamSink {
  readonly directions = [new RecordedDirection(), new RecordedDirection()] as const;
  /** Frames of both directions, as they were announced. */
  readonly order: number[] = [];

  chunk(
    direction: 0 | 1,
    bytes: Uint8Array,
    from: number,
    to: number,
    offset: number,
    frame: number,
    position: number,
  ): void {
    const recorded = this.#open(direction, position);
    if (!(from >= 0 && from < to && to <= bytes.length)) throw new Error(`impossible chunk [${from}, ${to})`);
    if (frame < 1) throw new Error('a chunk of no frame');
    this.order.push(frame);
    for (let i = from; i < to; i++)
      recorded.bytes.push({ value: bytes[i] ?? -1, frame, offset: offset + i - from });
  }

  gap(
    direction: 0 | 1,
    length: number,
    position: number,
    reason: GapReason,
    before: number,
    after: number,
  ): void {
    const recorded = this.#open(direction, position);
    if (!(length > 0)) throw new Error(`a gap of ${length} bytes`);
    recorded.gaps.push({ position, length, reason, before, after });
    for (let i = 0; i < length; i++) recorded.bytes.push(null);
  }

  closed(direction: 0 | 1, by: 'fin' | 'rst' | 'end', frame: number): void {
    this.#open(direction, this.directions[direction].bytes.length).closed = { by, frame };
  }

  #open(direction: 0 | 1, position: number): RecordedDirection {
    const recorded = this.directions[direction];
    if (recorded.closed !== null) throw new Error('something was announced after the end');
    if (position !== recorded.bytes.length)
      throw new Error(`at ${position}, but ${recorded.bytes.length} came`);
    return recorded;
  }
}
