import { afterEach, describe, expect, test } from 'vitest';
import { decodeParams } from '../../../core/api-decode.ts';
import type { ExportWish } from '../../../core/api-export.ts';
import { AnalysisDesk } from '../../../core/node/analysis-desk.ts';
import { labFile } from '../../support/open-lab.ts';

describe('the desk, asked for a report that compares two conversations', () => {
  let desk: AnalysisDesk | null = null;
  afterEach(async () => {
    await desk?.close();
  });

  async function open(): Promise<AnalysisDesk> {
    let done = (): void => undefined;
    const finished = new Promise<void>((resolve) => (done = resolve));
    desk = new AnalysisDesk((push) => {
      if (push.name === 'status' && push.value.phase === 'done') done();
    });
    const keys = { keyFiles: [], keylogs: [], passwords: [], psks: [] };
    await desk.openPaths([labFile('07-two-phones-md5-client-certificate.pcap')], keys);
    await finished;
    return desk;
  }

  const report = (more: Partial<ExportWish>): ExportWish => ({
    format: 'report',
    scope: { kind: 'conversation', conversation: '0' },
    redact: false,
    ...more,
  });

  function textOf(from: AnalysisDesk, wish: ExportWish): string {
    const begun = from.exports.begin(wish);
    const parts: Uint8Array[] = [];
    for (let part = from.exports.take(begun.export); part !== null; part = from.exports.take(begun.export))
      parts.push(part);
    return Buffer.concat(parts).toString();
  }

  test('writes the comparison, and both conversations', async () => {
    const opened = await open();
    const compared = textOf(opened, report({ compare: ['0', '1'] }));
    expect(compared).toContain('<h2>Comparison</h2>');
    expect(compared).toContain('conversations 0 and 1');
    expect(textOf(opened, report({}))).not.toContain('<h2>Comparison</h2>');
    expect(textOf(opened, report({ compare: null }))).not.toContain('<h2>Comparison</h2>');
    // Only a report compares.
    const text = report({ format: 'ladder-text', compare: ['0', '1'] });
    expect(await opened.request('export.preview', text)).toMatchObject({ problem: '' });
  });

  test('says what it cannot compare', async () => {
    const opened = await open();
    const problem = async (compare: readonly [string, string]): Promise<string> =>
      (await opened.request('export.preview', report({ compare }))).problem;
    expect(await problem(['0', '77'])).toContain('There is no conversation 77');
    expect(await problem(['0.1', '0'])).toContain('inside another');
  });

  test('takes two numbers of conversations, or none', () => {
    const wish = { format: 'report', scope: { kind: 'all' }, redact: false };
    expect(decodeParams('export.preview', wish)).toMatchObject({ ok: true });
    expect(decodeParams('export.preview', { ...wish, compare: null })).toMatchObject({ ok: true });
    expect(decodeParams('export.preview', { ...wish, compare: ['0', '12.1'] })).toMatchObject({ ok: true });
    for (const compare of [['0'], ['0', '1', '2'], ['0', '../x'], 'x', [0, 1]])
      expect(decodeParams('export.preview', { ...wish, compare })).toMatchObject({ ok: false });
  });
});
