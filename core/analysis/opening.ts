import { createAppStream } from '../app/app-stream.ts';
import type { AppSink, AppStream, InflatePort, OtherScratch, SipScratch } from '../app/events.ts';
import { offerScan, SCAN_WIDTH } from '../app/sip/scan-headers.ts';
import type { CryptoBackend } from '../crypto/backend.ts';
import type { KeyRing, RingKey } from '../keys/key-ring.ts';
import { Uint8Column } from '../store/columns.ts';
import { Http2Table } from '../store/http2-table.ts';
import { Interner } from '../store/interner.ts';
import { MESSAGE_DECRYPTED, MESSAGE_INNER, MessageTable } from '../store/message-table.ts';
import { RECORD_PARTIAL, type RecordTable, VERDICT_OPAQUE } from '../store/record-table.ts';
import { TRANSPORT_UDP } from '../stream/conversation-table.ts';
import type { RawInflater } from '../tls/compression.ts';
import { type Epoch, type EpochStage, Stretch } from '../tls/epoch.ts';
import type { Handshake, Side } from '../tls/handshake.ts';
import { Rc4 } from '../crypto/rc4.ts';
import { OPEN_UNSUPPORTED, type OpenResults, type RecordProtection, ROW_WIDTH } from '../tls/open/batch.ts';
import { openBatch } from '../tls/open/open-batch.ts';
import { ResumptionCache } from '../tls/resumption.ts';
import { DtlsSession } from '../tls/dtls/dtls-session.ts';
import type { Flow } from '../tls/flow.ts';
import type { DatagramRequest, SessionHost } from '../tls/session-host.ts';
import { TlsSession } from '../tls/session.ts';
import type { BatchOpener } from './batch-opener.ts';
import { CompressedPlaintext } from './compressed-plaintext.ts';
import { HepPlaintext } from './hep-plaintext.ts';
import type { InnerTls } from './inner-tls.ts';
import { RecordOrder } from './record-order.ts';
import type { CaptureStore } from './capture-store.ts';
import { RecordLinks } from './record-links.ts';
import { findPremasterBatches } from './premaster-batch.ts';
import { type LaidOut, RecordBatches, type RecordQueue, writeRow } from './record-batches.ts';
import { addHttp2Row } from './messages/http2-rows.ts';
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
export class Opening implements SessionHost {
  readonly records: RecordTable;
  readonly backend: CryptoBackend;
  readonly keys: KeyRing;
  readonly resumption = new ResumptionCache();
  /** By conversation. */
  readonly sessions = new Map<number, TlsSession>();
  /** By stream (see TlsSession.stream), where a conversation has several connections: SCTP. `sessions` has the first. */
  readonly connections = new Map<number, TlsSession>();
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

  plaintext: Uint8Array = EMPTY;
  plaintextType = 0;

