import { DECODER_FAILED, DECODER_NOT_YET, VERDICT_CLEAR, VERDICT_OPAQUE } from '../store/record-table.ts';
import type { Epoch, EpochStage } from './epoch.ts';
import { Flow } from './flow.ts';
import { HandshakeReader } from './handshake-reader.ts';
import type { Handshake } from './handshake.ts';
import { CLIENT, SERVER, type SeenAlert, type Side } from './handshake.ts';
import type { Rescue, SessionHost } from './session-host.ts';
import { StateMask } from './state-mask.ts';
import { isTls13 } from './tables/versions.ts';

/** What is known of one connection's TLS, and how it is written down. */
export abstract class SessionState {
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
  protected newestFrame = 0;
  /** Of a handshake message: TLS 4, DTLS 12. */
  protected readonly headerLength: number = HEADER_LENGTH;
  protected readonly dtls: boolean = false;
  protected handshake: Handshake | null = null;
  protected transcript: Uint8Array[] | null = null;
  /** The ClientHello at hand was captured behind its ServerHello. */
  protected lateHello = false;
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

  /**
   * The handshake whose facts (version, suite, certificates, secret) are the connection's: the last that a ServerHello
   * answered, since a hello that was refused or not answered changes nothing; else the newest. Null where none was seen.
   */
  get describingHandshake(): Handshake | null {
    return this.handshakes.findLast((one) => one.serverHello !== null) ?? this.newestHandshake;
  }

  /** The newest attempt, whatever came of it; null where none was seen. */
  get newestHandshake(): Handshake | null {
    return this.handshakes.at(-1) ?? null;
  }

  /** The newest attempt where it began inside a connection that was set up before (RFC 5246 §7.4.1.1), else null. */
  get renegotiation(): Handshake | null {
    const newest = this.newestHandshake;
    const inside =
      newest?.clientHello?.encrypted === true ||
      this.handshakes.some((earlier) => earlier !== newest && earlier.complete);
    return inside ? newest : null;
  }

  /** The handshake that a record belongs to: the last one begun by then. */
  handshakeAt(row: number): Handshake | null {
    return this.handshakes.findLast((one) => one.firstRow <= row) ?? null;
  }

  sideOf(flow: Flow): Side {
    return flow.direction === this.clientDirection ? CLIENT : SERVER;
  }

  flowOf(side: Side): Flow {
    return this.flows[side === CLIENT ? this.clientDirection : this.clientDirection === 0 ? 1 : 0];
  }

  protected setClient(flow: Flow): void {
    this.clientDirection = flow.direction;
  }

  protected get isTls13(): boolean {
    return this.handshake !== null && isTls13(this.handshake.version);
  }

  /** From this record on the direction is protected by other keys; `epoch` is null where nobody has them. */
  protected beginStretch(flow: Flow, stage: EpochStage, epoch: Epoch | null, row: number): void {
    const frame = this.host.records.frame.read(row);
    flow.stretch = this.host.addStretch(this.conversation, this.sideOf(flow), stage, this.handshake, frame);
    flow.stretch.epoch = epoch;
    flow.epoch = epoch;
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

  protected noteRescue(
    kind: Rescue['kind'],
    flow: Flow,
    row: number,
    skipped: number,
    lost: number,
    from: number | null = null,
  ): void {
    if (this.rescues.length < MOST_RESCUES)
      this.rescues.push({ kind, row, side: this.sideOf(flow), skipped, lost, from });
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

  /** A handshake message of one direction, complete in this record. */
  protected abstract message(flow: Flow, type: number, message: Uint8Array, row: number): void;
}

/** Header of a handshake message: type and 24-bit length (RFC 5246 §7.4). */
const HEADER_LENGTH = 4;
const MOST_ALERTS = 1000;
const MOST_RESCUES = 1000;
