import type { Rc4 } from '../crypto/rc4.ts';
import type { RecordTable } from '../store/record-table.ts';
import {
  DECODER_FAILED,
  DECODER_NONE,
  DECODER_NOT_YET,
  DECODER_OPENED,
  RECORD_AFTER_GAP,
  RECORD_DAMAGED,
  RECORD_DIRECTION,
  RECORD_ENDED,
  RECORD_HEADERLESS,
  RECORD_PARTIAL,
  RECORD_SNAPPED,
  VERDICT_CLEAR,
  VERDICT_DECRYPTED,
  VERDICT_OPAQUE,
} from '../store/record-table.ts';
import { causeCode } from '../verdict.ts';
import { COMPRESSION_DEFLATE, COMPRESSION_NULL, type RawInflater, RecordInflater } from './compression.ts';
import type { Epoch, EpochStage } from './epoch.ts';
import type { Stretch } from './epoch.ts';
import { CLIENT, Handshake, SERVER, type SeenAlert, type SeenMessage, type Side } from './handshake.ts';
import { HandshakeReader } from './handshake-reader.ts';
import { decodeCertificate } from './messages/certificate.ts';
import { type ClientHello, decodeClientHello, decodeSslV2ClientHello } from './messages/client-hello.ts';
import { extensionOf } from './messages/extension.ts';
import { decodeServerHello, selectedVersion, type ServerHello } from './messages/server-hello.ts';
import { decodeEncryptedExtensions, decodeNewSessionTicket } from './messages/session-messages.ts';
import { OPEN_BAD_PADDING, OPEN_BAD_TAG, OPEN_OK, OPEN_PENDING } from './open/batch.ts';
import { deriveKeyBlock } from './secrets/key-block.ts';
import { findMasterSecrets, findPremasters, type SecretFinder } from './secrets/master-secret.ts';
import { joinBytes } from './secrets/prf.ts';
import { findTrafficEpochs, nextGeneration, trialEpochs } from './secrets/traffic-secrets.ts';
import { StateMask } from './state-mask.ts';
import { cipherSuiteOf } from './tables/cipher-suites.ts';
import * as H from './tables/handshake-types.ts';
import { isTls13, SSL_2_0 } from './tables/versions.ts';

/** Content types (RFC 8446 §5.1, RFC 6520). */
export const CHANGE_CIPHER_SPEC = 20;
export const ALERT = 21;
export const HANDSHAKE = 22;
export const APPLICATION_DATA = 23;

/** What a session needs of the opening that drives it. */
export interface SessionHost extends SecretFinder {
  readonly records: RecordTable;
  /** The body of a record that was kept (all but application data), empty where it was not. Stays good. */
  bodyOf(row: number): Uint8Array;
  addStretch(
    conversation: number,
    side: Side,
    stage: EpochStage,
    handshake: Handshake | null,
    frame: number,
  ): Stretch;
  /**
   * Opens one record now; the status, and where it is OPEN_OK the plaintext in `plaintext` (good until the next call)
   * and its content type in `plaintextType`. `previousRow` is the record before it in the same epoch, -1 for none.
   */
  openNow(flow: Flow, epoch: Epoch, row: number, sequence: number): number;
  readonly plaintext: Uint8Array;
  readonly plaintextType: number;
  /** A record with its header, as on the wire; null where its bytes are gone. */
  recordBytes(row: number): Uint8Array | null;
  /** As openNow, of bytes that the caller laid out (DTLS). */
  openBytes(epoch: Epoch, request: DatagramRequest): number;
  /** Puts a record into a batch; TlsSession.settle is called with the result, in order. */
  queue(session: TlsSession, flow: Flow, epoch: Epoch, row: number, sequence: number): void;
  /** Application bytes of a TlsSession.stream in order: bytes[from, to), good during the call only. */
  deliver(stream: number, direction: 0 | 1, row: number, bytes: Uint8Array, from: number, to: number): void;
  /** Application bytes are missing before the next that is delivered. */
  deliverGap(stream: number, direction: 0 | 1): void;
  /** Raw DEFLATE with a full window; null where the host has none. */
  createInflater(): RawInflater | null;
  /** Trials that one conversation and the whole opening may still make; false where the bound is reached. */
  spendTrial(session: TlsSession): boolean;
}

/** One DTLS record to be opened: input[bodyAt, bodyAt + bodyLength), with its own additional data where it has some. */
export interface DatagramRequest {
  readonly type: number;
  readonly version: number;
  readonly input: Uint8Array;
  readonly bodyAt: number;
  readonly bodyLength: number;
  /** Additional data at the begin of `input`; -1: the standard one. */
  readonly additionalLength: number;
  /** Sequence number as it enters MAC and nonce: high and low word. */
  readonly high: number;
  readonly low: number;
}

/** One direction of a connection, as the session follows it. */
export class Flow {
  readonly direction: 0 | 1;
  readonly reader: HandshakeReader;
  /** Whether records of this direction are encrypted now; null where the beginning was not seen. */
  encrypted: boolean | null = false;
  stretch: Stretch | null = null;
  /** The epoch in force, and others that may be: tried in order until a record proves one. */
  epoch: Epoch | null = null;
  candidates: Epoch[] = [];
  proven = false;
  /** Sequence number of the next record to settle, and records queued but not settled: the next to queue is their sum. */
  expected = 0;
  pending = 0;
  /** Bytes lost, and whole records that did not open, since the last record that authenticated. */
  lost = 0;
  refused = 0;
  /** The record before in this direction (whole), for chained IVs; -1 for none or where it is not whole. */
  previousRow = -1;
  /** The record before is missing or did not authenticate: where IVs chain, the first block of the next is not known. */
  chainBroken = false;
  /** Bytes of keystream used (stream ciphers), and bytes lost since then whose records were not even seen. */
  keystreamUsed = 0;
  keystreamLost = 0;
  /** The key stream at some position, so that it need not be run from its beginning for each record. */
  rc4: { readonly epoch: Epoch; readonly state: Rc4 } | null = null;
  /** What the epoch in force compresses with (RFC 3749); `inflater` is null where that cannot be undone. */
  compression = COMPRESSION_NULL;
  inflater: RecordInflater | null = null;
  /** Records for which key logs were searched without success; over a bound it is given up. */
  attempts = 0;
  searched = false;
  /** Frame of the first record at all. */
  firstFrame = 0;
  records = 0;

  constructor(direction: 0 | 1, reader: HandshakeReader) {
    this.direction = direction;
    this.reader = reader;
  }
}

/** Something that was opened though the usual way to its key was cut off. */
export interface Rescue {
  readonly kind:
    | 'resynchronised'
    | 'keys-updated-unseen'
    | 'client-hello-by-trial'
    | 'server-hello-by-trial'
    | 'mid-stream-by-trial'
    | 'change-cipher-spec-missed';
  /** The record with which it was found. */
  readonly row: number;
  readonly side: Side;
  /** Sequence numbers passed over, and bytes lost before. */
  readonly skipped: number;
  readonly lost: number;
}

/**
 * Follows the TLS records of one connection in order: reads the handshakes, finds the keys, and says of each record
 * whether it is clear, opened or opaque. Everything it learns stays readable for the diagnosis.
 */
