import {
  DECODER_FAILED,
  DECODER_NONE,
  DECODER_OPENED,
  VERDICT_CLEAR,
  VERDICT_DECRYPTED,
} from '../store/record-table.ts';
import { causeCode } from '../verdict.ts';
import { COMPRESSION_NULL } from './compression.ts';
import type { Epoch } from './epoch.ts';
import type { Flow } from './flow.ts';
import { OPEN_BAD_PADDING, OPEN_BAD_TAG } from './open/batch.ts';
import { SessionOrder } from './session-order.ts';
import { ALERT, APPLICATION_DATA, CHANGE_CIPHER_SPEC, HANDSHAKE } from './tables/content-types.ts';

/** What becomes of a record that was opened, and of one that was not. */
export abstract class SessionAcceptance extends SessionOrder {
  protected acceptOpened(flow: Flow, epoch: Epoch, row: number, sequence: number, skipped: number): void {
    this.host.records.resynchronised.write(row, skipped);
    const { plaintext } = this.host;
    this.accept(flow, epoch, row, sequence, this.host.plaintextType, plaintext, 0, plaintext.length);
  }

  protected accept(
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
    if (!flow.proven) this.prove(flow, epoch, row);
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
  protected refuseGuessedBlock(flow: Flow, row: number, readable: number): void {
    this.writeOpaque(flow, row, causeCode('gap-in-stream'), DECODER_FAILED);
    this.host.records.plaintextLength.write(row, readable);
    flow.inflater?.lose();
    this.host.deliverGap(this.stream, flow.direction);
  }

  /** As accept, where the block that is not known held the padding: nothing can be read. */
  protected acceptWithoutIv(flow: Flow, epoch: Epoch, row: number, sequence: number, skipped: number): void {
    const { records } = this.host;
    records.sequence.write(row, sequence);
    records.resynchronised.write(row, skipped);
    flow.expected = sequence + 1;
    flow.lost = 0;
    flow.chainBroken = false;
    if (!flow.proven) this.prove(flow, epoch, row);
    this.refuseGuessedBlock(flow, row, 0);
  }

  /** It authenticated, but what it was compressed with is not known, or refers to what was lost. */
  protected refuseCompressed(flow: Flow, row: number): void {
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
  protected takeContent(
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
  protected refuse(flow: Flow, row: number, status: number, readable: number): void {
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
    if (early && flow.direction === this.clientDirection) {
      // Early data, rejected or under a secret that no line gives: it has numbers of its own (RFC 8446 §4.2.10).
      this.unread += 1;
      return this.writeOpaque(flow, row, causeCode('keylog-incomplete'), DECODER_NONE);
    }
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
  protected prove(flow: Flow, epoch: Epoch, row: number): void {
    flow.proven = true;
    flow.candidates = flow.candidates.filter((other) => other.stage !== epoch.stage);
    const handshake = this.handshake;
    if (handshake === null || epoch.masterSecret === null) return;
    if (handshake.clientRandom === null && epoch.clientRandom !== null) {
      handshake.clientRandom = epoch.clientRandom;
      this.noteRescue('client-hello-by-trial', flow, row, 0, 0);
    } else if (handshake.masterSecret === null && handshake.borrows !== null) {
      this.noteRescue('secret-borrowed', flow, row, 0, 0, handshake.borrows.from);
    }
    handshake.masterSecret = epoch.masterSecret;
    handshake.keySource = epoch.source;
    const secret = {
      masterSecret: epoch.masterSecret,
      source: epoch.source,
      conversation: this.conversation,
    };
    const { resumption } = this.host;
    if (handshake.resumed === 'session-id')
      resumption.addResumed('session-id', handshake.serverSessionId, secret);
    else resumption.add('session-id', handshake.serverSessionId, secret);
    if (handshake.resumed === 'ticket' && handshake.offeredTicket !== null)
      resumption.addResumed('ticket', handshake.offeredTicket, secret);
    this.rememberTicket();
  }
}

/** IVs chain from record to record (RFC 2246 §6.2.3.2), and the MAC covers the ciphertext without them. */
export function chainsAuthentic(epoch: Epoch): boolean {
  const { protection } = epoch;
  return protection.kind === 'cbc' && !protection.explicitIv && protection.encryptThenMac;
}
