import { CLIENT, SERVER, type Side } from '../tls/handshake.ts';
import { decodeCertificateRequest } from '../tls/messages/certificate-request.ts';
import { decodeClientHello } from '../tls/messages/client-hello.ts';
import { extensionOf } from '../tls/messages/extension.ts';
import { decodeServerKeyExchange } from '../tls/messages/key-exchange.ts';
import { decodeCertificateVerify } from '../tls/messages/session-messages.ts';
import { describeSignatureScheme } from '../tls/tables/signature-schemes.ts';
import { isDtls, isTls13, TLS_1_2, tlsVersionBehind } from '../tls/tables/versions.ts';
import type { Certificate } from '../x509/certificate.ts';
import { formatFingerprint } from '../x509/certificate.ts';
import { mayHaveIssued, orderChain } from '../x509/chain.ts';
import { matchName, parseAddress } from '../x509/match-name.ts';
import { shortName } from '../x509/names.ts';
import { hashWords } from '../x509/algorithms.ts';
import type { FindingContext, Found } from './finding-context.ts';
import { type HandshakeFailure, isCertificateAlert } from './handshake-outcome.ts';
import { frameLink, rich, term } from './rich-text.ts';

/** Certificates outside their period of validity at the time of the capture. */
export function findExpired(c: FindingContext): Found[] {
  return eachCertificate(c, ({ certificate, side, frame, words, own }) => {
    const now = c.secondsOf(frame);
    if (now <= certificate.notAfter.seconds) return null;
    return {
      severity: weightOf(c, side, TIME_ALERTS),
      sentence: rich`${capitalise(words)} expired on ${dateOf(certificate.notAfter.text)}, ${daysBetween(certificate.notAfter.seconds, now)} before it was shown in ${frameLink(frame)}.`,
      frames: [frame],
      fix: own
        ? `Renew the certificate of ${shortName(certificate.subject)} on the host at ${endpointOf(c, side)}. It was valid from ${dateOf(certificate.notBefore.text)}.`
        : `Ask the authority for its renewed certificate of ${shortName(certificate.subject)}, and put that behind its own on the host at ${endpointOf(c, side)}.`,
      confidence: 'certain',
    };
  });
}

/** Certificates that were not valid yet when they were shown. */
export function findNotYetValid(c: FindingContext): Found[] {
  return eachCertificate(c, ({ certificate, side, frame, words }) => {
    const now = c.secondsOf(frame);
    if (now >= certificate.notBefore.seconds) return null;
    if (now < EARLIEST_CLOCK) return unsetClock(certificate, frame, words, now);
    return {
      severity: weightOf(c, side, TIME_ALERTS),
      sentence: rich`${capitalise(words)} is valid only from ${dateOf(certificate.notBefore.text)}, ${daysBetween(now, certificate.notBefore.seconds)} after it was shown in ${frameLink(frame)}.`,
      frames: [frame],
      fix: `Check the clock of the host that made this capture and of both ends; else wait until ${dateOf(certificate.notBefore.text)} or issue a certificate that is valid now.`,
      confidence: 'certain',
    };
  });
}

/** Before TLS there was no capture of it: that clock was not set. */
function unsetClock(certificate: Certificate, frame: number, words: string, now: number): Found {
  return {
    severity: 'note',
    sentence: rich`Whether ${words} was valid cannot be judged: by the capture’s clock ${frameLink(frame)} is of the year ${new Date(now * 1000).getUTCFullYear()}, so that clock was not set. It is valid from ${dateOf(certificate.notBefore.text)} to ${dateOf(certificate.notAfter.text)}.`,
    frames: [frame],
    fix: 'Set the clock of the capturing host before the capture.',
    confidence: 'certain',
  };
}

