import type { CallDetail } from '../../api-calls.ts';
import type { ConversationRow, LadderStep, RichText } from '../../api.ts';
import { writeCallLadderSvg } from '../calls/call-ladder-svg.ts';
import { writeCallLadderText } from '../calls/call-ladder-text.ts';
import { writeLadderSvg } from '../conversations/ladder-svg.ts';
import { writeLadderText } from '../conversations/ladder-text.ts';
import type { PageAnswers } from '../page-answers.ts';

/** What every text of a ladder goes through before it is cut to its place. */
export type Say = (text: string) => string;

export type LadderForm = 'svg' | 'text';

/** A call's ladder as a file; empty where there is no such call. */
export function drawCall(answers: PageAnswers, call: string, as: LadderForm, say: Say): string {
  const detail = answers.calls.detail(call);
  if (detail === null) return '';
  return (as === 'svg' ? writeCallLadderSvg : writeCallLadderText)(sayCall(detail, say));
}

/** A conversation's ladder as a file; empty where there is no such conversation. */
export function drawConversation(
  answers: PageAnswers,
  conversation: number,
  as: LadderForm,
  say: Say,
): string {
  const detail = answers.conversationDetail(conversation);
  if (detail === null) return '';
  const write = as === 'svg' ? writeLadderSvg : writeLadderText;
  return write(
    sayRow(detail.row, say),
    detail.ladder.map((step) => sayStep(step, say)),
  );
}

function sayCall(detail: CallDetail, say: Say): CallDetail {
  const { row } = detail;
  return {
    ...detail,
    row: {
      ...row,
      call: say(row.call),
      from: say(row.from),
      to: say(row.to),
      source: say(row.source),
      destination: say(row.destination),
    },
    headline: sayRich(detail.headline, say),
    columns: detail.columns.map(({ host, name }) => ({ host: say(host), name: say(name) })),
    arrows: detail.arrows.map((arrow) => ({
      ...arrow,
      label: say(arrow.label),
      detail: say(arrow.detail),
    })),
    locks: detail.locks.map((lock) => ({ ...lock, sentence: sayRich(lock.sentence, say) })),
    media: detail.media.map((bar) => ({ ...bar, label: say(bar.label) })),
  };
}

function sayRow(row: ConversationRow, say: Say): ConversationRow {
  return { ...row, client: say(row.client), server: say(row.server) };
}

function sayStep(step: LadderStep, say: Say): LadderStep {
  return { ...step, label: say(step.label), detail: say(step.detail) };
}

function sayRich(text: RichText, say: Say): RichText {
  return text.map((part) => (part.kind === 'text' ? { kind: 'text', text: say(part.text) } : part));
}
