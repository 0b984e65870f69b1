import type { CallDetail } from '../../api-calls.ts';
import type { ConversationRow, LadderStep, RichText } from '../../api.ts';
import { writeCallLadderSvg } from '../calls/call-ladder-svg.ts';
import { writeCallLadderText } from '../calls/call-ladder-text.ts';
import { writeLadderSvg } from '../conversations/ladder-svg.ts';
import { writeLadderText } from '../conversations/ladder-text.ts';
import type { PageAnswers } from '../page-answers.ts';

/** What every text of a ladder goes through before it is cut to its place; 'data' quotes what is no SIP. */
export type Say = (text: string, from?: 'data') => string;

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
  const isData = step.layer === 'application' && step.message === null;
  return { ...step, label: isData ? say(step.label, 'data') : say(step.label), detail: say(step.detail) };
}

/**
 * A quotation of what is no SIP without what it says, where that could be anything: of HTTP the method and the answer's
 * number stay, of frames their kinds, of other texts how long they are.
 */
export function withoutContents(label: string): string {
  if (/^Application Data \(\d+ bytes?\)$/.test(label)) return label;
  const request = /^([A-Z]{3,12}) \S+ ((?:HTTP|RTSP)\/\d(?:\.\d)?)$/.exec(label);
  if (request !== null) return `${request[1] ?? ''} … ${request[2] ?? ''}`;
  const answer = /^(?:HTTP|RTSP)\/\d(?:\.\d)? \d{3}\b/.exec(label);
  if (answer !== null) return answer[0];
  const frames = [...label.matchAll(HTTP2_FRAME)];
  if (frames[0]?.index === 0) return frames.map((frame) => frame[1] ?? '').join(', ');
  return `Application Data (text of ${label.length} characters)`;
}

function sayRich(text: RichText, say: Say): RichText {
  return text.map((part) => (part.kind === 'text' ? { kind: 'text', text: say(part.text) } : part));
}

/** As `describeHttp2Frame` names them, several with commas between them. */
const HTTP2_FRAME = /(?:^|, )(Magic|[A-Z_]{3,15}\[\d+\](?:: (?:[A-Z]{3,10}|\d{3})\b)?)/g;
