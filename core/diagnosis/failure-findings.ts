import type { RichText } from '../api.ts';
import { CLIENT, SERVER } from '../tls/handshake.ts';
import { decodeClientHello, offeredVersions } from '../tls/messages/client-hello.ts';
import { extensionOf } from '../tls/messages/extension.ts';
import { describeAlert, meaningOfAlert } from '../tls/tables/alerts.ts';
import { cipherSuiteOf } from '../tls/tables/cipher-suites.ts';
import { describeSignatureScheme } from '../tls/tables/signature-schemes.ts';
import { describeNamedGroup } from '../tls/tables/named-groups.ts';
import { describeVersion, isDtls, isTls13, TLS_1_2 } from '../tls/tables/versions.ts';
import { decodeElement } from '../x509/der.ts';
import { orderChain } from '../x509/chain.ts';
import { decodeName, shortName } from '../x509/names.ts';
import {
  blamesCertificate,
  capitalise,
  clientChainFits,
  describeChain,
  endpointOf,
  findChainIncomplete,
  findExpired,
  findNameMismatch,
  findNotYetValid,
  findSelfSigned,
  findSignatureNotOffered,
  findWeakKey,
  findWeakSignature,
  leafOf,
  LONG_WAIT,
  requestedAuthorities,
  waitedBefore,
  wordOf,
} from './certificate-findings.ts';
import type { FindingContext, Found } from './finding-context.ts';
import { clientFlight, describeFailure, type HandshakeFailure } from './handshake-outcome.ts';
import { conversationLink, frameLink, rich, term } from './rich-text.ts';

/** A handshake that was broken off: by whom, at which step, how long after what, and what that means. */
export function findHandshakeFailed(c: FindingContext): Found[] {
  const { failure } = c;
  if (failure === null) return [];
  const story = explainFailure(c, failure);
  return [
    {
      severity: 'error',
      sentence: rich`${tellFailure(c, failure)} ${story.meaning}`,
      frames: unique([failure.answers?.frame ?? failure.stepFrame, failure.frame, ...story.frames]),
      fix: story.fix,
      confidence: failure.inferred ? 'likely' : story.confidence,
    },
  ];
}

/** Who, at which step, how long after what: one sentence. */
export function tellFailure(c: FindingContext, failure: HandshakeFailure): RichText {
  const who = failure.by === CLIENT ? 'The client' : 'The server';
  if (failure.how === 'no-answer')
    return rich`The server at ${c.server} did not answer the Client Hello in ${frameLink(failure.stepFrame)}.`;
  if (failure.how === 'not-tls')
    return rich`The server at ${c.server} answered the Client Hello in ${frameLink(failure.stepFrame)} with something that is not TLS${c.clearFrame > 0 ? rich` (${frameLink(c.clearFrame)})` : ''}.`;
  const did = capitalise(describeFailure(failure));
  const after = failure.answers;
  const delay =
    after === null ? '' : formatDelay(Math.max(0, c.secondsOf(failure.frame) - c.secondsOf(after.frame)));
  const when =
    after === null
      ? rich` after the ${failure.step} (${frameLink(failure.stepFrame)})`
      : rich`, ${delay} after the ${after.words} (${frameLink(after.frame)})`;
  const inferred = failure.inferred
    ? rich` What it says can only be told from its place and its length.`
    : rich``;
  const silent = failure.how === 'alert' ? '' : ` ${who} gave no reason.`;
  return rich`${did} in ${frameLink(failure.frame)}${when}.${inferred}${silent}`;
}

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
      frames: unique([hello.frame, failure.how === 'not-tls' ? c.clearFrame : failure.frame]),
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

