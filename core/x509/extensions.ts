/** The extensions of a certificate that matter to TLS (RFC 5280 §4.2). */
import { encodeHex } from '../bytes/hex.ts';
import type { DerElement } from './der.ts';
import {
  bitsOf,
  booleanOf,
  childrenOf,
  contentOf,
  decodeElement,
  DER,
  isContext,
  isUniversal,
  octetsOf,
  oidOf,
  smallIntegerOf,
} from './der.ts';
import type { GeneralName } from './general-name.ts';
import { decodeGeneralName, decodeGeneralNames } from './general-name.ts';
import { entryOf, KEY_PURPOSES, KEY_USAGES } from './tables/object-identifiers.ts';

export interface CertificateExtensions {
  /** subjectAltName; null where the extension is absent. */
  readonly names: readonly GeneralName[] | null;
  readonly basicConstraints: { readonly ca: boolean; readonly pathLength: number | null } | null;
  /** Names of RFC 5280; null where the extension is absent. */
  readonly keyUsage: readonly string[] | null;
  readonly extKeyUsage: readonly string[] | null;
  /** Key identifiers, lower-case hexadecimal. */
  readonly subjectKeyIdentifier: string | null;
  readonly authorityKeyIdentifier: string | null;
  /** Authority information access: where the issuer's certificate and the OCSP responder are. */
  readonly caIssuers: readonly string[];
  readonly ocsp: readonly string[];
  readonly crlDistributionPoints: readonly string[];
  /** Object identifiers of critical extensions that are not decoded here. */
  readonly unknownCritical: readonly string[];
  /** What could not be read, as parts of sentences. */
  readonly faults: readonly string[];
}

/** Decodes an Extensions sequence; without one, or where parts are broken, the rest stands. */
export function decodeExtensions(sequence: DerElement | undefined): CertificateExtensions {
  const draft = emptyDraft();
  if (sequence === undefined) return draft;
  const { elements, fault } = childrenOf(sequence);
  if (fault !== null) draft.faults.push(`an extension cannot be read: ${fault.reason}`);
  for (const extension of elements.slice(0, 200)) {
    const parts = childrenOf(extension).elements;
    const oid = oidOf(parts[0]);
    const critical = booleanOf(parts[1]) ?? false;
    const wrapped = parts.at(-1);
    const octets = isUniversal(wrapped, DER.octetString) ? octetsOf(wrapped) : null;
    if (oid === null || octets === null) {
      draft.faults.push('an extension is not one');
      continue;
    }
    const value = decodeElement(octets);
    if (value.kind === 'malformed') draft.faults.push(`extension ${oid} cannot be read: ${value.reason}`);
    else if (!readExtension(draft, oid, value) && critical) draft.unknownCritical.push(oid);
  }
  return draft;
}

type Draft = { -readonly [K in keyof CertificateExtensions]: Mutable<CertificateExtensions[K]> };
type Mutable<T> = T extends readonly string[] ? string[] : T;

function emptyDraft(): Draft {
  return {
    names: null,
    basicConstraints: null,
    keyUsage: null,
    extKeyUsage: null,
    subjectKeyIdentifier: null,
    authorityKeyIdentifier: null,
    caIssuers: [],
    ocsp: [],
    crlDistributionPoints: [],
    unknownCritical: [],
    faults: [],
  };
}

/** False where the extension is none of those decoded here. */
function readExtension(draft: Draft, oid: string, value: DerElement): boolean {
  switch (oid) {
    case '2.5.29.17':
      draft.names = decodeGeneralNames(value);
      return true;
    case '2.5.29.19': {
      const [first, second] = childrenOf(value).elements;
      const ca = booleanOf(first);
      draft.basicConstraints = {
        ca: ca ?? false,
        pathLength: smallIntegerOf(ca === null ? first : second),
      };
      return true;
    }
    case '2.5.29.15': {
      const bits = bitsOf(value)?.bytes;
      if (bits === undefined) return faulty(draft, 'keyUsage is no bit string');
      draft.keyUsage = KEY_USAGES.filter((_, i) => ((bits[i >> 3] ?? 0) & (0x80 >> (i & 7))) !== 0);
      return true;
    }
    case '2.5.29.37':
      draft.extKeyUsage = childrenOf(value).elements.map((child) => {
        const purpose = oidOf(child);
        return entryOf<string>(KEY_PURPOSES, purpose) ?? purpose ?? 'unreadable';
      });
      return true;
    case '2.5.29.14':
      draft.subjectKeyIdentifier = encodeHex(contentOf(value).subarray(0, 64));
      return true;
    case '2.5.29.35': {
      const identifier = childrenOf(value).elements.find((child) => isContext(child, 0));
      draft.authorityKeyIdentifier =
        identifier === undefined ? null : encodeHex(contentOf(identifier).subarray(0, 64));
      return true;
    }
    case '1.3.6.1.5.5.7.1.1':
      readAccess(draft, value);
      return true;
    case '2.5.29.31':
      draft.crlDistributionPoints = urisWithin(value, 0);
      return true;
    default:
      return KNOWN_BUT_UNUSED.has(oid);
  }
}

/** Certificate policies, name constraints and the like: no verdict hangs on them. */
const KNOWN_BUT_UNUSED = new Set([
  '2.5.29.18',
  '2.5.29.30',
  '2.5.29.32',
  '2.5.29.33',
  '2.5.29.36',
  '2.5.29.54',
  '1.3.6.1.5.5.7.1.3',
  '1.3.6.1.5.5.7.1.24',
  '1.3.6.1.4.1.11129.2.4.2',
]);

function faulty(draft: Draft, what: string): true {
  draft.faults.push(what);
  return true;
}

function readAccess(draft: Draft, value: DerElement): void {
  for (const description of childrenOf(value).elements.slice(0, 50)) {
    const [method, location] = childrenOf(description).elements;
    const name = location === undefined ? null : decodeGeneralName(location);
    if (name?.kind !== 'uri') continue;
    if (oidOf(method) === '1.3.6.1.5.5.7.48.2') draft.caIssuers.push(name.value);
    if (oidOf(method) === '1.3.6.1.5.5.7.48.1') draft.ocsp.push(name.value);
  }
}

/** DistributionPoint nests names three levels deep; whatever URI stands inside is one. */
function urisWithin(element: DerElement, depth: number): string[] {
  if (isContext(element, 6) && !element.constructed) return [decodeGeneralName(element)?.value ?? ''];
  if (!element.constructed || depth > 5) return [];
  return childrenOf(element)
    .elements.slice(0, 50)
    .flatMap((child) => urisWithin(child, depth + 1));
}
