import { capitalise } from '../bytes/text.ts';
import { certificateRequestOf } from '../tls/certificate-request-of.ts';
import { CLIENT, SERVER, type Side } from '../tls/handshake.ts';
import { decodeClientHello } from '../tls/messages/client-hello.ts';
import { extensionOf } from '../tls/messages/extension.ts';
import { decodeServerKeyExchange } from '../tls/messages/key-exchange.ts';
import { decodeCertificateVerify } from '../tls/messages/session-messages.ts';
import { describeSignatureScheme } from '../tls/tables/signature-schemes.ts';
import { TLS_1_2, isDtls, isTls13, tlsVersionBehind } from '../tls/tables/versions.ts';
import type { Certificate } from '../x509/certificate.ts';
import { shortName } from '../x509/names.ts';
import { hashWords } from '../x509/algorithms.ts';
import type { FindingContext, Found } from './finding-context.ts';
import { frameLink, rich } from './rich-text.ts';
import {
  BAD_CERTIFICATE,
  CERTIFICATE_UNKNOWN,
  SIDES,
  eachCertificate,
  endpointOf,
  frameOf,
  otherWord,
  refuses,
  soundChain,
  wordOf,
} from './certificate-facts.ts';
import { uniqueFrames } from './unique-frames.ts';

/** Signatures with MD5 or SHA-1, which modern programs refuse. */
export function findWeakSignature(c: FindingContext): Found[] {
  return eachCertificate(c, ({ certificate, side, frame, words, own }) => {
    const { hash, name } = certificate.signature;
    // Nobody checks the signature of a root by its own key (RFC 8446 §4.4.2.2).
    if (certificate.selfIssued || hash === null || !WEAK_HASHES.has(hash)) return null;
    const broken = hash !== 'sha1';
    return {
      severity: refuses(c, side, SIGNATURE_ALERTS) ? 'error' : 'warning',
      sentence: rich`${capitalise(words)} (${frameLink(frame)}) is signed with ${name}. ${hashWords(hash)} ${broken ? 'is broken, and current programs refuse it' : 'is outdated, and many programs refuse it'}.`,
      frames: [frame],
      fix: own
        ? `Issue the certificate of ${shortName(certificate.subject)} anew with SHA-256.${side === CLIENT ? ' A device certificate installed by the maker changes only with its firmware.' : ''}`
        : `Ask the authority for a chain that is signed with SHA-256, and put that behind its own on the host at ${endpointOf(c, side)}.`,
      confidence: 'certain',
    };
  });
}