/** The server did not accept the certificate that the client showed. */
export function findClientCertificateRefused(c: FindingContext): Found[] {
  const { failure, handshake } = c;
  if (failure === null || handshake === null || failure.by !== SERVER || failure.inferred)
    return inferredRefusal(c);
  const shown = handshake.clientCertificate;
  if (shown === null || c.chains[CLIENT].length === 0) return [];
  if (failure.how === 'alert' && !blamesCertificate(c, CLIENT) && !failsOnSignature(failure)) return [];
  if (failure.how !== 'alert' && handshake.changeCipherSpec[SERVER] > 0) return [];
  const leaf = leafOf(c, CLIENT);
  const reason =
    failure.alert === null
      ? rich`It gave no reason`
      : rich`It said ${describeAlert(failure.alert.description)}: ${meaningOfAlert(failure.alert.description).replace('the sender', 'the server')}`;
  const suspects = suspectsOf(c, CLIENT);
  const authorities = requestedAuthorities(c);
  const unfit =
    authorities !== null && !clientChainFits(c, authorities)
      ? rich` It is from none of the authorities that the server asked for (${namesOf(authorities)}).`
      : rich``;
  return [
    {
      severity: 'error',
      sentence: rich`The server ${failure.alert === null ? 'probably refused' : 'refused'} the client’s certificate ${leaf === null ? '' : `${shortName(leaf.subject)}, issued by ${shortName(leaf.issuer)} `}(${frameLink(shown.frame)}). ${reason}.${unfit}`,
      frames: unique([shown.frame, failure.frame, ...suspects.frames]),
      fix:
        suspects.fix ??
        `Look into the log of the server at ${c.server}; install a client certificate that it accepts${authorities === null ? '' : ` (issued by ${namesOf(authorities)})`}, or let the server not ask for one.`,
      confidence: failure.alert !== null && blamesCertificate(c, CLIENT) ? 'certain' : 'likely',
    },
  ];
}

/** The server asked for a certificate, and the client had none to show. */
export function findClientCertificateMissing(c: FindingContext): Found[] {
  const { failure, handshake } = c;
  if (handshake === null) return [];
  const request = handshake.certificateRequest;
  const answer = handshake.clientCertificate;
  const demanded = failure?.alert?.description === CERTIFICATE_REQUIRED;
  const empty = answer !== null && c.chains[CLIENT].length === 0;
  const authorities = requestedAuthorities(c);
  const wanted =
    authorities === null
      ? 'any authority'
      : `${authorities.length === 1 ? '' : `one of ${authorities.length}: `}${namesOf(authorities)}`;
  if ((request !== null && empty) || demanded) {
    const failed = failure !== null && failure.by === SERVER;
    const asked = request === null ? rich`` : rich` in ${frameLink(request.frame)} (issued by ${wanted})`;
    const shown = answer === null ? rich`` : rich`; the client sent none (${frameLink(answer.frame)})`;
    const ending = !failed
      ? '. The server went on without'
      : failure.alert === null
        ? rich`, and the server ended the connection in ${frameLink(failure.frame)}`
        : rich`, and the server broke off with ${describeAlert(failure.alert.description)} in ${frameLink(failure.frame)}`;
    return [
      {
        severity: failed ? 'error' : 'note',
        sentence: rich`The server asked for a client certificate${asked}${shown}${ending}.`,
        frames: unique([request?.frame ?? 0, answer?.frame ?? 0, failed ? failure.frame : 0]),
        fix: failed
          ? `Install a client certificate on ${c.client}, or let the server at ${c.server} not demand one.`
          : '',
        confidence: 'certain',
      },
    ];
  }
  if (failure === null || !failure.inferred || failure.by !== SERVER) return [];
  if (clientFlight(handshake, c.closing.dataLengths[CLIENT]) !== 'empty-certificate') return [];
  return [
    {
      severity: 'error',
      sentence: rich`The client’s first encrypted record is as long as a Certificate message without any certificate, and the server ended the connection after it (${frameLink(failure.frame)}). So the server probably demanded a client certificate and got none. TLS 1.3 encrypts the messages themselves.`,
      frames: [failure.frame],
      fix: `Install a client certificate on ${c.client}, or let the server at ${c.server} not demand one. A key log shows the alert itself.`,
      confidence: 'likely',
    },
  ];
}

