import { encodeBase64 } from '../bytes/base64.ts';
import {
  DECODER_OPENED,
  RECORD_DAMAGED,
  RECORD_DTLS,
  RECORD_HEADERLESS,
  RECORD_PARTIAL,
  VERDICT_CLEAR,
  VERDICT_DECRYPTED,
} from '../store/record-table.ts';
import { decodeHeartbeat } from '../tls/messages/other-content.ts';
import { SSLV2_SERVER_HELLO } from '../tls/messages/sslv2-server-hello.ts';
import { describeSecretSource } from '../tls/handshake.ts';
import { CLIENT } from '../tls/handshake.ts';
import {
  ALERT,
  APPLICATION_DATA,
  CHANGE_CIPHER_SPEC,
  describeContentType,
  HANDSHAKE,
  HEARTBEAT,
} from '../tls/tables/content-types.ts';
import { describeAlert, describeAlertLevel } from '../tls/tables/alerts.ts';
import { CLIENT_HELLO, describeHandshakeType } from '../tls/tables/handshake-types.ts';
import { describeVersion, SSL_2_0 } from '../tls/tables/versions.ts';
import { type CauseId, DECODER_STATES, type DecoderState, type RecordVerdictId } from '../verdict.ts';
import type { Analysis } from './analysis.ts';

/** One record as the contract's `frames --json` gives it. */
export interface RecordReport {
  readonly type: string;
  readonly innerType?: string;
  readonly version: string;
  readonly length: number;
  readonly from: 'client' | 'server';
  readonly frames: readonly number[];
  readonly verdict: RecordVerdictId;
  readonly cause: CauseId | null;
  readonly otherCauses: readonly CauseId[];
  readonly state: number;
  readonly decoder: DecoderState;
  readonly key?: string;
  readonly cipherSuite?: string;
  readonly sequence?: number;
  /** DTLS: the epoch of its header. */
  readonly epoch?: number;
  readonly resynchronised?: number;
  readonly authenticated?: boolean;
  readonly plaintext?: string;
  /** Records of TLS inside this one's plaintext, those that end in it. */
  readonly inner?: readonly RecordReport[];
}

export function reportRecord(analysis: Analysis, record: number, withPlaintext: boolean): RecordReport {
  const { records } = analysis.structure;
  const verdict = recordVerdict(records.verdict.read(record));
  const causes = analysis.causesOf(record);
  const type = records.type.read(record);
  const inner = records.innerType.read(record);
  const epoch = analysis.stretchOf(record)?.epoch ?? null;
  const opened = records.decoder.read(record) === DECODER_OPENED;
  const skipped = records.resynchronised.read(record);
  const plaintext = withPlaintext && verdict === 'decrypted' ? analysis.opening.plaintextOf(record) : null;
  return {
    type: (records.flags.read(record) & RECORD_HEADERLESS) !== 0 ? 'unknown' : describeContentType(type),
    ...(opened && epoch !== null && epoch.stage !== 'session'
      ? { innerType: describeContentType(inner) }
      : {}),
    version: describeVersion(records.version.read(record)),
    length: records.fragmentLength.read(record),
    from: analysis.sideOfRecord(record) === CLIENT ? 'client' : 'server',
    frames: framesOfRecord(analysis, record),
    verdict,
    cause: causes[0] ?? null,
    otherCauses: causes.slice(1),
    state: records.state.read(record),
    decoder: decoderOf(records.decoder.read(record)),
    ...(opened && epoch !== null
      ? {
          key: describeSecretSource(epoch.source),
          cipherSuite: epoch.suite.name,
          sequence: records.sequence.read(record),
        }
      : {}),
    ...((records.flags.read(record) & RECORD_DTLS) === 0 ? {} : { epoch: records.headerEpoch.read(record) }),
    ...(verdict === 'opaque' && records.plaintextLength.read(record) > 0 ? { authenticated: false } : {}),
    ...(skipped > 0 ? { resynchronised: skipped } : {}),
    ...(plaintext === null ? {} : { plaintext: encodeBase64(plaintext) }),
    ...reportInner(analysis, record, withPlaintext),
  };
}

function reportInner(
  { inner }: Analysis,
  record: number,
  withPlaintext: boolean,
): { readonly inner?: readonly RecordReport[] } {
  const { analysis } = inner;
  const rows = inner.recordsIn(record);
  if (analysis === null || rows.length === 0) return {};
  return { inner: rows.map((row) => reportRecord(analysis, row, withPlaintext)) };
}

export function recordVerdict(code: number): RecordVerdictId {
  if (code === VERDICT_DECRYPTED) return 'decrypted';
  return code === VERDICT_CLEAR ? 'clear' : 'opaque';
}

export function decoderOf(code: number): DecoderState {
  return DECODER_STATES[code - 1] ?? 'none';
}

