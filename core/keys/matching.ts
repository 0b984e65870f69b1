/** Which loaded key belongs to which certificate, and how to say so. */
import type { Certificate } from '../x509/certificate.ts';
import { formatFingerprint } from '../x509/certificate.ts';
import type { PrivateKeyMaterial } from './key-material.ts';
import type { KeyRing, RingKey } from './key-ring.ts';

/** How a certificate stands to the keys that are loaded. */
export type KeyMatch =
  | { readonly kind: 'matched'; readonly key: RingKey }
  /** A private key of it is loaded, but its kind only signs (EC, Ed25519, RSA-PSS). */
  | { readonly kind: 'signs-only'; readonly key: PrivateKeyMaterial }
  /** Another key is loaded whose own certificate has the same subject: the certificate was probably renewed. */
  | { readonly kind: 'renewed'; readonly loaded: PrivateKeyMaterial; readonly certificate: Certificate }
  | { readonly kind: 'other-keys'; readonly loaded: readonly RingKey[] }
  | { readonly kind: 'no-keys' };

export function matchKey(ring: KeyRing, certificate: Certificate): KeyMatch {
  const key = ring.rsaKeyOf(certificate.sha256OfPublicKey);
  if (key !== null && certificate.publicKey.algorithm === 'rsa') return { kind: 'matched', key };
  const same = ring
    .privateKeys()
    .find(({ handle }) => handle.sha256OfPublicKey === certificate.sha256OfPublicKey);
  if (same !== undefined) return { kind: 'signs-only', key: same };
  for (const loaded of ring.privateKeys()) {
    const own = loaded.certificate ?? certificateOf(ring, loaded);
    if (own !== null && own.subject.text !== '' && own.subject.text === certificate.subject.text)
      return { kind: 'renewed', loaded, certificate: own };
  }
  const loaded = ring.rsaKeys();
  return loaded.length > 0 ? { kind: 'other-keys', loaded } : { kind: 'no-keys' };
}

/** "ab:cd:ef:…": the first eight bytes of a fingerprint, enough to tell keys apart in a sentence. */
export function describeFingerprint(hex: string, bytes = 8): string {
  return hex.length <= bytes * 2 ? formatFingerprint(hex) : `${formatFingerprint(hex.slice(0, bytes * 2))}:…`;
}

/** A certificate from another loaded file that belongs to this key. */
function certificateOf(ring: KeyRing, { handle }: PrivateKeyMaterial): Certificate | null {
  const own = ring.certificates().find((c) => c.sha256OfPublicKey === handle.sha256OfPublicKey);
  return own ?? null;
}
