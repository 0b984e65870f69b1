import type { NeedGroup } from '../../api.ts';
import { causeToTell } from '../../diagnosis/cause-to-tell.ts';
import type { NeededKey } from '../../diagnosis/needed-keys.ts';
import type { Handshake } from '../../tls/handshake.ts';
import { decodeCertificate } from '../../x509/certificate.ts';
import { shortName } from '../../x509/names.ts';
import type { Analysis } from '../analysis.ts';
import type { ConversationFindings } from '../conversations/conversation-findings.ts';
import { ConversationReporter } from '../conversations/conversation-report.ts';
import { FrameReporter } from '../frames/frame-report.ts';
import { MessageIndex } from '../messages/message-index.ts';
import { originOf } from '../conversations/resumed-origin.ts';

/**
 * The capture in one sentence: how many connections, and what each kind needs
 * ("14 connections: 9 need the key of CN=pbx.example, 3 need a key log, 1 was set up before the capture began").
 */
export function summariseCapture(analysis: Analysis, conversations: ConversationReporter): string {
  const groups = new Map<string, number>();
  let connections = 0;
  for (const [of, reporter] of withInside(analysis, conversations))
    for (const conversation of inOrder(of)) {
      if (reporter.tallyOf(conversation) === null) continue;
      connections += 1;
      const group = groupOf(of, reporter, conversation);
      groups.set(group, (groups.get(group) ?? 0) + 1);
    }
  if (connections === 0) {
    const refused = countRefused(analysis);
    return analysis.structure.messages.length > 0
      ? 'No TLS connection in this capture; the SIP in it is not encrypted.'
      : `No TLS connection in this capture${refused === 0 ? '' : `; ${refused} TCP ${refused === 1 ? 'connection was' : 'connections were'} refused`}.`;
  }
  const parts = [...groups]
    .sort((a, b) => b[1] - a[1])
    .map(([group, count]) => `${count} ${count === 1 ? inSingular(group) : group}`);
  const [only] = groups.keys();
  if (connections === 1 && only !== undefined) return `1 TLS connection: it ${inSingular(only)}.`;
  return `${connections} TLS connections: ${parts.join(', ')}.`;
}

/** Conversations with TLS by their numbers, whichever of them showed its first record first. */
function inOrder(analysis: Analysis): number[] {
  return [...analysis.opening.sessions.keys()].sort((a, b) => a - b);
}

/** TLS inside TLS counts as connections of its own. */
function* withInside(
  analysis: Analysis,
  conversations: ConversationReporter,
): Generator<[Analysis, ConversationReporter]> {
  yield [analysis, conversations];
  const inside = analysis.inner.analysis;
  if (inside === null) return;
  const frames = new FrameReporter(inside, new MessageIndex(inside));
  yield* withInside(inside, new ConversationReporter(inside, frames));
}

function inSingular(group: string): string {
  return group.replace(SINGULAR, (verb) => SINGULAR_OF[verb] ?? verb).replace(/\btheir\b/, 'its');
}

/** TCP connections that were answered with a reset alone. */
function countRefused(analysis: Analysis): number {
  const { conversations } = analysis.structure;
  let refused = 0;
  for (let at = 0; at < conversations.length; at += 1)
    for (const [opener, other] of [
      [0, 1],
      [1, 0],
    ] as const)
      if (
        conversations.synFrame.read(2 * at + opener) > 0 &&
        conversations.synFrame.read(2 * at + other) === 0 &&
        conversations.rstFrame.read(2 * at + other) > 0
      )
        refused += 1;
  return refused;
}

/** What would decrypt what, whatever keys are loaded: conversations by what they need, the largest group first. */
export function groupNeeds(findings: ConversationFindings): NeedGroup[] {
  const groups = new Map<string, string[]>();
  for (let of: ConversationFindings | null = findings; of !== null; of = of.inside())
    for (const conversation of inOrder(of.analysis)) {
      const need = describeNeed(of.neededOf(conversation));
      const id = of.analysis.idOf(conversation);
      const list = groups.get(need);
      if (list === undefined) groups.set(need, [id]);
      else list.push(id);
    }
  return [...groups]
    .map(([need, conversations]) => ({ need, conversations }))
    .sort((a, b) => b.conversations.length - a.conversations.length);
}

