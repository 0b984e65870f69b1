import type { FrameFilter } from '../api.ts';
import { Bitmap } from '../store/bitmap.ts';
import { FRAME_VERDICTS } from '../verdict.ts';
import type { Analysis } from './analysis.ts';
import type { FrameReporter } from './frame-report.ts';
import type { MessageIndex } from './message-index.ts';

/**
 * The rows that one filter lets through. Evaluated in slices, so that a list can be shown while it goes on; begun again
 * when verdicts may have changed.
 */
export class FilteredFrames {
  readonly filter: FrameFilter;
  private readonly analysis: Analysis;
  private readonly frames: FrameReporter;
  private readonly messages: MessageIndex;
  private bitmap = new Bitmap();
  private done = 0;
  private revision = -1;
  private readonly wanted: string;
  private readonly verdicts: ReadonlySet<number>;
  private readonly conversation: number;

  constructor(analysis: Analysis, frames: FrameReporter, messages: MessageIndex, filter: FrameFilter) {
    this.analysis = analysis;
    this.frames = frames;
    this.messages = messages;
    this.filter = filter;
    this.wanted = filter.text.trim().toLowerCase();
    this.verdicts = new Set(filter.verdicts.map((verdict) => FRAME_VERDICTS.indexOf(verdict)));
    this.conversation = filter.conversation === null ? -1 : Number(filter.conversation);
  }

  /** True where the filter lets everything through: rows are frames. */
  get open(): boolean {
    return this.wanted === '' && this.verdicts.size === 0 && this.conversation < 0;
  }

  get total(): number {
    return this.open ? this.analysis.structure.frames.length : this.bitmap.count;
  }

  get settled(): boolean {
    return (
      this.open ||
      (this.done >= this.analysis.structure.frames.length && this.revision === this.analysis.revision)
    );
  }

  /** Goes on for at most `rows` frames. True where more is to be done. */
  evaluate(rows: number): boolean {
    if (this.open) return false;
    if (this.revision !== this.analysis.revision) this.begin();
    const end = Math.min(this.analysis.structure.frames.length, this.done + rows);
    for (let row = this.done; row < end; row += 1) if (this.passes(row)) this.bitmap.set(row);
    this.done = end;
    return this.done < this.analysis.structure.frames.length;
  }

  /** Frame number of a row of the list; 0 where there is none. */
  frameAt(row: number): number {
    if (this.open) return row < this.analysis.structure.frames.length ? row + 1 : 0;
    return row < this.bitmap.count ? this.bitmap.select(row) + 1 : 0;
  }

  rowOf(frame: number): number | null {
    if (frame < 1 || frame > this.analysis.structure.frames.length) return null;
    if (this.open) return frame - 1;
    if (!this.bitmap.has(frame - 1)) return null;
    return this.bitmap.rank(frame - 1);
  }

  private begin(): void {
    this.bitmap = new Bitmap();
    this.done = 0;
    this.revision = this.analysis.revision;
  }

  private passes(row: number): boolean {
    const { frames } = this.analysis.structure;
    if (this.conversation >= 0 && frames.conversation.read(row) !== this.conversation) return false;
    if (this.verdicts.size > 0 && !this.verdicts.has(frames.verdict.read(row))) return false;
    return this.wanted === '' || this.matches(row + 1);
  }

  private matches(frame: number): boolean {
    const { wanted } = this;
    const has = (text: string): boolean => text.toLowerCase().includes(wanted);
    const ends = this.frames.endpointsOf(frame);
    if (has(ends.source) || has(ends.destination) || has(this.frames.protocolOf(frame))) return true;
    if (has(this.frames.infoOf(frame))) return true;
    for (
      let at = this.messages.firstAt(frame);
      at < this.messages.length && this.messages.frameOf(at) === frame;
      at += 1
    )
      if (has(this.messages.textOf(at) ?? '')) return true;
    return false;
  }
}
