/** PKCS#12 files (PFX, RFC 7292), as OpenSSL, Windows, Java, macOS and others write them. */
import { createHmac } from 'node:crypto';
import { equalBytes } from '../../bytes/reader.ts';
import { decodeEncryptedPrivateKeyInfo, decodePrivateKeyInfo } from '../../keys/pkcs8.ts';
import type { DerElement } from '../../x509/der.ts';
import {
  childrenOf,
  contentOf,
  decodeElement,
  DER,
  encodingOf,
  isContext,
  isUniversal,
  octetsOf,
  oidOf,
  smallIntegerOf,
} from '../../x509/der.ts';
import { entryOf } from '../../x509/tables/object-identifiers.ts';
import type { DerivationBudget, DerivationHash } from './key-derivation.ts';
import { derivePbkdf2, derivePkcs12, MAX_ITERATIONS } from './key-derivation.ts';
import type { SchemeFault } from './key-encryption.ts';
import {
  decodeEncryptionScheme,
  decodePbkdf2Parameters,
  decryptWithPasswords,
  tooCostly,
} from './key-encryption.ts';
import { passwordBytesOrUnits, passwordUnits } from './key-password.ts';

export interface Pkcs12Contents {
  readonly kind: 'opened';
  /** PrivateKeyInfo structures. Secrets. */
  readonly keys: readonly Uint8Array[];
  readonly certificates: readonly Uint8Array[];
  /** How its parts are encrypted and protected, each once; empty where nothing is. */
  readonly words: readonly string[];
  readonly encrypted: boolean;
}

export type Pkcs12Outcome =
  | Pkcs12Contents
  /** None of the passwords fits, or the file was damaged. */
  | { readonly kind: 'wrong-password'; readonly words: readonly string[] }
  /** A password opens the file, but its check sum does not fit. */
  | { readonly kind: 'altered'; readonly words: readonly string[] }
  /** A part of a sentence that follows "it". */
  | { readonly kind: 'damaged'; readonly reason: string }
  | SchemeFault;

/** Opens a whole, undamaged structure (cut ones are told by identifyDer). The empty password is always tried. */
export function openPkcs12(
  der: Uint8Array,
  given: readonly string[],
  budget: DerivationBudget,
): Pkcs12Outcome {
  const pfx = decodeElement(der);
  const [, authSafe, macData] = pfx.kind === 'element' ? childrenOf(pfx).elements : [];
  const content = authSafe === undefined ? null : contentBytes(authSafe);
  if (content === null) return { kind: 'damaged', reason: 'has a damaged structure' };
  const passwords = given.includes('') ? given : [...given, ''];
  const mac = checkMac(macData, content, passwords, budget);
  if (mac.kind === 'unusable') return mac;
  const fitting = mac.kind === 'fits' ? [mac.password] : passwords;
  const safe = new SafeReader(fitting, budget);
  if (mac.words !== '') safe.words.add(mac.words);
  const whole = safe.readAuthenticatedSafe(content);
  const words = [...safe.words];
  if (mac.kind === 'no-fit' && safe.encrypted)
    return safe.keys.length > 0 && safe.opened
      ? { kind: 'altered', words }
      : { kind: 'wrong-password', words };
  if (safe.keys.length === 0 && safe.fault !== null) return safe.fault;
  // Where the MAC fits, the password is right: what still cannot be decrypted has other reasons.
  if (safe.keys.length === 0 && safe.wrongPassword && mac.kind !== 'fits')
    return { kind: 'wrong-password', words };
  if (!whole && safe.keys.length === 0) return { kind: 'damaged', reason: 'has a damaged structure' };
  return {
    kind: 'opened',
    keys: safe.keys,
    certificates: safe.certificates,
    words,
    encrypted: safe.encrypted,
  };
}

const DATA = '1.2.840.113549.1.7.1';
const SIGNED_DATA = '1.2.840.113549.1.7.2';
const ENCRYPTED_DATA = '1.2.840.113549.1.7.6';
const BAG = '1.2.840.113549.1.12.10.1';
const MAX_BAG_DEPTH = 8;

/** Collects what the safes hold. Parts that cannot be read are noted and passed over. */
class SafeReader {
  readonly keys: Uint8Array[] = [];
  readonly certificates: Uint8Array[] = [];
  readonly words = new Set<string>();
  encrypted = false;
  /** Something encrypted was decrypted. */
  opened = false;
  wrongPassword = false;
  fault: SchemeFault | null = null;
  readonly #passwords: readonly string[];
  readonly #budget: DerivationBudget;

  constructor(passwords: readonly string[], budget: DerivationBudget) {
    this.#passwords = passwords;
    this.#budget = budget;
  }

