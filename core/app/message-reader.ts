/** Reads one kind of thing in one direction: SIP messages, an HTTP body, WebSocket frames, bytes without meaning. */
export interface MessageReader {
  /**
   * Looks at bytes[at, end), which begin where the last step of this direction ended or stalled. Consumes some of them,
   * goes over to another reader, or stalls the window; returns where the rest begins.
   */
  step(bytes: Uint8Array, at: number, end: number): number;
  /**
   * Announces bytes[0, length), all that is kept: the direction ended, or (`lost`) bytes are missing behind them. Returns
   * how many it announced; fewer than all where another message begins among them, which is looked for only if `rescue`.
   */
  flush(bytes: Uint8Array, length: number, lost: boolean, rescue: boolean): number;
  /** Goes on after bytes were lost; without it a start line is looked for. */
  afterLoss?(): void;
  /** Goes on after the direction's end; without it the next bytes begin a message. */
  readonly survivesEnd?: boolean;
}

/** Headers longer than this are no headers. */
export const HEADERS_LIMIT = 65536;
/** A body, and what is kept of any message, is at most this long. */
export const BODY_LIMIT = 1 << 20;
