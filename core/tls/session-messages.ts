import { equalBytes } from '../bytes/reader.ts';
import { VERDICT_DECRYPTED } from '../store/record-table.ts';
import type { Flow } from './flow.ts';
import { CLIENT, Handshake, SERVER, type SeenMessage } from './handshake.ts';
import { decodeCertificate } from './messages/certificate.ts';
import { type ClientHello, decodeClientHello } from './messages/client-hello.ts';
import { extensionOf } from './messages/extension.ts';
import { type ServerHello, decodeServerHello, selectedVersion } from './messages/server-hello.ts';
import { decodeEncryptedExtensions, decodeNewSessionTicket } from './messages/session-messages.ts';
import { findPremasters } from './secrets/master-secret.ts';
import { findTrafficEpochs, nextGeneration } from './secrets/traffic-secrets.ts';
import { SessionEpochs } from './session-epochs.ts';
import { cipherSuiteOf } from './tables/cipher-suites.ts';
import * as H from './tables/handshake-types.ts';
import { isTls13 } from './tables/versions.ts';

/** What each handshake message tells. */
export abstract class SessionMessages extends SessionEpochs {
  protected override message(flow: Flow, type: number, message: Uint8Array, row: number): void {
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
    // The second hello of one handshake, after a HelloRetryRequest (RFC 8446 §4.1.2): it has the random of the first.
    if (again !== null && (this.asksAgain(again) || this.repeats(again, hello))) {
      // DTLS 1.2 begins its transcript with the hello that has the cookie (RFC 6347 §4.2.1).
      if (this.dtls) this.transcript = [];
      again.firstClientHello = again.clientHello;
      if (again.helloRetryRequest !== null) again.earlyDataWithdrawn ||= again.earlyDataOffered;
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
    if (again !== null && again.clientHello === null && isTls13(again.version)) {
      // TLS 1.3 has one handshake: this hello began it, and all is to be read again in the order in which it was sent.
      this.disordered = true;
      this.unread += 1;
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
      flow.stretch = null;
      flow.expected = 0;
      flow.proven = false;
    }
  }

  /** Whether the server asked for another hello, or may have (DTLS). */
  private asksAgain(handshake: Handshake): boolean {
    return handshake.serverHello === null && (handshake.helloRetryRequest !== null || this.dtls);
  }

  private repeats(handshake: Handshake, hello: ClientHello): boolean {
    const { clientRandom } = handshake;
    return !this.dtls && clientRandom !== null && equalBytes(clientRandom, hello.random);
  }

  /** A handshake of which only the server's hello was met so far, and which this hello can have begun. */
  protected awaitsHello(handshake: Handshake, hello: ClientHello): boolean {
    const { suite, clientRandom } = handshake;
    if (handshake.clientHello !== null || handshake.serverHello === null || suite === null) return false;
    if (handshake.changeCipherSpec[CLIENT] !== 0 || this.isTls13) return false;
    if (clientRandom !== null && !equalBytes(clientRandom, hello.random)) return false;
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
  protected offersEarlyData(flow: Flow): boolean {
    return this.handshake?.earlyDataOffered === true && flow.direction === this.clientDirection;
  }

  protected serverHello(flow: Flow, seen: SeenMessage): void {
    const hello = decodeServerHello(seen.body);
    let handshake = this.handshake;
    if (handshake === null || (handshake.serverHello !== null && (handshake.complete || !this.dtls))) {
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

  protected certificate(flow: Flow, handshake: Handshake, seen: SeenMessage): void {
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

  protected newSessionTicket(handshake: Handshake, seen: SeenMessage): void {
    this.ticketsIssued.push(seen.frame);
    handshake.newSessionTicket = seen;
    if (this.isTls13) return;
    this.mask.newSessionTicket();
    const { ticket } = decodeNewSessionTicket(seen.body, false);
    this.host.resumption.noteSeen('ticket', ticket, { conversation: this.conversation, frame: seen.frame });
    this.rememberTicket();
  }

  protected rememberTicket(): void {
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

  protected endOfEarlyData(flow: Flow, row: number): void {
    const next = flow.candidates.find((epoch) => epoch.stage === 'handshake') ?? null;
    this.beginStretch(flow, 'handshake', next, row);
    flow.proven = false;
    flow.expected = 0;
  }

  protected keyUpdate(flow: Flow, seen: SeenMessage): void {
    this.keyUpdates.push(seen.frame);
    if (flow.epoch === null) return;
    const next = nextGeneration(this.host.backend, flow.epoch);
    this.beginStretch(flow, 'application', next, seen.row);
    flow.expected = 0;
  }
}