export class TlsSession {
  readonly conversation: number;
  /** The conversation, or where that has several TLS connections a number of this one's own. */
  readonly stream: number;
  readonly mask = new StateMask();
  readonly handshakes: Handshake[] = [];
  readonly alerts: SeenAlert[] = [];
  readonly flows: readonly [Flow, Flow];
  /** Which of the conversation's directions is the client's. */
  clientDirection: 0 | 1;
  /** Records whose version nobody can mean, types that do not exist. */
  damaged = 0;
  trials = 0;
  /** What was opened though something was missing, and how. */
  readonly rescues: Rescue[] = [];
  /** Frames of KeyUpdate messages. */
  readonly keyUpdates: number[] = [];
  /** Records of stream ciphers before which key stream was passed over: the key stream's position, by row. */
  readonly keystreamJumps = new Map<number, number>();
  readonly ticketsIssued: number[] = [];
  /** Records were met in another order than that in which they were sent; how many stayed unread for want of keys. */
  disordered = false;
  unread = 0;
  private newestFrame = 0;
  /** Of a handshake message: TLS 4, DTLS 12. */
  protected readonly headerLength: number = HEADER_LENGTH;
  protected readonly dtls: boolean = false;
  protected handshake: Handshake | null = null;
  protected transcript: Uint8Array[] | null = null;
  /** The ClientHello at hand was captured behind its ServerHello. */
  private lateHello = false;
  protected readonly host: SessionHost;

  constructor(host: SessionHost, conversation: number, clientDirection: 0 | 1, stream = conversation) {
    this.host = host;
    this.conversation = conversation;
    this.stream = stream;
    this.clientDirection = clientDirection;
    const reader = (direction: 0 | 1): HandshakeReader =>
      new HandshakeReader({
        message: (type, message, _firstRow, lastRow) =>
          this.message(this.flows[direction], type, message, lastRow),
      });
    this.flows = [new Flow(0, reader(0)), new Flow(1, reader(1))];
  }

  /** The handshake in force (the last one begun), null where none was seen. */
  get lastHandshake(): Handshake | null {
    return this.handshake;
  }

  sideOf(flow: Flow): Side {
    return flow.direction === this.clientDirection ? CLIENT : SERVER;
  }

  flowOf(side: Side): Flow {
    return this.flows[side === CLIENT ? this.clientDirection : this.clientDirection === 0 ? 1 : 0];
  }

  /**
   * True where this record's meaning hangs on queued ones of its direction: they must be settled before `observe`.
   */
  mustWait(row: number): boolean {
    const { records } = this.host;
    const flags = records.flags.read(row);
    const flow = this.flows[(flags & RECORD_DIRECTION) === 0 ? 0 : 1];
    if (flow.pending === 0) return false;
    if ((flags & (RECORD_AFTER_GAP | RECORD_PARTIAL | RECORD_DAMAGED)) !== 0) return true;
    const type = records.type.read(row);
    return (type === HANDSHAKE || type === CHANGE_CIPHER_SPEC) && !this.isTls13;
  }

  /** The next record of the connection; see mustWait. */
  observe(row: number): void {
    const { records } = this.host;
    const flags = records.flags.read(row);
    const flow = this.flows[(flags & RECORD_DIRECTION) === 0 ? 0 : 1];
    const frame = records.frame.read(row);
    if (flow.firstFrame === 0) flow.firstFrame = frame;
    if (frame < this.newestFrame) this.disordered = true;
    else this.newestFrame = frame;
    flow.records += 1;
    const broken = (flags & (RECORD_PARTIAL | RECORD_DAMAGED)) !== 0;
    if ((flags & RECORD_AFTER_GAP) !== 0)
      this.observeLoss(flow, (broken ? records.lostBefore : records.lost).read(row), row);
    if ((flags & (RECORD_PARTIAL | RECORD_DAMAGED)) !== 0) return this.observeBroken(flow, row, flags);

    const type = records.type.read(row);
    const body = type === APPLICATION_DATA ? NO_BYTES : this.host.bodyOf(row);
    if (records.version.read(row) === SSL_2_0) return this.observeSslV2(flow, row, body);
    this.mask.recordSeen(type, body[0] ?? 0);
    if (type === APPLICATION_DATA && this.offersEarlyData(flow)) this.mask.earlyDataSeen();
    records.state.write(row, this.mask.value);
    if (!this.disordered && type !== APPLICATION_DATA && this.answers(row)) this.disordered = true;
    switch (type) {
      case CHANGE_CIPHER_SPEC:
        this.observeChangeCipherSpec(flow, row, body);
        break;
      case ALERT:
        this.observeAlert(flow, row, body);
        break;
      case HANDSHAKE:
        this.observeHandshake(flow, row, body);
        break;
      default:
        if (type !== APPLICATION_DATA && flow.encrypted === false && this.handshake !== null)
          this.writeClear(row);
        else this.observeData(flow, row);
    }
    // The first record under new keys chains on to their own IV, not to the ChangeCipherSpec.
    flow.previousRow = flow.expected === 0 && flow.pending === 0 && type === CHANGE_CIPHER_SPEC ? -1 : row;
  }

  /**
   * Whether this record, the next of its direction, can only have been sent after one of the other side that was not met
   * yet, and that side's next record (`other`, -1 where it is not known) may be it or one before it.
   */
  answers(row: number, other = -1): boolean {
    const { records } = this.host;
    const { handshake } = this;
    const flags = records.flags.read(row);
    const flow = this.flows[(flags & RECORD_DIRECTION) === 0 ? 0 : 1];
    if ((flags & (RECORD_PARTIAL | RECORD_DAMAGED)) !== 0 || this.isTls13) return false;
    const type = records.type.read(row);
    if (type === APPLICATION_DATA) {
      const early = handshake !== null && handshake.serverHello === null && !handshake.earlyDataOffered;
      return early && this.isHello(other);
    }
    if (type === CHANGE_CIPHER_SPEC && handshake !== null) return this.changeAnswers(handshake, flow, other);
    if (type !== HANDSHAKE || flow.reader.unfinished) return false;
    const client = this.sideOf(flow) === CLIENT;
    if (flow.encrypted !== false) {
      if (handshake === null || handshake.clientHello === null) return false;
      // The next handshake begins when both sides have finished this one.
      if (handshake.finished[client ? CLIENT : SERVER] !== 0)
        return handshake.finished[client ? SERVER : CLIENT] === 0 && this.isHandshake(other);
      // Behind the end of its hello the server waits for the client's keys.
      if (!client)
        return (
          handshake.serverHelloDone !== null &&
          handshake.changeCipherSpec[CLIENT] === 0 &&
          this.isHandshake(other)
        );
      // What the client says behind its hello answers the server's.
      if (handshake.serverHelloDone !== null || handshake.changeCipherSpec[CLIENT] !== 0) return false;
      return this.isHello(other);
    }
    const first = this.host.bodyOf(row)[0];
    if (first === H.SERVER_HELLO)
      return handshake === null && (other < 0 || this.host.bodyOf(other)[0] === H.CLIENT_HELLO);
    if (handshake === null) return false;
    if (client) {
      const own = first === H.CERTIFICATE || first === H.CLIENT_KEY_EXCHANGE;
      return own && handshake.serverHelloDone === null && this.isHello(other);
    }
    const early = first === H.NEW_SESSION_TICKET && handshake.changeCipherSpec[CLIENT] === 0;
    return early && isFull(handshake) && this.isHandshake(other);
  }

  /** RFC 5246 §7.3: in a full handshake the client changes first, in an abbreviated one the server. */
  private changeAnswers(handshake: Handshake, flow: Flow, other: number): boolean {
    if (this.sideOf(flow) === SERVER)
      return isFull(handshake) && handshake.changeCipherSpec[CLIENT] === 0 && this.isHandshake(other);
    if (handshake.serverHello === null) return this.isHello(other);
    if (handshake.clientKeyExchange !== null)
      return handshake.serverHelloDone === null && this.isHello(other);
    return handshake.changeCipherSpec[SERVER] === 0 && this.isHandshake(other);
  }

  /** Whether a record may hold messages from a hello to the end of a hello's flight. -1: it may. */
  private isHello(row: number): boolean {
    if (row < 0) return true;
    const { records } = this.host;
    if (records.type.read(row) !== HANDSHAKE) return false;
    const flow = this.flows[(records.flags.read(row) & RECORD_DIRECTION) === 0 ? 0 : 1];
    return flow.encrypted !== false || this.host.bodyOf(row)[0] !== H.NEW_SESSION_TICKET;
  }

