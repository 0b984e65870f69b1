import type { RichText } from '../api.ts';
import type { Handshake } from '../tls/handshake.ts';
import { decodeClientKeyExchange } from '../tls/messages/key-exchange.ts';
import { describeVersion, isTls13, SSL_2_0 } from '../tls/tables/versions.ts';
import { shortName } from '../x509/names.ts';
import { leafOf, shortFingerprint } from './certificate-facts.ts';
import type { FindingContext, Found } from './finding-context.ts';
import { conversationLink, frameLink, rich, term } from './rich-text.ts';

/** What would decrypt a conversation, judged from the capture alone, whatever is loaded. */
export type NeededKey =
  | { readonly kind: 'nothing'; readonly why: 'not-tls' | 'null-suite' | 'ended-before' }
  | { readonly kind: 'server-key'; readonly subject: string; readonly sha256OfPublicKey: string | null }
  | { readonly kind: 'psk'; readonly identity: string; readonly withServerKey: boolean }
  | { readonly kind: 'keylog'; readonly why: keyof typeof WHY_KEYLOG }
  /** Where it is TLS 1.3, which cannot be seen, a key log alone; else nothing. */
  | { readonly kind: 'keylog-if-tls13'; readonly why: Incomplete }
  /** The full handshake of a resumed session, in another file; or a key log. */
  | { readonly kind: 'earlier-session'; readonly forwardSecret: boolean }
  | { readonly kind: 'impossible'; readonly why: Incomplete | 'unsupported' };

type Incomplete = 'no-handshake' | 'incomplete' | 'one-direction' | 'cut';

export function judgeNeededKey(c: FindingContext): NeededKey {
  const h = c.handshake;
  if (c.session === null) return { kind: 'nothing', why: 'not-tls' };
  const encrypted =
    c.closing.data[0] + c.closing.data[1] > 0 || (h !== null && h.finished.some((at) => at > 0));
  if (h === null || (h.clientHello === null && h.serverHello === null)) {
    if (!encrypted && c.session.flows.every((flow) => flow.stretch === null))
      return { kind: 'nothing', why: 'ended-before' };
    return { kind: withoutHello(c), why: begunInside(c) ? holeIn(c) : 'no-handshake' };
  }
  if (h.suite?.kind === 'null') return { kind: 'nothing', why: 'null-suite' };
  if (!encrypted && c.session.flows.every((flow) => flow.stretch === null))
    return { kind: 'nothing', why: 'ended-before' };
  if (isUnsupported(h)) return { kind: 'impossible', why: 'unsupported' };
  if (h.serverHello === null || h.suite === null) return { kind: withoutHello(c), why: holeIn(c) };
  if (isTls13(h.version)) return { kind: 'keylog', why: 'tls13' };
  if (h.resumed !== null && c.origin !== null) return judgeNeededKey(asOrigin(c, c.origin));
  if (h.resumed !== null) return { kind: 'earlier-session', forwardSecret: h.suite.forwardSecret };
  if (h.suite.forwardSecret || (h.suite.keyExchange === 'rsa-export' && h.serverKeyExchange !== null))
    return { kind: 'keylog', why: whyNoKey(h.suite.keyExchange) };
  // A key log has the finished secret: of the handshake it needs the hellos only.
  if (h.clientKeyExchange === null) return { kind: 'keylog', why: 'hole' };
  if (h.clientHello === null) return { kind: 'keylog', why: 'hole' };
  const leaf = leafOf(c, 1);
  if (h.suite.keyExchange === 'psk' || h.suite.keyExchange === 'rsa-psk')
    return {
      kind: 'psk',
      identity: pskIdentityOf(h) ?? '',
      withServerKey: h.suite.keyExchange === 'rsa-psk',
    };
  if (h.extendedMasterSecret && !h.transcriptWhole) return { kind: 'keylog', why: 'hole' };
  return {
    kind: 'server-key',
    subject: leaf === null ? '' : shortName(leaf.subject),
    sha256OfPublicKey: leaf?.sha256OfPublicKey ?? null,
  };
}

/** The same question of the full handshake whose session is resumed: what opens that one opens this one. */
function asOrigin(c: FindingContext, origin: NonNullable<FindingContext['origin']>): FindingContext {
  return { ...c, handshake: origin.handshake, chains: [[], origin.serverChain], origin: null };
}

