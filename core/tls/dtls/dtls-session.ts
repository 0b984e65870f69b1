import {
  DECODER_NONE,
  DECODER_FAILED,
  DECODER_OPENED,
  RECORD_DIRECTION,
  RECORD_PARTIAL,
  RECORD_SNAPPED,
  VERDICT_DECRYPTED,
} from '../../store/record-table.ts';
import { causeCode } from '../../verdict.ts';
import type { Epoch, Stretch } from '../epoch.ts';
import { CLIENT, SERVER, type Handshake } from '../handshake.ts';
import { OPEN_BAD_TAG, OPEN_OK } from '../open/batch.ts';
import { findTrafficEpochs, nextGeneration } from '../secrets/traffic-secrets.ts';
import { ALERT, APPLICATION_DATA, CHANGE_CIPHER_SPEC, HANDSHAKE } from '../tables/content-types.ts';
import type { Flow } from '../flow.ts';
import type { SessionHost } from '../session-host.ts';
import { TlsSession } from '../session.ts';
import { DTLS_1_3 } from '../tables/versions.ts';
import { DTLS_HANDSHAKE_HEADER_LENGTH, DtlsHandshakeReader } from './dtls-handshake-reader.ts';
import { DtlsOpener } from './dtls-opener.ts';
import { BEHIND_FLIGHTS, rankInFlights } from './flight-order.ts';

/** What is known of one epoch of one direction (RFC 6347 §4.1, RFC 9147 §6.1). */
interface NumberedEpoch {
  readonly stretch: Stretch;
  candidates: readonly Epoch[];
  epoch: Epoch | null;
  /** Highest sequence number that opened: DTLS 1.3 sends only its lowest bits. */
  highest: number;
}

/** By direction, then by number. */
type NumberedEpochs = readonly [Map<number, NumberedEpoch>, Map<number, NumberedEpoch>];

/**
 * DTLS: each record names its epoch and its sequence number, so records open in any order and whatever was lost. The
 * handshake is that of TLS (RFC 6347, RFC 9147).
 */
export class DtlsSession extends TlsSession {
  protected override readonly headerLength = DTLS_HANDSHAKE_HEADER_LENGTH;
  protected override readonly dtls = true;
  private readonly numbered: NumberedEpochs = [new Map(), new Map()];
  /** Those of the same connection in the conversation that it was in before, in this one's directions. */
  private readonly earlier: NumberedEpochs = [new Map(), new Map()];
  private readonly readers: readonly [DtlsHandshakeReader, DtlsHandshakeReader];
  private readonly opener: DtlsOpener;
  private highestRank = 0;

  /** `before`: the same connection, where one of its endpoints had another address (RFC 9146 §6), with how it lies here. */
  constructor(
    host: SessionHost,
    conversation: number,
    clientDirection: 0 | 1,
    before: { readonly session: DtlsSession; readonly turned: boolean } | null = null,
  ) {
    super(host, conversation, clientDirection);
    this.opener = new DtlsOpener(host);
    if (before !== null) {
      const { session, turned } = before;
      this.earlier = turned ? [session.numbered[1], session.numbered[0]] : session.numbered;
      this.clientDirection = (session.clientDirection === 1) !== turned ? 1 : 0;
      this.handshake = session.handshake;
      this.handshakes.push(...session.handshakes);
      this.mask.value = session.mask.value;
    }
    const reader = (direction: 0 | 1): DtlsHandshakeReader =>
      new DtlsHandshakeReader({
        message: (type, message, _sequence, _firstRow, lastRow) => {
          this.message(this.flows[direction], type, message, lastRow);
        },
      });
    this.readers = [reader(0), reader(1)];
  }

  override mustWait(): boolean {
    return false;
  }

  override observe(row: number): void {
    const { records } = this.host;
    const flags = records.flags.read(row);
    const direction = (flags & RECORD_DIRECTION) === 0 ? 0 : 1;
    const flow = this.flows[direction];
    if (flow.firstFrame === 0) flow.firstFrame = records.frame.read(row);
    flow.records += 1;
    const type = records.type.read(row);
    const epoch = records.headerEpoch.read(row);
    const unified = this.isUnified(row);
    const clear = epoch === 0 && !unified;
    const body = clear ? this.host.bodyOf(row) : EMPTY;
    const rank = this.rankOf(row);
    if (rank < this.highestRank) this.disordered = true;
    else this.highestRank = rank;
    this.mask.recordSeen(type, body[0] ?? 0, true);
    records.state.write(row, this.mask.value);
    if ((flags & RECORD_PARTIAL) !== 0) {
      const cause = (flags & RECORD_SNAPPED) !== 0 ? 'snapped-short' : 'record-incomplete';
      this.writeOpaque(flow, row, causeCode(cause), DECODER_NONE);
      return;
    }
    if (clear) this.observeClear(flow, row, type, body);
    else this.observeProtected(flow, row, epoch, unified);
  }

