import { describe, expect, test } from 'vitest';
import { KeyRing } from '../../../core/keys/key-ring.ts';
import { addLabKeys, labFile, openFiles, startLinesOf } from '../../support/open-lab.ts';

/**
 * Real endpoints with what lab captures do not have: capture, its keys, and of each conversation version, how it is
 * resumed, verdict, and records decrypted, opaque and clear (the numbers tshark gives, where it opens them).
 */
const CASES: readonly (readonly [
  name: string,
  key: string,
  conversations: readonly string[],
  sip: number,
])[] = [
  ['hello-retry-request', 'hello-retry-request.keys', ['TLS 1.3 null decrypted 11 0 6'], 2],
  ['record-padding', 'record-padding.keys', ['TLS 1.3 null decrypted 11 0 4'], 2],
  ['external-psk', 'external-psk.keys', ['TLS 1.3 psk decrypted 8 0 4'], 2],
  ['record-size-limit', 'record-size-limit.keys', ['TLS 1.3 null decrypted 14 0 4'], 4],
  [
    'early-data-accepted',
    'early-data-accepted.keys',
    ['TLS 1.3 null decrypted 10 0 4', 'TLS 1.3 psk decrypted 9 0 4'],
    3,
  ],
  ['dtls12', 'dtls12.keys', ['DTLS 1.2 null decrypted 6 0 14', 'DTLS 1.2 null decrypted 6 0 16'], 4],
  ['hep-over-tls', 'server.key.pem', ['TLS 1.2 null decrypted 6 0 8'], 3],
  // The private key opens what has RSA key exchange, and nothing else.
  ['dtls12', 'server.key.pem', ['DTLS 1.2 null decrypted 6 0 14', 'DTLS 1.2 null opaque 0 6 16'], 2],
];

describe('captures made for the tests', () => {
  test.each(CASES)('%s opens with %s', async (name, key, conversations, sip) => {
    const ring = new KeyRing();
    addLabKeys(ring, [{ type: key.endsWith('.keys') ? 'nss-keylog' : 'rsa', file: `made/keys/${key}` }]);
    const opened = await openFiles([labFile(`made/${name}.pcap`)], ring);
    const { length } = opened.analysis.structure.conversations;
    const seen = Array.from({ length }, (_none, conversation) => {
      const { version, resumed, verdict, records } = opened.conversations.report(conversation);
      return [version, resumed, verdict, records.decrypted, records.opaque, records.clear]
        .map(String)
        .join(' ');
    });
    expect(seen).toEqual(conversations);
    expect(startLinesOf(opened, true)).toEqual(
      Array.from({ length: sip }, () => 'OPTIONS sip:pbx.example SIP/2.0'),
    );
    opened.set.close();
  });
});