  private isHandshake(row: number): boolean {
    if (row < 0) return true;
    const type = this.host.records.type.read(row);
    return type === HANDSHAKE || type === CHANGE_CIPHER_SPEC;
  }

  /** A queued record's result, in the order of queueing: bytes[from, to), good during the call only. */
  settle(
    flow: Flow,
    epoch: Epoch,
    row: number,
    sequence: number,
    status: number,
    type: number,
    bytes: Uint8Array,
    from: number,
    to: number,
  ): void {
    flow.pending -= 1;
    if (status === OPEN_OK && epoch === flow.epoch && sequence === flow.expected) {
      this.accept(flow, epoch, row, sequence, type, bytes, from, to);
      return;
    }
    // Queued under keys or a number that a record before it has overtaken.
    const tried = epoch === flow.epoch && sequence === flow.expected;
    this.openOrSearch(flow, row, tried ? status : OPEN_PENDING, tried ? to - from : 0);
  }

  /** The end of the capture: what waits for more is given up. */
  finish(): void {
    for (const flow of this.flows) flow.reader.end();
  }

  // --- records by type ---------------------------------------------------------------------------------------------

  private observeChangeCipherSpec(flow: Flow, row: number, body: Uint8Array): void {
    const handshake = this.handshake;
    // In TLS 1.3 it means nothing (RFC 8446 §D.4); before a ServerHello no other version can have one.
    if (
      this.isTls13 ||
      (handshake !== null &&
        handshake.serverHello === null &&
        handshake.clientHello !== null &&
        flow.encrypted !== true)
    )
      return this.writeClear(row);
    // Under an epoch already (renegotiation) the message itself is encrypted.
    if (flow.encrypted === true && body.length !== 1) {
      this.openOrSearch(flow, row, OPEN_PENDING);
      return;
    }
    this.writeClear(row);
    if (handshake !== null) handshake.changeCipherSpec[this.sideOf(flow)] = this.host.records.frame.read(row);
    this.changeCipher(flow, row);
  }

  private observeAlert(flow: Flow, row: number, body: Uint8Array): void {
    const encrypted = flow.encrypted === true && !(this.isTls13 && body.length === 2);
    if (!encrypted && body.length === 2) {
      this.writeClear(row);
      this.noteAlert(flow, row, body, false);
      return;
    }
    this.alerts.push({
      side: this.sideOf(flow),
      level: -1,
      description: -1,
      frame: this.host.records.frame.read(row),
      row,
      encrypted: true,
    });
    this.observeEncrypted(flow, row);
  }

  private observeHandshake(flow: Flow, row: number, body: Uint8Array): void {
    if (flow.encrypted === true && !this.isTls13) {
      const handshake = this.handshake;
      const side = this.sideOf(flow);
      // In a renegotiation the messages before the change of keys are encrypted too.
      if (handshake !== null && handshake.finished[side] === 0 && handshake.changeCipherSpec[side] !== 0)
        handshake.finished[side] = this.host.records.frame.read(row);
      this.openOrSearch(flow, row, OPEN_PENDING);
      return;
    }
    if (flow.lost > 0 && !looksLikeClearHandshake(body)) this.passMissedChange(flow, row);
    if (flow.encrypted === true && !this.isTls13) return this.openOrSearch(flow, row, OPEN_PENDING);
    if (flow.records === 1 && !looksLikeClearHandshake(body)) {
      // The stream begins inside a connection: this is an encrypted handshake record (a renegotiation, a Finished).
      this.observeEncrypted(flow, row);
      return;
    }
    this.writeClear(row);
    flow.reader.push(body, 0, body.length, row);
  }

  private observeData(flow: Flow, row: number): void {
    if (this.isTls13 || flow.encrypted === true) return this.observeEncrypted(flow, row);
    if (this.handshake !== null && flow.encrypted === false && this.handshake.serverHello === null) {
      // Early data, or a hello that was lost or comes later.
      if (!this.handshake.earlyDataOffered) this.disordered = true;
      this.beginEarlyData(flow, row);
      return;
    }
    this.passMissedChange(flow, row);
    this.observeEncrypted(flow, row);
  }

  /** Encrypted records begin, but the ChangeCipherSpec before them was lost: it is taken for seen. */
  private passMissedChange(flow: Flow, row: number): void {
    const handshake = this.handshake;
    if (flow.encrypted !== false || handshake === null || handshake.serverHello === null) return;
    if (flow.lost === 0) return;
    const { lost, keystreamLost } = flow;
    this.changeCipher(flow, row);
    // Between the change and here lies at least its Finished.
    flow.lost = Math.max(lost, SHORTEST_RECORD);
    flow.keystreamLost = keystreamLost;
    flow.chainBroken = true;
    this.noteRescue('change-cipher-spec-missed', flow, row, 0, lost);
  }

  private observeEncrypted(flow: Flow, row: number): void {
    if (flow.stretch === null) this.beginUnknownStretch(flow, row);
    const { epoch } = flow;
    const calm = epoch !== null && flow.proven && epoch.stage !== 'handshake' && epoch.stage !== 'early';
    if (calm && epoch.protection.kind !== 'stream' && flow.lost === 0) {
      this.host.queue(this, flow, epoch, row, flow.expected + flow.pending);
      flow.pending += 1;
      return;
    }
    this.openOrSearch(flow, row, OPEN_PENDING);
  }

  private observeBroken(flow: Flow, row: number, flags: number): void {
    const { records } = this.host;
    const type = records.type.read(row);
    if ((flags & RECORD_HEADERLESS) === 0) this.mask.recordSeen(type, type === HANDSHAKE ? 2 : 0);
    records.state.write(row, this.mask.value);
    const missing = records.lost.read(row);
    this.observeLoss(flow, missing, row);
    if ((flags & RECORD_HEADERLESS) === 0) {
      // Its header tells how much key stream it took; what is lost of it is counted with it.
      flow.keystreamLost -= missing;
      flow.keystreamUsed += records.fragmentLength.read(row);
    }
    if (type === APPLICATION_DATA && flow.stretch === null) this.beginUnknownStretch(flow, row);
    const cause =
      (flags & RECORD_DAMAGED) !== 0
        ? 'damaged-record'
        : (flags & RECORD_SNAPPED) !== 0
          ? 'snapped-short'
          : (flags & RECORD_ENDED) !== 0
            ? 'record-incomplete'
            : 'gap-in-stream';
    if ((flags & RECORD_DAMAGED) !== 0) this.damaged += 1;
    // Bytes of a record whose beginning lies before the capture: its connection's story explains more than the cut.
    if ((flags & RECORD_HEADERLESS) !== 0 && flow.records === 1) this.writeOpaque(flow, row, 0, DECODER_NONE);
    else this.writeOpaque(flow, row, causeCode(cause), DECODER_NONE);
    if ((flags & RECORD_HEADERLESS) === 0) flow.expected += 1;
    // Its end is what the next record needs of it, where IVs chain.
    const { epoch } = flow;
    const chained =
      epoch?.protection.kind === 'cbc' && !epoch.protection.explicitIv ? epoch.protection : null;
    const needed =
      chained === null ? Infinity : chained.blockLength + (chained.encryptThenMac ? chained.macLength : 0);
    const kept = records.tail.read(row) >= needed;
    flow.previousRow = kept ? row : -1;
    flow.chainBroken = !kept;
  }

  private observeLoss(flow: Flow, bytes: number, row: number): void {
    flow.lost += Math.max(1, bytes);
    flow.keystreamLost += bytes;
    flow.inflater?.lose();
    flow.chainBroken = true;
    flow.previousRow = -1;
    flow.reader.gap();
    this.host.deliverGap(this.stream, flow.direction);
    const handshake = this.handshake;
    if (handshake === null || !handshake.complete) {
      this.transcript = null;
      if (handshake !== null) {
        handshake.transcriptWhole = false;
        handshake.lost[this.sideOf(flow)] += bytes;
        if (handshake.lostBetween[1] === 0) handshake.lostBetween[1] = this.host.records.frame.read(row);
      }
    }
  }

