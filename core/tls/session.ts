import {
  DECODER_NONE,
  RECORD_AFTER_GAP,
  RECORD_DAMAGED,
  RECORD_DIRECTION,
  RECORD_ENDED,
  RECORD_HEADERLESS,
  RECORD_PARTIAL,
  RECORD_SNAPPED,
} from '../store/record-table.ts';
import { causeCode } from '../verdict.ts';
import type { Epoch } from './epoch.ts';
import type { Flow } from './flow.ts';
import { type Handshake, SERVER } from './handshake.ts';
import { OPEN_OK, OPEN_PENDING } from './open/batch.ts';
import { mayBeEarly } from './session-order.ts';
import { SessionSearch, SHORTEST_RECORD } from './session-search.ts';
import { ALERT, APPLICATION_DATA, CHANGE_CIPHER_SPEC, HANDSHAKE } from './tables/content-types.ts';
import { SSL_2_0 } from './tables/versions.ts';

/**
 * Follows the TLS records of one connection in order: reads the handshakes, finds the keys, and says of each record
 * whether it is clear, opened or opaque. Everything it learns stays readable for the diagnosis.
 */
export class TlsSession extends SessionSearch {
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
    // Once a record has opened under keys of TLS 1.3 none is in clear again: this one's type was altered.
    if (this.isTls13 && flow.encrypted === true && flow.proven) return this.observeEncrypted(flow, row);
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
      if (!mayBeEarly(this.handshake, flow)) this.disordered = true;
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
    if (handshake === null) this.transcript = null;
    else if (!handshake.complete) {
      if (this.breaksTranscript(handshake, flow)) {
        this.transcript = null;
        handshake.transcriptWhole = false;
      }
      handshake.lost[this.sideOf(flow)] += bytes;
      if (handshake.lostBetween[1] === 0) handshake.lostBetween[1] = this.host.records.frame.read(row);
    }
  }

  /**
   * Whether a message up to the ClientKeyExchange can be among what is lost, though it is not missed anywhere else: of
   * the server's between its hello and that flight's end. What the client may have sent there is known by the request
   * for its certificate (see keyExchangeTranscript).
   */
  private breaksTranscript(handshake: Handshake, flow: Flow): boolean {
    if (this.dtls) return true;
    return (
      this.sideOf(flow) === SERVER && handshake.serverHello !== null && handshake.serverHelloDone === null
    );
  }

  private beginEarlyData(flow: Flow, row: number): void {
    if (flow.stretch === null) this.beginStretch(flow, 'early', flow.epoch, row);
    this.openOrSearch(flow, row, OPEN_PENDING);
  }
}

const NO_BYTES = new Uint8Array(0);

/** Whether bytes can be the beginning of a handshake message in clear. */
function looksLikeClearHandshake(body: Uint8Array): boolean {
  const type = body[0] ?? 255;
  const length = ((body[1] ?? 255) << 16) | ((body[2] ?? 255) << 8) | (body[3] ?? 255);
  return type <= 24 && length < 0x20000;
}
