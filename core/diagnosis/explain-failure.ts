import type { RichText } from '../api.ts';
import { hostOfEndpoint } from '../app/calls/endpoint-host.ts';
import { CLIENT, SERVER } from '../tls/handshake.ts';
import { decodeClientHello } from '../tls/messages/client-hello.ts';
import { extensionOf } from '../tls/messages/extension.ts';
import { meaningOfAlert } from '../tls/tables/alerts.ts';
import { isDtls, isTls13 } from '../tls/tables/versions.ts';
import { orderChain } from '../x509/chain.ts';
import { shortName } from '../x509/names.ts';
import {
  LONG_WAIT,
  blamesCertificate,
  describeChain,
  endpointOf,
  leafOf,
  waitedBefore,
  wordOf,
} from './certificate-facts.ts';
import { failsOnSignature, suspectsOf } from './certificate-suspects.ts';
import type { FindingContext, Found } from './finding-context.ts';
import { type HandshakeFailure, clientFlight } from './handshake-outcome.ts';
import { conversationLink, rich, term } from './rich-text.ts';
import { formatDelay } from './format-delay.ts';
import {
  HANDSHAKE_FAILURE,
  INSUFFICIENT_SECURITY,
  MOST_NAMED,
  PROTOCOL_VERSION,
  findHelloUnanswered,
  findNoSharedCipher,
  findVersionRefused,
} from './hello-findings.ts';

interface Story {
  readonly meaning: RichText;
  readonly fix: string;
  readonly frames: readonly number[];
  readonly confidence: Found['confidence'];
}

/** What the end of a handshake means, in this capture. */
export function explainFailure(c: FindingContext, failure: HandshakeFailure): Story {
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
      fix: `Test how large packets may be between ${hostOfEndpoint(c.client)} and ${hostOfEndpoint(c.server)} (on Linux “ping -M do -s 1472 ADDRESS”), and lower the MTU or the MSS where these get lost. Capture at the server as well: it shows whether it sent more.`,
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

/** The authority at the end of what was sent: the one that must be trusted. */
function issuerOf(c: FindingContext, about: 0 | 1): string {
  const chain = c.chains[about].flatMap((one) => (one.kind === 'malformed' ? [] : [one]));
  const report = orderChain(chain);
  const last = chain[report.path.at(-1) ?? -1];
  return last === undefined ? 'that authority' : shortName(last.issuer);
}

/** bad_record_mac, decryption_failed, decrypt_error. */
const DIFFERENT_KEYS: ReadonlySet<number> = new Set([20, 21, 51]);

const UNKNOWN_CA = 48;

const UNRECOGNIZED_NAME = 112;

const NO_APPLICATION_PROTOCOL = 120;

const MTU = term('MTU', 'how many bytes a packet may have on a link; VPNs and tunnels leave less than 1500');

const ALPN = term('ALPN', 'the client says in its hello which protocols it would speak inside TLS');
