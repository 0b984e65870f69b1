import { basename } from 'node:path';
import packageJson from '../../package.json' with { type: 'json' };
import type { ExportFormat } from '../../core/api-export.ts';
import type { FrameVerdictId } from '../../core/verdict.ts';
import { type ExportChoice, PageAnswers, planExport } from '../../core/index.ts';
import { writeExportFile } from '../../core/node/export-file.ts';
import { type Loaded, loadCaptures } from '../load.ts';
import type { KeyOptions } from '../options.ts';
import { Output } from '../output.ts';
import type { ExportKind } from './export-kinds.ts';

export interface ExportOptions extends KeyOptions {
  readonly as: ExportKind;
  readonly to: string;
  readonly conversation: number[];
  readonly call?: string;
  readonly filter?: string;
  readonly verdict: FrameVerdictId[];
  readonly compare?: [number, number];
  readonly force?: boolean;
  readonly redact?: boolean;
  readonly hepTransport: 'udp' | 'tcp';
  readonly hepId: number;
  readonly hepKey?: string;
}

/** `sipher export`: evidence for others. Says on stderr what of it is secret, then writes the file. */
export async function runExport(captures: readonly string[], options: ExportOptions): Promise<number> {
  const choice = choiceOf(options);
  if (typeof choice === 'string') return refuse(choice);
  if (options.compare !== undefined && options.as !== 'report')
    return refuse('--compare goes with --as report.');
  const loaded = await loadCaptures(captures, options);
  if (typeof loaded === 'number') return loaded;
  try {
    const { as } = options;
    if (as === 'hep') {
      const { runExportHep } = await import('./export-hep.ts');
      return await runExportHep(answersOf(loaded, captures), choice, options);
    }
    return writeFile(loaded, captures, choice, as, options);
  } finally {
    loaded.close();
  }
}

function writeFile(
  loaded: Loaded,
  captures: readonly string[],
  choice: ExportChoice,
  format: ExportFormat,
  options: ExportOptions,
): number {
  const files = captures.map((path) => basename(path));
  const plan = planExport(answersOf(loaded, captures), {
    format,
    choice,
    redact: options.redact === true,
    files,
    program: `Sipher ${packageJson.version}`,
    made: `${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC`,
    asked: askedBy(options),
    compare: options.compare ?? null,
    warnings: loaded.analysis.limits,
  });
  if (plan.problem !== '') return refuse(plan.problem);
  for (const sentence of plan.sentences) tell(sentence);
  if (options.to === STANDARD_OUTPUT) {
    const output = new Output();
    for (const piece of plan.pieces()) output.write(piece, 0, piece.length);
    output.flush();
    return 0;
  }
  const problem = writeExportFile(options.to, plan.pieces(), {
    force: options.force === true,
    confidential: plan.confidential,
  });
  if (problem === null) return 0;
  tell(problem);
  return UNWRITABLE;
}

function answersOf(loaded: Loaded, captures: readonly string[]): PageAnswers {
  return new PageAnswers(
    loaded.analysis,
    captures.map((path) => basename(path)),
  );
}

/** One choice at a time; a sentence where there are more. */
function choiceOf({ conversation, call, filter, verdict }: ExportOptions): ExportChoice | string {
  const filtered = filter !== undefined || verdict.length > 0;
  const given = [conversation.length > 0, call !== undefined, filtered].filter(Boolean).length;
  if (given > 1) return 'Name one of --conversation, --call and --filter (with --verdict), or none of them.';
  if (call !== undefined) return { kind: 'call', call };
  if (conversation.length > 0) return { kind: 'conversations', conversations: conversation };
  if (filtered)
    return { kind: 'filtered', filter: { text: filter ?? '', verdicts: verdict, conversation: null } };
  return { kind: 'all' };
}

/** For the report: never a password, a key or where they lie. */
function askedBy(options: ExportOptions): { readonly label: string; readonly value: string }[] {
  const keys = options.key.length + options.keylog.length + options.psk.length;
  return [
    { label: 'With', value: keys === 1 ? '1 key or key log' : `${keys} keys and key logs` },
    ...(options.compare === undefined
      ? []
      : [{ label: 'Compared', value: `conversations ${options.compare.join(' and ')}` }]),
    ...(options.redact === true ? [{ label: 'Redacted', value: 'yes' }] : []),
  ];
}

function refuse(sentence: string): number {
  tell(sentence);
  return WRONG_USAGE;
}

function tell(sentence: string): void {
  process.stderr.write(`${sentence}\n`);
}

const STANDARD_OUTPUT = '-';
const WRONG_USAGE = 1;
const UNWRITABLE = 2;
