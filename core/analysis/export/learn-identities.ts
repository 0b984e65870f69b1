import { pskIdentityOf } from '../../diagnosis/needed-keys.ts';
import type { Replacements } from '../../export/replacements.ts';
import type { Steps } from '../../export/steps.ts';
import { requestedAuthorityNames } from '../conversations/requested-authority-names.ts';
import type { PageAnswers } from '../page-answers.ts';

/** Makes known what a report can name beside what SIP says: hosts, certificates, identities of pre-shared keys, files, keys. */
export function* learnIdentities(
  answers: PageAnswers,
  files: readonly string[],
  replacements: Replacements,
): Steps<void> {
  const { keys, structure } = answers.analysis;
  for (const file of files) replacements.replace('file', file);
  for (const key of [...keys.keyLogs(), ...keys.privateKeys()]) replacements.replace('file', key.source.name);
  const count = Math.min(structure.conversations.length, MOST_LEARNED);
  for (let conversation = 0; conversation < count; conversation += 1) {
    if (conversation % CONVERSATIONS_AT_ONCE === 0) yield;
    learnConversation(answers, conversation, replacements);
  }
}

function learnConversation(answers: PageAnswers, conversation: number, replacements: Replacements): void {
  const report = answers.conversations.report(conversation);
  if (report.key !== null) replacements.replace('file', report.key.source.replace(/:\d+$/, ''));
  if (report.serverName !== null) replacements.replaceHost(report.serverName);
  for (const certificate of [...report.certificates, ...report.clientCertificates]) {
    for (const name of [certificate.subject, certificate.issuer]) learnName(replacements, name);
    replacements.replace('certificate', certificate.serial);
    replacements.replace('certificate', certificate.sha256);
  }
  for (const handshake of answers.analysis.sessionOf(conversation)?.handshakes ?? []) {
    for (const name of requestedAuthorityNames(handshake)) learnName(replacements, name);
    replacements.replace('name', pskIdentityOf(handshake) ?? '');
  }
  for (const text of [report.client, report.server]) replacements.scrub(text);
}

/** "CN=pbx.example, O=Example": hosts and the rest, each for itself. */
function learnName(replacements: Replacements, name: string): void {
  for (const part of name.split(/,\s*(?=[A-Za-z0-9.]+=)/)) {
    const value = part.slice(part.indexOf('=') + 1).trim();
    if (value.length < SHORTEST_NAME) continue;
    replacements.replace('certificate', value);
  }
}

const CONVERSATIONS_AT_ONCE = 50;
const SHORTEST_NAME = 3;
const MOST_LEARNED = 20_000;