/** The name that the client asked for is not in the server's certificate. */
export function findNameMismatch(c: FindingContext): Found[] {
  const leaf = leafOf(c, SERVER);
  const frame = c.handshake?.serverCertificate?.frame ?? 0;
  if (leaf === null || frame === 0) return [];
  const asked = c.handshake?.serverName ?? null;
  if (asked === null) return addressMismatch(c, leaf, frame);
  const match = matchName(leaf, asked);
  const names = match.presented.slice(0, 6).join(', ');
  const address = parseAddress(asked) !== null;
  if (match.by === 'common-name')
    return [
      {
        severity: 'note',
        sentence: rich`The name ${asked} stands only in the common name of the server’s certificate (${frameLink(frame)}), not among its alternative names. Some clients refuse that (RFC 9525).`,
        frames: [frame],
        fix: `Issue the certificate with ${asked} as a DNS name among its subject alternative names.`,
        confidence: 'possible',
      },
    ];
  if (match.matches) return [];
  return [
    {
      severity: weightOf(c, SERVER, NAME_ALERTS),
      sentence: rich`The client asked for ${asked} in the Client Hello, but the server’s certificate in ${frameLink(frame)} is for ${names === '' ? 'no name at all' : names}. A client that checks names refuses it.`,
      frames: framesOf(c.handshake?.clientHello?.frame, frame),
      fix: `Issue the certificate with the ${address ? 'IP address' : 'DNS name'} ${asked} among its subject alternative names${names === '' ? '' : `, or let the client connect to a name that the certificate has (${names})`}.`,
      confidence: refuses(c, SERVER, NAME_ALERTS) ? 'likely' : 'possible',
    },
  ];
}

/** Certificates that are needed to reach a known authority and were not sent. */
export function findChainIncomplete(c: FindingContext): Found[] {
  return SIDES.flatMap((side) => {
    const chain = soundChain(c, side);
    const frame = frameOf(c, side);
    const report = orderChain(chain);
    const last = chain[report.path.at(-1) ?? -1];
    if (last === undefined || report.missingIssuer === null || last.selfIssued) return [];
    const issuer = shortName(report.missingIssuer.name);
    const known = c.authorities.filter((authority) => mayHaveIssued(authority, last));
    if (known.some((authority) => authority.selfIssued)) return [];
    const elsewhere = known.length > 0;
    const asked = side === CLIENT ? requestedAuthorities(c) : null;
    const foreign = asked !== null && !clientChainFits(c, asked);
    const refused = refuses(c, side, CHAIN_ALERTS) && report.leafOnly && !foreign;
    const published = report.missingIssuer.urls.length > 0 && report.leafOnly;
    if (!elsewhere && (ROOT_NAME.test(issuer) || (!refused && !published))) return [];
    const url = report.missingIssuer.urls[0];
    const named = INTERMEDIATE_NAME.test(issuer);
    const certainty = elsewhere
      ? rich`, although another chain in this capture shows that it is an ${INTERMEDIATE}`
      : named
        ? rich`, and its name says that it is an ${INTERMEDIATE}`
        : rich`. If that is an ${INTERMEDIATE}, whoever does not know it cannot build the ${CHAIN}`;
    const send = `send the certificate of ${issuer} behind its own (a “full chain” file)${url === undefined ? '' : `; it can be fetched from ${url}`}`;
    return [
      {
        severity: weightOf(c, side, TRUST_ALERTS),
        sentence: rich`The ${wordOf(side)} sent ${report.leafOnly ? 'only its own certificate' : `${chain.length} certificates`} in ${frameLink(frame)}. The certificate of its issuer, ${issuer}, is not among them${certainty}.`,
        frames: [frame],
        fix:
          elsewhere || named
            ? `Let the ${wordOf(side)} at ${endpointOf(c, side)} ${send}.`
            : `If ${issuer} is an intermediate authority, let the ${wordOf(side)} at ${endpointOf(c, side)} ${send}. If it is a root, install it as trusted on the ${otherWord(side)} at ${endpointOf(c, other(side))}.`,
        confidence: elsewhere ? 'certain' : refused ? 'likely' : 'possible',
      },
    ];
  });
}

