/** PrivateKeyInfo and EncryptedPrivateKeyInfo (RFC 5958, RFC 5208 §5 and §6). */
import type { DerElement } from '../x509/der.ts';
import {
  bitsOf,
  childrenOf,
  contentOf,
  decodeElement,
  DER,
  encodingOf,
  isContext,
  isUniversal,
  octetsOf,
  oidOf,
} from '../x509/der.ts';
import { encodeElement, encodeSequence } from '../x509/der-encode.ts';
import { CURVES, entryOf, PUBLIC_KEY_ALGORITHMS } from '../x509/tables/object-identifiers.ts';

export interface PrivateKeyInfo {
  /** "rsa", "ec", "ed25519" … (tables/object-identifiers.ts), "unknown". */
  readonly algorithm: string;
  readonly oid: string;
  readonly curve: string | null;
  /** What the OCTET STRING holds: PKCS#1 for RSA, SEC1 for EC. A secret. */
  readonly key: Uint8Array;
  /** The whole PrivateKeyInfo without attributes, which some libraries refuse. A secret. */
  readonly plain: Uint8Array;
  /** DER SubjectPublicKeyInfo where the file carries the public key (EC, RFC 5958 §2); else null. */
  readonly spki: Uint8Array | null;
}

/** Decodes a PrivateKeyInfo; null where the bytes are none. */
export function decodePrivateKeyInfo(der: Uint8Array): PrivateKeyInfo | null {
  const sequence = decodeElement(der);
  if (sequence.kind === 'malformed' || !isUniversal(sequence, DER.sequence)) return null;
  const [version, algorithm, octets, ...rest] = childrenOf(sequence).elements;
  if (!isUniversal(version, DER.integer) || !isUniversal(algorithm, DER.sequence)) return null;
  if (!isUniversal(octets, DER.octetString)) return null;
  const key = octetsOf(octets);
  const [type, parameters] = childrenOf(algorithm).elements;
  const oid = oidOf(type);
  if (key === null || oid === null) return null;
  const name = entryOf<string>(PUBLIC_KEY_ALGORITHMS, oid) ?? 'unknown';
  const point = name === 'ec' ? pointOf(key) : publicKeyOf(rest);
  return {
    algorithm: name,
    oid,
    curve: name === 'ec' ? curveName(parameters) : null,
    key,
    plain: encodeSequence(Uint8Array.of(2, 1, 0), encodingOf(algorithm), encodeElement(0x04, key)),
    spki: point === null ? null : encodeSequence(encodingOf(algorithm), encodeElement(0x03, point)),
  };
}

/** PrivateKeyInfo of a SEC1 key (RFC 5915); null where it does not name its curve. */
export function wrapSec1Key(der: Uint8Array): PrivateKeyInfo | null {
  const sequence = decodeElement(der);
  if (sequence.kind === 'malformed') return null;
  const parameters = childrenOf(sequence).elements.find((element) => isContext(element, 0));
  if (parameters === undefined) return null;
  const algorithm = encodeSequence(EC_PUBLIC_KEY, contentOf(parameters));
  return decodePrivateKeyInfo(
    encodeSequence(Uint8Array.of(2, 1, 0), algorithm, encodeElement(0x04, encodingOf(sequence))),
  );
}

/** The algorithm and the ciphertext of an EncryptedPrivateKeyInfo; null where the bytes are none. */
export function decodeEncryptedPrivateKeyInfo(
  der: Uint8Array,
): { readonly algorithm: DerElement; readonly ciphertext: Uint8Array } | null {
  const sequence = decodeElement(der);
  if (sequence.kind === 'malformed') return null;
  const [algorithm, octets] = childrenOf(sequence).elements;
  if (!isUniversal(algorithm, DER.sequence) || !isUniversal(octets, DER.octetString)) return null;
  const ciphertext = octetsOf(octets);
  return ciphertext === null ? null : { algorithm, ciphertext };
}

/** id-ecPublicKey, encoded. */
const EC_PUBLIC_KEY = Uint8Array.of(0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01);

function curveName(parameters: DerElement | undefined): string {
  const oid = oidOf(parameters);
  return entryOf<{ readonly name: string }>(CURVES, oid)?.name ?? oid ?? 'with explicit parameters';
}

/** The public point in a SEC1 structure, [1] BIT STRING, as content of a BIT STRING. */
function pointOf(sec1: Uint8Array): Uint8Array | null {
  const sequence = decodeElement(sec1);
  if (sequence.kind === 'malformed') return null;
  const wrapped = childrenOf(sequence).elements.find((element) => isContext(element, 1));
  const inner = wrapped === undefined ? undefined : childrenOf(wrapped).elements[0];
  return inner !== undefined && bitsOf(inner) !== null ? contentOf(inner) : null;
}

/** RFC 5958's own place for the public key: [1] IMPLICIT BIT STRING. */
function publicKeyOf(rest: readonly DerElement[]): Uint8Array | null {
  const element = rest.find((candidate) => isContext(candidate, 1));
  return element === undefined || element.constructed ? null : contentOf(element);
}
