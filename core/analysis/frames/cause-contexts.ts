import type { CauseContext } from '../../diagnosis/cause-context.ts';
import { RECORD_DIRECTION } from '../../store/record-table.ts';
import type { Stretch } from '../../tls/epoch.ts';
import { decodeCertificate } from '../../x509/certificate.ts';
import type { Analysis } from '../analysis.ts';
import type { ConversationFindings } from '../conversations/conversation-findings.ts';
import type { ConversationReporter } from '../conversations/conversation-report.ts';
import { addressOf } from '../conversations/endpoint-address.ts';
import { holesOf } from '../conversations/holes.ts';
import { originOf } from '../conversations/resumed-origin.ts';
import type { FrameReporter } from './frame-report.ts';

/** Gathers what the sentences about a cause stand on. */
export class CauseContexts {
  private readonly analysis: Analysis;
  private readonly frames: FrameReporter;
  private readonly conversations: ConversationReporter;
  private readonly findings: ConversationFindings;

  constructor(
    analysis: Analysis,
    frames: FrameReporter,
    conversations: ConversationReporter,
    findings: ConversationFindings,
  ) {
    this.analysis = analysis;
    this.frames = frames;
    this.conversations = conversations;
    this.findings = findings;
  }

  /** Everything that sentences about a stretch may need. */
  of(conversation: number, record: number | null, stretch: Stretch | null): CauseContext {
    const { analysis } = this;
    const { structure, keys } = analysis;
    const { client } = analysis.rolesOf(conversation);
    const session = analysis.sessionOf(conversation);
    const handshake = stretch?.handshake ?? session?.describingHandshake ?? null;
    // A resumed session shows no certificate: that of its full handshake counts.
    const full = originOf(analysis, handshake)?.handshake ?? handshake;
    const server = full?.serverCertificates[0];
    const own = handshake?.clientCertificates[0];
    const facts = this.findings.contextOf(conversation);
    return {
      conversation: analysis.idOf(conversation),
      client: this.frames.endpointOf(conversation, client),
      server: facts.server,
      evidence: analysis.evidenceOf(conversation, stretch?.handshake ?? null),
      session,
      handshake,
      stretch,
      serverCertificate: server === undefined ? null : decodeCertificate(server),
      clientCertificate: own === undefined ? null : decodeCertificate(own),
      keys: keys.privateKeys().map((key) => ({
        name: key.source.name,
        kind: key.description,
        sha256OfPublicKey: key.handle.sha256OfPublicKey,
        subject: key.certificate?.subject.text ?? null,
      })),
      keyLogs: keys.keyLogs().map((log) => ({ name: log.source.name, secrets: log.log.counts.secrets })),
      psks: keys.psks().length,
      notTls13: facts.notTls13,
      products: facts.products,
      complaints: facts.complaints,
      firstFrame: structure.conversations.firstFrame.read(conversation),
      lastFrame: structure.conversations.lastFrame.read(conversation),
      decryptingSibling: this.siblingOf(conversation),
      opensElsewhere: this.opensElsewhere(conversation),
      holes: holesOf(analysis, conversation),
      record: record === null ? null : this.recordContext(record, client),
    };
  }

  private recordContext(record: number, client: 0 | 1): NonNullable<CauseContext['record']> {
    const { records, frames } = this.analysis.structure;
    const frame = records.frame.read(record);
    const direction = (records.flags.read(record) & RECORD_DIRECTION) === 0 ? 0 : 1;
    return {
      frame,
      from: direction === client ? 'client' : 'server',
      length: records.fragmentLength.read(record),
      lost: records.lost.read(record),
      captured: frames.captured.read(frame - 1),
      original: frames.original.read(frame - 1),
      sequence: records.sequence.read(record),
    };
  }

  /** Another conversation of the same two hosts that does decrypt. */
  private siblingOf(conversation: number): string | null {
    const { conversations } = this.analysis.structure;
    const ends = (of: number): string =>
      [addressOf(conversations, of, 0), addressOf(conversations, of, 1)].sort().join('/');
    const wanted = ends(conversation);
    for (const other of this.analysis.opening.sessions.keys())
      if (
        other !== conversation &&
        (this.conversations.tallyOf(other)?.decrypted ?? 0) > 0 &&
        ends(other) === wanted
      )
        return this.analysis.idOf(other);
    return null;
  }

  /** Conversations that the loaded keys open, one a key. */
  private opensElsewhere(conversation: number): { key: string; conversation: string }[] {
    const found = new Map<string, string>();
    for (const [other, session] of this.analysis.opening.sessions) {
      if (other === conversation) continue;
      const source = session.describingHandshake?.keySource ?? null;
      if (source === null || source.kind !== 'rsa-key' || found.has(source.name)) continue;
      found.set(source.name, this.analysis.idOf(other));
    }
    return [...found].map(([key, other]) => ({ key, conversation: other }));
  }
}
