import { setImmediate as nextTurn } from 'node:timers/promises';
import packageFile from '../../package.json' with { type: 'json' };
import type { ExportPreview, ExportWish } from '../api-export.ts';
import { type ExportPlan, planExportInSteps } from '../analysis/export/export-plan.ts';
import type { PageAnswers } from '../analysis/page-answers.ts';
import { concatBytes } from '../bytes/reader.ts';
import { apiError } from './api-error.ts';
import { writeExportFileInSlices } from './export-file.ts';

/** What an export stands on; null where no capture is open. */
export interface ExportGround {
  readonly answers: PageAnswers;
  readonly files: readonly string[];
  readonly warnings: readonly string[];
  /** True while it is read, or decided again after a change of keys. */
  readonly busy: boolean;
}

/** An export that is fetched piece by piece. */
export interface BegunExport {
  readonly export: number;
  readonly fileName: string;
  readonly sentences: readonly string[];
}

/** The desk's exports: to a file, or piece by piece to a host that sends them on. Nothing of them is kept in a file of ours. */
export class DeskExports {
  private readonly ground: () => ExportGround | null;
  private readonly begun = new Map<
    number,
    { readonly iterator: Iterator<Uint8Array>; readonly since: Since }
  >();
  private next = 1;

  constructor(ground: () => ExportGround | null) {
    this.ground = ground;
  }

  async preview(wish: ExportWish): Promise<ExportPreview> {
    const { fileName, sentences, confidential, problem } = await this.plan(wish, MOST_PREVIEWED);
    return { fileName, sentences, confidential, problem };
  }

  /** Writes to a path that the user chose, and replaces what is there once the new file is whole. */
  async save(wish: ExportWish, path: string): Promise<readonly string[]> {
    const plan = await this.ready(wish);
    const since = this.now();
    const problem = await writeExportFileInSlices(
      path,
      this.whileSame(plan.pieces(), since),
      { force: true, confidential: plan.confidential },
      nextTurn,
    );
    if (problem !== null) throw apiError('unreadable', problem);
    return plan.sentences;
  }

  async begin(wish: ExportWish): Promise<BegunExport> {
    const plan = await this.ready(wish);
    const since = this.now();
    const number = this.next;
    this.next += 1;
    // A page that asks for more than it fetches loses the oldest.
    for (const old of [...this.begun.keys()].slice(0, -MOST_BEGUN + 1)) this.begun.delete(old);
    this.begun.set(number, { iterator: plan.pieces()[Symbol.iterator](), since });
    return { export: number, fileName: plan.fileName, sentences: plan.sentences };
  }

  /** Some pieces as one; null behind the last. */
  async take(number: number): Promise<Uint8Array | null> {
    const begun = this.begun.get(number);
    if (begun === undefined)
      throw apiError('not-found', 'This export is not there any more: ask for it again.');
    const pieces: Uint8Array[] = [];
    for (let size = 0; size < SLICE;) {
      if (!isSame(begun.since, this.now())) {
        this.begun.delete(number);
        throw changed();
      }
      const { value, done } = begun.iterator.next();
      if (done === true) break;
      if (value.length === 0 || pieces.length % PIECES_AT_ONCE === 0) await nextTurn();
      pieces.push(value);
      size += value.length;
    }
    if (pieces.length > 0) return concatBytes(pieces);
    this.begun.delete(number);
    return null;
  }

  end(number: number): void {
    this.begun.delete(number);
  }

  private async ready(wish: ExportWish): Promise<ExportPlan> {
    const plan = await this.plan(wish, Infinity);
    if (plan.problem !== '') throw apiError('bad-request', plan.problem);
    return plan;
  }

  private async plan(wish: ExportWish, limit: number): Promise<ExportPlan> {
    const ground = this.ground();
    const { format, scope: choice, redact } = wish;
    const compare = format === 'report' ? (wish.compare ?? null) : null;
    const none = (problem: string): ExportPlan => ({
      fileName: '',
      sentences: [],
      confidential: false,
      problem,
      pieces: () => [],
    });
    if (ground === null) return none('No capture is open.');
    if (ground.busy) return none('The capture is still being read: export when it is done.');
    const since = this.now();
    // What is told of calls is made in slices as well, before anything is planned.
    if (format === 'report' || format.startsWith('ladder') || choice.kind === 'call')
      while (isSame(since, this.now()) && !(await ground.answers.calls.advanceMedia())) await nextTurn();
    const steps = planExportInSteps(
      ground.answers,
      {
        format,
        choice,
        redact,
        files: ground.files,
        program: `Sipher ${packageFile.version}`,
        made: `${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC`,
        asked: [
          ...(compare === null
            ? []
            : [{ label: 'Compared', value: `conversations ${compare.join(' and ')}` }]),
          ...(redact ? [{ label: 'Redacted', value: 'yes' }] : []),
        ],
        compare: compare === null ? null : [Number(compare[0]), Number(compare[1])],
        warnings: ground.warnings,
      },
      limit,
    );
    for (;;) {
      // Of another capture, or with other keys: it is planned anew.
      if (!isSame(since, this.now())) return this.plan(wish, limit);
      const { done, value } = steps.next();
      if (done === true) return value;
      await nextTurn();
    }
  }

  private now(): Since {
    const answers = this.ground()?.answers ?? null;
    return { answers, revision: answers?.analysis.revision ?? 0 };
  }

  private *whileSame(pieces: Iterable<Uint8Array>, since: Since): Generator<Uint8Array> {
    for (const piece of pieces) {
      if (!isSame(since, this.now())) throw changed();
      yield piece;
    }
  }
}

/** Which capture with which keys: an export of two of them would be of none. */
interface Since {
  readonly answers: PageAnswers | null;
  readonly revision: number;
}

function isSame(a: Since, b: Since): boolean {
  return a.answers === b.answers && a.revision === b.revision;
}

function changed(): Error {
  return apiError('cancelled', 'The capture or its keys changed while it was exported: export it again.');
}

const MOST_PREVIEWED = 5000;
const MOST_BEGUN = 8;
/** Taken between two chances for others: a piece can be a message that is redacted first. */
const PIECES_AT_ONCE = 50;
const SLICE = 256 * 1024;
