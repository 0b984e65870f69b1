/** Opens the parts of a key file one by one and gathers what is in them. */
import type { KeyFilePart } from '../../keys/identify.ts';
import { identifyDer } from '../../keys/identify-der.ts';
import type { KeyMaterial, KeySource, PrivateKeyMaterial } from '../../keys/key-material.ts';
import { KeyLog } from '../../keys/keylog-file.ts';
import type { PrivateKeyInfo } from '../../keys/pkcs8.ts';
import { decodeEncryptedPrivateKeyInfo, decodePrivateKeyInfo, wrapSec1Key } from '../../keys/pkcs8.ts';
import { certificatesOfPkcs7 } from '../../keys/pkcs7.ts';
import type { RsaFault, RsaPrivateKey } from '../../keys/rsa-private-key.ts';
import { checkRsaNumbers, decodeRsaPrivateKey } from '../../keys/rsa-private-key.ts';
import type { PublicKeyInfo } from '../../x509/algorithms.ts';
import { decodePublicKeyInfo } from '../../x509/algorithms.ts';
import { decodeCertificate } from '../../x509/certificate.ts';
import { decodeCertificateRequest } from '../../x509/csr.ts';
import { childrenOf, decodeElement, magnitudeOf } from '../../x509/der.ts';
import { encodeRsaPublicKeyInfo } from '../../x509/der-encode.ts';
import { encodeHex } from '../../bytes/hex.ts';
import { DerivationBudget, hashOf } from './key-derivation.ts';
import { decodeEncryptionScheme, decryptWithPasswords } from './key-encryption.ts';
import type { SigningKey } from './key-handle.ts';
import { createPrivateKeyHandle, createSigningKeyHandle } from './key-handle.ts';
import { openJavaKeystore } from './key-java.ts';
import { openOpensshKey } from './key-openssh.ts';
import { decryptPemBlock } from './key-pem-cipher.ts';
import { openPkcs12 } from './key-pkcs12.ts';
import * as say from './key-sentences.ts';

export class KeyFileReader {
  readonly materials: KeyMaterial[] = [];
  /** What the parts are, in words, each once. */
  readonly formats = new Set<string>();
  encrypted = false;
  /** Something stayed locked: its password is wrong or was not given. */
  locked = false;
  /** A private key that is known but gives no handle: in words, "Ed25519". */
  readonly unheld: PrivateKeyKind[] = [];
  /** Whole sentences, the weightiest first as the parts come. */
  readonly problems: string[] = [];
  readonly #name: string;
  readonly #passwords: readonly string[];
  readonly #budget = new DerivationBudget();

  constructor(name: string, passwords: readonly string[]) {
    this.#name = name;
    this.#passwords = passwords;
  }

