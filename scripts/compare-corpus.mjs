/**
 * Holds the built command line against tshark over a corpus of public captures, case by case.
 *
 *   node scripts/compare-corpus.mjs [--case ID] [--failures-only] [--markdown] [--tshark] [--jobs N] [--write]
 *
 * `--write` puts the table, and the last line of compare-lab.mjs, into docs/COMPARISON.md.
 * The corpus is found by SIPHER_CORPUS, else in ../shared/captures/corpus. Its manifest has what tshark 4.0 made of each
 * case; `--tshark` asks the installed one afresh. Exit code 1 where a case falls short.
 */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import {
  builtProgram,
  captureFolder,
  inParallel,
  keyOptions,
  printTable,
  readManifest,
  runProgram,
  runTshark,
} from './compare-cases.mjs';

const { values } = parseArgs({
  options: {
    case: { type: 'string' },
    'failures-only': { type: 'boolean', default: false },
    markdown: { type: 'boolean', default: false },
    tshark: { type: 'boolean', default: false },
    jobs: { type: 'string', default: '2' },
    write: { type: 'boolean', default: false },
  },
});

/** SERVER_HELLO_DONE, which only Wireshark up to 2.x sets. */
const OLD_FLAG = 0x200;
/** Slower than this is a fault of its own. */
const SLOW = 10;

const folder = captureFolder('SIPHER_CORPUS', 'corpus');
if (folder === null) {
  console.log('The corpus is not here: nothing compared (SIPHER_CORPUS names its folder).');
} else {
  const program = builtProgram();
  const cases = readManifest(folder).filter(({ id }) => values.case === undefined || id === values.case);
  const rows = await inParallel(cases, Number(values.jobs), (one) => compare(program, one));
  if (values.write) writeComparison(() => report(rows));
  else report(rows);
}

/** The document is what the scripts print, between two paragraphs. */
function writeComparison(print) {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const lines = [];
  const { log } = console;
  console.log = (line) => lines.push(line);
  values.markdown = true;
  print();
  console.log = log;
  const lab = spawnSync('node', [join(root, 'scripts/compare-lab.mjs')], { encoding: 'utf8' });
  const file = join(root, 'docs/COMPARISON.md');
  writeFileSync(
    file,
    [
      '# Sipher beside tshark 4.0',
      '',
      'Written by `node scripts/compare-corpus.mjs --write`, from a corpus of public captures that is not part of this',
      'repository; the names are those of its files. _decrypted_ counts records, _states_ compares the state mask of each',
      'frame: the same, a part (tshark prints none for some records of TLS 1.3 and DTLS), or another; _seconds_ are those of',
      'the machine it ran on, whatever else that did.',
      '',
      ...lines.slice(-1)[0].trim().split('\n'),
      '',
      `The lab, whose endpoints logged what they sent: ${lab.stdout.trim().split('\n').at(-1)}`,
      '',
      ...lines.slice(0, -1),
      '',
    ].join('\n'),
  );
  spawnSync('npx', ['prettier', '--write', file], { cwd: root });
}

async function compare(program, one) {
  const capture = join(folder, one.capture);
  const fresh = values.tshark ? await runTshark(capture, folder, one.keys, one.decodeAs) : null;
  const expected = { ...one.expected, ...fresh };
  const { rows, code, problem, seconds } = await runProgram(program, [
    'frames',
    capture,
    ...keyOptions(folder, one.keys),
    '--json',
  ]);
  const records = rows.flatMap((frame) => frame.records.flatMap(withInner));
  const decrypted = records.filter(isReadable).length;
  const sip = rows.reduce((sum, frame) => sum + frame.sip.length, 0);
  // Of a suite that tshark does not know its CIPHER bit says nothing.
  const comparable = !one.kind.startsWith('neg-unsupported-cipher');
  const states = compareStates(rows, comparable ? (expected.sslStateByFrame ?? {}) : {});
  const faults = [];
  // A file that is no sound capture may be refused with one clear sentence: exit code 2.
  if (problem !== '' && !(code === 2 && expected.tsharkError !== undefined)) faults.push(problem);
  if (decrypted < expected.decryptedRecords)
    faults.push(`${expected.decryptedRecords - decrypted} records fewer`);
  if (sip < expected.sipMessages) faults.push(`${expected.sipMessages - sip} SIP messages fewer`);
  if (seconds > SLOW) faults.push('slow');
  return {
    id: one.id,
    kind: one.kind,
    keyed: one.keys.length > 0,
    theirs: expected.decryptedRecords,
    decrypted,
    states,
    sip,
    theirSip: expected.sipMessages,
    seconds,
    faults,
    causes: causesOf(records),
  };
}

