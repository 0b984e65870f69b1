import { encodeHex } from '../../bytes/hex.ts';
import type { KeyMaterial, KeySource, PrivateKeyMaterial } from '../../keys/key-material.ts';
import type { PrivateKeyInfo } from '../../keys/pkcs8.ts';
import type { RsaFault, RsaPrivateKey } from '../../keys/rsa-private-key.ts';
import { decodeRsaPrivateKey } from '../../keys/rsa-private-key.ts';
import type { PublicKeyInfo } from '../../x509/algorithms.ts';
import { decodePublicKeyInfo } from '../../x509/algorithms.ts';
import { decodeCertificate } from '../../x509/certificate.ts';
import { decodeCertificateRequest } from '../../x509/csr.ts';
import { decodeElement } from '../../x509/der.ts';
import { hashOf } from './key-derivation.ts';
import type { SigningKey } from './key-handle.ts';
import { createPrivateKeyHandle, createSigningKeyHandle } from './key-handle.ts';
import * as say from './key-sentences.ts';

/** What is found in a key file, gathered part by part: keys and certificates, and what is to be said of the rest. */
export class FoundKeys {
  readonly materials: KeyMaterial[] = [];
  /** What the parts are, in words, each once. */
  readonly formats = new Set<string>();
  encrypted = false;
  /** Something stayed locked: its password is wrong or was not given. */
  locked = false;
  /** A private key that is known but gives no handle: in words, "Ed25519". */
  readonly unheld: PrivateKeyKind[] = [];
  /** Whole sentences, the weightiest first as the parts come. */
  readonly problems: string[] = [];

  addPrivateKeyInfo(info: PrivateKeyInfo | null, source: KeySource): void {
    if (info === null) this.problems.push(say.unusable('private key', 'has a damaged structure'));
    else if (info.algorithm === 'rsa') this.addRsa(decodeRsaPrivateKey(info.key), source);
    else {
      const kind = KINDS[info.algorithm] ?? 'other-private-key';
      const held = createSigningKeyHandle(info.plain, info.spki);
      if (held === null) this.addUnheld(kind, describeUnheld(info));
      else this.#addSigning(kind, held, source);
    }
  }

  addRsa(key: RsaPrivateKey | RsaFault, source: KeySource): void {
    if (key.kind === 'malformed') this.problems.push(say.damagedRsa(key.reason));
    else
      this.materials.push({
        kind: 'rsa-private-key',
        handle: createPrivateKeyHandle(key),
        description: `RSA ${key.bits}`,
        certificate: null,
        source,
      });
  }

  #addSigning(
    kind: PrivateKeyMaterial['kind'],
    { handle, description }: SigningKey,
    source: KeySource,
  ): void {
    this.materials.push({ kind, handle, description, certificate: null, source });
    this.problems.push(say.signsOnly(description));
  }

  addUnheld(kind: PrivateKeyMaterial['kind'], description: string): void {
    this.unheld.push({ kind, description });
    this.problems.push(say.signsOnly(description));
  }

  addCertificate(der: Uint8Array, source: KeySource): void {
    // A copy: its views must not keep, nor carry to another thread, a buffer in which a private key stands.
    const certificate = decodeCertificate(new Uint8Array(der), sha256);
    if (certificate.kind === 'malformed') this.damaged('certificate', source, certificate.reason);
    else this.materials.push({ kind: 'certificate', certificate, source });
  }

  addPublicKey(spki: Uint8Array, source: KeySource): void {
    const element = decodeElement(new Uint8Array(spki));
    const publicKey: PublicKeyInfo | null = element.kind === 'element' ? decodePublicKeyInfo(element) : null;
    if (publicKey === null) this.damaged('public-key', source, 'its structure is broken');
    else {
      const sha256OfPublicKey = encodeHex(sha256(publicKey.spki));
      this.materials.push({ kind: 'public-key', publicKey, sha256OfPublicKey, source });
    }
  }

  lock(what: string, tried: number): void {
    this.locked = true;
    this.problems.push(say.wrongPassword(what, tried));
  }

  damaged(kind: keyof typeof DER_WORDS, source: KeySource, reason: string): void {
    this.problems.push(
      source.line === null
        ? `This ${DER_WORDS[kind]} is damaged: ${reason}. Copy it again.`
        : say.damagedBlock(DER_WORDS[kind], source.line, reason),
    );
  }

  addRequest(der: Uint8Array, source: KeySource): void {
    const request = decodeCertificateRequest(new Uint8Array(der), sha256);
    if (request.kind === 'malformed') this.damaged('csr', source, request.reason);
    else this.materials.push({ kind: 'csr', request, source });
  }
}

interface PrivateKeyKind {
  readonly kind: PrivateKeyMaterial['kind'];
  readonly description: string;
}

/** For sentences. */
export const DER_WORDS = {
  'pkcs1-private-key': 'RSA private key',
  'sec1-private-key': 'EC private key',
  'dsa-private-key': 'DSA private key',
  'pkcs8-private-key': 'private key',
  'encrypted-pkcs8': 'encrypted private key',
  'public-key': 'public key',
  'pkcs1-public-key': 'RSA public key',
  certificate: 'certificate',
  csr: 'certificate request',
  crl: 'certificate revocation list',
  pkcs12: 'PFX file',
  pkcs7: 'PKCS#7 file',
  parameters: 'parameter file',
} as const;

const KINDS: Readonly<Record<string, PrivateKeyMaterial['kind']>> = {
  ec: 'ec-private-key',
  ed25519: 'ed25519-private-key',
};

function sha256(bytes: Uint8Array): Uint8Array {
  return hashOf('sha256', bytes);
}

function describeUnheld(info: PrivateKeyInfo): string {
  if (info.algorithm === 'ec') return `EC ${info.curve ?? ''}`.trim();
  return info.algorithm === 'unknown' ? `unknown (${info.oid})` : info.algorithm.toUpperCase();
}
