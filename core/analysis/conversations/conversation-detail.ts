import type { ConversationDetail, ConversationRow } from '../../api.ts';
import { frameLink, rich } from '../../diagnosis/rich-text.ts';
import { encodePem } from '../../x509/pem-encode.ts';
import { decodeCertificate } from '../../x509/certificate.ts';
import type { Analysis } from '../analysis.ts';
import type { FrameReporter } from '../frames/frame-report.ts';
import type { WhyTeller } from '../frames/why-panel.ts';
import type { MessageIndex } from '../messages/message-index.ts';
import type { PageAnswers } from '../page-answers.ts';
import { reportCertificate } from './certificate-report.ts';
import type { ConversationFindings } from './conversation-findings.ts';
import type { ConversationLadder } from './conversation-ladder.ts';
import type { ConversationReporter } from './conversation-report.ts';

/** What the page shows of one conversation: its row in the list, and all that is known of it. */
export class ConversationDetails {
  private readonly analysis: Analysis;
  private readonly frames: FrameReporter;
  private readonly conversations: ConversationReporter;
  private readonly messages: MessageIndex;
  private readonly findings: ConversationFindings;
  private readonly why: WhyTeller;
  private readonly ladders: ConversationLadder;

  constructor(answers: PageAnswers, ladders: ConversationLadder) {
    this.analysis = answers.analysis;
    this.frames = answers.frames;
    this.conversations = answers.conversations;
    this.messages = answers.messages;
    this.findings = answers.findings;
    this.why = answers.why;
    this.ladders = ladders;
  }

  row(conversation: number): ConversationRow {
    const report = this.conversations.report(conversation);
    const { conversations } = this.analysis.structure;
    const first = conversations.firstFrame.read(conversation);
    return {
      conversation: this.analysis.idOf(conversation),
      transport: report.transport,
      protocol: report.protocol,
      client: report.client,
      server: report.server,
      rolesAssumed: report.rolesAssumed,
      firstFrame: first,
      lastFrame: report.lastFrame,
      frames: report.frames,
      start: report.start,
      duration: this.frames.relativeTimeOf(report.lastFrame) - this.frames.relativeTimeOf(first),
      version: report.version,
      cipherSuite: report.cipherSuite?.name ?? null,
      serverName: report.serverName,
      verdict: report.verdict,
      cause: report.cause,
      key: report.key?.source ?? null,
      decrypted: report.records.decrypted,
      opaque: report.records.opaque,
      clear: report.records.clear,
      sipMessages: this.messages.countOf(conversation),
    };
  }

  of(conversation: number): ConversationDetail {
    const row = this.row(conversation);
    const report = this.conversations.report(conversation);
    const handshake = this.analysis.sessionOf(conversation)?.describingHandshake ?? null;
    const why = this.why.tellConversation(conversation);
    const ladder = this.ladders.of(conversation);
    return {
      row,
      headline: why === null ? headlineOf(row) : why.what,
      keyExchange: report.keyExchange,
      resumed: report.resumed,
      certificates: (handshake?.serverCertificates ?? []).map((der) =>
        certificateDetail(der, handshake?.serverCertificate?.frame ?? 0),
      ),
      clientCertificates: (handshake?.clientCertificates ?? []).map((der) =>
        certificateDetail(der, handshake?.clientCertificate?.frame ?? 0),
      ),
      canBeDecryptedBy: this.findings.waysOf(conversation),
      findings: this.findings.findingsOf(conversation),
      why,
      ladder: ladder.steps,
      ladderComplete: ladder.complete,
    };
  }
}

export function matchesRow(row: ConversationRow, wanted: string): boolean {
  const shown = [
    row.client,
    row.server,
    row.protocol,
    row.version,
    row.cipherSuite,
    row.serverName,
    row.verdict,
    row.cause,
    row.key,
  ];
  return shown.some((text) => text !== null && text.toLowerCase().includes(wanted));
}

function headlineOf(row: ConversationRow): ConversationDetail['headline'] {
  switch (row.verdict) {
    case 'decrypted':
      return rich`Everything that was encrypted here is decrypted${row.key === null ? '' : `, with ${row.key}`}.`;
    case 'clear':
      return rich`Nothing of this connection is encrypted.`;
    case 'not-tls':
      return rich`This conversation is not TLS. It begins in ${frameLink(row.firstFrame)}.`;
    default:
      return rich`This connection begins in ${frameLink(row.firstFrame)}.`;
  }
}

function certificateDetail(der: Uint8Array, frame: number): ConversationDetail['certificates'][number] {
  const certificate = decodeCertificate(der);
  const names = certificate.kind === 'certificate' ? (certificate.extensions.names ?? []) : [];
  return {
    ...reportCertificate(certificate),
    sha256OfPublicKey: certificate.sha256OfPublicKey ?? '',
    names: names.map((name) => name.value),
    frame,
    pem: encodePem('CERTIFICATE', der),
  };
}
