import { certificateRequestOf } from '../../tls/certificate-request-of.ts';
import type { Handshake } from '../../tls/handshake.ts';
import { decodeElement } from '../../x509/der.ts';
import { decodeName } from '../../x509/names.ts';

/** The authorities whose certificates a server asks for, by name; none where it asks for no certificate, or takes any. */
export function requestedAuthorityNames(handshake: Handshake): string[] {
  const { authorities = [] } = certificateRequestOf(handshake) ?? {};
  return authorities.map((der) => {
    const element = decodeElement(der);
    return element.kind === 'element' ? (decodeName(element)?.text ?? '?') : '?';
  });
}
