import type { InflatePort, OtherScratch, SipScratch } from '../app/events.ts';
import { offerScan, SCAN_WIDTH } from '../app/sip/scan-headers.ts';
import type { CryptoBackend } from '../crypto/backend.ts';
import type { KeyRing, RingKey } from '../keys/key-ring.ts';
import { Uint8Column } from '../store/columns.ts';
import { Http2Table } from '../store/http2-table.ts';
import { Interner } from '../store/interner.ts';
import { MESSAGE_DECRYPTED, MESSAGE_INNER, MessageTable } from '../store/message-table.ts';
import type { RecordTable } from '../store/record-table.ts';
import type { RawInflater } from '../tls/compression.ts';
import { type Epoch, type EpochStage, Stretch } from '../tls/epoch.ts';
import type { Handshake, Side } from '../tls/handshake.ts';
import { ResumptionCache } from '../tls/resumption.ts';
import type { Flow } from '../tls/flow.ts';
import type { DatagramRequest, SessionHost } from '../tls/session-host.ts';
import type { TlsSession } from '../tls/session.ts';
import type { BatchOpener } from './batch-opener.ts';
import { CertificateFingerprints } from './certificate-fingerprints.ts';
import type { InnerTls } from './inner-tls.ts';
import { OpenedApp } from './opened-app.ts';
import type { CaptureStore } from './capture-store.ts';
import { Premasters } from './premasters.ts';
import { type LaidOut, RecordBatches } from './record-batches.ts';
import type { RecordQueue } from './record-queue.ts';
import { RecordBytes } from './record-bytes.ts';
import { RecordPlaintexts } from './record-plaintexts.ts';
import { SecondLook, type SecondLookHost } from './second-look.ts';
import { SessionRegistry } from './session-registry.ts';
import { SingleOpening } from './single-opening.ts';
import { addHttp2Row } from './messages/http2-rows.ts';
import { type LineBatch, LineLayout, offerLine } from './messages/line-layout.ts';
import { addMessageRow } from './messages/message-rows.ts';
import type { SipSink } from './messages/sip-sink.ts';
import type { Structure } from './structure.ts';

export interface OpeningOptions {
  readonly inflate: InflatePort | null;
  /** Keep the text of every decrypted SIP message (a host that writes all of them once); else texts are derived again. */
  readonly keepTexts: boolean;
  /** Takes the messages instead of the table, as long as it can. */
  readonly sip: SipSink | null;
  /** Takes what is TLS again inside what was opened. */
  readonly inner: InnerTls;
  fingerprintOf(certificate: Uint8Array): string | null;
}

/**
 * What needs keys: walks the record index in order, lets each connection's session find its keys, opens records in
 * batches, and collects the SIP inside. Runs behind the structure pass while a capture is read, and again from the
 * first row whenever keys change: so keys before or after give the same verdicts.
 */
export class Opening implements SessionHost, SecondLookHost {
  readonly records: RecordTable;
  readonly backend: CryptoBackend;
  readonly keys: KeyRing;
  readonly resumption = new ResumptionCache();
  readonly stretches: Stretch[] = [];
  /** Decrypted SIP, in the order in which records were settled; `units` are record rows. */
  messages = new MessageTable();
  strings: Interner;
  texts: Interner;
  /** HTTP/2 that was opened. */
  http2: Http2Table;
  /** Id in structure.protocols of what was found inside TLS, by conversation. */
  openedProtocol = new Uint8Column();
  /** Trials made; bounded over the whole capture. */
  trials = 0;
  trialsExhausted = false;

  readonly bytes: RecordBytes;

  private readonly structure: Structure;
  private readonly opener: BatchOpener;
  private readonly options: OpeningOptions;
  private readonly apps = new Map<number, OpenedApp>();
  private readonly fingerprints: CertificateFingerprints;
  private readonly premasters: Premasters;
  private readonly single: SingleOpening;
  private readonly plaintexts: RecordPlaintexts;
  private readonly registry: SessionRegistry;
  private cursor = 0;
  private readonly batches: RecordBatches;
  private queued: RecordQueue;
  private readonly inFlight: InFlight[] = [];
  private lineLayout: LineLayout | null = null;
  private readonly secondLook = new SecondLook(this);

