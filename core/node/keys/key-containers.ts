/**
 * Key files of every kind, opened: what is in them, what of it can be used, and in one sentence what cannot.
 * Synchronous: most files take a millisecond, a PFX with 100,000 rounds of hashing some 0.2 s, the most that is taken
 * on (DerivationBudget) about ten seconds. Hosts with a window to keep alive call it from a worker and move the handles
 * with exportHandleForWorker.
 */
import type { KeyRow } from '../../api.ts';
import type { KeyFileIdentity } from '../../keys/identify.ts';
import { identifyKeyFile } from '../../keys/identify.ts';
import type { KeyMaterial, PrivateKeyMaterial } from '../../keys/key-material.ts';
import { KeyLog } from '../../keys/keylog-file.ts';
import type { Certificate } from '../../x509/certificate.ts';
import type { FoundKeys } from './found-keys.ts';
import { KeyFileReader } from './key-file-reader.ts';
import * as say from './key-sentences.ts';
import { type Unpacked, unpackKeyFile } from './unpack-key-file.ts';

export interface KeyFileOutcome {
  /** File name without folders. */
  readonly name: string;
  readonly kind: KeyRow['kind'];
  /** In words: "PEM, PKCS#8, encrypted (PBES2, PBKDF2 HMAC-SHA-256, AES-256-CBC)". */
  readonly format: string;
  readonly encrypted: boolean;
  /** Something in it can decrypt: an RSA private key or a key log with secrets. */
  readonly usable: boolean;
  /** For a KeyRing, also where nothing is usable: certificates and signing keys explain verdicts. */
  readonly materials: readonly KeyMaterial[];
  readonly bits: number | null;
  readonly sha256OfPublicKey: string | null;
  readonly subject: string | null;
  /** ISO 8601. */
  readonly notAfter: string | null;
  /** One clear sentence where nothing is usable, else null. No key and no password stands in it. */
  readonly problem: string | null;
  /** A password may open it. */
  readonly needsPassword: boolean;
}

/** Opens a key file with the first password that fits. Never throws. */
export function loadKeyFile(path: string, bytes: Uint8Array, passwords: readonly string[]): KeyFileOutcome {
  const name = fileNameOf(path);
  const unpacked = unpackKeyFile(bytes);
  if (unpacked !== null) return loadPacked(name, unpacked, passwords);
  const identity = identifyKeyFile(bytes);
  if (identity.foreign !== null) return foreignOutcome(name, identity.foreign);
  const reader = new KeyFileReader(name, [...new Set(passwords)]);
  for (const part of identity.parts) reader.read(part);
  return summarise(name, identity, reader.found);
}

/** All key files of an archive count as one, as the parts of a PEM file do. */
function loadPacked(name: string, unpacked: Unpacked, passwords: readonly string[]): KeyFileOutcome {
  const { words } = unpacked;
  if (unpacked.kind === 'failed')
    return { ...NOTHING, name, kind: 'unknown', format: words, problem: unpacked.sentence };
  const reader = new KeyFileReader(name, [...new Set(passwords)]);
  let first: KeyFileIdentity | null = null;
  let foreign: KeyFileIdentity['foreign'] = null;
  for (const file of unpacked.files) {
    const identity = identifyKeyFile(file.bytes);
    foreign ??= identity.foreign;
    if (identity.foreign !== null) continue;
    first ??= identity;
    const inside = file.name === '' ? name : `${name}/${file.name}`;
    // What a key log opened is counted under the name of the file that was loaded.
    for (const part of identity.parts) reader.read(part, part.kind === 'keylog' ? name : inside);
  }
  if (first !== null) {
    const outcome = summarise(name, first, reader.found);
    return { ...outcome, format: `${words}, ${outcome.format}` };
  }
  if (foreign !== null && unpacked.files.length === 1) return foreignOutcome(name, foreign);
  const problem = `This is a ZIP archive without a key file in it (${unpacked.files.length} files).`;
  return { ...NOTHING, name, kind: 'unknown', format: words, problem };
}

/** Opens a file that the user says is a key log, whatever it looks like. */
export function loadKeyLogFile(path: string, bytes: Uint8Array): KeyFileOutcome {
  const identity = identifyKeyFile(bytes);
  if (identity.parts.some((part) => part.kind !== 'keylog') || isSurelyNoKeyLog(identity))
    return loadKeyFile(path, bytes, []);
  const name = fileNameOf(path);
  const reader = new KeyFileReader(name, []);
  reader.read({ kind: 'keylog', data: bytes, line: null });
  return summarise(name, { dress: 'keylog', parts: [], foreign: null }, reader.found);
}

/** The key log of a Decryption Secrets Block; `name` says which capture it came from. */
export function loadCapturedKeyLog(name: string, bytes: Uint8Array): KeyMaterial {
  return { kind: 'keylog', log: KeyLog.of(bytes), source: { name, line: null } };
}

function isSurelyNoKeyLog({ foreign }: KeyFileIdentity): boolean {
  return foreign !== null && foreign.kind !== 'empty' && foreign.kind !== 'text';
}

function foreignOutcome(name: string, foreign: NonNullable<KeyFileIdentity['foreign']>): KeyFileOutcome {
  return {
    ...NOTHING,
    name,
    kind: 'unknown',
    format: foreign.words.replace(/^an? /, ''),
    problem: `This is ${foreign.words}. ${foreign.advice}`.trim(),
  };
}

const NOTHING = {
  encrypted: false,
  usable: false,
  materials: [],
  bits: null,
  sha256OfPublicKey: null,
  subject: null,
  notAfter: null,
  needsPassword: false,
} as const;

