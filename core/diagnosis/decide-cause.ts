import type { CryptoBackend } from '../crypto/backend.ts';
import type { Stretch } from '../tls/epoch.ts';
import { CLIENT, type Handshake, SERVER } from '../tls/handshake.ts';
import type { TlsSession } from '../tls/session.ts';
import type { CipherSuite } from '../tls/tables/cipher-suites.ts';
import { isTls13, SSL_3_0, TLS_1_2, tlsVersionBehind } from '../tls/tables/versions.ts';
import { CAUSE_IDS, type CauseId } from '../verdict.ts';

/** What is known of a conversation beside its TLS session. */
export interface ConversationEvidence {
  readonly conversation: number;
  readonly session: TlsSession | null;
  /** Payload bytes captured, by side. */
  readonly bytes: readonly [number, number];
  /** Bytes that were acknowledged though the capture never held them, by side. */
  readonly unseenAcknowledged: readonly [number, number];
  /** Bytes lost in holes and cut by the snap length, by side. */
  readonly lost: readonly [number, number];
  readonly snapped: readonly [number, number];
  /** An earlier handshake of the session that this one resumes, though its secret is not known: its cause; else null. */
  readonly resumedFrom: {
    readonly conversation: number;
    /** How the conversation is named to people. */
    readonly id: string;
    readonly frame: number;
    readonly cause: CauseId | null;
  } | null;
}

/** What is loaded, as far as causes hang on it. */
export interface LoadedKeys {
  readonly backend: CryptoBackend;
  readonly rsaKeys: number;
  readonly otherPrivateKeys: number;
  readonly keyLogs: number;
  readonly psks: number;
  hasKeyFor(sha256OfPublicKey: string): boolean;
  fingerprintOf(certificate: Uint8Array): string | null;
  /** A loaded key belongs to a certificate that a server elsewhere in the capture showed at this client's address. */
  servesAtClient(conversation: number): boolean;
}

/**
 * Every cause for which a stretch of records stays encrypted, the deciding one first (the order is that of CAUSE_IDS,
 * each step asking only what the steps before leave open).
 */
export function decideCauses(
  evidence: ConversationEvidence,
  keys: LoadedKeys,
  stretch: Stretch | null,
): CauseId[] {
  const causes = new Set<CauseId>();
  const handshake = stretch === null ? null : stretch.handshake;
  if (handshake !== null) {
    const unsupported = unsupportedIn(handshake, keys);
    if (unsupported !== null) causes.add(unsupported);
  }
  const missing = missingIn(evidence, handshake, keys);
  if (missing !== null) causes.add(missing);
  if (handshake !== null)
    for (const cause of secretCauses(evidence, keys, handshake, stretch)) causes.add(cause);
  const ordered = CAUSE_IDS.filter((cause) => causes.has(cause));
  return ordered.length > 0 ? ordered : ['internal'];
}

function unsupportedIn(handshake: Handshake, keys: LoadedKeys): CauseId | null {
  const { suite, version } = handshake;
  if (handshake.serverHello === null) return null;
  const tls = tlsVersionBehind(version);
  if (!isTls13(version) && (tls < SSL_3_0 || tls > TLS_1_2)) return 'unsupported-version';
  if (suite !== null && !canOpen(suite, keys.backend)) return 'unsupported-cipher';
  if (handshake.compression > 1 && handshake.masterSecret !== null) return 'unsupported-compression';
  return null;
}

function canOpen(suite: CipherSuite, backend: CryptoBackend): boolean {
  switch (suite.kind) {
    case 'cbc':
      return isBlockCipher(suite.cipher) && backend.supportsBlockCipher(suite.cipher);
    case 'aead':
      return isAead(suite.cipher) && backend.supportsAead(suite.cipher);
    case 'stream':
    case 'null':
      return true;
    default:
      return false;
  }
}

type SuiteCipher = CipherSuite['cipher'];
type Aead = Parameters<CryptoBackend['supportsAead']>[0];
type Block = Parameters<CryptoBackend['supportsBlockCipher']>[0];

function isAead(cipher: SuiteCipher): cipher is Aead {
  return cipher !== null && /-(gcm|ccm|ccm-8|poly1305)$/.test(cipher);
}

function isBlockCipher(cipher: SuiteCipher): cipher is Block {
  return cipher !== null && cipher !== 'rc4' && !isAead(cipher);
}

/** The parts of the handshake that no key can do without. */
export type HandshakePart = 'client-hello' | 'server-hello' | 'client-key-exchange' | 'change-cipher-spec';

/** Which of them are not in the capture. */
export function missingParts(
  handshake: Handshake,
  keys: Pick<LoadedKeys, 'keyLogs' | 'rsaKeys'>,
): HandshakePart[] {
  const missing: HandshakePart[] = [];
  if (handshake.clientHello === null) missing.push('client-hello');
  if (handshake.serverHello === null) missing.push('server-hello');
  const wantsExchange =
    handshake.resumed === null &&
    !isTls13(handshake.version) &&
    handshake.suite !== null &&
    !handshake.suite.forwardSecret &&
    (keys.rsaKeys > 0 || keys.keyLogs === 0);
  if (wantsExchange && handshake.clientKeyExchange === null) missing.push('client-key-exchange');
  return missing;
}

