/**
 * What the application layer announces about one conversation's byte streams (plaintext out of TLS, or the transport's
 * own payload). A unit is what the bytes came in: a record row (TLS) or a frame (clear); the caller's number, handed
 * back unchanged.
 */
export interface AppSink {
  /**
   * One SIP message: bytes[from, to), good during the call only. It began in unit `firstUnit` and ends in `lastUnit`,
   * complete in frame `frame`. `truncated` where the stream ended or lost bytes inside it.
   */
  sip(message: SipScratch): void;
  /** The innermost protocol of the conversation became known or changed ("SIP", "HTTP", "WebSocket", "MSRP", "data"). */
  protocol(name: string, unit: number): void;
}

/** Where the interesting parts of one SIP message lie. Reused. All are offsets in `bytes`; -1 where absent. */
export interface SipScratch {
  bytes: Uint8Array;
  from: number;
  to: number;
  direction: 0 | 1;
  firstUnit: number;
  lastUnit: number;
  /** Offset of `from` in the plaintext of `firstUnit`, of `to` in that of `lastUnit`. */
  offsetInFirst: number;
  offsetInLast: number;
  frame: number;
  startLineEnd: number;
  isRequest: boolean;
  /** Status code of a response, else 0. */
  status: number;
  callIdFrom: number;
  callIdTo: number;
  cseqFrom: number;
  cseqTo: number;
  headersEnd: number;
  truncated: boolean;
}

/** Feeds both directions of one conversation. */
export interface AppStream {
  /** In-order bytes of a direction. The view is good during the call only. */
  chunk(direction: 0 | 1, bytes: Uint8Array, from: number, to: number, unit: number, frame: number): void;
  /** Bytes are missing between what came and what comes next. */
  gap(direction: 0 | 1): void;
  /** The direction ended; what is buffered is announced as truncated. */
  end(direction: 0 | 1): void;
  readonly protocol: string;
}
