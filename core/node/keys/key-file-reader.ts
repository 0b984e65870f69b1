/** Opens the parts of a key file one by one; what is in them is gathered in FoundKeys. */
import type { KeyFilePart } from '../../keys/identify.ts';
import { identifyDer } from '../../keys/identify-der.ts';
import type { KeySource } from '../../keys/key-material.ts';
import { KeyLog } from '../../keys/keylog-file.ts';
import { decodeEncryptedPrivateKeyInfo, decodePrivateKeyInfo, wrapSec1Key } from '../../keys/pkcs8.ts';
import { certificatesOfPkcs7 } from '../../keys/pkcs7.ts';
import { checkRsaNumbers, decodeRsaPrivateKey } from '../../keys/rsa-private-key.ts';
import { childrenOf, decodeElement, magnitudeOf } from '../../x509/der.ts';
import { encodeRsaPublicKeyInfo } from '../../x509/der-encode.ts';
import { DER_WORDS, FoundKeys } from './found-keys.ts';
import { DerivationBudget } from './key-derivation.ts';
import { decodeEncryptionScheme, decryptWithPasswords } from './key-encryption.ts';
import { openJavaKeystore } from './key-java.ts';
import { openOpensshKey } from './key-openssh.ts';
import { decryptPemBlock } from './key-pem-cipher.ts';
import { openPkcs12 } from './key-pkcs12.ts';
import * as say from './key-sentences.ts';

export class KeyFileReader {
  readonly found = new FoundKeys();
  readonly #name: string;
  readonly #passwords: readonly string[];
  readonly #budget = new DerivationBudget();

  constructor(name: string, passwords: readonly string[]) {
    this.#name = name;
    this.#passwords = passwords;
  }

