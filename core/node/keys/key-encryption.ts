/** Password-based encryption of keys: PBES1, PBES2 (RFC 8018 §6) and PKCS#12's schemes (RFC 7292 appendix C). */
import {
  contentOf,
  childrenOf,
  DER,
  isUniversal,
  magnitudeOf,
  octetsOf,
  oidOf,
  smallIntegerOf,
} from '../../x509/der.ts';
import type { DerElement } from '../../x509/der.ts';
import { entryOf } from '../../x509/tables/object-identifiers.ts';
import { toBigInt } from '../../keys/rsa-private-key.ts';
import type { CbcName, ContainerCipher } from './key-ciphers.ts';
import { blockLengthOf, decryptContent } from './key-ciphers.ts';
import type { DerivationBudget, DerivationHash } from './key-derivation.ts';
import {
  derivePbkdf1,
  derivePbkdf2,
  derivePkcs12,
  deriveScrypt,
  MAX_ITERATIONS,
  MAX_SCRYPT_MEMORY,
} from './key-derivation.ts';
import { passwordBytes, passwordBytesOrUnits, passwordUnits } from './key-password.ts';

/** How a container is encrypted: enough to decrypt it with a password. */
export interface EncryptionScheme {
  readonly kind: 'scheme';
  /** "PBES2, PBKDF2 HMAC-SHA-256, AES-256-CBC". */
  readonly words: string;
  readonly derivation:
    | { readonly kind: 'pbkdf1'; readonly hash: DerivationHash }
    | { readonly kind: 'pbkdf2'; readonly hash: DerivationHash }
    | { readonly kind: 'pkcs12'; readonly hash: DerivationHash }
    | { readonly kind: 'scrypt'; readonly n: number; readonly r: number; readonly p: number };
  readonly salt: Uint8Array;
  /** Of scrypt: what it costs, as iterations of a hash. */
  readonly iterations: number;
  readonly cipher: ContainerCipher;
  /** null where the derivation makes it. */
  readonly iv: Uint8Array | null;
}

/** Why a container cannot be decrypted whatever the password is: a part of a sentence that follows "it". */
export interface SchemeFault {
  readonly kind: 'unusable';
  readonly reason: string;
}

export type DecryptOutcome =
  | { readonly kind: 'decrypted'; readonly plaintext: Uint8Array; readonly password: string }
  | { readonly kind: 'wrong-password' }
  | SchemeFault;

/** Reads the AlgorithmIdentifier of an encrypted container. */
export function decodeEncryptionScheme(algorithm: DerElement): EncryptionScheme | SchemeFault {
  const [type, parameters] = childrenOf(algorithm).elements;
  const oid = oidOf(type);
  const old = entryOf<OldScheme>(OLD_SCHEMES, oid);
  if (old !== undefined) return decodeOldScheme(old, parameters);
  if (oid === '1.2.840.113549.1.5.13') return decodePbes2(parameters);
  return unusable(`is encrypted in a way that Sipher does not know (${oid ?? 'unreadable'})`);
}

/**
 * Decrypts with the first password that gives something `accepts` takes: padding alone lets one wrong password of 256
 * through. `container` PKCS#12 has its own encodings of a password.
 */
export function decryptWithPasswords(
  scheme: EncryptionScheme,
  ciphertext: Uint8Array,
  passwords: readonly string[],
  budget: DerivationBudget,
  accepts: (plaintext: Uint8Array) => boolean,
  container: 'pkcs8' | 'pkcs12' = 'pkcs8',
): DecryptOutcome {
  for (const password of passwords)
    for (const form of formsOf(scheme, password, container)) {
      if (!budget.spend(scheme.iterations)) return tooCostly(scheme.iterations);
      const { key, iv } = deriveKey(scheme, form);
      const outcome = decryptContent(scheme.cipher, key, iv, ciphertext);
      if (outcome.kind === 'unsupported')
        return unusable(`is encrypted with ${cipherWords(scheme.cipher)}, which Sipher cannot decrypt`);
      if (outcome.kind === 'decrypted' && accepts(outcome.plaintext))
        return { kind: 'decrypted', plaintext: outcome.plaintext, password };
    }
  return { kind: 'wrong-password' };
}

export function tooCostly(iterations: number): SchemeFault {
  return unusable(
    `asks for ${iterations.toLocaleString('en')} rounds of password hashing, more than Sipher takes on (${MAX_ITERATIONS.toLocaleString('en')})`,
  );
}

function formsOf(
  scheme: EncryptionScheme,
  password: string,
  container: 'pkcs8' | 'pkcs12',
): readonly Uint8Array[] {
  if (scheme.derivation.kind === 'pkcs12') return passwordUnits(password);
  return container === 'pkcs12' ? passwordBytesOrUnits(password) : passwordBytes(password);
}

