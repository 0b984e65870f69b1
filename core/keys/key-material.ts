/** What comes out of key files and is loaded into a key ring. */
import type { PrivateKeyHandle } from '../crypto/backend.ts';
import type { PublicKeyInfo } from '../x509/algorithms.ts';
import type { Certificate } from '../x509/certificate.ts';
import type { CertificateRequest } from '../x509/csr.ts';
import type { KeyLog } from './keylog-file.ts';
import type { Secret } from './secret.ts';

/** Where a key came from: what is shown in place of the key. */
export interface KeySource {
  /** File name without folders, "pasted text", "--psk". */
  readonly name: string;
  /** The line at which it begins, from 1, where the file is text; else null. */
  readonly line: number | null;
}

export type PrivateKeyMaterial = {
  readonly kind: 'rsa-private-key' | 'ec-private-key' | 'ed25519-private-key' | 'other-private-key';
  readonly handle: PrivateKeyHandle;
  /** In words: "RSA 2048", "EC P-256". */
  readonly description: string;
  /** The certificate of this key that stood in the same file, where one did. */
  readonly certificate: Certificate | null;
  readonly source: KeySource;
};

export type KeyMaterial =
  | PrivateKeyMaterial
  | { readonly kind: 'certificate'; readonly certificate: Certificate; readonly source: KeySource }
  | { readonly kind: 'csr'; readonly request: CertificateRequest; readonly source: KeySource }
  | {
      readonly kind: 'public-key';
      readonly publicKey: PublicKeyInfo;
      readonly sha256OfPublicKey: string;
      readonly source: KeySource;
    }
  | { readonly kind: 'keylog'; readonly log: KeyLog; readonly source: KeySource }
  | PskMaterial;

export interface PskMaterial {
  readonly kind: 'psk';
  /** null: for every identity. */
  readonly identity: string | null;
  readonly key: Secret;
  readonly source: KeySource;
}

/** "pbx.pem" or "sslkeys.log, line 12". */
export function describeSource(source: KeySource): string {
  return source.line === null ? source.name : `${source.name}, line ${source.line}`;
}
