import { DECODER_NONE } from '../store/record-table.ts';
import type { Flow } from './flow.ts';
import { Handshake, type SeenMessage } from './handshake.ts';
import { decodeSslV2ClientHello } from './messages/client-hello.ts';
import { decodeSslV2ServerHello, SSLV2_SERVER_HELLO } from './messages/sslv2-server-hello.ts';
import { SessionMessages } from './session-messages.ts';
import { CLIENT_HELLO } from './tables/handshake-types.ts';
import { SSL_2_0 } from './tables/versions.ts';

/**
 * Records in SSL 2.0 format: a hello that offers more (RFC 5246 §E.2), or SSL 2.0 itself, whose records are told apart
 * into those in clear and those that are encrypted; none of these is opened.
 */
export abstract class SessionSslV2 extends SessionMessages {
  protected observeSslV2(flow: Flow, row: number, body: Uint8Array): void {
    this.host.records.state.write(row, this.mask.value);
    const seen: SeenMessage = { frame: this.host.records.frame.read(row), row, body, encrypted: false };
    const handshake = this.handshake;
    if (body[0] === CLIENT_HELLO && handshake === null) {
      this.writeClear(row);
      this.beginSslV2(flow, seen);
    } else if (body[0] === SSLV2_SERVER_HELLO && (handshake === null || handshake.serverHello === null)) {
      this.writeClear(row);
      this.sslV2ServerHello(flow, seen);
    } else if (handshake !== null && this.isMasterKey(flow, handshake)) {
      this.writeClear(row);
      handshake.clientKeyExchange = seen;
    } else {
      flow.encrypted = true;
      if (flow.stretch === null) this.beginUnknownStretch(flow, row);
      this.writeOpaque(flow, row, 0, DECODER_NONE);
    }
  }

  private beginSslV2(flow: Flow, seen: SeenMessage): void {
    this.setClient(flow);
    this.handshake = new Handshake(this.handshakes.length, seen.row, seen.frame);
    this.handshakes.push(this.handshake);
    this.transcript = [seen.body];
    this.mask.clientHello(false);
    this.readClientHello(this.handshake, decodeSslV2ClientHello(seen.body), seen);
  }

  private sslV2ServerHello(flow: Flow, seen: SeenMessage): void {
    this.setClient(this.flows[flow.direction === 0 ? 1 : 0]);
    const hello = decodeSslV2ServerHello(seen.body);
    const known = this.handshake;
    const handshake = known ?? new Handshake(this.handshakes.length, seen.row, seen.frame);
    if (known === null) {
      handshake.transcriptWhole = false;
      this.handshake = handshake;
      this.handshakes.push(handshake);
    }
    // Its fields are not those of TLS: who decodes a Server Hello again must find nothing in it.
    const message = { ...seen, body: NOTHING };
    handshake.serverHello = message;
    handshake.version = SSL_2_0;
    if (hello.sessionIdHit) handshake.resumed = 'session-id';
    if (hello.certificate.length > 0) {
      handshake.serverCertificate = message;
      handshake.serverCertificates = [hello.certificate];
    }
  }

  /** CLIENT-MASTER-KEY: the client's first record behind a Server Hello that goes on with no earlier session. */
  private isMasterKey(flow: Flow, handshake: Handshake): boolean {
    return (
      flow.direction === this.clientDirection &&
      handshake.serverHello !== null &&
      handshake.version === SSL_2_0 &&
      handshake.resumed === null &&
      handshake.clientKeyExchange === null &&
      flow.encrypted !== true
    );
  }
}

const NOTHING = new Uint8Array(0);
