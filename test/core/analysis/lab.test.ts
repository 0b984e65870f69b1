import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { describeFrames, LAB, labFile, openLab, startLinesOf } from '../../support/open-lab.ts';

const UPDATE = process.env['UPDATE_BASELINES'] === '1';

describe('captures whose endpoints logged what they sent', () => {
  test.each(LAB.map((lab) => [lab.id, lab] as const))('%s', async (id, lab) => {
    const opened = await openLab(id);
    const wanted =
      lab.decryptable === 'none' ? [] : lab.startLines.filter((line) => line.includes('SIP/2.0'));
    expect(startLinesOf(opened, true).sort()).toEqual([...wanted].sort());

    const seen = new Set<string>();
    for (
      let conversation = 0;
      conversation < opened.analysis.structure.conversations.length;
      conversation += 1
    ) {
      const report = opened.conversations.report(conversation);
      seen.add(report.verdict);
      for (const cause of Object.keys(report.causes)) seen.add(cause);
    }
    if (lab.cause === 'server-not-tls') expect(seen).toContain('handshake-failed');
    else if (lab.cause !== null) expect(seen).toContain(lab.cause);
    expect(seen).not.toContain('internal');

    compareWithBaseline(id, describeFrames(opened));
    opened.set.close();
  });
});

function compareWithBaseline(id: string, lines: readonly string[]): void {
  const file = labFile(`baselines/${id}.json`);
  if (UPDATE) {
    mkdirSync(labFile('baselines'), { recursive: true });
    writeFileSync(file, `${JSON.stringify(lines, null, 1)}\n`);
  }
  expect(existsSync(file), `${id} has no baseline`).toBe(true);
  expect(lines).toEqual(JSON.parse(readFileSync(file, 'utf8')));
}
