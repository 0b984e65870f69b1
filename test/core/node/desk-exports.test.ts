import { afterEach, describe, expect, test } from 'vitest';
import { decodeParams } from '../../../core/api-decode.ts';
import type { ExportWish } from '../../../core/api-export.ts';
import type { AnalysisDesk } from '../../../core/node/analysis-desk.ts';
import { openDesk } from '../../support/open-desk.ts';

describe('the desk, asked for a report that compares two conversations', () => {
  let desk: AnalysisDesk | null = null;
  afterEach(async () => {
    await desk?.close();
  });

  async function open(): Promise<AnalysisDesk> {
    desk = await openDesk(['07-two-phones-md5-client-certificate.pcap']);
    return desk;
  }

  const report = (more: Partial<ExportWish>): ExportWish => ({
    format: 'report',
    scope: { kind: 'conversation', conversation: '0' },
    redact: false,
    ...more,
  });

  async function textOf(from: AnalysisDesk, wish: ExportWish): Promise<string> {
    const begun = await from.exports.begin(wish);
    const parts: Uint8Array[] = [];
    for (;;) {
      const part = await from.exports.take(begun.export);
      if (part === null) break;
      parts.push(part);
    }
    return Buffer.concat(parts).toString();
  }

  test('writes the comparison, and both conversations', async () => {
    const opened = await open();
    const compared = await textOf(opened, report({ compare: ['0', '1'] }));
    expect(compared).toContain('<h2>Comparison</h2>');
    expect(compared).toContain('conversations 0 and 1');
    expect(await textOf(opened, report({}))).not.toContain('<h2>Comparison</h2>');
    expect(await textOf(opened, report({ compare: null }))).not.toContain('<h2>Comparison</h2>');
    // Only a report compares.
    const text = report({ format: 'ladder-text', compare: ['0', '1'] });
    expect(await opened.request('export.preview', text)).toMatchObject({ problem: '' });
  });

  test('is planned and written in steps between which others are answered, and is the same', async () => {
    const opened = await open();
    const wish = report({ scope: { kind: 'all' }, redact: true });
    let turns = 0;
    let running = true;
    void (async () => {
      for (; running; turns += 1) await new Promise((resolve) => setImmediate(resolve));
    })();
    const begun = await opened.exports.begin(wish);
    const planned = turns;
    await opened.exports.take(begun.export);
    running = false;
    // Learning what to replace, and making the report: each of them stops more than once.
    expect(planned).toBeGreaterThan(3);
    expect(turns - planned).toBeGreaterThan(3);
    const [one, other] = [await textOf(opened, wish), await textOf(opened, wish)];
    expect(one).toBe(other);
    expect(one.length).toBeGreaterThan(5000);
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
