import type { Handshake, SeenMessage } from '../../tls/handshake.ts';
import { decodeClientHello } from '../../tls/messages/client-hello.ts';
import { extensionOf } from '../../tls/messages/extension.ts';
import { isDtls } from '../../tls/tables/versions.ts';
import { decodeCertificate } from '../../x509/certificate.ts';
import type { Analysis } from '../analysis.ts';
import type { ConversationReporter } from '../conversations/conversation-report.ts';
import type { MessageIndex } from '../messages/message-index.ts';

/** Tells what speaks for SIP in an encrypted connection of which application data stayed opaque. */
export class SipGrounds {
  private readonly analysis: Analysis;
  private readonly messages: MessageIndex;
  private readonly conversations: ConversationReporter;
  private readonly found = new Map<number, Ground | null>();
  /** While a capture is read they are asked for again and again: what hellos offer, whom certificates name. */
  private readonly offers = new WeakMap<SeenMessage, readonly string[]>();
  private readonly subjects = new WeakMap<Uint8Array, string>();

  constructor(analysis: Analysis, messages: MessageIndex, conversations: ConversationReporter) {
    this.analysis = analysis;
    this.messages = messages;
    this.conversations = conversations;
  }

  /** Keys or records have changed what can be told. */
  forget(): void {
    this.found.clear();
  }

  /** What was read of what is inside; empty where nothing was. */
  openedProtocol(conversation: number): string {
    const { structure, opening } = this.analysis;
    return structure.protocols.nameOf(opening.openedProtocol.read(conversation));
  }

  /** null where it is known to carry something else. */
  of(conversation: number, client: 0 | 1): Ground | null {
    const known = this.found.get(conversation);
    if (known !== undefined) return known;
    const made = this.find(conversation, client);
    // A connection whose handshake is still on its way may tell more later.
    if (this.analysis.isSettled) this.found.set(conversation, made);
    return made;
  }

  private find(conversation: number, client: 0 | 1): Ground | null {
    const { isSettled, structure } = this.analysis;
    // In TLS 1.3 the end of a handshake that failed looks like data.
    if (isSettled && this.conversations.failureOf(conversation) !== null) return null;
    // DTLS beside media on one port is their key exchange, or a data channel.
    const beside = structure.protocols.nameOf(structure.clearProtocol.read(conversation));
    if (beside === 'RTP' || beside === 'RTCP' || beside === 'STUN') return null;
    const opened = this.openedProtocol(conversation);
    if (opened.includes('SIP') || (isSettled && this.messages.countOf(conversation) > 0))
      return likely('other messages in it are SIP');
    if (opened !== '' && opened !== 'data') return null;
    const handshake = this.analysis.sessionOf(conversation)?.describingHandshake ?? null;
    const offered = handshake === null ? [] : this.protocolsOffered(handshake);
    if (offered.some((name) => name.startsWith('sip'))) return likely('its Client Hello asks for SIP (ALPN)');
    if (offered.includes('h2') || offered.includes('h3')) return null;
    const port = structure.conversations.ports.read(2 * conversation + (client === 0 ? 1 : 0));
    if (isSipPort(port)) return likely(`${port} is a port of SIP`);
    const name = handshake?.serverName ?? null;
    if (name !== null && SIP_NAME.test(name)) return likely(`the server is called ${name}`);
    const subject = this.subjectOf(handshake?.serverCertificates[0]);
    if (SIP_NAME.test(subject)) return likely(`the server's certificate names ${subject}`);
    return OTHER_PORTS.has(port) ? null : { likelihood: 'possible', words: 'nothing tells what it carries' };
  }

  private protocolsOffered({ clientHello, offeredVersion }: Handshake): readonly string[] {
    if (clientHello === null) return [];
    let offered = this.offers.get(clientHello);
    if (offered === undefined) {
      const { extensions } = decodeClientHello(clientHello.body, isDtls(offeredVersion));
      offered = extensionOf(extensions, 'alpn')?.protocols ?? [];
      this.offers.set(clientHello, offered);
    }
    return offered;
  }

  private subjectOf(certificate: Uint8Array | undefined): string {
    if (certificate === undefined) return '';
    let subject = this.subjects.get(certificate);
    if (subject === undefined) {
      subject = decodeCertificate(certificate).subject?.text ?? '';
      this.subjects.set(certificate, subject);
    }
    return subject;
  }
}

/** How likely it is that a connection carries SIP, and why, to be put into a sentence. */
interface Ground {
  readonly likelihood: 'likely' | 'possible';
  readonly words: string;
}

function likely(words: string): Ground {
  return { likelihood: 'likely', words };
}

/** 5060 and 5061 (RFC 3261 §19.1.2), and those that PBXs take beside them. */
function isSipPort(port: number): boolean {
  return port >= 5060 && port <= 5099;
}

const SIP_NAME =
  /(?:^|[^a-z])(?:sips?|sbc|pbx|voip|pcscf|p-cscf|ims|volte|webrtc|phone|telephony|pstnhub|proxy-?sip)(?:[^a-z]|$)/i;
/** Web, mail, directory, DNS, shells, databases and remote desktops over TLS. */
const OTHER_PORTS: ReadonlySet<number> = new Set([
  22, 25, 53, 110, 143, 443, 465, 563, 587, 636, 853, 989, 990, 992, 993, 995, 1433, 2376, 3269, 3306, 3389,
  5223, 5432, 6443, 6514, 8883,
]);
