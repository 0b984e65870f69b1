/** Certificates inside a PKCS#7 or CMS SignedData (RFC 5652 §5.1), as .p7b files carry them. */
import { childrenOf, decodeElement, DER, encodingOf, isContext, isUniversal } from '../x509/der.ts';

/** The encodings of the certificates; empty where there are none or the bytes are no SignedData. */
export function certificatesOfPkcs7(der: Uint8Array): Uint8Array[] {
  const info = decodeElement(der);
  if (info.kind === 'malformed') return [];
  const wrapped = childrenOf(info).elements[1];
  const signed = isContext(wrapped, 0) ? childrenOf(wrapped).elements[0] : undefined;
  const set = signed === undefined ? undefined : childrenOf(signed).elements.find((e) => isContext(e, 0));
  if (set === undefined) return [];
  return childrenOf(set)
    .elements.filter((element) => isUniversal(element, DER.sequence))
    .map(encodingOf);
}
