/** Certificate requests (PKCS#10, RFC 2986). */
import { sha256 as nobleSha256 } from '@noble/hashes/sha2.js';
import { encodeHex } from '../bytes/hex.ts';
import type { PublicKeyInfo } from './algorithms.ts';
import { decodePublicKeyInfo } from './algorithms.ts';
import type { Sha256 } from './certificate.ts';
import type { DerElement, DerFault } from './der.ts';
import { childrenOf, decodeElement, DER, encodingOf, isContext, isUniversal, oidOf } from './der.ts';
import type { GeneralName } from './general-name.ts';
import { decodeExtensions } from './extensions.ts';
import type { DistinguishedName } from './names.ts';
import { decodeName } from './names.ts';

export interface CertificateRequest {
  readonly kind: 'certificate-request';
  readonly der: Uint8Array;
  readonly subject: DistinguishedName;
  readonly publicKey: PublicKeyInfo;
  readonly sha256OfPublicKey: string;
  /** Names asked for in the extensionRequest attribute (RFC 2985 §5.4.2). */
  readonly names: readonly GeneralName[];
}

/** Decodes a certificate request. Never throws. */
export function decodeCertificateRequest(
  bytes: Uint8Array,
  sha256: Sha256 = nobleSha256,
): CertificateRequest | DerFault {
  const whole = decodeElement(bytes);
  if (whole.kind === 'malformed') return whole;
  const [body] = childrenOf(whole).elements;
  if (!isUniversal(whole, DER.sequence) || !isUniversal(body, DER.sequence)) return noRequest(0);
  const [version, subjectElement, keyElement, attributes] = childrenOf(body).elements;
  const subject = decodeName(subjectElement);
  const publicKey = decodePublicKeyInfo(keyElement);
  if (!isUniversal(version, DER.integer) || subject === null || publicKey === null)
    return noRequest(body.start);
  return {
    kind: 'certificate-request',
    der: encodingOf(whole),
    subject,
    publicKey,
    sha256OfPublicKey: encodeHex(sha256(publicKey.spki)),
    names: requestedNames(attributes),
  };
}

function requestedNames(attributes: DerElement | undefined): readonly GeneralName[] {
  if (!isContext(attributes, 0)) return [];
  for (const attribute of childrenOf(attributes).elements) {
    const [type, values] = childrenOf(attribute).elements;
    if (values !== undefined && EXTENSION_REQUESTS.has(oidOf(type) ?? ''))
      return decodeExtensions(childrenOf(values).elements[0]).names ?? [];
  }
  return [];
}

/** RFC 2985's and Microsoft's own. */
const EXTENSION_REQUESTS = new Set(['1.2.840.113549.1.9.14', '1.3.6.1.4.1.311.2.1.14']);

function noRequest(offset: number): DerFault {
  return { kind: 'malformed', offset, reason: 'it is no certificate request', cutShort: false };
}
