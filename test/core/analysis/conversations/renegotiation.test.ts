import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { timeHandshakes } from '../../../../core/analysis/conversations/timing-findings.ts';
import { plainText } from '../../../../core/diagnosis/rich-text.ts';
import { KeyRing } from '../../../../core/keys/key-ring.ts';
import { loadKeys } from '../../../../core/node/keys/load-keys.ts';
import { openFiles } from '../../../support/open-lab.ts';
import { type OpenedEvidence, openEvidence, withPage } from '../../diagnosis/open-made.ts';

const CORPUS =
  process.env['SIPHER_CORPUS'] ?? join(import.meta.dirname, '../../../../../shared/captures/corpus');
const KEY = 'made/keys/server.key.pem';

describe('a connection in which the client began a second handshake, and nothing came of it', () => {
  test('is described by its first handshake where the server refused', async () => {
    const opened = await openEvidence({ capture: 'made/renegotiation-refused.pcap', keys: [KEY] });
    expect(opened.conversations.report(0)).toMatchObject({
      verdict: 'decrypted',
      version: 'TLS 1.2',
      cipherSuite: { name: 'TLS_RSA_WITH_AES_128_CBC_SHA' },
      keyExchange: 'rsa',
      key: { kind: 'rsa-key' },
      certificates: [{ subject: 'CN=pbx.example' }],
      sessions: [{ version: 'TLS 1.2' }, { version: null }],
    });
    expect(opened.page.conversationDetail(0)).toMatchObject({
      row: { version: 'TLS 1.2', cipherSuite: 'TLS_RSA_WITH_AES_128_CBC_SHA' },
      certificates: [{ frame: 6 }],
    });
    expect(refusalIn(opened)).toBe(
      'In frame 11 the client asked to negotiate the running connection anew (renegotiation), but the server refused with no_renegotiation in frame 12, and the client broke off with handshake_failure in frame 14.',
    );
    expect(timingOf(opened)).toEqual([
      expect.stringMatching(/^The full handshake took 7\.6 ms/),
      'The later handshake, begun in frame 11, has no answer in this capture.',
    ]);
    opened.set.close();
  });

  test.skipIf(!existsSync(CORPUS))(
    'is described by it where the server went on as before (skipped where the corpus is absent)',
    async () => {
      const keys = new KeyRing();
      const keylogs = [join(CORPUS, 'keys/lekensteyn/smtp-ssl.keylog')];
      loadKeys(keys, { keyFiles: [], keylogs, passwords: [], psks: [] });
      const opened = withPage(await openFiles([join(CORPUS, 'captures/lekensteyn/smtp-ssl.pcapng')], keys));
      expect(opened.conversations.report(0)).toMatchObject({
        verdict: 'decrypted',
        version: 'TLS 1.2',
        cipherSuite: { name: 'TLS_DHE_RSA_WITH_AES_256_CBC_SHA256' },
        key: { kind: 'keylog' },
      });
      expect(refusalIn(opened)).toBe(
        'In frame 30 the client asked to negotiate the running connection anew (renegotiation), but the server did not respond to that and closed the connection in frame 33, and the client broke off with unexpected_message in frame 35.',
      );
      opened.set.close();
    },
  );

  test('compares as the connection that it was, in its timing too', async () => {
    const opened = await openEvidence({ capture: 'made/renegotiation-refused.pcap', keys: [KEY] });
    const comparison = opened.page.compare(0, 0);
    const timing = comparison?.rows.find(
      ({ section, field }) => section === 'Timing' && field === 'handshake',
    );
    expect(timing?.left).toBe('7.6 ms');
    opened.set.close();
  });

  test('needs for its later frames what its first handshake has', async () => {
    const opened = await openEvidence({ capture: 'made/renegotiation-refused.pcap', keys: [KEY] });
    // The hello inside, and the refusal: both are protected by the keys of the first handshake.
    for (const frame of [11, 12]) {
      const { checklist } = opened.why.tellFrame(frame);
      expect(checklist.map(({ item, status, frame: at }) => `${item}: ${status} ${at ?? ''}`)).toEqual(
        expect.arrayContaining([
          'Client Hello: present 4',
          'Server Hello: present 6',
          'Certificate: present 6',
        ]),
      );
    }
    opened.set.close();
  });
});

test('each frame of a renegotiated connection is told by its own handshake', async () => {
  const opened = await openEvidence({ capture: 'made/renegotiation-suites.pcap', keys: [KEY] });
  const { sessions } = opened.conversations.report(0);
  expect(sessions).toHaveLength(9);
  // The newest that was answered describes the connection.
  expect(opened.conversations.report(0).cipherSuite).toEqual(sessions.at(-1)?.cipherSuite);
  const session = opened.analysis.sessionOf(0);
  const handshakes = session?.handshakes ?? [];
  for (const handshake of handshakes)
    for (const message of [handshake.clientHello, handshake.serverHello, handshake.clientKeyExchange])
      expect(session?.handshakeAt(message?.row ?? -1)).toBe(handshake);
  for (const { clientKeyExchange, serverHello } of handshakes.slice(0, 3)) {
    const { checklist } = opened.why.tellFrame(clientKeyExchange?.frame ?? 0);
    const hello = checklist.find(({ item }) => item === 'Server Hello');
    expect(hello?.frame).toBe(serverHello?.frame);
  }
  opened.set.close();
});

function refusalIn(opened: OpenedEvidence): string | undefined {
  return opened.page.findings.findingsOf(0).find(({ id }) => id === 'renegotiation-refused')?.sentence;
}

function timingOf(opened: OpenedEvidence): string[] {
  return timeHandshakes(opened.analysis, 0).map(({ sentence }) => plainText(sentence));
}
