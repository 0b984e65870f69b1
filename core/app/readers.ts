import type { HttpReader } from './http/http-reader.ts';
import type { MessageReader } from './message-reader.ts';
import type { MessageWindow } from './message-window.ts';
import type { MsrpReader } from './msrp/msrp-reader.ts';

/** The readers of one direction, each made when it is first needed, as they know of one another. */
export interface Readers {
  readonly window: MessageWindow;
  /** At the first byte of a message. */
  readonly start: MessageReader;
  /** Looks for a start line. */
  readonly resync: MessageReader;
  /** A protocol that this layer does not read. */
  readonly data: MessageReader;
  readonly tunnel: MessageReader;
  readonly webSocket: MessageReader;
  readonly http2: MessageReader;
  readonly http: HttpReader;
  readonly msrp: MsrpReader;
  /** A SIP message without a usable Content-Length, whose header block takes `headers` bytes. */
  sipOpen(headers: number): MessageReader;
  /** Passes over `count` bytes, then goes on with `next`. */
  skip(count: number, next: MessageReader): MessageReader;
  /** The next byte begins a message. */
  begin(): void;
  /** Framing is lost. */
  lose(): void;
}
