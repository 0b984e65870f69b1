import type { RichText } from '../../api.ts';
import { conversationLink, rich } from '../../diagnosis/rich-text.ts';
import type { Analysis } from '../analysis.ts';
import { addressOf } from './endpoint-address.ts';
import type { ConversationFindings } from './conversation-findings.ts';
import { originOf } from './resumed-origin.ts';

/** How one key stands to the connections of a capture: conversations by what the key can do there. */
export interface KeyStanding {
  /** It opens them. */
  readonly opens: readonly string[];
  /** Its certificate is the server's and the key did not only sign, but something else is missing. */
  readonly lacking: readonly string[];
  /** Its certificate is the server's, but the key only signed (forward secrecy, TLS 1.3, a resumed session). */
  readonly onlySigned: readonly string[];
  /** Its host is the client: it never can. */
  readonly asClient: readonly string[];
  readonly sentence: RichText;
}

/** The role view of the key with this public key (lower-case hexadecimal SHA-256). */
export function judgeKeyRole(findings: ConversationFindings, sha256OfPublicKey: string): KeyStanding {
  const roles: Roles = {
    opens: [],
    lacking: [],
    onlySigned: [],
    asClient: [],
    unencrypted: [],
    spared: [],
    unsupported: [],
    shown: 0,
  };
  for (let of: ConversationFindings | null = findings; of !== null; of = of.inside())
    judgeIn(of.analysis, of, sha256OfPublicKey, roles);
  const { opens, lacking, onlySigned, asClient } = roles;
  return { opens, lacking, onlySigned, asClient, sentence: tell(roles) };
}

interface Roles {
  readonly opens: string[];
  readonly lacking: string[];
  readonly onlySigned: string[];
  readonly asClient: string[];
  readonly unencrypted: string[];
  /** It would open them; something else that is loaded did. */
  readonly spared: string[];
  readonly unsupported: string[];
  /** How many servers' certificates can be read. */
  shown: number;
}

function judgeIn(analysis: Analysis, findings: ConversationFindings, wanted: string, roles: Roles): void {
  const hosts = hostsOf(analysis, wanted);
  const opened = openedBy(analysis, wanted);
  const sessions = [...analysis.opening.sessions].sort(([a], [b]) => a - b);
  for (const [conversation, session] of sessions) {
    const id = analysis.idOf(conversation);
    const handshake =
      originOf(analysis, session.describingHandshake)?.handshake ?? session.describingHandshake;
    const server = fingerprintOf(analysis, handshake?.serverCertificates[0]);
    const client = fingerprintOf(analysis, handshake?.clientCertificates[0]);
    if (server !== null) roles.shown += 1;
    if (opened.has(conversation)) roles.opens.push(id);
    else if (server === wanted) {
      const needed = findings.neededOf(conversation);
      const holed = needed.kind === 'keylog' && needed.why === 'hole';
      if ((needed.kind === 'keylog' && !holed) || needed.kind === 'earlier-session')
        roles.onlySigned.push(id);
      else if (needed.kind === 'nothing') roles.unencrypted.push(id);
      else if (needed.kind === 'impossible' && needed.why === 'unsupported') roles.unsupported.push(id);
      else if ((session.describingHandshake?.opened ?? 0) > 0) roles.spared.push(id);
      else roles.lacking.push(id);
    } else if (client === wanted || isClientAt(analysis, conversation, hosts)) roles.asClient.push(id);
  }
}

function tell({
  opens,
  lacking,
  onlySigned,
  asClient,
  unencrypted,
  spared,
  unsupported,
  shown,
}: Roles): RichText {
  const parts: RichText[] = [];
  if (opens.length > 0) parts.push(rich`It opens ${listed(opens)}.`);
  if (spared.length > 0)
    parts.push(rich`It would open ${listed(spared)} as well; something else that is loaded already did.`);
  if (onlySigned.length > 0)
    parts.push(
      rich`In ${listed(onlySigned)} its host is the server, but the key only signed: a key log is needed there.`,
    );
  if (asClient.length > 0)
    parts.push(
      rich`In ${listed(asClient)} its host is the client: there it never can decrypt, and the other side’s key or a key log is needed.`,
    );
  if (lacking.length > 0)
    parts.push(
      rich`In ${listed(lacking)} it is the server’s key, but something else is missing or damaged there: the conversation itself tells.`,
    );
  if (unsupported.length > 0)
    parts.push(
      rich`In ${listed(unsupported)} its host is the server, but Sipher does not know the version or the cipher there.`,
    );
  if (unencrypted.length > 0)
    parts.push(
      rich`In ${listed(unencrypted)} its host is the server, but nothing was encrypted there that a key could open.`,
    );
  if (parts.length === 0)
    return shown === 0
      ? rich`No server’s certificate can be read in this capture, so it is not known whether this key belongs to one of its connections.`
      : rich`No certificate that can be read in this capture belongs to this key.`;
  return parts.flatMap((part, at) => (at === 0 ? part : rich` ${part}`));
}

function listed(conversations: readonly string[]): RichText {
  const shown = conversations.slice(0, MOST_LISTED);
  const links = shown.flatMap((id, at) =>
    at === 0 ? rich`${conversationLink(id)}` : rich`, ${conversationLink(id)}`,
  );
  const more = conversations.length - shown.length;
  return more > 0 ? rich`${links} and ${more} more` : links;
}

function openedBy(analysis: Analysis, wanted: string): ReadonlySet<number> {
  const opened = new Set<number>();
  for (const stretch of analysis.opening.stretches) {
    let source = stretch.epoch?.source ?? null;
    while (source !== null && source.kind === 'resumed') source = source.source;
    if (stretch.opened > 0 && source?.kind === 'rsa-key' && source.sha256OfPublicKey === wanted)
      opened.add(stretch.conversation);
  }
  return opened;
}

/** Addresses at which a server showed the key's certificate. */
function hostsOf(analysis: Analysis, wanted: string): ReadonlySet<string> {
  const hosts = new Set<string>();
  const { conversations } = analysis.structure;
  for (const [conversation, session] of analysis.opening.sessions) {
    const own = fingerprintOf(analysis, session.describingHandshake?.serverCertificates[0]);
    if (own === wanted)
      hosts.add(addressOf(conversations, conversation, analysis.rolesOf(conversation).client === 0 ? 1 : 0));
  }
  return hosts;
}

function isClientAt(analysis: Analysis, conversation: number, hosts: ReadonlySet<string>): boolean {
  const { conversations } = analysis.structure;
  const { client } = analysis.rolesOf(conversation);
  const own = addressOf(conversations, conversation, client);
  // Two programs on one host: the address tells nothing.
  return hosts.has(own) && own !== addressOf(conversations, conversation, client === 0 ? 1 : 0);
}

function fingerprintOf(analysis: Analysis, certificate: Uint8Array | undefined): string | null {
  return certificate === undefined ? null : analysis.opening.fingerprintOf(certificate);
}

const MOST_LISTED = 8;
