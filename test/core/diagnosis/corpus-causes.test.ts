import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { KeyRing } from '../../../core/keys/key-ring.ts';
import { openFiles } from '../../support/open-lab.ts';

const CORPUS =
  process.env['SIPHER_CORPUS'] ?? join(import.meta.dirname, '../../../../shared/captures/corpus');
const THERE = existsSync(`${CORPUS}/manifest.json`);

/**
 * Public captures without any key. What must come out was derived by hand from tshark's fields (ciphersuite of the
 * Server Hello, handshake types in their order, alerts, content types), which stand beside it; then compared.
 */
const EXPECTED: readonly (readonly [string, string, readonly string[]])[] = [
  [
    'wireshark-rsasnakeoil2',
    '0x0035, types 2 11 14 16; then 0x000a, types 1 2',
    ['no-key', 'resumed-unseen-session'],
  ],
  ['wireshark-dtls12-aes128ccm8', '0xc0a8 (PSK), types 1 3 1 2 14 16', ['psk-missing']],
  ['wireshark-tls12-aes128ccm', '0xc0a4 (PSK), types 1 2 14 16', ['psk-missing']],
  ['lekensteyn-ldap-ssl', '0x002f, types 1 2 11 14 16', ['no-key']],
  ['lekensteyn-amqps', '0xc028, with 12', ['forward-secrecy']],
  ['lekensteyn-http2-16-ssl', '0xc02f, with 12', ['forward-secrecy']],
  ['lekensteyn-http-chunked-ssl', '0xc02f, with 12', ['forward-secrecy']],
  ['lekensteyn-mysql-ssl', '0x0039, with 12', ['forward-secrecy']],
  ['illustrated-tls13-captures-capture', '0x1302', ['tls13-needs-keylog']],
  ['illustrated-dtls-captures-capture', '0x1301, DTLS 1.3', ['tls13-needs-keylog']],
  ['ndpi-tls_2_reasms', '0x1301', ['tls13-needs-keylog']],
  ['ndpi-dtls_session_id_and_coockie_both', '0xc02c, types 1 3 1 2, no 11', ['resumed-unseen-session']],
  ['ndpi-dtls_old_version', '0x0035, types 1 1 3 1 3 1 2, no 11', ['resumed-unseen-session']],
  ['arkime-tls-client-sessionid', '0x0033, type 2 and 20 in one frame, no 11', ['resumed-unseen-session']],
  ['arkime-ssl-selfsign', '0x0035, types 1 2 11 13 14 11 16 15', ['no-key']],
  ['ndpi-selfsigned', '0xc030, with 12', ['forward-secrecy']],
  ['scapy-ssl_tls-RSA_WITH_AES_128_CBC_SHA', '0x002f, without 12', ['no-key']],
  ['snet-tls1.2_aes256', '0xc02c, with 12', ['forward-secrecy']],
  ['wireshark-wiki-fix-ssl', '0x009d, without 12', ['no-key']],
  ['zeek-pop3-starttls', '0x009f, with 12', ['forward-secrecy']],
  ['suricata-tls-pre-1970', '0x0005, without 12', ['no-key']],
  ['ndpi-tls_1.2_unidirectional_server', 'frames from port 443 only', ['one-direction']],
  ['ndpi-tls_1.3_unidirectional_client', 'frames from port 39750 only', ['one-direction']],
  ['mercury-multi_record_cert', '0xc030, one frame, a record goes on behind its end', ['record-incomplete']],
  ['suricata-tls-extra-alert', 'type 1, then alert 40 from port 443', ['handshake-failed']],
  ['zeek-ssl-to-http-server', 'type 1, no TLS from port 80', ['handshake-failed']],
  ['zeek-heartbleed', '0xc02f, types 1 2 11 12 14, FIN of the client, no 16', ['handshake-failed']],
  [
    'zeek-tls13draft16-chrome55.0.2879.0-canary-aborted',
    'type 1, alert 70 from the server',
    ['handshake-failed'],
  ],
  ['zeek-missing-intermediate', '0x0004 without 12; 0xc030 with 12', ['forward-secrecy', 'no-key']],
  [
    'snet-tls1_1',
    'alert 70 of the client in stream 0; 0xc014 with 12',
    ['forward-secrecy', 'handshake-failed'],
  ],
  [
    'freediameter-wireshark-sample-capture',
    '0x002f without 12 in the first SCTP stream; the others of the association resume its session',
    ['no-key'],
  ],
  ['snet-TLS1_ECDHE-RSA-NULL-SHA', '0xc010: NULL', ['clear']],
  ['snet-TLS1_1_AECDH-NULL-SHA', '0xc015: NULL', ['clear']],
];

describe.skipIf(!THERE)('public captures without keys (skipped where the corpus is absent)', () => {
  const paths = THERE ? pathsById() : new Map<string, string>();

  test('thirty of them', () => {
    expect(EXPECTED.length).toBeGreaterThanOrEqual(30);
  });

  test.each(EXPECTED)('%s: %s', async (id, _facts, expected) => {
    const path = paths.get(id);
    expect(path, `${id} is not in the corpus`).toBeDefined();
    const opened = await openFiles([`${CORPUS}/${path ?? ''}`], new KeyRing());
    const seen = new Set<string>();
    for (const conversation of opened.analysis.opening.sessions.keys()) {
      const { verdict, cause } = opened.conversations.report(conversation);
      seen.add(verdict === 'handshake-failed' ? verdict : (cause ?? verdict));
    }
    expect([...seen].sort()).toEqual([...expected].sort());
    opened.set.close();
  });
});

function pathsById(): Map<string, string> {
  const manifest: readonly { readonly id: string; readonly capture: string }[] = JSON.parse(
    readFileSync(`${CORPUS}/manifest.json`, 'utf8'),
  );
  return new Map(manifest.map(({ id, capture }) => [id, capture]));
}
