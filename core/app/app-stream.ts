import { ConversationState } from './conversation-state.ts';
import { DatagramReader } from './datagram-reader.ts';
import { DirectionReader } from './direction-reader.ts';
import type { AppSink, AppStream, InflatePort } from './events.ts';

/**
 * Reads the application data of one conversation: SIP (RFC 3261), HTTP/1.1, HTTP/2, WebSocket with SIP (RFC 7118), MSRP (RFC
 * 4975), in any order on one connection; anything else is announced as data. `stream`: bytes in order; `datagram`: each
 * chunk is one message. Without `inflate` compressed WebSocket messages are announced unread.
 *
 * SIP on a stream is framed by Content-Length. Where that is missing or no number, the message has a body only if its
 * type is named, and it ends before the next start line or with the stream. At most 1 MiB of a message is kept.
 */
export function createAppStream(
  sink: AppSink,
  transport: 'stream' | 'datagram',
  inflate: InflatePort | null = null,
): AppStream {
  const state = new ConversationState(sink, inflate);
  return transport === 'stream' ? new StreamOfBytes(state) : new StreamOfDatagrams(state);
}

class StreamOfBytes implements AppStream {
  readonly #state: ConversationState;
  readonly #readers: readonly [DirectionReader, DirectionReader];

  constructor(state: ConversationState) {
    this.#state = state;
    this.#readers = [new DirectionReader(state, 0), new DirectionReader(state, 1)];
  }

  chunk(direction: 0 | 1, bytes: Uint8Array, from: number, to: number, unit: number, frame: number): void {
    if (from < to) this.#readers[direction].chunk(bytes, from, to, unit, frame);
  }

  gap(direction: 0 | 1): void {
    this.#readers[direction].gap();
  }

  end(direction: 0 | 1): void {
    this.#readers[direction].end();
  }

  get protocol(): string {
    return this.#state.protocol;
  }

  get tunnelled(): boolean {
    return this.#state.tunnelled;
  }

  get oldestHeldFrame(): number {
    const [first, second] = this.#readers;
    return Math.min(first.window.oldestHeldFrame, second.window.oldestHeldFrame);
  }
}

class StreamOfDatagrams implements AppStream {
  readonly #state: ConversationState;
  readonly #reader: DatagramReader;

  constructor(state: ConversationState) {
    this.#state = state;
    this.#reader = new DatagramReader(state);
  }

  chunk(direction: 0 | 1, bytes: Uint8Array, from: number, to: number, unit: number, frame: number): void {
    if (from < to) this.#reader.datagram(direction, bytes, from, to, unit, frame);
  }

  /** Datagrams stand each for itself: a lost one is not missed. */
  gap(): void {}

  end(): void {}

  get protocol(): string {
    return this.#state.protocol;
  }

  get tunnelled(): boolean {
    return this.#state.tunnelled;
  }

  get oldestHeldFrame(): number {
    return Infinity;
  }
}
