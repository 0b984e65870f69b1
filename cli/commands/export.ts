import {
  CLEAR_LINK_TYPES,
  clearFrames,
  countConfidences,
  ExportSource,
  redact,
  writeKeyLog,
  writePcapng,
  writeSipCsv,
  writeSipJson,
  writeSipText,
} from '../../core/index.ts';
import { writeExportFile } from '../../core/node/export-file.ts';
import type { EXPORT_KINDS } from './export-kinds.ts';
import { loadCaptures } from '../load.ts';
import type { KeyOptions } from '../options.ts';

export interface ExportOptions extends KeyOptions {
  readonly as: ExportKind;
  readonly to: string;
  readonly conversation: number[];
  readonly force?: boolean;
  readonly redact?: boolean;
}

type ExportKind = (typeof EXPORT_KINDS)[number];

/** `sipher export`: evidence for others. Says on stderr what of it is secret, then writes the file. */
export async function runExport(captures: readonly string[], options: ExportOptions): Promise<number> {
  if (options.redact === true && (options.as === 'keylog' || options.as === 'pcapng-with-secrets')) {
    tell(`--redact cannot change what ${options.as} holds: take clear-pcapng, text, json or csv.`);
    return 1;
  }
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
    if (problem !== null) {
      tell(problem);
      return 2;
    }
    for (const sentence of made.summary()) tell(sentence);
    return 0;
  } finally {
    loaded.close();
  }
}

interface MadeExport {
  /** One sentence each, told before anything is written. */
  readonly warnings: readonly string[];
  readonly confidential: boolean;
  readonly pieces: Iterable<Uint8Array>;
  /** Told once it is written. */
  summary(): readonly string[];
}

function makeExport(source: ExportSource, options: ExportOptions): MadeExport {
  switch (options.as) {
    case 'keylog': {
      const secrets = source.secrets();
      return {
        warnings: [tellSecrets(secrets)],
        confidential: true,
        pieces: [writeKeyLog(secrets)],
        summary: () => [],
      };
    }
    case 'pcapng-with-secrets': {
      const secrets = source.secrets();
      return {
        warnings: [tellSecrets(secrets), ...tellResumed(source.resumedConversations())],
        confidential: true,
        pieces: writePcapng(source.linkTypes(), writeKeyLog(secrets), source.frames()),
        summary: () => [],
      };
    }
    case 'clear-pcapng':
      return makeSip(source, options, (messages) =>
        writePcapng(CLEAR_LINK_TYPES, null, clearFrames(messages)),
      );
    case 'text':
      return makeSip(source, options, writeSipText);
    case 'json':
      return makeSip(source, options, writeSipJson);
    case 'csv':
      return makeSip(source, options, writeSipCsv);
  }
}

function makeSip(
  source: ExportSource,
  options: ExportOptions,
  write: (messages: Iterable<ExportedMessage>) => Iterable<Uint8Array>,
): MadeExport {
  const { messages, decrypted, withMediaKeys, withCredentials } = countConfidences(source.sip());
  const holds = `This file holds ${counted(messages, 'SIP message')}, ${decrypted} of them decrypted; no session secret, no private key.`;
  if (options.redact === true) {
    const redacted = redact(() => source.sip());
    return {
      warnings: [holds, 'Names, numbers, addresses, credentials and keys in it are replaced.'],
      confidential: false,
      pieces: write(redacted.messages),
      summary: () => [
        `Replaced: ${
          redacted
            .counts()
            .map(({ kind, count }) => `${kind} ${count}`)
            .join(', ') || 'nothing'
        }.`,
      ],
    };
  }
  const warnings = [holds];
  if (withMediaKeys > 0)
    warnings.push(`${counted(withMediaKeys, 'message')} can hold keys of media (a=crypto).`);
  if (withCredentials > 0) warnings.push(`${counted(withCredentials, 'message')} can hold credentials.`);
  return { warnings, confidential: true, pieces: write(source.sip()), summary: () => [] };
}

type ExportedMessage = ReturnType<ExportSource['sip']> extends Iterable<infer M> ? M : never;

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
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
