import { expect, test } from 'vitest';
import { plainText } from '../../../../core/diagnosis/rich-text.ts';
import { summariseCapture } from '../../../../core/analysis/capture/capture-summary.ts';
import { openEvidence, openLabPage } from '../../diagnosis/open-made.ts';

test('a hole stands in the ladder before what came behind it', async () => {
  const opened = await openLabPage('09-lost-appdata-client-gcm');
  const steps = opened.page.conversationDetail(0)?.ladder ?? [];
  const hole = steps.findIndex((step) => step.verdict === 'gap');
  expect(steps[hole]).toMatchObject({
    label: '352 bytes missing',
    detail: 'between frames 12 and 15',
    frame: 15,
  });
  expect(steps[hole - 1]?.frame).toBeLessThan(15);
  expect(steps[hole + 1]).toMatchObject({ frame: 15, layer: 'application' });
  opened.set.close();
});

test('a certificate that only one of two servers sent is one difference', async () => {
  const opened = await openEvidence({ capture: 'made/chain-incomplete.pcap' });
  const comparison = opened.page.compare(1, 0);
  const further = comparison?.rows.filter(({ field }) => field.includes('2nd certificate')) ?? [];
  expect(further.map(({ field, left, right }) => [field, left, right])).toEqual([
    ['subject (2nd certificate)', null, 'CN=Made Intermediate CA'],
  ]);
  expect(plainText(comparison?.sentence ?? [])).toMatch(
    /The left one fails, the other one works\. Of \d+ differences this one can matter: Server’s certificate: certificates sent\./,
  );
  opened.set.close();
});

test('connections that were refused are counted where there is no TLS', async () => {
  const opened = await openEvidence({ capture: 'made/port-closed.pcap' });
  expect(summariseCapture(opened.analysis, opened.conversations)).toBe(
    'No TLS connection in this capture; 2 TCP connections were refused.',
  );
  opened.set.close();
});