/** "1.5 ms", "35 ms", "2.1 s". */
export function formatDelay(seconds: number): string {
  if (seconds < 0.01) return `${(seconds * 1000).toFixed(1)} ms`;
  return seconds < 1 ? `${Math.round(seconds * 1000)} ms` : `${seconds.toFixed(1)} s`;
}

// --- inside --------------------------------------------------------------------------------------------------------

/** bad_record_mac, decryption_failed, decrypt_error. */
const DIFFERENT_KEYS: ReadonlySet<number> = new Set([20, 21, 51]);
const MOST_NAMED = 5;
const HANDSHAKE_FAILURE = 40;
const UNKNOWN_CA = 48;
const DECRYPT_ERROR = 51;
const PROTOCOL_VERSION = 70;
const INSUFFICIENT_SECURITY = 71;
const UNRECOGNIZED_NAME = 112;
const CERTIFICATE_REQUIRED = 116;
const NO_APPLICATION_PROTOCOL = 120;
const MTU = term('MTU', 'how many bytes a packet may have on a link; VPNs and tunnels leave less than 1500');
const ALPN = term('ALPN', 'the client says in its hello which protocols it would speak inside TLS');
/** Seconds; a program that refuses something does so at once. */

interface Story {
  readonly meaning: RichText;
  readonly fix: string;
  readonly frames: readonly number[];
  readonly confidence: Found['confidence'];
}

/** What the end of a handshake means, in this capture. */
function explainFailure(c: FindingContext, failure: HandshakeFailure): Story {
  const about = failure.by === CLIENT ? SERVER : CLIENT;
  const code = failure.alert?.description ?? -1;
  const plain = (meaning: RichText, fix: string, confidence: Story['confidence'] = 'certain'): Story => ({
    meaning,
    fix,
    frames: [],
    confidence,
  });
  if (failure.how === 'no-answer' || failure.how === 'not-tls')
    return plain(
      failure.how === 'not-tls'
        ? rich`It does not speak TLS on this port.`
        : rich`It may be down, or something in between drops the packets.`,
      `Check that TLS is turned on for port ${c.serverPort} at ${c.serverAddress}.`,
    );
  if (failure.inferred) return explainInferred(c, failure);
  if (blamesCertificate(c, about) || failsOnSignature(failure)) return explainRefusal(c, failure, about);
  if (code === PROTOCOL_VERSION) {
    const version = findVersionRefused(c)[0];
    if (version !== undefined) return plain(rich`The two sides have no version in common.`, version.fix);
  }
  if (code === HANDSHAKE_FAILURE || code === INSUFFICIENT_SECURITY) {
    const cipher = findNoSharedCipher(c)[0];
    if (cipher !== undefined)
      return plain(
        rich`The server found nothing in the Client Hello that it could choose.`,
        cipher.fix,
        'likely',
      );
    if (c.chains[about].length > 0) return explainRefusal(c, failure, about);
  }
  if (DIFFERENT_KEYS.has(code) && failure.answers?.words.endsWith('Finished') === true)
    return explainDifferentKeys(c, failure);
  const wish = explainWish(c, failure);
  if (wish !== null) return wish;
  if (code >= 0)
    return plain(
      rich`It means: ${meaningOfAlert(code) === '' ? 'a reason that is not registered' : meaningOfAlert(code)}.`,
      `Look into the log of the ${wordOf(failure.by)} at ${endpointOf(c, failure.by)} at that moment: it knows the reason.`,
    );
  return explainSilence(c, failure, about);
}

