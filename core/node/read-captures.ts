import type { Analysis } from '../analysis/analysis.ts';
import type { CaptureStore, CaptureWindow } from '../analysis/capture-store.ts';
import { KeyLog } from '../keys/keylog-file.ts';
import type { CaptureSource } from './capture-source.ts';
import { SOURCE_EMPTY, SOURCE_END, SOURCE_FRAME } from './capture-source.ts';

/** The files of one set, reachable again by ranges. */
export class CaptureSet implements CaptureStore {
  readonly sources: CaptureSource[] = [];

  read(file: number, offset: number, length: number, target: Uint8Array, at: number): boolean {
    return this.sources[file]?.read(offset, length, target, at) ?? false;
  }

  windowOf(file: number): CaptureWindow | null {
    const window = this.sources[file]?.current ?? null;
    if (window !== null) window.alone = this.sources.length === 1;
    return window;
  }

  secretsMayCome(): boolean {
    return this.sources.some(
      ({ reader, fault }) => fault === null && (reader === null || reader.mayBringSecrets === true),
    );
  }

  close(): void {
    for (const source of this.sources) source.close();
  }
}

export interface ReadOptions {
  /** Called between slices; true ends the reading, what was read is kept. */
  readonly cancelled: () => boolean;
  /** Called between slices, to let others run; null where nobody waits. */
  readonly pause: (() => Promise<void>) | null;
}

export interface ReadOutcome {
  /** One sentence each: damage with its byte offset. */
  readonly warnings: readonly string[];
  /** Set where nothing could be read of any file: one clear sentence. */
  readonly error: string | null;
  readonly cancelled: boolean;
}

/**
 * Reads the set's files into the analysis, frames of several files in order of time, opening behind it slice by slice.
 */
export async function readCaptures(
  analysis: Analysis,
  set: CaptureSet,
  options: ReadOptions,
): Promise<ReadOutcome> {
  const merge = new Merge(set.sources);
  await merge.begin();
  takeSecrets(analysis, set.sources);
  const slice = options.pause === null ? SLICE_FRAMES : SLICE_BETWEEN_ANSWERS;
  let sliceFrames = 0;
  // The first are small: openers begin sooner.
  let most = Math.min(slice, FIRST_SLICE_FRAMES);
  let cancelled = false;
  for (;;) {
    const at = merge.next();
    if (at < 0) {
      // The windows of files are about to be refilled: what they hold is opened first, while it is at hand.
      takeSecrets(analysis, set.sources);
      await analysis.advance();
      await analysis.opening.submitQueued();
      sliceFrames = 0;
      if (options.cancelled()) {
        cancelled = true;
        break;
      }
      if (options.pause !== null) await options.pause();
      if (!(await merge.refill())) break;
      continue;
    }
    const source = set.sources[at];
    if (source === undefined || source.reader === null) break;
    analysis.addFrame(source.reader.frame, at);
    sliceFrames += 1;
    if (sliceFrames >= most) {
      // What others are busy with is waited for when there is nothing else to do.
      if (analysis.lookAhead()) await analysis.advance();
      sliceFrames = 0;
      most = Math.min(slice, 2 * most);
      if (options.pause !== null) await options.pause();
    }
  }
  takeSecrets(analysis, set.sources);
  await analysis.finish();
  for (const source of set.sources) source.releaseWindow();
  return outcomeOf(set.sources, analysis.structure.frames.length, cancelled);
}

/** Picks the earliest next frame of several files; files that are in order of time come out in order of time. */
class Merge {
  private readonly sources: readonly CaptureSource[];
  private readonly state: number[];
  private current = -1;

  constructor(sources: readonly CaptureSource[]) {
    this.sources = sources;
    this.state = sources.map(() => SOURCE_EMPTY);
  }

  async begin(): Promise<void> {
    for (let i = 0; i < this.sources.length; i += 1) await this.step(i);
  }

  /** Index of the source whose frame is next; -1 where a window must be refilled first or all have ended. */
  next(): number {
    if (this.current >= 0) {
      this.state[this.current] = this.sources[this.current]?.next() ?? SOURCE_END;
      this.current = -1;
    }
    let best = -1;
    for (let i = 0; i < this.state.length; i += 1) {
      if (this.state[i] === SOURCE_EMPTY) return -1;
      if (this.state[i] !== SOURCE_FRAME) continue;
      if (best < 0 || this.earlier(i, best)) best = i;
    }
    this.current = best;
    return best;
  }

  /** false where every source has ended. */
  async refill(): Promise<boolean> {
    let alive = false;
    for (let i = 0; i < this.state.length; i += 1) {
      if (this.state[i] === SOURCE_END) this.sources[i]?.releaseWindow();
      if (this.state[i] === SOURCE_EMPTY) await this.step(i);
      if (this.state[i] === SOURCE_FRAME) alive = true;
    }
    return alive;
  }

  private async step(i: number): Promise<void> {
    const source = this.sources[i];
    if (source === undefined) return;
    do {
      const waiting = source.fill();
      if (waiting !== undefined) await waiting;
      this.state[i] = source.next();
    } while (this.state[i] === SOURCE_EMPTY);
  }

  private earlier(a: number, b: number): boolean {
    const left = this.sources[a]?.reader?.frame;
    const right = this.sources[b]?.reader?.frame;
    if (left === undefined || right === undefined) return false;
    if (left.seconds !== right.seconds) return left.seconds < right.seconds;
    return left.nanoseconds < right.nanoseconds;
  }
}

/** Secrets that captures bring along are keys like others: a key log named for its file. */
function takeSecrets(analysis: Analysis, sources: readonly CaptureSource[]): void {
  for (const source of sources)
    for (const bytes of source.secrets.splice(0)) {
      const log = new KeyLog();
      log.append(bytes);
      log.finish();
      analysis.keys.add([
        { kind: 'keylog', log, source: { name: `${source.name} (secrets block)`, line: null } },
      ]);
      analysis.noteLateKeys();
    }
}

function outcomeOf(sources: readonly CaptureSource[], frames: number, cancelled: boolean): ReadOutcome {
  const warnings: string[] = [];
  const faults: string[] = [];
  for (const source of sources) {
    const fault = source.fault ?? source.packingFault;
    if (fault === null) continue;
    const sentence = `${source.name}: ${fault.sentence}`;
    if (source.reader === null) faults.push(sentence);
    else warnings.push(sentence);
    if (source.packingFault !== null && source.fault !== null && source.reader !== null)
      warnings.push(`${source.name}: ${source.packingFault.sentence}`);
  }
  const nothing = frames === 0 && faults.length > 0 && faults.length === sources.length;
  return {
    warnings: nothing ? warnings : [...faults, ...warnings],
    error: nothing ? (faults[0] ?? null) : null,
    cancelled,
  };
}

/** A few times as often as the bytes at hand are used up: openers are to have something to do meanwhile. */
const SLICE_FRAMES = 3_000;
const FIRST_SLICE_FRAMES = 200;
/** Where others wait for answers: some milliseconds. */
const SLICE_BETWEEN_ANSWERS = 2_000;