/** The frames that brought a record's bytes, in order, each once. */
export function framesOfRecord(analysis: Analysis, record: number): number[] {
  const { records, spans } = analysis.structure;
  const count = records.spanCount.read(record);
  if (count <= 1) return [records.frame.read(record)];
  const frames: number[] = [];
  const first = records.place.read(record);
  for (let span = first; span < first + count; span += 1) {
    const frame = spans.frame.read(span);
    if (!frames.includes(frame)) frames.push(frame);
  }
  return frames;
}

/** What a record holds, as Wireshark's Info column says it. */
export function describeRecord(analysis: Analysis, record: number): string {
  const { records } = analysis.structure;
  const flags = records.flags.read(record);
  if ((flags & RECORD_DAMAGED) !== 0) return 'Damaged record';
  if ((flags & RECORD_HEADERLESS) !== 0) return 'Part of a record whose beginning is missing';
  const suffix = (flags & RECORD_PARTIAL) !== 0 ? ' (incomplete)' : '';
  const opened = records.decoder.read(record) === DECODER_OPENED;
  const type = opened ? records.innerType.read(record) : records.type.read(record);
  const clear = records.verdict.read(record) === VERDICT_CLEAR;
  if (records.version.read(record) === SSL_2_0) return describeSslV2Record(analysis, record, clear) + suffix;
  switch (type) {
    case CHANGE_CIPHER_SPEC:
      return `Change Cipher Spec${suffix}`;
    case ALERT:
      return describeAlertRecord(analysis, record, opened, clear) + suffix;
    case HANDSHAKE:
      return describeHandshakeRecord(analysis, record, opened, clear) + suffix;
    case APPLICATION_DATA:
      return `Application Data${suffix}`;
    case HEARTBEAT:
      return describeHeartbeatRecord(analysis, record, opened, clear) + suffix;
    default:
      return `${describeContentType(type)}${suffix}`;
  }
}

/** SSL 2.0 has no content types: what is in clear are its hellos, and the message with the client's key. */
function describeSslV2Record(analysis: Analysis, record: number, clear: boolean): string {
  if (!clear) return 'Encrypted Data';
  const message = analysis.opening.bodyOf(record)[0] ?? 0;
  if (message === CLIENT_HELLO) return 'Client Hello';
  return message === SSLV2_SERVER_HELLO ? 'Server Hello' : 'Client Master Key';
}

/** What a record holds, decrypted or in clear; null where it cannot be read. */
function readableBytes(
  analysis: Analysis,
  record: number,
  opened: boolean,
  clear: boolean,
): Uint8Array | null {
  if (opened) return analysis.opening.plaintextOf(record);
  return clear ? analysis.opening.bodyOf(record) : null;
}

function describeAlertRecord(analysis: Analysis, record: number, opened: boolean, clear: boolean): string {
  const bytes = readableBytes(analysis, record, opened, clear);
  if (bytes === null || bytes.length < 2) return 'Encrypted Alert';
  return `Alert (${describeAlertLevel(bytes[0] ?? 0)}: ${describeAlert(bytes[1] ?? 0)})`;
}

function describeHeartbeatRecord(
  analysis: Analysis,
  record: number,
  opened: boolean,
  clear: boolean,
): string {
  const bytes = readableBytes(analysis, record, opened, clear);
  const heartbeat = bytes === null ? null : decodeHeartbeat(bytes);
  if (heartbeat === null) return bytes === null ? 'Encrypted Heartbeat' : 'Heartbeat (malformed)';
  return heartbeat.request ? 'Heartbeat Request' : 'Heartbeat Response';
}

function describeHandshakeRecord(
  analysis: Analysis,
  record: number,
  opened: boolean,
  clear: boolean,
): string {
  const bytes = readableBytes(analysis, record, opened, clear);
  // Cut or torn before any key was in force, it is not known to be encrypted.
  if (bytes === null)
    return analysis.stretchOf(record) === null ? 'Handshake Message' : 'Encrypted Handshake Message';
  const names: string[] = [];
  const dtls = (analysis.structure.records.flags.read(record) & RECORD_DTLS) !== 0;
  const header = dtls ? 12 : 4;
  for (let at = 0; at + header <= bytes.length && names.length < 16;) {
    // DTLS: the length of this fragment stands behind its offset (RFC 6347 §4.2.2).
    const lengthAt = at + (dtls ? 9 : 1);
    const length =
      ((bytes[lengthAt] ?? 0) << 16) | ((bytes[lengthAt + 1] ?? 0) << 8) | (bytes[lengthAt + 2] ?? 0);
    names.push(titleOf(describeHandshakeType(bytes[at] ?? 0)));
    at += header + length;
  }
  return names.length === 0 ? 'Handshake' : names.join(', ');
}

/** "client_hello" as Wireshark shows it: "Client Hello". */
export function titleOf(name: string): string {
  return name.replace(/(^|_)([a-z])/g, (_all, before: string, letter: string) =>
    before === '' ? letter.toUpperCase() : ` ${letter.toUpperCase()}`,
  );
}