  read(part: KeyFilePart): void {
    const source: KeySource = { name: this.#name, line: part.line };
    switch (part.kind) {
      case 'encrypted-pem':
        this.#readEncryptedPem(part, source);
        break;
      case 'openssh-private-key':
        this.#readOpenssh(part.data, source);
        break;
      case 'java-keystore':
        this.#readJava(part.data, source);
        break;
      case 'keylog':
        this.#readKeyLog(part.data, source);
        break;
      case 'damaged':
        this.formats.add(`damaged ${part.label}`);
        this.problems.push(say.damagedBlock(part.label, part.line, part.reason));
        break;
      case 'of-no-use':
        this.formats.add(part.label);
        break;
      default:
        if (part.cutAt === null) this.#readDer(part.kind, part.der, source);
        else {
          this.formats.add(`${DER_WORDS[part.kind]}, cut short`);
          this.problems.push(say.cutShort(DER_WORDS[part.kind], part.der.length, part.cutAt));
        }
    }
  }

  #readDer(kind: keyof typeof DER_WORDS, der: Uint8Array, source: KeySource): void {
    if (kind !== 'encrypted-pkcs8' && kind !== 'pkcs12') this.formats.add(DER_FORMATS[kind]);
    switch (kind) {
      case 'pkcs1-private-key':
        this.#addRsa(decodeRsaPrivateKey(der), source);
        break;
      case 'pkcs8-private-key':
      case 'sec1-private-key':
        this.#addPrivateKeyInfo(
          kind === 'sec1-private-key' ? wrapSec1Key(der) : decodePrivateKeyInfo(der),
          source,
        );
        break;
      case 'dsa-private-key':
        this.#addUnheld('other-private-key', 'DSA');
        break;
      case 'encrypted-pkcs8':
        this.#readEncryptedPkcs8(der, source);
        break;
      case 'pkcs12':
        this.#readPkcs12(der, source);
        break;
      case 'pkcs7':
        for (const certificate of certificatesOfPkcs7(der)) this.#addCertificate(certificate, source);
        break;
      case 'certificate':
        this.#addCertificate(der, source);
        break;
      case 'csr': {
        const request = decodeCertificateRequest(new Uint8Array(der), sha256);
        if (request.kind === 'malformed') this.#damaged(kind, source, request.reason);
        else this.materials.push({ kind: 'csr', request, source });
        break;
      }
      case 'public-key':
      case 'pkcs1-public-key':
        this.#addPublicKey(kind === 'public-key' ? der : wrapPkcs1PublicKey(der), source);
        break;
      case 'crl':
      case 'parameters':
        break;
    }
  }

  #readEncryptedPkcs8(der: Uint8Array, source: KeySource): void {
    this.encrypted = true;
    const parts = decodeEncryptedPrivateKeyInfo(der);
    if (parts === null) {
      this.#damaged('encrypted-pkcs8', source, 'its structure is broken');
      return;
    }
    const scheme = decodeEncryptionScheme(parts.algorithm);
    if (scheme.kind === 'unusable') {
      this.formats.add('PKCS#8, encrypted');
      this.problems.push(say.inconvertible(scheme.reason));
      return;
    }
    this.formats.add(`PKCS#8, encrypted (${scheme.words})`);
    const isKey = (plain: Uint8Array): boolean => decodePrivateKeyInfo(plain) !== null;
    const outcome = decryptWithPasswords(scheme, parts.ciphertext, this.#passwords, this.#budget, isKey);
    if (outcome.kind === 'decrypted')
      this.#addPrivateKeyInfo(decodePrivateKeyInfo(outcome.plaintext), source);
    else if (outcome.kind === 'wrong-password') this.#lock('private key');
    else this.problems.push(say.inconvertible(outcome.reason));
  }

  #readEncryptedPem(part: KeyFilePart & { readonly kind: 'encrypted-pem' }, source: KeySource): void {
    this.encrypted = true;
    this.formats.add(
      `${part.label === 'RSA PRIVATE KEY' ? 'PKCS#1' : part.label}, encrypted (${part.cipher})`,
    );
    const outcome = decryptPemBlock(part.cipher, part.iv, part.data, this.#passwords, isPrivateKey);
    if (outcome.kind === 'wrong-password') this.#lock('private key');
    else if (outcome.kind === 'unusable') this.problems.push(say.inconvertible(outcome.reason));
    else {
      const identity = identifyDer(outcome.plaintext);
      const formats = new Set(this.formats);
      if (identity !== null) this.#readDer(identity.kind, outcome.plaintext, source);
      // The words of the encrypted block say it already.
      this.formats.clear();
      for (const format of formats) this.formats.add(format);
    }
  }

  #readPkcs12(der: Uint8Array, source: KeySource): void {
    const outcome = openPkcs12(der, this.#passwords, this.#budget);
    const words = 'words' in outcome ? outcome.words : [];
    this.formats.add(words.length === 0 ? 'PKCS#12' : `PKCS#12 (${words.join('; ')})`);
    switch (outcome.kind) {
      case 'opened':
        this.encrypted ||= outcome.encrypted;
        for (const key of outcome.keys) this.#addPrivateKeyInfo(decodePrivateKeyInfo(key), source);
        for (const certificate of outcome.certificates) this.#addCertificate(certificate, source);
        break;
      case 'wrong-password':
        this.encrypted = true;
        this.#lock('PFX file');
        break;
      case 'altered':
        this.encrypted = true;
        this.problems.push(say.alteredPfx());
        break;
      case 'damaged':
      case 'unusable':
        this.problems.push(say.unusable('PFX file', outcome.reason));
    }
  }

  #readOpenssh(data: Uint8Array, source: KeySource): void {
    const outcome = openOpensshKey(data, this.#passwords, this.#budget);
    this.formats.add('OpenSSH private key');
    switch (outcome.kind) {
      case 'rsa':
        this.encrypted ||= outcome.encrypted;
        this.#addRsa(checkRsaNumbers(outcome.numbers), source);
        break;
      case 'other': {
        this.encrypted ||= outcome.encrypted;
        const kind = outcome.type.startsWith('ecdsa') ? 'ec-private-key' : 'ed25519-private-key';
        const known = outcome.type === 'ssh-ed25519' || kind === 'ec-private-key';
        this.#addUnheld(known ? kind : 'other-private-key', describeSshType(outcome.type));
        break;
      }
      case 'wrong-password':
        this.encrypted = true;
        this.#lock('OpenSSH private key');
        break;
      default:
        this.encrypted ||= outcome.kind === 'unusable';
        this.problems.push(
          `${say.unusable('OpenSSH private key', outcome.reason)} Convert it with: ssh-keygen -p -m PEM -f KEYFILE.`,
        );
    }
  }

  #readJava(data: Uint8Array, source: KeySource): void {
    const store = openJavaKeystore(data, this.#passwords, this.#budget);
    this.formats.add(`Java key store (${store.type})`);
    this.encrypted ||= store.privateKeys > 0;
    for (const key of store.keys) this.#addPrivateKeyInfo(decodePrivateKeyInfo(key), source);
    for (const certificate of store.certificates) this.#addCertificate(certificate, source);
    if (store.kind === 'wrong-password') this.#lock('Java key store');
    if (store.kind === 'damaged')
      this.problems.push(
        'This Java key store cannot be read to its end. Convert it with: keytool -importkeystore -srckeystore FILE -destkeystore key.p12 -deststoretype PKCS12; then load key.p12.',
      );
  }

  #readKeyLog(data: Uint8Array, source: KeySource): void {
    const log = KeyLog.of(data);
    this.formats.add('TLS key log');
    this.materials.push({ kind: 'keylog', log, source });
    const { secrets, bad, other } = log.counts;
    const fault = log.faults[0];
    if (secrets === 0)
      this.problems.push(say.emptyKeyLog(bad, fault?.line ?? null, fault?.reason ?? '', other));
  }

  #addPrivateKeyInfo(info: PrivateKeyInfo | null, source: KeySource): void {
    if (info === null) this.problems.push(say.unusable('private key', 'has a damaged structure'));
    else if (info.algorithm === 'rsa') this.#addRsa(decodeRsaPrivateKey(info.key), source);
    else {
      const kind = KINDS[info.algorithm] ?? 'other-private-key';
      const held = createSigningKeyHandle(info.plain, info.spki);
      if (held === null) this.#addUnheld(kind, describeUnheld(info));
      else this.#addSigning(kind, held, source);
    }
  }

  #addRsa(key: RsaPrivateKey | RsaFault, source: KeySource): void {
    if (key.kind === 'malformed') this.problems.push(say.damagedRsa(key.reason));
    else
      this.materials.push({
        kind: 'rsa-private-key',
        handle: createPrivateKeyHandle(key),
        description: `RSA ${key.bits}`,
        certificate: null,
        source,
      });
  }

  #addSigning(
    kind: PrivateKeyMaterial['kind'],
    { handle, description }: SigningKey,
    source: KeySource,
  ): void {
    this.materials.push({ kind, handle, description, certificate: null, source });
    this.problems.push(say.signsOnly(description));
  }

  #addUnheld(kind: PrivateKeyMaterial['kind'], description: string): void {
    this.unheld.push({ kind, description });
    this.problems.push(say.signsOnly(description));
  }

  #addCertificate(der: Uint8Array, source: KeySource): void {
    // A copy: its views must not keep, nor carry to another thread, a buffer in which a private key stands.
    const certificate = decodeCertificate(new Uint8Array(der), sha256);
    if (certificate.kind === 'malformed') this.#damaged('certificate', source, certificate.reason);
    else this.materials.push({ kind: 'certificate', certificate, source });
  }

  #addPublicKey(spki: Uint8Array, source: KeySource): void {
    const element = decodeElement(new Uint8Array(spki));
    const publicKey: PublicKeyInfo | null = element.kind === 'element' ? decodePublicKeyInfo(element) : null;
    if (publicKey === null) this.#damaged('public-key', source, 'its structure is broken');
    else {
      const sha256OfPublicKey = encodeHex(sha256(publicKey.spki));
      this.materials.push({ kind: 'public-key', publicKey, sha256OfPublicKey, source });
    }
  }

  #lock(what: string): void {
    this.locked = true;
    this.problems.push(say.wrongPassword(what, this.#passwords.length));
  }

  #damaged(kind: keyof typeof DER_WORDS, source: KeySource, reason: string): void {
    this.problems.push(
      source.line === null
        ? `This ${DER_WORDS[kind]} is damaged: ${reason}. Copy it again.`
        : say.damagedBlock(DER_WORDS[kind], source.line, reason),
    );
  }
}