  // --- opening -----------------------------------------------------------------------------------------------------

  /**
   * Opens a record with the epoch in force, and looks further where that fails. `known` is the status of that first
   * trial where it was made already, else OPEN_PENDING; `readable` the bytes that it made though they did not
   * authenticate.
   */
  private openOrSearch(flow: Flow, row: number, known: number, readable = 0): void {
    if (flow.stretch === null) this.beginUnknownStretch(flow, row);
    let status = known;
    let length = readable;
    if (flow.epoch !== null && known === OPEN_PENDING) {
      status = this.host.openNow(flow, flow.epoch, row, flow.expected);
      if (status === OPEN_OK) return this.acceptOpened(flow, flow.epoch, row, flow.expected, 0);
      length = this.host.plaintext.length;
    }
    if (flow.epoch !== null && status === OPEN_BAD_PADDING && chainsAuthentic(flow.epoch))
      return this.acceptWithoutIv(flow, flow.epoch, row, flow.expected, 0);
    if (this.searchCandidates(flow, row)) return;
    if (flow.epoch !== null && flow.lost > 0 && this.searchSequence(flow, row)) return;
    if ((flow.lost > 0 || flow.refused > 0) && this.searchGenerations(flow, row)) return;
    if (flow.epoch === null && this.searchKeyLogs(flow, row)) return;
    if (flow.stretch?.handshake?.suite?.kind === 'null') return this.readUnencrypted(flow, row);
    this.refuse(flow, row, status, length);
  }

  /** A NULL suite: nothing is encrypted, so it is read without any key; its MAC cannot be checked (RFC 5246 §6.2.3.1). */
  private readUnencrypted(flow: Flow, row: number): void {
    const { host } = this;
    const { records } = host;
    const body = host.bodyOf(row);
    const type = records.type.read(row);
    const length = Math.max(0, body.length - (flow.stretch?.handshake?.suite?.macLength ?? 0));
    this.writeClear(row);
    records.decoder.write(row, DECODER_NONE);
    records.epoch.write(row, flow.stretch === null ? 0 : flow.stretch.id + 1);
    records.plaintextLength.write(row, length);
    flow.expected += 1;
    const bytes = body.slice(0, length);
    if (type === HANDSHAKE) flow.reader.push(bytes, 0, length, row);
    else if (type === ALERT) this.noteAlert(flow, row, bytes, false);
    else if (type === CHANGE_CIPHER_SPEC) this.changeCipher(flow, row);
    else if (length > 0) host.deliver(this.stream, flow.direction, row, bytes, 0, length);
  }

  /** Other epochs that may have begun with this record: another secret, the next stage, a KeyUpdate that was missed. */
  private searchCandidates(flow: Flow, row: number): boolean {
    const { host } = this;
    for (const candidate of flow.candidates) {
      if (candidate === flow.epoch || !host.spendTrial(this)) continue;
      if (host.openNow(flow, candidate, row, 0) !== OPEN_OK) continue;
      this.enterEpoch(flow, candidate, row);
      this.acceptOpened(flow, candidate, row, 0, 0);
      return true;
    }
    const current = flow.epoch;
    if (current === null || current.stage !== 'application') return false;
    const next = nextGeneration(host.backend, current);
    if (next === null || !host.spendTrial(this)) return false;
    if (host.openNow(flow, next, row, 0) !== OPEN_OK) return false;
    this.enterGeneration(flow, next, row, 0);
    return true;
  }

  /** After a loss with which KeyUpdates may have gone: later generations, and numbers in them (RFC 8446 §7.2). */
  private searchGenerations(flow: Flow, row: number): boolean {
    const { host } = this;
    const { epoch } = flow;
    if (epoch === null || epoch.stage === 'session') return false;
    const begun = epoch.stage === 'application' ? epoch : flow.candidates.find(isApplication);
    if (begun === undefined) return false;
    const most = flow.refused + (flow.lost > 0 ? mostLost(flow) : 0);
    let next: Epoch | null = begun;
    for (let ahead = 1; ahead <= Math.min(most, MOST_KEY_UPDATES_MISSED); ahead += 1) {
      next = nextGeneration(host.backend, next);
      if (next === null) return false;
      // Each KeyUpdate was itself a record of those lost.
      for (let sequence = 0; sequence <= most - ahead; sequence += 1) {
        if (!host.spendTrial(this)) return false;
        if (host.openNow(flow, next, row, sequence) !== OPEN_OK) continue;
        this.enterGeneration(flow, next, row, sequence);
        return true;
      }
    }
    return false;
  }

  private enterGeneration(flow: Flow, epoch: Epoch, row: number, sequence: number): void {
    this.noteRescue('keys-updated-unseen', flow, row, sequence, flow.lost);
    this.enterEpoch(flow, epoch, row);
    this.acceptOpened(flow, epoch, row, sequence, sequence);
  }

  /** After a loss: how many records went with it? The MAC or tag tells (RFC 5246 §6.2.3.1). */
  private searchSequence(flow: Flow, row: number): boolean {
    const { host } = this;
    const { epoch } = flow;
    if (epoch === null) return false;
    const most = mostLost(flow);
    const keystream = flow.keystreamUsed;
    // The Finished that ends the handshake's keys may be among what was lost.
    const certain = flow.proven && (epoch.stage === 'session' || epoch.stage === 'application');
    const tries = certain ? [epoch] : [epoch, ...flow.candidates.filter((other) => other !== epoch)];
    for (const candidate of tries) {
      for (let skip = candidate === epoch ? 1 : 0; skip <= most; skip += 1) {
        const base = candidate === epoch ? flow.expected : 0;
        if (!host.spendTrial(this)) return false;
        // Of what was lost, the headers of its records took no key stream.
        flow.keystreamUsed = keystream + Math.max(0, flow.keystreamLost - RECORD_HEADER * skip);
        const status = host.openNow(flow, candidate, row, base + skip);
        const unpadded = status === OPEN_BAD_PADDING && chainsAuthentic(candidate);
        if (status !== OPEN_OK && !unpadded) continue;
        const position = flow.keystreamUsed;
        if (candidate !== epoch) this.enterEpoch(flow, candidate, row);
        flow.keystreamUsed = position;
        if (candidate.protection.kind === 'stream') this.keystreamJumps.set(row, position);
        this.noteRescue('resynchronised', flow, row, skip, flow.lost);
        if (unpadded) this.acceptWithoutIv(flow, candidate, row, base + skip, skip);
        else this.acceptOpened(flow, candidate, row, base + skip, skip);
        return true;
      }
    }
    flow.keystreamUsed = keystream;
    return false;
  }

  private noteRescue(kind: Rescue['kind'], flow: Flow, row: number, skipped: number, lost: number): void {
    if (this.rescues.length < MOST_RESCUES)
      this.rescues.push({ kind, row, side: this.sideOf(flow), skipped, lost });
  }

  /**
   * No key is known the usual way, but a key log is loaded: its secrets are tried (TLS 1.3 only, whose record keys hang
   * on nothing else). A tag that fits is proof.
   */
  private searchKeyLogs(flow: Flow, row: number): boolean {
    const { host } = this;
    const handshake = this.handshake;
    const missed = handshake === null || handshake.serverHello === null || handshake.clientHello === null;
    if (!missed || flow.searched || host.keys.keyLogs().length === 0) return false;
    if (handshake !== null && handshake.version !== 0 && !isTls13(handshake.version)) return false;
    flow.attempts += 1;
    if (flow.attempts >= MOST_ATTEMPTS) flow.searched = true;
    const most = handshake === null ? MOST_UNSEEN_SEQUENCE : Math.ceil(flow.lost / SHORTEST_RECORD) + 2;
    const epochs = trialEpochs(host, handshake, this.sideOf(flow), MOST_TRIAL_EPOCHS);
    let left = MOST_BLIND_TRIALS;
    for (let sequence = 0; sequence <= Math.min(most, MOST_UNSEEN_SEQUENCE); sequence += 1)
      for (const epoch of epochs) {
        left -= 1 + (host.records.fragmentLength.read(row) >>> 8);
        if (left < 0 || !host.spendTrial(this)) return false;
        if (host.openNow(flow, epoch, row, sequence) !== OPEN_OK) continue;
        this.enterEpoch(flow, epoch, row);
        flow.candidates = epochs.filter(
          (other) => other.stage === 'application' && other.source.kind === 'keylog',
        );
        const kind =
          handshake === null
            ? 'mid-stream-by-trial'
            : handshake.clientHello === null
              ? 'client-hello-by-trial'
              : 'server-hello-by-trial';
        this.noteRescue(kind, flow, row, sequence, flow.lost);
        this.acceptOpened(flow, epoch, row, sequence, 0);
        return true;
      }
    return false;
  }

