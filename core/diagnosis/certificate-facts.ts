import { certificateRequestOf } from '../tls/certificate-request-of.ts';
import { CLIENT, SERVER, type Side } from '../tls/handshake.ts';
import { type Certificate, formatFingerprint } from '../x509/certificate.ts';
import { shortName } from '../x509/names.ts';
import type { FindingContext, Found } from './finding-context.ts';
import { type HandshakeFailure, isCertificateAlert } from './handshake-outcome.ts';

/** The chain as it was sent, in words: "CN=a (issued by CN=b), CN=b (issued by CN=c)". */
export function describeChain(chain: readonly (Certificate | { readonly kind: 'malformed' })[]): string {
  if (chain.length === 0) return 'no certificate';
  return chain
    .slice(0, 5)
    .map((certificate) =>
      certificate.kind === 'malformed'
        ? 'a certificate that cannot be read'
        : certificate.selfIssued
          ? `${shortName(certificate.subject)} (self-issued)`
          : `${shortName(certificate.subject)} (issued by ${shortName(certificate.issuer)})`,
    )
    .join(', ');
}

/** The authorities that the server's CertificateRequest names; null where it asks for none in particular. */
export function requestedAuthorities(c: FindingContext): readonly Uint8Array[] | null {
  const request = c.handshake === null ? null : certificateRequestOf(c.handshake);
  return request === null || request.authorities.length === 0 ? null : request.authorities;
}

/** Whether one of the client's certificates was issued by an authority that the server named. */
export function clientChainFits(c: FindingContext, authorities: readonly Uint8Array[]): boolean {
  const wanted = new Set(authorities.map((der) => der.join(',')));
  return soundChain(c, CLIENT).some(
    (certificate) =>
      wanted.has(certificate.issuer.der.join(',')) || wanted.has(certificate.subject.der.join(',')),
  );
}

export function leafOf(c: FindingContext, side: Side): Certificate | null {
  const leaf = c.chains[side][0];
  return leaf === undefined || leaf.kind === 'malformed' ? null : leaf;
}

export function endpointOf(c: FindingContext, side: Side): string {
  return side === CLIENT ? c.client : c.server;
}

/** The first characters of a fingerprint, as people compare them. */
export function shortFingerprint(hex: string): string {
  return `${formatFingerprint(hex.slice(0, 16))}…`;
}

export const SIDES = [SERVER, CLIENT] as const;

export const BAD_CERTIFICATE = 42;

export const CERTIFICATE_UNKNOWN = 46;

interface Shown {
  readonly certificate: Certificate;
  readonly side: Side;
  readonly frame: number;
  /** The sender's own, not one of an authority that it sent along. */
  readonly own: boolean;
  /** "the server’s certificate CN=…", "the certificate of the authority CN=… that the server sent". */
  readonly words: string;
}

export function eachCertificate(c: FindingContext, judge: (shown: Shown) => Found | null): Found[] {
  return SIDES.flatMap((side) => {
    const frame = frameOf(c, side);
    if (frame === 0) return [];
    return soundChain(c, side).flatMap((certificate, at) => {
      const name = shortName(certificate.subject);
      const words =
        at === 0
          ? `the ${wordOf(side)}’s certificate ${name}`
          : `the certificate of ${name} that the ${wordOf(side)} sent along`;
      const found = judge({ certificate, side, frame, words, own: at === 0 });
      return found === null ? [] : [found];
    });
  });
}

export function soundChain(c: FindingContext, side: Side): Certificate[] {
  return c.chains[side].flatMap((certificate) => (certificate.kind === 'malformed' ? [] : [certificate]));
}

export function frameOf(c: FindingContext, side: Side): number {
  const seen = side === SERVER ? c.handshake?.serverCertificate : c.handshake?.clientCertificate;
  return seen?.frame ?? 0;
}

/** The other side ended the handshake in a way that fits. */
export function refuses(c: FindingContext, side: Side, alerts: readonly number[]): boolean {
  const { failure } = c;
  if (failure === null || failure.by === side || failure.how === 'no-answer' || failure.how === 'not-tls')
    return false;
  if (failure.alert !== null && failure.alert.description >= 0)
    return alerts.includes(failure.alert.description);
  // Who waits for seconds does not think about a certificate: that is a time-out.
  if (waitedBefore(c, failure) > LONG_WAIT) return false;
  // Without a readable reason it fits where the certificate was what the other side had just received.
  const answered = failure.answers?.frame ?? 0;
  return frameOf(c, side) > 0 && answered >= frameOf(c, side);
}

/** Seconds after which an ending looks like a time-out. */
export const LONG_WAIT = 2;

/** Seconds from what had come last to the end. */
export function waitedBefore(c: FindingContext, failure: HandshakeFailure): number {
  return failure.answers === null ? 0 : c.secondsOf(failure.frame) - c.secondsOf(failure.answers.frame);
}

export function weightOf(c: FindingContext, side: Side, alerts: readonly number[]): Found['severity'] {
  return refuses(c, side, alerts) ? 'error' : 'warning';
}

export function wordOf(side: Side): 'client' | 'server' {
  return side === CLIENT ? 'client' : 'server';
}

export function other(side: Side): Side {
  return side === CLIENT ? SERVER : CLIENT;
}

export function otherWord(side: Side): string {
  return wordOf(other(side));
}

/** True where an alert is about certificates and names this side's. */
export function blamesCertificate(c: FindingContext, side: Side): boolean {
  const { failure } = c;
  if (failure === null || failure.by === side) return false;
  return failure.alert !== null && isCertificateAlert(failure.alert.description);
}