function deriveKey(scheme: EncryptionScheme, password: Uint8Array): { key: Uint8Array; iv: Uint8Array } {
  const { derivation, salt, iterations, cipher } = scheme;
  const length = cipher.keyLength;
  const ivLength = cipher.kind === 'cbc' ? blockLengthOf(cipher.name) : 0;
  const given = scheme.iv ?? new Uint8Array(ivLength);
  switch (derivation.kind) {
    case 'pbkdf1': {
      const derived = derivePbkdf1(derivation.hash, password, salt, iterations);
      return { key: derived.subarray(0, 8), iv: derived.subarray(8, 16) };
    }
    case 'pkcs12': {
      const key = derivePkcs12(derivation.hash, password, salt, 1, iterations, length);
      const iv =
        ivLength === 0 ? given : derivePkcs12(derivation.hash, password, salt, 2, iterations, ivLength);
      return { key, iv };
    }
    case 'pbkdf2':
      return { key: derivePbkdf2(derivation.hash, password, salt, iterations, length), iv: given };
    case 'scrypt':
      return { key: deriveScrypt(password, salt, derivation, length), iv: given };
  }
}

interface OldScheme {
  readonly words: string;
  readonly derivation: EncryptionScheme['derivation'] | null;
  readonly cipher: ContainerCipher;
}

function cbcCipher(name: CbcName, keyLength: number, effectiveBits: number | null = null): ContainerCipher {
  return { kind: 'cbc', name, keyLength, effectiveBits };
}

const PKCS12_SHA1 = { kind: 'pkcs12', hash: 'sha1' } as const;
const PBKDF1_MD5 = { kind: 'pbkdf1', hash: 'md5' } as const;
const PBKDF1_SHA1 = { kind: 'pbkdf1', hash: 'sha1' } as const;

/** RFC 8018 appendix A.3 (RC2 has 64 effective bits there), RFC 7292 appendix C. */
const OLD_SCHEMES: Readonly<Record<string, OldScheme>> = {
  '1.2.840.113549.1.5.1': { words: 'PBE-MD2-DES', derivation: null, cipher: cbcCipher('des', 8) },
  '1.2.840.113549.1.5.4': { words: 'PBE-MD2-RC2-64', derivation: null, cipher: cbcCipher('rc2', 8, 64) },
  '1.2.840.113549.1.5.3': { words: 'PBE-MD5-DES', derivation: PBKDF1_MD5, cipher: cbcCipher('des', 8) },
  '1.2.840.113549.1.5.6': {
    words: 'PBE-MD5-RC2-64',
    derivation: PBKDF1_MD5,
    cipher: cbcCipher('rc2', 8, 64),
  },
  '1.2.840.113549.1.5.10': { words: 'PBE-SHA1-DES', derivation: PBKDF1_SHA1, cipher: cbcCipher('des', 8) },
  '1.2.840.113549.1.5.11': {
    words: 'PBE-SHA1-RC2-64',
    derivation: PBKDF1_SHA1,
    cipher: cbcCipher('rc2', 8, 64),
  },
  '1.2.840.113549.1.12.1.1': {
    words: 'PBE-SHA1-RC4-128',
    derivation: PKCS12_SHA1,
    cipher: { kind: 'rc4', keyLength: 16 },
  },
  '1.2.840.113549.1.12.1.2': {
    words: 'PBE-SHA1-RC4-40',
    derivation: PKCS12_SHA1,
    cipher: { kind: 'rc4', keyLength: 5 },
  },
  '1.2.840.113549.1.12.1.3': {
    words: 'PBE-SHA1-3DES',
    derivation: PKCS12_SHA1,
    cipher: cbcCipher('3des', 24),
  },
  '1.2.840.113549.1.12.1.4': {
    words: 'PBE-SHA1-2DES',
    derivation: PKCS12_SHA1,
    cipher: cbcCipher('3des', 16),
  },
  '1.2.840.113549.1.12.1.5': {
    words: 'PBE-SHA1-RC2-128',
    derivation: PKCS12_SHA1,
    cipher: cbcCipher('rc2', 16, 128),
  },
  '1.2.840.113549.1.12.1.6': {
    words: 'PBE-SHA1-RC2-40',
    derivation: PKCS12_SHA1,
    cipher: cbcCipher('rc2', 5, 40),
  },
};

