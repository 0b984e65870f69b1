/**
 * Fingerprints of certificates, as a host makes them: the same few come with every handshake, so what was made is known
 * again by its bytes.
 */
export class CertificateFingerprints {
  private readonly make: (certificate: Uint8Array) => string | null;
  /** By length. */
  private readonly known = new Map<number, Known[]>();
  private count = 0;

  constructor(make: (certificate: Uint8Array) => string | null) {
    this.make = make;
  }

  /** null where the bytes are no certificate. */
  of(certificate: Uint8Array): string | null {
    const alike = this.known.get(certificate.length) ?? [];
    for (const { bytes, fingerprint } of alike) if (isSame(bytes, certificate)) return fingerprint;
    const fingerprint = this.make(certificate);
    if (this.count >= MOST_KNOWN || alike.length >= MOST_ALIKE) this.forget();
    this.known.set(certificate.length, [
      ...(this.known.get(certificate.length) ?? []),
      { bytes: certificate.slice(), fingerprint },
    ]);
    this.count += 1;
    return fingerprint;
  }

  private forget(): void {
    this.known.clear();
    this.count = 0;
  }
}

interface Known {
  readonly bytes: Uint8Array;
  readonly fingerprint: string | null;
}

/** A certificate is one or two kilobytes. */
const MOST_KNOWN = 1000;
/** Of one length: all of them may have to be looked at. */
const MOST_ALIKE = 50;

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  // From the end, where the signature stands: two certificates of one issuer begin alike.
  for (let i = one.length - 1; i >= 0; i -= 1) if (one[i] !== other[i]) return false;
  return true;
}
