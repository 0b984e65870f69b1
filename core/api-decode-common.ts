/** Shapes that several parts of the contract have in common; api-decode.ts and its neighbours are made of them. */
import { ORDER_COLUMNS, type OrderedList, type RowOrder } from './api-order.ts';
import type { Finding, FrameFilter, RichText, SipMessageRow } from './api.ts';
import {
  arrayOf,
  count,
  flag,
  integerUpTo,
  object,
  oneOf,
  optional,
  orNull,
  text,
  textLike,
  textUpTo,
  variants,
  type Shape,
} from './shape.ts';
import { CAUSE_IDS, CONVERSATION_VERDICTS, FRAME_VERDICTS, RECORD_VERDICTS, SEVERITIES } from './verdict.ts';

/** What a page may ask for at once; more than any screen shows, and bounded work for the host. */
export const MOST_ROWS = 1000;

const MOST_PATHS = 1000;

export const words = textUpTo(4096);
export const conversationId = textLike(/^\d{1,15}(?:\.\d{1,15}){0,15}$/, 'the number of a conversation');
export const rowCount = integerUpTo(MOST_ROWS);
export const frames = arrayOf(count);
export const frameVerdict = oneOf(...FRAME_VERDICTS);
export const recordVerdict = oneOf(...RECORD_VERDICTS);
export const conversationVerdict = oneOf(...CONVERSATION_VERDICTS);
export const causeId = oneOf(...CAUSE_IDS);
export const cause = orNull(causeId);
export const causes = arrayOf(causeId);
export const conversationIds = arrayOf(text);

export const frameFilter: Shape<FrameFilter> = object({
  text: words,
  verdicts: arrayOf(frameVerdict, FRAME_VERDICTS.length),
  conversation: orNull(conversationId),
});

export function rowOrder<L extends OrderedList>(list: L): Shape<RowOrder<L> | null | undefined> {
  return optional(orNull(object({ column: oneOf(...ORDER_COLUMNS[list]), descending: flag })));
}

export const richText: Shape<RichText> = arrayOf(
  variants({
    text: { text },
    frame: { frame: count },
    conversation: { conversation: text },
    term: { text, meaning: text },
  }),
);

export const sipRow: Shape<SipMessageRow> = object({
  message: count,
  frame: count,
  time: text,
  conversation: orNull(text),
  source: text,
  destination: text,
  startLine: text,
  callId: text,
  cseq: text,
  decrypted: flag,
});

export const finding: Shape<Finding> = object({
  id: text,
  severity: oneOf(...SEVERITIES),
  sentence: text,
  rich: richText,
  frames,
  fix: text,
  confidence: oneOf('certain', 'likely', 'possible'),
  conversation: orNull(text),
});

/** A part of a list: rows `from` and after. */
export function windowOf<T>(row: Shape<T>): Shape<{
  readonly revision: number;
  readonly total: number;
  readonly ordered: boolean;
  readonly from: number;
  readonly rows: readonly T[];
}> {
  return object({ revision: count, total: count, ordered: flag, from: count, rows: arrayOf(row, MOST_ROWS) });
}

/** Files that the page names: few, and no longer than a system allows. */
export const paths = object({ paths: arrayOf(textUpTo(32_768), MOST_PATHS) });

/** What a host checks of each request, and what a page checks of its answer. */
export type ShapesOf<
  R extends { readonly [N in keyof R]: { readonly params: unknown; readonly result: unknown } },
> = {
  readonly [N in keyof R]: {
    readonly params: Shape<R[N]['params']>;
    readonly result: Shape<R[N]['result']>;
  };
};