function decodeOldScheme(
  { words, derivation, cipher }: OldScheme,
  parameters: DerElement | undefined,
): EncryptionScheme | SchemeFault {
  const [saltElement, rounds] = parameters === undefined ? [] : childrenOf(parameters).elements;
  const salt = isUniversal(saltElement, DER.octetString) ? octetsOf(saltElement) : null;
  const iterations = iterationsOf(rounds);
  if (salt === null || iterations === null) return unusable('has damaged encryption parameters');
  if (derivation === null)
    return unusable(`is encrypted with ${words}, whose hash MD2 is out of use; convert it where it was made`);
  if (iterations > MAX_ITERATIONS) return tooCostly(iterations);
  return { kind: 'scheme', words, derivation, salt, iterations, cipher, iv: null };
}

/** RFC 8018 §6.2: a key derivation and an encryption, each with parameters of its own. */
function decodePbes2(parameters: DerElement | undefined): EncryptionScheme | SchemeFault {
  const [kdf, encryption] = parameters === undefined ? [] : childrenOf(parameters).elements;
  if (kdf === undefined || encryption === undefined) return unusable('has damaged encryption parameters');
  const cipher = decodeCipher(encryption);
  if ('reason' in cipher) return cipher;
  const [type, kdfParameters] = childrenOf(kdf).elements;
  const fields = kdfParameters === undefined ? [] : childrenOf(kdfParameters).elements;
  const oid = oidOf(type);
  const derived =
    oid === '1.2.840.113549.1.5.12'
      ? decodePbkdf2Parameters(fields)
      : oid === '1.3.6.1.4.1.11591.4.11'
        ? decodeScryptParameters(fields)
        : unusable(`derives its key in a way that Sipher does not know (${oid ?? 'unreadable'})`);
  if ('reason' in derived) return derived;
  const { words, ...rest } = derived;
  return {
    kind: 'scheme',
    words: `PBES2, ${words}, ${cipherWords(cipher.cipher)}`,
    ...rest,
    cipher: cipher.cipher,
    iv: cipher.iv,
  };
}

type Derived = Pick<EncryptionScheme, 'words' | 'derivation' | 'salt' | 'iterations'>;

/** Salt, iterations, then perhaps the key's length, then perhaps the function; SHA-1 where none is named. */
export function decodePbkdf2Parameters(fields: readonly DerElement[]): Derived | SchemeFault {
  const salt = isUniversal(fields[0], DER.octetString) ? octetsOf(fields[0]) : null;
  const iterations = iterationsOf(fields[1]);
  const prf = fields.slice(2).find((field) => isUniversal(field, DER.sequence));
  const prfOid = prf === undefined ? '1.2.840.113549.2.7' : oidOf(childrenOf(prf).elements[0]);
  if (salt === null || iterations === null) return unusable('has damaged encryption parameters');
  const hash = entryOf<DerivationHash>(PRFS, prfOid);
  if (hash === undefined)
    return unusable(`derives its key with a function that Sipher does not know (${prfOid ?? 'unreadable'})`);
  if (iterations > MAX_ITERATIONS) return tooCostly(iterations);
  const words = `PBKDF2 HMAC-${hash.toUpperCase().replace(/^SHA/, 'SHA-')}`;
  return { words, derivation: { kind: 'pbkdf2', hash }, salt, iterations };
}

/** RFC 7914 §7.1: salt, N, r, p, and perhaps the key's length. */
function decodeScryptParameters(fields: readonly DerElement[]): Derived | SchemeFault {
  const salt = isUniversal(fields[0], DER.octetString) ? octetsOf(fields[0]) : null;
  const [n, r, p] = fields.slice(1, 4).map(smallIntegerOf);
  if (salt === null || !n || !r || !p || n < 2 || !Number.isInteger(Math.log2(n)))
    return unusable('has damaged encryption parameters');
  const memory = 128 * n * r + 128 * r * p;
  if (memory > MAX_SCRYPT_MEMORY || r * p >= 2 ** 30)
    return unusable(
      `asks for ${Math.ceil(memory / 2 ** 20).toLocaleString('en')} MB of memory to hash its password, more than Sipher takes on`,
    );
  // Two Salsa20/8 blocks and a copy cost about what one iteration of PBKDF2 does.
  return { words: 'scrypt', derivation: { kind: 'scrypt', n, r, p }, salt, iterations: n * r * p };
}

/** Pseudo-random functions of PBKDF2 (RFC 8018 §B.1). */
const PRFS = {
  '1.3.6.1.5.5.8.1.1': 'md5',
  '1.2.840.113549.2.6': 'md5',
  '1.2.840.113549.2.7': 'sha1',
  '1.2.840.113549.2.8': 'sha224',
  '1.2.840.113549.2.9': 'sha256',
  '1.2.840.113549.2.10': 'sha384',
  '1.2.840.113549.2.11': 'sha512',
  '1.2.840.113549.2.12': 'sha512-224',
  '1.2.840.113549.2.13': 'sha512-256',
} as const satisfies Record<string, DerivationHash>;