export interface PrivateKeyKind {
  readonly kind: PrivateKeyMaterial['kind'];
  readonly description: string;
}

const KINDS: Readonly<Record<string, PrivateKeyMaterial['kind']>> = {
  ec: 'ec-private-key',
  ed25519: 'ed25519-private-key',
};

/** For sentences. */
const DER_WORDS = {
  'pkcs1-private-key': 'RSA private key',
  'sec1-private-key': 'EC private key',
  'dsa-private-key': 'DSA private key',
  'pkcs8-private-key': 'private key',
  'encrypted-pkcs8': 'encrypted private key',
  'public-key': 'public key',
  'pkcs1-public-key': 'RSA public key',
  certificate: 'certificate',
  csr: 'certificate request',
  crl: 'certificate revocation list',
  pkcs12: 'PFX file',
  pkcs7: 'PKCS#7 file',
  parameters: 'parameter file',
} as const;

/** For the format. */
const DER_FORMATS = {
  'pkcs1-private-key': 'PKCS#1',
  'sec1-private-key': 'SEC1',
  'dsa-private-key': 'DSA private key',
  'pkcs8-private-key': 'PKCS#8',
  'public-key': 'SubjectPublicKeyInfo',
  'pkcs1-public-key': 'PKCS#1 public key',
  certificate: 'X.509 certificate',
  csr: 'PKCS#10 certificate request',
  crl: 'X.509 certificate revocation list',
  pkcs7: 'PKCS#7',
  parameters: 'parameters without a key',
} as const;

function sha256(bytes: Uint8Array): Uint8Array {
  return hashOf('sha256', bytes);
}

/** What the right password must give for a PEM block. */
function isPrivateKey(plain: Uint8Array): boolean {
  const identity = identifyDer(plain);
  return identity !== null && !identity.cutShort && identity.kind.endsWith('private-key');
}

function wrapPkcs1PublicKey(der: Uint8Array): Uint8Array {
  const sequence = decodeElement(der);
  const [modulus, exponent] =
    sequence.kind === 'element' ? childrenOf(sequence).elements.map(magnitudeOf) : [];
  return modulus && exponent ? encodeRsaPublicKeyInfo(modulus, exponent) : der;
}

function describeUnheld(info: PrivateKeyInfo): string {
  if (info.algorithm === 'ec') return `EC ${info.curve ?? ''}`.trim();
  return info.algorithm === 'unknown' ? `unknown (${info.oid})` : info.algorithm.toUpperCase();
}

function describeSshType(type: string): string {
  const curve = /^ecdsa-sha2-nistp(\d{3})$/.exec(type)?.[1];
  if (curve !== undefined) return `EC P-${curve}`;
  return type === 'ssh-ed25519' ? 'Ed25519' : 'SSH';
}
