import { sizeOfHoles } from '../../diagnosis/hole.ts';
import {
  DECODER_FAILED,
  DECODER_NOT_YET,
  DECODER_OPENED,
  RECORD_DTLS,
  RECORD_HEADERLESS,
} from '../../store/record-table.ts';
import type { Stretch } from '../../tls/epoch.ts';
import {
  CLIENT,
  describeSecretSource,
  type Handshake,
  type SeenMessage,
  type Side,
} from '../../tls/handshake.ts';
import { CHANGE_CIPHER_SPEC, describeContentType } from '../../tls/tables/content-types.ts';
import { describeVersion, isTls13 } from '../../tls/tables/versions.ts';
import { STATE_FLAGS } from '../../verdict.ts';
import { decodeCertificate } from '../../x509/certificate.ts';
import type { Analysis } from '../analysis.ts';
import type { FrameReporter } from '../frames/frame-report.ts';

/**
 * What the TLS of a capture did, in the terms of Wireshark's debug log (tls.debug_file), so that both can be laid side by
 * side: frame by frame the records, the state masks, the decoders, where secrets came from. Never a secret. Line by line,
 * for a capture can be long; `conversation` null means all of them, in order of frames.
 */
export function* tellDebugLog(
  analysis: Analysis,
  frames: FrameReporter,
  conversation: number | null,
): Generator<string> {
  yield 'Sipher, in the terms of Wireshark’s TLS debug log. Secrets are left out.';
  yield 'ssl state: as Wireshark 3 and 4 print it; in brackets as 2.2 does, where that differs.';
  const teller = new DebugLog(analysis, frames);
  const { conversations, frames: table } = analysis.structure;
  const first = conversation === null ? 1 : conversations.firstFrame.read(conversation);
  const last = conversation === null ? table.length : conversations.lastFrame.read(conversation);
  for (let frame = first; frame <= last; frame += 1) {
    const of = table.conversation.read(frame - 1);
    if (of < 0 || (conversation !== null && of !== conversation)) continue;
    if (analysis.sessionOf(of) !== null) yield* teller.tellFrame(frame, of);
  }
}

/** A mask as Wireshark 3 and 4 print it ("0x3F"), with that of 2.2 behind it where the two differ. */
export function formatState(mask: number): string {
  const hex = (value: number): string => `0x${value.toString(16).toUpperCase().padStart(2, '0')}`;
  const later = mask & ~STATE_FLAGS.SERVER_HELLO_DONE;
  const old = mask & ~(STATE_FLAGS.ENCRYPT_THEN_MAC | STATE_FLAGS.SEEN_0RTT_APPDATA);
  return later === old ? hex(later) : `${hex(later)} (${hex(old)})`;
}

class DebugLog {
  private readonly analysis: Analysis;
  private readonly frames: FrameReporter;
  /** Conversations whose endpoints were named. */
  private readonly named = new Set<number>();
  /** The last stretch of each direction, by 2 * conversation + side. */
  private readonly stretches = new Map<number, Stretch>();
  private readonly holes = new Map<number, Map<number, string[]>>();

  constructor(analysis: Analysis, frames: FrameReporter) {
    this.analysis = analysis;
    this.frames = frames;
  }

  *tellFrame(frame: number, conversation: number): Generator<string> {
    const records = this.frames.recordsOf(frame);
    const lost = this.lostBefore(conversation).get(frame) ?? [];
    if (records.length === 0 && lost.length === 0) return;
    yield '';
    for (const line of lost) yield line;
    if (records.length === 0) return;
    yield `dissect_ssl enter frame #${frame}`;
    yield this.nameConversation(conversation);
    for (const record of records) yield* this.tellRecord(record, conversation);
  }