function summarise(name: string, identity: KeyFileIdentity, found: FoundKeys): KeyFileOutcome {
  const certificates = found.materials.flatMap((material) =>
    material.kind === 'certificate' ? [material.certificate] : [],
  );
  const materials = found.materials.map((material) => withCertificate(material, certificates));
  const main = mainMaterial(materials);
  const base = {
    name,
    format: formatOf(identity, found),
    encrypted: found.encrypted,
    materials,
    needsPassword: false,
  };
  if (main?.kind === 'rsa-private-key')
    return { ...base, ...privateKeyFacts(main), usable: true, problem: null };
  if (main?.kind === 'keylog' && main.log.counts.secrets > 0)
    return { ...base, ...NO_FACTS, kind: 'keylog', usable: true, problem: null };
  if (found.locked) {
    const facts = { ...NO_FACTS, ...certificateNames(certificates[0]) };
    return {
      ...base,
      ...facts,
      kind: 'locked',
      usable: false,
      needsPassword: true,
      problem: problemOf(found, ''),
    };
  }
  const fallback = problemWithout(main, certificates, identity, [...found.formats].join(', '));
  return { ...base, ...factsOf(main, found), usable: false, problem: problemOf(found, fallback) };
}

type Facts = Pick<KeyFileOutcome, 'kind' | 'bits' | 'sha256OfPublicKey' | 'subject' | 'notAfter'>;

const NO_FACTS = { bits: null, sha256OfPublicKey: null, subject: null, notAfter: null } as const;

/** The material that the file is named after: what decrypts first, then what comes nearest to it. */
function mainMaterial(materials: readonly KeyMaterial[]): KeyMaterial | undefined {
  for (const kind of ORDER_OF_WEIGHT) {
    const found = materials.find((material) => material.kind === kind);
    if (found !== undefined) return found;
  }
  return undefined;
}

const ORDER_OF_WEIGHT: readonly KeyMaterial['kind'][] = [
  'rsa-private-key',
  'keylog',
  'ec-private-key',
  'ed25519-private-key',
  'other-private-key',
  'certificate',
  'csr',
  'public-key',
];

function withCertificate(material: KeyMaterial, certificates: readonly Certificate[]): KeyMaterial {
  if (!('handle' in material)) return material;
  const { sha256OfPublicKey } = material.handle;
  const own = certificates.find((certificate) => certificate.sha256OfPublicKey === sha256OfPublicKey);
  return { ...material, certificate: own ?? null };
}

function privateKeyFacts({ kind, handle, certificate }: PrivateKeyMaterial): Facts {
  return {
    kind,
    bits: handle.bits,
    sha256OfPublicKey: handle.sha256OfPublicKey,
    ...certificateNames(certificate ?? undefined),
  };
}

function certificateNames(certificate: Certificate | undefined): Pick<Facts, 'subject' | 'notAfter'> {
  return { subject: certificate?.subject.text ?? null, notAfter: certificate?.notAfter.text ?? null };
}

function factsOf(main: KeyMaterial | undefined, found: FoundKeys): Facts {
  const unheld = found.unheld[0];
  if (main === undefined || (unheld !== undefined && !('handle' in main)))
    return { ...NO_FACTS, kind: unheld?.kind ?? 'unknown' };
  switch (main.kind) {
    case 'certificate': {
      const { publicKey, sha256OfPublicKey } = main.certificate;
      return {
        kind: 'certificate',
        bits: publicKey.bits,
        sha256OfPublicKey,
        ...certificateNames(main.certificate),
      };
    }
    case 'csr': {
      const { publicKey, sha256OfPublicKey, subject } = main.request;
      return { ...NO_FACTS, kind: 'csr', bits: publicKey.bits, sha256OfPublicKey, subject: subject.text };
    }
    case 'public-key':
      return {
        ...NO_FACTS,
        kind: 'public-key',
        bits: main.publicKey.bits,
        sha256OfPublicKey: main.sha256OfPublicKey,
      };
    case 'keylog':
    case 'psk':
      return { ...NO_FACTS, kind: main.kind };
    default:
      return privateKeyFacts(main);
  }
}

/** The first of what the parts had to say; `fallback` where every part is whole and yet none decrypts. */
function problemOf(found: FoundKeys, fallback: string): string {
  return found.problems[0] ?? fallback;
}

function problemWithout(
  main: KeyMaterial | undefined,
  certificates: readonly Certificate[],
  { parts }: KeyFileIdentity,
  words: string,
): string {
  const isPfx = parts.some((part) => part.kind === 'pkcs12');
  const isJava = parts.some((part) => part.kind === 'java-keystore');
  if (isPfx || isJava || certificates.length > 0)
    return say.onlyCertificates(certificates, isPfx ? 'pfx' : isJava ? 'Java key store' : 'pem');
  if (main?.kind === 'csr') return say.onlyRequest();
  if (main?.kind === 'public-key') return say.onlyPublicKey();
  return say.noKey(words);
}

function formatOf({ dress }: KeyFileIdentity, { formats }: FoundKeys): string {
  const words = [...formats].join(', ');
  const alone = dress === 'binary' || dress === 'keylog' || words.startsWith('PKCS#12');
  return alone ? words : `${DRESS_WORDS[dress]}, ${words}`;
}

const DRESS_WORDS = {
  pem: 'PEM',
  der: 'DER',
  base64: 'base64 without its BEGIN and END lines',
  keylog: '',
  binary: '',
  none: '',
} as const;

function fileNameOf(path: string): string {
  return path.split(/[/\\]/).at(-1) ?? path;
}