  private enterEpoch(flow: Flow, epoch: Epoch, row: number): void {
    const changesStage = flow.stretch === null || flow.stretch.stage !== epoch.stage || flow.proven;
    if (changesStage) {
      const frame = this.host.records.frame.read(row);
      flow.stretch = this.host.addStretch(
        this.conversation,
        this.sideOf(flow),
        epoch.stage,
        this.handshake,
        frame,
      );
    }
    if (flow.stretch !== null) flow.stretch.epoch = epoch;
    flow.epoch = epoch;
    flow.proven = false;
    flow.expected = 0;
    flow.keystreamUsed = 0;
  }

  private acceptOpened(flow: Flow, epoch: Epoch, row: number, sequence: number, skipped: number): void {
    this.host.records.resynchronised.write(row, skipped);
    const { plaintext } = this.host;
    this.accept(flow, epoch, row, sequence, this.host.plaintextType, plaintext, 0, plaintext.length);
  }

  private accept(
    flow: Flow,
    epoch: Epoch,
    row: number,
    sequence: number,
    type: number,
    bytes: Uint8Array,
    from: number,
    to: number,
  ): void {
    const { records } = this.host;
    const stretch = flow.stretch;
    const nullCipher = epoch.protection.kind === 'stream' && epoch.protection.cipher === 'null';
    records.verdict.write(row, nullCipher ? VERDICT_CLEAR : VERDICT_DECRYPTED);
    records.decoder.write(row, DECODER_OPENED);
    records.innerType.write(row, type);
    records.sequence.write(row, sequence);
    records.epoch.write(row, stretch === null ? 0 : stretch.id + 1);
    if (stretch !== null) {
      stretch.opened += 1;
      if (stretch.handshake !== null) stretch.handshake.opened += 1;
    }
    flow.keystreamUsed += records.fragmentLength.read(row);
    flow.keystreamLost = 0;
    flow.expected = sequence + 1;
    flow.lost = 0;
    flow.refused = 0;
    if (!flow.proven) this.prove(flow, epoch);
    const guessed = flow.chainBroken && sequence > 0 && chainsAuthentic(epoch);
    flow.chainBroken = false;
    if (guessed) {
      this.refuseGuessedBlock(flow, row, to - from);
      // Of a hello every byte may count, and what it leads to shows whether it was right.
      if (type === HANDSHAKE && flow.previousRow >= 0)
        flow.reader.push(bytes.slice(from, to), 0, to - from, row);
      return;
    }
    if (flow.compression === COMPRESSION_NULL) return this.takeContent(flow, row, type, bytes, from, to);
    const inflated = flow.inflater?.push(bytes.subarray(from, to)) ?? null;
    if (inflated === null) this.refuseCompressed(flow, row);
    else this.takeContent(flow, row, type, inflated, 0, inflated.length);
  }

  /**
   * With encrypt-then-MAC the ciphertext is authentic (RFC 7366 §3), but its IV was the end of a record that is not: the
   * first block of what came out is not what was sent.
   */
  private refuseGuessedBlock(flow: Flow, row: number, readable: number): void {
    this.writeOpaque(flow, row, causeCode('gap-in-stream'), DECODER_FAILED);
    this.host.records.plaintextLength.write(row, readable);
    flow.inflater?.lose();
    this.host.deliverGap(this.stream, flow.direction);
  }

  /** As accept, where the block that is not known held the padding: nothing can be read. */
  private acceptWithoutIv(flow: Flow, epoch: Epoch, row: number, sequence: number, skipped: number): void {
    const { records } = this.host;
    records.sequence.write(row, sequence);
    records.resynchronised.write(row, skipped);
    flow.expected = sequence + 1;
    flow.lost = 0;
    flow.chainBroken = false;
    if (!flow.proven) this.prove(flow, epoch);
    this.refuseGuessedBlock(flow, row, 0);
  }

  /** It authenticated, but what it was compressed with is not known, or refers to what was lost. */
  private refuseCompressed(flow: Flow, row: number): void {
    const cause =
      flow.inflater === null
        ? 'unsupported-compression'
        : flow.inflater.broken
          ? 'gap-in-stream'
          : 'damaged-record';
    this.writeOpaque(flow, row, causeCode(cause), DECODER_FAILED);
    this.host.deliverGap(this.stream, flow.direction);
  }

  /** What an opened record holds. */
  private takeContent(
    flow: Flow,
    row: number,
    type: number,
    bytes: Uint8Array,
    from: number,
    to: number,
  ): void {
    const { records } = this.host;
    records.plaintextLength.write(row, to - from);
    switch (type) {
      case HANDSHAKE: {
        const copy = bytes.slice(from, to);
        flow.reader.push(copy, 0, copy.length, row);
        break;
      }
      case ALERT:
        this.noteAlert(flow, row, bytes.subarray(from, to), true);
        break;
      case CHANGE_CIPHER_SPEC:
        if (this.handshake !== null)
          this.handshake.changeCipherSpec[this.sideOf(flow)] = records.frame.read(row);
        this.changeCipher(flow, row);
        break;
      case APPLICATION_DATA:
        if (to > from) this.host.deliver(this.stream, flow.direction, row, bytes, from, to);
        break;
      default:
    }
  }

  /** `readable`: bytes that came out all the same, of a record that did not authenticate. */
  private refuse(flow: Flow, row: number, status: number, readable: number): void {
    const { records } = this.host;
    const { stretch, epoch } = flow;
    flow.keystreamUsed += records.fragmentLength.read(row);
    flow.refused += 1;
    if (epoch === null) {
      flow.expected += 1;
      return this.writeOpaque(flow, row, 0, DECODER_NONE);
    }
    const early =
      epoch.stage === 'handshake' && !flow.proven && stretch?.handshake?.earlyDataOffered === true;
    if (early && flow.direction === this.clientDirection)
      // Early data, rejected or under a secret that no line gives: it has numbers of its own (RFC 8446 §4.2.10).
      return this.writeOpaque(flow, row, causeCode('keylog-incomplete'), DECODER_NONE);
    flow.expected += 1;
    if (stretch !== null) {
      stretch.failed += 1;
      if (stretch.handshake !== null) stretch.handshake.failed += 1;
    }
    const cause =
      flow.lost > 0
        ? 'gap-in-stream'
        : status === OPEN_BAD_TAG
          ? 'tag-mismatch'
          : status === OPEN_BAD_PADDING
            ? 'bad-padding'
            : 'mac-mismatch';
    // Where nothing of the epoch ever opens, the secret is wrong: the diagnosis says so over this.
    this.writeOpaque(flow, row, causeCode(cause), DECODER_FAILED);
    // With a secret that opened others what came out is readable: shown apart, and never read on as what was sent.
    if (flow.proven && flow.compression === COMPRESSION_NULL && readable > 0)
      records.plaintextLength.write(row, readable);
    flow.inflater?.lose();
    flow.chainBroken = true;
    this.host.deliverGap(this.stream, flow.direction);
  }

