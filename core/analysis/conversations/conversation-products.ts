import { type RecognisedProduct, recogniseProduct } from '../../diagnosis/recipes/products.ts';
import type { Handshake } from '../../tls/handshake.ts';
import { decodeClientHello } from '../../tls/messages/client-hello.ts';
import { isGrease } from '../../tls/tables/cipher-suites.ts';
import { isDtls } from '../../tls/tables/versions.ts';
import type { Analysis } from '../analysis.ts';
import type { MessageIndex } from '../messages/message-index.ts';
import type { CertificateCache } from './certificate-cache.ts';
import { addressOf } from './endpoint-address.ts';

/** Which products speak in a conversation. What hosts call themselves is kept until it is forgotten. */
export class ConversationProducts {
  private readonly analysis: Analysis;
  private readonly messages: MessageIndex;
  private readonly certificates: CertificateCache;
  private hosts: Map<string, string> | null = null;

  constructor(analysis: Analysis, messages: MessageIndex, certificates: CertificateCache) {
    this.analysis = analysis;
    this.messages = messages;
    this.certificates = certificates;
  }

  forget(): void {
    this.hosts = null;
  }

  /** The products on both sides, recognised by headers, certificates and hellos; here or in other conversations of the host. */
  of(conversation: number, handshake: Handshake | null): RecognisedProduct[] {
    const { client } = this.analysis.rolesOf(conversation);
    const hello = handshake?.clientHello ?? null;
    const suites =
      hello === null
        ? []
        : decodeClientHello(hello.body, isDtls(handshake?.offeredVersion ?? 0)).cipherSuites;
    const subjectOf = (der: Uint8Array | undefined): string | null =>
      der === undefined ? null : (this.certificates.decode(der).subject?.text ?? null);
    const found: RecognisedProduct[] = [];
    for (const side of ['client', 'server'] as const) {
      const own = side === 'client' ? handshake?.clientCertificates[0] : handshake?.serverCertificates[0];
      const asked = side === 'server' ? (handshake?.serverName ?? null) : null;
      const product = recogniseProduct({
        side,
        header: this.headerOf(conversation, side === 'client' ? client : client === 0 ? 1 : 0),
        subject: [asked, subjectOf(own)].filter((name) => name !== null).join(' ') || null,
        grease: side === 'client' && suites.some(isGrease),
      });
      if (product !== null) found.push(product);
    }
    return found;
  }

  /** The header of this side, or the one that the same host sends in another conversation. */
  private headerOf(conversation: number, direction: 0 | 1): string | null {
    const own = this.productOf(conversation, direction);
    if (own !== null) return own;
    const address = addressOf(this.analysis.structure.conversations, conversation, direction);
    return this.headersByHost().get(address) ?? null;
  }

  private headersByHost(): ReadonlyMap<string, string> {
    if (this.hosts !== null) return this.hosts;
    const hosts = new Map<string, string>();
    const several = new Set<string>();
    for (let at = 0; at < Math.min(this.messages.length, MOST_MESSAGES_LOOKED); at += 1) {
      const view = this.messages.view(at);
      if (view === null) continue;
      const address = addressOf(this.analysis.structure.conversations, view.conversation, view.direction);
      const found = readProduct(this.messages.textOf(at) ?? '');
      if (found?.own !== true) continue;
      if (hosts.has(address) && hosts.get(address) !== found.name) several.add(address);
      hosts.set(address, found.name);
    }
    // Where one address speaks with several names (a test on one host), none of them is told of the others.
    for (const address of several) hosts.delete(address);
    this.hosts = hosts;
    return hosts;
  }

  /** The program's name as its own messages give it; else as an answer does that it may have passed on. */
  private productOf(conversation: number, direction: 0 | 1): string | null {
    let looked = 0;
    let passedOn: string | null = null;
    for (const at of this.messages.ofConversation(conversation)) {
      const view = this.messages.view(at);
      if (view === null || view.direction !== direction) continue;
      looked += 1;
      if (looked > MOST_LOOKED) break;
      const found = readProduct(this.messages.textOf(at) ?? '');
      if (found?.own === true) return found.name;
      passedOn ??= found?.name ?? null;
    }
    return passedOn;
  }
}

/**
 * What User-Agent or Server name, and whether that is surely the program that sent the message here. A proxy leaves the
 * header of whoever made the message: a request that came through one has several Via (then it names nobody), and an answer
 * is the sender's own where only a server makes it (100, 401, 407, or to a REGISTER).
 */
function readProduct(text: string): { readonly name: string; readonly own: boolean } | null {
  const end = text.search(/\r?\n\r?\n/);
  const head = end < 0 ? text : text.slice(0, end);
  const name = PRODUCT.exec(head)?.[1]?.trim().slice(0, 200);
  if (name === undefined || name === '') return null;
  if (/^SIP\/2\.0 /i.test(head))
    return { name, own: /^SIP\/2\.0 (?:100|401|407)\b/i.test(head) || REGISTRATION.test(head) };
  const vias = (head.match(/^(?:Via|v)[ \t]*:/gim) ?? []).length;
  return vias > 1 ? null : { name, own: true };
}

const PRODUCT = /^(?:User-Agent|Server)[ \t]*:[ \t]*(.+)$/im;
const REGISTRATION = /^CSeq[ \t]*:[ \t]*\d+[ \t]+REGISTER\b/im;
const MOST_LOOKED = 10;
const MOST_MESSAGES_LOOKED = 2000;
