import type { CallMediaBar, CallRequests, MediaWindow } from '../api-calls.ts';
import type { Analysis } from './analysis.ts';

/** What streams are asked for by: the Call-IDs of a call's legs; of a call that cannot be read, its media conversations. */
export interface MediaOwner {
  readonly callIds: readonly string[];
  readonly conversations: readonly number[];
}

/** A bar of a call's ladder before it has columns. */
export interface MediaBar extends Omit<CallMediaBar, 'from' | 'to'> {
  /** Hosts ("address"). */
  readonly source: string;
  readonly destination: string;
}

/** The media streams of a capture. None is found yet: every window is empty. */
export class CallMedia {
  private readonly analysis: Analysis;

  constructor(analysis: Analysis) {
    this.analysis = analysis;
  }

  /** The streams of one call, or of the whole capture. */
  window(_owner: MediaOwner | null, from: number, _count: number): MediaWindow {
    return { revision: this.analysis.revision, total: 0, from, rows: [] };
  }

  /** null where there is no such stream, or where it cannot be played. */
  wav(_stream: number, _seconds: number): CallRequests['media.wav']['result'] | null {
    return null;
  }

  countOf(_owner: MediaOwner): number {
    return 0;
  }

  /** For a call's ladder; `start` and `end` in seconds since the capture's first frame. */
  barsOf(_owner: MediaOwner): readonly MediaBar[] {
    return [];
  }
}
