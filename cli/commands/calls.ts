import { CallReporter, PageAnswers } from '../../core/index.ts';
import { loadCaptures } from '../load.ts';
import type { KeyOptions } from '../options.ts';
import { Output } from '../output.ts';

export interface CallsOptions extends KeyOptions {
  readonly json?: boolean;
  readonly all?: boolean;
  readonly ladder?: string;
}

type Leg = ReturnType<CallReporter['legs']>[number];
type Report = ReturnType<CallReporter['calls']> extends IterableIterator<infer T> ? T : never;

/** `sipher calls`: one line a call, its legs joined; with --all also other dialogs; with --ladder one call's messages. */
export async function runCalls(captures: readonly string[], options: CallsOptions): Promise<number> {
  const loaded = await loadCaptures(captures, options);
  if (typeof loaded === 'number') return loaded;
  const reporter = new CallReporter(new PageAnswers(loaded.analysis, loaded.files ?? []));
  await reporter.prepare();
  const output = new Output();
  const code =
    options.ladder === undefined
      ? list(reporter, options, output)
      : tell(reporter, options.ladder, options.json === true, output);
  output.flush();
  loaded.close();
  return code;
}

function list(reporter: CallReporter, options: CallsOptions, output: Output): number {
  const rows: string[][] = [];
  for (const report of reporter.calls()) {
    if (options.json === true) output.line(JSON.stringify(toJson(report)));
    else rows.push(cellsOf(report), ...report.legs.slice(1).map((leg) => legCells('  + leg', leg)));
  }
  if (options.all === true)
    for (const leg of reporter.legs()) {
      if (leg.kind === 'call') continue;
      if (options.json === true) output.line(JSON.stringify(leg));
      else rows.push(legCells(leg.kind, leg));
    }
  if (rows.length > 0) for (const line of align([HEAD, ...rows])) output.line(line);
  return 0;
}

function tell(reporter: CallReporter, call: string, json: boolean, output: Output): number {
  const detail = json ? reporter.detail(call) : null;
  const text = json ? null : reporter.ladder(call);
  if (detail === null && text === null) {
    process.stderr.write(`There is no call with the Call-ID ${call}.\n`);
    return 1;
  }
  output.line(text === null ? JSON.stringify(detail) : text.trimEnd());
  return 0;
}

/** The members that stood here first, then those of the row. */
function toJson({ row, legs, joinedBy, lockedConversations }: Report): unknown {
  const { kind, legs: _legs, ...facts } = row;
  return { kind: kind === 'read' ? 'call' : 'locked-call', legs, joinedBy, ...facts, lockedConversations };
}

function cellsOf({ row, legs, lockedConversations }: Report): string[] {
  const locked =
    lockedConversations.length === 0
      ? []
      : [`encrypted beside it: conversation ${lockedConversations.join(', ')}`];
  if (row.kind === 'locked')
    return [
      relative(row.relative),
      'locked',
      '',
      '-',
      seconds(row.duration),
      `${row.source} → ${row.destination}`,
      row.transports.join('+'),
      '',
      row.call,
      ['inferred', ...locked].join('; '),
    ];
  const [first] = legs;
  if (first === undefined) return [];
  const cells = legCells('', first);
  cells[0] = relative(row.relative);
  cells[7] = read(row.messages, row.decrypted);
  cells[9] = [...row.notes, ...locked].join('; ');
  return cells;
}

function legCells(title: string, leg: Leg): string[] {
  return [
    title,
    leg.state,
    leg.finalStatus === 0 ? '-' : String(leg.finalStatus),
    seconds(leg.setup),
    seconds(leg.duration),
    `${leg.from} → ${leg.to}`,
    leg.transports.join('+'),
    read(leg.messages, leg.decrypted),
    leg.callId,
    leg.notes.join('; '),
  ];
}

const HEAD = [
  'start',
  'state',
  'final',
  'set-up',
  'duration',
  'from → to',
  'over',
  'messages',
  'Call-ID',
  'remarks',
];

function read(messages: number, decrypted: number): string {
  return decrypted === 0 ? String(messages) : `${messages} (${decrypted} decrypted)`;
}

function relative(value: number): string {
  return `${value.toFixed(3)} s`;
}

function seconds(value: number | null): string {
  return value === null ? '-' : `${value.toFixed(3)} s`;
}

/** Columns as wide as what stands in them, up to a bound; control characters are shown as such. */
function align(rows: readonly (readonly string[])[]): string[] {
  const clean = rows.map((row) => row.map((cell) => cell.replace(/\p{Cc}/gu, '\uFFFD')));
  const widths = HEAD.map((_, column) =>
    clean.reduce((widest, row) => Math.max(widest, Math.min(WIDEST, row[column]?.length ?? 0)), 0),
  );
  return clean.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

const WIDEST = 64;
