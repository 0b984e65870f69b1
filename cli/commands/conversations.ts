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
  const output = new Output();
  const count = analysis.structure.conversations.length;
  for (let conversation = 0; conversation < count && !output.closed; conversation += 1) {
    const report = conversations.report(conversation);
    if (options.json === true) {
      output.line(JSON.stringify(report));
      continue;
    }
    const { decrypted, opaque, clear } = report.records;
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
      ].join('  '),
    );
  }
  output.flush();
  loaded.close();
  return 0;
}
