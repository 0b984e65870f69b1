import { concatBytes, equalBytes } from '../bytes/reader.ts';
import { COMPRESSION_DEFLATE, COMPRESSION_NULL, RecordInflater } from './compression.ts';
import type { Epoch } from './epoch.ts';
import type { Flow } from './flow.ts';
import type { Handshake } from './handshake.ts';
import { CLIENT, SERVER, type Side } from './handshake.ts';
import { deriveKeyBlock } from './secrets/key-block.ts';
import { findMasterSecrets } from './secrets/master-secret.ts';
import { findTrafficEpochs } from './secrets/traffic-secrets.ts';
import { SessionState } from './session-state.ts';
import * as H from './tables/handshake-types.ts';

/** How the keys of a connection follow from its handshakes: the epochs of each direction. */
export abstract class SessionEpochs extends SessionState {
  /** ChangeCipherSpec of TLS 1.2 and before: the direction goes over to the pending keys. */
  protected changeCipher(flow: Flow, row: number): void {
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
    if (flow.epoch === null) flow.candidates = this.sharedEpochs(handshake, side);
    if (flow.epoch !== null && !this.mask.haveSessionKey) this.mask.keysDerived();
  }

  /** RFC 5077 §3.4: whether this is an abbreviated handshake shows at the server's ChangeCipherSpec. */
  protected decideResumption(handshake: Handshake): void {
    const abbreviated = handshake.clientKeyExchange === null && handshake.serverHelloDone === null;
    if (!abbreviated || handshake.serverHello === null) return;
    const ticket = handshake.offeredTicket !== null && handshake.offeredTicket.length > 0;
    const sameId =
      handshake.serverSessionId.length > 0 &&
      equalBytes(handshake.serverSessionId, handshake.clientSessionId);
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

  /**
   * A full handshake and those that resume it share one secret (RFC 5246 §F.1.4). Where none is known by name, that of a
   * later connection is tried, or of the lines of the key logs each: the full handshake of one may be in no capture.
   * Whether one fits the first record tells.
   */
  protected sharedEpochs(handshake: Handshake, side: Side): Epoch[] {
    if (handshake.clientRandom === null || handshake.masterSecret !== null) return [];
    // The server's Finished comes first, and settles it for both.
    if (handshake.resumed === 'session-id' || handshake.resumed === 'ticket') {
      if (side !== SERVER) return [];
      handshake.borrows = { from: null };
      return this.everySessionEpoch(handshake, side, handshake.clientRandom);
    }
    const later = this.host.resumption.shownLater(this.conversation);
    if (later === null || handshake.clientKeyExchange === null) return [];
    const epoch = this.sessionEpoch(handshake, side, later.masterSecret, later.source);
    handshake.borrows = { from: later.conversation };
    return epoch === null ? [] : [epoch];
  }

  /**
   * The ClientHello was lost: every line of the key logs may be the one, and the first record tells. With `clientRandom` it
   * is the line's secret alone that may be the one.
   */
  protected everySessionEpoch(
    handshake: Handshake,
    side: Side,
    clientRandom: Uint8Array | null = null,
  ): Epoch[] {
    const epochs: Epoch[] = [];
    for (const { log, source } of this.host.keys.keyLogs())
      for (const { key, secret, line } of log.everySecret('CLIENT_RANDOM')) {
        if (epochs.length >= MOST_LINES_TRIED) return epochs;
        if (clientRandom !== null && !this.host.resumption.mayGuess()) return epochs;
        const epoch = this.sessionEpoch(
          handshake,
          side,
          secret,
          { kind: 'keylog', name: source.name, line, label: 'CLIENT_RANDOM' },
          clientRandom ?? key,
        );
        if (epoch !== null) epochs.push(epoch);
      }
    return epochs;
  }

  protected sessionEpoch(
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

  protected keyExchangeTranscript(handshake: Handshake): Uint8Array | null {
    if (this.transcript === null || !handshake.transcriptWhole) return null;
    const missed = handshake.clientCertificateRequested && handshake.clientCertificate === null;
    if (missed && handshake.lost[CLIENT] > 0) {
      handshake.transcriptWhole = false;
      return null;
    }
    const upToKeyExchange: Uint8Array[] = [];
    for (const message of this.transcript) {
      upToKeyExchange.push(message);
      if (message[0] === H.CLIENT_KEY_EXCHANGE) return concatBytes(upToKeyExchange);
    }
    return null;
  }

  protected beginUnknownStretch(flow: Flow, row: number): void {
    const stage = flow.epoch?.stage ?? (this.isTls13 ? 'application' : 'session');
    this.beginStretch(flow, stage, flow.epoch, row);
    if (flow.encrypted === false) flow.encrypted = this.handshake === null ? true : flow.encrypted;
  }

  /** TLS 1.3 after the ServerHello: both directions are encrypted from their next record on (RFC 8446 §7.1). */
  protected beginTls13(handshake: Handshake, row: number): void {
    for (const flow of this.flows) {
      flow.encrypted = true;
      const epochs = findTrafficEpochs(this.host, handshake, this.sideOf(flow));
      if (flow.epoch !== null && flow.epoch.stage === 'early') {
        // Early data goes on until EndOfEarlyData; a record that does not open shows that it was rejected.
        flow.candidates = epochs;
        continue;
      }
      flow.expected = 0;
      flow.proven = false;
      flow.candidates = epochs;
      const epoch = epochs.find(({ stage }) => stage === 'handshake') ?? null;
      this.beginStretch(flow, 'handshake', epoch, row);
    }
  }

  /** After the Finished of a side its application keys begin. */
  protected beginApplication(flow: Flow, row: number): void {
    flow.proven = false;
    flow.expected = 0;
    flow.candidates = flow.candidates.filter((epoch) => epoch.stage === 'application');
    this.beginStretch(flow, 'application', flow.candidates[0] ?? null, row);
  }
}

const MOST_LINES_TRIED = 5000;
