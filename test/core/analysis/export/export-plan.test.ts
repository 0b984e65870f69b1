import { describe, expect, test } from 'vitest';
import type { ExportFormat } from '../../../../core/api-export.ts';
import {
  type ExportOrder,
  type ExportPlan,
  planExport,
} from '../../../../core/analysis/export/export-plan.ts';
import { type ExportChoice, selectForExport } from '../../../../core/analysis/export/export-selection.ts';
import { PageAnswers } from '../../../../core/analysis/page-answers.ts';
import { parseIpv4 } from '../../../../core/export/stand-in-address.ts';
import { LAB, labCase, openLab, type OpenedLab } from '../../../support/open-lab.ts';

const FORMATS: readonly ExportFormat[] = [
  'clear-pcapng',
  'text',
  'json',
  'csv',
  'ladder-text',
  'ladder-svg',
  'report',
];

const answersOf = (opened: OpenedLab, file: string): PageAnswers => new PageAnswers(opened.analysis, [file]);

function plan(
  answers: PageAnswers,
  format: ExportFormat,
  choice: ExportChoice,
  more: Partial<ExportOrder> = {},
): ExportPlan {
  return planExport(answers, {
    format,
    choice,
    redact: false,
    files: ['hq-berlin-4711.pcap'],
    program: 'Sipher 0.0.0',
    made: '2026-01-01 00:00 UTC',
    asked: [],
    compare: null,
    warnings: [],
    ...more,
  });
}

const bytesOf = (made: ExportPlan): Buffer => Buffer.concat([...made.pieces()]);

describe('a redacted export', () => {
  const IDS = [
    '01-calls-tls10-aes256-sha',
    '01-sipp-stunnel-aes128-gcm',
    '03-resume-mixed-one-file',
    '04-question-63f-beside-10',
    '06-wrong-rsa-key',
    '07-two-phones-md5-client-certificate',
    '07-alert-missing-intermediate',
    '07-mtls-client-expired',
    '13-baresip-srtp-sdes',
    '13-baresip-rtp-plain',
    '13-message-utf8',
    '13-sip-over-wss',
  ];

  test.each(IDS)('%s: searched for every name, number, address and key of the original', async (id) => {
    const opened = await openLab(id);
    const answers = answersOf(opened, labCase(id).capture);
    const texts: string[] = [];
    for (let at = 0; at < opened.messages.length; at += 1) texts.push(opened.messages.textOf(at) ?? '');
    const originals = originalsOf(opened, texts);
    expect(originals.size).toBeGreaterThan(2);
    for (const format of FORMATS)
      for (const choice of choicesOf(answers)) {
        const made = plan(answers, format, choice, { redact: true });
        if (made.problem !== '') continue;
        const bytes = bytesOf(made);
        const text = bytes.toString('utf8');
        const found = [...originals].filter((original) => holds(text, original));
        expect(found, `${format} of ${choice.kind}`).toEqual([]);
        expect(made.fileName).toMatch(/^redacted/);
        expect(made.confidential).toBe(false);
        if (format === 'clear-pcapng')
          for (const original of originals) {
            const word = parseIpv4(original)?.[0];
            if (word === undefined) continue;
            const packed = Buffer.from([word >>> 24, word >>> 16, word >>> 8, word]);
            expect(bytes.includes(packed), original).toBe(false);
          }
      }
  });

  test('tells what it replaced, before it is written', async () => {
    const answers = answersOf(await openLab('13-baresip-srtp-sdes'), 'x.pcap');
    for (const format of FORMATS) {
      const [call] = answers.calls.callWindow({ text: '', states: [] }, 0, 1).rows;
      const made = plan(answers, format, { kind: 'call', call: call?.call ?? '' }, { redact: true });
      expect(made.sentences.join(' '), format).toMatch(/Replaced: .*address \d+/);
    }
    const report = bytesOf(plan(answers, 'report', { kind: 'all' }, { redact: true })).toString();
    expect(report).toMatch(/Replaced:[\w\s,-]*addresses \d+/);
  });

  test('keeps the flow of a call: arrows, answers, codecs', async () => {
    const answers = answersOf(await openLab('01-calls-tls10-aes256-sha'), 'x.pcap');
    const [call] = answers.calls.callWindow({ text: '', states: [] }, 0, 1).rows;
    const choice = { kind: 'call', call: call?.call ?? '' } as const;
    const ladder = bytesOf(plan(answers, 'ladder-text', choice, { redact: true })).toString();
    for (const kept of ['INVITE', '180 Ringing', '200 OK', 'ACK', 'BYE', 'PCMA'])
      expect(ladder).toContain(kept);
    expect(ladder.split('\n').length).toBe(
      bytesOf(plan(answers, 'ladder-text', choice))
        .toString()
        .split('\n').length,
    );
  });

  test('is refused for what consists of secrets', async () => {
    const answers = answersOf(await openLab('01-calls-tls10-aes256-sha'), 'x.pcap');
    for (const format of ['keylog', 'pcapng-with-secrets'] as const) {
      const made = plan(answers, format, { kind: 'all' }, { redact: true });
      expect(made.problem).toContain('Redaction cannot change');
      expect(bytesOf(made).length).toBe(0);
    }
  });
});

