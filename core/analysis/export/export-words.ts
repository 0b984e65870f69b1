import type { ExportFormat } from '../../api-export.ts';
import { countConfidences } from '../../export/count-confidences.ts';
import type { Redacted } from '../../export/redact.ts';
import type { Steps } from '../../export/steps.ts';
import type { ExportChoice, ExportSelection } from './export-selection.ts';
import type { ExportSource } from './export-source.ts';
import type { PageAnswers } from '../page-answers.ts';

/** What is said of an export that replaces names before it is known which. */
export const WILL_REPLACE = 'Names, numbers, addresses, credentials and keys in it are replaced.';

/** How many messages it holds, `verb` before it, and what of them is worth keeping to oneself; read up to `limit`. */
export function* tellMessages(
  source: ExportSource,
  redacts: boolean,
  limit: number,
  verb: string,
): Steps<{
  readonly sentences: readonly string[];
  readonly confidential: boolean;
  /** null where not all were read. */
  readonly count: number | null;
}> {
  const { messages, decrypted, withMediaKeys, withCredentials, complete } = yield* countConfidences(
    source.sip(),
    limit,
  );
  const more = complete ? '' : 'more than ';
  const holds = `${verb} ${more}${counted(messages, 'SIP message')}, ${more}${decrypted} of them decrypted; no session secret, no private key.`;
  const count = complete ? messages : null;
  if (redacts) return { sentences: [holds, WILL_REPLACE], confidential: false, count };
  const sentences = [holds];
  if (withMediaKeys > 0)
    sentences.push(`${counted(withMediaKeys, 'message')} can hold keys of media (a=crypto).`);
  if (withCredentials > 0) sentences.push(`${counted(withCredentials, 'message')} can hold credentials.`);
  return { sentences, confidential: true, count };
}

/** The sentence on session secrets. */
export function tellSecrets(secrets: readonly { readonly conversation: number }[]): string {
  const connections = new Set(secrets.map((secret) => secret.conversation)).size;
  if (connections === 0) return 'This file holds no secret: no connection was decrypted.';
  return `This file holds the session secrets of ${counted(connections, 'connection')}; no private key.`;
}

/** Whole connections go: what else was spoken over them goes along. */
export function tellWhole(answers: PageAnswers, selection: ExportSelection, source: ExportSource): string[] {
  const sentences = source
    .conversationsBehind()
    .map(
      ({ conversation, why }) =>
        `It also holds the handshake of conversation ${conversation}, ${why === 'resumed' ? 'whose session is resumed here' : 'which goes on here from another address'}.`,
    );
  const { conversations, messages } = selection;
  if (conversations === null || messages === null) return sentences;
  let others = 0;
  for (const conversation of conversations)
    for (const message of answers.messages.ofConversation(conversation))
      if (!messages.has(message)) others += 1;
  if (others > 0)
    sentences.push(
      `Connections are whole, since a part of one cannot be decrypted: ${counted(others, 'other SIP message')} went over them.`,
    );
  return sentences;
}

/** What was replaced, by kind. */
export function describeReplaced(redacted: Redacted): string {
  const counts = redacted.counts().map(({ kind, count }) => `${kind} ${count}`);
  return `Replaced: ${counts.join(', ') || 'nothing'}.`;
}

export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** Of the first capture's name; of no name where names are replaced. */
export function fileNameOf(
  format: ExportFormat,
  files: readonly string[],
  choice: ExportChoice,
  redacts: boolean,
): string {
  const base = (files[0] ?? 'capture').replace(/(?:\.(?:gz|zst|lz4|pcapng|pcap|cap|snoop|ntar|dmp))+$/i, '');
  const plain = redacts ? 'redacted' : base === '' || base === '-' ? 'capture' : base;
  const part =
    choice.kind === 'all'
      ? ''
      : choice.kind === 'conversation'
        ? `-conversation-${choice.conversation}`
        : `-${choice.kind}`;
  return `${plain}${part}${ENDINGS[format]}`;
}

const ENDINGS = {
  'pcapng-with-secrets': '.decrypted.pcapng',
  'clear-pcapng': '.clear.pcapng',
  keylog: '.keys.log',
  text: '.sip.txt',
  'ladder-svg': '.ladder.svg',
  'ladder-text': '.ladder.txt',
  json: '.sip.json',
  csv: '.sip.csv',
  report: '.report.html',
} as const satisfies Record<ExportFormat, string>;
