import { concatBytes, equalBytes, u32be } from '../../bytes/reader.ts';
import type { CryptoBackend } from '../../crypto/backend.ts';
import { revealed, type Secret } from '../../keys/secret.ts';
import { aesCounterStream, deriveSessionKeys, type SessionKeys } from './derive-session-keys.ts';
import type { SrtpProfile } from './profiles.ts';

/** One master key of one sender with what was agreed beside it. */
export interface SrtpMasterKey extends SrtpTerms {
  readonly key: Secret;
  readonly salt: Secret;
}

export interface SrtpTerms {
  readonly profile: SrtpProfile;
  /** Master key identifier as it stands in each packet; empty where none is sent. */
  readonly mki: Uint8Array;
  /** Packets between two derivations (RFC 3711 §4.3.1); 0: keys are derived once. */
  readonly derivationRate: number;
  /** False where payloads are authenticated only (RFC 4568 §6.3.2). SRTCP says it in each packet. */
  readonly encrypted: boolean;
}

/** Where session keys come from, for SRTP or SRTCP, by round (index DIV key derivation rate). */
export type KeySource = (control: boolean, round: number) => SessionKeys;

/** Opens the SRTP and SRTCP packets that one master key protects. A tag that fits is the only proof. */
export class SrtpOpener {
  readonly profile: SrtpProfile;
  private readonly backend: CryptoBackend;
  private readonly terms: SrtpTerms;
  private readonly source: KeySource;
  private keys: SessionKeys | null = null;
  private round = -1;
  private controlKeys: SessionKeys | null = null;
  private controlRound = -1;
  private readonly iv = new Uint8Array(16);
  /** What the tag covers, in one piece. */
  private work = new Uint8Array(2048);

  constructor(backend: CryptoBackend, terms: SrtpTerms, source: KeySource) {
    this.backend = backend;
    this.terms = terms;
    this.source = source;
    this.profile = terms.profile;
  }

  static of(backend: CryptoBackend, master: SrtpMasterKey): SrtpOpener {
    const { profile, key, salt } = master;
    return new SrtpOpener(backend, master, (control, round) =>
      deriveSessionKeys(backend, profile, revealed(key), revealed(salt), control, round),
    );
  }

  /**
   * The payload of the packet bytes[from, to), whose header ends at `payloadFrom`, under a rollover counter; null where
   * the tag does not fit. Where the payload is not wanted and need not be decrypted for the proof, it comes back empty.
   */
  open(
    bytes: Uint8Array,
    from: number,
    payloadFrom: number,
    to: number,
    ssrc: number,
    sequence: number,
    rollover: number,
    wanted: boolean,
  ): Uint8Array | null {
    const { profile, terms } = this;
    const { mki } = terms;
    const isGcm = profile.cipher === 'aes-gcm';
    const end = to - mki.length - (isGcm ? 0 : profile.tagLength);
    if (end < payloadFrom + (isGcm ? profile.tagLength : 0)) return null;
    if (mki.length > 0 && !equalBytes(bytes.subarray(end, end + mki.length), mki)) return null;
    const keys = this.rtpKeys(rollover * 0x1_0000 + sequence);
    if (isGcm) {
      this.gcmVector(keys.salt, ssrc, rollover, sequence);
      return this.openGcm(
        keys,
        bytes.subarray(from, payloadFrom),
        bytes.subarray(payloadFrom, end),
        terms.encrypted,
      );
    }
    if (!this.tagFits(keys, bytes, from, end, rollover, to, profile.tagLength)) return null;
    if (!wanted) return NOTHING;
    const payload = bytes.subarray(payloadFrom, end);
    if (profile.cipher === 'null' || !terms.encrypted) return payload.slice();
    this.counterVector(keys.salt, ssrc, rollover, sequence);
    return this.withStream(keys.encryption, payload);
  }

  /** The compound packet behind the SRTCP packet bytes[from, to) (§3.4); null where the tag does not fit. */
  openControl(bytes: Uint8Array, from: number, to: number): Uint8Array | null {
    const { profile, terms } = this;
    const { mki } = terms;
    const isGcm = profile.cipher === 'aes-gcm';
    // GCM: header, ciphertext with its tag, index, MKI (RFC 7714 §9.2); else header, payload, index, MKI, tag.
    const mkiFrom = to - mki.length - (isGcm ? 0 : profile.controlTagLength);
    const indexAt = mkiFrom - 4;
    if (indexAt < from + CONTROL_HEADER + (isGcm ? profile.controlTagLength : 0)) return null;
    if (mki.length > 0 && !equalBytes(bytes.subarray(mkiFrom, mkiFrom + mki.length), mki)) return null;
    const word = u32be(bytes, indexAt);
    const index = word & 0x7fff_ffff;
    const isEncrypted = word >>> 31 === 1;
    const keys = this.rtcpKeys(index);
    const ssrc = u32be(bytes, from + 4);
    const header = bytes.subarray(from, from + CONTROL_HEADER);
    const body = bytes.subarray(from + CONTROL_HEADER, indexAt);
    if (isGcm) {
      this.gcmVector(keys.salt, ssrc, index >>> 16, index & 0xffff);
      return this.openControlGcm(keys, header, body, bytes.subarray(indexAt, indexAt + 4), isEncrypted);
    }
    if (!this.tagFits(keys, bytes, from, indexAt + 4, -1, to, profile.controlTagLength)) return null;
    if (!isEncrypted || profile.cipher === 'null') return concatBytes([header, body]);
    this.counterVector(keys.salt, ssrc, index >>> 16, index & 0xffff);
    return concatBytes([header, this.withStream(keys.encryption, body)]);
  }