function missingIn(
  evidence: ConversationEvidence,
  handshake: Handshake | null,
  keys: LoadedKeys,
): CauseId | null {
  const incomplete = handshake === null || missingParts(handshake, keys).length > 0;
  if (!incomplete) return null;
  if (handshake !== null && handshake.masterSecret !== null) return null;
  for (const side of [CLIENT, SERVER] as const) {
    const other = side === CLIENT ? SERVER : CLIENT;
    if (evidence.bytes[side] > 0 && evidence.bytes[other] === 0) return 'one-direction';
  }
  if (evidence.snapped[CLIENT] + evidence.snapped[SERVER] > 0) return 'snapped-short';
  return handshake === null ? 'handshake-not-captured' : 'handshake-incomplete';
}

function secretCauses(
  evidence: ConversationEvidence,
  keys: LoadedKeys,
  handshake: Handshake,
  stretch: Stretch | null,
): CauseId[] {
  if (handshake.serverHello === null && !handshake.earlyDataOffered) return [];
  if (isTls13(handshake.version) || stretch?.stage === 'early') return tls13Causes(keys, handshake, stretch);
  if (stretch !== null && stretch.epoch !== null) {
    if (stretch.opened > 0) return [];
    // Keys were made without the whole handshake, only to see whether they fit.
    const guessed = stretch.epoch.source.kind === 'rsa-key' && !handshake.transcriptWhole;
    return guessed ? ['ems-transcript-incomplete'] : ['wrong-secret'];
  }
  const causes: CauseId[] = [];
  if (handshake.resumed === 'session-id' || handshake.resumed === 'ticket') {
    const from = evidence.resumedFrom;
    if (from !== null && from.cause !== null) causes.push(from.cause);
    else causes.push('resumed-unseen-session');
    if (handshake.suite?.forwardSecret === true && keys.keyLogs === 0) causes.push('forward-secrecy');
    return causes;
  }
  causes.push(...exchangeCauses(keys, handshake, evidence));
  if (handshake.keyFailure === 'transcript-incomplete') return ['ems-transcript-incomplete'];
  return causes;
}

function tls13Causes(keys: LoadedKeys, handshake: Handshake, stretch: Stretch | null): CauseId[] {
  if (stretch !== null && stretch.epoch !== null) return stretch.opened === 0 ? ['wrong-secret'] : [];
  if (keys.keyLogs === 0) return ['tls13-needs-keylog'];
  if (handshake.labelsFound.length === 0) return ['keylog-no-match'];
  return ['keylog-incomplete'];
}

function exchangeCauses(keys: LoadedKeys, handshake: Handshake, evidence: ConversationEvidence): CauseId[] {
  const exchange = handshake.suite?.keyExchange;
  const exportWithTemporaryKey = exchange === 'rsa-export' && handshake.serverKeyExchange !== null;
  switch (exchange) {
    case 'psk':
      return ['psk-missing'];
    case 'rsa-psk':
      return rsaPskCauses(keys, handshake, evidence);
    case 'rsa':
    case 'rsa-export':
      if (!exportWithTemporaryKey) return rsaCauses(keys, handshake, evidence);
      break;
    default:
  }
  return keys.keyLogs > 0 ? ['keylog-no-match'] : ['forward-secrecy'];
}

/** Both are needed. Where a pre-shared key is loaded and no private key that fits, it is the private key that is missing. */
function rsaPskCauses(keys: LoadedKeys, handshake: Handshake, evidence: ConversationEvidence): CauseId[] {
  if (keys.psks === 0) return ['psk-missing'];
  const causes = rsaCauses(keys, handshake, evidence);
  return causes.includes('wrong-secret') ? ['psk-missing', ...causes] : causes;
}

function rsaCauses(keys: LoadedKeys, handshake: Handshake, evidence: ConversationEvidence): CauseId[] {
  const causes: CauseId[] = [];
  if (keys.keyLogs > 0) causes.push('keylog-no-match');
  const loaded = keys.rsaKeys + keys.otherPrivateKeys;
  if (loaded === 0) return keys.keyLogs > 0 ? causes : ['no-key'];
  const server = handshake.serverCertificates[0];
  const wanted = server === undefined ? null : keys.fingerprintOf(server);
  const client = handshake.clientCertificates[0];
  const clients = client === undefined ? null : keys.fingerprintOf(client);
  const hasServerKey = wanted !== null && keys.hasKeyFor(wanted);
  if (hasServerKey) return ['wrong-secret'];
  if ((clients !== null && keys.hasKeyFor(clients)) || keys.servesAtClient(evidence.conversation))
    return ['key-of-the-client', 'wrong-key'];
  return ['wrong-key', ...causes];
}
