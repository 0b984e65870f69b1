import type { Analysis } from './analysis.ts';
import type { ConversationReporter } from './conversation-report.ts';
import { decodeCertificate } from '../x509/certificate.ts';

/**
 * The capture in one sentence: how many connections, and what each kind needs
 * ("14 connections: 9 need the key of CN=pbx.example, 3 need a key log, 1 was set up before the capture began").
 */
export function summariseCapture(analysis: Analysis, conversations: ConversationReporter): string {
  const groups = new Map<string, number>();
  let connections = 0;
  for (const conversation of analysis.opening.sessions.keys()) {
    if (conversations.tallyOf(conversation) === null) continue;
    connections += 1;
    const group = groupOf(analysis, conversations, conversation);
    groups.set(group, (groups.get(group) ?? 0) + 1);
  }
  if (connections === 0)
    return analysis.structure.messages.length > 0
      ? 'No TLS connection in this capture; the SIP in it is not encrypted.'
      : 'No TLS connection in this capture.';
  const parts = [...groups]
    .sort((a, b) => b[1] - a[1])
    .map(
      ([group, count]) =>
        `${count} ${count === 1 ? group.replace(SINGULAR, (verb) => SINGULAR_OF[verb] ?? verb) : group}`,
    );
  return `${connections} TLS ${connections === 1 ? 'connection' : 'connections'}: ${parts.join(', ')}.`;
}

function groupOf(analysis: Analysis, conversations: ConversationReporter, conversation: number): string {
  if (conversations.failureOf(conversation) !== null) return 'were refused during the handshake';
  const report = conversations.report(conversation);
  const handshake = analysis.sessionOf(conversation)?.lastHandshake ?? null;
  switch (report.verdict) {
    case 'decrypted':
      return 'are decrypted';
    case 'clear':
      return handshake?.suite?.kind === 'null' ? 'are not encrypted at all' : 'end before encryption begins';
    case 'not-tls':
      return 'are not TLS';
    default:
  }
  switch (report.cause) {
    case 'no-key':
    case 'wrong-key':
    case 'key-of-the-client': {
      const der = handshake?.serverCertificates[0];
      const subject = der === undefined ? null : (decodeCertificate(der).subject?.text ?? null);
      return subject === null ? 'need the server’s private key' : `need the key of ${subject}`;
    }
    case 'forward-secrecy':
    case 'tls13-needs-keylog':
    case 'keylog-no-match':
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
    case 'psk-missing':
      return 'need a pre-shared key';
    default:
      return report.verdict === 'partly-decrypted' ? 'are decrypted in part' : 'stay encrypted';
  }
}

const SINGULAR = /^(are|were|need|end|lack|resume|stay)\b/;
const SINGULAR_OF: Readonly<Record<string, string>> = {
  are: 'is',
  were: 'was',
  need: 'needs',
  end: 'ends',
  lack: 'lacks',
  resume: 'resumes',
  stay: 'stays',
};