  /** `name`: the file that the part is from, where an archive holds it. */
  read(part: KeyFilePart, name = this.#name): void {
    const source: KeySource = { name, line: part.line };
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
        this.found.formats.add(`damaged ${part.label}`);
        this.found.problems.push(say.damagedBlock(part.label, part.line, part.reason));
        break;
      case 'of-no-use':
        this.found.formats.add(part.label);
        break;
      default:
        if (part.cutAt === null) this.#readDer(part.kind, part.der, source);
        else {
          this.found.formats.add(`${DER_WORDS[part.kind]}, cut short`);
          this.found.problems.push(say.cutShort(DER_WORDS[part.kind], part.der.length, part.cutAt));
        }
    }
  }

  #readDer(kind: keyof typeof DER_WORDS, der: Uint8Array, source: KeySource): void {
    if (kind !== 'encrypted-pkcs8' && kind !== 'pkcs12') this.found.formats.add(DER_FORMATS[kind]);
    switch (kind) {
      case 'pkcs1-private-key':
        this.found.addRsa(decodeRsaPrivateKey(der), source);
        break;
      case 'pkcs8-private-key':
      case 'sec1-private-key':
        this.found.addPrivateKeyInfo(
          kind === 'sec1-private-key' ? wrapSec1Key(der) : decodePrivateKeyInfo(der),
          source,
        );
        break;
      case 'dsa-private-key':
        this.found.addUnheld('other-private-key', 'DSA');
        break;
      case 'encrypted-pkcs8':
        this.#readEncryptedPkcs8(der, source);
        break;
      case 'pkcs12':
        this.#readPkcs12(der, source);
        break;
      case 'pkcs7':
        for (const certificate of certificatesOfPkcs7(der)) this.found.addCertificate(certificate, source);
        break;
      case 'certificate':
        this.found.addCertificate(der, source);
        break;
      case 'csr':
        this.found.addRequest(der, source);
        break;
      case 'public-key':
      case 'pkcs1-public-key':
        this.found.addPublicKey(kind === 'public-key' ? der : wrapPkcs1PublicKey(der), source);
        break;
      case 'crl':
      case 'parameters':
        break;
    }
  }

  #readEncryptedPkcs8(der: Uint8Array, source: KeySource): void {
    this.found.encrypted = true;
    const parts = decodeEncryptedPrivateKeyInfo(der);
    if (parts === null) {
      this.found.damaged('encrypted-pkcs8', source, 'its structure is broken');
      return;
    }
    const scheme = decodeEncryptionScheme(parts.algorithm);
    if (scheme.kind === 'unusable') {
      this.found.formats.add('PKCS#8, encrypted');
      this.found.problems.push(say.inconvertible(scheme.reason));
      return;
    }
    this.found.formats.add(`PKCS#8, encrypted (${scheme.words})`);
    const isKey = (plain: Uint8Array): boolean => decodePrivateKeyInfo(plain) !== null;
    const outcome = decryptWithPasswords(scheme, parts.ciphertext, this.#passwords, this.#budget, isKey);
    if (outcome.kind === 'decrypted')
      this.found.addPrivateKeyInfo(decodePrivateKeyInfo(outcome.plaintext), source);
    else if (outcome.kind === 'wrong-password') this.found.lock('private key', this.#passwords.length);
    else this.found.problems.push(say.inconvertible(outcome.reason));
  }

  #readEncryptedPem(part: KeyFilePart & { readonly kind: 'encrypted-pem' }, source: KeySource): void {
    this.found.encrypted = true;
    this.found.formats.add(
      `${part.label === 'RSA PRIVATE KEY' ? 'PKCS#1' : part.label}, encrypted (${part.cipher})`,
    );
    const outcome = decryptPemBlock(part.cipher, part.iv, part.data, this.#passwords, isPrivateKey);
    if (outcome.kind === 'wrong-password') this.found.lock('private key', this.#passwords.length);
    else if (outcome.kind === 'unusable') this.found.problems.push(say.inconvertible(outcome.reason));
    else {
      const identity = identifyDer(outcome.plaintext);
      const formats = new Set(this.found.formats);
      if (identity !== null) this.#readDer(identity.kind, outcome.plaintext, source);
      // The words of the encrypted block say it already.
      this.found.formats.clear();
      for (const format of formats) this.found.formats.add(format);
    }
  }

  #readPkcs12(der: Uint8Array, source: KeySource): void {
    const outcome = openPkcs12(der, this.#passwords, this.#budget);
    const words = 'words' in outcome ? outcome.words : [];
    this.found.formats.add(words.length === 0 ? 'PKCS#12' : `PKCS#12 (${words.join('; ')})`);
    switch (outcome.kind) {
      case 'opened':
        this.found.encrypted ||= outcome.encrypted;
        for (const key of outcome.keys) this.found.addPrivateKeyInfo(decodePrivateKeyInfo(key), source);
        for (const certificate of outcome.certificates) this.found.addCertificate(certificate, source);
        break;
      case 'wrong-password':
        this.found.encrypted = true;
        this.found.lock('PFX file', this.#passwords.length);
        break;
      case 'altered':
        this.found.encrypted = true;
        this.found.problems.push(say.alteredPfx());
        break;
      case 'damaged':
      case 'unusable':
        this.found.problems.push(say.unusable('PFX file', outcome.reason));
    }
  }

  #readOpenssh(data: Uint8Array, source: KeySource): void {
    const outcome = openOpensshKey(data, this.#passwords, this.#budget);
    this.found.formats.add('OpenSSH private key');
    switch (outcome.kind) {
      case 'rsa':
        this.found.encrypted ||= outcome.encrypted;
        this.found.addRsa(checkRsaNumbers(outcome.numbers), source);
        break;
      case 'other': {
        this.found.encrypted ||= outcome.encrypted;
        const kind = outcome.type.startsWith('ecdsa') ? 'ec-private-key' : 'ed25519-private-key';
        const known = outcome.type === 'ssh-ed25519' || kind === 'ec-private-key';
        this.found.addUnheld(known ? kind : 'other-private-key', describeSshType(outcome.type));
        break;
      }
      case 'wrong-password':
        this.found.encrypted = true;
        this.found.lock('OpenSSH private key', this.#passwords.length);
        break;
      default:
        this.found.encrypted ||= outcome.kind === 'unusable';
        this.found.problems.push(
          `${say.unusable('OpenSSH private key', outcome.reason)} Convert it with: ssh-keygen -p -m PEM -f KEYFILE.`,
        );
    }
  }

  #readJava(data: Uint8Array, source: KeySource): void {
    const store = openJavaKeystore(data, this.#passwords, this.#budget);
    this.found.formats.add(`Java key store (${store.type})`);
    this.found.encrypted ||= store.privateKeys > 0;
    for (const key of store.keys) this.found.addPrivateKeyInfo(decodePrivateKeyInfo(key), source);
    for (const certificate of store.certificates) this.found.addCertificate(certificate, source);
    if (store.kind === 'wrong-password') this.found.lock('Java key store', this.#passwords.length);
    if (store.kind === 'damaged')
      this.found.problems.push(
        'This Java key store cannot be read to its end. Convert it with: keytool -importkeystore -srckeystore FILE -destkeystore key.p12 -deststoretype PKCS12; then load key.p12.',
      );
  }

  #readKeyLog(data: Uint8Array, source: KeySource): void {
    const log = KeyLog.of(data);
    this.found.formats.add('TLS key log');
    this.found.materials.push({ kind: 'keylog', log, source });
    const { secrets, bad, other } = log.counts;
    const fault = log.faults[0];
    if (secrets === 0)
      this.found.problems.push(say.emptyKeyLog(bad, fault?.line ?? null, fault?.reason ?? '', other));
  }
}

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

function describeSshType(type: string): string {
  const curve = /^ecdsa-sha2-nistp(\d{3})$/.exec(type)?.[1];
  if (curve !== undefined) return `EC P-${curve}`;
  return type === 'ssh-ed25519' ? 'Ed25519' : 'SSH';
}
