import type { CallRequests } from '../api-calls.ts';
import type { CallAnswers } from '../analysis/call-answers.ts';
import { MOST_ROWS } from '../api-decode-common.ts';
import { found } from './api-error.ts';

type CallTable = {
  readonly [N in keyof CallRequests]: (params: CallRequests[N]['params']) => CallRequests[N]['result'];
};

/** The desk's answers about calls and media; `current` is null where no capture is open. */
export function answerCalls(current: () => CallAnswers | null): CallTable {
  const none = (from: number): { revision: number; total: number; from: number; rows: never[] } => ({
    revision: 0,
    total: 0,
    from,
    rows: [],
  });
  return {
    'calls.window': ({ filter, from, count }) =>
      current()?.callWindow(filter, from, Math.min(count, MOST_ROWS)) ?? none(from),
    'call.detail': ({ call }) => found(current()?.detail(call), `There is no call ${call}.`),
    'call.ladder': ({ call, as }) => found(current()?.ladder(call, as), `There is no call ${call}.`),
    'calls.join': ({ callIds, joined }) => {
      current()?.join(callIds, joined);
      return null;
    },
    'dialogs.window': ({ kind, text, from, count }) =>
      current()?.dialogWindow(kind, text, from, Math.min(count, MOST_ROWS)) ?? none(from),
    'dialog.messages': ({ callId }) => current()?.messagesOf(callId) ?? [],
    'sip.statistics': () => current()?.statistics() ?? NO_STATISTICS,
    'media.window': ({ call, from, count }) =>
      current()?.mediaWindow(call, from, Math.min(count, MOST_ROWS)) ?? none(from),
    'media.wav': ({ stream, seconds }) =>
      found(current()?.wav(stream, seconds), 'This stream cannot be played.'),
  };
}

const NO_STATISTICS: CallRequests['sip.statistics']['result'] = {
  methods: [],
  calls: [],
  registrations: { total: 0, registered: 0, failed: 0, challenged: 0 },
  failures: [],
};