/** A certificate or a signature that is not on the list which the other side sent. */
export function findSignatureNotOffered(c: FindingContext): Found[] {
  const h = c.handshake;
  if (h === null || h.version === 0 || tlsVersionBehind(h.version) < TLS_1_2) return [];
  const found: Found[] = [];
  for (const side of SIDES) {
    const offer = offerTo(c, side);
    if (offer === null) continue;
    const silent = offer.certificateSchemes === null;
    const allowed = offer.certificateSchemes ?? IMPLIED_SCHEMES;
    const frame = frameOf(c, side);
    for (const certificate of soundChain(c, side)) {
      const schemes = schemesOf(certificate);
      if (certificate.selfIssued || schemes.length === 0 || schemes.some((id) => allowed.includes(id)))
        continue;
      found.push({
        severity: refuses(c, side, SIGNATURE_ALERTS) ? 'error' : 'note',
        sentence: silent
          ? rich`The Client Hello in ${frameLink(offer.frame)} names no signature algorithms, which in TLS 1.2 means SHA-1 only (RFC 5246 §7.4.1.4.1). The certificate of ${shortName(certificate.subject)} in ${frameLink(frame)} is signed with ${certificate.signature.name}.`
          : rich`The certificate of ${shortName(certificate.subject)} that the ${wordOf(side)} sent in ${frameLink(frame)} is signed with ${certificate.signature.name}. That is not among the ${allowed.length} algorithms that the ${otherWord(side)} accepts (${offer.in} in ${frameLink(offer.frame)}).`,
        frames: uniqueFrames([offer.frame, frame]),
        fix: silent
          ? `Update the client at ${c.client}: a hello without signature algorithms comes from very old software.`
          : `Give the ${wordOf(side)} a certificate that is signed with what the ${otherWord(side)} accepts, for example ${ofSameKey(allowed, certificate).map(describeSignatureScheme).join(' or ')}.`,
        confidence: silent ? 'possible' : 'certain',
      });
    }
    const used = schemeUsed(c, side);
    const list = offer.schemes ?? IMPLIED_SCHEMES;
    if (used !== null && !list.includes(used.scheme))
      found.push({
        severity: refuses(c, side, SIGNATURE_ALERTS) ? 'error' : 'warning',
        sentence: rich`The ${wordOf(side)} signed its ${used.in} in ${frameLink(used.frame)} with ${describeSignatureScheme(used.scheme)}, which ${offer.schemes === null ? 'a hello without that list does not allow' : `is not among those that the ${otherWord(side)} accepts`} (${offer.in} in ${frameLink(offer.frame)}).`,
        frames: uniqueFrames([offer.frame, used.frame]),
        fix: `Update the software of the ${wordOf(side)} at ${endpointOf(c, side)}, or offer ${describeSignatureScheme(used.scheme)} on the other side.`,
        confidence: 'certain',
      });
  }
  return found;
}

/** Keys that are too short by today's measure. */
export function findWeakKey(c: FindingContext): Found[] {
  const found = eachCertificate(c, ({ certificate, side, frame, words }) => {
    const { algorithm, bits, description } = certificate.publicKey;
    const least = algorithm === 'ec' ? 224 : algorithm.startsWith('rsa') || algorithm === 'dsa' ? 2048 : 0;
    if (bits === null || bits >= least) return null;
    return {
      severity: refuses(c, side, SIGNATURE_ALERTS) ? 'error' : 'warning',
      sentence: rich`${capitalise(words)} (${frameLink(frame)}) has a short key: ${description}. Current programs ask for ${algorithm === 'ec' ? 'at least 224 bits' : 'at least 2048 bits'}, and some refuse less.`,
      frames: [frame],
      fix: `Make a new key of ${algorithm === 'ec' ? '256' : '2048'} bits or more for ${shortName(certificate.subject)} and have it certified.`,
      confidence: 'certain',
    };
  });
  const exchange = c.handshake?.serverKeyExchange ?? null;
  const suite = c.handshake?.suite ?? null;
  if (exchange === null || suite === null) return found;
  const { bits } = decodeServerKeyExchange(exchange.body, suite.keyExchange, true);
  if (bits !== null && bits > 0 && bits < 2048)
    found.push({
      severity: c.failure?.by === CLIENT ? 'error' : 'warning',
      sentence: rich`The server’s Diffie-Hellman prime in ${frameLink(exchange.frame)} has ${bits} bits. Many clients refuse less than 2048, some less than 1024.`,
      frames: [exchange.frame],
      fix: `Give the server Diffie-Hellman parameters of 2048 bits, or let it use ECDHE suites.`,
      confidence: 'certain',
    });
  return found;
}

/** handshake_failure, bad_certificate, unsupported_certificate, illegal_parameter, decrypt_error, insufficient_security. */
const SIGNATURE_ALERTS = [40, BAD_CERTIFICATE, 43, CERTIFICATE_UNKNOWN, 47, 51, 71];

const WEAK_HASHES: ReadonlySet<string> = new Set(['md2', 'md4', 'md5', 'sha1']);

const COMMON_SCHEMES: readonly number[] = [0x0401, 0x0501, 0x0601, 0x0403, 0x0503, 0x0603];

