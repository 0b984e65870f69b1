import type { Epoch } from '../epoch.ts';
import { OPEN_OK } from '../open/batch.ts';
import { deriveSequenceNumberKey, deriveSequenceNumberMask } from '../secrets/hkdf.ts';
import type { SessionHost } from '../session-host.ts';
import { APPLICATION_DATA, TLS12_CID } from '../tables/content-types.ts';
import { DTLS_1_0_OPENSSL, DTLS_1_3, TLS_1_0 } from '../tables/versions.ts';

/** Opens single DTLS records, whichever header they have. What came out stands in the host. */
export class DtlsOpener {
  /** The full sequence number of the record tried last. */
  sequence = 0;
  private readonly host: SessionHost;

  constructor(host: SessionHost) {
    this.host = host;
  }

  /**
   * Status of opening a record by an epoch. `sequence`: as its header has it, or in full where `expected` is null; the full
   * one nearest to `expected` is taken for what DTLS 1.3 sends of it.
   */
  open(row: number, epoch: Epoch, sequence: number, expected: number | null): number {
    const { host } = this;
    const bytes = host.recordBytes(row);
    if (bytes === null) return 0;
    const header = host.records.headerLength.read(row);
    if (host.records.version.read(row) === DTLS_1_3)
      return this.openUnified(bytes, header, epoch, sequence, expected);
    const number = host.records.headerEpoch.read(row);
    this.sequence = sequence;
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
    expected: number | null,
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
    this.sequence = expected === null ? sequence : nearest(low, long ? 0x10000 : 0x100, expected);
    return this.host.openBytes(epoch, {
      type: APPLICATION_DATA,
      version: DTLS_1_3,
      input: opened,
      bodyAt: header,
      bodyLength: bytes.length - header,
      additionalLength: header,
      high: Math.floor(this.sequence / 0x100000000),
      low: this.sequence >>> 0,
    });
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