  private rtpKeys(index: number): SessionKeys {
    const round = this.roundOf(index);
    if (this.keys === null || this.round !== round) {
      this.keys = this.source(false, round);
      this.round = round;
    }
    return this.keys;
  }

  private rtcpKeys(index: number): SessionKeys {
    const round = this.roundOf(index);
    if (this.controlKeys === null || this.controlRound !== round) {
      this.controlKeys = this.source(true, round);
      this.controlRound = round;
    }
    return this.controlKeys;
  }

  private roundOf(index: number): number {
    const { derivationRate } = this.terms;
    return derivationRate === 0 ? 0 : Math.floor(index / derivationRate);
  }

  /** HMAC-SHA1 over bytes[from, end) and, for SRTP, the rollover counter (§4.2); the tag ends at `to`. */
  private tagFits(
    keys: SessionKeys,
    bytes: Uint8Array,
    from: number,
    end: number,
    rollover: number,
    to: number,
    tagLength: number,
  ): boolean {
    const length = end - from;
    if (this.work.length < length + 4) this.work = new Uint8Array(2 * (length + 4));
    const { work } = this;
    for (let at = 0; at < length; at += 1) work[at] = bytes[from + at]!;
    let covered = length;
    if (rollover >= 0) {
      work[covered] = rollover >>> 24;
      work[covered + 1] = rollover >>> 16;
      work[covered + 2] = rollover >>> 8;
      work[covered + 3] = rollover;
      covered += 4;
    }
    const tag = this.backend.hmac('sha1', keys.authentication, work.subarray(0, covered));
    for (let i = 0; i < tagLength; i += 1) if (tag[i] !== bytes[to - tagLength + i]) return false;
    return true;
  }

  private openGcm(
    keys: SessionKeys,
    header: Uint8Array,
    sealed: Uint8Array,
    isEncrypted: boolean,
  ): Uint8Array | null {
    const cipher = keys.encryption.length === 32 ? 'aes-256-gcm' : 'aes-128-gcm';
    const nonce = this.iv.subarray(0, 12);
    if (isEncrypted) return this.backend.aeadOpen(cipher, keys.encryption, nonce, header, sealed);
    const { tagLength } = this.profile;
    const covered = concatBytes([header, sealed.subarray(0, sealed.length - tagLength)]);
    const tag = sealed.subarray(sealed.length - tagLength);
    const fits = this.backend.aeadOpen(cipher, keys.encryption, nonce, covered, tag) !== null;
    return fits ? sealed.slice(0, sealed.length - tagLength) : null;
  }

  /** RFC 7714 §9.2 and §9.3: the index word is covered too, and where nothing is encrypted all of the packet is. */
  private openControlGcm(
    keys: SessionKeys,
    header: Uint8Array,
    sealed: Uint8Array,
    indexWord: Uint8Array,
    isEncrypted: boolean,
  ): Uint8Array | null {
    const cipher = keys.encryption.length === 32 ? 'aes-256-gcm' : 'aes-128-gcm';
    const nonce = this.iv.subarray(0, 12);
    const { backend } = this;
    if (isEncrypted) {
      const additional = concatBytes([header, indexWord]);
      const plain = backend.aeadOpen(cipher, keys.encryption, nonce, additional, sealed);
      return plain === null ? null : concatBytes([header, plain]);
    }
    const clear = concatBytes([header, sealed.subarray(0, sealed.length - this.profile.controlTagLength)]);
    const tag = sealed.subarray(sealed.length - this.profile.controlTagLength);
    const additional = concatBytes([clear, indexWord]);
    const fits = backend.aeadOpen(cipher, keys.encryption, nonce, additional, tag) !== null;
    return fits ? clear : null;
  }

  /** IV of AES-CM (§4.1.1): salt · 2^16 XOR SSRC · 2^64 XOR index · 2^16. */
  private counterVector(salt: Uint8Array, ssrc: number, high: number, low: number): void {
    const { iv } = this;
    iv.fill(0);
    iv.set(salt);
    mixWord(iv, 4, ssrc);
    mixWord(iv, 8, high);
    iv[12] = iv[12]! ^ (low >>> 8);
    iv[13] = iv[13]! ^ (low & 0xff);
  }

  /** IV of GCM (RFC 7714 §8.1, §9.1): 00 00, SSRC, rollover counter and sequence number (SRTCP: the index), XOR salt. */
  private gcmVector(salt: Uint8Array, ssrc: number, high: number, low: number): void {
    const { iv } = this;
    iv.fill(0);
    iv.set(salt);
    mixWord(iv, 2, ssrc);
    mixWord(iv, 6, high);
    iv[10] = iv[10]! ^ (low >>> 8);
    iv[11] = iv[11]! ^ (low & 0xff);
  }

  private withStream(key: Uint8Array, data: Uint8Array): Uint8Array {
    const stream = aesCounterStream(this.backend, key, this.iv, data.length);
    const plain = new Uint8Array(data.length);
    for (let at = 0; at < data.length; at += 1) plain[at] = data[at]! ^ stream[at]!;
    return plain;
  }
}

function mixWord(iv: Uint8Array, at: number, word: number): void {
  iv[at] = iv[at]! ^ (word >>> 24);
  iv[at + 1] = iv[at + 1]! ^ ((word >>> 16) & 0xff);
  iv[at + 2] = iv[at + 2]! ^ ((word >>> 8) & 0xff);
  iv[at + 3] = iv[at + 3]! ^ (word & 0xff);
}

const CONTROL_HEADER = 8;
const NOTHING = new Uint8Array(0);