/** RFC 5246 §7.4.1.4.1: a client that sends no list takes SHA-1 with RSA, DSA and ECDSA. */
const IMPLIED_SCHEMES: readonly number[] = [0x0201, 0x0202, 0x0203];

interface Offer {
  readonly frame: number;
  readonly in: string;
  readonly schemes: readonly number[] | null;
  readonly certificateSchemes: readonly number[] | null;
}

/** The signature algorithms that the other side of `side` accepts, and where it says so. */
function offerTo(c: FindingContext, side: Side): Offer | null {
  const h = c.handshake;
  if (h === null) return null;
  if (side === SERVER) {
    if (h.clientHello === null) return null;
    const { extensions } = decodeClientHello(h.clientHello.body, isDtls(h.version));
    const schemes = extensionOf(extensions, 'signature-algorithms')?.schemes ?? null;
    if (schemes === null && isTls13(h.version)) return null;
    const certificateSchemes = extensionOf(extensions, 'signature-algorithms-cert')?.schemes ?? schemes;
    return { frame: h.clientHello.frame, in: 'Client Hello', schemes, certificateSchemes };
  }
  const request = certificateRequestOf(h);
  if (request === null || request.signatureSchemes === null || h.certificateRequest === null) return null;
  return {
    frame: h.certificateRequest.frame,
    in: 'Certificate Request',
    schemes: request.signatureSchemes,
    certificateSchemes:
      extensionOf(request.extensions, 'signature-algorithms-cert')?.schemes ?? request.signatureSchemes,
  };
}

/** The algorithm by which a side proved that it holds its key. */
function schemeUsed(
  c: FindingContext,
  side: Side,
): { readonly scheme: number; readonly in: string; readonly frame: number } | null {
  const h = c.handshake;
  if (h === null) return null;
  const verify = h.certificateVerify[side];
  if (verify !== null) {
    const { signatureScheme } = decodeCertificateVerify(verify.body, true);
    return signatureScheme === null
      ? null
      : { scheme: signatureScheme, in: 'Certificate Verify', frame: verify.frame };
  }
  if (side === CLIENT || h.serverKeyExchange === null || h.suite === null) return null;
  const { signatureScheme } = decodeServerKeyExchange(h.serverKeyExchange.body, h.suite.keyExchange, true);
  return signatureScheme === null
    ? null
    : { scheme: signatureScheme, in: 'Server Key Exchange', frame: h.serverKeyExchange.frame };
}

/** The schemes under which a certificate's signature counts (RFC 8446 §4.2.3); empty where none is known. */
function schemesOf(certificate: Certificate): readonly number[] {
  const { key, hash, name } = certificate.signature;
  if (key === 'ed25519') return [0x0807];
  if (key === 'ed448') return [0x0808];
  if (name.startsWith('RSASSA-PSS')) {
    const at = ['sha256', 'sha384', 'sha512'].indexOf(hash ?? '');
    return at < 0 ? [] : [0x0804 + at, 0x0809 + at];
  }
  const signature = ['rsa', 'dsa', 'ec'].indexOf(key) + 1;
  const code = hash === null ? 0 : ['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512'].indexOf(hash) + 1;
  return signature === 0 || code === 0 ? [] : [(code << 8) | signature];
}

/** Of what the other side accepts, what a certificate from an authority with the same kind of key could have. */
function ofSameKey(allowed: readonly number[], certificate: Certificate): readonly number[] {
  const prefix = certificate.signature.key === 'ec' ? 'ecdsa' : certificate.signature.key;
  const fitting = allowed.filter((scheme) => describeSignatureScheme(scheme).startsWith(prefix));
  // What every authority can sign with stands first: PKCS #1 or ECDSA with SHA-256, the next longer hashes.
  const common = COMMON_SCHEMES.filter((scheme) => fitting.includes(scheme));
  return (common.length > 0 ? common : fitting.length > 0 ? fitting : allowed).slice(0, 2);
}
