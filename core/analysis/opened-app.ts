import { createAppStream } from '../app/app-stream.ts';
import type { AppSink, AppStream, InflatePort, OtherScratch, SipScratch } from '../app/events.ts';
import type { Uint8Column } from '../store/columns.ts';
import { HepPlaintext } from './hep-plaintext.ts';
import type { InnerTls } from './inner-tls.ts';
import type { Structure } from './structure.ts';

/** Takes what is found inside TLS. */
export interface OpenedMessages {
  /** Id in structure.protocols, by conversation. */
  readonly openedProtocol: Uint8Column;
  addMessage(conversation: number, message: SipScratch): void;
  addHttp2(conversation: number, message: OtherScratch): void;
}

/** What is spoken inside one connection's TLS. */
export class OpenedApp implements AppSink {
  readonly stream: AppStream;
  private readonly messages: OpenedMessages;
  private readonly structure: Structure;
  private readonly conversation: number;
  private readonly number: number;
  private readonly inner: InnerTls;
  private readonly hep: HepPlaintext;

  /** `number`: see TlsSession.stream. */
  constructor(
    messages: OpenedMessages,
    structure: Structure,
    conversation: number,
    number: number,
    options: { readonly inner: InnerTls; readonly inflate: InflatePort | null },
  ) {
    this.messages = messages;
    this.structure = structure;
    this.conversation = conversation;
    this.number = number;
    this.inner = options.inner;
    this.hep = new HepPlaintext(this);
    this.stream = createAppStream(this, 'stream', options.inflate);
  }

  chunk(direction: 0 | 1, bytes: Uint8Array, from: number, to: number, row: number, frame: number): void {
    if (this.hep.takes(direction, bytes, from, to, row)) return;
    this.stream.chunk(direction, bytes, from, to, row, frame);
  }

  gap(direction: 0 | 1): void {
    this.hep.gap(direction);
    this.stream.gap(direction);
  }

  sip(message: SipScratch): void {
    this.messages.addMessage(this.conversation, message);
  }

  other(message: OtherScratch): void {
    // What is no SIP is read from its records when somebody asks (readable-data.ts); nothing of it is kept, but HTTP/2,
    // whose header fields hang on all that were sent before.
    if (message.kind === 'http2') this.messages.addHttp2(this.conversation, message);
  }

  protocol(name: string): void {
    if (name === 'data' || name === '') return;
    this.messages.openedProtocol.write(this.conversation, this.structure.protocols.idOf(name));
  }

  tunnel(
    direction: 0 | 1,
    bytes: Uint8Array,
    from: number,
    to: number,
    unit: number,
    _offset: number,
    frame: number,
  ): void {
    this.inner.chunk(this.number, direction, bytes, from, to, unit, frame);
  }

  end(): void {
    this.stream.end(0);
    this.stream.end(1);
  }
}