  constructor(
    structure: Structure,
    store: CaptureStore,
    backend: CryptoBackend,
    keys: KeyRing,
    opener: BatchOpener,
    options: OpeningOptions,
  ) {
    this.structure = structure;
    this.records = structure.records;
    this.backend = backend;
    this.keys = keys;
    this.opener = opener;
    this.options = options;
    this.strings = new Interner(structure.options.seed);
    this.texts = new Interner(structure.options.seed);
    this.http2 = new Http2Table(structure.options.seed);
    this.registry = new SessionRegistry(this, structure);
    this.fingerprints = new CertificateFingerprints(options.fingerprintOf);
    this.premasters = new Premasters(structure, backend, keys, opener);
    this.bytes = new RecordBytes(structure, store);
    this.single = new SingleOpening(this.records, backend, this.bytes);
    this.plaintexts = new RecordPlaintexts(this, this.bytes, this.single);
    this.batches = new RecordBatches(structure, store, opener, this.bytes);
    this.queued = this.batches.takeQueue();
  }

  /** Records walked so far. */
  get walked(): number {
    return this.cursor;
  }

  /** Forgets everything that came of keys. */
  reset(): void {
    this.options.sip?.withdraw(null);
    this.options.inner.reset();
    this.plaintexts.forget();
    this.secondLook.forget();
    this.registry.clear();
    this.stretches.length = 0;
    this.apps.clear();
    this.resumption.clear();
    this.messages = new MessageTable();
    this.strings = new Interner(this.structure.options.seed);
    this.texts = new Interner(this.structure.options.seed);
    this.http2 = new Http2Table(this.structure.options.seed);
    this.openedProtocol = new Uint8Column();
    this.records.clearOpening();
    this.cursor = 0;
    this.premasters.restart();
    this.queued.clear();
    this.inFlight.length = 0;
    this.trials = 0;
    this.trialsExhausted = false;
  }

  /** Lets other threads begin with what walking will need; true where it need not wait for that. */
  lookAhead(): boolean {
    this.premasters.begin(this.records.length);
    return this.premasters.isReady;
  }

  /**
   * Walks on through the records that the structure pass has made, up to `until` of them. Records may still be queued
   * or under way when it ends (large batches are what makes opening fast): call `settleAll` for the rest.
   */
  async advance(until = this.records.length): Promise<void> {
    this.premasters.begin(until);
    await this.premasters.settle();
    while (this.cursor < until) {
      const session = this.registry.ofRow(this.cursor);
      if (session.mustWait(this.cursor)) await this.settleAll();
      session.observe(this.cursor);
      this.cursor += 1;
      if (this.queued.full) await this.submit();
    }
  }

  /**
   * The bytes at hand are about to go: what is queued is given to the openers while they can have it without a copy. A
   * few records are not worth a batch of their own.
   */
  async submitQueued(): Promise<void> {
    if (this.queued.bytes >= LEAST_SUBMITTED) await this.submit();
  }

  /** Every record that is under way is settled. */
  async settleAll(): Promise<void> {
    await this.submit();
    while (this.inFlight.length > 0) await this.settleOldest();
  }

  async walk(session: TlsSession, row: number): Promise<void> {
    if (session.mustWait(row)) await this.settleAll();
    session.observe(row);
    if (this.queued.full) await this.submit();
  }

  /** The lowest frame that brought bytes which wait for the rest of their message; Infinity where none do. */
  oldestHeldFrame(): number {
    let oldest = Infinity;
    for (const { stream } of this.apps.values()) oldest = Math.min(oldest, stream.oldestHeldFrame);
    return oldest;
  }

  /** The end of the capture: a second look at sessions that hang on others, then the streams are closed. */
  async finish(): Promise<void> {
    await this.secondLook.look();
    for (const session of this.everySession()) session.finish();
    for (const app of this.apps.values()) app.end();
  }

  // --- SessionHost -------------------------------------------------------------------------------------------------

  bodyOf(row: number): Uint8Array {
    return this.bytes.bodyOf(row);
  }

