import type { AppSink, InflatePort, SipScratch } from './events.ts';
import { createHttpHeaders, type HttpHeaders } from './http/http-framing.ts';
import { createSipScratch, OtherMessage } from './other-message.ts';
import { createFrameHeader, type FrameHeader } from './websocket/frame-header.ts';

/** HTTP requests without answer that are remembered; more are taken for ordinary ones. */
const REQUESTS_REMEMBERED = 256;

/**
 * One of each for all conversations of a thread: they hold something only from being filled in to the end of the sink's
 * call, and nothing is read from them behind that call.
 */
const MESSAGE = createSipScratch();
const OTHER = new OtherMessage();
const HTTP = createHttpHeaders();
const FRAME_HEADER = createFrameHeader();

/** What both directions of one conversation share. */
export class ConversationState {
  readonly sink: AppSink;
  readonly inflate: InflatePort | null;
  readonly message: SipScratch = MESSAGE;
  readonly other: OtherMessage = OTHER;
  readonly http: HttpHeaders = HTTP;
  readonly frameHeader: FrameHeader = FRAME_HEADER;
  protocol = '';
  /** A SIP message was seen: what is not SIP is then the rest of one, not another protocol. */
  sipKnown = false;
  /** The first bytes named a protocol that this layer passes on as data. */
  foreign = false;
  tunnelled = false;
  /** The direction of an HTTP request for WebSocket. */
  upgradeAskedBy: 0 | 1 | -1 = -1;
  /** Both sides agreed on WebSocket. */
  websocket = false;
  /** HTTP/2 was seen in either direction. */
  http2 = false;
  /** Methods of HTTP requests that have no answer yet, by the direction of the request. */
  #requests: readonly [number[], number[]] | null = null;

  constructor(sink: AppSink, inflate: InflatePort | null) {
    this.sink = sink;
    this.inflate = inflate;
  }

  /** Says the conversation's protocol where it is another than before. */
  become(name: string, unit: number): void {
    if (this.protocol === name) return;
    this.protocol = name;
    this.sink.protocol(name, unit);
  }

  requested(direction: 0 | 1, method: number): void {
    this.#requests ??= [[], []];
    const requests = this.#requests[direction];
    if (requests.length < REQUESTS_REMEMBERED) requests.push(method);
  }

  /** The method of the request that the next response of `direction` answers; 0 where it is not known. */
  methodAnswered(direction: 0 | 1): number {
    return this.#requests?.[direction === 0 ? 1 : 0][0] ?? 0;
  }

  answered(direction: 0 | 1): void {
    this.#requests?.[direction === 0 ? 1 : 0].shift();
  }
}