  /** A record authenticated: the secret is the right one, and what hangs on it may be kept. */
  protected prove(flow: Flow, epoch: Epoch): void {
    flow.proven = true;
    flow.candidates = flow.candidates.filter((other) => other.stage !== epoch.stage);
    const handshake = this.handshake;
    if (handshake === null || epoch.masterSecret === null) return;
    if (handshake.clientRandom === null && epoch.clientRandom !== null) {
      handshake.clientRandom = epoch.clientRandom;
      this.noteRescue('client-hello-by-trial', this.flowOf(epoch.side), handshake.firstRow, 0, 0);
    }
    handshake.masterSecret = epoch.masterSecret;
    handshake.keySource = epoch.source;
    this.host.resumption.add('session-id', handshake.serverSessionId, {
      masterSecret: epoch.masterSecret,
      source: epoch.source,
      conversation: this.conversation,
    });
    this.rememberTicket();
  }

  // --- epochs ------------------------------------------------------------------------------------------------------

  /** ChangeCipherSpec of TLS 1.2 and before: the direction goes over to the pending keys. */
  private changeCipher(flow: Flow, row: number): void {
    const handshake = this.handshake;
    const side = this.sideOf(flow);
    flow.encrypted = true;
    flow.proven = false;
    flow.expected = 0;
    flow.keystreamUsed = 0;
    flow.previousRow = -1;
    flow.chainBroken = false;
    flow.reader.gap();
    flow.compression = handshake?.compression ?? COMPRESSION_NULL;
    const inflater = flow.compression === COMPRESSION_DEFLATE ? this.host.createInflater() : null;
    flow.inflater = inflater === null ? null : new RecordInflater(inflater);
    const frame = this.host.records.frame.read(row);
    flow.stretch = this.host.addStretch(this.conversation, side, 'session', handshake, frame);
    flow.epoch = null;
    flow.candidates = [];
    if (handshake === null) return;
    if (side === SERVER) this.decideResumption(handshake);
    flow.candidates = this.sessionEpochs(handshake, side);
    flow.epoch = flow.candidates[0] ?? null;
    flow.stretch.epoch = flow.epoch;
    if (flow.epoch !== null && !this.mask.haveSessionKey) this.mask.keysDerived();
  }

  /** RFC 5077 §3.4: whether this is an abbreviated handshake shows at the server's ChangeCipherSpec. */
  protected decideResumption(handshake: Handshake): void {
    const abbreviated = handshake.clientKeyExchange === null && handshake.serverHelloDone === null;
    if (!abbreviated || handshake.serverHello === null) return;
    const ticket = handshake.offeredTicket !== null && handshake.offeredTicket.length > 0;
    const sameId =
      handshake.serverSessionId.length > 0 && sameBytes(handshake.serverSessionId, handshake.clientSessionId);
    if (!sameId && !ticket && !handshake.transcriptWhole) return;
    if (ticket) handshake.resumed = 'ticket';
    else if (sameId) handshake.resumed = 'session-id';
  }

  protected sessionEpochs(handshake: Handshake, side: Side): Epoch[] {
    const { suite, clientRandom, serverRandom } = handshake;
    if (suite === null || serverRandom === null) return [];
    if (clientRandom === null) return this.everySessionEpoch(handshake, side);
    if (handshake.masterSecret !== null && handshake.keySource !== null) {
      const known = this.sessionEpoch(handshake, side, handshake.masterSecret, handshake.keySource);
      return known === null ? [] : [known];
    }
    const found = findMasterSecrets(this.host, handshake, this.keyExchangeTranscript(handshake));
    const epochs: Epoch[] = [];
    for (const candidate of found) {
      const epoch = this.sessionEpoch(handshake, side, candidate.masterSecret, candidate.source);
      if (epoch !== null) epochs.push(epoch);
    }
    if (epochs.length === 0 && handshake.keyFailure === 'none') handshake.keyFailure = 'no-secret';
    return epochs;
  }

  /** The ClientHello was lost: every line of the key logs may be the one, and the first record tells. */
  private everySessionEpoch(handshake: Handshake, side: Side): Epoch[] {
    const epochs: Epoch[] = [];
    for (const { log, source } of this.host.keys.keyLogs())
      for (const { key, secret, line } of log.everySecret('CLIENT_RANDOM')) {
        if (epochs.length >= MOST_LINES_TRIED) return epochs;
        const epoch = this.sessionEpoch(
          handshake,
          side,
          secret,
          { kind: 'keylog', name: source.name, line, label: 'CLIENT_RANDOM' },
          key,
        );
        if (epoch !== null) epochs.push(epoch);
      }
    return epochs;
  }

  private sessionEpoch(
    handshake: Handshake,
    side: Side,
    masterSecret: Uint8Array,
    source: Epoch['source'],
    random: Uint8Array | null = handshake.clientRandom,
  ): Epoch | null {
    const { suite, serverRandom, version } = handshake;
    const clientRandom = random === null ? null : random.slice();
    if (suite === null || clientRandom === null || serverRandom === null) return null;
    const block = deriveKeyBlock(
      this.host.backend,
      version,
      suite,
      masterSecret,
      clientRandom,
      serverRandom,
      {
        encryptThenMac: handshake.encryptThenMac,
        truncatedHmac: handshake.truncatedHmac,
      },
    );
    if (block === null) return null;
    return {
      side,
      stage: 'session',
      generation: 0,
      suite,
      version,
      protection: side === CLIENT ? block.client : block.server,
      firstIv: side === CLIENT ? block.clientIv : block.serverIv,
      trafficSecret: null,
      masterSecret,
      clientRandom,
      source,
    };
  }

  private keyExchangeTranscript(handshake: Handshake): Uint8Array | null {
    if (this.transcript === null || !handshake.transcriptWhole) return null;
    const upToKeyExchange: Uint8Array[] = [];
    for (const message of this.transcript) {
      upToKeyExchange.push(message);
      if (message[0] === H.CLIENT_KEY_EXCHANGE) return joinBytes(upToKeyExchange);
    }
    return null;
  }

  protected beginUnknownStretch(flow: Flow, row: number): void {
    const frame = this.host.records.frame.read(row);
    const stage = flow.epoch?.stage ?? (this.isTls13 ? 'application' : 'session');
    flow.stretch = this.host.addStretch(this.conversation, this.sideOf(flow), stage, this.handshake, frame);
    flow.stretch.epoch = flow.epoch;
    if (flow.encrypted === false) flow.encrypted = this.handshake === null ? true : flow.encrypted;
  }

  private beginEarlyData(flow: Flow, row: number): void {
    if (flow.stretch === null) {
      const frame = this.host.records.frame.read(row);
      flow.stretch = this.host.addStretch(
        this.conversation,
        this.sideOf(flow),
        'early',
        this.handshake,
        frame,
      );
      flow.stretch.epoch = flow.epoch;
    }
    this.openOrSearch(flow, row, OPEN_PENDING);
  }

  /** TLS 1.3 after the ServerHello: both directions are encrypted from their next record on (RFC 8446 §7.1). */
  protected beginTls13(handshake: Handshake, row: number): void {
    const frame = this.host.records.frame.read(row);
    for (const flow of this.flows) {
      const side = this.sideOf(flow);
      flow.encrypted = true;
      const epochs = findTrafficEpochs(this.host, handshake, side);
      if (flow.epoch !== null && flow.epoch.stage === 'early') {
        // Early data goes on until EndOfEarlyData; a record that does not open shows that it was rejected.
        flow.candidates = epochs;
        continue;
      }
      flow.expected = 0;
      flow.proven = false;
      flow.candidates = epochs;
      flow.epoch = epochs.find((epoch) => epoch.stage === 'handshake') ?? null;
      flow.stretch = this.host.addStretch(this.conversation, side, 'handshake', handshake, frame);
      flow.stretch.epoch = flow.epoch;
    }
  }

