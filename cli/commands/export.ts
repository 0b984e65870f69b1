import { ExportSource, writeKeyLog, writePcapng } from '../../core/index.ts';
import { writeExportFile } from '../../core/node/export-file.ts';
import { loadCaptures } from '../load.ts';
import type { KeyOptions } from '../options.ts';

export interface ExportOptions extends KeyOptions {
  readonly as: ExportKind;
  readonly to: string;
  readonly conversation: number[];
  readonly force?: boolean;
}

export const EXPORT_KINDS = ['keylog', 'pcapng-with-secrets'] as const;
type ExportKind = (typeof EXPORT_KINDS)[number];

/** `sipher export`: evidence for others. Says on stderr what of it is secret, then writes the file. */
export async function runExport(captures: readonly string[], options: ExportOptions): Promise<number> {
  const loaded = await loadCaptures(captures, options);
  if (typeof loaded === 'number') return loaded;
  try {
    const count = loaded.analysis.structure.conversations.length;
    const unknown = options.conversation.find((conversation) => conversation >= count);
    if (unknown !== undefined) {
      tell(`There is no conversation ${unknown}: the capture has ${count}, numbered from 0.`);
      return 1;
    }
    const chosen = options.conversation.length === 0 ? null : new Set(options.conversation);
    const made = makeExport(new ExportSource(loaded.analysis, loaded.messages, chosen), options);
    for (const sentence of made.warnings) tell(sentence);
    const problem = writeExportFile(options.to, made.pieces, {
      force: options.force === true,
      confidential: made.confidential,
    });
    if (problem === null) return 0;
    tell(problem);
    return 2;
  } finally {
    loaded.close();
  }
}

interface MadeExport {
  /** One sentence each, told before anything is written. */
  readonly warnings: readonly string[];
  readonly confidential: boolean;
  readonly pieces: Iterable<Uint8Array>;
}

function makeExport(source: ExportSource, options: ExportOptions): MadeExport {
  switch (options.as) {
    case 'keylog': {
      const secrets = source.secrets();
      return { warnings: [tellSecrets(secrets)], confidential: true, pieces: [writeKeyLog(secrets)] };
    }
    case 'pcapng-with-secrets': {
      const secrets = source.secrets();
      return {
        warnings: [tellSecrets(secrets), ...tellResumed(source.resumedConversations())],
        confidential: true,
        pieces: writePcapng(source.linkTypes(), writeKeyLog(secrets), source.frames()),
      };
    }
  }
}

function tellSecrets(secrets: readonly { readonly conversation: number }[]): string {
  const connections = new Set(secrets.map((secret) => secret.conversation)).size;
  if (connections === 0) return 'This file holds no secret: no connection was decrypted.';
  const many = connections === 1 ? '1 connection' : `${connections} connections`;
  return `This file holds the session secrets of ${many}; no private key.`;
}

function tellResumed(conversations: readonly number[]): string[] {
  return conversations.map(
    (conversation) =>
      `It also holds the handshake of conversation ${conversation}, whose session is resumed here.`,
  );
}

function tell(sentence: string): void {
  process.stderr.write(`${sentence}\n`);
}
