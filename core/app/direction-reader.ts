import type { ConversationState } from './conversation-state.ts';
import { HttpReader } from './http/http-reader.ts';
import { Http2Reader } from './http2/http2-reader.ts';
import type { MessageReader } from './message-reader.ts';
import { MessageWindow } from './message-window.ts';
import { MsrpReader } from './msrp/msrp-reader.ts';
import { DataReader, SkipReader, TunnelReader } from './passing-readers.ts';
import type { Readers } from './readers.ts';
import { ResyncReader } from './resync-reader.ts';
import { SipOpenReader } from './sip/sip-open-reader.ts';
import { StartReader } from './start-reader.ts';
import { WebSocketReader } from './websocket/websocket-reader.ts';

/** Messages that may be cut out of one that claimed more bytes than came. */
const RESCUES = 64;

/** Cuts one direction of a conversation into messages. */
export class DirectionReader implements Readers {
  readonly window: MessageWindow;
  readonly start: MessageReader = new StartReader(this);
  #resync: ResyncReader | null = null;
  #data: DataReader | null = null;
  #tunnel: TunnelReader | null = null;
  #webSocket: WebSocketReader | null = null;
  #http2: Http2Reader | null = null;
  #http: HttpReader | null = null;
  #msrp: MsrpReader | null = null;
  #unit = -1;
  /** Bytes of the unit that came. */
  #unitLength = 0;

  constructor(state: ConversationState, direction: 0 | 1) {
    this.window = new MessageWindow(state, direction, this.start);
  }

  chunk(bytes: Uint8Array, from: number, to: number, unit: number, frame: number): void {
    const before = unit === this.#unit ? this.#unitLength : 0;
    this.#unit = unit;
    this.#unitLength = before + to - from;
    this.window.feed(bytes, from, to, unit, before - from, frame);
  }

  /** Bytes are missing: what is kept ends here. */
  gap(): void {
    this.window.flush(true, RESCUES);
    if (this.window.reader.afterLoss === undefined) this.lose();
    else this.window.reader.afterLoss();
  }

  end(): void {
    this.window.flush(false, RESCUES);
    if (this.window.reader.survivesEnd !== true) this.begin();
  }

  begin(): void {
    this.window.enter(this.start, 0);
    this.window.doubtful = false;
  }

  lose(): void {
    this.resync.restart();
    this.window.enter(this.resync, 0);
  }

  get resync(): ResyncReader {
    return (this.#resync ??= new ResyncReader(this));
  }

  get data(): MessageReader {
    return (this.#data ??= new DataReader(this));
  }

  get tunnel(): MessageReader {
    return (this.#tunnel ??= new TunnelReader(this));
  }

  get webSocket(): MessageReader {
    return (this.#webSocket ??= new WebSocketReader(this));
  }

  get http2(): MessageReader {
    return (this.#http2 ??= new Http2Reader(this));
  }

  get http(): HttpReader {
    return (this.#http ??= new HttpReader(this));
  }

  get msrp(): MsrpReader {
    return (this.#msrp ??= new MsrpReader(this));
  }

  sipOpen(headers: number): MessageReader {
    return new SipOpenReader(this, headers);
  }

  skip(count: number, next: MessageReader): MessageReader {
    return new SkipReader(this, count, next);
  }
}
