import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findQuality } from '../../../core/analysis/capture/capture-findings.ts';
import { summariseCapture } from '../../../core/analysis/capture/capture-summary.ts';
import { plainText } from '../../../core/diagnosis/rich-text.ts';
import { KeyRing } from '../../../core/keys/key-ring.ts';
import { openFiles } from '../../support/open-lab.ts';
import { withPage } from './open-made.ts';

const CORPUS =
  process.env['SIPHER_CORPUS'] ?? join(import.meta.dirname, '../../../../shared/captures/corpus');
const THERE = existsSync(`${CORPUS}/manifest.json`);

/** What must be said of a conversation of a public capture without keys, and what must not. */
const SAID: readonly (readonly [string, number, RegExp, RegExp])[] = [
  // Who waits for seconds and goes has not refused a certificate: nothing of the chain is told to be renewed.
  ['zeek-heartbleed', 0, /that looks like a time-out/, /anew with SHA-256/],
  // The client offers a draft of TLS 1.3 and TLS 1.2: it need not be given a newer version.
  ['zeek-tls13draft16-chrome55.0.2879.0-canary-aborted', 0, /The client offers current versions/, /Turn on/],
  ['zeek-tls1.2-protocol-violation', 0, /a certificate that cannot be read whole/, /unreadable|unknown/],
  ['lekensteyn-amqps', 0, /\(issued by CN=localhost\)/, /one of 1/],
  [
    'illustrated-dtls-captures-capture',
    0,
    /DTLS 1\.3 needs a key log.*before DTLS 1\.3/s,
    /never decrypt TLS/,
  ],
  [
    'scapy-tls_new-session-ticket',
    0,
    /No key opens it without the Server Hello\. The record in frame 1 shows what it carries/,
    /If the connection is TLS 1\.3/,
  ],
  // Its last record has no end; what the user can do is to load a key log for all the others.
  ['ndpi-tls_2_reasms_b', 0, /^TLS 1\.3 needs a key log/, /The record has no end/],
  ['ndpi-dtls', 0, /Check that TLS is turned on for port 56515 .*nothing in between blocks it/, /13\.57\.$/m],
  [
    'ndpi-tls_missing_ch_frag',
    0,
    /it lacks a part of its handshake|because bytes were lost/,
    /it stays encrypted\./,
  ],
  ['zeek-irc-starttls', 0, /1 frame of up to 1640 bytes is larger/, /are larger/],
];

describe.skipIf(!THERE)('sentences on public captures (skipped where the corpus is absent)', () => {
  const paths = new Map(
    (THERE ? manifest() : []).map(({ id, capture }): [string, string] => [id, `${CORPUS}/${capture}`]),
  );

  test.each(SAID)('%s, conversation %i: %s', async (id, conversation, says, never) => {
    const opened = withPage(await openFiles([paths.get(id) ?? ''], new KeyRing()));
    const why = opened.page.conversationDetail(conversation)?.why ?? null;
    const told = [
      ...(why === null
        ? []
        : [why.title, ...[why.what, ...why.proof, ...why.fixNow, ...why.fixNext].map(plainText)]),
      ...opened.page.findings.findingsOf(conversation).map((finding) => finding.sentence),
      summariseCapture(opened.analysis, opened.conversations),
      ...findQuality(opened.analysis).map((finding) => finding.sentence),
    ].join('\n');
    expect(told).toMatch(says);
    expect(told).not.toMatch(never);
    opened.set.close();
  });
});

function manifest(): readonly { readonly id: string; readonly capture: string }[] {
  return JSON.parse(readFileSync(`${CORPUS}/manifest.json`, 'utf8'));
}