  private *tellRecord(record: number, conversation: number): Generator<string> {
    const { analysis } = this;
    const { records } = analysis.structure;
    const flags = records.flags.read(record);
    const type = records.type.read(record);
    const side = analysis.sideOfRecord(record);
    const who = side === CLIENT ? 'client' : 'server';
    const dtls = (flags & RECORD_DTLS) === 0 ? '' : `, epoch ${records.headerEpoch.read(record)}`;
    yield (flags & RECORD_HEADERLESS) !== 0
      ? `  record: bytes without a readable header, from ${who}`
      : `  record: content_type ${type} ${describeContentType(type)}, ${describeVersion(records.version.read(record))}, from ${who}${dtls}`;
    const stretch = analysis.stretchOf(record);
    if (stretch !== null) yield* this.tellStretch(stretch, conversation, side);
    yield `  decrypt_ssl3_record: app_data len ${records.fragmentLength.read(record)}, ssl state ${formatState(records.state.read(record))}`;
    yield `  decrypt_ssl3_record: using ${who} decoder`;
    yield `  ${this.outcomeOf(record, stretch)}`;
    const skipped = records.resynchronised.read(record);
    if (skipped > 0) yield `  sipher: found again after a loss, sequence number +${skipped}`;
    for (const handshake of analysis.sessionOf(conversation)?.handshakes ?? [])
      yield* this.tellHandshake(handshake, record);
    if (type === CHANGE_CIPHER_SPEC) yield* this.tellChange(record, conversation, side);
    const [cause] = analysis.causesOf(record);
    if (cause !== undefined) yield `  sipher: opaque, ${cause}`;
  }

  private outcomeOf(record: number, stretch: Stretch | null): string {
    const { records } = this.analysis.structure;
    const sequence = records.sequence.read(record);
    const suite = stretch?.epoch?.suite ?? null;
    switch (records.decoder.read(record)) {
      case DECODER_OPENED:
        return suite?.kind === 'aead'
          ? `tls_decrypt_aead_record: seq ${sequence}, auth_tag(OK)`
          : `ssl_decrypt_record: seq ${sequence}, mac ok`;
      case DECODER_FAILED:
        return suite?.kind === 'aead'
          ? 'tls_decrypt_aead_record: auth tag mismatch'
          : 'ssl_decrypt_record: mac failed';
      case DECODER_NOT_YET:
        return 'decrypt_ssl3_record: no decoder available (none is needed yet)';
      default:
        return 'decrypt_ssl3_record: no decoder available';
    }
  }

  /** TLS 1.3 loads a secret for each stage and direction; a new one is told with the first record that it protects. */
  private *tellStretch(stretch: Stretch, conversation: number, side: Side): Generator<string> {
    const at = 2 * conversation + side;
    if (this.stretches.get(at) === stretch) return;
    this.stretches.set(at, stretch);
    if (stretch.stage === 'session') return;
    const label = LABELS[stretch.stage][side];
    const source = stretch.epoch?.source ?? null;
    yield source === null
      ? `  tls13_load_secret: cannot find ${label}, decryption impossible`
      : `  tls13_load_secret: ${label} from ${describeSecretSource(source)}`;
  }

  private *tellHandshake(h: Handshake, record: number): Generator<string> {
    const ends = (message: SeenMessage | null): boolean => message?.row === record;
    if (ends(h.clientHello) || ends(h.firstClientHello))
      yield '  ssl_dissect_hnd_hello_common: found CLIENT RANDOM';
    if (ends(h.serverHello)) {
      yield '  ssl_dissect_hnd_hello_common: found SERVER RANDOM';
      if (h.suite !== null)
        yield `  ssl_set_cipher: found CIPHER 0x${h.suite.id.toString(16).toUpperCase().padStart(4, '0')} ${h.suite.name}`;
      if (h.resumed !== null) yield `  sipher: resumes an earlier session (${h.resumed})`;
      if (h.encryptThenMac) yield '  ssl_dissect_hnd_extension: Encrypt-then-MAC';
      if (h.extendedMasterSecret) yield '  ssl_dissect_hnd_extension: extended master secret';
    }
    if (ends(h.serverCertificate)) yield this.certificateOf(h);
    if (ends(h.clientKeyExchange)) yield* tellKeyExchange(h);
  }