/** A name or a protocol that the client asked for and the server does not have. */
function explainWish(c: FindingContext, { alert, by }: HandshakeFailure): Story | null {
  const hello = c.handshake?.clientHello ?? null;
  if (hello === null || by !== SERVER) return null;
  const story = (meaning: RichText, fix: string): Story => ({
    meaning,
    fix,
    frames: [hello.frame],
    confidence: 'certain',
  });
  if (alert?.description === UNRECOGNIZED_NAME) {
    const asked = c.handshake?.serverName ?? null;
    return asked === null
      ? story(
          rich`The client named no server, and the server wants to be asked for by name.`,
          `Let the client at ${c.client} connect by the server’s name: it then sends that in its Client Hello (SNI).`,
        )
      : story(
          rich`The client asked for ${asked}, and the server does not serve that name.`,
          `Let the client at ${c.client} use a name that the server at ${c.server} has, or add ${asked} there.`,
        );
  }
  if (alert?.description !== NO_APPLICATION_PROTOCOL) return null;
  const { extensions } = decodeClientHello(hello.body, isDtls(c.handshake?.offeredVersion ?? 0));
  const offered = extensionOf(extensions, 'alpn')?.protocols ?? [];
  return story(
    rich`The client offers ${offered.length === 0 ? 'no application protocol' : offered.slice(0, MOST_NAMED).join(', ')} (${ALPN}), and the server serves none of that.`,
    `Let the client at ${c.client} offer what the server at ${c.server} serves (for SIP “sip”), or nothing; or allow it on the server.`,
  );
}

/** The first encrypted record does not pass the other side's check: the two have not made the same keys. */
function explainDifferentKeys(c: FindingContext, failure: HandshakeFailure): Story {
  const psk = c.handshake?.suite?.keyExchange.endsWith('psk') === true;
  const first = rich`That is the first encrypted record, and it failed the check of the ${wordOf(failure.by)}: the two sides have not come to the same keys.`;
  const log = `Look into the log of the ${wordOf(failure.by)} at ${endpointOf(c, failure.by)} at that moment.`;
  return {
    meaning: psk
      ? rich`${first} In a handshake with a pre-shared key that mostly means that the two have different ones.`
      : rich`${first} Something on the way may have changed the handshake, or one of the two programs is at fault.`,
    fix: psk
      ? `Compare the pre-shared key in the configuration of ${c.client} with that of ${c.server}, digit by digit.`
      : log,
    frames: [],
    confidence: 'likely',
  };
}

/** One side refuses the other's certificate. */
function explainRefusal(c: FindingContext, failure: HandshakeFailure, about: 0 | 1): Story {
  const suspects = suspectsOf(c, about);
  const code = failure.alert?.description ?? -1;
  const leaf = leafOf(c, about);
  const chain = c.chains[about];
  const issuer = leaf === null ? null : issuerOf(c, about);
  const who = wordOf(failure.by);
  const trust =
    code === UNKNOWN_CA
      ? rich`The ${who} does not trust the authority behind the ${wordOf(about)}’s certificate.`
      : rich`It means: ${meaningOfAlert(code)}.`;
  const sent = chain.length === 0 ? rich`` : rich` The ${wordOf(about)} sent: ${describeChain(chain)}.`;
  const fix =
    suspects.fix ??
    (code === UNKNOWN_CA
      ? `Install the certificate of ${issuer ?? `the authority that issued the ${wordOf(about)}’s certificate (TLS 1.3 encrypts the chain: a key log shows it)`} as a trusted authority on the ${who} at ${endpointOf(c, failure.by)}.`
      : `Look into the log of the ${who} at ${endpointOf(c, failure.by)}: it knows what it does not like about ${leaf === null ? 'the certificate' : shortName(leaf.subject)}.`);
  return {
    meaning: rich`${trust}${sent}${suspects.sentences}`,
    fix,
    frames: suspects.frames,
    confidence: 'certain',
  };
}

