import { equalBytes } from '../../bytes/reader.ts';
import type { DecodedCertificate } from '../../diagnosis/finding-context.ts';
import { decodeCertificate } from '../../x509/certificate.ts';

/** The same certificates come with every connection: each is decoded once. */
export class CertificateCache {
  private readonly known = new Map<string, DecodedCertificate>();

  decode(der: Uint8Array): DecodedCertificate {
    // The signature stands at the end: a good key, and the bytes themselves are compared as well.
    const key = `${der.length}:${der.subarray(-24).join(',')}`;
    const known = this.known.get(key);
    if (known !== undefined && equalBytes(known.der, der)) return known;
    const decoded = decodeCertificate(der);
    if (this.known.size >= MOST_CERTIFICATES) this.known.clear();
    this.known.set(key, decoded);
    return decoded;
  }
}

const MOST_CERTIFICATES = 20_000;