describe('an export', () => {
  test('of a call holds its messages, its connections and no other', async () => {
    const opened = await openLab('01-calls-tls10-aes256-sha');
    const answers = answersOf(opened, 'x.pcap');
    const { rows } = answers.calls.callWindow({ text: '', states: [] }, 0, 10);
    expect(rows.length).toBe(2);
    for (const { call, messages } of rows) {
      const list: unknown = JSON.parse(bytesOf(plan(answers, 'json', { kind: 'call', call })).toString());
      expect(list).toHaveLength(messages);
      expect(
        JSON.stringify(list)
          .match(/"callId":"[^"]*"/g)
          ?.every((id) => id.includes(call)),
      ).toBe(true);
      const capture = plan(answers, 'pcapng-with-secrets', { kind: 'call', call });
      expect(capture.sentences.join(' ')).toContain('other SIP messages went over them');
    }
  });

  test('of a call has its media with it', async () => {
    const answers = answersOf(await openLab('13-baresip-srtp-sdes'), 'x.pcap');
    const [call] = answers.calls.callWindow({ text: '', states: [] }, 0, 1).rows;
    const whole = bytesOf(plan(answers, 'pcapng-with-secrets', { kind: 'all' })).length;
    const part = bytesOf(
      plan(answers, 'pcapng-with-secrets', { kind: 'call', call: call?.call ?? '' }),
    ).length;
    expect(part).toBeGreaterThan(whole / 2);
  });

  test('of what passes a filter has whole connections in the capture, and only those messages as text', async () => {
    const opened = await openLab('04-question-63f-beside-10');
    const answers = answersOf(opened, 'x.pcap');
    const filter = { text: 'MESSAGE sip:', verdicts: ['decrypted'], conversation: null } as const;
    const text = bytesOf(plan(answers, 'text', { kind: 'filtered', filter })).toString();
    expect(text.match(/^MESSAGE sip:/gm)?.length).toBeGreaterThan(0);
    expect(text).not.toContain('REGISTER sip:');
    const nothing = { ...filter, text: 'no such thing' };
    expect(plan(answers, 'text', { kind: 'filtered', filter: nothing }).problem).toContain(
      'lets no frame through',
    );
  });

  test('of what passes a text stops for others while it looks through the frames', async () => {
    const opened = await openLab('13-baresip-srtp-sdes');
    const answers = answersOf(opened, 'calls.pcap');
    const steps = selectForExport(answers, {
      kind: 'filtered',
      filter: { text: 'invite', verdicts: [], conversation: null },
    });
    let stops = 0;
    let step = steps.next();
    for (; step.done !== true; step = steps.next()) stops += 1;
    expect(stops).toBeGreaterThan(0);
    expect(step.value).toMatchObject({ words: 'what passes the filter (text “invite”)' });
  });

  test('of what is not there says so', async () => {
    const answers = answersOf(await openLab('04-question-63f-beside-10'), 'x.pcap');
    expect(plan(answers, 'text', { kind: 'call', call: 'nobody' }).problem).toContain('no call');
    expect(plan(answers, 'text', { kind: 'conversation', conversation: '12.1' }).problem).toContain(
      'no conversation',
    );
    const calls = answersOf(await openLab('01-calls-tls10-aes256-sha'), 'x.pcap');
    expect(plan(calls, 'ladder-svg', { kind: 'all' }).problem).toContain('One image is one ladder');
    expect(plan(answers, 'report', { kind: 'all' }, { compare: [0, 99] }).problem).toContain(
      'no conversation 99',
    );
  });

  test('is previewed without being read to its end', async () => {
    const answers = answersOf(await openLab('01-calls-tls10-aes256-sha'), 'x.pcap');
    const order = { format: 'text', choice: { kind: 'all' }, redact: true, files: ['a.pcap'] } as const;
    const made = planExport(
      answers,
      { ...order, program: '', made: '', asked: [], compare: null, warnings: [] },
      3,
    );
    expect(made.sentences[0]).toBe(
      'This file holds more than 3 SIP messages, more than 3 of them decrypted; no session secret, no private key.',
    );
    // Redaction still sees everything.
    expect(bytesOf(made).toString()).not.toContain('lab.example');
  });
});