  /** After the Finished of a side its application keys begin. */
  protected beginApplication(flow: Flow, row: number): void {
    const frame = this.host.records.frame.read(row);
    flow.stretch = this.host.addStretch(
      this.conversation,
      this.sideOf(flow),
      'application',
      this.handshake,
      frame,
    );
    flow.proven = false;
    flow.expected = 0;
    flow.candidates = flow.candidates.filter((epoch) => epoch.stage === 'application');
    flow.epoch = flow.candidates[0] ?? null;
    flow.stretch.epoch = flow.epoch;
  }

  // --- messages ----------------------------------------------------------------------------------------------------

  protected message(flow: Flow, type: number, message: Uint8Array, row: number): void {
    const body = message.subarray(this.headerLength);
    const encrypted = this.host.records.verdict.read(row) === VERDICT_DECRYPTED;
    const seen: SeenMessage = { frame: this.host.records.frame.read(row), row, body, encrypted };
    if (type === H.HELLO_REQUEST) return;
    if (type === H.CLIENT_HELLO) this.clientHello(flow, seen);
    else if (type === H.SERVER_HELLO) this.serverHello(flow, seen);
    // RFC 8446 §4.4.1: of TLS 1.3 the transcript is not needed, since secrets come from a key log.
    if (this.transcript !== null && !this.isTls13) {
      if (this.lateHello) this.transcript.unshift(message);
      else this.transcript.push(message);
    }
    this.lateHello = false;
    const handshake = this.handshake;
    if (handshake === null) {
      if (type === H.NEW_SESSION_TICKET) this.mask.newSessionTicket();
      return;
    }
    switch (type) {
      case H.ENCRYPTED_EXTENSIONS:
        handshake.encryptedExtensions = seen;
        handshake.earlyDataAccepted =
          extensionOf(decodeEncryptedExtensions(body).extensions, 'early-data') !== null;
        break;
      case H.CERTIFICATE:
        this.certificate(flow, handshake, seen);
        break;
      case H.CERTIFICATE_STATUS:
        handshake.certificateStatus = seen;
        break;
      case H.SERVER_KEY_EXCHANGE:
        handshake.serverKeyExchange = seen;
        break;
      case H.CERTIFICATE_REQUEST:
        handshake.certificateRequest = seen;
        handshake.clientCertificateRequested = true;
        break;
      case H.SERVER_HELLO_DONE:
        handshake.serverHelloDone = seen;
        this.mask.serverHelloDone();
        break;
      case H.CLIENT_KEY_EXCHANGE:
        handshake.clientKeyExchange = seen;
        if (this.mask.readyForKeyExchange && findPremasters(this.host, handshake).length > 0)
          this.mask.preMasterSecretKnown();
        this.host.resumption.noteSeen('session-id', handshake.serverSessionId, {
          conversation: this.conversation,
          frame: seen.frame,
        });
        break;
      case H.CERTIFICATE_VERIFY:
        handshake.certificateVerify[this.sideOf(flow)] = seen;
        break;
      case H.NEW_SESSION_TICKET:
        this.newSessionTicket(handshake, seen);
        break;
      case H.FINISHED:
        this.finished(flow, handshake, seen);
        break;
      case H.END_OF_EARLY_DATA:
        this.endOfEarlyData(flow, seen.row);
        break;
      case H.KEY_UPDATE:
        this.keyUpdate(flow, seen);
        break;
      default:
    }
  }

  protected clientHello(flow: Flow, seen: SeenMessage): void {
    this.setClient(flow);
    const hello = decodeClientHello(seen.body, this.dtls);
    const again = this.handshake;
    // The second hello of one handshake, after a HelloRetryRequest (RFC 8446 §4.1.2).
    const repeated =
      again !== null && again.serverHello === null && (again.helloRetryRequest !== null || this.dtls);
    if (again !== null && repeated) {
      // DTLS 1.2 begins its transcript with the hello that has the cookie (RFC 6347 §4.2.1).
      if (this.dtls) this.transcript = [];
      again.firstClientHello = again.clientHello;
      this.readClientHello(again, hello, seen);
      return;
    }
    if (again !== null && this.awaitsHello(again, hello)) {
      this.lateHello = true;
      this.disordered = true;
      again.transcriptWhole = this.transcript !== null;
      this.readClientHello(again, hello, seen);
      return;
    }
    this.handshake = new Handshake(this.handshakes.length, seen.row, seen.frame);
    this.handshakes.push(this.handshake);
    this.transcript = [];
    this.mask.clientHello(extensionOf(hello.extensions, 'extended-master-secret') !== null);
    this.readClientHello(this.handshake, hello, seen);
    if (this.handshake.earlyDataOffered) {
      flow.candidates = findTrafficEpochs(this.host, this.handshake, CLIENT).filter(
        (e) => e.stage === 'early',
      );
      flow.epoch = flow.candidates[0] ?? null;
      flow.expected = 0;
      flow.proven = false;
    }
  }

  /** A handshake of which only the server's hello was met so far, and which this hello can have begun. */
  private awaitsHello(handshake: Handshake, hello: ClientHello): boolean {
    const { suite, clientRandom } = handshake;
    if (handshake.clientHello !== null || handshake.serverHello === null || suite === null) return false;
    if (handshake.changeCipherSpec[CLIENT] !== 0 || this.isTls13) return false;
    if (clientRandom !== null && !sameBytes(clientRandom, hello.random)) return false;
    return hello.cipherSuites.includes(suite.id);
  }

  protected readClientHello(handshake: Handshake, hello: ClientHello, seen: SeenMessage): void {
    handshake.clientHello = seen;
    handshake.clientRandom = hello.random.length === 32 ? hello.random : null;
    handshake.offeredVersion = hello.version;
    handshake.clientSessionId = hello.sessionId;
    handshake.offeredTicket = extensionOf(hello.extensions, 'session-ticket')?.ticket ?? null;
    handshake.serverName = extensionOf(hello.extensions, 'server-name')?.names[0] ?? null;
    handshake.clientExtendedMasterSecret = extensionOf(hello.extensions, 'extended-master-secret') !== null;
    handshake.earlyDataOffered = extensionOf(hello.extensions, 'early-data') !== null;
  }

  /** Wireshark tries the client's first record of data as early data even where the ServerHello came before it. */
  private offersEarlyData(flow: Flow): boolean {
    return this.handshake?.earlyDataOffered === true && flow.direction === this.clientDirection;
  }

  /** An SSL 2.0-format hello (RFC 5246 §E.2): it stands in a record of its own kind. */
  private observeSslV2(flow: Flow, row: number, body: Uint8Array): void {
    this.host.records.state.write(row, this.mask.value);
    this.writeClear(row);
    if (body[0] !== H.CLIENT_HELLO) return;
    this.setClient(flow);
    const frame = this.host.records.frame.read(row);
    const seen: SeenMessage = { frame, row, body, encrypted: false };
    this.handshake = new Handshake(this.handshakes.length, row, frame);
    this.handshakes.push(this.handshake);
    this.transcript = [body];
    this.mask.clientHello(false);
    this.readClientHello(this.handshake, decodeSslV2ClientHello(body), seen);
  }

  protected serverHello(flow: Flow, seen: SeenMessage): void {
    const hello = decodeServerHello(seen.body);
    let handshake = this.handshake;
    if (handshake === null || (handshake.serverHello !== null && handshake.complete)) {
      // The capture began between the hellos, or the ClientHello was lost.
      this.setClient(this.flows[flow.direction === 0 ? 1 : 0]);
      handshake = new Handshake(this.handshakes.length, seen.row, seen.frame);
      handshake.transcriptWhole = false;
      this.handshake = handshake;
      this.handshakes.push(handshake);
      this.transcript = [];
    }
    if (hello.kind === 'hello-retry-request') {
      handshake.helloRetryRequest = seen;
      handshake.version = selectedVersion(hello);
      return;
    }
    this.readServerHello(handshake, hello, seen);
    if (isTls13(handshake.version)) this.beginTls13(handshake, seen.row);
  }