/** Diffie-Hellman leaves the certificate's key the signature, where there is one. */
function whyNoKey(exchange: string): keyof typeof WHY_KEYLOG {
  if (exchange.endsWith('anon')) return 'anonymous';
  if (exchange.startsWith('rsa')) return 'temporary-key';
  if (PASSWORDS.has(exchange)) return 'password';
  return exchange.endsWith('psk') ? 'psk-with-dh' : 'forward-secrecy';
}

/** What the server chose is not in the capture: of TLS 1.3 a key log opens it all the same. */
function withoutHello(c: FindingContext): 'keylog-if-tls13' | 'impossible' {
  return c.notTls13 === null ? 'keylog-if-tls13' : 'impossible';
}

/** The capture was running when the connection began, or holds one side only. */
function begunInside(c: FindingContext): boolean {
  return oneSided(c) || c.syn.some((frame) => frame > 0);
}

/** Suites that no key opens here, because their cipher is not built in; and SSL 2.0, which is not at all. */
function isUnsupported(h: Handshake): boolean {
  return h.version === SSL_2_0 || h.suite?.kind === 'unknown';
}

/** Each way by itself, in a few words; empty where nothing can or nothing need be done. */
export function describeWays(c: FindingContext, needed: NeededKey): string[] {
  switch (needed.kind) {
    case 'server-key':
      return [
        `the private key of ${needed.subject === '' ? `the server at ${c.server}` : needed.subject}${needed.sha256OfPublicKey === null ? '' : ` (public key SHA-256 ${shortFingerprint(needed.sha256OfPublicKey)})`}`,
        KEY_LOG_WAY,
      ];
    case 'psk':
      return [
        `the pre-shared key of “${needed.identity}”${needed.withServerKey ? ' together with the server’s private key' : ''}`,
        KEY_LOG_WAY,
      ];
    case 'keylog':
      return [KEY_LOG_WAY];
    case 'keylog-if-tls13':
      return [`${KEY_LOG_WAY}, if it is TLS 1.3`];
    case 'earlier-session':
      return needed.forwardSecret
        ? [KEY_LOG_WAY]
        : ['the capture that holds the full handshake, with its key', KEY_LOG_WAY];
    default:
      return [];
  }
}

/** Before any key is given: what this connection needs. */
export function findWhichKeys(c: FindingContext): Found[] {
  if (c.session === null) return [];
  const needed = judgeNeededKey(c);
  if (needed.kind === 'nothing' && needed.why !== 'null-suite') return [];
  const { origin } = c;
  if (origin === null || c.handshake?.resumed == null || needed.kind === 'impossible')
    return [{ severity: 'note', ...tellNeeded(c, needed), confidence: 'certain' }];
  const told = tellNeeded(asOrigin(c, origin), needed);
  const resumes = c.handshake.serverHello?.frame ?? c.firstFrame;
  const where =
    origin.conversation === c.conversation
      ? rich`the session of its own first handshake`
      : rich`the session of ${conversationLink(origin.conversation)}`;
  return [
    {
      severity: 'note',
      ...told,
      sentence: rich`This connection resumes ${where} (${frameLink(resumes)}): what opens that one opens this one too. ${told.sentence}`,
      confidence: 'certain',
    },
  ];
}