  private readonly structure: Structure;
  private readonly store: CaptureStore;
  private readonly opener: BatchOpener;
  private readonly options: OpeningOptions;
  private readonly apps = new Map<number, OpenedApp>();
  private readonly fingerprints = new Map<Uint8Array, string | null>();
  private readonly premasters = new Map<string, Uint8Array | null>();
  private readonly compressed: CompressedPlaintext;
  private readonly single: SingleRecord;
  private readonly links: RecordLinks;
  /** Where key streams stood at the record that was asked for last, by stretch. */
  private readonly keystreams = new Map<number, { row: number } & Pick<Flow, 'keystreamUsed' | 'rc4'>>();
  private cursor = 0;
  private readonly batches: RecordBatches;
  private queued: RecordQueue;
  private readonly inFlight: InFlight[] = [];
  private reopening: Set<number> | null = null;
  /** Conversations whose records were walked in the order in which they were sent. */
  private readonly ordered = new Set<number>();

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
    this.store = store;
    this.backend = backend;
    this.keys = keys;
    this.opener = opener;
    this.options = options;
    this.strings = new Interner(structure.options.seed);
    this.texts = new Interner(structure.options.seed);
    this.http2 = new Http2Table(structure.options.seed);
    this.single = new SingleRecord();
    this.compressed = new CompressedPlaintext(
      this.records,
      (row) => this.openedAgain(row),
      () => this.createInflater(),
    );
    this.links = new RecordLinks(structure.records);
    this.batches = new RecordBatches(structure, store, opener, this);
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
    this.compressed.forget();
    this.ordered.clear();
    this.sessions.clear();
    this.connections.clear();
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
    this.queued.clear();
    this.keystreams.clear();
    this.inFlight.length = 0;
    this.trials = 0;
    this.trialsExhausted = false;
  }

  /**
   * Walks on through the records that the structure pass has made, up to `until` of them. Records may still be queued
   * or under way when it ends (large batches are what makes opening fast): call `settleAll` for the rest.
   */
  async advance(until = this.records.length): Promise<void> {
    await this.decryptAhead(until);
    while (this.cursor < until) {
      const session = this.sessionOfRow(this.cursor);
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

  /** The lowest frame that brought bytes which wait for the rest of their message; Infinity where none do. */
  oldestHeldFrame(): number {
    let oldest = Infinity;
    for (const { stream } of this.apps.values()) oldest = Math.min(oldest, stream.oldestHeldFrame);
    return oldest;
  }

  /** The end of the capture: a second look at sessions that hang on others, then the streams are closed. */
  async finish(): Promise<void> {
    await this.settleAll();
    for (let round = 0; round < MOST_ROUNDS && this.findReopenable(); round += 1) await this.reopen();
    for (const session of this.everySession()) session.finish();
    for (const app of this.apps.values()) app.end();
  }

  // --- SessionHost -------------------------------------------------------------------------------------------------

  bodyOf(row: number): Uint8Array {
    const kept = this.records.kept.read(row);
    if (kept !== 0) return this.structure.bodies.bytesOf(kept);
    const length = this.records.fragmentLength.read(row);
    const body = new Uint8Array(length);
    return this.readBody(row, body, 0) ? body : EMPTY;
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

  openNow(flow: Flow, epoch: Epoch, row: number, sequence: number): number {
    if (epoch.protection.kind === 'stream' && epoch.protection.cipher === 'rc4')
      return this.openStreamNow(flow, epoch, epoch.protection, row, sequence);
    const { single } = this;
    const length = this.records.fragmentLength.read(row);
    const lead = this.layChain(flow.previousRow, epoch, single.input, 0);
    if (lead < 0) return OPEN_UNSUPPORTED;
    single.ensure(lead + length);
    if (!this.readBody(row, single.input, lead)) return OPEN_UNSUPPORTED;
    writeRow(single.rows, 0, this.records, row, lead, length, sequence, epoch);
    openBatch(
      this.backend,
      {
        protection: epoch.protection,
        count: 1,
        input: single.input.subarray(0, lead + length),
        rows: single.rows,
        keystreamUsed: flow.keystreamUsed,
      },
      single.results,
    );
    const { results } = single;
    const from = results.offsets[0] ?? 0;
    this.plaintext = results.output.subarray(from, from + (results.lengths[0] ?? 0));
    this.plaintextType = results.types[0] ?? 0;
    return results.status[0] ?? 0;
  }

  /** RC4: its state goes on from record to record, so a checkpoint is kept with the flow. */
  private openStreamNow(
    flow: Pick<Flow, 'keystreamUsed' | 'rc4'>,
    epoch: Epoch,
    protection: Extract<RecordProtection, { kind: 'stream' }>,
    row: number,
    sequence: number,
  ): number {
    const { single } = this;
    const length = this.records.fragmentLength.read(row);
    single.ensure(length);
    if (!this.readBody(row, single.input, 0)) return OPEN_UNSUPPORTED;
    const at = flow.keystreamUsed;
    let kept = flow.rc4;
    if (kept === null || kept.epoch !== epoch || kept.state.position > at) {
      kept = { epoch, state: new Rc4(protection.key) };
      flow.rc4 = kept;
    }
    const state = kept.state.checkpoint();
    state.skip(at - state.position);
    state.apply(single.input, 0, length, single.input, 0);
    writeRow(single.rows, 0, this.records, row, 0, length, sequence, epoch);
    openBatch(
      this.backend,
      {
        protection: { ...protection, cipher: 'null' },
        count: 1,
        input: single.input.subarray(0, length),
        rows: single.rows,
        keystreamUsed: 0,
      },
      single.results,
    );
    const { results } = single;
    const status = results.status[0] ?? 0;
    if (status === 1) flow.rc4 = { epoch, state };
    const from = results.offsets[0] ?? 0;
    this.plaintext = results.output.subarray(from, from + (results.lengths[0] ?? 0));
    this.plaintextType = results.types[0] ?? 0;
    return status;
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

  fingerprintOf(certificate: Uint8Array): string | null {
    // The same certificate comes again and again; the view differs, its bytes do not: a bounded cache by view is enough
    // because chains are views of interned records.
    const known = this.fingerprints.get(certificate);
    if (known !== undefined) return known;
    const made = this.options.fingerprintOf(certificate);
    if (this.fingerprints.size > 10_000) this.fingerprints.clear();
    this.fingerprints.set(certificate, made);
    return made;
  }

  rsaDecrypt(key: RingKey, encrypted: Uint8Array): Uint8Array | null {
    const id = premasterId(key, encrypted);
    const known = this.premasters.get(id);
    if (known !== undefined) return known;
    const opened = this.backend.rsaDecryptRaw(key.handle, encrypted);
    if (this.premasters.size > 100_000) this.premasters.clear();
    this.premasters.set(id, opened);
    return opened;
  }

  /** RSA of the records up to `until` on all threads at once; sessions would ask for one after the other. */
  private async decryptAhead(until: number): Promise<void> {
    const { opener, premasters, structure } = this;
    if (opener.decryptPremasters === undefined) return;
    const batches = findPremasterBatches(this.records, structure.bodies, this.keys, this.cursor, until);
    for (const { key, ciphertexts } of batches) {
      const opened = await opener.decryptPremasters(key.handle, ciphertexts);
      if (premasters.size > 100_000) premasters.clear();
      for (const [at, encrypted] of ciphertexts.entries())
        premasters.set(premasterId(key, encrypted), opened[at] ?? null);
    }
  }

  /** Erases what was derived from keys that are no longer loaded. */
  forgetPremasters(): void {
    this.premasters.clear();
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
    const stretchId = this.records.epoch.read(row);
    const stretch = this.stretches[stretchId - 1];
    const session = this.sessionOfRow(row);
    if (stretch?.handshake?.suite?.kind === 'null') {
      const body = this.bodyOf(row);
      return body.slice(0, this.records.plaintextLength.read(row));
    }
    if (stretch === undefined || stretch.epoch === null) return null;
    const compressed = stretch.handshake !== null && stretch.handshake.compression !== 0;
    if (!compressed || session instanceof DtlsSession) return this.openedAgain(row);
    return this.compressed.read(row, stretch.handshake.firstRow);
  }

  /** What one record opens to, before any decompression. Not authenticated where the record was not. */
  private openedAgain(row: number): Uint8Array | null {
    const epoch = this.stretches[this.records.epoch.read(row) - 1]?.epoch ?? null;
    if (epoch === null) return null;
    const session = this.sessionOfRow(row);
    if (session instanceof DtlsSession) return session.openAgain(row, epoch) ? this.plaintext.slice() : null;
    if (epoch.protection.kind === 'stream' && epoch.protection.cipher !== 'null')
      return this.streamPlaintext(row);
    const { protection } = epoch;
    const chained = protection.kind === 'cbc' && !protection.explicitIv;
    const flow = { previousRow: chained ? this.previousRowOf(row) : -1, keystreamUsed: 0 };
    const status = this.openAgain(flow, epoch, row);
    const readable = this.records.verdict.read(row) === VERDICT_OPAQUE && this.plaintext.length > 0;
    return status === 1 || readable ? this.plaintext.slice() : null;
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
    this.inFlight.push({ queue: queued, laidOut, done: this.opener.openAll(laidOut.jobs) });
    while (this.inFlight.length > this.opener.parallel) await this.settleOldest();
  }

  private async settleOldest(): Promise<void> {
    const oldest = this.inFlight.shift();
    if (oldest === undefined) return;
    if (oldest.done !== null) await oldest.done;
    const { queue, laidOut } = oldest;
    const { firsts, outputs, scans } = laidOut;
    const { output, offsets, lengths, status, types } = laidOut.results;
    for (let at = 0; at < queue.length; at += 1) {
      const job = queue.jobs[at]!;
      const result = firsts[job]! + queue.indexes[at]!;
      const from = outputs[job]! + offsets[result]!;
      offerScan(output, from, from + lengths[result]!, scans, result * SCAN_WIDTH);
      queue.sessions[at]!.settle(
        queue.flows[at]!,
        queue.epochs[at]!,
        queue.rows[at]!,
        queue.sequences[at]!,
        status[result]!,
        types[result]!,
        output,
        from,
        from + lengths[result]!,
      );
    }
    this.batches.giveBack(queue, laidOut);
  }

  /** The block before a record, which is its IV where CBC chains over records (RFC 2246 §6.2.3.2). -1: not known. */
  layChain(previousRow: number, epoch: Epoch, target: Uint8Array, at: number): number {
    const { protection } = epoch;
    if (protection.kind !== 'cbc' || protection.explicitIv) return 0;
    const block = protection.blockLength;
    const { records } = this;
    const covered = protection.encryptThenMac ? protection.macLength : 0;
    const partial = previousRow >= 0 && (records.flags.read(previousRow) & RECORD_PARTIAL) !== 0;
    if (previousRow < 0 || (partial && records.tail.read(previousRow) < block + covered)) {
      if (epoch.firstIv.length !== block) return -1;
      target.set(epoch.firstIv, at);
      return block;
    }
    // With encrypt-then-MAC the last block of ciphertext stands before the MAC (RFC 7366 §3).
    const length = records.fragmentLength.read(previousRow) - covered;
    if (length < block) return -1;
    if (partial) {
      // What lies in the file has no holes.
      const stored = this.headerOf(previousRow) + length - block - records.lost.read(previousRow);
      return this.readSpans(previousRow, stored, block, target, at) ? block : -1;
    }
    return this.readRange(previousRow, length - block, block, target, at) ? block : -1;
  }

  readBody(row: number, target: Uint8Array, at: number): boolean {
    return this.readRange(row, 0, this.records.fragmentLength.read(row), target, at);
  }

  /** Bytes [from, from + length) of a record's body. */
  readRange(row: number, from: number, length: number, target: Uint8Array, at: number): boolean {
    const { records, structure } = this;
    const kept = records.kept.read(row);
    if (kept !== 0) {
      const body = structure.bodies.bytesOf(kept);
      if (from + length > body.length) return false;
      target.set(body.subarray(from, from + length), at);
      return true;
    }
    if (records.spanCount.read(row) === 1) {
      const file = structure.frames.file.read(records.frame.read(row) - 1);
      return this.store.read(file, records.place.read(row) + this.headerOf(row) + from, length, target, at);
    }
    return this.readSpans(row, this.headerOf(row) + from, length, target, at);
  }

  private headerOf(row: number): number {
    return this.records.headerLength.read(row) || RECORD_HEADER;
  }

  recordBytes(row: number): Uint8Array | null {
    const { records, structure } = this;
    const length = this.headerOf(row) + records.fragmentLength.read(row);
    const bytes = new Uint8Array(length);
    if (records.spanCount.read(row) === 1) {
      const file = structure.frames.file.read(records.frame.read(row) - 1);
      return this.store.read(file, records.place.read(row), length, bytes, 0) ? bytes : null;
    }
    return this.readSpans(row, 0, length, bytes, 0) ? bytes : null;
  }

  openBytes(epoch: Epoch, request: DatagramRequest): number {
    const { single } = this;
    const { input, rows, results } = { input: request.input, rows: single.rows, results: single.results };
    rows[0] = request.type;
    rows[1] = request.version;
    rows[2] = request.bodyAt;
    rows[3] = request.bodyLength;
    rows[4] = request.high;
    rows[5] = request.low;
    rows[6] = request.additionalLength < 0 ? 0xffffffff : 0;
    rows[7] = Math.max(0, request.additionalLength);
    openBatch(
      this.backend,
      { protection: epoch.protection, count: 1, input, rows, keystreamUsed: 0 },
      results,
    );
    const from = results.offsets[0] ?? 0;
    this.plaintext = results.output.subarray(from, from + (results.lengths[0] ?? 0));
    this.plaintextType = results.types[0] ?? 0;
    return results.status[0] ?? 0;
  }

  private readSpans(row: number, from: number, length: number, target: Uint8Array, at: number): boolean {
    const { spans, frames } = this.structure;
    let skip = from;
    let left = length;
    let to = at;
    for (let span = this.records.place.read(row); left > 0 && span < spans.length; span += 1) {
      const size = spans.size.read(span);
      if (skip >= size) {
        skip -= size;
        continue;
      }
      const take = Math.min(left, size - skip);
      const file = frames.file.read(spans.frame.read(span) - 1);
      if (!this.store.read(file, spans.offset.read(span) + skip, take, target, to)) return false;
      skip = 0;
      left -= take;
      to += take;
    }
    return left === 0;
  }

  private openAgain(flow: { previousRow: number; keystreamUsed: number }, epoch: Epoch, row: number): number {
    const { single, records } = this;
    const length = records.fragmentLength.read(row);
    const lead = this.layChain(flow.previousRow, epoch, single.input, 0);
    if (lead < 0) return OPEN_UNSUPPORTED;
    single.ensure(lead + length);
    if (!this.readBody(row, single.input, lead)) return OPEN_UNSUPPORTED;
    writeRow(single.rows, 0, records, row, lead, length, records.sequence.read(row), epoch);
    openBatch(
      this.backend,
      {
        protection: epoch.protection,
        count: 1,
        input: single.input.subarray(0, lead + length),
        rows: single.rows,
        keystreamUsed: flow.keystreamUsed,
      },
      single.results,
    );
    const from = single.results.offsets[0] ?? 0;
    this.plaintext = single.results.output.subarray(from, from + (single.results.lengths[0] ?? 0));
    return single.results.status[0] ?? 0;
  }

  /** The record before in the same direction and epoch; -1 for the first. */
  private previousRowOf(row: number): number {
    const { epoch } = this.records;
    const before = this.links.previousOf(row);
    return before >= 0 && epoch.read(before) === epoch.read(row) ? before : -1;
  }

  /**
   * Stream ciphers carry on from record to record: bytes used before it are added up, from the record that was asked for
   * last where that stands before it, so that asking for one after the other is linear.
   */
  private streamPlaintext(row: number): Uint8Array | null {
    const { records } = this;
    const stretch = this.stretches[records.epoch.read(row) - 1];
    const protection = stretch?.epoch?.protection;
    if (stretch === undefined || stretch.epoch === null || protection?.kind !== 'stream') return null;
    const jumps = this.sessionOfRow(row).keystreamJumps;
    const known = this.keystreams.get(stretch.id);
    let used = jumps.get(row) ?? 0;
    if (known?.row === row) used = known.keystreamUsed;
    else
      for (
        let before = this.links.previousOf(row);
        before >= 0 && !jumps.has(row);
        before = this.links.previousOf(before)
      ) {
        if (records.epoch.read(before) !== stretch.id + 1) break;
        if (known?.row === before) {
          used += known.keystreamUsed + records.fragmentLength.read(before);
          break;
        }
        used += records.fragmentLength.read(before) + (jumps.get(before) ?? 0);
        if (jumps.has(before)) break;
      }
    const flow = { row, keystreamUsed: used, rc4: known?.rc4 ?? null };
    const status = this.openStreamNow(flow, stretch.epoch, protection, row, records.sequence.read(row));
    if (this.keystreams.size >= MOST_KEYSTREAMS) this.keystreams.clear();
    this.keystreams.set(stretch.id, flow);
    return status === 1 ? this.plaintext.slice() : null;
  }

  // --- sessions ----------------------------------------------------------------------------------------------------

  private sessionOfRow(row: number): TlsSession {
    const conversation = this.records.conversation.read(row);
    const connection = this.records.connection.read(row);
    if (connection === 0) return this.sessionOf(conversation);
    const stream = conversation + connection * 0x100000000;
    let session = this.connections.get(stream);
    if (session === undefined) {
      session = new TlsSession(this, conversation, this.guessClient(conversation), stream);
      this.connections.set(stream, session);
      if (!this.sessions.has(conversation)) this.sessions.set(conversation, session);
    }
    return session;
  }

  /** All sessions, those of further connections of one conversation too. */
  *everySession(): IterableIterator<TlsSession> {
    for (const session of this.sessions.values()) if (session.stream === session.conversation) yield session;
    yield* this.connections.values();
  }

  /** Those of one conversation: several where SCTP carries several connections. */
  *sessionsIn(conversation: number): IterableIterator<TlsSession> {
    const first = this.sessions.get(conversation);
    if (first === undefined) return;
    if (first.stream === conversation) yield first;
    for (const session of this.connections.values()) if (session.conversation === conversation) yield session;
  }

  private sessionOf(conversation: number): TlsSession {
    let session = this.sessions.get(conversation);
    if (session === undefined) {
      const udp = this.structure.conversations.transport.read(conversation) === TRANSPORT_UDP;
      const client = this.guessClient(conversation);
      session = udp
        ? new DtlsSession(this, conversation, client)
        : new TlsSession(this, conversation, client);
      this.sessions.set(conversation, session);
    }
    return session;
  }

  /** Until a hello tells: who sent the SYN, else the side whose port is not a well-known one, else the higher port. */
  guessClient(conversation: number): 0 | 1 {
    const { conversations } = this.structure;
    const opener = conversations.openerOf(conversation);
    if (opener >= 0) return opener === 0 ? 0 : 1;
    const first = conversations.ports.read(2 * conversation);
    const second = conversations.ports.read(2 * conversation + 1);
    const known = (port: number): boolean => SERVER_PORTS.has(port);
    if (known(first) !== known(second)) return known(first) ? 1 : 0;
    return first < second ? 1 : 0;
  }

  /**
   * Conversations that resume a session whose secret came to be known only after them, and once each those whose records
   * were not met in the order in which they were sent.
   */
  private findReopenable(): boolean {
    const found = new Set<number>();
    for (const session of this.everySession())
      if (session.disordered && session.unread > 0 && !this.ordered.has(session.conversation))
        found.add(session.conversation);
    for (const session of this.everySession())
      for (const handshake of session.handshakes) {
        if (handshake.masterSecret !== null || handshake.resumed === null || handshake.resumed === 'psk')
          continue;
        const byTicket =
          handshake.offeredTicket !== null &&
          this.resumption.secretOf('ticket', handshake.offeredTicket) !== null;
        const byId = this.resumption.secretOf('session-id', handshake.serverSessionId) !== null;
        if (byTicket || byId) found.add(session.conversation);
      }
    this.reopening = found.size > 0 ? found : null;
    return found.size > 0;
  }

  private async reopen(): Promise<void> {
    const again = this.reopening;
    if (again === null) return;
    const { records } = this;
    for (const session of [...this.everySession()]) {
      if (!again.has(session.conversation)) continue;
      this.sessions.delete(session.conversation);
      this.connections.delete(session.stream);
      this.apps.delete(session.stream);
      this.options.inner.forget(session.stream);
    }
    const orders = new Map<TlsSession, RecordOrder>();
    for (let row = 0; row < records.length; row += 1) {
      if (!again.has(records.conversation.read(row))) continue;
      records.clearRow(row);
      const session = this.sessionOfRow(row);
      const order = orders.get(session) ?? new RecordOrder(records);
      orders.set(session, order);
      order.add(row);
    }
    for (const conversation of again) this.ordered.add(conversation);
    this.messages = this.messages.without(again);
    this.http2.withdraw(again);
    this.options.sip?.withdraw(again);
    for (const [session, order] of orders) await this.walkInOrder(session, order);
    await this.settleAll();
    this.reopening = null;
  }

  private async walkInOrder(session: TlsSession, order: RecordOrder): Promise<void> {
    for (;;) {
      const [first, second] = order.heads;
      if (first < 0) return;
      if (session.mustWait(first)) await this.settleAll();
      const awaited = order.handshakeBehind(second);
      const late = awaited >= 0 && session.answers(first, awaited) && !session.answers(awaited, first);
      const row = late ? second : first;
      if (row !== first && session.mustWait(row)) await this.settleAll();
      order.take(row);
      session.observe(row);
      if (this.queued.full) await this.submit();
    }
  }
}

interface InFlight {
  readonly queue: RecordQueue;
  readonly laidOut: LaidOut;
  readonly done: Promise<void> | null;
}

/** What is spoken inside one connection's TLS. */
class OpenedApp implements AppSink {
  readonly stream: AppStream;
  private readonly opening: Opening;
  private readonly structure: Structure;
  private readonly conversation: number;
  private readonly number: number;
  private readonly inner: InnerTls;
  private readonly hep: HepPlaintext;

  /** `number`: see TlsSession.stream. */
  constructor(
    opening: Opening,
    structure: Structure,
    conversation: number,
    number: number,
    options: OpeningOptions,
  ) {
    this.opening = opening;
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
    this.opening.addMessage(this.conversation, message);
  }

  other(message: OtherScratch): void {
    // What is no SIP is read from its records when somebody asks (readable-data.ts); nothing of it is kept, but HTTP/2,
    // whose header fields hang on all that were sent before.
    if (message.kind === 'http2') this.opening.addHttp2(this.conversation, message);
  }

  protocol(name: string): void {
    if (name === 'data' || name === '') return;
    this.opening.openedProtocol.write(this.conversation, this.structure.protocols.idOf(name));
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

/** Room for one record that is opened by itself. */
class SingleRecord {
  input = new Uint8Array(1 << 16);
  readonly rows = new Uint32Array(ROW_WIDTH);
  results: OpenResults = resultsOf(1 << 16);

  ensure(bytes: number): void {
    if (bytes <= this.input.length) return;
    const grown = new Uint8Array(bytes * 2);
    grown.set(this.input);
    this.input = grown;
    this.results = resultsOf(bytes * 2);
  }
}

function resultsOf(bytes: number): OpenResults {
  return {
    output: new Uint8Array(bytes),
    offsets: new Uint32Array(1),
    lengths: new Uint32Array(1),
    status: new Uint8Array(1),
    types: new Uint8Array(1),
    readable: new Uint8Array(1),
  };
}

function premasterId(key: RingKey, encrypted: Uint8Array): string {
  return `${key.handle.sha256OfPublicKey}:${prefixOf(encrypted)}`;
}

function prefixOf(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 1) text += String.fromCharCode(bytes[i] ?? 0);
  return text + String(bytes.length);
}

const EMPTY = new Uint8Array(0);
const RECORD_HEADER = 5;
const MOST_ROUNDS = 8;
/** Bytes of texts that are kept where a host asks for it; later ones are derived again when they are written. */
const MOST_TEXTS_KEPT = 512 * 1024 * 1024;
const MOST_KEYSTREAMS = 256;
const LEAST_SUBMITTED = 1 << 18;
/** At 15 to 30 microseconds each: a hostile capture costs half a minute, not hours. */
const MOST_TRIALS = 1_000_000;
const MOST_TRIALS_A_SESSION = 250_000;
/** Ports that servers of TLS and SIP listen on, for connections whose beginning was not captured. */
const SERVER_PORTS = new Set([
  443, 5060, 5061, 5062, 5063, 5067, 5080, 5081, 8443, 8089, 8088, 7443, 465, 993, 995, 636, 989, 990,
]);
