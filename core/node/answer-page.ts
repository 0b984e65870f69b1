import type { PageAnswers } from '../analysis/page-answers.ts';
import type { ConversationRequests } from '../api-conversations.ts';
import type { FrameRequests } from '../api-frames.ts';
import type { Requests } from '../api.ts';
import { MOST_ROWS } from '../api-decode-common.ts';
import { found } from './api-error.ts';

type PageRequest = 'capture.findings' | 'capture.needs' | keyof FrameRequests | keyof ConversationRequests;

type PageTable = {
  readonly [N in PageRequest]: (params: Requests[N]['params']) => Requests[N]['result'];
};

/**
 * The desk's answers about frames, conversations and messages; `current` is null where no capture is open. `filterOn` lets
 * a filter that is not through go on by and by.
 */
export function answerPage(current: () => PageAnswers | null, filterOn: () => void): PageTable {
  /** What is asked of one conversation, by its id. */
  const ofConversation = <T>(
    id: string,
    ask: (answers: PageAnswers, conversation: number) => T | null,
  ): T => {
    const known = current()?.find(id) ?? null;
    const answer = known === null ? null : ask(known.answers, known.conversation);
    return found(answer, `There is no conversation ${id}.`);
  };
  return {
    'capture.findings': () => current()?.captureFindings() ?? [],
    'capture.needs': () => current()?.needs() ?? [],
    'frames.window': ({ filter, from, count }) => {
      const answers = current();
      if (answers === null) return { revision: 0, total: 0, settled: true, from, rows: [] };
      const window = answers.frameWindow(filter, from, Math.min(count, MOST_ROWS));
      if (!window.settled) filterOn();
      return window;
    },
    'frames.rowOf': ({ filter, frame }) => current()?.rowOf(filter, frame) ?? null,
    'frame.detail': ({ frame }) => found(current()?.frameDetail(frame), `There is no frame ${frame}.`),
    'record.plaintext': ({ record }) => found(current()?.plaintext(record), 'This record was not decrypted.'),
    'conversations.window': ({ text, verdicts, from, count }) =>
      current()?.conversationWindow(text, verdicts, from, Math.min(count, MOST_ROWS)) ?? {
        revision: 0,
        total: 0,
        from,
        rows: [],
      },
    'conversation.detail': ({ conversation }) =>
      ofConversation(conversation, (answers, at) => answers.conversationDetail(at)),
    'conversation.timing': ({ conversation }) =>
      ofConversation(conversation, (answers, at) => answers.timing(at)),
    'conversations.compare': ({ left, right }) =>
      found(current()?.compareByIds(left, right), 'One of the two conversations is not there.'),
    'conversation.ladder': ({ conversation, as }) =>
      ofConversation(conversation, (answers, at) => answers.ladder(at, as)),
    'conversation.text': ({ conversation, limit }) =>
      ofConversation(conversation, (answers, at) => answers.conversationText(at, Math.min(limit, MOST_TEXT))),
    'conversation.debug-log': ({ conversation }) =>
      ofConversation(conversation, (answers, at) => answers.debugLog(at, MOST_TEXT)),
    'sip.window': ({ text, from, count }) =>
      current()?.sipWindow(text, from, Math.min(count, MOST_ROWS)) ?? { total: 0, from, rows: [] },
    'sip.text': ({ message }) => {
      const text = current()?.messages.textOf(message) ?? null;
      return { text: found(text, 'The text of this message cannot be had any more.') };
    },
  };
}

const MOST_TEXT = 16 * 1024 * 1024;
