import type { CompareRow } from '../../core/api.ts';
import { type ComparedConversation, compareConversations, PageAnswers, plainText } from '../../core/index.ts';
import { loadCaptures, type Loaded } from '../load.ts';
import type { KeyOptions } from '../options.ts';
import { Output } from '../output.ts';

export interface CompareOptions extends KeyOptions {
  readonly conversation?: string;
  readonly with?: string;
  readonly withCapture?: string;
  readonly json?: boolean;
  readonly all?: boolean;
}

/** `sipher compare`: two conversations fact by fact, of one capture or of two. */
export async function runCompare(captures: readonly string[], options: CompareOptions): Promise<number> {
  const { conversation, with: other } = options;
  if (conversation === undefined || other === undefined) {
    process.stderr.write('Name both: --conversation A --with B.\n');
    return 1;
  }
  const left = await loadCaptures(captures, options);
  if (typeof left === 'number') return left;
  const second =
    options.withCapture === undefined ? left : await loadCaptures([options.withCapture], options);
  if (typeof second === 'number') {
    left.close();
    return second;
  }
  const code = compare(left, conversation, second, other, options);
  left.close();
  if (second !== left) second.close();
  return code;
}

function compare(
  left: Loaded,
  conversation: string,
  second: Loaded,
  other: string,
  options: CompareOptions,
): number {
  const sides = [sideOf(left, conversation), sideOf(second, other)] as const;
  const [a, b] = sides;
  if (a === null || b === null) return 1;
  const comparison = compareConversations(a, b);
  const output = new Output();
  if (options.json === true) output.line(JSON.stringify(comparison));
  else {
    output.line(
      `Left:  conversation ${comparison.left.conversation}, ${comparison.left.client} → ${comparison.left.server}`,
    );
    output.line(
      `Right: conversation ${comparison.right.conversation}, ${comparison.right.client} → ${comparison.right.server}`,
    );
    output.line(`\n${plainText(comparison.sentence)}`);
    for (const matters of ['yes', 'maybe', 'no'] as const) {
      const rows = comparison.rows.filter((row) => !row.same && row.matters === matters);
      if (rows.length > 0) output.line(`\n${TITLES[matters]}`);
      for (const row of rows) writeRow(output, row);
    }
    const same = comparison.rows.filter((row) => row.same);
    output.line(`\n${same.length} facts are the same.`);
    if (options.all === true)
      for (const row of same) output.line(`  ${row.section}, ${row.field}: ${row.left ?? ''}`);
  }
  output.flush();
  return 0;
}

/** One side; null, and said so, where there is no such conversation. */
function sideOf({ analysis }: Loaded, id: string): ComparedConversation | null {
  const found = new PageAnswers(analysis, []).find(id);
  if (found !== null) return found.answers.compared(found.conversation);
  const count = analysis.structure.conversations.length;
  process.stderr.write(`There is no conversation ${id}: the capture has ${count}, numbered from 0.\n`);
  return null;
}

function writeRow(output: Output, row: CompareRow): void {
  output.line(`  ${row.section}, ${row.field}`);
  output.line(`    left:  ${describe(row.left, row.leftFrame)}`);
  output.line(`    right: ${describe(row.right, row.rightFrame)}`);
  if (row.why !== '' && row.matters !== 'no') output.line(`    ${row.why}`);
}

function describe(value: string | null, frame: number | null): string {
  if (value === null) return '-';
  return `${value === '' ? '(empty)' : value}${frame === null ? '' : ` (frame ${frame})`}`;
}

const TITLES = {
  yes: 'Differences that can matter',
  maybe: 'Differences that may matter',
  no: 'Differences that do not matter',
} as const;
