import { RECORD_DAMAGED, RECORD_DIRECTION, RECORD_PARTIAL } from '../store/record-table.ts';
import type { Flow } from './flow.ts';
import type { Handshake } from './handshake.ts';
import { CLIENT, SERVER } from './handshake.ts';
import { OPEN_OK } from './open/batch.ts';
import { SessionSslV2 } from './session-sslv2.ts';
import { APPLICATION_DATA, CHANGE_CIPHER_SPEC, HANDSHAKE } from './tables/content-types.ts';
import * as H from './tables/handshake-types.ts';

/** In which order the records of both directions can have been sent. */
export abstract class SessionOrder extends SessionSslV2 {
  /**
   * Whether this record, the next of its direction, can only have been sent after one of the other side that was not met
   * yet, and that side's next record (`other`, -1 where it is not known) may be it or one before it.
   */
  answers(row: number, other = -1): boolean {
    const { records } = this.host;
    const { handshake } = this;
    const flags = records.flags.read(row);
    const flow = this.flows[(flags & RECORD_DIRECTION) === 0 ? 0 : 1];
    if ((flags & (RECORD_PARTIAL | RECORD_DAMAGED)) !== 0) return false;
    const type = records.type.read(row);
    if (type === APPLICATION_DATA) {
      // Of TLS 1.3, whose keys begin with the ServerHello; early data comes before it.
      if (handshake === null || handshake.serverHello !== null || flow.encrypted !== false) return false;
      return !mayBeEarly(handshake, flow) && this.sideOf(flow) === CLIENT && this.isHello(other);
    }
    if (this.isTls13) return false;
    if (type === CHANGE_CIPHER_SPEC && handshake !== null) return this.changeAnswers(handshake, flow, other);
    if (type !== HANDSHAKE || flow.reader.unfinished) return false;
    const client = this.sideOf(flow) === CLIENT;
    if (flow.encrypted !== false) {
      if (handshake === null || handshake.clientHello === null) return false;
      if (handshake.finished[client ? CLIENT : SERVER] !== 0) {
        // The next handshake begins when both sides have finished this one, and with the client's hello.
        if (handshake.finished[client ? SERVER : CLIENT] === 0) return this.isHandshake(other);
        return !client && this.beginsWith(flow, row, H.SERVER_HELLO) && this.mayBeClientHello(other);
      }
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
    if (first === H.SERVER_HELLO) return handshake === null && this.mayBeClientHello(other);
    if (handshake === null) return false;
    if (client) {
      const own = first === H.CERTIFICATE || first === H.CLIENT_KEY_EXCHANGE;
      return own && handshake.serverHelloDone === null && this.isHello(other);
    }
    const early = first === H.NEW_SESSION_TICKET && handshake.changeCipherSpec[CLIENT] === 0;
    return early && isFull(handshake) && this.isHandshake(other);
  }

  /** RFC 5246 §7.3: in a full handshake the client changes first, in an abbreviated one the server. */
  protected changeAnswers(handshake: Handshake, flow: Flow, other: number): boolean {
    if (this.sideOf(flow) === SERVER)
      return isFull(handshake) && handshake.changeCipherSpec[CLIENT] === 0 && this.isHandshake(other);
    if (handshake.serverHello === null) return this.isHello(other);
    if (handshake.clientKeyExchange !== null)
      return handshake.serverHelloDone === null && this.isHello(other);
    return handshake.changeCipherSpec[SERVER] === 0 && this.isHandshake(other);
  }

  /** Whether an encrypted record that is the next of its direction opens to a message of this type. */
  protected beginsWith(flow: Flow, row: number, type: number): boolean {
    return this.firstByteOf(flow, row) === type;
  }

  protected mayBeClientHello(row: number): boolean {
    if (row < 0) return true;
    const { records } = this.host;
    if (records.type.read(row) !== HANDSHAKE) return false;
    const flow = this.flows[(records.flags.read(row) & RECORD_DIRECTION) === 0 ? 0 : 1];
    if (flow.reader.unfinished) return true;
    if (flow.encrypted === false) return this.host.bodyOf(row)[0] === H.CLIENT_HELLO;
    const first = this.firstByteOf(flow, row);
    return first < 0 || first === H.CLIENT_HELLO;
  }

  /** What an encrypted record begins with; -1 where it does not open as the next of its direction. */
  private firstByteOf(flow: Flow, row: number): number {
    const { epoch, rc4, lost } = flow;
    if (epoch === null || flow.pending > 0 || lost > 0) return -1;
    const opened = this.host.openNow(flow, epoch, row, flow.expected) === OPEN_OK;
    flow.rc4 = rc4;
    return opened ? (this.host.plaintext[0] ?? -1) : -1;
  }

  /** Whether a record may hold messages from a hello to the end of a hello's flight. -1: it may. */
  protected isHello(row: number): boolean {
    if (row < 0) return true;
    const { records } = this.host;
    const type = records.type.read(row);
    // One may stand between a HelloRetryRequest and the ServerHello (RFC 8446 §D.4).
    if (type === CHANGE_CIPHER_SPEC && (this.handshake?.helloRetryRequest ?? null) !== null) return true;
    if (type !== HANDSHAKE) return false;
    const flow = this.flows[(records.flags.read(row) & RECORD_DIRECTION) === 0 ? 0 : 1];
    // Inside a message that goes on, a record begins with any byte.
    if (flow.encrypted !== false || flow.reader.unfinished) return true;
    return this.host.bodyOf(row)[0] !== H.NEW_SESSION_TICKET;
  }

  protected isHandshake(row: number): boolean {
    if (row < 0) return true;
    const type = this.host.records.type.read(row);
    return type === HANDSHAKE || type === CHANGE_CIPHER_SPEC;
  }
}

/** Whether data before the ServerHello can be early data (RFC 8446 §4.2.10): until its end was seen. */
export function mayBeEarly(handshake: Handshake, flow: Flow): boolean {
  return handshake.earlyDataOffered && flow.stretch?.stage !== 'handshake';
}

/** Not abbreviated: the server showed a certificate or ended its hello. */
function isFull(handshake: Handshake): boolean {
  return handshake.serverHelloDone !== null || handshake.serverCertificate !== null;
}