/** TLS inside TLS counts too: tshark counts it. */
function withInner(record) {
  return [record, ...(record.inner ?? []).flatMap(withInner)];
}

/** Decrypted; records of NULL suites are clear, but went through a decoder, and tshark's log counts them as well. */
function isReadable(record) {
  return record.verdict === 'decrypted' || (record.verdict === 'clear' && record.decoder === 'opened');
}

/**
 * Frames whose masks are the same, in the same order; frames in which tshark prints some of ours only (it prints none for
 * some records of TLS 1.3 and DTLS); and frames that differ.
 */
function compareStates(frames, expected) {
  const byFrame = new Map(frames.map((frame) => [frame.frame, frame]));
  const count = { same: 0, fewer: 0, different: [] };
  for (const [number, theirs] of Object.entries(expected)) {
    const ours = (byFrame.get(Number(number))?.records ?? []).map(({ state }) => state & ~OLD_FLAG);
    const masks = theirs.map(Number);
    if (ours.length === masks.length && masks.every((mask, i) => mask === ours[i])) count.same++;
    else if (isSubsequence(masks, ours)) count.fewer++;
    else count.different.push(`${number}: ${hex(ours)} not ${theirs.join(' ')}`);
  }
  return count;
}

function isSubsequence(part, whole) {
  let at = 0;
  for (const item of whole) if (at < part.length && item === part[at]) at++;
  return at === part.length;
}

function hex(masks) {
  return masks.length === 0
    ? 'none'
    : masks.map((mask) => `0x${mask.toString(16).toUpperCase().padStart(2, '0')}`).join(' ');
}

function causesOf(records) {
  const counts = new Map();
  for (const { cause, verdict } of records)
    if (verdict === 'opaque') counts.set(cause, (counts.get(cause) ?? 0) + 1);
  return [...counts].map(([cause, count]) => `${cause} ${count}`).join(', ');
}

function report(rows) {
  const shown = rows.filter(
    (row) => !values['failures-only'] || row.faults.length > 0 || row.states.different.length > 0,
  );
  printTable(
    [
      'case',
      'kind',
      'decrypted',
      'tshark',
      'SIP',
      'tshark',
      'states same',
      'part',
      'differ',
      'seconds',
      'short of it',
      'opaque',
    ],
    shown.map(({ id, kind, decrypted, theirs, sip, theirSip, states, seconds, faults, causes }) => [
      id,
      kind,
      decrypted,
      theirs,
      sip,
      theirSip,
      states.same,
      states.fewer,
      states.different.length,
      Number(seconds.toFixed(2)),
      faults.join('; '),
      causes,
    ]),
    values.markdown,
  );
  if (values.case !== undefined)
    for (const { states } of rows) for (const line of states.different) console.log(`  frame ${line}`);
  const sum = (number) => rows.reduce((total, row) => total + number(row), 0);
  const short = rows.filter(({ faults }) => faults.length > 0).length;
  const keyed = rows.filter((row) => row.keyed);
  const more = keyed.filter((row) => row.decrypted > row.theirs).length;
  console.log(
    `\n${rows.length} cases, ${short} fall short. Keyed: ${keyed.length}, as many decrypted records as tshark or more in ` +
      `${keyed.filter((row) => row.decrypted >= row.theirs).length}, more in ${more}; ` +
      `records ${sum((row) => row.decrypted)} against ${sum((row) => row.theirs)}. ` +
      `SIP ${sum((row) => row.sip)} against ${sum((row) => row.theirSip)}. States: ${sum((row) => row.states.same)} frames the same, ` +
      `${sum((row) => row.states.fewer)} in part, ${sum((row) => row.states.different.length)} differ.`,
  );
  if (short > 0) process.exitCode = 1;
}
