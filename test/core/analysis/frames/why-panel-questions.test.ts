import { describe, expect, test } from 'vitest';
import type { WhyPanel } from '../../../../core/api.ts';
import { judgeKeyRole } from '../../../../core/analysis/conversations/role-findings.ts';
import { plainText } from '../../../../core/diagnosis/rich-text.ts';
import { summariseCapture } from '../../../../core/analysis/capture/capture-summary.ts';
import { openEvidence, openLabPage } from '../../diagnosis/open-made.ts';

/** The questions that the project was made from, each with a real capture. */
describe('nine questions', () => {
  test('1: many packets decrypt (0x63F), some say no decoder available (0x10)', async () => {
    const opened = await openLabPage('04-question-63f-beside-10');
    const { analysis } = opened;
    const states = new Map<string, number>();
    for (let frame = 1; frame <= analysis.structure.frames.length; frame += 1) {
      const row = opened.page.frameRow(frame);
      if (row.state === 0x63f) states.set('63f', Number(row.conversation));
      if (row.cause === 'handshake-not-captured') states.set('10', frame);
    }
    const frame = states.get('10') ?? 0;
    const detail = opened.page.frameDetail(frame);
    expect(detail?.row.state).toBe(0x10);
    const story = proseOf(detail?.why);
    expect(story).toMatch(/set up before the capture began/);
    // Which one: the other connection of the same hosts, as a link; and what to do.
    expect(detail?.why.proof.flat()).toContainEqual({
      kind: 'conversation',
      conversation: String(states.get('63f')),
    });
    expect(story).toMatch(/restart the phone/);
    opened.set.close();
  });

  test('1: of a frame in clear, the checklist says that the keys were made', async () => {
    const opened = await openLabPage('04-question-63f-beside-10');
    const { page } = opened;
    const clear = page.frameDetail(9);
    expect(clear?.row.verdict).toBe('clear');
    expect(clear?.why.checklist.find(({ item }) => item === 'Key block')?.status).toBe('present');
    // Of the connection that was set up before the capture, nothing can be made.
    const opaque = page.frameDetail(17);
    expect(opaque?.why.checklist.find(({ item }) => item === 'Key block')?.status).toBe('missing');
    opened.set.close();
  });

  test('2: which of my keys can decrypt which side', async () => {
    const opened = await openEvidence({
      capture: 'made/sbc-between.pcap',
      keys: ['made/keys/server.key.pem'],
    });
    const [key] = opened.analysis.keys.privateKeys();
    const role = judgeKeyRole(opened.page.findings, key?.handle.sha256OfPublicKey ?? '');
    expect(role.opens).toEqual(['0']);
    expect(role.asClient).toEqual(['1']);
    const why = opened.page.conversationDetail(1)?.why ?? null;
    expect(why?.cause).toBe('key-of-the-client');
    const story = proseOf(why);
    expect(story).toMatch(/your host, 127\.0\.0\.2:\d+, is the TLS client/);
    expect(story).toMatch(/private key of CN=provider\.example/);
    expect(story).toMatch(/does work in conversation 0/);
    opened.set.close();
  });

  test('2: the same where only the address tells that my host is the client', async () => {
    const opened = await openEvidence({
      capture: 'made/sbc-without-certificate.pcap',
      keys: ['made/keys/server.key.pem'],
    });
    const [key] = opened.analysis.keys.privateKeys();
    const role = judgeKeyRole(opened.page.findings, key?.handle.sha256OfPublicKey ?? '');
    expect(role).toMatchObject({ opens: ['0'], asClient: ['1'], onlySigned: [], lacking: [] });
    expect(opened.page.conversationDetail(1)?.why?.cause).toBe('key-of-the-client');
    opened.set.close();
  });

  test('3: a PFX from Windows, any port, several servers', async () => {
    const opened = await openLabPage('06-port3000-tserver');
    const detail = opened.page.conversationDetail(0);
    expect(detail?.row.server).toMatch(/:3000$/);
    expect(detail?.row.verdict).toBe('decrypted');
    opened.set.close();
  });

  test('4: the working phone and the failing one', async () => {
    const opened = await openLabPage('07-two-phones-md5-client-certificate');
    const comparison = opened.page.compare(0, 1);
    expect(plainText(comparison?.sentence ?? [])).toMatch(/right one fails/);
    expect(comparison?.rows.slice(0, 4).map((row) => row.field)).toContain('version');
    opened.set.close();
  });

  test('5: the client closes with unknown_ca', async () => {
    for (const [from, says] of [
      ['07-alert-missing-intermediate', /send the certificate of CN=Lab Intermediate CA/],
      [
        '07-alert-unknown-ca-from-client-selfsigned',
        /Install this certificate \(SHA-256 [0-9a-f:]+…\) as trusted/,
      ],
    ] as const) {
      const opened = await openLabPage(from);
      const why = opened.page.conversationDetail(0)?.why ?? null;
      expect(proseOf(why)).toMatch(/client broke off with unknown_ca/);
      expect(proseOf(why)).toMatch(says);
      opened.set.close();
    }
    const other = await openEvidence({ capture: 'made/other-ca.pcap' });
    expect(proseOf(other.page.conversationDetail(0)?.why)).toMatch(
      /Install the certificate of CN=Made Root CA as a trusted authority on the client/,
    );
    other.set.close();
  });

  test('6: it uses Diffie-Hellman', async () => {
    const opened = await openLabPage('05-ecdhe-aes128-sha-rsakey-only');
    const detail = opened.page.conversationDetail(0);
    expect(detail?.canBeDecryptedBy).toEqual(['a key log of either side']);
    const story = proseOf(detail?.why);
    expect(story).toMatch(/private key only signs/);
    expect(story).toMatch(/offers 1 suite, none with RSA key exchange: forcing RSA on the server would end/);
    opened.set.close();
  });

  test('7: a NULL cipher', async () => {
    const opened = await openEvidence({ capture: 'made/null-suite.pcap' });
    const detail = opened.page.conversationDetail(0);
    expect(detail?.row.verdict).toBe('clear');
    expect(detail?.canBeDecryptedBy).toEqual([]);
    expect(detail?.findings.map((finding) => finding.sentence).join(' ')).toMatch(/not encrypted at all/);
    opened.set.close();
  });

  test('8: bad MAC in the middle: lost, altered, rescued, complained of', async () => {
    const lost = await openLabPage('09-lost-appdata-client-gcm');
    const sentences = lost.page
      .conversationDetail(0)
      ?.findings.map((finding) => finding.sentence)
      .join('\n');
    expect(sentences).toMatch(/352 lost bytes from the client between frame 12 and frame 15: sequence \+1/);
    lost.set.close();

    const altered = await openLabPage('09-corrupt-record-gcm');
    const frame = firstFrameWith(altered, 'tag-mismatch');
    expect(proseOf(altered.page.frameDetail(frame)?.why)).toMatch(
      /No complaint of the receiver.*by the capture/s,
    );
    altered.set.close();

    const complained = await openEvidence({
      capture: 'made/record-altered.pcap',
      keys: ['made/keys/server.key.pem'],
    });
    const at = firstFrameWith(complained, 'mac-mismatch');
    expect(proseOf(complained.page.frameDetail(at)?.why)).toMatch(
      /server complained as well \(bad_record_mac in frame \d+\).*on the way/s,
    );
    complained.set.close();
  });

  test('9: HTTP on the SIP port, plain SIP on the TLS port, TLS on a plain port', async () => {
    const http = await openEvidence({
      capture: 'made/http-on-sip-port.pcap',
      keys: ['made/keys/server.key.pem'],
    });
    expect(http.page.captureFindings().map((finding) => finding.id)).toContain('http-on-sip-port');
    http.set.close();
    const plain = await openLabPage('07-plain-sip-to-tls-port');
    expect(plain.page.conversationDetail(0)?.findings[0]?.id).toBe('plain-sip-on-tls-port');
    plain.set.close();
    const tls = await openLabPage('07-tls-to-plain-port');
    expect(tls.page.conversationDetail(0)?.findings.map((finding) => finding.id)).toContain(
      'hello-unanswered',
    );
    tls.set.close();
  });
});

