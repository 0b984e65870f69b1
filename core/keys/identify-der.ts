/** What a DER structure is, told by its shape and not by what a label says. */
import type { DerElement } from '../x509/der.ts';
import {
  childrenOf,
  contentOf,
  decodeElement,
  DER,
  isContext,
  isUniversal,
  oidOf,
  smallIntegerOf,
} from '../x509/der.ts';

export type DerKind =
  | 'pkcs1-private-key'
  | 'sec1-private-key'
  | 'dsa-private-key'
  | 'pkcs8-private-key'
  | 'encrypted-pkcs8'
  | 'public-key'
  | 'pkcs1-public-key'
  | 'certificate'
  | 'csr'
  | 'crl'
  | 'pkcs12'
  | 'pkcs7'
  | 'parameters';

export interface DerIdentity {
  readonly kind: DerKind;
  /** The structure ends before its own length says; `declared` is that length in bytes. */
  readonly cutShort: boolean;
  readonly declared: number;
}

/** null where the bytes are no structure known here. Bytes behind it are ignored. */
export function identifyDer(bytes: Uint8Array): DerIdentity | null {
  const whole = decodeElement(bytes);
  if (whole.kind === 'element') {
    const kind = isUniversal(whole, DER.sequence) ? kindOf(whole) : null;
    return kind === null ? null : { kind, cutShort: false, declared: whole.end };
  }
  return whole.cutShort ? identifyCut(bytes) : null;
}

/** Tells the kind by the elements that are there before the cut. */
function identifyCut(bytes: Uint8Array): DerIdentity | null {
  if (bytes[0] !== 0x30 || bytes.length < 8) return null;
  const first = bytes[1] ?? 0;
  const count = first > 0x80 ? first & 0x7f : 0;
  if (count > 4) return null;
  let declared = count === 0 ? first & 0x7f : 0;
  for (let i = 0; i < count; i++) declared = declared * 256 + (bytes[2 + i] ?? 0);
  const inside = 2 + count;
  const elements: DerElement[] = [];
  for (let at = inside; at < bytes.length;) {
    const child = decodeElement(bytes, at);
    if (child.kind === 'malformed') {
      const head = headOf(bytes, at);
      if (head !== null) elements.push(head);
      break;
    }
    elements.push(child);
    at = child.end;
  }
  const kind = kindOfChildren(elements, true);
  return kind === null ? null : { kind, cutShort: true, declared: first === 0x80 ? 0 : inside + declared };
}

/** An element that is cut: its tag, and what there is of its content. */
function headOf(bytes: Uint8Array, at: number): DerElement | null {
  const identifier = bytes[at];
  const length = bytes[at + 1];
  if (identifier === undefined || length === undefined || (identifier & 0x1f) === 0x1f) return null;
  const contentStart = Math.min(bytes.length, at + 2 + (length > 0x80 ? length & 0x7f : 0));
  return {
    kind: 'element',
    source: bytes,
    tagClass: (identifier & 0xc0) === 0 ? 0 : 2,
    tagNumber: identifier & 0x1f,
    constructed: (identifier & 0x20) !== 0,
    start: at,
    contentStart,
    contentEnd: bytes.length,
    end: bytes.length,
  };
}

function kindOf(sequence: DerElement): DerKind | null {
  return kindOfChildren(childrenOf(sequence).elements, false);
}

/** `cut`: elements that would follow may be missing. */
function kindOfChildren(elements: readonly DerElement[], cut: boolean): DerKind | null {
  const [first, second, third] = elements;
  if (isUniversal(first, DER.oid))
    return contentTypeOf(first) === null ? (elements.length === 1 ? 'parameters' : null) : 'pkcs7';
  if (isUniversal(first, DER.integer)) return kindAfterInteger(first, second, third, elements, cut);
  if (!isUniversal(first, DER.sequence)) return null;
  if (isUniversal(second, DER.octetString) && beginsWithOid(first)) return 'encrypted-pkcs8';
  if (isUniversal(second, DER.bitString) && beginsWithOid(first)) return 'public-key';
  if (isUniversal(second, DER.sequence) && (isUniversal(third, DER.bitString) || cut))
    return kindOfSigned(first);
  return cut && second === undefined ? kindOfSigned(first) : null;
}

function kindAfterInteger(
  first: DerElement,
  second: DerElement | undefined,
  third: DerElement | undefined,
  elements: readonly DerElement[],
  cut: boolean,
): DerKind | null {
  const version = smallIntegerOf(first);
  if (isUniversal(second, DER.octetString)) return version === 1 ? 'sec1-private-key' : null;
  if (isUniversal(second, DER.sequence)) {
    if (version === 3 && contentTypeOf(childrenOf(second).elements[0]) !== null) return 'pkcs12';
    if (isUniversal(third, DER.octetString)) return beginsWithOid(second) ? 'pkcs8-private-key' : null;
    return cut && beginsWithOid(second) ? 'pkcs8-private-key' : null;
  }
  if (!isUniversal(second, DER.integer)) return null;
  const integers = elements.filter((element) => isUniversal(element, DER.integer)).length;
  if (integers >= 9) return 'pkcs1-private-key';
  if (cut) return version === 0 ? 'pkcs1-private-key' : null;
  if (integers === 6 && version === 0) return 'dsa-private-key';
  if (integers === 2 && elements.length === 2)
    // A public key is modulus and small exponent; Diffie-Hellman parameters are a prime and a small generator.
    return contentOf(second).length === 1 && (contentOf(second)[0] ?? 0) < 3
      ? 'parameters'
      : 'pkcs1-public-key';
  return integers >= 3 && version !== 0 ? 'parameters' : null;
}

/** Certificate, request and revocation list are all a signed sequence; they differ in how it begins. */
function kindOfSigned(body: DerElement): DerKind | null {
  const [first, second, third] = childrenOf(body).elements;
  if (isContext(first, 0)) return 'certificate';
  if (isUniversal(first, DER.integer) && isUniversal(second, DER.sequence)) {
    if (beginsWithOid(second))
      return isUniversal(third, DER.sequence) && isTime(third) ? 'crl' : kindOfTwo(third);
    return 'csr';
  }
  return isUniversal(first, DER.sequence) && beginsWithOid(first) ? 'crl' : null;
}

/** Version 1 certificates and version 2 revocation lists begin alike: after the issuer comes a validity or a time. */
function kindOfTwo(issuer: DerElement | undefined): DerKind {
  const after = issuer === undefined ? null : decodeElement(issuer.source, issuer.end);
  return after?.kind === 'element' && !after.constructed ? 'crl' : 'certificate';
}

function isTime(element: DerElement): boolean {
  const first = childrenOf(element).elements[0];
  return isUniversal(first, DER.utcTime) || isUniversal(first, DER.generalizedTime);
}

function beginsWithOid(sequence: DerElement): boolean {
  return isUniversal(childrenOf(sequence).elements[0], DER.oid);
}

/** The object identifier of a PKCS#7 content type (1.2.840.113549.1.7.n); null for others. */
function contentTypeOf(element: DerElement | undefined): string | null {
  const oid = oidOf(element);
  return oid?.startsWith('1.2.840.113549.1.7.') === true ? oid : null;
}