  protected readServerHello(handshake: Handshake, hello: ServerHello, seen: SeenMessage): void {
    handshake.serverHello = seen;
    handshake.version = selectedVersion(hello);
    handshake.serverRandom = hello.random.length === 32 ? hello.random : null;
    handshake.serverSessionId = hello.sessionId;
    handshake.suite = cipherSuiteOf(hello.cipherSuite);
    handshake.compression = hello.compressionMethod;
    handshake.serverExtendedMasterSecret = extensionOf(hello.extensions, 'extended-master-secret') !== null;
    handshake.encryptThenMac = extensionOf(hello.extensions, 'encrypt-then-mac') !== null;
    handshake.truncatedHmac = extensionOf(hello.extensions, 'truncated-hmac') !== null;
    handshake.maxFragmentLength = extensionOf(hello.extensions, 'max-fragment-length')?.code ?? 0;
    if (isTls13(handshake.version) && extensionOf(hello.extensions, 'pre-shared-key-choice') !== null)
      handshake.resumed = 'psk';
    this.mask.serverHello(
      handshake.suite.knownToWireshark,
      handshake.serverExtendedMasterSecret,
      handshake.encryptThenMac,
    );
  }

  private certificate(flow: Flow, handshake: Handshake, seen: SeenMessage): void {
    const message = decodeCertificate(seen.body, this.isTls13);
    const chain = message.certificates.map((entry) => entry.der);
    if (message.fault !== null) handshake.certificateFaults += 1;
    if (this.sideOf(flow) === SERVER) {
      handshake.serverCertificate = seen;
      handshake.serverCertificates = chain;
    } else {
      handshake.clientCertificate = seen;
      handshake.clientCertificates = chain;
    }
  }

  private newSessionTicket(handshake: Handshake, seen: SeenMessage): void {
    this.ticketsIssued.push(seen.frame);
    handshake.newSessionTicket = seen;
    if (this.isTls13) return;
    this.mask.newSessionTicket();
    const { ticket } = decodeNewSessionTicket(seen.body, false);
    this.host.resumption.noteSeen('ticket', ticket, { conversation: this.conversation, frame: seen.frame });
    this.rememberTicket();
  }

  private rememberTicket(): void {
    const handshake = this.handshake;
    if (handshake === null || handshake.newSessionTicket === null || this.isTls13) return;
    if (handshake.masterSecret === null || handshake.keySource === null) return;
    const { ticket } = decodeNewSessionTicket(handshake.newSessionTicket.body, false);
    this.host.resumption.add('ticket', ticket, {
      masterSecret: handshake.masterSecret,
      source: handshake.keySource,
      conversation: this.conversation,
    });
  }

  protected finished(flow: Flow, handshake: Handshake, seen: SeenMessage): void {
    const side = this.sideOf(flow);
    handshake.finished[side] = seen.frame;
    handshake.finishedOpened[side] = true;
    // After the handshake a Finished ends a client's late authentication, and changes no keys (RFC 8446 §4.6.2).
    if (this.isTls13 && flow.epoch?.stage !== 'application') this.beginApplication(flow, seen.row);
  }

  private endOfEarlyData(flow: Flow, row: number): void {
    const next = flow.candidates.find((epoch) => epoch.stage === 'handshake') ?? null;
    const frame = this.host.records.frame.read(row);
    flow.stretch = this.host.addStretch(
      this.conversation,
      this.sideOf(flow),
      'handshake',
      this.handshake,
      frame,
    );
    flow.stretch.epoch = next;
    flow.epoch = next;
    flow.proven = false;
    flow.expected = 0;
  }

  protected keyUpdate(flow: Flow, seen: SeenMessage): void {
    this.keyUpdates.push(seen.frame);
    if (flow.epoch === null) return;
    const next = nextGeneration(this.host.backend, flow.epoch);
    const frame = seen.frame;
    flow.stretch = this.host.addStretch(
      this.conversation,
      this.sideOf(flow),
      'application',
      this.handshake,
      frame,
    );
    flow.stretch.epoch = next;
    flow.epoch = next;
    flow.expected = 0;
  }

  protected noteAlert(flow: Flow, row: number, bytes: Uint8Array, encrypted: boolean): void {
    const alert: SeenAlert = {
      side: this.sideOf(flow),
      level: bytes[0] ?? 0,
      description: bytes[1] ?? 0,
      frame: this.host.records.frame.read(row),
      row,
      encrypted,
    };
    const last = this.alerts.length - 1;
    // The place was taken when the record was seen; now it can be read.
    const place = this.alerts.findLastIndex((known) => known.row === row);
    if (place >= 0) this.alerts[place] = alert;
    else if (last < MOST_ALERTS) this.alerts.push(alert);
  }

  protected setClient(flow: Flow): void {
    this.clientDirection = flow.direction;
  }

  protected get isTls13(): boolean {
    return this.handshake !== null && isTls13(this.handshake.version);
  }

  protected writeClear(row: number): void {
    const { records } = this.host;
    records.verdict.write(row, VERDICT_CLEAR);
    records.decoder.write(row, DECODER_NOT_YET);
    records.innerType.write(row, records.type.read(row));
  }

  protected writeOpaque(flow: Flow, row: number, cause: number, decoder: number): void {
    const { records } = this.host;
    records.verdict.write(row, VERDICT_OPAQUE);
    records.cause.write(row, cause);
    records.decoder.write(row, decoder);
    records.epoch.write(row, flow.stretch === null ? 0 : flow.stretch.id + 1);
    if (cause === 0 || decoder === DECODER_FAILED) this.unread += 1;
  }
}

/** Header of a handshake message: type and 24-bit length (RFC 5246 §7.4). */
const HEADER_LENGTH = 4;
const NO_BYTES = new Uint8Array(0);
/** A hole of more records than this is not searched; the cost is one trial a record. */
const MOST_RECORDS_LOST = 20_000;
/** Header, explicit nonce or IV, tag or MAC: no encrypted record is shorter. */
const SHORTEST_RECORD = 22;
const MOST_KEY_UPDATES_MISSED = 16;
const MOST_ALERTS = 1000;
const MOST_RESCUES = 1000;
const RECORD_HEADER = 5;
/** Records of a connection joined in its middle for which key logs are searched. */
const MOST_ATTEMPTS = 2;
/** Trials for one such record: a fifth of a second. */
const MOST_BLIND_TRIALS = 60_000;
const MOST_LINES_TRIED = 5000;
/** How far into a connection a capture may have begun for its record numbers still to be found by trial. */
const MOST_UNSEEN_SEQUENCE = 2000;
const MOST_TRIAL_EPOCHS = 400;

/** IVs chain from record to record (RFC 2246 §6.2.3.2), and the MAC covers the ciphertext without them. */
function chainsAuthentic(epoch: Epoch): boolean {
  const { protection } = epoch;
  return protection.kind === 'cbc' && !protection.explicitIv && protection.encryptThenMac;
}

function isApplication(epoch: Epoch): boolean {
  return epoch.stage === 'application';
}

/** Not abbreviated: the server showed a certificate or ended its hello. */
function isFull(handshake: Handshake): boolean {
  return handshake.serverHelloDone !== null || handshake.serverCertificate !== null;
}

/** How many records may have gone with the bytes that are lost. */
function mostLost(flow: Flow): number {
  return Math.min(MOST_RECORDS_LOST, Math.ceil(flow.lost / SHORTEST_RECORD) + 2);
}

/** Whether bytes can be the beginning of a handshake message in clear. */
function looksLikeClearHandshake(body: Uint8Array): boolean {
  const type = body[0] ?? 255;
  const length = ((body[1] ?? 255) << 16) | ((body[2] ?? 255) << 8) | (body[3] ?? 255);
  return type <= 24 && length < 0x20000;
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i += 1) if (a[i] !== b[i]) return false;
  return true;
}
