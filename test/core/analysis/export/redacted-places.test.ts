import { describe, expect, test } from 'vitest';
import type { ExportFormat } from '../../../../core/api-export.ts';
import { withoutContents } from '../../../../core/analysis/export/export-ladders.ts';
import { planExport } from '../../../../core/analysis/export/export-plan.ts';
import { learnIdentities } from '../../../../core/analysis/export/learn-identities.ts';
import { requestedAuthorityNames } from '../../../../core/analysis/conversations/requested-authority-names.ts';
import { Replacements } from '../../../../core/export/replacements.ts';
import { finish } from '../../../../core/export/steps.ts';
import { PageAnswers } from '../../../../core/analysis/page-answers.ts';
import { openLab } from '../../../support/open-lab.ts';

/** What a redacted export of conversation 0 says, and what the same says without redaction. */
async function saidOf(id: string, format: ExportFormat): Promise<{ plain: string; redacted: string }> {
  const { analysis } = await openLab(id);
  const answers = new PageAnswers(analysis, ['capture.pcap']);
  const said = (redact: boolean): string =>
    Buffer.concat([
      ...planExport(answers, {
        format,
        choice: { kind: 'conversation', conversation: '0' },
        redact,
        files: ['capture.pcap'],
        program: 'Sipher',
        made: '',
        asked: [],
        compare: null,
        warnings: [],
      }).pieces(),
    ]).toString('utf8');
  return { plain: said(false), redacted: said(true) };
}

describe('beside SIP a redacted export does not tell', () => {
  test('what was asked of a web server', async () => {
    const { plain, redacted } = await saidOf('13-sip-over-wss', 'ladder-text');
    expect(plain).toContain('GET /ws HTTP/1.1');
    expect(redacted).not.toContain('/ws');
    expect(redacted).toContain('GET … HTTP/1.1');
    expect(redacted).toContain('HTTP/1.1 101  [');
  });

  test('the identity of a pre-shared key', async () => {
    const { plain, redacted } = await saidOf('08-psk-aes256-gcm', 'report');
    expect(plain).toContain('Client_identity');
    expect(redacted).not.toContain('Client_identity');
  });

  test('whose certificates a server asks for', async () => {
    const { analysis } = await openLab('07-mtls-ok');
    const [handshake] = analysis.sessionOf(0)?.handshakes ?? [];
    const [authority = ''] = handshake === undefined ? [] : requestedAuthorityNames(handshake);
    expect(authority).toMatch(/^CN=/);
    const replacements = new Replacements();
    finish(learnIdentities(new PageAnswers(analysis, []), [], replacements));
    replacements.learning = false;
    const said = replacements.scrubSentence(`It asks for ${authority}.`);
    expect(said).toMatch(/^It asks for CN=certificate\d/);
  });
});

test.each([
  ['POST /provisioning/001565.cfg HTTP/1.1', 'POST … HTTP/1.1'],
  ['HTTP/1.1 404 No such user as alice', 'HTTP/1.1 404'],
  ['HEADERS[25]: GET /user/alice, DATA[25]', 'HEADERS[25]: GET, DATA[25]'],
  ['Magic, SETTINGS[0]', 'Magic, SETTINGS[0]'],
  ['Application Data (17 bytes)', 'Application Data (17 bytes)'],
  ['EHLO alice-laptop', 'Application Data (text of 17 characters)'],
])('of %j is left %j', (label, left) => {
  expect(withoutContents(label)).toBe(left);
});
