/** A chain of certificates as a server sent it: its order, and what is missing. Structure only; no signature is checked here. */
import { equalBytes } from '../bytes/reader.ts';
import type { Certificate } from './certificate.ts';
import type { DistinguishedName } from './names.ts';
import { sameName } from './names.ts';

export interface ChainReport {
  /** Positions (in what was sent) of the certificates from the leaf upwards, as far as they follow one another. */
  readonly path: readonly number[];
  /** The path is what was sent, in the order sent (RFC 5246 §7.4.2). */
  readonly inOrder: boolean;
  /** Positions that belong to no path from the leaf: another chain, or duplicates. */
  readonly unrelated: readonly number[];
  /** How the path ends. `self-issued`: at a root. `issuer-not-sent`: at a certificate whose issuer is not there. `loop`: issuers go in a circle. */
  readonly end: 'self-issued' | 'issuer-not-sent' | 'loop' | 'empty';
  /** The leaf names itself as its issuer and stands alone. */
  readonly selfSigned: boolean;
  /** Only the leaf was sent, and it is not its own issuer. */
  readonly leafOnly: boolean;
  /** Who must have issued the last certificate of the path; null where it ends in a root. */
  readonly missingIssuer: {
    readonly name: DistinguishedName;
    /** Its key identifier, lower-case hexadecimal, where the certificate says it. */
    readonly keyIdentifier: string | null;
    /** Where it can be fetched, as the certificate says. */
    readonly urls: readonly string[];
  } | null;
}

/** Orders what was sent; the first certificate is the leaf. Quadratic in the number sent, of which at most 64 are looked at. */
export function orderChain(sent: readonly Certificate[]): ChainReport {
  const certificates = sent.slice(0, MAX_CERTIFICATES);
  const path: number[] = [];
  let current = 0;
  let end: ChainReport['end'] = certificates.length === 0 ? 'empty' : 'issuer-not-sent';
  while (current >= 0 && current < certificates.length) {
    path.push(current);
    const certificate = certificates[current];
    if (certificate === undefined) break;
    if (isSelfIssuedRoot(certificate)) {
      end = 'self-issued';
      break;
    }
    const next = issuerAmong(certificates, certificate, current);
    if (path.includes(next)) {
      end = 'loop';
      break;
    }
    current = next;
  }
  const leaf = certificates[0];
  const last = certificates[path.at(-1) ?? -1];
  return {
    path,
    inOrder: path.length === sent.length && path.every((position, i) => position === i),
    unrelated: sent.map((_, i) => i).filter((i) => !path.includes(i)),
    end,
    selfSigned: path.length === 1 && end === 'self-issued',
    leafOnly: sent.length === 1 && leaf !== undefined && !leaf.selfIssued,
    missingIssuer: end === 'issuer-not-sent' && last !== undefined ? missingIssuerOf(last) : null,
  };
}

/** True where `issuer` may have signed `certificate`: names agree, and key identifiers where both carry one. */
export function mayHaveIssued(issuer: Certificate, certificate: Certificate): boolean {
  if (!sameName(issuer.subject, certificate.issuer)) return false;
  const wanted = certificate.extensions.authorityKeyIdentifier;
  const offered = issuer.extensions.subjectKeyIdentifier;
  return wanted === null || offered === null || wanted === offered;
}

const MAX_CERTIFICATES = 64;

function isSelfIssuedRoot(certificate: Certificate): boolean {
  return certificate.selfIssued && mayHaveIssued(certificate, certificate);
}

/** The next in the order sent is preferred, so that cross-certificates do not make a sound chain look disordered. */
function issuerAmong(certificates: readonly Certificate[], certificate: Certificate, at: number): number {
  const fits = (i: number): boolean => {
    const candidate = certificates[i];
    return (
      candidate !== undefined &&
      mayHaveIssued(candidate, certificate) &&
      !equalBytes(candidate.der, certificate.der)
    );
  };
  if (fits(at + 1)) return at + 1;
  return certificates.findIndex((_, i) => fits(i));
}

function missingIssuerOf(certificate: Certificate): ChainReport['missingIssuer'] {
  const { authorityKeyIdentifier, caIssuers } = certificate.extensions;
  return { name: certificate.issuer, keyIdentifier: authorityKeyIdentifier, urls: caIssuers };
}
