import { describe, expect, test } from 'vitest';
import type { WhyPanel } from '../../../core/api.ts';
import { plainText } from '../../../core/diagnosis/rich-text.ts';
import { openEvidence, openLabPage } from './open-made.ts';

/** Advice that would be wrong in unusual cases, were it the usual one. */
describe('advice', () => {
  test('does not propose RSA key exchange where the server has no RSA key', async () => {
    const opened = await openEvidence({ capture: 'made/ec-certificate.pcap' });
    const why = opened.page.conversationDetail(0)?.why ?? null;
    expect(why?.cause).toBe('forward-secrecy');
    expect(told(why)).toMatch(
      /cannot be forced here as things stand: the server’s certificate has a key of another kind \(EC P-256\)/,
    );
    expect(told(why)).not.toMatch(/makes its private key enough/);
    opened.set.close();
  });

  test('says of DTLS that keys media what it is for, and not to force RSA', async () => {
    const opened = await openEvidence({ capture: 'made/dtls-srtp.pcap' });
    const why = opened.page.conversationDetail(0)?.why ?? null;
    expect(told(why)).toMatch(/makes the keys of an SRTP stream between the same ports \(DTLS-SRTP\)/);
    expect(told(why)).not.toMatch(/RSA key exchange/);
    opened.set.close();
  });

  test('does not take differing pre-shared keys for a damaged record', async () => {
    const opened = await openEvidence({ capture: 'made/psk-differs.pcap' });
    const detail = opened.page.conversationDetail(0);
    expect(detail?.findings.map(({ id }) => id)).not.toContain('record-refused');
    expect(told(detail?.why ?? null)).toMatch(
      /Compare the pre-shared key in the configuration of .* digit by digit/,
    );
    opened.set.close();
  });

  test('names the connection that is to be broken', async () => {
    const opened = await openLabPage('04-question-63f-beside-10');
    expect(told(opened.page.conversationDetail(0)?.why ?? null)).toContain(
      '“ss -K dst 127.0.0.1 dport = 59496”',
    );
    opened.set.close();
  });

  test('says one thing once about a broken handshake', async () => {
    const opened = await openLabPage('07-mtls-client-expired');
    const why = opened.page.conversationDetail(0)?.why ?? null;
    const text = told(why);
    expect(text.match(/CN=phone-expired expired on/g)).toHaveLength(1);
    opened.set.close();
  });
});

function told(why: WhyPanel | null): string {
  if (why === null) return '';
  return [why.title, ...[why.what, ...why.proof, ...why.fixNow, ...why.fixNext].map(plainText)].join('\n');
}