  /** AuthenticatedSafe: a sequence of contents, each in clear or encrypted. False where it is damaged. */
  readAuthenticatedSafe(content: Uint8Array): boolean {
    const sequence = decodeElement(content);
    if (sequence.kind === 'malformed' || !isUniversal(sequence, DER.sequence)) return false;
    const { elements, fault } = childrenOf(sequence);
    for (const info of elements) {
      const type = oidOf(childrenOf(info).elements[0]);
      if (type === DATA) {
        const safe = contentBytes(info);
        if (safe !== null) this.#readSafeContents(safe, 0);
      } else if (type === ENCRYPTED_DATA) this.#readEncryptedData(info);
      else this.fault = { kind: 'unusable', reason: 'is encrypted for a certificate, not with a password' };
    }
    return fault === null;
  }

  /** EncryptedData (RFC 5652 §8): version, then type, algorithm and the ciphertext as [0]. */
  #readEncryptedData(info: DerElement): void {
    const wrapped = childrenOf(info).elements[1];
    const data = wrapped === undefined ? undefined : childrenOf(wrapped).elements[0];
    const encrypted = data === undefined ? undefined : childrenOf(data).elements[1];
    const [, algorithm, content] = encrypted === undefined ? [] : childrenOf(encrypted).elements;
    const ciphertext = isContext(content, 0) ? octetsOf(content) : null;
    if (algorithm === undefined || ciphertext === null) return;
    const plaintext = this.#decrypt(algorithm, ciphertext, isWholeSequence);
    if (plaintext !== null) this.#readSafeContents(plaintext, 0);
  }

  #readSafeContents(content: Uint8Array, depth: number): void {
    const sequence = decodeElement(content);
    if (sequence.kind === 'malformed' || depth > MAX_BAG_DEPTH) return;
    for (const bag of childrenOf(sequence).elements) {
      const [type, wrapped] = childrenOf(bag).elements;
      const value = wrapped === undefined ? undefined : childrenOf(wrapped).elements[0];
      if (value !== undefined) this.#readBag(oidOf(type), value, depth);
    }
  }

  #readBag(type: string | null, value: DerElement, depth: number): void {
    switch (type) {
      case `${BAG}.1`:
        this.keys.push(encodingOf(value));
        break;
      case `${BAG}.2`: {
        const parts = decodeEncryptedPrivateKeyInfo(encodingOf(value));
        const plaintext =
          parts === null
            ? null
            : this.#decrypt(
                parts.algorithm,
                parts.ciphertext,
                (bytes) => decodePrivateKeyInfo(bytes) !== null,
              );
        if (plaintext !== null) this.keys.push(plaintext);
        break;
      }
      case `${BAG}.3`: {
        const wrapped = childrenOf(value).elements[1];
        const octets = wrapped === undefined ? undefined : childrenOf(wrapped).elements[0];
        const certificate = isUniversal(octets, DER.octetString) ? octetsOf(octets) : null;
        if (certificate !== null) this.certificates.push(certificate);
        break;
      }
      case `${BAG}.6`:
        this.#readSafeContents(encodingOf(value), depth + 1);
        break;
      default:
      // Revocation lists and secrets of other kinds are of no use here.
    }
  }

  #decrypt(
    algorithm: DerElement,
    ciphertext: Uint8Array,
    accepts: (plaintext: Uint8Array) => boolean,
  ): Uint8Array | null {
    this.encrypted = true;
    const scheme = decodeEncryptionScheme(algorithm);
    if (scheme.kind === 'unusable') {
      this.fault = scheme;
      return null;
    }
    this.words.add(scheme.words);
    const outcome = decryptWithPasswords(
      scheme,
      ciphertext,
      this.#passwords,
      this.#budget,
      accepts,
      'pkcs12',
    );
    if (outcome.kind === 'decrypted') {
      this.opened = true;
      return outcome.plaintext;
    }
    if (outcome.kind === 'wrong-password') this.wrongPassword = true;
    else this.fault = outcome;
    return null;
  }
}

type MacCheck =
  | { readonly kind: 'none' | 'no-fit'; readonly words: string }
  | { readonly kind: 'fits'; readonly words: string; readonly password: string }
  | SchemeFault;

