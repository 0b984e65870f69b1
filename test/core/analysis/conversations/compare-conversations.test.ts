import { describe, expect, test } from 'vitest';
import type { Comparison } from '../../../../core/api.ts';
import { compareConversations } from '../../../../core/analysis/conversations/compare-conversations.ts';
import { plainText } from '../../../../core/diagnosis/rich-text.ts';
import { type Evidence, openEvidence, openLabPage } from '../../diagnosis/open-made.ts';

describe('two conversations side by side', () => {
  test('the working phone and the failing one: the version, and what it brings with it', async () => {
    const opened = await openLabPage('07-two-phones-md5-client-certificate');
    const comparison = opened.page.compare(0, 1);
    const decisive = fieldsThatMatter(comparison);
    expect(decisive).toContain('Server Hello/version');
    expect(decisive).toContain('Certificate Request/signature algorithms');
    expect(row(comparison, 'Server Hello/version')).toMatchObject({ left: 'TLS 1.0', right: 'TLS 1.2' });
    // Both phones show the same certificate: it explains nothing by itself.
    expect(row(comparison, 'Client’s certificate/signature')).toMatchObject({ same: true });
    expect(row(comparison, 'Client’s certificate/SHA-256')).toMatchObject({ same: true });
    expect(plainText(comparison?.sentence ?? [])).toMatch(/The right one fails.*Server Hello: version/);
    opened.set.close();
  });

  test('turned round, the same is said of the other side', async () => {
    const opened = await openLabPage('07-two-phones-md5-client-certificate');
    const there = fieldsThatMatter(opened.page.compare(0, 1)).sort();
    const back = fieldsThatMatter(opened.page.compare(1, 0)).sort();
    expect(back).toEqual(there);
    opened.set.close();
  });

  test('a chain with and without its intermediate certificate', async () => {
    const opened = await openEvidence({ capture: 'made/chain-incomplete.pcap' });
    const comparison = opened.page.compare(0, 1);
    expect(fieldsThatMatter(comparison)).toContain('Server’s certificate/certificates sent');
    expect(row(comparison, 'Server’s certificate/certificates sent')).toMatchObject({
      left: '2',
      right: '1',
    });
    expect(row(comparison, 'Server’s certificate/subject')).toMatchObject({ same: true });
    opened.set.close();
  });

  test.each([
    ['not-yet-valid', 'Server’s certificate/validity'],
    ['name-mismatch', 'Client Hello/extension server_name'],
    // The same hello to two servers: it lies with the server.
    ['no-shared-cipher', 'Connection/server'],
  ])('of two captures: %s', async (name, field) => {
    const good = await openEvidence({
      capture: 'made/record-altered.pcap',
      keys: ['made/keys/server.key.pem'],
    });
    const bad = await openEvidence({ capture: `made/${name}.pcap` });
    const comparison = compareConversations(good.page.compared(0), bad.page.compared(0));
    expect(fieldsThatMatter(comparison)).toContain(field);
    good.set.close();
    bad.set.close();
  });

  // Each a working connection (0) and a failing one (1) to the same server, of which one thing was changed.
  test.each([
    ['ciphers', ['Client Hello/cipher suites']],
    ['version', ['Client Hello/versions offered', 'Client Hello/extension supported_versions']],
    ['sni', ['Client Hello/extension server_name']],
    ['alpn', ['Client Hello/extension application_layer_protocol_negotiation']],
    ['group', ['Client Hello/extension supported_groups', 'Client Hello/extension key_share']],
    // OpenSSL leaves out the suites, too, that no signature is left for.
    ['sigalgs', ['Client Hello/cipher suites', 'Client Hello/extension signature_algorithms']],
    // GnuTLS with CBC suites only; that it offers TLS 1.2 only is not blamed, for the other one was TLS 1.2 as well.
    ['gnutls', ['Client Hello/cipher suites']],
    ['clientca', ['Client’s certificate/subject', 'Client’s certificate/issuer']],
    ['expired', ['Server’s certificate/validity', 'Server’s certificate/period']],
    // The server chooses its certificate by the name that the failing one does not send.
    [
      'nosni',
      ['Client Hello/extension server_name', 'Server’s certificate/subject', 'Server’s certificate/names'],
    ],
    // TLS 1.3 without keys: only the length of the client's answer tells.
    ['nocert13', ['Client’s certificate/certificates sent']],
  ])('one thing was changed, and that is blamed: %s', async (name, fields) => {
    const opened = await openEvidence({ capture: `made/pair-${name}.pcap` });
    const comparison = opened.page.compare(0, 1);
    expect(fieldsThatMatter(comparison)).toEqual(fields);
    // It stands first, and what the failing one did not live to see stands behind.
    expect(`${comparison?.rows[0]?.section ?? ''}/${comparison?.rows[0]?.field ?? ''}`).toBe(fields[0]);
    expect(plainText(comparison?.sentence ?? [])).toMatch(
      /^The right one fails, the other one works\. Of \d+/,
    );
    for (const { section, left, right, matters } of comparison?.rows ?? [])
      if (section === 'Server Hello' && left !== null && right === null) expect(matters).toBe('no');
    const ending = row(comparison, 'Ending/how the handshake ended');
    expect(ending?.right).not.toMatch(/frame/);
    opened.set.close();
  });

  test('who waited and gave up has refused nothing', async () => {
    const good = await openEvidence({ capture: 'made/record-altered.pcap' });
    const bad = await openEvidence({ capture: 'made/large-packets-lost.pcap' });
    const comparison = compareConversations(good.page.compared(0), bad.page.compared(0));
    expect(fieldsThatMatter(comparison)).toEqual(['Timing/handshake']);
    expect(bad.page.findings.findingsOf(0)[0]?.sentence).toMatch(
      /waited for \d\.\d s, and of the server’s messages behind the Server Hello none came whole/,
    );
    const cut = await openEvidence({ capture: '07-tls-to-plain-port.pcap' });
    const outcome = compareConversations(good.page.compared(0), cut.page.compared(0));
    expect(fieldsThatMatter(outcome)).not.toContain('Connection/client');
    for (const { set } of [good, bad, cut]) set.close();
  });

  test('two that are alike: nothing but what is different each time', async () => {
    const evidence: Evidence = { capture: 'made/record-altered.pcap', keys: ['made/keys/server.key.pem'] };
    const opened = await openEvidence(evidence);
    const comparison = opened.page.compare(0, 0);
    expect(comparison?.rows.filter((one) => !one.same)).toEqual([]);
    opened.set.close();
  });

  test('differences that matter stand first, equal facts last', async () => {
    const opened = await openLabPage('07-two-phones-md5-client-certificate');
    const rows = opened.page.compare(0, 1)?.rows ?? [];
    const firstSame = rows.findIndex((one) => one.same);
    expect(rows.slice(firstSame).every((one) => one.same)).toBe(true);
    const firstMaybe = rows.findIndex((one) => one.matters !== 'yes');
    expect(rows.slice(firstMaybe).every((one) => one.matters !== 'yes')).toBe(true);
    opened.set.close();
  });
});

function fieldsThatMatter(comparison: Comparison | null): string[] {
  return (comparison?.rows ?? [])
    .filter((one) => one.matters === 'yes' && one.section !== 'Ending' && one.section !== 'Findings')
    .map((one) => `${one.section}/${one.field}`);
}

function row(comparison: Comparison | null, field: string): Comparison['rows'][number] | undefined {
  return comparison?.rows.find((one) => `${one.section}/${one.field}` === field);
}