  private certificateOf(h: Handshake): string {
    const leaf = h.serverCertificates[0];
    const own = leaf === undefined ? null : decodeCertificate(leaf).sha256OfPublicKey;
    if (own === null) return '  Certificate: its public key cannot be read';
    const loaded = this.analysis.keys.rsaKeyOf(own);
    return `  Certificate: public key SHA-256 ${own}, ${loaded === null ? 'no private key is loaded for it' : `private key ${loaded.source.name}`}`;
  }

  /** Up to TLS 1.2, ChangeCipherSpec is where keys must be there. */
  private *tellChange(record: number, conversation: number, side: Side): Generator<string> {
    const handshake = this.analysis.sessionOf(conversation)?.handshakeAt(record) ?? null;
    if (handshake === null || isTls13(handshake.version)) return;
    const from = side === CLIENT ? 'CLIENT' : 'SERVER';
    const { keySource } = handshake;
    if (keySource === null) {
      yield '  ssl_restore_master_key: no master secret by client random, session id or ticket';
      yield `  ssl_change_cipher ${from}: no decoder`;
      return;
    }
    yield `  ssl_generate_keyring_material: key block from the secret of ${describeSecretSource(keySource)}`;
    yield `  ssl_change_cipher ${from}`;
  }

  private nameConversation(conversation: number): string {
    if (this.named.has(conversation)) return `  conversation = ${conversation}`;
    this.named.add(conversation);
    const { client } = this.analysis.rolesOf(conversation);
    return `  conversation = ${conversation}: ${this.frames.endpointOf(conversation, client)} (client), ${this.frames.endpointOf(conversation, client === 0 ? 1 : 0)} (server)`;
  }

  /** What the capture lost, by the frame behind the hole. */
  private lostBefore(conversation: number): ReadonlyMap<number, readonly string[]> {
    const known = this.holes.get(conversation);
    if (known !== undefined) return known;
    const byFrame = new Map<number, string[]>();
    const { gaps } = this.analysis.structure;
    const { client } = this.analysis.rolesOf(conversation);
    for (const row of this.analysis.gapRows(conversation)) {
      const from = gaps.direction.read(row) === client ? 'client' : 'server';
      const frame = gaps.after.read(row);
      const line = `sipher: ${sizeOfHoles([gaps.sizeOf(row)])} from the ${from} are missing before frame #${frame}`;
      byFrame.set(frame, [...(byFrame.get(frame) ?? []), line]);
    }
    this.holes.set(conversation, byFrame);
    return byFrame;
  }
}

function* tellKeyExchange(h: Handshake): Generator<string> {
  yield '  ssl_generate_pre_master_secret: found SSL_HND_CLIENT_KEY_EXCHG';
  const { suite, keySource } = h;
  if (keySource !== null)
    yield `  ssl_decrypt_pre_master_secret: secret by ${SOURCES[keySource.kind]} (${describeSecretSource(keySource)})`;
  else if (suite?.forwardSecret === true)
    yield `  ssl_decrypt_pre_master_secret: Diffie-Hellman (${suite.name}), no private key can decrypt it`;
  else yield '  ssl_generate_pre_master_secret: can’t decrypt the pre-master secret';
}

const SOURCES = {
  'rsa-key': 'RSA private key',
  keylog: 'key log',
  psk: 'pre-shared key',
  resumed: 'the session resumed',
} as const;

/** Labels of the key log format (RFC 9850), by stage and side. */
const LABELS = {
  early: ['CLIENT_EARLY_TRAFFIC_SECRET', 'CLIENT_EARLY_TRAFFIC_SECRET'],
  handshake: ['CLIENT_HANDSHAKE_TRAFFIC_SECRET', 'SERVER_HANDSHAKE_TRAFFIC_SECRET'],
  application: ['CLIENT_TRAFFIC_SECRET_0', 'SERVER_TRAFFIC_SECRET_0'],
} as const satisfies Readonly<Record<string, Readonly<Record<Side, string>>>>;
