import type { CryptoBackend } from '../../crypto/backend.ts';
import type { KeyLogLabel } from '../../keys/keylog-labels.ts';
import type { Epoch, EpochStage } from '../epoch.ts';
import { CLIENT, type Handshake, type Side } from '../handshake.ts';
import { decodeClientHello } from '../messages/client-hello.ts';
import { type CipherSuite, cipherSuiteOf } from '../tables/cipher-suites.ts';
import { DTLS_1_3, TLS_1_3 } from '../tables/versions.ts';
import { deriveNextTrafficSecret, deriveTrafficProtection, type LabelPrefix } from './hkdf.ts';
import type { SecretFinder } from './master-secret.ts';

/** Labels of a key log by side and stage (RFC 9850 §2.1). */
const LABELS: Readonly<Record<'client' | 'server', readonly { stage: EpochStage; label: KeyLogLabel }[]>> = {
  client: [
    { stage: 'early', label: 'CLIENT_EARLY_TRAFFIC_SECRET' },
    { stage: 'handshake', label: 'CLIENT_HANDSHAKE_TRAFFIC_SECRET' },
    { stage: 'application', label: 'CLIENT_TRAFFIC_SECRET_0' },
  ],
  server: [
    { stage: 'handshake', label: 'SERVER_HANDSHAKE_TRAFFIC_SECRET' },
    { stage: 'application', label: 'SERVER_TRAFFIC_SECRET_0' },
  ],
};

/**
 * The epochs of one side that the loaded key logs make possible, in the order in which they come. Before the
 * ServerHello only early data can be meant; its suite is that of the session resumed, which the wire does not say: every
 * suite that the client offers and whose hash fits the secret's length is a candidate. Notes on the handshake which
 * labels were found and which are missing.
 */
export function findTrafficEpochs(finder: SecretFinder, handshake: Handshake, side: Side): Epoch[] {
  const { clientRandom } = handshake;
  if (clientRandom === null) return [];
  const epochs: Epoch[] = [];
  for (const { stage, label } of LABELS[side === CLIENT ? 'client' : 'server']) {
    if (stage === 'early' && !handshake.earlyDataOffered) continue;
    if (stage !== 'early' && handshake.suite === null) continue;
    let found = false;
    for (const { log, source } of finder.keys.keyLogs())
      for (const line of log.secretsFor(label, clientRandom)) {
        found = true;
        for (const suite of suitesFor(handshake, stage, line.secret.length)) {
          const epoch = trafficEpoch(finder.backend, suite, handshake.version, side, stage, line.secret, {
            kind: 'keylog',
            name: source.name,
            line: line.line,
            label,
          });
          if (epoch !== null) epochs.push(epoch);
        }
      }
    note(found ? handshake.labelsFound : handshake.labelsMissing, label);
  }
  return epochs;
}

/** The epoch after a KeyUpdate (RFC 8446 §7.2); null where there is none. */
export function nextGeneration(backend: CryptoBackend, epoch: Epoch): Epoch | null {
  if (epoch.trafficSecret === null || epoch.suite.prfHash === null || epoch.stage !== 'application')
    return null;
  const prefix = labelPrefixOf(epoch.version);
  const secret = deriveNextTrafficSecret(backend, epoch.suite.prfHash, epoch.trafficSecret, prefix);
  const protection = deriveTrafficProtection(backend, epoch.suite, secret, prefix);
  if (protection === null) return null;
  return { ...epoch, generation: epoch.generation + 1, protection, trafficSecret: secret };
}

/** Drafts up to 19 had another prefix (draft-ietf-tls-tls13-19 §7.1). */
function labelPrefixOf(version: number): LabelPrefix {
  if (version >>> 8 === 0x7f && (version & 0xff) < 20) return 'TLS 1.3, ';
  return version === DTLS_1_3 ? 'dtls13' : 'tls13';
}

/**
 * Whether the record header is additional data: not before draft 25 (draft-ietf-tls-tls13-24 §5.2 has none).
 */
export function hasAdditionalData(version: number): boolean {
  return !(version >>> 8 === 0x7f && (version & 0xff) < 25);
}

/**
 * Epochs to be tried where hellos are missing: with the ClientHello, its lines and each suite it offers; with the
 * ServerHello, every line of its side; with neither, every line and every suite whose hash fits the secret's length.
 */
export function trialEpochs(
  finder: SecretFinder,
  handshake: Handshake | null,
  side: Side,
  most: number,
): Epoch[] {
  const epochs: Epoch[] = [];
  const offered =
    handshake === null || handshake.clientHello === null
      ? TLS13_SUITES
      : decodeClientHello(handshake.clientHello.body, false).cipherSuites.filter((id) =>
          TLS13_SUITES.includes(id),
        );
  const suites = handshake?.suite == null ? offered.map(cipherSuiteOf) : [handshake.suite];
  const random = handshake?.clientRandom ?? null;
  // Mid-stream data is application data; the sides of a connection joined in its middle are a guess.
  const labels = [...LABELS.client, ...LABELS.server].filter(
    ({ stage, label }) =>
      stage !== 'early' &&
      (handshake === null
        ? stage === 'application'
        : label.startsWith(side === CLIENT ? 'CLIENT' : 'SERVER')),
  );
  for (const { log, source } of finder.keys.keyLogs())
    for (const { stage, label } of labels) {
      const lines = random === null ? log.everySecret(label) : log.secretsFor(label, random);
      for (const { secret, line } of lines)
        for (const suite of suites) {
          if (hashLength(suite) !== secret.length) continue;
          if (epochs.length >= most) return epochs;
          const epoch = trafficEpoch(finder.backend, suite, TLS_1_3, side, stage, secret.slice(), {
            kind: 'keylog',
            name: source.name,
            line,
            label,
          });
          if (epoch !== null) epochs.push(epoch);
        }
    }
  return epochs;
}

/** RFC 8446 §B.4. */
const TLS13_SUITES: readonly number[] = [0x1301, 0x1302, 0x1303, 0x1304, 0x1305];

function suitesFor(handshake: Handshake, stage: EpochStage, secretLength: number): CipherSuite[] {
  if (handshake.suite !== null) return [handshake.suite];
  if (stage !== 'early' || handshake.clientHello === null) return [];
  return decodeClientHello(handshake.clientHello.body, false)
    .cipherSuites.map(cipherSuiteOf)
    .filter((suite) => suite.keyExchange === 'tls13' && hashLength(suite) === secretLength);
}

function hashLength(suite: CipherSuite): number {
  return suite.prfHash === 'sha384' ? 48 : 32;
}

export function trafficEpoch(
  backend: CryptoBackend,
  suite: CipherSuite,
  version: number,
  side: Side,
  stage: EpochStage,
  secret: Uint8Array,
  source: Epoch['source'],
): Epoch | null {
  const protection = deriveTrafficProtection(backend, suite, secret, labelPrefixOf(version));
  if (protection === null) return null;
  return {
    side,
    stage,
    generation: 0,
    suite,
    version: version === 0 ? TLS_1_3 : version,
    protection,
    firstIv: new Uint8Array(0),
    trafficSecret: secret,
    masterSecret: null,
    clientRandom: null,
    source,
  };
}

function note(list: string[], label: string): void {
  if (!list.includes(label)) list.push(label);
}