function choicesOf(answers: PageAnswers): ExportChoice[] {
  const calls = answers.calls.callWindow({ text: '', states: [] }, 0, 2).rows;
  return [
    { kind: 'all' },
    { kind: 'conversation', conversation: '0' },
    ...calls.map(({ call }) => ({ kind: 'call', call }) as const),
  ];
}

/** Found without the parser of the program: by patterns in the texts, and from the packets. */
function originalsOf(opened: OpenedLab, texts: readonly string[]): Set<string> {
  const found = new Set<string>();
  const add = (value: string | undefined): void => {
    const text = value?.trim() ?? '';
    if (text.length > 2 && !COMMON.has(text.toLowerCase())) found.add(text);
  };
  for (const text of texts) {
    for (const [, user, host] of text.matchAll(/sips?:(?:([^@\s<>;"]+)@)?(\[[^\]]+\]|[\w.-]+)/g)) {
      add(user);
      add(host);
    }
    for (const [, display] of text.matchAll(/^(?:From|To|Contact|f|t|m):\s*"?([^"<\r\n]+?)"?\s*</gim))
      add(display);
    for (const [address] of text.matchAll(/\b\d{1,3}(?:\.\d{1,3}){3}\b/g)) add(address);
    for (const [, key] of text.matchAll(/inline:([^|\s;]+)/g)) add(key);
    for (const [, value] of text.matchAll(/(?:nonce|response|cnonce|opaque|username|realm)="([^"]+)"/g))
      add(value);
    for (const [, id] of text.matchAll(/^(?:Call-ID|i):\s*(\S+)/gim)) add(id);
    for (const [, tag] of text.matchAll(/;tag=([^;\s>]+)/g)) add(tag);
    for (const [, pwd] of text.matchAll(/ice-(?:pwd|ufrag):(\S+)/g)) add(pwd);
  }
  const { conversations } = opened.analysis.structure;
  for (let at = 0; at < conversations.length; at += 1) {
    const report = opened.conversations.report(at);
    for (const end of [report.client, report.server]) add(end.replace(/:\d+$/, ''));
    add(report.serverName ?? '');
    add(report.key?.source.replace(/:\d+$/, ''));
    for (const certificate of [...report.certificates, ...report.clientCertificates]) {
      add(certificate.sha256);
      add(certificate.serial);
      add(/CN=([^,]+)/.exec(certificate.subject)?.[1]);
      add(/CN=([^,]+)/.exec(certificate.issuer)?.[1]);
    }
  }
  found.add('hq-berlin-4711');
  return found;
}

/** Words that name nobody. */
const COMMON = new Set(['anonymous', 'localhost', '0.0.0.0', '255.255.255.255']);

/** As a word of its own where it is short. */
function holds(text: string, original: string): boolean {
  if (original.length >= 6) return text.includes(original);
  const escaped = original.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`(?<![\\p{L}\\p{N}])${escaped}(?![\\p{L}\\p{N}])`, 'u').test(text);
}

test('the lab has the captures that are searched', () => {
  expect(LAB.length).toBeGreaterThan(100);
});
