import { writeFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PageAnswers } from '../../../core/analysis/page-answers.ts';
import { KeyRing } from '../../../core/keys/key-ring.ts';
import { addLabKeys, labCase, labFile, openFiles, type OpenedLab } from '../../support/open-lab.ts';

/** A capture of test/captures by its path there, with key files and key logs by theirs. */
export interface Evidence {
  readonly capture: string;
  readonly keys?: readonly string[];
  readonly keyLogs?: readonly string[];
}

export interface OpenedEvidence extends OpenedLab {
  readonly page: PageAnswers;
}

export async function openEvidence(evidence: Evidence): Promise<OpenedEvidence> {
  const ring = new KeyRing();
  addLabKeys(ring, [
    ...(evidence.keys ?? []).map((file) => ({ type: 'pem', file })),
    ...(evidence.keyLogs ?? []).map((file) => ({ type: 'nss-keylog', file })),
  ]);
  return withPage(await openFiles([labFile(evidence.capture)], ring));
}

/** A lab capture with the keys of its manifest. */
export async function openLabPage(id: string): Promise<OpenedEvidence> {
  const lab = labCase(id);
  const ring = new KeyRing();
  addLabKeys(ring, lab.keys);
  return withPage(await openFiles([labFile(lab.capture)], ring));
}

export function withPage(opened: OpenedLab): OpenedEvidence {
  return { ...opened, page: new PageAnswers(opened.analysis, ['capture']) };
}

/** A key log with every secret of one label turned over, as a damaged copy has it. */
export async function withDamagedKeyLog<T>(
  keyLog: string,
  label: string,
  use: (file: string) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'sipher-test-'));
  try {
    const lines = readFileSync(labFile(keyLog), 'utf8')
      .split('\n')
      .map((line) =>
        line.startsWith(label) ? line.replace(/.$/, (digit) => (digit === '0' ? '1' : '0')) : line,
      );
    const file = join(folder, 'damaged.keys');
    writeFileSync(file, lines.join('\n'));
    return await use(file);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Verdicts and causes of every conversation, as one set of words. */
export function causesIn(opened: OpenedLab): Set<string> {
  const seen = new Set<string>();
  for (let at = 0; at < opened.analysis.structure.conversations.length; at += 1) {
    const report = opened.conversations.report(at);
    seen.add(report.verdict);
    for (const cause of Object.keys(report.causes)) seen.add(cause);
  }
  return seen;
}
