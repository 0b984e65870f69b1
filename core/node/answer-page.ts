import type { FrameListWish } from '../analysis/frames/frame-lists.ts';
import type { PageAnswers } from '../analysis/page-answers.ts';
import type { ConversationListWish, ConversationRequests } from '../api-conversations.ts';
import type { FrameRequests } from '../api-frames.ts';
import type { Requests } from '../api.ts';
import { MOST_ROWS } from '../api-decode-common.ts';
import { found } from './api-error.ts';
import { nothing, workOnList } from './list-waits.ts';

type PageRequest = 'capture.needs' | keyof FrameRequests | keyof ConversationRequests;

type PageTable = {
  readonly [N in PageRequest]: (
    params: Requests[N]['params'],
  ) => Requests[N]['result'] | Promise<Requests[N]['result']>;
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
  const conversationList = async (wish: ConversationListWish): Promise<PageAnswers | null> => {
    const answers = current();
    await workOnList(
      () => answers !== current() || (answers?.conversationList.advance(wish) ?? true),
      () => answers?.conversationList.isFiltered(wish) ?? true,
    );
    return answers === current() ? answers : null;
  };
  /** Filters and the order go on by and by; an order that can be made at once is waited for. */
  const frameList = async (wish: FrameListWish): Promise<PageAnswers | null> => {
    const answers = current();
    if (answers === null || answers.frameLists.lacks(wish) !== true) return answers;
    filterOn();
    if (wish.order != null)
      await workOnList(
        () => answers !== current() || answers.frameLists.lacks(wish) !== true,
        () => true,
      );
    return answers === current() ? answers : null;
  };
  return {
    'capture.needs': () => current()?.needs() ?? [],
    'frames.window': async ({ filter, order, from, count }) =>
      (await frameList({ filter, order }))?.frameWindow(filter, from, Math.min(count, MOST_ROWS), order) ?? {
        ...nothing(from),
        settled: true,
      },
    'frames.rowOf': async ({ filter, order, frame }) =>
      (await frameList({ filter, order }))?.frameLists.rowOf({ filter, order }, frame) ?? null,
    'frame.detail': ({ frame }) => found(current()?.frameDetail(frame), `There is no frame ${frame}.`),
    'record.plaintext': ({ record }) => found(current()?.plaintext(record), 'This record was not decrypted.'),
    'conversations.window': async ({ from, count, ...wish }) =>
      (await conversationList(wish))?.conversationList.window(wish, from, Math.min(count, MOST_ROWS)) ??
      nothing(from),
    'conversations.rowOf': async ({ conversation, ...wish }) =>
      (await conversationList(wish))?.rowOfConversation(wish, conversation) ?? null,
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
    'sip.window': async ({ from, count, ...wish }) => {
      const answers = current();
      await workOnList(
        () => answers !== current() || (answers?.messageRows.advance(wish) ?? true),
        () => answers?.messageRows.isFiltered(wish) ?? true,
      );
      return (
        (answers === current() ? answers : null)?.sipWindow(wish, from, Math.min(count, MOST_ROWS)) ??
        nothing(from)
      );
    },
    'sip.text': ({ message }) => {
      const text = current()?.messages.textOf(message) ?? null;
      return { text: found(text, 'The text of this message cannot be had any more.') };
    },
  };
}

const MOST_TEXT = 16 * 1024 * 1024;
