import { setImmediate as nextTurn } from 'node:timers/promises';
import type { CallFilter, CallRequests } from '../api-calls.ts';
import type { Requests } from '../api.ts';
import type { RowOrder } from '../api-order.ts';
import type { CallAnswers } from '../analysis/calls/call-answers.ts';
import { MOST_ROWS } from '../api-decode-common.ts';
import { found } from './api-error.ts';
import { nothing, workOnList } from './list-waits.ts';
import { prepareDecoders } from './opus-decoder.ts';

type CallRequest = 'capture.findings' | keyof CallRequests;

type CallTable = {
  readonly [N in CallRequest]: (params: Requests[N]['params']) => Promise<Requests[N]['result']>;
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
  /** The answers with the list in its order, as far as that can be made soon. */
  const inOrder = async (
    answers: CallAnswers | null,
    step: (answers: CallAnswers) => boolean,
  ): Promise<CallAnswers | null> => {
    if (answers === null) return null;
    await workOnList(
      () => answers !== current() || step(answers),
      () => true,
    );
    return answers === current() ? answers : null;
  };
  const callList = async (
    filter: CallFilter,
    order: RowOrder<'calls'> | null | undefined,
  ): Promise<CallAnswers | null> => {
    const open = filter.text.trim() === '' && filter.states.length === 0;
    const answers = await ready(open && order == null ? 'calls' : 'descriptions');
    return order == null ? answers : inOrder(answers, (own) => own.advanceCalls(filter, order));
  };
  return {
    'capture.findings': async () => (await ready('descriptions'))?.captureFindings() ?? [],
    'calls.window': async ({ filter, order, from, count }) =>
      (await callList(filter, order))?.callWindow(filter, from, Math.min(count, MOST_ROWS), order) ??
      nothing(from),
    'calls.rowOf': async ({ filter, order, call }) =>
      (await callList(filter, order))?.rowOfCall(filter, order, call) ?? null,
    'call.detail': async ({ call }) =>
      found((await ready('streams too'))?.detail(call), `There is no call ${call}.`),
    'call.ladder': async ({ call, as }) =>
      found((await ready('streams too'))?.ladder(call, as), `There is no call ${call}.`),
    'calls.join': async ({ callIds, joined }) => {
      (await ready('calls'))?.join(callIds, joined);
      return null;
    },
    'dialogs.window': async ({ kind, text, order, from, count }) => {
      const answers = await ready('calls');
      const own =
        order == null ? answers : await inOrder(answers, (of) => of.advanceDialogs(kind, text, order));
      return own?.dialogWindow(kind, text, from, Math.min(count, MOST_ROWS), order) ?? nothing(from);
    },
    'dialog.messages': async ({ callId }) => (await ready('calls'))?.messagesOf(callId) ?? [],
    'sip.statistics': async () => (await ready('descriptions'))?.statistics() ?? NO_STATISTICS,
    'media.window': async ({ call, text = '', order, from, count }) => {
      const answers = await ready('every stream');
      const own =
        order == null ? answers : await inOrder(answers, (of) => of.advanceMediaOrder(call, text, order));
      return own?.mediaWindow(call, from, Math.min(count, MOST_ROWS), order, text) ?? nothing(from);
    },
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