  recordBytes(row: number): Uint8Array | null {
    return this.bytes.recordBytes(row);
  }

  openNow(flow: Flow, epoch: Epoch, row: number, sequence: number): number {
    return this.single.openNow(flow, epoch, row, sequence);
  }

  openBytes(epoch: Epoch, request: DatagramRequest): number {
    return this.single.openBytes(epoch, request);
  }

  get plaintext(): Uint8Array {
    return this.single.plaintext;
  }

  get plaintextType(): number {
    return this.single.plaintextType;
  }

  fingerprintOf(certificate: Uint8Array): string | null {
    return this.fingerprints.of(certificate);
  }

  rsaDecrypt(key: RingKey, encrypted: Uint8Array): Uint8Array | null {
    return this.premasters.rsaDecrypt(key, encrypted);
  }

  addStretch(
    conversation: number,
    side: Side,
    stage: EpochStage,
    handshake: Handshake | null,
    frame: number,
  ): Stretch {
    const stretch = new Stretch(this.stretches.length, conversation, side, stage, handshake, frame);
    this.stretches.push(stretch);
    return stretch;
  }

  queue(session: TlsSession, flow: Flow, epoch: Epoch, row: number, sequence: number): void {
    this.queued.add(session, flow, epoch, row, sequence, this.records.fragmentLength.read(row));
  }

  deliver(stream: number, direction: 0 | 1, row: number, bytes: Uint8Array, from: number, to: number): void {
    let app = this.apps.get(stream);
    if (app === undefined) {
      const conversation = this.records.conversation.read(row);
      app = new OpenedApp(this, this.structure, conversation, stream, this.options);
      this.apps.set(stream, app);
    }
    app.chunk(direction, bytes, from, to, row, this.records.frame.read(row));
  }

  deliverGap(stream: number, direction: 0 | 1): void {
    const app = this.apps.get(stream);
    app?.gap(direction);
    if (app?.stream.tunnelled === true) this.options.inner.gap(stream, direction);
  }

  spendTrial(session: { trials: number }): boolean {
    if (this.trials >= MOST_TRIALS || session.trials >= MOST_TRIALS_A_SESSION) {
      this.trialsExhausted = true;
      return false;
    }
    this.trials += 1;
    session.trials += 1;
    return true;
  }

  /** Erases what was derived from keys that are no longer loaded. */
  forgetPremasters(): void {
    this.premasters.forget();
  }

  /** Notes one decrypted HTTP/2 frame. */
  addHttp2(conversation: number, message: OtherScratch): void {
    if (this.options.sip?.alone === true) return;
    const frame = this.records.frame.read(message.lastUnit);
    addHttp2Row(this.http2, message, conversation, frame, true, message.offsetInFirst);
  }

  /** Notes one decrypted SIP message. */
  addMessage(conversation: number, message: SipScratch): void {
    const { messages, strings, texts, options } = this;
    const frame = this.records.frame.read(message.lastUnit);
    if (options.sip?.take(conversation, message, frame, true) === true) return;
    const keep = message.derived || (options.keepTexts && texts.byteLength < MOST_TEXTS_KEPT);
    const text = keep ? texts.keep(message.bytes, message.from, message.to) : null;
    const flags = MESSAGE_DECRYPTED;
    addMessageRow({ messages, strings, conversation, frame, flags, text, offset: 0 }, message);
  }

  /** Notes a SIP message out of TLS that is inside a conversation's own; its units are outer records. */
  addInnerMessage(conversation: number, message: SipScratch): void {
    const { messages, strings, texts } = this;
    const frame = this.records.frame.read(message.lastUnit);
    const text = texts.keep(message.bytes, message.from, message.to);
    const flags = MESSAGE_DECRYPTED | MESSAGE_INNER;
    addMessageRow({ messages, strings, conversation, frame, flags, text, offset: 0 }, message);
    this.openedProtocol.write(conversation, this.structure.protocols.idOf('SIP/TLS'));
  }

  /** The plaintext of one opened record, derived again; null where it was not opened or its bytes are gone. */
  plaintextOf(row: number): Uint8Array | null {
    return this.plaintexts.plaintextOf(row);
  }

