import { setImmediate as nextTurn } from 'node:timers/promises';
import type { CallRequests } from '../api-calls.ts';
import type { CallAnswers } from '../analysis/calls/call-answers.ts';
import { MOST_ROWS } from '../api-decode-common.ts';
import { found } from './api-error.ts';
import { prepareDecoders } from './opus-decoder.ts';

type CallTable = {
  readonly [N in keyof CallRequests]: (
    params: CallRequests[N]['params'],
  ) => Promise<CallRequests[N]['result']>;
};

/** The desk's answers about calls and media; `current` is null where no capture is open. */
export function answerCalls(current: () => CallAnswers | null): CallTable {
  /** What the answers need is done in slices, so that others are answered between them. */
  const ready = async (needs: Needs): Promise<CallAnswers | null> => {
    const answers = current();
    const began = performance.now();
    while (answers !== null && answers === current()) {
      if (await advance(answers, needs)) break;
      // While the capture is read the page asks again and again: it is shown what there is by now.
      const waited = performance.now() - began;
      if (!answers.isSettled && needs !== 'every stream' && waited >= WAIT_WHILE_READING) break;
      await nextTurn();
    }
    return answers === current() ? answers : null;
  };
  const none = (from: number): { revision: number; total: number; from: number; rows: never[] } => ({
    revision: 0,
    total: 0,
    from,
    rows: [],
  });
  return {
    'calls.window': async ({ filter, from, count }) =>
      (
        await ready(filter.text.trim() === '' && filter.states.length === 0 ? 'calls' : 'descriptions')
      )?.callWindow(filter, from, Math.min(count, MOST_ROWS)) ?? none(from),
    'call.detail': async ({ call }) =>
      found((await ready('streams too'))?.detail(call), `There is no call ${call}.`),
    'call.ladder': async ({ call, as }) =>
      found((await ready('streams too'))?.ladder(call, as), `There is no call ${call}.`),
    'calls.join': async ({ callIds, joined }) => {
      (await ready('calls'))?.join(callIds, joined);
      return null;
    },
    'dialogs.window': async ({ kind, text, from, count }) =>
      (await ready('calls'))?.dialogWindow(kind, text, from, Math.min(count, MOST_ROWS)) ?? none(from),
    'dialog.messages': async ({ callId }) => (await ready('calls'))?.messagesOf(callId) ?? [],
    'sip.statistics': async () => (await ready('descriptions'))?.statistics() ?? NO_STATISTICS,
    'media.window': async ({ call, from, count }) =>
      (await ready('every stream'))?.mediaWindow(call, from, Math.min(count, MOST_ROWS)) ?? none(from),
    'media.wav': async ({ stream, seconds }) => {
      await prepareDecoders();
      return found((await ready('every stream'))?.wav(stream, seconds), 'This stream cannot be played.');
    },
  };
}

type Needs = 'calls' | 'descriptions' | 'streams too' | 'every stream';

function advance(answers: CallAnswers, needs: Needs): Promise<boolean> {
  if (needs === 'calls') return answers.advance();
  return needs === 'descriptions' ? answers.advanceDescribed() : answers.advanceMedia();
}

/** Milliseconds. */
const WAIT_WHILE_READING = 100;
const NO_STATISTICS: CallRequests['sip.statistics']['result'] = {
  methods: [],
  calls: [],
  registrations: { total: 0, registered: 0, failed: 0, challenged: 0 },
  failures: [],
};
