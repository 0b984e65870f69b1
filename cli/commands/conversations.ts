import { ConversationFindings } from '../../core/index.ts';
import { loadCaptures } from '../load.ts';
import type { KeyOptions } from '../options.ts';
import { Output } from '../output.ts';

export interface ConversationsOptions extends KeyOptions {
  readonly json?: boolean;
}

/** `sipher conversations`: one line a conversation, its verdict and findings. */
export async function runConversations(
  captures: readonly string[],
  options: ConversationsOptions,
): Promise<number> {
  const loaded = await loadCaptures(captures, options);
  if (typeof loaded === 'number') return loaded;
  const { analysis, conversations } = loaded;
  const findings = new ConversationFindings(analysis, loaded.frames, conversations, loaded.messages);
  const output = new Output();
  const count = analysis.structure.conversations.length;
  for (let conversation = 0; conversation < count && !output.closed; conversation += 1) {
    const report = conversations.report(conversation);
    const remarks = findings.findingsOf(conversation);
    if (options.json === true) {
      output.line(
        JSON.stringify({
          ...report,
          canBeDecryptedBy: findings.waysOf(conversation),
          findings: remarks.map(({ id, severity, sentence, frames, fix, confidence }) => ({
            id,
            severity,
            sentence,
            frames,
            fix,
            confidence,
          })),
        }),
      );
      continue;
    }
    const { decrypted, opaque, clear } = report.records;
    const told = remarks.filter((finding) => finding.severity !== 'note').map((finding) => finding.id);
    const verdict = report.cause === null ? report.verdict : `${report.verdict}: ${report.cause}`;
    output.line(
      [
        String(report.conversation).padStart(5),
        `${report.client} → ${report.server}`,
        report.protocol,
        report.version ?? '',
        report.cipherSuite?.name ?? '',
        `${decrypted} decrypted, ${opaque} opaque, ${clear} clear`,
        verdict,
        ...(told.length === 0 ? [] : [`(${[...new Set(told)].join(', ')})`]),
      ].join('  '),
    );
  }
  output.flush();
  loaded.close();
  return 0;
}
