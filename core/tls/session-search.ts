import { DECODER_NONE } from '../store/record-table.ts';
import type { Epoch } from './epoch.ts';
import type { Flow } from './flow.ts';
import { OPEN_BAD_PADDING, OPEN_OK, OPEN_PENDING } from './open/batch.ts';
import { nextGeneration, trialEpochs } from './secrets/traffic-secrets.ts';
import { chainsAuthentic, SessionAcceptance } from './session-acceptance.ts';
import { ALERT, CHANGE_CIPHER_SPEC, HANDSHAKE } from './tables/content-types.ts';
import { isTls13 } from './tables/versions.ts';

/** Where to look for the keys and the number of a record that does not open the usual way. */
export abstract class SessionSearch extends SessionAcceptance {
  /**
   * Opens a record with the epoch in force, and looks further where that fails. `known` is the status of that first
   * trial where it was made already, else OPEN_PENDING; `readable` the bytes that it made though they did not
   * authenticate.
   */
  protected openOrSearch(flow: Flow, row: number, known: number, readable = 0): void {
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
  protected readUnencrypted(flow: Flow, row: number): void {
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
  protected searchCandidates(flow: Flow, row: number): boolean {
    const { host } = this;
    for (const candidate of flow.candidates) {
      if (candidate === flow.epoch || !host.spendTrial(this)) continue;
      if (host.openNow(flow, candidate, row, 0) !== OPEN_OK) continue;
      this.enterEpoch(flow, candidate, row);
      this.acceptOpened(flow, candidate, row, 0, 0);
      return true;
    }
    const current = flow.epoch;
    // The first record of a session was to tell which of them it is: no later one can.
    if (current === null && flow.candidates[0]?.stage === 'session') flow.candidates = [];
    if (current === null || current.stage !== 'application') return false;
    const next = nextGeneration(host.backend, current);
    if (next === null || !host.spendTrial(this)) return false;
    if (host.openNow(flow, next, row, 0) !== OPEN_OK) return false;
    this.enterGeneration(flow, next, row, 0);
    return true;
  }

  /** After a loss with which KeyUpdates may have gone: later generations, and numbers in them (RFC 8446 §7.2). */
  protected searchGenerations(flow: Flow, row: number): boolean {
    const { host } = this;
    const { epoch } = flow;
    if (epoch === null || epoch.stage === 'session') return false;
    const begun = epoch.stage === 'application' ? epoch : flow.candidates.find(isApplication);
    if (begun === undefined) return false;
    const most = flow.refused + (flow.lost > 0 ? mostLost(flow) : 0);
    let next: Epoch | null = begun;
    // The first generation begins with the Finished, which may be one of those that did not open.
    for (let ahead = begun === epoch ? 1 : 0; ahead <= Math.min(most, MOST_KEY_UPDATES_MISSED); ahead += 1) {
      if (ahead > 0) next = nextGeneration(host.backend, next);
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

  protected enterGeneration(flow: Flow, epoch: Epoch, row: number, sequence: number): void {
    const kind = epoch.generation > 0 ? 'keys-updated-unseen' : 'resynchronised';
    this.noteRescue(kind, flow, row, sequence, flow.lost);
    this.enterEpoch(flow, epoch, row);
    this.acceptOpened(flow, epoch, row, sequence, sequence);
  }

  /** After a loss: how many records went with it? The MAC or tag tells (RFC 5246 §6.2.3.1). */
  protected searchSequence(flow: Flow, row: number): boolean {
    const { host } = this;
    const { epoch } = flow;
    if (epoch === null) return false;
    const most = mostLost(flow);
    const keystream = flow.keystreamUsed;
    // The Finished that ends the handshake's keys may be among what was lost.
    const certain = flow.proven && (epoch.stage === 'session' || epoch.stage === 'application');
    const tries = certain ? [epoch] : [epoch, ...flow.candidates.filter((other) => other !== epoch)];
    // Key stream may have gone without a record, where a record's length was altered.
    const least = epoch.protection.kind === 'stream' && flow.keystreamLost > 0 ? 0 : 1;
    for (const candidate of tries) {
      for (let skip = candidate === epoch ? least : 0; skip <= most; skip += 1) {
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

  /**
   * No key is known the usual way, but a key log is loaded: its secrets are tried (TLS 1.3 only, whose record keys hang
   * on nothing else). A tag that fits is proof.
   */
  protected searchKeyLogs(flow: Flow, row: number): boolean {
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

  protected enterEpoch(flow: Flow, epoch: Epoch, row: number): void {
    const changesStage = flow.stretch === null || flow.stretch.stage !== epoch.stage || flow.proven;
    if (changesStage) this.beginStretch(flow, epoch.stage, epoch, row);
    else if (flow.stretch !== null) flow.stretch.epoch = epoch;
    flow.epoch = epoch;
    flow.proven = false;
    flow.expected = 0;
    flow.keystreamUsed = 0;
  }
}

/** A hole of more records than this is not searched; the cost is one trial a record. */
const MOST_RECORDS_LOST = 20_000;
/** Header, explicit nonce or IV, tag or MAC: no encrypted record is shorter. */
export const SHORTEST_RECORD = 22;
const MOST_KEY_UPDATES_MISSED = 16;
const RECORD_HEADER = 5;
/** Records of a connection joined in its middle for which key logs are searched. */
const MOST_ATTEMPTS = 2;
/** Trials for one such record: a fifth of a second. */
const MOST_BLIND_TRIALS = 60_000;
/** How far into a connection a capture may have begun for its record numbers still to be found by trial. */
const MOST_UNSEEN_SEQUENCE = 2000;
const MOST_TRIAL_EPOCHS = 400;

function isApplication(epoch: Epoch): boolean {
  return epoch.stage === 'application';
}

/** How many records may have gone with the bytes that are lost. */
function mostLost(flow: Flow): number {
  return Math.min(MOST_RECORDS_LOST, Math.ceil(flow.lost / SHORTEST_RECORD) + 2);
}
