import { capitalise } from '../bytes/text.ts';
import { CLIENT, SERVER } from '../tls/handshake.ts';
import type { Certificate } from '../x509/certificate.ts';
import { mayHaveIssued, orderChain } from '../x509/chain.ts';
import { matchName, parseAddress } from '../x509/match-name.ts';
import { shortName } from '../x509/names.ts';
import type { FindingContext, Found } from './finding-context.ts';
import { frameLink, rich, term } from './rich-text.ts';
import {
  BAD_CERTIFICATE,
  CERTIFICATE_UNKNOWN,
  SIDES,
  clientChainFits,
  eachCertificate,
  endpointOf,
  frameOf,
  leafOf,
  other,
  otherWord,
  refuses,
  requestedAuthorities,
  shortFingerprint,
  soundChain,
  weightOf,
  wordOf,
} from './certificate-facts.ts';
import { uniqueFrames } from './unique-frames.ts';

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
      frames: uniqueFrames([c.handshake?.clientHello?.frame, frame]),
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

const EXPIRED_ALERT = 45;

const UNKNOWN_CA = 48;

/** OpenSSL answers a certificate that is not valid yet with bad_certificate. */
const TIME_ALERTS = [BAD_CERTIFICATE, EXPIRED_ALERT, CERTIFICATE_UNKNOWN];

const TRUST_ALERTS = [BAD_CERTIFICATE, CERTIFICATE_UNKNOWN, UNKNOWN_CA];

const CHAIN_ALERTS = [CERTIFICATE_UNKNOWN, UNKNOWN_CA];

const NAME_ALERTS = [BAD_CERTIFICATE, CERTIFICATE_UNKNOWN];

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
    frames: uniqueFrames([hello, frame]),
    fix: `Let the client at ${c.client} connect by a name that the certificate has and send it (SNI): a server with several certificates chooses by it. Or issue the certificate with the address ${c.serverAddress} as well.`,
    confidence: 'possible',
  };
}

/** "2020-01-31" of an ISO time. */
function dateOf(time: string): string {
  return time.slice(0, 10);
}

function daysBetween(from: number, to: number): string {
  const days = Math.floor(Math.abs(to - from) / 86_400);
  return days === 0 ? 'less than a day' : `${days} ${days === 1 ? 'day' : 'days'}`;
}
