import { CLIENT, SERVER } from '../tls/handshake.ts';
import { decodeClientHello, offeredVersions } from '../tls/messages/client-hello.ts';
import { extensionOf } from '../tls/messages/extension.ts';
import { describeAlert } from '../tls/tables/alerts.ts';
import { cipherSuiteOf } from '../tls/tables/cipher-suites.ts';
import { describeSignatureScheme } from '../tls/tables/signature-schemes.ts';
import { describeNamedGroup } from '../tls/tables/named-groups.ts';
import { TLS_1_2, describeVersion, isDtls } from '../tls/tables/versions.ts';
import { wordOf } from './certificate-facts.ts';
import type { FindingContext, Found } from './finding-context.ts';
import { frameLink, rich } from './rich-text.ts';
import { formatDelay } from './format-delay.ts';
import { uniqueFrames } from './unique-frames.ts';

/** A Client Hello to which nothing came that is TLS. */
export function findHelloUnanswered(c: FindingContext): Found[] {
  const { failure, handshake } = c;
  if (failure === null || handshake === null || handshake.serverHello !== null) return [];
  const hello = handshake.clientHello;
  if (hello === null || (failure.how === 'alert' && !failure.inferred)) return [];
  const spoken = c.spokenInClear === '' ? '' : ` (${c.spokenInClear})`;
  const how =
    failure.how === 'not-tls'
      ? rich`the server answered in clear${spoken}: nobody speaks TLS on ${c.server}`
      : failure.by === CLIENT && failure.how !== 'no-answer'
        ? rich`the client gave up in ${frameLink(failure.frame)}, ${formatDelay(c.secondsOf(failure.frame) - c.secondsOf(hello.frame))} later, without any answer`
        : failure.how === 'no-answer'
          ? rich`no answer came until the end of the capture`
          : rich`the server ended the connection in ${frameLink(failure.frame)} without any TLS message`;
  return [
    {
      severity: 'error',
      sentence: rich`The Client Hello in ${frameLink(hello.frame)} was not answered: ${how}.`,
      frames: uniqueFrames([hello.frame, failure.how === 'not-tls' ? c.clearFrame : failure.frame]),
      fix: `Check that TLS is turned on for port ${c.serverPort} at ${c.serverAddress} (SIP over TLS usually listens on 5061, plain SIP on 5060), and that nothing in between blocks it.`,
      confidence: failure.how === 'not-tls' ? 'certain' : 'likely',
    },
  ];
}

/** The server found nothing in the hello that it could choose. */
export function findNoSharedCipher(c: FindingContext): Found[] {
  const { failure, handshake } = c;
  const hello = handshake?.clientHello ?? null;
  const alert = failure?.alert ?? null;
  if (failure === null || handshake === null || hello === null || alert === null) return [];
  const refused = alert.description === HANDSHAKE_FAILURE || alert.description === INSUFFICIENT_SECURITY;
  if (failure.by !== SERVER || handshake.serverHello !== null || !refused) return [];
  const { cipherSuites, extensions } = decodeClientHello(hello.body, isDtls(handshake.offeredVersion));
  const offered = cipherSuites.map(cipherSuiteOf).filter((suite) => suite.kind !== 'signal');
  const groups = extensionOf(extensions, 'supported-groups')?.groups ?? [];
  const schemes = extensionOf(extensions, 'signature-algorithms')?.schemes ?? [];
  return [
    {
      severity: 'error',
      sentence: rich`The server found nothing that it could choose in the Client Hello (${frameLink(hello.frame)}), and answered with ${describeAlert(alert.description)} in ${frameLink(alert.frame)}. The client offers ${listed(
        'cipher suite',
        offered.map(({ name }) => name),
      )}${groups.length === 0 ? '' : `; ${listed('group', groups.map(describeNamedGroup))}`}${schemes.length === 0 ? '' : `; ${listed('signature algorithm', schemes.map(describeSignatureScheme))}`}. Which of them the server lacks, it does not say.`,
      frames: [hello.frame, alert.frame],
      fix: `Allow one of these suites and groups on the server at ${c.server}, or one of the server’s on the client. The server’s certificate counts too: a suite or a signature algorithm with RSA or ECDSA in its name needs a key of that kind.`,
      // A group or a signature algorithm that is missing is answered with the same alert.
      confidence: 'likely',
    },
  ];
}

/** "2 cipher suites: A, B", "30 cipher suites: A, B, C, D …". */
function listed(what: string, names: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMED).join(', ');
  return `${names.length} ${what}${names.length === 1 ? '' : 's'}: ${shown}${names.length > MOST_NAMED ? ' …' : ''}`;
}

/** The two sides have no version in common. */
export function findVersionRefused(c: FindingContext): Found[] {
  const { failure, handshake } = c;
  const hello = handshake?.clientHello ?? null;
  if (failure === null || handshake === null || hello === null) return [];
  const versions = offeredVersions(decodeClientHello(hello.body, isDtls(handshake.offeredVersion)))
    .filter((version) => !describeVersion(version).startsWith('GREASE'))
    .map(describeVersion);
  const offered = versions.length === 1 ? `${versions[0] ?? ''} at most` : versions.join(', ');
  const alert = failure.alert;
  if (alert !== null && alert.description === PROTOCOL_VERSION) {
    const byServer = failure.by === SERVER;
    const chosen = byServer ? '' : `, the server chose ${describeVersion(handshake.version)}`;
    return [
      {
        severity: 'error',
        sentence: rich`The ${wordOf(failure.by)} refuses the protocol version (${frameLink(alert.frame)}): the client offers ${offered} in ${frameLink(hello.frame)}${chosen}.`,
        frames: [hello.frame, alert.frame],
        fix: byServer
          ? fixForRefusal(c, versions)
          : `Turn on a newer version (TLS 1.2) on the server at ${c.server}, or allow ${describeVersion(handshake.version)} on the client.`,
        confidence: 'certain',
      },
    ];
  }
  const old = handshake.offeredVersion < TLS_1_2 && !isDtls(handshake.offeredVersion);
  const silent = failure.by === SERVER && (failure.how === 'fin' || failure.how === 'rst');
  if (!old || !silent || handshake.serverHello !== null) return [];
  return [
    {
      severity: 'error',
      sentence: rich`The client offers ${offered} in ${frameLink(hello.frame)}, and the server ended the connection in ${frameLink(failure.frame)} without a word. Servers that no longer speak old versions do that.`,
      frames: [hello.frame, failure.frame],
      fix: `Turn on TLS 1.2 on the client at ${c.client}, or look into the log of the server at ${c.server}.`,
      confidence: 'possible',
    },
  ];
}

/** What helps where the server refuses every version that the client offers. */
function fixForRefusal(c: FindingContext, offered: readonly string[]): string {
  if (offered.some((version) => version.includes('TLS 1.3')))
    return `The client offers current versions. Look into the log of the server at ${c.server}: it may know none of them, or stumble over the hello itself.`;
  const newest = offered.find((version) => version.endsWith('TLS 1.2'));
  return newest === undefined
    ? `Turn on a newer version (TLS 1.2) on the client at ${c.client}, or allow the old one on the server at ${c.server} while the client cannot be updated.`
    : `Turn on TLS 1.3 on the client at ${c.client}, or allow ${newest} on the server at ${c.server}.`;
}

export const MOST_NAMED = 5;

export const HANDSHAKE_FAILURE = 40;

export const PROTOCOL_VERSION = 70;

export const INSUFFICIENT_SECURITY = 71;
