import type { CallRequests, MediaWindow } from '../api-calls.ts';
import type { Analysis } from './analysis.ts';
import { FrameReporter } from './frame-report.ts';
import { type MediaOwner, MediaStreams } from './media-streams.ts';
import { MessageIndex } from './message-index.ts';

/** The media streams of a capture, as calls ask for them. */
export class CallMedia {
  private readonly streams: MediaStreams;

  constructor(analysis: Analysis) {
    const messages = new MessageIndex(analysis);
    this.streams = new MediaStreams(analysis, messages, new FrameReporter(analysis, messages));
  }

  /** The streams of one call, or of the whole capture. */
  window(owner: MediaOwner | null, from: number, count: number): MediaWindow {
    return this.streams.window(owner, from, count, (callId) => callId);
  }

  /** null where there is no such stream, or where it cannot be played. */
  wav(stream: number, seconds: number): CallRequests['media.wav']['result'] | null {
    return this.streams.wav(stream, seconds);
  }
}