/** Encryption schemes of PBES2 whose parameter is the IV (RFC 8018 §B.2, RFC 3565, RFC 3657, RFC 5794, RFC 4010). */
const CBC_CIPHERS: Readonly<Record<string, ContainerCipher>> = {
  '1.3.14.3.2.7': cbcCipher('des', 8),
  '1.2.840.113549.3.7': cbcCipher('3des', 24),
  '2.16.840.1.101.3.4.1.2': cbcCipher('aes', 16),
  '2.16.840.1.101.3.4.1.22': cbcCipher('aes', 24),
  '2.16.840.1.101.3.4.1.42': cbcCipher('aes', 32),
  '1.2.392.200011.61.1.1.1.2': cbcCipher('camellia', 16),
  '1.2.392.200011.61.1.1.1.3': cbcCipher('camellia', 24),
  '1.2.392.200011.61.1.1.1.4': cbcCipher('camellia', 32),
  '1.2.410.200046.1.1.2': cbcCipher('aria', 16),
  '1.2.410.200046.1.1.7': cbcCipher('aria', 24),
  '1.2.410.200046.1.1.12': cbcCipher('aria', 32),
  '1.2.410.200004.1.4': cbcCipher('seed', 16),
  '1.2.156.10197.1.104.2': cbcCipher('sm4', 16),
};

const GCM_KEY_LENGTHS: Readonly<Record<string, number>> = {
  '2.16.840.1.101.3.4.1.6': 16,
  '2.16.840.1.101.3.4.1.26': 24,
  '2.16.840.1.101.3.4.1.46': 32,
};

function decodeCipher(
  encryption: DerElement,
): { readonly cipher: ContainerCipher; readonly iv: Uint8Array } | SchemeFault {
  const [type, parameters] = childrenOf(encryption).elements;
  const oid = oidOf(type);
  if (parameters === undefined) return unusable('has damaged encryption parameters');
  if (oid === '1.2.840.113549.3.2') return decodeRc2(parameters);
  const keyLength = entryOf(GCM_KEY_LENGTHS, oid);
  if (keyLength !== undefined) {
    const nonce = childrenOf(parameters).elements[0];
    return nonce === undefined
      ? unusable('has damaged encryption parameters')
      : { cipher: { kind: 'gcm', keyLength }, iv: contentOf(nonce) };
  }
  const cipher = entryOf(CBC_CIPHERS, oid);
  if (cipher === undefined)
    return unusable(`is encrypted with a cipher that Sipher does not know (${oid ?? 'unreadable'})`);
  return { cipher, iv: contentOf(parameters) };
}

/** RFC 8018 §B.2.3: a version number stands for the effective bits. */
function decodeRc2(parameters: DerElement): { cipher: ContainerCipher; iv: Uint8Array } | SchemeFault {
  const fields = childrenOf(parameters).elements;
  const iv = fields.find((field) => isUniversal(field, DER.octetString));
  const version = isUniversal(fields[0], DER.integer) ? smallIntegerOf(fields[0]) : null;
  const bits =
    fields.length === 1 ? 32 : version === 160 ? 40 : version === 120 ? 64 : version === 58 ? 128 : version;
  if (iv === undefined || bits === null || bits < 8 || bits > 1024)
    return unusable('has damaged encryption parameters');
  return { cipher: cbcCipher('rc2', Math.ceil(bits / 8), bits), iv: contentOf(iv) };
}

function cipherWords(cipher: ContainerCipher): string {
  if (cipher.kind === 'rc4') return `RC4-${cipher.keyLength * 8}`;
  if (cipher.kind === 'gcm') return `AES-${cipher.keyLength * 8}-GCM`;
  const name = cipher.name.toUpperCase();
  if (cipher.name === 'rc2') return `RC2-${cipher.effectiveBits ?? cipher.keyLength * 8}-CBC`;
  return ['aes', 'camellia', 'aria'].includes(cipher.name)
    ? `${name}-${cipher.keyLength * 8}-CBC`
    : `${name}-CBC`;
}

/** Counts beyond 53 bits are as refused as those of ten digits; null where there is none. */
function iterationsOf(element: DerElement | undefined): number | null {
  const magnitude = magnitudeOf(element);
  if (magnitude === null || magnitude.length > 32) return null;
  const count = Number(toBigInt(magnitude));
  return count < 1 ? null : count;
}

function unusable(reason: string): SchemeFault {
  return { kind: 'unusable', reason };
}
