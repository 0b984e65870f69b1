/**
 * Holds the built command line against the laboratory's captures: SIP as its endpoints logged it, causes, and whether all
 * that is said of a capture agrees with itself.
 *
 *   node scripts/compare-lab.mjs [--case ID] [--failures-only] [--markdown] [--jobs N]
 *
 * The captures are found by SIPHER_LAB, else in ../shared/captures/lab. Exit code 1 where a case falls short.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  builtProgram,
  captureFolder,
  inParallel,
  keyOptions,
  printTable,
  readManifest,
  runProgram,
} from './compare-cases.mjs';
import { inconsistenciesOf } from './compare-consistency.mjs';

const { values } = parseArgs({
  options: {
    case: { type: 'string' },
    'failures-only': { type: 'boolean', default: false },
    markdown: { type: 'boolean', default: false },
    jobs: { type: 'string', default: '2' },
  },
});

const folder = captureFolder('SIPHER_LAB', 'lab');
if (folder === null) {
  console.log('The laboratory is not here: nothing compared (SIPHER_LAB names its folder).');
} else {
  const program = builtProgram();
  const cases = readManifest(folder).filter(
    ({ id }) => values.case === undefined || id.includes(values.case),
  );
  report(await inParallel(cases, Number(values.jobs), (one) => compare(program, one)));
}

async function compare(program, one) {
  const options = [join(folder, one.capture), ...keyOptions(folder, one.keys), '--json'];
  const [sip, frames, conversations] = [
    await runProgram(program, ['sip', ...options]),
    await runProgram(program, ['frames', ...options]),
    await runProgram(program, ['conversations', ...options]),
  ];
  const faults = [sip, frames, conversations]
    .map(({ problem }) => problem)
    .filter((problem) => problem !== '');
  const expected =
    one.expected.decryptable === 'none'
      ? []
      : one.expected.sipStartLines.filter((line) => line.includes('SIP/2.0'));
  const lines = sip.rows.filter(({ decrypted }) => decrypted).map(({ startLine }) => startLine.trim());
  const order = compareLines(lines, expected);
  if (order !== 'exact' && order !== 'other order') faults.push(`SIP: ${order}`);
  const cause = causeSeen(one.cause, conversations.rows);
  if (cause === false) faults.push(`no ${one.cause}`);
  const inconsistent = inconsistenciesOf(frames.rows, conversations.rows, sip.rows);
  faults.push(...inconsistent.slice(0, 2));
  return {
    id: one.id,
    order,
    lines: lines.length,
    expected: expected.length,
    cause: one.cause ?? '',
    causeSeen: cause,
    frames: frames.rows.length,
    theirFrames: one.frames,
    inconsistent,
    faults,
    seconds: frames.seconds,
  };
}

function compareLines(lines, expected) {
  if (lines.length === expected.length && lines.every((line, i) => line === expected[i])) return 'exact';
  const sorted = (list) => list.toSorted().join('\n');
  if (sorted(lines) === sorted(expected)) return 'other order';
  return `${lines.length} of ${expected.length}`;
}

/** null where none is asserted. Some causes of the manifest are verdicts or findings: see the captures' README. */
function causeSeen(cause, conversations) {
  if (cause === null) return null;
  const seen = new Set();
  for (const conversation of conversations) {
    seen.add(conversation.cause).add(conversation.verdict);
    for (const id of Object.keys(conversation.causes ?? {})) seen.add(id);
    for (const { id } of conversation.findings ?? []) seen.add(id);
  }
  if (cause === 'not-tls') return seen.has('not-tls') || seen.has('plain-sip-on-tls-port');
  if (cause === 'server-not-tls') return seen.has('handshake-failed') || seen.has('hello-unanswered');
  return seen.has(cause);
}

function report(rows) {
  const shown = rows.filter(({ faults }) => !values['failures-only'] || faults.length > 0);
  printTable(
    ['case', 'SIP', 'of', 'order', 'cause', 'frames', 'seconds', 'short of it'],
    shown.map(({ id, lines, expected, order, cause, frames, seconds, faults }) => [
      id,
      lines,
      expected,
      order,
      cause,
      frames,
      Number(seconds.toFixed(2)),
      faults.join('; '),
    ]),
    values.markdown,
  );
  if (values.case !== undefined)
    for (const { inconsistent } of rows) for (const line of inconsistent) console.log(`  ${line}`);
  const short = rows.filter(({ faults }) => faults.length > 0).length;
  const right = rows.filter(({ order }) => order === 'exact' || order === 'other order').length;
  const seen = rows.filter((row) => row.causeSeen === true).length;
  const asserted = rows.filter((row) => row.causeSeen !== null).length;
  console.log(
    `\n${rows.length} captures, ${short} fall short: the SIP right in ${right}, the cause in ${seen} of the ${asserted} that have one.`,
  );
  if (short > 0) process.exitCode = 1;
}