  /**
   * These rows in an order in which they can have been sent: what the handshake has in clear first, flight by flight, where
   * it is not far from the beginning; all else stays in its order.
   */
  inFlights(rows: readonly number[]): number[] {
    const { headerSequence } = this.host.records;
    const opening = rows.slice(0, MOST_IN_FLIGHTS).map((row) => ({ row, rank: this.rankOf(row) }));
    opening.sort(
      (a, b) =>
        a.rank - b.rank ||
        (a.rank === BEHIND_FLIGHTS ? 0 : headerSequence.read(a.row) - headerSequence.read(b.row)),
    );
    return [...opening.map(({ row }) => row), ...rows.slice(MOST_IN_FLIGHTS)];
  }

  /** See rankInFlights. */
  private rankOf(row: number): number {
    const { records } = this.host;
    const clear = records.headerEpoch.read(row) === 0 && !this.isUnified(row);
    if (!clear || (records.flags.read(row) & RECORD_PARTIAL) !== 0) return BEHIND_FLIGHTS;
    const direction = (records.flags.read(row) & RECORD_DIRECTION) === 0 ? 0 : 1;
    return rankInFlights(this.sideOf(this.flows[direction]), records.type.read(row), this.host.bodyOf(row));
  }

  /** Opens a record again whose epoch is known. */
  openAgain(row: number, epoch: Epoch): boolean {
    return this.opener.open(row, epoch, this.host.records.sequence.read(row), null) === OPEN_OK;
  }

  private observeClear(flow: Flow, row: number, type: number, body: Uint8Array): void {
    const handshake = this.handshake;
    const frame = this.host.records.frame.read(row);
    this.writeClear(row);
    switch (type) {
      case HANDSHAKE:
        this.readers[flow.direction].push(body, 0, body.length, 0, row);
        break;
      case CHANGE_CIPHER_SPEC:
        if (handshake !== null && handshake.changeCipherSpec[this.sideOf(flow)] === 0)
          handshake.changeCipherSpec[this.sideOf(flow)] = frame;
        this.prepare(flow, 1, frame);
        break;
      case ALERT:
        if (body.length === 2) this.noteAlert(flow, row, body, false);
        break;
      default:
    }
  }

  private observeProtected(flow: Flow, row: number, number: number, unified: boolean): void {
    const { records } = this.host;
    const frame = records.frame.read(row);
    const type = records.type.read(row);
    const entry = unified ? this.unifiedEpoch(flow, number, frame) : this.prepare(flow, number, frame);
    flow.stretch = entry.stretch;
    flow.encrypted = true;
    const handshake = this.handshake;
    const side = this.sideOf(flow);
    if (handshake !== null && type === HANDSHAKE && handshake.finished[side] === 0)
      handshake.finished[side] = frame;
    if (type === ALERT && !unified)
      this.alerts.push({ side, level: -1, description: -1, frame, row, encrypted: true });
    const tries = entry.epoch === null ? entry.candidates : [entry.epoch];
    let status = 0;
    for (const epoch of tries) {
      if (!this.host.spendTrial(this)) break;
      status = this.opener.open(row, epoch, records.headerSequence.read(row), entry.highest + 1);
      if (status !== OPEN_OK) continue;
      this.take(flow, row, entry, epoch);
      return;
    }
    if (tries.length === 0) {
      this.writeOpaque(flow, row, 0, DECODER_NONE);
      return;
    }
    entry.stretch.failed += 1;
    const cause = status === OPEN_BAD_TAG ? 'tag-mismatch' : 'mac-mismatch';
    this.writeOpaque(flow, row, causeCode(cause), DECODER_FAILED);
  }

  private take(flow: Flow, row: number, entry: NumberedEpoch, epoch: Epoch): void {
    const { host } = this;
    const { records } = host;
    const bytes = host.plaintext;
    const type = host.plaintextType;
    entry.epoch = epoch;
    entry.stretch.epoch = epoch;
    entry.stretch.opened += 1;
    flow.stretch = entry.stretch;
    flow.epoch = epoch;
    if (entry.stretch.handshake !== null) entry.stretch.handshake.opened += 1;
    records.verdict.write(row, VERDICT_DECRYPTED);
    records.decoder.write(row, DECODER_OPENED);
    records.innerType.write(row, type);
    records.sequence.write(row, this.opener.sequence);
    records.plaintextLength.write(row, bytes.length);
    records.epoch.write(row, entry.stretch.id + 1);
    entry.highest = Math.max(entry.highest, this.opener.sequence);
    this.prove(flow, epoch, row);
    switch (type) {
      case HANDSHAKE: {
        const copy = bytes.slice();
        this.readers[flow.direction].push(copy, 0, copy.length, records.headerEpoch.read(row), row);
        break;
      }
      case ALERT:
        this.noteAlert(flow, row, bytes, true);
        break;
      case APPLICATION_DATA:
        if (bytes.length > 0) host.deliver(this.stream, flow.direction, row, bytes, 0, bytes.length);
        break;
      default:
    }
  }

