import type { CertificateDetail } from '../../api.ts';
import type { DecodedCertificate } from '../../diagnosis/finding-context.ts';

/** Certificates as the contract's `conversations --json` gives them; the page has these facts and more. */
export type CertificateReport = Pick<
  CertificateDetail,
  'subject' | 'issuer' | 'serial' | 'notBefore' | 'notAfter' | 'publicKey' | 'signature' | 'sha256'
>;

export function reportCertificate(certificate: DecodedCertificate): CertificateReport {
  return {
    subject: certificate.subject?.text ?? '',
    issuer: certificate.issuer?.text ?? '',
    serial: certificate.serial ?? '',
    notBefore: certificate.notBefore?.text ?? '',
    notAfter: certificate.notAfter?.text ?? '',
    publicKey: certificate.publicKey?.description ?? '',
    signature: certificate.signature?.name ?? '',
    sha256: certificate.sha256,
  };
}
