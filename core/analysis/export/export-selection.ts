import type { ExportScope } from '../../api-export.ts';
import type { FrameFilter } from '../../api.ts';
import type { Steps } from '../../export/steps.ts';
import { FilteredFrames } from '../frames/frame-filter.ts';
import type { PageAnswers } from '../page-answers.ts';

/** What is to be handed over: a scope of the page's, or several conversations as a command line names them. */
export type ExportChoice =
  ExportScope | { readonly kind: 'conversations'; readonly conversations: readonly number[] };

/** The part of a capture that a choice means. */
export interface ExportSelection {
  /** null: all of them. */
  readonly conversations: ReadonlySet<number> | null;
  /** Places of the message index; null: all that these conversations hold. */
  readonly messages: ReadonlySet<number> | null;
  /** Frames beside those of the conversations. */
  readonly frames: ReadonlySet<number>;
  /** The calls that were asked for by name. */
  readonly calls: readonly string[];
  /** "the whole capture", "conversation 3", … */
  readonly words: string;
}

/** The part of a capture that a choice means; a sentence where there is no such part. */
export function* selectForExport(
  answers: PageAnswers,
  choice: ExportChoice,
): Steps<ExportSelection | string> {
  switch (choice.kind) {
    case 'all':
      return { conversations: null, messages: null, frames: NONE, calls: [], words: 'the whole capture' };
    case 'conversation':
      return selectConversations(answers, [Number(choice.conversation)]);
    case 'conversations':
      return selectConversations(answers, choice.conversations);
    case 'call':
      return yield* selectCall(answers, choice.call);
    case 'filtered':
      return yield* recentSelection(answers, choice.filter);
  }
}

/** The last filter's selection: while one chooses in a dialog, the same is asked for again and again. */
const recent = new WeakMap<
  PageAnswers,
  { readonly key: string; readonly selection: ExportSelection | string }
>();

function* recentSelection(answers: PageAnswers, filter: FrameFilter): Steps<ExportSelection | string> {
  const key = `${answers.analysis.revision} ${answers.analysis.version} ${JSON.stringify(filter)}`;
  const known = recent.get(answers);
  if (known?.key === key) return known.selection;
  const selection = yield* selectFiltered(answers, filter);
  recent.set(answers, { key, selection });
  return selection;
}

function selectConversations(answers: PageAnswers, wanted: readonly number[]): ExportSelection | string {
  const count = answers.analysis.structure.conversations.length;
  const unknown = wanted.find((one) => !Number.isInteger(one) || one < 0 || one >= count);
  if (unknown !== undefined)
    return `There is no conversation ${unknown}: the capture has ${count}, numbered from 0.`;
  return {
    conversations: new Set(wanted),
    messages: null,
    frames: NONE,
    calls: [],
    words: `conversation${wanted.length === 1 ? '' : 's'} ${wanted.join(', ')}`,
  };
}

/** The connections that carried a call's messages, its media, and of a locked call what is taken for its signalling. */
function* selectCall(answers: PageAnswers, call: string): Steps<ExportSelection | string> {
  const detail = answers.calls.detail(call);
  if (detail === null) return `There is no call ${call}.`;
  const callIds = new Set(detail.legs.map((leg) => leg.callId.trim()));
  const conversations = new Set<number>();
  const messages = new Set<number>();
  const add = (conversation: string): void => {
    const number = Number(conversation);
    if (Number.isInteger(number)) conversations.add(number);
  };
  for (let message = 0; message < answers.messages.length; message += 1) {
    if (message % MESSAGES_AT_ONCE === MESSAGES_AT_ONCE - 1) yield;
    const view = answers.messages.view(message);
    if (view === null || !callIds.has(view.callId.trim())) continue;
    messages.add(message);
    conversations.add(view.conversation);
  }
  if (detail.row.kind === 'locked') for (const { conversation } of detail.locks) add(conversation);
  for (const { conversation } of mediaOf(answers, call)) add(conversation);
  return { conversations, messages, frames: NONE, calls: [call], words: `the call ${call}` };
}

/** The media streams of one call, or of the capture. */
export function mediaOf(
  answers: PageAnswers,
  call: string | null,
): ReturnType<PageAnswers['calls']['mediaWindow']>['rows'] {
  return answers.calls.mediaWindow(call, 0, MOST_STREAMS).rows;
}

/** Half a connection cannot be decrypted: of a frame that passes, its whole connection goes along. */
function* selectFiltered(answers: PageAnswers, filter: FrameFilter): Steps<ExportSelection | string> {
  const { analysis, frames, messages } = answers;
  const list = new FilteredFrames(analysis, frames, messages, filter);
  while (list.evaluate(list.slow ? SEARCHED_AT_ONCE : FRAMES_AT_ONCE)) yield;
  const chosen = new Set<number>();
  const texts = new Set<number>();
  const others = new Set<number>();
  for (let row = 0; row < list.total; row += 1) {
    if (row % MESSAGES_AT_ONCE === MESSAGES_AT_ONCE - 1) yield;
    const frame = list.frameAt(row);
    const conversation = analysis.structure.frames.conversation.read(frame - 1);
    if (conversation < 0) others.add(frame);
    else chosen.add(conversation);
    for (
      let message = messages.firstAt(frame);
      message < messages.length && messages.frameOf(message) === frame;
      message += 1
    ) {
      texts.add(message);
      // A stream inside another stream has a number of its own.
      const own = messages.view(message)?.conversation;
      if (own !== undefined) chosen.add(own);
    }
  }
  if (list.total === 0) return 'The filter lets no frame through: there is nothing to export.';
  return {
    conversations: chosen,
    messages: texts,
    frames: others,
    calls: [],
    words: `what passes the filter (${describeFilter(filter)})`,
  };
}

function describeFilter({ text, verdicts, conversation }: FrameFilter): string {
  const parts = [
    ...(text === '' ? [] : [`text “${text}”`]),
    ...(verdicts.length === 0 ? [] : [verdicts.join(' or ')]),
    ...(conversation === null ? [] : [`conversation ${conversation}`]),
  ];
  return parts.length === 0 ? 'which lets everything through' : parts.join(', ');
}

const NONE: ReadonlySet<number> = new Set();
const MOST_STREAMS = 10_000;
const MESSAGES_AT_ONCE = 5000;
/** Frames that a filter looks at between two stops; of those with a text each may have to be read again. */
const FRAMES_AT_ONCE = 50_000;
const SEARCHED_AT_ONCE = 500;
