import type { Handshake } from '../../tls/handshake.ts';
import { decodeCertificate } from '../../x509/certificate.ts';
import { shortName } from '../../x509/names.ts';
import type { Analysis } from '../analysis.ts';

/**
 * The server as sentences name it: its address and port. Inside a tunnel (a proxy's CONNECT) these are the proxy's, so it
 * is named by what the client asked for, else by its certificate, with the tunnel beside it.
 */
export function serverInWords(analysis: Analysis, endpoint: string, handshake: Handshake | null): string {
  if (!analysis.isInside) return endpoint;
  const name = handshake?.serverName ?? nameShown(handshake);
  return name === null
    ? `the far end of the tunnel of ${endpoint}`
    : `${name} (through the tunnel of ${endpoint})`;
}

function nameShown(handshake: Handshake | null): string | null {
  const shown = handshake?.serverCertificates[0];
  const subject = shown === undefined ? null : decodeCertificate(shown).subject;
  return subject === null ? null : shortName(subject);
}