function tellNeeded(
  c: FindingContext,
  needed: NeededKey,
): { readonly sentence: RichText; readonly frames: readonly number[]; readonly fix: string } {
  const h = c.handshake;
  const hello = h?.serverHello?.frame ?? 0;
  const frames = hello > 0 ? [hello] : [c.firstFrame];
  switch (needed.kind) {
    case 'nothing':
      return {
        sentence: rich`No key is needed: the suite chosen in ${frameLink(hello)} does not encrypt.`,
        frames,
        fix: '',
      };
    case 'server-key': {
      const shown = h?.serverCertificate?.frame ?? 0;
      const named = needed.subject === '' ? `the server at ${c.server}` : needed.subject;
      return {
        sentence: rich`The private key of ${named}${shown > 0 ? rich` (certificate in ${frameLink(shown)})` : ''} decrypts this connection, as does a ${KEY_LOG}: it uses RSA key exchange (${frameLink(hello)}).`,
        frames: shown > 0 ? [hello, shown] : frames,
        fix: `The key is on the host that answers at ${c.server}.`,
      };
    }
    case 'psk':
      return {
        sentence: rich`The pre-shared key of “${needed.identity}”${needed.withServerKey ? ', together with the server’s private key,' : ''} decrypts this connection, as does a ${KEY_LOG}.`,
        frames,
        fix: `The pre-shared key stands in the configuration of ${c.client} and of ${c.server}.`,
      };
    case 'keylog':
      return {
        sentence: rich`Only a ${KEY_LOG} decrypts this connection: ${WHY_KEYLOG[needed.why]}${hello > 0 ? rich` (${frameLink(hello)})` : ''}.`,
        frames,
        fix: keyLogFix(c),
      };
    case 'keylog-if-tls13':
      return {
        sentence: rich`No private key decrypts this connection from this capture: ${WHY_IMPOSSIBLE[needed.why]}. If it is TLS 1.3, a ${KEY_LOG} alone does.`,
        frames,
        fix: FIX_WITHOUT[needed.why],
      };
    case 'earlier-session':
      return {
        sentence: rich`This connection resumes an earlier session${hello > 0 ? rich` (${frameLink(hello)})` : ''}. ${needed.forwardSecret ? rich`Its suite has forward secrecy: only a ${KEY_LOG} decrypts it.` : rich`The full handshake together with the server’s private key decrypts it, as does a ${KEY_LOG}.`}`,
        frames,
        fix: needed.forwardSecret
          ? keyLogFix(c)
          : 'Open the earlier capture together with this one, and load the server’s private key.',
      };
    case 'impossible':
      return {
        sentence:
          needed.why === 'unsupported'
            ? rich`Sipher cannot decrypt this connection, whatever key is loaded: it does not know ${h?.suite == null ? describeVersion(h?.version ?? 0) : `the cipher of ${h.suite.name}`}${hello > 0 ? rich` (${frameLink(hello)})` : ''}.`
            : rich`Nothing decrypts this connection from this capture alone: ${WHY_IMPOSSIBLE[needed.why]}.`,
        frames,
        fix: needed.why === 'unsupported' ? '' : FIX_WITHOUT[needed.why],
      };
  }
}

function keyLogFix(c: FindingContext): string {
  return `It must have been written by the program at ${c.client} or at ${c.server} while this was captured.`;
}

function oneSided(c: FindingContext): boolean {
  const { payload } = c.closing;
  return (payload[0] === 0) !== (payload[1] === 0);
}

function holeIn(c: FindingContext): 'one-direction' | 'cut' | 'incomplete' {
  if (oneSided(c)) return 'one-direction';
  return c.holes.some((hole) => hole.snapped) ? 'cut' : 'incomplete';
}

/** The identity of the pre-shared key that a client names up to TLS 1.2, its first 128 bytes; null where it names none. */
export function pskIdentityOf(h: Handshake): string | null {
  if (h.clientKeyExchange === null || h.suite === null) return null;
  const { pskIdentity } = decodeClientKeyExchange(h.clientKeyExchange.body, h.suite.keyExchange, false);
  return pskIdentity === null ? null : LATIN_1.decode(pskIdentity.slice(0, 128));
}

/** Key exchanges in which both sides prove that they know a password. */
export const PASSWORDS: ReadonlySet<string> = new Set(['srp', 'srp-rsa', 'srp-dss', 'eccpwd', 'ecjpake']);
const KEY_LOG_WAY = 'a key log of either side';
const KEY_LOG = term(
  'key log',
  'a text file into which a program writes the secrets of its TLS connections (SSLKEYLOGFILE)',
);
const WHY_KEYLOG = {
  'forward-secrecy': 'it agreed on its secret by Diffie-Hellman, and the server’s key only signed',
  anonymous: 'it agreed on its secret by Diffie-Hellman, without any certificate',
  'psk-with-dh': 'it agreed on its secret by Diffie-Hellman, which the pre-shared key only vouches for',
  'temporary-key':
    'its suite is an exportable one with a temporary RSA key, which the server’s key only signed',
  password: 'it agreed on its secret by a password, which no private key stands for',
  tls13: 'it is TLS 1.3, which private keys never decrypt',
  hole: 'a part of its handshake is not in the capture',
} as const;
const MISSING_FILE = 'Open the file that holds the missing packets together with this one, if there is one.';
const FIX_WITHOUT = {
  'no-handshake': 'Open the earlier file of the series together with this one.',
  incomplete: MISSING_FILE,
  'one-direction': MISSING_FILE,
  cut: 'Capture whole packets: tcpdump -s 0, or no limit in Wireshark’s capture options.',
} as const;
const WHY_IMPOSSIBLE = {
  'no-handshake': 'it was set up before the capture began',
  incomplete: 'a part of its handshake is missing',
  'one-direction': 'only one side’s packets were captured',
  cut: 'its handshake was cut off by the capture',
  unsupported: 'its version or cipher is not supported',
} as const;
const LATIN_1 = new TextDecoder('latin1');
