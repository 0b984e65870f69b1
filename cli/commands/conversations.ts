import {
  type Analysis,
  ConversationFindings,
  ConversationReporter,
  everyConversation,
  FrameReporter,
  MessageIndex,
} from '../../core/index.ts';
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
  const { analysis } = loaded;
  const output = new Output();
  for (const { id, of, conversation } of everyConversation(analysis, tellerOf)) {
    if (output.closed) break;
    const report = of.conversations.report(conversation, true);
    const remarks = of.findings.findingsOf(conversation);
    if (options.json === true) {
      output.line(
        JSON.stringify({
          ...report,
          conversation: id,
          canBeDecryptedBy: of.findings.waysOf(conversation),
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
        String(id).padStart(5),
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

interface Teller {
  readonly conversations: ConversationReporter;
  readonly findings: ConversationFindings;
}

function tellerOf(analysis: Analysis): Teller {
  const messages = new MessageIndex(analysis);
  const frames = new FrameReporter(analysis, messages);
  const conversations = new ConversationReporter(analysis, frames);
  return { conversations, findings: new ConversationFindings(analysis, frames, conversations, messages) };
}
