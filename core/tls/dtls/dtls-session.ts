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
import { deriveSequenceNumberKey, deriveSequenceNumberMask } from '../secrets/hkdf.ts';
import { findTrafficEpochs, nextGeneration } from '../secrets/traffic-secrets.ts';
import {
  ALERT,
  APPLICATION_DATA,
  CHANGE_CIPHER_SPEC,
  HANDSHAKE,
  TLS12_CID,
} from '../tables/content-types.ts';
import type { Flow } from '../flow.ts';
import type { SessionHost } from '../session-host.ts';
import { TlsSession } from '../session.ts';
import { DTLS_1_0_OPENSSL, DTLS_1_3, TLS_1_0 } from '../tables/versions.ts';
import { DTLS_HANDSHAKE_HEADER_LENGTH, DtlsHandshakeReader } from './dtls-handshake-reader.ts';

/** What is known of one epoch of one direction (RFC 6347 §4.1, RFC 9147 §6.1). */
interface NumberedEpoch {
  readonly stretch: Stretch;
  candidates: readonly Epoch[];
  epoch: Epoch | null;
  /** Highest sequence number that opened: DTLS 1.3 sends only its lowest bits. */
  highest: number;
}

/**
 * DTLS: each record names its epoch and its sequence number, so records open in any order and whatever was lost. The
 * handshake is that of TLS (RFC 6347, RFC 9147).
 */
export class DtlsSession extends TlsSession {
  protected override readonly headerLength = DTLS_HANDSHAKE_HEADER_LENGTH;
  protected override readonly dtls = true;
  private readonly numbered: readonly [Map<number, NumberedEpoch>, Map<number, NumberedEpoch>] = [
    new Map(),
    new Map(),
  ];
  private readonly readers: readonly [DtlsHandshakeReader, DtlsHandshakeReader];

