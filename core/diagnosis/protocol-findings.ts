import { type Handshake, SERVER } from '../tls/handshake.ts';
import { decodeClientHello } from '../tls/messages/client-hello.ts';
import { extensionOf } from '../tls/messages/extension.ts';
import {
  describeVersion,
  isDtls,
  isTls13,
  SSL_3_0,
  TLS_1_2,
  tlsVersionBehind,
} from '../tls/tables/versions.ts';
import type { FindingContext, Found } from './finding-context.ts';
import { formatDelay } from './format-delay.ts';
import { stepsOf } from './handshake-outcome.ts';
import { frameLink, rich, term } from './rich-text.ts';

/** SIP in clear on a port where TLS is spoken. */
export function findPlainSipOnTlsPort(c: FindingContext): Found[] {
  if (c.spokenInClear !== 'SIP' || c.clearFrame === 0) return [];
  const hello = c.handshake?.clientHello ?? null;
  if (hello !== null) return [];
  const alert = c.session?.alerts.find((known) => known.side === SERVER) ?? null;
  const known = c.tlsElsewhere !== null || alert !== null;
  if (!known && c.serverPort !== SIPS_PORT) return [];
  const proof =
    alert !== null
      ? rich` The server answered with a TLS alert in ${frameLink(alert.frame)}.`
      : c.tlsElsewhere !== null
        ? rich` Conversation ${c.tlsElsewhere} speaks TLS with the same port.`
        : rich` That port is the registered one for SIP over TLS.`;
  return [
    {
      severity: 'error',
      sentence: rich`The client sends plain SIP in ${frameLink(c.clearFrame)} to ${c.server}, where TLS is expected.${proof}`,
      frames: alert === null ? [c.clearFrame] : [c.clearFrame, alert.frame],
      fix: `Set the transport of the client at ${c.client} to TLS, or let it use the port for plain SIP (usually 5060).`,
      confidence: known ? 'certain' : 'likely',
    },
  ];
}

/** A browser, or another speaker of HTTP, on a port for SIP. */
export function findHttpOnSipPort(c: FindingContext): Found[] {
  const sipPort = c.sipElsewhere !== null || SIP_PORTS.has(c.serverPort);
  if (!sipPort) return [];
  const where = c.sipElsewhere === null ? '' : ` (conversation ${c.sipElsewhere} speaks SIP there)`;
  const fix = `A browser shows only whether the port answers and which certificate it has. Test TLS with “openssl s_client -connect ${c.server}”, and SIP with a SIP program such as “sipsak” or a phone.`;
  if (c.spokenInClear.startsWith('HTTP'))
    return [
      {
        severity: 'warning',
        sentence: rich`HTTP is spoken in clear with ${c.server}, which is a port for SIP${where}.`,
        frames: [c.clearFrame > 0 ? c.clearFrame : c.firstFrame],
        fix,
        confidence: 'certain',
      },
    ];
  const hello = c.handshake?.clientHello ?? null;
  if (c.spokenInTls.startsWith('HTTP'))
    return [
      {
        severity: 'warning',
        sentence: rich`Inside TLS, HTTP is spoken with ${c.server}, which is a port for SIP${where}.`,
        frames: [hello?.frame ?? c.firstFrame],
        fix,
        confidence: 'certain',
      },
    ];
  if (hello === null) return [];
  const protocols = extensionOf(decodeClientHello(hello.body, false).extensions, 'alpn')?.protocols ?? [];
  if (c.spokenInTls !== '' || !protocols.some((name) => name === 'h2' || name.startsWith('http/'))) return [];
  return [
    {
      severity: 'note',
      sentence: rich`The Client Hello in ${frameLink(hello.frame)} offers ${protocols.join(' and ')} to ${c.server}, which is a port for SIP${where}: a browser or another HTTP program, not a phone.`,
      frames: [hello.frame],
      fix,
      confidence: 'likely',
    },
  ];
}

/** SSL 3.0, TLS 1.0 and 1.1 (RFC 7568, RFC 8996). */
export function findOldVersion(c: FindingContext): Found[] {
  const h = c.handshake;
  if (h === null || h.serverHello === null || h.version === 0) return [];
  const version = tlsVersionBehind(h.version);
  if (version >= TLS_1_2 || isTls13(h.version)) return [];
  const ssl = version <= SSL_3_0;
  return [
    {
      severity: ssl ? 'warning' : 'note',
      sentence: rich`The Server Hello in ${frameLink(h.serverHello.frame)} chose ${describeVersion(h.version)}, ${ssl ? 'which is broken (RFC 7568)' : 'which is deprecated (RFC 8996)'}; many programs have turned it off.`,
      frames: [h.serverHello.frame],
      fix: fixForOldVersion(c, h),
      confidence: 'certain',
    },
  ];
}

function fixForOldVersion(c: FindingContext, h: Handshake): string {
  const newer = isDtls(h.version) ? 'DTLS 1.2' : 'TLS 1.2';
  if (h.clientHello === null) return `Turn on ${newer} on both sides.`;
  if (tlsVersionBehind(h.offeredVersion) >= TLS_1_2)
    return `Turn on ${newer} on the server at ${c.server}: the client offers it.`;
  return `Turn on ${newer} on the client at ${c.client}, which offers ${describeVersion(h.offeredVersion)} at most, and on the server if it lacks it.`;
}

