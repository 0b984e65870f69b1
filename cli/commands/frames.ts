import { type MessageIndex, MessageTexts, writeQuotedText } from '../../core/index.ts';
import { loadCaptures } from '../load.ts';
import type { KeyOptions } from '../options.ts';
import { Output } from '../output.ts';

export interface FramesOptions extends KeyOptions {
  readonly json?: boolean;
  readonly plaintext?: boolean;
}

/** `sipher frames`: one line a frame. */
export async function runFrames(captures: readonly string[], options: FramesOptions): Promise<number> {
  const loaded = await loadCaptures(captures, options);
  if (typeof loaded === 'number') return loaded;
  const { analysis, frames, files, messages } = loaded;
  const output = new Output();
  const texts = new TextsAtHand(new MessageTexts(analysis, messages), messages);
  const { plaintext = false, json = false } = options;
  const count = analysis.structure.frames.length;
  for (let number = 1; number <= count && !output.closed; number += 1) {
    const report = frames.report(number, { plaintext, files, sip: NO_TEXTS });
    if (json) {
      if (!texts.has(number)) await texts.read(number);
      output.beginLine(JSON.stringify(report).slice(0, -END.length));
      texts.write(number, output);
      output.line(END);
      continue;
    }
    const state = report.state === null ? '' : `0x${report.state.toString(16).toUpperCase()}`;
    const verdict = report.cause === null ? report.verdict : `${report.verdict}: ${report.cause}`;
    output.line(
      [
        String(report.frame).padStart(6),
        frames.relativeTimeOf(number).toFixed(6).padStart(12),
        `${report.source} → ${report.destination}`,
        report.protocol,
        String(report.length),
        state,
        verdict,
        report.info,
      ].join('  '),
    );
  }
  output.flush();
  loaded.close();
  return 0;
}

/**
 * The texts of the messages of some frames, as bytes. Every message is written: read in batches, each record is opened
 * together with many others, and no string is made of it.
 */
class TextsAtHand {
  private readonly texts: MessageTexts;
  private readonly messages: MessageIndex;
  private bytes = new Uint8Array(1 << 20);
  private from = new Uint32Array(1024);
  private to = new Uint32Array(1024);
  private firstFrame = 0;
  private endFrame = 0;
  /** The number of the first message at hand. */
  private first = 0;

  constructor(texts: MessageTexts, messages: MessageIndex) {
    this.texts = texts;
    this.messages = messages;
  }

  has(frame: number): boolean {
    return frame >= this.firstFrame && frame < this.endFrame;
  }

  /** Reads those of this frame and many behind it. */
  async read(frame: number): Promise<void> {
    const { messages } = this;
    this.firstFrame = frame;
    this.endFrame = frame + FRAMES_AT_ONCE;
    this.first = messages.firstAt(frame);
    const numbers = Array.from(
      { length: messages.firstAt(this.endFrame) - this.first },
      (_, at) => this.first + at,
    );
    if (numbers.length > this.from.length) {
      this.from = new Uint32Array(2 * numbers.length);
      this.to = new Uint32Array(2 * numbers.length);
    }
    this.from.fill(0);
    this.to.fill(0);
    let used = 0;
    await this.texts.read(numbers, (_frame, bytes, from, to, message) => {
      if (used + to - from > this.bytes.length) {
        const grown = new Uint8Array(2 * (used + to - from));
        grown.set(this.bytes.subarray(0, used));
        this.bytes = grown;
      }
      this.bytes.set(bytes.subarray(from, to), used);
      this.from[message - this.first] = used;
      used += to - from;
      this.to[message - this.first] = used;
    });
  }

  /** Writes those of one frame, as the elements of a JSON array. */
  write(frame: number, output: Output): void {
    const { messages } = this;
    const first = messages.firstAt(frame);
    for (let at = first; messages.frameOf(at) === frame; at += 1) {
      if (at > first) output.put(COMMA);
      const place = at - this.first;
      writeQuotedText(output, this.bytes, this.from[place] ?? 0, this.to[place] ?? 0);
    }
  }
}

const FRAMES_AT_ONCE = 16_384;
const NO_TEXTS: readonly string[] = [];
/** What stands behind the elements of the report's last array. */
const END = ']}';
const COMMA = 0x2c;