/** A certificate that nobody but its holder has signed. */
export function findSelfSigned(c: FindingContext): Found[] {
  return SIDES.flatMap((side) => {
    const chain = soundChain(c, side);
    const leaf = chain[0];
    const frame = frameOf(c, side);
    if (leaf === undefined || !orderChain(chain).selfSigned) return [];
    return [
      {
        severity: weightOf(c, side, TRUST_ALERTS),
        sentence: rich`The certificate that the ${wordOf(side)} shows in ${frameLink(frame)}, ${shortName(leaf.subject)}, is ${SELF_SIGNED}. It is accepted only where it was installed as trusted.`,
        frames: [frame],
        fix: `Install this certificate (SHA-256 ${shortFingerprint(leaf.sha256)}) as trusted on the ${otherWord(side)} at ${endpointOf(c, other(side))}, or give the ${wordOf(side)} one from an authority that the ${otherWord(side)} trusts.`,
        confidence: 'certain',
      },
    ];
  });
}

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
        frames: framesOf(offer.frame, frame),
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
        frames: framesOf(offer.frame, used.frame),
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
  const request = decodedRequest(c);
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

export function capitalise(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

// --- inside --------------------------------------------------------------------------------------------------------

const SIDES = [SERVER, CLIENT] as const;
const EXPIRED_ALERT = 45;
const BAD_CERTIFICATE = 42;
const CERTIFICATE_UNKNOWN = 46;
const UNKNOWN_CA = 48;
/** OpenSSL answers a certificate that is not valid yet with bad_certificate. */
const TIME_ALERTS = [BAD_CERTIFICATE, EXPIRED_ALERT, CERTIFICATE_UNKNOWN];
const TRUST_ALERTS = [BAD_CERTIFICATE, CERTIFICATE_UNKNOWN, UNKNOWN_CA];
const CHAIN_ALERTS = [CERTIFICATE_UNKNOWN, UNKNOWN_CA];
const NAME_ALERTS = [BAD_CERTIFICATE, CERTIFICATE_UNKNOWN];
/** handshake_failure, bad_certificate, unsupported_certificate, illegal_parameter, decrypt_error, insufficient_security. */
const SIGNATURE_ALERTS = [40, BAD_CERTIFICATE, 43, CERTIFICATE_UNKNOWN, 47, 51, 71];
const WEAK_HASHES: ReadonlySet<string> = new Set(['md2', 'md4', 'md5', 'sha1']);
const COMMON_SCHEMES: readonly number[] = [0x0401, 0x0501, 0x0601, 0x0403, 0x0503, 0x0603];
/** RFC 5246 §7.4.1.4.1: a client that sends no list takes SHA-1 with RSA, DSA and ECDSA. */
const IMPLIED_SCHEMES: readonly number[] = [0x0201, 0x0202, 0x0203];
const SELF_SIGNED = term('self-signed', 'signed with its own key; no authority vouches for it');
const INTERMEDIATE = term(
  'intermediate authority',
  'it is not in trust stores itself: a certificate of it must be sent along, up to one that is',
);
/** 1995, in seconds since 1970. */
const EARLIEST_CLOCK = 788_918_400;
/** What authorities call themselves; a hint, no proof. */
const ROOT_NAME = /\broot\b/i;
const INTERMEDIATE_NAME = /intermediate|issuing|subordinate|\bsub[ -]?ca\b/i;
const CHAIN = term(
  'chain',
  'the certificates from the sender’s own up to an authority that the other side trusts',
);

interface Shown {
  readonly certificate: Certificate;
  readonly side: Side;
  readonly frame: number;
  /** The sender's own, not one of an authority that it sent along. */
  readonly own: boolean;
  /** "the server’s certificate CN=…", "the certificate of the authority CN=… that the server sent". */
  readonly words: string;
}

function eachCertificate(c: FindingContext, judge: (shown: Shown) => Found | null): Found[] {
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

function soundChain(c: FindingContext, side: Side): Certificate[] {
  return c.chains[side].flatMap((certificate) => (certificate.kind === 'malformed' ? [] : [certificate]));
}

function frameOf(c: FindingContext, side: Side): number {
  const seen = side === SERVER ? c.handshake?.serverCertificate : c.handshake?.clientCertificate;
  return seen?.frame ?? 0;
}

/** The other side ended the handshake in a way that fits. */
function refuses(c: FindingContext, side: Side, alerts: readonly number[]): boolean {
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

function weightOf(c: FindingContext, side: Side, alerts: readonly number[]): Found['severity'] {
  return refuses(c, side, alerts) ? 'error' : 'warning';
}

function addressMismatch(c: FindingContext, leaf: Certificate, frame: number): Found[] {
  const addresses = (leaf.extensions.names ?? []).filter((name) => name.kind === 'ip');
  const own = parseAddress(c.serverAddress);
  if (own === null || addresses.some((name) => parseAddress(name.value) === own)) return [];
  const hello = c.handshake?.clientHello ?? null;
  if (hello !== null && refuses(c, SERVER, NAME_ALERTS)) return [noNameAsked(c, leaf, frame, hello.frame)];
  if (addresses.length === 0) return [];
  const names = addresses.slice(0, 4).map((name) => name.value);
  return [
    {
      severity: 'note',
      sentence: rich`The server’s certificate in ${frameLink(frame)} is for the address ${names.join(', ')}, but the server is at ${c.serverAddress}. A client that connects by address and checks it refuses that.`,
      frames: [frame],
      fix: `Issue the certificate with the address ${c.serverAddress}, or let clients connect by a name that it has.`,
      confidence: 'possible',
    },
  ];
}

/** A client that names no server connects by address, or checks a name that it did not send. */
function noNameAsked(c: FindingContext, leaf: Certificate, frame: number, hello: number): Found {
  const presented = matchName(leaf, c.serverAddress).presented.slice(0, 6).join(', ');
  const names = presented === '' ? 'no name at all' : presented;
  return {
    severity: 'error',
    sentence: rich`The client named no server in its Client Hello (${frameLink(hello)}), and the server’s certificate in ${frameLink(frame)} is for ${names}, not for the address ${c.serverAddress}. A client that connects by address, or expects another name than that, refuses it.`,
    frames: framesOf(hello, frame),
    fix: `Let the client at ${c.client} connect by a name that the certificate has and send it (SNI): a server with several certificates chooses by it. Or issue the certificate with the address ${c.serverAddress} as well.`,
    confidence: 'possible',
  };
}

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
  const request = decodedRequest(c);
  if (request === null || request.signatureSchemes === null || h.certificateRequest === null) return null;
  return {
    frame: h.certificateRequest.frame,
    in: 'Certificate Request',
    schemes: request.signatureSchemes,
    certificateSchemes:
      extensionOf(request.extensions, 'signature-algorithms-cert')?.schemes ?? request.signatureSchemes,
  };
}

function decodedRequest(c: FindingContext): ReturnType<typeof decodeCertificateRequest> | null {
  const h = c.handshake;
  if (h === null || h.certificateRequest === null) return null;
  const version = tlsVersionBehind(h.version);
  const form = isTls13(h.version) ? 'tls13' : version >= TLS_1_2 ? 'tls12' : 'tls11';
  return decodeCertificateRequest(h.certificateRequest.body, form);
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

export function wordOf(side: Side): 'client' | 'server' {
  return side === CLIENT ? 'client' : 'server';
}

function other(side: Side): Side {
  return side === CLIENT ? SERVER : CLIENT;
}

function otherWord(side: Side): string {
  return wordOf(other(side));
}

function framesOf(...frames: readonly (number | undefined)[]): number[] {
  return [...new Set(frames.filter((frame): frame is number => frame !== undefined && frame > 0))];
}

/** "2020-01-31" of an ISO time. */
function dateOf(time: string): string {
  return time.slice(0, 10);
}

function daysBetween(from: number, to: number): string {
  const days = Math.floor(Math.abs(to - from) / 86_400);
  return days === 0 ? 'less than a day' : `${days} ${days === 1 ? 'day' : 'days'}`;
}

/** True where an alert is about certificates and names this side's. */
export function blamesCertificate(c: FindingContext, side: Side): boolean {
  const { failure } = c;
  if (failure === null || failure.by === side) return false;
  return failure.alert !== null && isCertificateAlert(failure.alert.description);
}