/** The end came without a reason: what had just been received is the suspect. */
function explainSilence(c: FindingContext, failure: HandshakeFailure, about: 0 | 1): Story {
  const suspects = suspectsOf(c, about);
  const received = failure.answers?.words ?? '';
  const afterCertificate =
    c.chains[about].length > 0 && !/Client Hello|Server Hello$/.test(received) && received !== '';
  const log = `Look into the log of the ${wordOf(failure.by)} at ${endpointOf(c, failure.by)} at that moment.`;
  const unanswered = findHelloUnanswered(c)[0];
  if (unanswered !== undefined && c.closing.payload[SERVER] === 0 && failure.by === CLIENT)
    return {
      meaning: rich`Nothing had come from the server.`,
      fix: unanswered.fix,
      frames: [],
      confidence: 'likely',
    };
  const waited = waitedBefore(c, failure);
  if (waited > LONG_WAIT && failure.by === CLIENT && isCutShort(c))
    return {
      meaning: rich`It had waited for ${formatDelay(waited)}, and of the server’s messages behind the Server Hello none came whole. Packets that are too large for the way (${MTU}), or a firewall that drops parts of them, look like this.`,
      fix: `Test how large packets may be between ${hostOf(c.client)} and ${hostOf(c.server)} (on Linux “ping -M do -s 1472 ADDRESS”), and lower the MTU or the MSS where these get lost. Capture at the server as well: it shows whether it sent more.`,
      frames: [],
      confidence: 'possible',
    };
  if (waited > LONG_WAIT)
    return {
      meaning: rich`It had waited for ${formatDelay(waited)}: that looks like a time-out or like somebody who gave up.`,
      fix: log,
      frames: [],
      confidence: 'possible',
    };
  if (afterCertificate)
    return {
      meaning: rich`It had just received the ${wordOf(about)}’s certificate, so it probably refuses that. The ${wordOf(about)} sent: ${describeChain(c.chains[about])}.${suspects.sentences}`,
      fix: suspects.fix ?? log,
      frames: suspects.frames,
      confidence: 'likely',
    };
  const version = failure.by === SERVER ? findVersionRefused(c)[0] : undefined;
  return {
    meaning:
      version === undefined
        ? failure.by === SERVER && c.closing.payload[SERVER] === 0
          ? rich`Servers do that where TLS is not turned on for the port, or where they can choose nothing from the Client Hello.${c.tlsElsewhere === null ? '' : rich` TLS is spoken on this port in ${conversationLink(c.tlsElsewhere)}: compare the two.`}`
          : rich`Its log may tell why.`
        : rich`The Client Hello offers an old version only, which may be why.`,
    fix: version?.fix ?? log,
    frames: [],
    confidence: 'likely',
  };
}

/** The server began its answer, and no message of it behind the Server Hello was ever whole. */
function isCutShort(c: FindingContext): boolean {
  const h = c.handshake;
  if (h === null || h.serverHello === null || isTls13(h.version)) return false;
  return h.resumed === null && h.serverCertificate === null && h.serverHelloDone === null;
}

/** The address of "10.0.0.5:5061". */
function hostOf(endpoint: string): string {
  return endpoint.replace(/:\d+$/, '');
}

/** TLS 1.3 without keys: what can be told from lengths. */
function explainInferred(c: FindingContext, failure: HandshakeFailure): Story {
  if (failure.by === CLIENT)
    return {
      meaning: rich`It came right after the server’s messages, the last of which hold the server’s certificate: most often the client does not accept that.`,
      fix: `Check the certificate of the server at ${c.server}: its issuer, its names, its period of validity. The log of the client at ${c.client} tells the reason, and a key log makes the alert readable.`,
      frames: [],
      confidence: 'likely',
    };
  const flight = c.handshake === null ? 'unknown' : clientFlight(c.handshake, c.closing.dataLengths[CLIENT]);
  return {
    meaning:
      flight === 'empty-certificate'
        ? rich`The client had answered with a Certificate message as short as one without any certificate: the server probably demands a client certificate.`
        : rich`The client had answered with more than its Finished, so the server had asked for a client certificate: it probably refuses the one it got.`,
    fix: `Check the client certificate of ${c.client}. The log of the server at ${c.server} tells the reason, and a key log makes the alert readable.`,
    frames: [],
    confidence: 'likely',
  };
}

