import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parsePem } from '../../../core/keys/pem.ts';
import type { Certificate } from '../../../core/x509/certificate.ts';
import { decodeCertificate } from '../../../core/x509/certificate.ts';

export const CERTIFICATES = join(import.meta.dirname, '../../captures/keys/certificates');

/** DER of the first PEM block of a file in test/captures/keys/certificates. */
export function derOf(name: string): Uint8Array {
  const der = parsePem(readFileSync(join(CERTIFICATES, name), 'latin1'))[0]?.der;
  if (der === undefined) throw new Error(`${name} holds no PEM block`);
  return der;
}

export function certificateOf(name: string): Certificate {
  const certificate = decodeCertificate(derOf(name));
  if (certificate.kind === 'malformed') throw new Error(`${name}: ${certificate.reason}`);
  return certificate;
}
