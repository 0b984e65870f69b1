/**
 * What a reassembled direction announces, in stream order. Positions are counted in bytes from the first byte of the
 * direction's stream that the capture holds (0), as float64 integers.
 */
export interface StreamSink {
  /**
   * In-order bytes[from, to). They lie in the file at `offset` (one run) and came in frame `frame`.
   * The view is only good during the call. `position` is that of bytes[from].
   */
  chunk(
    direction: 0 | 1,
    bytes: Uint8Array,
    from: number,
    to: number,
    offset: number,
    frame: number,
    position: number,
  ): void;
  /**
   * `length` bytes are missing for good. `before` and `after` are the frames next to the hole that do hold data (0
   * where there is none). Unknown length (a stream whose end was never seen) is not announced.
   */
  gap(
    direction: 0 | 1,
    length: number,
    position: number,
    reason: GapReason,
    before: number,
    after: number,
  ): void;
  /** The direction ended: FIN seen and all before it delivered, RST, or the capture's end. */
  closed(direction: 0 | 1, by: 'fin' | 'rst' | 'end', frame: number): void;
}

export type GapReason = 'lost' | 'snapped';

/** What a segment turned out to be, for the frame's own verdict. */
export const SEGMENT_EMPTY = 0;
/** Brings bytes not seen before. */
export const SEGMENT_NEW = 1;
/** Every byte was seen before: see `duplicateOf`. */
export const SEGMENT_DUPLICATE = 2;
/** A keep-alive: the byte before the next expected one (RFC 9293 §3.8.4). */
export const SEGMENT_KEEP_ALIVE = 3;
/** Brings bytes for a hole that was already given up. */
export const SEGMENT_LATE = 4;
