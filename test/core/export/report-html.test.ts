import { describe, expect, test } from 'vitest';
import { planExport } from '../../../core/analysis/export/export-plan.ts';
import { PageAnswers } from '../../../core/analysis/page-answers.ts';
import type { CaseReport } from '../../../core/export/case-report.ts';
import { writeReportHtml } from '../../../core/export/report-html.ts';
import { openLab } from '../../support/open-lab.ts';
import { exportedMessage } from './exported-message.ts';

const HOSTILE = [
  '</pre><script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "'><svg/onload=alert(1)>",
  '</style><style>*{background:url(http://evil.test)}',
  '<!-- --><iframe src="http://evil.test">',
  '\u202Egnp.exe',
  '\u0000\u001b[31m\u009b',
  '&lt;script&gt;',
  '<a href="javascript:alert(1)">x</a>',
  '\ud800',
].join(' ');

describe('a case report', () => {
  test('lets nothing that a capture says become markup', () => {
    const text = textOf(hostileReport());
    const withoutOurs = text.replace(/<style>[\s\S]*?<\/style>/, '');
    const tags = new Set(
      [...withoutOurs.matchAll(/<\/?([a-z][a-z0-9]*)/gi)].map(([, name]) => name?.toLowerCase()),
    );
    const ours =
      'html head meta title style body header h1 h2 h3 h4 p nav ul li a main section dl dt dd table thead tbody tr th td span div article strong br figure svg pre footer'.split(
        ' ',
      );
    expect([...tags].filter((tag) => !ours.includes(tag ?? ''))).toEqual([]);
    // No attribute but those of ours, and no address but places in the file.
    expect([...withoutOurs.matchAll(/<[a-z0-9]+\s+([a-z-]+)=/gi)].map(([, name]) => name)).not.toContain(
      'onerror',
    );
    expect(
      [...withoutOurs.matchAll(/(?:href|src)="([^"]*)"/g)].every(([, url]) => url?.startsWith('#')),
    ).toBe(true);
    expect(text).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(text).toContain('&amp;lt;script&amp;gt;');
    expect(text).not.toMatch(/[\u0000\u001b\u009b\u202e]/);
  });

  test('needs nothing else: no script, nothing that is fetched, a policy that forbids both', async () => {
    const opened = await openLab('04-question-63f-beside-10');
    const text = reportOf(new PageAnswers(opened.analysis, ['x.pcap']));
    expect(text).toMatch(/^<!doctype html>/i);
    expect(text).toContain(
      "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'",
    );
    expect(text).not.toMatch(/<script|<link|<iframe|<object|<embed|<base|@import|url\(/i);
    expect([...text.matchAll(/\b(?:src|href)="([^#"][^"]*)"/g)]).toEqual([]);
    expect(text).toContain('color-scheme');
    expect(text).toContain('@media print');
  });

  test('tells the verdicts with their proofs, what to do, and the messages', async () => {
    const opened = await openLab('04-question-63f-beside-10');
    const text = reportOf(new PageAnswers(opened.analysis, ['x.pcap']));
    for (const told of [
      'What was asked',
      'x.pcap',
      'handshake-not-captured',
      'Proof',
      'What to do now',
      'State mask 0x10',
      'REGISTER sip:lab.example SIP/2.0',
      'no session secret, no private key',
    ])
      expect(text).toContain(told);
  });

  test('names the hosts of a call that could not be read', async () => {
    const opened = await openLab('05-tls13-keylog-missing-one-session');
    const text = reportOf(new PageAnswers(opened.analysis, ['x.pcap']));
    expect(text).toMatch(/<h3>127\.0\.0\.1\S* → 127\.0\.0\.1\S* <span class="mark locked"/);
  });

  test('holds two conversations against each other', async () => {
    const opened = await openLab('07-two-phones-md5-client-certificate');
    const text = reportOf(new PageAnswers(opened.analysis, ['x.pcap']), [0, 1]);
    expect(text).toContain('<h2>Comparison</h2>');
    expect(text).toMatch(/further facts are the same/);
  });

  test('draws calls, and says of media how it was opened', async () => {
    const opened = await openLab('13-baresip-srtp-sdes');
    const text = reportOf(new PageAnswers(opened.analysis, ['x.pcap']));
    expect(text).toContain('<svg');
    expect(text).toMatch(/\d+\s+authenticated/);
    expect(text).toContain('INVITE');
  });
});

function reportOf(answers: PageAnswers, compare: [number, number] | null = null): string {
  const plan = planExport(answers, {
    format: 'report',
    choice: { kind: 'all' },
    redact: false,
    files: ['x.pcap'],
    program: 'Sipher 0.0.0',
    made: '',
    asked: [],
    compare,
    warnings: [],
  });
  return Buffer.concat([...plan.pieces()]).toString();
}

function textOf(report: CaseReport): string {
  return Buffer.concat([...writeReportHtml(report, (text) => text, null)]).toString();
}

function hostileReport(): CaseReport {
  const say = [{ kind: 'text', text: HOSTILE }] as const;
  const end = { ipVersion: 4, words: [1, 0, 0, 0], port: 1 } as const;
  const message = exportedMessage(`INVITE sip:x SIP/2.0\r\nSubject: ${HOSTILE}\r\n\r\n${HOSTILE}`, {
    source: end,
    destination: end,
    startLine: HOSTILE,
    callId: HOSTILE,
    cseq: HOSTILE,
  });
  const row = {
    conversation: '0',
    transport: 'tcp',
    protocol: HOSTILE,
    client: HOSTILE,
    server: HOSTILE,
    rolesAssumed: false,
    firstFrame: 1,
    lastFrame: 1,
    frames: 1,
    start: '1',
    duration: 1,
    version: HOSTILE,
    cipherSuite: HOSTILE,
    serverName: HOSTILE,
    verdict: 'opaque',
    cause: 'no-key',
    key: HOSTILE,
    decrypted: 0,
    opaque: 1,
    clear: 0,
    sipMessages: 0,
  } as const;
  const finding = {
    id: 'x',
    severity: 'error',
    sentence: HOSTILE,
    rich: say,
    frames: [1],
    fix: HOSTILE,
    confidence: 'certain',
    conversation: '0',
  } as const;
  return {
    program: HOSTILE,
    made: HOSTILE,
    asked: [{ label: HOSTILE, value: HOSTILE }],
    holds: [HOSTILE],
    summary: HOSTILE,
    facts: [{ label: HOSTILE, value: HOSTILE }],
    warnings: [HOSTILE],
    verdicts: [{ verdict: HOSTILE, frames: 1 }],
    needs: [{ need: HOSTILE, conversations: ['0'] }],
    findings: { items: [finding], leftOut: 3 },
    comparison: {
      left: row,
      right: row,
      sentence: say,
      rows: [
        {
          section: HOSTILE,
          field: HOSTILE,
          left: HOSTILE,
          right: null,
          leftFrame: 1,
          rightFrame: null,
          same: false,
          matters: 'yes',
          why: HOSTILE,
        },
      ],
    },
    calls: { items: [], leftOut: 1 },
    streams: { items: [], leftOut: 0 },
    conversations: {
      items: [
        {
          row,
          why: {
            verdict: 'opaque',
            cause: 'no-key',
            otherCauses: [],
            title: HOSTILE,
            what: say,
            proof: [say],
            fixNow: [say],
            fixNext: [say],
            checklist: [{ item: HOSTILE, status: 'missing', frame: 1, note: say }],
            state: null,
          },
          certificates: [
            { subject: HOSTILE, issuer: HOSTILE, notBefore: HOSTILE, notAfter: HOSTILE, sha256: HOSTILE },
          ],
          ladder: '',
        },
      ],
      leftOut: 0,
    },
    messages: { items: [message], leftOut: 0 },
  };
}
