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
  /** The innermost protocol of the conversation became known or changed ("SIP", "HTTP", "HTTP/2", "WebSocket", "MSRP", "data"). */
  protocol(name: string, unit: number): void;
  /**
   * Anything that is not SIP itself: one HTTP or MSRP message, one HTTP/2 frame, one WebSocket message or control frame (also the one that
   * carries a SIP message, just before `sip`), a run of CRLF keep-alives, or bytes of something else as they come.
   */
  other(message: OtherScratch): void;
  /**
   * TLS that began inside this protocol (STARTTLS, HTTP CONNECT, RDP, TLS in TLS): bytes[from, to) are records of a
   * child conversation; `offset` is that of bytes[from] in its unit. From the first call of a direction on everything
   * of that direction comes here; gaps and ends the caller knows itself (see AppStream.tunnelled).
   */
  tunnel?(
    direction: 0 | 1,
    bytes: Uint8Array,
    from: number,
    to: number,
    unit: number,
    offset: number,
    frame: number,
  ): void;
}

/** Where a message came from. Offsets in a unit count from the first byte given with that unit's number. */
export interface MessagePlace {
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
  truncated: boolean;
  /**
   * True where the bytes do not stand so in the units' plaintext (inflated, unmasked, put together from fragments):
   * the offsets then enclose the carrier and the text cannot be cut from the plaintext.
   */
  derived: boolean;
}

/** Where the interesting parts of one SIP message lie. Reused. All are offsets in `bytes`; -1 where absent. */
export interface SipScratch extends MessagePlace {
  startLineEnd: number;
  isRequest: boolean;
  /** Status code of a response (0 where it is no number below 1000), else 0. */
  status: number;
  callIdFrom: number;
  callIdTo: number;
  cseqFrom: number;
  cseqTo: number;
  /** Behind the empty line; -1 where the message was cut inside its headers. */
  headersEnd: number;
  /** Content-Length as sent; -1 where absent, -2 where it is not a number. */
  contentLength: number;
}

/** One HTTP/2 frame (RFC 9113 §4.1), or a part of the body of a DATA frame that was announced before. */
export interface Http2Frame {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  /** Of its payload. */
  readonly length: number;
  /** Header fields, settings and the like by name; null where the bytes are a part of a body. */
  readonly fields: readonly { readonly name: string; readonly value: string }[] | null;
}

export type OtherKind = 'http' | 'http2' | 'websocket' | 'msrp' | 'keep-alive' | 'data';

export interface OtherScratch extends MessagePlace {
  kind: OtherKind;
  /** Of kind 'http2', good during the call only as all is. */
  readonly http2: Http2Frame | null;
  /** A short line for a list ("GET /path HTTP/1.1", "WebSocket Text (SIP)"); made when asked for, during the call only. */
  readonly summary: string;
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
  /** True once bytes of either direction went to AppSink.tunnel. */
  readonly tunnelled: boolean;
  /** The lowest frame that brought bytes which wait for the rest of their message; Infinity where none do. */
  readonly oldestHeldFrame: number;
}

/** Inflates raw DEFLATE for permessage-deflate (RFC 7692); each host brings its own. */
export interface InflatePort {
  /** `windowBits` 8..15: how far back a message may refer to those before it. */
  createInflater(windowBits: number): Inflater;
}

export interface Inflater {
  /**
   * One message's compressed bytes, its tail 00 00 ff ff left out as on the wire (RFC 7692 §7.2.2). The result is good
   * until the next call; at most `limit` bytes are made. null where damaged, larger, or referring to what was lost.
   */
  push(bytes: Uint8Array, limit: number): Uint8Array | null;
  /** Forgets what came before: bytes were lost. */
  reset(): void;
}