/** Ciphers that no longer protect: RC4 (RFC 7465), DES, export keys, 3DES (RFC 9325 §4.1), no authentication. */
export function findWeakCipher(c: FindingContext): Found[] {
  const h = c.handshake;
  if (h === null || h.suite === null || h.serverHello === null || h.suite.kind === 'null') return [];
  const { name } = h.suite;
  const weakness = WEAKNESSES.find(([pattern]) => pattern.test(name));
  if (weakness === undefined) return [];
  return [
    {
      severity: 'warning',
      sentence: rich`The Server Hello in ${frameLink(h.serverHello.frame)} chose ${name}: ${weakness[1]}.`,
      frames: [h.serverHello.frame],
      fix: `Offer AES suites on the client at ${c.client}, and let the server at ${c.server} prefer them.`,
      confidence: 'certain',
    },
  ];
}

/** A suite that only authenticates. */
export function findNullCipher(c: FindingContext): Found[] {
  const h = c.handshake;
  if (h === null || h.suite === null || h.serverHello === null || h.suite.kind !== 'null') return [];
  if (h.suite.name.includes('Unknown')) return [];
  return [
    {
      severity: 'warning',
      sentence: rich`The Server Hello in ${frameLink(h.serverHello.frame)} chose ${h.suite.name}, a ${NULL_SUITE}: this connection is not encrypted at all. Everybody on the way can read it, and no key is needed.`,
      frames: [h.serverHello.frame],
      fix: `If that is not wanted, take suites with NULL in their name out of the lists of ${c.client} and ${c.server}.`,
      confidence: 'certain',
    },
  ];
}

/** 0-RTT data that the server did not take (RFC 8446 §4.2.10). */
export function findEarlyDataRejected(c: FindingContext): Found[] {
  const h = c.handshake;
  if (h === null || h.clientHello === null || !(h.earlyDataOffered || h.earlyDataWithdrawn)) return [];
  const retried = h.helloRetryRequest;
  const refused = h.earlyDataAccepted === false;
  if (!refused && retried === null) return [];
  const at = retried ?? h.encryptedExtensions;
  const hello = h.firstClientHello ?? h.clientHello;
  return [
    {
      severity: 'note',
      sentence: rich`The client sent ${EARLY_DATA} behind its Client Hello (${frameLink(hello.frame)}), and the server did not take it${at === null ? '' : rich` (${retried === null ? 'Encrypted Extensions' : 'Hello Retry Request'} in ${frameLink(at.frame)})`}. The client has to send it again after the handshake.`,
      frames: at === null ? [hello.frame] : [hello.frame, at.frame],
      fix: '',
      confidence: 'certain',
    },
  ];
}

/** A handshake that took seconds: who waited for whom. */
export function findSlowHandshake(c: FindingContext): Found[] {
  const h = c.handshake;
  if (h === null || !h.complete || h.clientHello === null) return [];
  const steps = stepsOf(h).sort((a, b) => a.frame - b.frame);
  const begin = steps[0];
  const last = steps.at(-1);
  if (begin === undefined || last === undefined) return [];
  const duration = c.secondsOf(last.frame) - c.secondsOf(begin.frame);
  if (duration < SLOW) return [];
  let slowest = begin;
  let wait = 0;
  steps.forEach((step, at) => {
    const before = steps[at - 1];
    const delay = before === undefined ? 0 : c.secondsOf(step.frame) - c.secondsOf(before.frame);
    if (delay <= wait) return;
    wait = delay;
    slowest = step;
  });
  const who = slowest.side === SERVER ? 'server' : 'client';
  const what = slowest.words.replace(/^(client|server)’s /, '');
  return [
    {
      severity: 'warning',
      sentence: rich`The handshake took ${formatDelay(duration)}, ${formatDelay(wait)} of it until the ${who}’s ${what} (${frameLink(slowest.frame)}). Clients that wait less give up, and calls are set up late.`,
      frames: [begin.frame, slowest.frame],
      fix: `Look what the ${who} at ${who === 'server' ? c.server : c.client} does at that moment: a name or revocation (OCSP, CRL) that it cannot look up, an overloaded processor, or lost packets on the way.`,
      confidence: 'certain',
    },
  ];
}

const SIPS_PORT = 5061;
const SIP_PORTS: ReadonlySet<number> = new Set([5060, 5061]);
const NULL_SUITE = term(
  'NULL suite',
  'records carry a check against alteration, but their content is in clear',
);
const EARLY_DATA = term(
  'early data',
  'data sent before the handshake is over, with keys of an earlier session (0-RTT)',
);

const WEAKNESSES: readonly (readonly [RegExp, string])[] = [
  [/EXPORT/, 'its keys were made short on purpose and can be broken'],
  [/_anon_/i, 'neither side proves who it is'],
  [/RC4/, 'RC4 is prohibited (RFC 7465)'],
  [/3DES/, '3DES has short blocks and is no longer allowed by many programs (RFC 9325)'],
  [/_DES|DES40|RC2/, 'its key of 56 bits or less can be broken'],
  [/_IDEA_/, 'its blocks are short, and few programs still have it'],
];
/** Seconds; a handshake over a slow network takes half of one. */
const SLOW = 2;
