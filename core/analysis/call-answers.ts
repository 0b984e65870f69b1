import type {
  CallDetail,
  CallFilter,
  CallRequests,
  CallWindow,
  LegWindow,
  MediaWindow,
  SipStatistics,
} from '../api-calls.ts';
import type { SipMessageRow } from '../api.ts';
import type { Analysis } from './analysis.ts';
import { CallMedia } from './call-media.ts';

/** Answers what a page asks about the calls of one analysis. */
export class CallAnswers {
  private readonly analysis: Analysis;
  private readonly media: CallMedia;

  constructor(analysis: Analysis) {
    this.analysis = analysis;
    this.media = new CallMedia(analysis);
  }

  callWindow(_filter: CallFilter, from: number, _count: number): CallWindow {
    return { revision: this.analysis.revision, total: 0, from, rows: [] };
  }

  detail(_call: string): CallDetail | null {
    return null;
  }

  ladder(_call: string, _as: 'text' | 'svg'): { text: string } | null {
    return null;
  }

  join(_callIds: readonly [string, string], _joined: boolean | null): void {}

  dialogWindow(_kind: string, _text: string, from: number, _count: number): LegWindow {
    return { revision: this.analysis.revision, total: 0, from, rows: [] };
  }

  messagesOf(_callId: string): readonly SipMessageRow[] {
    return [];
  }

  statistics(): SipStatistics {
    return {
      methods: [],
      calls: [],
      registrations: { total: 0, registered: 0, failed: 0, challenged: 0 },
      failures: [],
    };
  }

  mediaWindow(_call: string | null, from: number, count: number): MediaWindow {
    return this.media.window(null, from, count);
  }

  wav(stream: number, seconds: number): CallRequests['media.wav']['result'] | null {
    return this.media.wav(stream, seconds);
  }
}