  createInflater(): RawInflater | null {
    return this.options.inflate?.createInflater(15) ?? null;
  }

  // --- batches -----------------------------------------------------------------------------------------------------

  private async submit(): Promise<void> {
    const { queued } = this;
    if (queued.length === 0) return;
    this.queued = this.batches.takeQueue();
    const laidOut = this.batches.layOut(queued);
    const lines = this.layOutLines(queued, laidOut);
    const done = this.opener.openAll(laidOut.jobs, lines?.work);
    this.inFlight.push({ queue: queued, laidOut, lines, done });
    while (this.inFlight.length > this.opener.parallel) await this.settleOldest();
  }

  private async settleOldest(): Promise<void> {
    const oldest = this.inFlight.shift();
    if (oldest === undefined) return;
    if (oldest.done !== null) await oldest.done;
    const { queue, laidOut, lines } = oldest;
    const offer = lines === null ? undefined : this.options.sip?.offer;
    const { firsts, scans } = laidOut;
    const { output, offsets, lengths, status, types } = laidOut.results;
    for (let at = 0; at < queue.length; at += 1) {
      const job = queue.jobs[at]!;
      const result = firsts[job]! + queue.indexes[at]!;
      const from = offsets[result]!;
      offerScan(output, from, from + lengths[result]!, scans, result * SCAN_WIDTH);
      if (offer !== undefined && lines !== null) offerLine(offer, lines, at, from);
      queue.sessions[at]!.settle(
        queue.flows[at]!,
        queue.epochs[at]!,
        queue.rows[at]!,
        queue.sequenceOf(at),
        status[result]!,
        types[result]!,
        output,
        from,
        from + lengths[result]!,
      );
    }
    if (lines !== null) this.options.sip?.endOffers?.(lines);
    this.batches.giveBack(queue, laidOut);
  }

  /** The lines of a sink that writes them, where there are other threads to write them for it. */
  private layOutLines(queued: RecordQueue, laidOut: LaidOut): LineBatch | null {
    const source = this.options.sip?.lines ?? null;
    if (source === null || this.opener.finishesLines !== true) return null;
    this.lineLayout ??= new LineLayout(this.structure, this.opener, source);
    return this.lineLayout.layOut(queued, laidOut);
  }

  // --- sessions ----------------------------------------------------------------------------------------------------

  sessionOfRow(row: number): TlsSession {
    return this.registry.ofRow(row);
  }

  /** By conversation; of several connections in one, the first. */
  get sessions(): ReadonlyMap<number, TlsSession> {
    return this.registry.sessions;
  }

  /** All sessions, those of further connections of one conversation too. */
  everySession(): IterableIterator<TlsSession> {
    return this.registry.every();
  }

  /** Those of one conversation: several where SCTP carries several connections. */
  sessionsIn(conversation: number): IterableIterator<TlsSession> {
    return this.registry.within(conversation);
  }

  /** See SessionRegistry. */
  guessClient(conversation: number): 0 | 1 {
    return this.registry.guessClient(conversation);
  }

  withdraw(conversations: ReadonlySet<number>): void {
    for (const session of [...this.everySession()]) {
      if (!conversations.has(session.conversation)) continue;
      this.registry.forget(session);
      this.apps.delete(session.stream);
      this.options.inner.forget(session.stream);
    }
    this.messages = this.messages.without(conversations);
    this.http2.withdraw(conversations);
    this.options.sip?.withdraw(conversations);
  }
}

interface InFlight {
  readonly queue: RecordQueue;
  readonly laidOut: LaidOut;
  readonly lines: LineBatch | null;
  readonly done: Promise<void> | null;
}

/** Bytes of texts that are kept where a host asks for it; later ones are derived again when they are written. */
const MOST_TEXTS_KEPT = 512 * 1024 * 1024;
const LEAST_SUBMITTED = 1 << 18;
/** At 15 to 30 microseconds each: a hostile capture costs half a minute, not hours. */
const MOST_TRIALS = 1_000_000;
const MOST_TRIALS_A_SESSION = 250_000;