  constructor(host: SessionHost, conversation: number, clientDirection: 0 | 1) {
    super(host, conversation, clientDirection);
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

  /** Opens a record again whose epoch is known. */
  openAgain(row: number, epoch: Epoch): boolean {
    return this.openWith(row, epoch, this.host.records.sequence.read(row), null) === OPEN_OK;
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
      status = this.openWith(row, epoch, records.headerSequence.read(row), entry);
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
    records.sequence.write(row, this.lastSequence);
    records.plaintextLength.write(row, bytes.length);
    records.epoch.write(row, entry.stretch.id + 1);
    entry.highest = Math.max(entry.highest, this.lastSequence);
    this.prove(flow, epoch);
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

  /** The epoch of that number, begun where it is seen first (its ChangeCipherSpec may be lost or late). */
  private prepare(flow: Flow, number: number, frame: number): NumberedEpoch {
    const known = this.numbered[flow.direction].get(number);
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
    for (const known of epochs.keys()) if ((known & 3) === bits && known > number) number = known;
    const known = epochs.get(number);
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

  private lastSequence = 0;

  private openWith(row: number, epoch: Epoch, sequence: number, entry: NumberedEpoch | null): number {
    const { host } = this;
    const bytes = host.recordBytes(row);
    if (bytes === null) return 0;
    const header = host.records.headerLength.read(row);
    if (this.isUnified(row)) return this.openUnified(bytes, header, epoch, sequence, entry);
    const number = host.records.headerEpoch.read(row);
    this.lastSequence = sequence;
    const high = ((number << 16) | Math.floor(sequence / 0x100000000)) >>> 0;
    const type = host.records.type.read(row);
    const request = {
      type,
      version: host.records.version.read(row),
      bodyLength: bytes.length - header,
      high,
      low: sequence >>> 0,
    };
    if (type !== TLS12_CID) {
      const standard = { ...request, input: bytes, bodyAt: header, additionalLength: -1 };
      const status = host.openBytes(epoch, standard);
      if (status === OPEN_OK || request.version !== DTLS_1_0_OPENSSL) return status;
      // OpenSSL before 0.9.8f left the epoch out of the MAC, and put TLS 1.0's version there.
      const high = Math.floor(sequence / 0x100000000);
      return host.openBytes(epoch, { ...standard, high, version: TLS_1_0 });
    }
    const status = this.openWithCid(bytes, header, epoch, request, additionalDataWithCid);
    return status === OPEN_OK
      ? status
      : this.openWithCid(bytes, header, epoch, request, additionalDataOfDraft);
  }

  private openWithCid(
    bytes: Uint8Array,
    header: number,
    epoch: Epoch,
    request: { type: number; version: number; bodyLength: number; high: number; low: number },
    additionalData: (bytes: Uint8Array, header: number, inner: number) => Uint8Array,
  ): number {
    const { protection } = epoch;
    const overhead =
      protection.kind === 'aead' ? protection.explicitNonceLength + (epoch.suite.tagLength || 16) : 0;
    const additional = additionalData(bytes, header, bytes.length - header - overhead);
    const input = new Uint8Array(additional.length + bytes.length - header);
    input.set(additional);
    input.set(bytes.subarray(header), additional.length);
    const additionalLength = additional.length;
    return this.host.openBytes(epoch, { ...request, input, bodyAt: additionalLength, additionalLength });
  }

  /** RFC 9147 §4.2.3: the number is hidden by a mask made from the ciphertext; §5.9: the header is additional data. */
  private openUnified(
    bytes: Uint8Array,
    header: number,
    epoch: Epoch,
    sequence: number,
    entry: NumberedEpoch | null,
  ): number {
    const secret = epoch.trafficSecret;
    const key = secret === null ? null : deriveSequenceNumberKey(this.host.backend, epoch.suite, secret);
    if (key === null) return 0;
    const mask = deriveSequenceNumberMask(
      this.host.backend,
      epoch.suite,
      key,
      bytes.subarray(header, header + 16),
    );
    if (mask === null) return 0;
    const first = bytes[0] ?? 0;
    const long = (first & 0x08) !== 0;
    const lengthBytes = (first & 0x04) !== 0 ? 2 : 0;
    const at = header - lengthBytes - (long ? 2 : 1);
    const opened = bytes.slice();
    opened[at] = (bytes[at] ?? 0) ^ (mask[0] ?? 0);
    if (long) opened[at + 1] = (bytes[at + 1] ?? 0) ^ (mask[1] ?? 0);
    const low = long ? ((opened[at] ?? 0) << 8) | (opened[at + 1] ?? 0) : (opened[at] ?? 0);
    this.lastSequence = entry === null ? sequence : nearest(low, long ? 0x10000 : 0x100, entry.highest + 1);
    return this.host.openBytes(epoch, {
      type: APPLICATION_DATA,
      version: DTLS_1_3,
      input: opened,
      bodyAt: header,
      bodyLength: bytes.length - header,
      additionalLength: header,
      high: Math.floor(this.lastSequence / 0x100000000),
      low: this.lastSequence >>> 0,
    });
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

/** The full number nearest to `expected` whose lowest bits are `low` (RFC 9147 §4.2.2). */
function nearest(low: number, modulus: number, expected: number): number {
  const base = Math.floor(expected / modulus) * modulus + low;
  const around = [base - modulus, base, base + modulus].filter((value) => value >= 0);
  return around.reduce((best, value) =>
    Math.abs(value - expected) < Math.abs(best - expected) ? value : best,
  );
}

/**
 * Additional data of a tls12_cid record (RFC 9146 §5): eight bytes 0xff, the type, the id's length, the type again,
 * version, epoch and sequence number, the id, and the length of what was encrypted.
 */
function additionalDataWithCid(bytes: Uint8Array, header: number, inner: number): Uint8Array {
  const cidLength = header - 13;
  const additional = new Uint8Array(23 + cidLength);
  additional.fill(0xff, 0, 8);
  additional[8] = TLS12_CID;
  additional[9] = cidLength;
  additional[10] = TLS12_CID;
  additional.set(bytes.subarray(1, 11 + cidLength), 11);
  additional[21 + cidLength] = inner >>> 8;
  additional[22 + cidLength] = inner & 0xff;
  return additional;
}

/** The same as the drafts up to the fifth had it, which Mbed TLS 2 still speaks: number, type, version, id, its length. */
function additionalDataOfDraft(bytes: Uint8Array, header: number, inner: number): Uint8Array {
  const cidLength = header - 13;
  const additional = new Uint8Array(14 + cidLength);
  additional.set(bytes.subarray(3, 11));
  additional.set(bytes.subarray(0, 3), 8);
  additional.set(bytes.subarray(11, 11 + cidLength), 11);
  additional[11 + cidLength] = cidLength;
  additional[12 + cidLength] = inner >>> 8;
  additional[13 + cidLength] = inner & 0xff;
  return additional;
}

const EMPTY = new Uint8Array(0);