describe('before any key is given', () => {
  test('the capture in one sentence, and what would decrypt what', async () => {
    const opened = await openEvidence({ capture: 'made/sbc-between.pcap' });
    expect(summariseCapture(opened.analysis, opened.conversations)).toBe(
      '2 TLS connections: 1 needs the key of CN=pbx.example, 1 needs the key of CN=provider.example.',
    );
    expect(opened.page.needs().map(({ need }) => need)).toEqual([
      'the private key of CN=pbx.example',
      'the private key of CN=provider.example',
    ]);
    opened.set.close();
  });

  test('timing: who was waited for', async () => {
    const opened = await openLabPage('01-tls12-rsa-aes256-gcm-sha384');
    const [timing] = opened.page.timing(0) ?? [];
    expect(timing?.resumed).toBe(false);
    expect(timing?.duration).toBeGreaterThan(0);
    expect(timing?.steps.map((step) => step.label).slice(0, 4)).toEqual([
      'SYN',
      'SYN, ACK',
      'Client Hello',
      'Server Hello',
    ]);
    const total = (timing?.clientTime ?? 0) + (timing?.serverTime ?? 0);
    expect(total).toBeCloseTo(timing?.steps.at(-1)?.relative ?? 0, 6);
    opened.set.close();
  });

  test('the ladder as text and as an image', async () => {
    const opened = await openLabPage('01-tls12-rsa-aes256-gcm-sha384');
    const text = opened.page.ladder(0, 'text')?.text ?? '';
    expect(text).toMatch(/C>S\s+TLS\s+Client Hello\s+\[frame \d+\]/);
    expect(text).toMatch(/S>C \* APP\s+SIP\/2\.0 200 OK/);
    const svg = opened.page.ladder(0, 'svg')?.text ?? '';
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
    expect(svg).not.toMatch(/<script|xlink|href/);
    opened.set.close();
  });
});

function proseOf(panel: WhyPanel | null | undefined): string {
  if (panel === null || panel === undefined) return '';
  return [
    [{ kind: 'text', text: panel.title } as const],
    panel.what,
    ...panel.proof,
    ...panel.fixNow,
    ...panel.fixNext,
  ]
    .map(plainText)
    .join('\n');
}

function firstFrameWith(opened: Awaited<ReturnType<typeof openLabPage>>, cause: string): number {
  for (let frame = 1; frame <= opened.analysis.structure.frames.length; frame += 1)
    if (opened.page.frameRow(frame).cause === cause) return frame;
  return 0;
}