function inferredRefusal(c: FindingContext): Found[] {
  const { failure, handshake } = c;
  if (failure === null || handshake === null || !failure.inferred || failure.by !== SERVER) return [];
  if (clientFlight(handshake, c.closing.dataLengths[CLIENT]) !== 'certificate') return [];
  return [
    {
      severity: 'error',
      sentence: rich`The client’s encrypted answer is long enough for a certificate, and the server ended the connection right after it (${frameLink(failure.frame)}). So the server probably refused the client’s certificate. TLS 1.3 encrypts the messages themselves.`,
      frames: [failure.frame],
      fix: `Check the client certificate of ${c.client} and the log of the server at ${c.server}. A key log shows certificate and alert.`,
      confidence: 'likely',
    },
  ];
}

/** What is wrong with a side's certificate that may be why it was refused: what fits the alert best comes first. */
function suspectsOf(
  c: FindingContext,
  about: 0 | 1,
): { readonly sentences: RichText; readonly fix: string | null; readonly frames: readonly number[] } {
  const own = about === SERVER ? c.handshake?.serverCertificate : c.handshake?.clientCertificate;
  const frame = own?.frame ?? -1;
  const code = c.failure?.alert?.description ?? -1;
  const finders = SUSPECTS_OF_ALERT[code] ?? EVERY_SUSPECT;
  for (const find of finders) {
    const [found] = find(c).filter((one) => one.severity === 'error' && one.frames.includes(frame));
    if (found !== undefined)
      return { sentences: rich` ${found.sentence}`, fix: found.fix, frames: found.frames };
  }
  return { sentences: [], fix: null, frames: [] };
}

type Finder = (c: FindingContext) => Found[];

const OF_TRUST: readonly Finder[] = [findSelfSigned, findChainIncomplete];
const OF_SIGNATURES: readonly Finder[] = [findWeakSignature, findSignatureNotOffered, findWeakKey];
const OF_TIME: readonly Finder[] = [findExpired, findNotYetValid];
const EVERY_SUSPECT: readonly Finder[] = [...OF_TIME, ...OF_SIGNATURES, ...OF_TRUST, findNameMismatch];
const SUSPECTS_OF_ALERT: Readonly<Record<number, readonly Finder[]>> = {
  40: OF_SIGNATURES,
  42: [...OF_SIGNATURES, ...OF_TIME, findNameMismatch, ...OF_TRUST],
  43: OF_SIGNATURES,
  44: [],
  45: OF_TIME,
  47: OF_SIGNATURES,
  48: OF_TRUST,
  51: OF_SIGNATURES,
  71: OF_SIGNATURES,
  116: [],
};

/** The authority at the end of what was sent: the one that must be trusted. */
function issuerOf(c: FindingContext, about: 0 | 1): string {
  const chain = c.chains[about].flatMap((one) => (one.kind === 'malformed' ? [] : [one]));
  const report = orderChain(chain);
  const last = chain[report.path.at(-1) ?? -1];
  return last === undefined ? 'that authority' : shortName(last.issuer);
}

/** decrypt_error and illegal_parameter after a certificate are about its signatures. */
function failsOnSignature(failure: HandshakeFailure): boolean {
  const code = failure.alert?.description ?? -1;
  return code === DECRYPT_ERROR && (failure.answers?.words.includes('Certificate') ?? false);
}

function namesOf(authorities: readonly Uint8Array[]): string {
  const names = authorities.slice(0, 3).map((der) => {
    const element = decodeElement(der);
    const name = element.kind === 'element' ? decodeName(element) : null;
    return name === null ? 'an unreadable name' : shortName(name);
  });
  return names.join(', ') + (authorities.length > 3 ? ' …' : '');
}

function unique(frames: readonly number[]): number[] {
  return [...new Set(frames.filter((frame) => frame > 0))];
}
