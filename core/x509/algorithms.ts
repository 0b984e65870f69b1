/** AlgorithmIdentifier and SubjectPublicKeyInfo in words and numbers. */
import type { DerElement } from './der.ts';
import {
  bitLengthOf,
  bitsOf,
  childrenOf,
  contentOf,
  decodeElement,
  DER,
  encodingOf,
  isContext,
  isUniversal,
  magnitudeOf,
  oidOf,
  smallIntegerOf,
} from './der.ts';
import type { SignatureHash } from './tables/object-identifiers.ts';
import {
  CURVES,
  entryOf,
  HASHES,
  PUBLIC_KEY_ALGORITHMS,
  SIGNATURE_ALGORITHMS,
} from './tables/object-identifiers.ts';

export interface PublicKeyInfo {
  /** "rsa", "rsa-pss", "ec", "ed25519" … (tables/object-identifiers.ts), or "unknown". */
  readonly algorithm: string;
  readonly oid: string;
  /** In words: "RSA 2048", "EC P-256", "Ed25519". */
  readonly description: string;
  /** RSA: the modulus; EC: the field; null where not known. */
  readonly bits: number | null;
  /** Name of the curve, or its object identifier; null for others. */
  readonly curve: string | null;
  /** Length of the RSA modulus in bytes: the length of an encrypted pre-master secret. null for others. */
  readonly modulusLength: number | null;
  readonly rsa: { readonly modulus: Uint8Array; readonly exponent: Uint8Array } | null;
  /** The DER SubjectPublicKeyInfo; a view. */
  readonly spki: Uint8Array;
}

export interface SignatureAlgorithm {
  readonly oid: string;
  /** "sha256WithRSAEncryption", "RSASSA-PSS with SHA-256, MGF1 SHA-256, salt 32", "ecdsa-with-SHA256". */
  readonly name: string;
  /** The hash that is signed; null where the scheme has its own (Ed25519) or where it is not known. */
  readonly hash: SignatureHash | null;
  /** Kind of key that signs ("rsa", "ec", "dsa", "ed25519"), "unknown" where the algorithm is. */
  readonly key: string;
}

/** Decodes a SubjectPublicKeyInfo (RFC 5280 §4.1.2.7). null where it is none; odd keys give bits null. */
export function decodePublicKeyInfo(element: DerElement | undefined): PublicKeyInfo | null {
  if (!isUniversal(element, DER.sequence)) return null;
  const [algorithm, keyElement] = childrenOf(element).elements;
  const bits = bitsOf(keyElement);
  if (!isUniversal(algorithm, DER.sequence) || bits === null) return null;
  const [oidElement, parameters] = childrenOf(algorithm).elements;
  const oid = oidOf(oidElement);
  if (oid === null) return null;
  const name = entryOf<string>(PUBLIC_KEY_ALGORITHMS, oid) ?? 'unknown';
  const base = {
    oid,
    algorithm: name,
    curve: null,
    modulusLength: null,
    rsa: null,
    spki: encodingOf(element),
  };
  switch (name) {
    case 'rsa':
    case 'rsa-pss':
      return { ...base, ...rsaFacts(bits.bytes, name) };
    case 'ec': {
      const curveOid = oidOf(parameters);
      const curve = entryOf<{ readonly name: string; readonly bits: number }>(CURVES, curveOid);
      const curveName = curve?.name ?? curveOid ?? 'with explicit parameters';
      return { ...base, curve: curveName, bits: curve?.bits ?? null, description: `EC ${curveName}` };
    }
    case 'dsa':
    case 'dh': {
      const prime = parameters === undefined ? null : magnitudeOf(childrenOf(parameters).elements[0]);
      const size = prime === null ? null : bitLengthOf(prime);
      return { ...base, bits: size, description: `${name.toUpperCase()}${size === null ? '' : ` ${size}`}` };
    }
    default: {
      const fixed = entryOf<{ readonly words: string; readonly bits: number }>(FIXED_KEYS, name);
      return { ...base, bits: fixed?.bits ?? null, description: fixed?.words ?? describeOther(name, oid) };
    }
  }
}