function describeNeed(needed: NeededKey): string {
  switch (needed.kind) {
    case 'server-key':
      return needed.subject === '' ? 'the server’s private key' : `the private key of ${needed.subject}`;
    case 'psk':
      return `the pre-shared key of “${needed.identity}”${needed.withServerKey ? ' together with the server’s private key' : ''}`;
    case 'keylog':
      return 'a key log';
    case 'keylog-if-tls13':
      return `a key log if it is TLS 1.3, else not possible from this capture: ${IMPOSSIBLE[needed.why]}`;
    case 'earlier-session':
      return needed.forwardSecret ? 'a key log' : 'the full handshake of the session that is resumed';
    case 'nothing':
      return needed.why === 'null-suite' ? 'nothing: not encrypted' : 'nothing: no encrypted record';
    case 'impossible':
      return `not possible from this capture: ${IMPOSSIBLE[needed.why]}`;
  }
}

const IMPOSSIBLE = {
  'no-handshake': 'set up before the capture began',
  incomplete: 'a part of the handshake is missing',
  'one-direction': 'one direction only',
  cut: 'packets cut short',
  unsupported: 'its version or cipher is not supported',
} as const;

function groupOf(analysis: Analysis, conversations: ConversationReporter, conversation: number): string {
  if (conversations.failureOf(conversation) !== null) return 'were broken off in the handshake';
  const report = conversations.report(conversation);
  const handshake = analysis.sessionOf(conversation)?.describingHandshake ?? null;
  switch (report.verdict) {
    case 'decrypted':
      return 'are decrypted';
    case 'clear':
      return handshake?.suite?.kind === 'null' ? 'are not encrypted at all' : 'end before encryption begins';
    case 'not-tls':
      return 'are not TLS';
    default:
  }
  switch (causeToTell(report.causes)) {
    case 'no-key':
    case 'wrong-key':
    case 'key-of-the-client':
      return needsServerKey(analysis, handshake);
    case 'keylog-no-match':
      if (handshake?.suite?.keyExchange === 'rsa' && handshake.clientKeyExchange !== null)
        return needsServerKey(analysis, handshake);
      return 'need a key log';
    case 'forward-secrecy':
    case 'tls13-needs-keylog':
    case 'keylog-incomplete':
      return 'need a key log';
    case 'handshake-not-captured':
      return 'were set up before the capture began';
    case 'handshake-incomplete':
      return 'lack a part of their handshake';
    case 'one-direction':
      return 'were captured in one direction only';
    case 'snapped-short':
      return 'were cut by the capture';
    case 'resumed-unseen-session':
      return 'resume a session that is not in the capture';
    case 'ems-transcript-incomplete':
      return 'need a key log, because a part of their handshake is missing';
    case 'unsupported-cipher':
      return 'use a cipher that Sipher does not decrypt';
    case 'unsupported-version':
      return 'use a version that Sipher does not decrypt';
    case 'unsupported-compression':
      return 'use a compression that Sipher cannot undo';
    case 'psk-missing':
      return 'need a pre-shared key';
    case 'wrong-secret':
      return 'stay encrypted because what is loaded for them does not fit';
    case 'gap-in-stream':
      return report.verdict === 'partly-decrypted'
        ? 'are decrypted in part'
        : 'stay encrypted because bytes were lost';
    default:
      return report.verdict === 'partly-decrypted' ? 'are decrypted in part' : 'stay encrypted';
  }
}

function needsServerKey(analysis: Analysis, handshake: Handshake | null): string {
  const full = originOf(analysis, handshake)?.handshake ?? handshake;
  const der = full?.serverCertificates[0];
  const subject = der === undefined ? null : (decodeCertificate(der).subject ?? null);
  return subject === null ? 'need the server’s private key' : `need the key of ${shortName(subject)}`;
}

const SINGULAR = /^(are|were|need|end|lack|resume|stay|use)\b/;
const SINGULAR_OF: Readonly<Record<string, string>> = {
  are: 'is',
  were: 'was',
  need: 'needs',
  end: 'ends',
  lack: 'lacks',
  resume: 'resumes',
  stay: 'stays',
  use: 'uses',
};
