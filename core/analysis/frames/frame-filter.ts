import type { FrameFilter } from '../../api.ts';
import { AsciiFinder, isAsciiText } from '../../bytes/find-text.ts';
import { Bitmap } from '../../store/bitmap.ts';
import { FRAME_VERDICTS } from '../../verdict.ts';
import type { Analysis } from '../analysis.ts';
import type { FrameReporter } from './frame-report.ts';
import type { MessageIndex } from '../messages/message-index.ts';
import { MessageTexts } from '../messages/message-texts.ts';
import { describeRecord } from '../record-report.ts';

/**
 * The rows that one filter lets through. Evaluated in slices, so that a list can be shown while it goes on; begun again
 * when rows may be told otherwise.
 */
export class FilteredFrames {
  readonly filter: FrameFilter;
  private readonly analysis: Analysis;
  private readonly frames: FrameReporter;
  private readonly messages: MessageIndex;
  private bitmap = new Bitmap();
  private done = 0;
  private told = -1;
  private readonly wanted: string;
  private readonly verdicts: ReadonlySet<number>;
  private readonly conversation: number;
  private texts: MessageTexts | null = null;
  /** Texts are being read. */
  private reading = false;
  private readonly finder: AsciiFinder | null;
  /** Whether what is shown of application data holds the text. */
  private readonly inDataName: boolean;
  /** Whether a conversation's ends, or a protocol's name, hold the text. */
  private readonly ends = new Map<number, boolean>();
  private readonly protocols = new Map<string, boolean>();

  constructor(analysis: Analysis, frames: FrameReporter, messages: MessageIndex, filter: FrameFilter) {
    this.analysis = analysis;
    this.frames = frames;
    this.messages = messages;
    this.filter = filter;
    this.wanted = filter.text.trim().toLowerCase();
    this.verdicts = new Set(filter.verdicts.map((verdict) => FRAME_VERDICTS.indexOf(verdict)));
    this.conversation = filter.conversation === null ? -1 : Number(filter.conversation);
    this.finder = this.wanted !== '' && isAsciiText(this.wanted) ? new AsciiFinder(this.wanted) : null;
    this.inDataName = `${DATA_NAME}, ${DATA_NAME}`.toLowerCase().includes(this.wanted);
  }

  /** True where each frame may take a while: texts are looked through. */
  get slow(): boolean {
    return this.wanted !== '';
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
      this.open || (this.done >= this.analysis.structure.frames.length && this.told === this.frames.told)
    );
  }

  /** Goes on for at most `rows` frames. True where more is to be done. */
  evaluate(rows: number): boolean {
    if (this.open) return false;
    if (this.reading) return true;
    if (this.told !== this.frames.told) this.begin();
    const end = Math.min(this.analysis.structure.frames.length, this.done + rows);
    for (let row = this.done; row < end; row += 1) if (this.passes(row)) this.bitmap.set(row);
    this.done = end;
    return this.done < this.analysis.structure.frames.length;
  }

  /** As evaluate; texts are read in batches meanwhile, which takes a fraction of the time. */
  async evaluateAhead(rows: number): Promise<boolean> {
    if (this.open || this.wanted === '' || this.reading) return this.evaluate(rows);
    if (this.told !== this.frames.told) this.begin();
    const { told, done } = this;
    const end = Math.min(this.analysis.structure.frames.length, done + rows);
    const passed = new Uint8Array(end - done);
    this.reading = true;
    this.texts ??= new MessageTexts(this.analysis, this.messages);
    const { texts } = this;
    try {
      await texts.read(this.unmatched(done, end, passed), (frame, bytes, from, to) => {
        if (this.isIn(bytes, from, to)) passed[frame - 1 - done] = 1;
      });
    } finally {
      this.reading = false;
    }
    // Keys may have changed meanwhile.
    if (this.frames.told !== told) return true;
    for (let at = 0; at < passed.length; at += 1) if (passed[at] === 1) this.bitmap.set(done + at);
    this.done = end;
    return end < this.analysis.structure.frames.length;
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

  /** Marks the rows that match by what they show, and names the messages of the others. */
  private *unmatched(from: number, to: number, passed: Uint8Array): Generator<number> {
    const { messages } = this;
    let { orders } = messages;
    let message = messages.firstAt(from + 1);
    for (let row = from; row < to; row += 1) {
      // Others may have come in between, while texts were read.
      if (orders !== messages.orders) {
        message = messages.firstAt(row + 1);
        ({ orders } = messages);
      }
      const first = message;
      while (messages.frameOf(message) === row + 1) message += 1;
      if (!this.admits(row)) continue;
      if (this.matchesShown(row + 1, message > first)) passed[row - from] = 1;
      else for (let at = first; at < message; at += 1) yield at;
    }
  }

  private begin(): void {
    this.bitmap = new Bitmap();
    this.done = 0;
    this.told = this.frames.told;
  }

  private passes(row: number): boolean {
    return this.admits(row) && (this.wanted === '' || this.matches(row + 1));
  }

  private admits(row: number): boolean {
    const { frames } = this.analysis.structure;
    if (this.conversation >= 0 && frames.conversation.read(row) !== this.conversation) return false;
    return this.verdicts.size === 0 || this.verdicts.has(frames.verdict.read(row));
  }

  private matches(frame: number): boolean {
    const first = this.messages.firstAt(frame);
    const isLast = (at: number): boolean => this.messages.frameOf(at) !== frame;
    if (this.matchesShown(frame, !isLast(first))) return true;
    for (let at = first; !isLast(at); at += 1) if (this.has(this.messages.textOf(at) ?? '')) return true;
    return false;
  }

  /** What a row shows. Start lines of messages are found in their texts. */
  private matchesShown(frame: number, hasMessages: boolean): boolean {
    return this.matchesEnds(frame) || this.matchesProtocol(frame) || this.matchesInfo(frame, hasMessages);
  }

  private matchesEnds(frame: number): boolean {
    const conversation = this.analysis.structure.frames.conversation.read(frame - 1);
    const known = conversation < 0 ? undefined : this.ends.get(conversation);
    if (known !== undefined) return known;
    const { source, destination } = this.frames.endpointsOf(frame);
    const found = this.has(source) || this.has(destination);
    if (conversation >= 0) this.ends.set(conversation, found);
    return found;
  }

  private matchesProtocol(frame: number): boolean {
    const name = this.frames.protocolOf(frame);
    let found = this.protocols.get(name);
    if (found === undefined) {
      found = this.has(name);
      this.protocols.set(name, found);
    }
    return found;
  }

  /** Most frames hold application data, of which nothing is shown but its name, or the start lines inside. */
  private matchesInfo(frame: number, hasMessages: boolean): boolean {
    const { frames, records } = this.analysis.structure;
    let next = frames.firstRecord.read(frame - 1);
    if (this.has(this.frames.http2.searchable(frame))) return true;
    if (next === 0 && hasMessages) return false;
    if (next === 0 || (!hasMessages && this.inDataName)) return this.has(this.frames.infoOf(frame));
    for (; next !== 0; next = records.next.read(next - 1))
      if (describeRecord(this.analysis, next - 1) !== DATA_NAME) return this.has(this.frames.infoOf(frame));
    return false;
  }

  private has(text: string): boolean {
    return text.toLowerCase().includes(this.wanted);
  }

  private isIn(bytes: Uint8Array, from: number, to: number): boolean {
    if (this.finder !== null) return this.finder.isIn(bytes, from, to);
    return this.has(UTF_8.decode(bytes.slice(from, to)));
  }
}

const DATA_NAME = 'Application Data';
const UTF_8 = new TextDecoder('utf-8');