/** Decodes the AlgorithmIdentifier of a signature. null where it is none. */
export function decodeSignatureAlgorithm(element: DerElement | undefined): SignatureAlgorithm | null {
  if (!isUniversal(element, DER.sequence)) return null;
  const [oidElement, parameters] = childrenOf(element).elements;
  const oid = oidOf(oidElement);
  if (oid === null) return null;
  const row = entryOf<{ readonly name: string; readonly key: string; readonly hash: SignatureHash | null }>(
    SIGNATURE_ALGORITHMS,
    oid,
  );
  if (row === undefined) return { oid, name: oid, hash: null, key: 'unknown' };
  return row.name === 'RSASSA-PSS' ? describePss(oid, parameters) : { oid, ...row };
}

/** "sha256" as people write it. */
export function hashWords(hash: string): string {
  return hash.startsWith('sha') ? `SHA-${hash.slice(3)}` : hash.toUpperCase();
}

const FIXED_KEYS = {
  ed25519: { words: 'Ed25519', bits: 256 },
  ed448: { words: 'Ed448', bits: 456 },
  x25519: { words: 'X25519', bits: 255 },
  x448: { words: 'X448', bits: 448 },
} as const;

function rsaFacts(
  key: Uint8Array,
  name: 'rsa' | 'rsa-pss',
): Pick<PublicKeyInfo, 'bits' | 'description' | 'modulusLength' | 'rsa'> {
  const words = name === 'rsa' ? 'RSA' : 'RSA-PSS';
  const sequence = decodeElement(key);
  const [first, second] = sequence.kind === 'element' ? childrenOf(sequence).elements : [];
  const modulus = magnitudeOf(first);
  const exponent = magnitudeOf(second);
  const bits = modulus === null ? 0 : bitLengthOf(modulus);
  if (modulus === null || exponent === null || bits === 0)
    return { bits: null, description: `${words}, unreadable`, modulusLength: null, rsa: null };
  return {
    bits,
    description: `${words} ${bits}`,
    modulusLength: modulus.length,
    rsa: { modulus, exponent },
  };
}

/** RFC 4055 §3.1: hash [0], mask generation [1], salt length [2]; what is absent is SHA-1, MGF1 with SHA-1, 20. */
function describePss(oid: string, parameters: DerElement | undefined): SignatureAlgorithm {
  let hash: SignatureHash | null = 'sha1';
  let mask = 'MGF1 SHA-1';
  let salt: number | null = 20;
  const fields = isUniversal(parameters, DER.sequence) ? childrenOf(parameters).elements : [];
  for (const field of fields) {
    const inner = decodeElement(contentOf(field));
    if (inner.kind === 'malformed') continue;
    if (isContext(field, 0)) hash = hashOf(inner);
    if (isContext(field, 1)) {
      const maskHash = hashOf(childrenOf(inner).elements[1]);
      mask = `MGF1 ${maskHash === null ? 'of an unknown hash' : hashWords(maskHash)}`;
    }
    if (isContext(field, 2)) salt = smallIntegerOf(inner);
  }
  const hashName = hash === null ? 'an unknown hash' : hashWords(hash);
  return { oid, key: 'rsa', hash, name: `RSASSA-PSS with ${hashName}, ${mask}, salt ${salt ?? 'unknown'}` };
}

function hashOf(algorithm: DerElement | undefined): SignatureHash | null {
  if (!isUniversal(algorithm, DER.sequence)) return null;
  return entryOf<SignatureHash>(HASHES, oidOf(childrenOf(algorithm).elements[0])) ?? null;
}

function describeOther(name: string, oid: string): string {
  return name === 'unknown' ? `algorithm ${oid}` : name.toUpperCase();
}