  /** The epoch of that number, taken over with its keys where the connection was elsewhere before. */
  private knownEpoch(flow: Flow, number: number, frame: number): NumberedEpoch | undefined {
    const own = this.numbered[flow.direction].get(number);
    const earlier = this.earlier[flow.direction].get(number);
    if (own !== undefined || earlier === undefined) return own;
    const { stage, handshake } = earlier.stretch;
    const stretch = this.host.addStretch(this.conversation, this.sideOf(flow), stage, handshake, frame);
    const candidates = earlier.epoch === null ? earlier.candidates : [earlier.epoch];
    stretch.epoch = candidates[0] ?? null;
    const entry: NumberedEpoch = { stretch, candidates, epoch: null, highest: earlier.highest };
    this.numbered[flow.direction].set(number, entry);
    return entry;
  }

  /** The epoch of that number, begun where it is seen first (its ChangeCipherSpec may be lost or late). */
  private prepare(flow: Flow, number: number, frame: number): NumberedEpoch {
    const known = this.knownEpoch(flow, number, frame);
    if (known !== undefined && (known.epoch !== null || known.candidates.length > 0)) return known;
    const handshake = this.handshake;
    const side = this.sideOf(flow);
    if (side === SERVER && handshake !== null) this.decideResumption(handshake);
    const candidates = handshake === null ? [] : this.sessionEpochs(handshake, side);
    if (known !== undefined) {
      known.candidates = candidates;
      return known;
    }
    const stretch = this.host.addStretch(this.conversation, side, 'session', handshake, frame);
    const entry: NumberedEpoch = { stretch, candidates, epoch: null, highest: 0 };
    stretch.epoch = candidates[0] ?? null;
    if (candidates.length > 0 && !this.mask.haveSessionKey) this.mask.keysDerived();
    this.numbered[flow.direction].set(number, entry);
    return entry;
  }

  /** DTLS 1.3: two bits of the epoch; 1 early data, 2 handshake, 3 and on application (RFC 9147 §6.1). */
  private unifiedEpoch(flow: Flow, bits: number, frame: number): NumberedEpoch {
    const epochs = this.numbered[flow.direction];
    let number = bits === 3 ? 3 : bits === 2 ? 2 : bits === 1 ? 1 : 4;
    // KeyUpdates go round: the newest epoch with these bits.
    for (const known of [...epochs.keys(), ...this.earlier[flow.direction].keys()])
      if ((known & 3) === bits && known > number) number = known;
    const known = this.knownEpoch(flow, number, frame);
    if (known !== undefined && (known.epoch !== null || known.candidates.length > 0)) return known;
    const handshake = this.handshake;
    const side = this.sideOf(flow);
    const stage = number === 1 ? 'early' : number === 2 ? 'handshake' : 'application';
    const found = handshake === null ? [] : findTrafficEpochs(this.host, handshake, side);
    let candidates = found.filter((epoch) => epoch.stage === stage);
    for (let generation = 3; generation < number; generation += 1)
      candidates = candidates.flatMap((epoch) => nextGeneration(this.host.backend, epoch) ?? []);
    if (known !== undefined) {
      known.candidates = candidates;
      return known;
    }
    const stretch = this.host.addStretch(this.conversation, side, stage, handshake, frame);
    stretch.epoch = candidates[0] ?? null;
    const entry: NumberedEpoch = { stretch, candidates, epoch: null, highest: 0 };
    epochs.set(number, entry);
    return entry;
  }

  private isUnified(row: number): boolean {
    return this.host.records.version.read(row) === DTLS_1_3;
  }

  protected override beginTls13(handshake: Handshake): void {
    // Epochs are numbered: each is made when its first record comes.
    for (const side of [CLIENT, SERVER] as const) this.flowOf(side).encrypted = true;
    void handshake;
  }

  protected override beginApplication(): void {
    // As beginTls13.
  }

  /** A KeyUpdate that is acknowledged begins the next epoch (RFC 9147 §8). */
  protected override keyUpdate(flow: Flow, seen: { readonly frame: number }): void {
    this.keyUpdates.push(seen.frame);
    const epochs = this.numbered[flow.direction];
    const newest = Math.max(...epochs.keys());
    const current = epochs.get(newest);
    if (current === undefined || current.epoch === null) return;
    const next = nextGeneration(this.host.backend, current.epoch);
    const stretch = this.host.addStretch(
      this.conversation,
      this.sideOf(flow),
      'application',
      this.handshake,
      seen.frame,
    );
    stretch.epoch = next;
    epochs.set(newest + 1, { stretch, candidates: next === null ? [] : [next], epoch: null, highest: 0 });
  }
}

const EMPTY = new Uint8Array(0);
/** Records of a conversation among which its first handshake is put in order. */
const MOST_IN_FLIGHTS = 64;
