import type { Handshake } from './handshake.ts';
import { type CertificateRequest, decodeCertificateRequest } from './messages/certificate-request.ts';
import { isTls13, TLS_1_2, tlsVersionBehind } from './tables/versions.ts';

/** What the server of a handshake asked for, in the form of the negotiated version; null where it asked for no certificate. */
export function certificateRequestOf({ certificateRequest, version }: Handshake): CertificateRequest | null {
  if (certificateRequest === null) return null;
  const older = tlsVersionBehind(version) >= TLS_1_2 ? 'tls12' : 'tls11';
  return decodeCertificateRequest(certificateRequest.body, isTls13(version) ? 'tls13' : older);
}