/** MacData (RFC 7292 §4): a DigestInfo, a salt, iterations (1 where absent). */
function checkMac(
  macData: DerElement | undefined,
  content: Uint8Array,
  passwords: readonly string[],
  budget: DerivationBudget,
): MacCheck {
  if (!isUniversal(macData, DER.sequence)) return { kind: 'none', words: '' };
  const [digestInfo, saltElement, rounds] = childrenOf(macData).elements;
  const [algorithm, digestElement] = digestInfo === undefined ? [] : childrenOf(digestInfo).elements;
  const digest = isUniversal(digestElement, DER.octetString) ? octetsOf(digestElement) : null;
  const salt = isUniversal(saltElement, DER.octetString) ? octetsOf(saltElement) : null;
  if (algorithm === undefined || digest === null || salt === null) return { kind: 'none', words: '' };
  const oid = oidOf(childrenOf(algorithm).elements[0]);
  if (oid === '1.2.840.113549.1.5.14') return checkPbmac1(algorithm, digest, content, passwords, budget);
  const hash = entryOf<DerivationHash>(MAC_HASHES, oid);
  const iterations = rounds === undefined ? 1 : smallIntegerOf(rounds);
  // A MAC that cannot be checked proves nothing against the file: what it protects still must decrypt.
  if (hash === undefined || iterations === null || iterations < 1) return { kind: 'none', words: '' };
  if (iterations > MAX_ITERATIONS) return tooCostly(iterations);
  const words = `MAC HMAC-${hash.toUpperCase().replace(/^SHA/, 'SHA-')}`;
  for (const password of passwords)
    for (const form of passwordUnits(password)) {
      if (!budget.spend(iterations)) return tooCostly(iterations);
      const key = derivePkcs12(hash, form, salt, 3, iterations, digest.length);
      if (equalBytes(createHmac(hash, key).update(content).digest(), digest))
        return { kind: 'fits', words, password };
    }
  return { kind: 'no-fit', words };
}

/** PBMAC1 (RFC 9579): PBKDF2 and an HMAC, as OpenSSL 3.4 and later write on request. */
function checkPbmac1(
  algorithm: DerElement,
  digest: Uint8Array,
  content: Uint8Array,
  passwords: readonly string[],
  budget: DerivationBudget,
): MacCheck {
  const parameters = childrenOf(algorithm).elements[1];
  const [kdf, scheme] = parameters === undefined ? [] : childrenOf(parameters).elements;
  const kdfParameters = kdf === undefined ? undefined : childrenOf(kdf).elements[1];
  const fields = kdfParameters === undefined ? [] : childrenOf(kdfParameters).elements;
  const derived = decodePbkdf2Parameters(fields);
  const length = smallIntegerOf(fields.slice(2).find((field) => isUniversal(field, DER.integer)));
  const macOid = scheme === undefined ? null : oidOf(childrenOf(scheme).elements[0]);
  const hash = entryOf<DerivationHash>(HMACS, macOid);
  if ('reason' in derived) return derived;
  if (hash === undefined || length === null || length > 512 || derived.derivation.kind !== 'pbkdf2')
    return { kind: 'none', words: '' };
  const words = `PBMAC1 ${derived.words}`;
  for (const password of passwords)
    for (const form of passwordBytesOrUnits(password)) {
      if (!budget.spend(derived.iterations)) return tooCostly(derived.iterations);
      const key = derivePbkdf2(derived.derivation.hash, form, derived.salt, derived.iterations, length);
      if (equalBytes(createHmac(hash, key).update(content).digest(), digest))
        return { kind: 'fits', words, password };
    }
  return { kind: 'no-fit', words };
}

const MAC_HASHES = {
  '1.2.840.113549.2.5': 'md5',
  '1.3.14.3.2.26': 'sha1',
  '2.16.840.1.101.3.4.2.4': 'sha224',
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
} as const satisfies Record<string, DerivationHash>;

const HMACS = {
  '1.2.840.113549.2.7': 'sha1',
  '1.2.840.113549.2.9': 'sha256',
  '1.2.840.113549.2.10': 'sha384',
  '1.2.840.113549.2.11': 'sha512',
} as const satisfies Record<string, DerivationHash>;

/** The bytes in a ContentInfo: those of data, or those that a signature wraps (public-key integrity mode). */
function contentBytes(info: DerElement): Uint8Array | null {
  const [type, wrapped] = childrenOf(info).elements;
  const inner = isContext(wrapped, 0) ? childrenOf(wrapped).elements[0] : undefined;
  if (inner === undefined) return null;
  if (oidOf(type) === DATA) return isUniversal(inner, DER.octetString) ? octetsOf(inner) : null;
  if (oidOf(type) !== SIGNED_DATA) return null;
  const encapsulated = childrenOf(inner).elements[2];
  return encapsulated === undefined ? null : contentBytes(encapsulated);
}

/** What the right password gives: one sequence from the first byte to the last. */
function isWholeSequence(bytes: Uint8Array): boolean {
  const sequence = decodeElement(bytes);
  return (
    sequence.kind === 'element' &&
    isUniversal(sequence, DER.sequence) &&
    sequence.end === bytes.length &&
    childrenOf(sequence).elements.every((child) => contentOf(child).length > 0)
  );
}
