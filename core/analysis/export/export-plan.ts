import { EXPORT_FORMATS, type ExportFormat, type ExportPreview } from '../../api-export.ts';
import { encodeUtf8 } from '../../bytes/text.ts';
import type { ReportFact } from '../../export/case-report.ts';
import { CLEAR_LINK_TYPES, clearFrames } from '../../export/clear-frames.ts';
import type { ExportedMessage } from '../../export/exported.ts';
import { writeKeyLog } from '../../export/key-log.ts';
import { writePcapng } from '../../export/pcapng.ts';
import { type Redacted, redactInSteps } from '../../export/redact.ts';
import { writeReportHtml } from '../../export/report-html.ts';
import { writeSipCsv } from '../../export/sip-csv.ts';
import { writeSipJson } from '../../export/sip-json.ts';
import { writeSipText } from '../../export/sip-text.ts';
import { finish, type Steps, withEmptyPieces } from '../../export/steps.ts';
import { TRANSPORT_SCTP, TRANSPORT_TCP } from '../../stream/conversation-table.ts';
import type { Analysis } from '../analysis.ts';
import { drawCall, drawConversation, type Say, withoutContents } from './export-ladders.ts';
import { collectReport } from './export-report.ts';
import { type ExportChoice, type ExportSelection, selectForExport } from './export-selection.ts';
import { ExportSource } from './export-source.ts';
import {
  counted,
  describeReplaced,
  fileNameOf,
  tellMessages,
  tellSecrets,
  tellWhole,
  WILL_REPLACE,
} from './export-words.ts';
import { learnIdentities } from './learn-identities.ts';
import type { PageAnswers } from '../page-answers.ts';

export interface ExportOrder {
  readonly format: ExportFormat;
  readonly choice: ExportChoice;
  readonly redact: boolean;
  /** Names of the capture files. */
  readonly files: readonly string[];
  /** For the report: who made it, when, what was asked beside the choice, which two are compared, what went wrong. */
  readonly program: string;
  readonly made: string;
  readonly asked: readonly ReportFact[];
  readonly compare: readonly [number, number] | null;
  readonly warnings: readonly string[];
}

/** What an export will be. Nothing is read for its pieces before they are asked for. */
export interface ExportPlan extends ExportPreview {
  /** Once; in order. Ends early where `problem` is set. */
  pieces(): Iterable<Uint8Array>;
}

/** Plans an export; `limit` bounds how many messages are read to say what it holds. */
export function planExport(answers: PageAnswers, order: ExportOrder, limit = Infinity): ExportPlan {
  return finish(planExportInSteps(answers, order, limit));
}

/** The same with stops. Pieces that are empty are stops as well. */
export function* planExportInSteps(
  answers: PageAnswers,
  order: ExportOrder,
  limit: number,
): Steps<ExportPlan> {
  const name = fileNameOf(order.format, order.files, order.choice, order.redact);
  if (order.redact && HOLDS_SECRETS.has(order.format)) return refused(name, REDACTS_NOT[order.format] ?? '');
  const selection = yield* selectForExport(answers, order.choice);
  if (typeof selection === 'string') return refused(name, selection);
  const source = new ExportSource(
    answers.analysis,
    answers.messages,
    selection.conversations,
    selection.messages,
    selection.frames,
  );
  const plan = yield* planKind({ answers, order, selection, source, limit });
  return typeof plan === 'string' ? refused(name, plan) : { fileName: name, problem: '', ...plan };
}

/** SIP of a choice for a receiver that takes messages one by one; a sentence where there is no such choice. */
export function planMessages(
  answers: PageAnswers,
  choice: ExportChoice,
  redacts: boolean,
): { readonly sentences: readonly string[]; readonly messages: Iterable<ExportedMessage> } | string {
  const selection = finish(selectForExport(answers, choice));
  if (typeof selection === 'string') return selection;
  const { analysis, messages } = answers;
  const source = new ExportSource(
    analysis,
    messages,
    selection.conversations,
    selection.messages,
    selection.frames,
  );
  const told = finish(tellMessages(source, redacts, Infinity, 'This sends'));
  if (!redacts) return { sentences: told.sentences, messages: source.sip() };
  const redacted = finish(redactSip(answers, selection, source));
  return { sentences: [...told.sentences, describeReplaced(redacted)], messages: redacted.messages };
}

/** IANA's number of the protocol below a conversation. */
export function ipProtocolOf(analysis: Analysis, conversation: number): number {
  switch (analysis.structure.conversations.transport.read(conversation)) {
    case TRANSPORT_TCP:
      return 6;
    case TRANSPORT_SCTP:
      return 132;
    default:
      return 17;
  }
}

interface Planned {
  readonly sentences: readonly string[];
  readonly confidential: boolean;
  readonly pieces: () => Iterable<Uint8Array>;
}

interface Plans {
  readonly answers: PageAnswers;
  readonly order: ExportOrder;
  readonly selection: ExportSelection;
  readonly source: ExportSource;
  readonly limit: number;
}

function* planKind(plans: Plans): Steps<Planned | string> {
  const { source } = plans;
  switch (plans.order.format) {
    case 'keylog': {
      const secrets = source.secrets();
      return { sentences: [tellSecrets(secrets)], confidential: true, pieces: () => [writeKeyLog(secrets)] };
    }
    case 'pcapng-with-secrets': {
      const secrets = source.secrets();
      return {
        sentences: [tellSecrets(secrets), ...tellWhole(plans.answers, plans.selection, source)],
        confidential: true,
        pieces: () => writePcapng(source.linkTypes(), writeKeyLog(secrets), source.frames()),
      };
    }
    case 'clear-pcapng':
      return yield* planSip(plans, (messages) => writePcapng(CLEAR_LINK_TYPES, null, clearFrames(messages)));
    case 'text':
      return yield* planSip(plans, writeSipText);
    case 'json':
      return yield* planSip(plans, writeSipJson);
    case 'csv':
      return yield* planSip(plans, writeSipCsv);
    case 'ladder-svg':
    case 'ladder-text':
      return yield* planLadder(plans);
    case 'report':
      return yield* planReport(plans);
  }
}

function* planSip(
  { answers, source, selection, order, limit }: Plans,
  write: (messages: Iterable<ExportedMessage>) => Iterable<Uint8Array>,
): Steps<Planned> {
  const told = yield* tellMessages(source, order.redact, limit, 'This file holds');
  if (!order.redact) return { ...told, pieces: () => write(source.sip()) };
  const redacted = limit === Infinity ? yield* redactSip(answers, selection, source) : null;
  return {
    sentences: redacted === null ? told.sentences : [...told.sentences, describeReplaced(redacted)],
    confidential: false,
    pieces: () => write((redacted ?? finish(redactSip(answers, selection, source))).messages),
  };
}

function* planLadder(plans: Plans): Steps<Planned | string> {
  const { answers, order, selection, limit } = plans;
  const as = order.format === 'ladder-svg' ? 'svg' : 'text';
  const calls =
    selection.calls.length > 0
      ? selection.calls
      : selection.conversations === null
        ? answers.calls.callWindow({ text: '', states: [] }, 0, MOST_LADDERS).rows.map((row) => row.call)
        : [];
  const conversations = calls.length > 0 ? [] : [...(selection.conversations ?? [])].slice(0, MOST_LADDERS);
  const count = calls.length + conversations.length;
  if (count === 0) return 'There is no call in this capture: choose a conversation.';
  if (as === 'svg' && count > 1)
    return 'One image is one ladder: choose one call or one conversation, or take the ladder as text.';
  const holds = `This file holds ${counted(count, 'ladder')}: start lines, addresses and times; no message body, no session secret, no private key.`;
  const draw = function* (say: Say): Generator<Uint8Array> {
    for (const call of calls) yield encodeUtf8(`${drawCall(answers, call, as, say)}\n`);
    for (const conversation of conversations)
      yield encodeUtf8(`${drawConversation(answers, conversation, as, say)}\n`);
  };
  if (!order.redact) return { sentences: [holds], confidential: true, pieces: () => draw(SAY_AS_IS) };
  const learn = (): Steps<RedactedVoice> => redactedVoice(plans, draw);
  const learned = limit === Infinity ? yield* learn() : null;
  return {
    sentences: [holds, learned === null ? WILL_REPLACE : describeReplaced(learned.redacted)],
    confidential: false,
    pieces: () => draw((learned ?? finish(learn())).say),
  };
}

function* planReport(plans: Plans): Steps<Planned | string> {
  const { answers, order, selection, source, limit } = plans;
  const count = answers.analysis.structure.conversations.length;
  const unknown = order.compare?.find((one) => one >= count || !Number.isInteger(one));
  if (unknown !== undefined)
    return unknown < count
      ? `A report compares connections by themselves, not ${unknown}, which is inside another.`
      : `There is no conversation ${unknown} to compare: the capture has ${count}, numbered from 0.`;
  const told = yield* tellMessages(source, order.redact, limit, 'This report holds');
  const write = function* (
    messages: Iterable<ExportedMessage>,
    say: Say,
    redacted: Redacted | null,
  ): Generator<Uint8Array> {
    const report = yield* withEmptyPieces(
      collectReport(answers, selection, messages, say, {
        files: order.files,
        program: order.program,
        made: order.made,
        asked: [{ label: 'Of', value: describeChoice(order, selection) }, ...order.asked],
        holds: told.sentences,
        warnings: order.warnings,
        compare: order.compare,
        messages: told.count,
      }),
    );
    yield* writeReportHtml(report, say, redacted === null ? null : { replaced: redacted.counts() });
  };
  if (!order.redact) return { ...told, pieces: () => write(source.sip(), SAY_AS_IS, null) };
  const learn = (): Steps<RedactedVoice> => redactedVoice(plans, (say) => write([], say, null));
  const learned = limit === Infinity ? yield* learn() : null;
  return {
    sentences: [...told.sentences, ...(learned === null ? [] : [describeReplaced(learned.redacted)])],
    confidential: false,
    pieces: () => {
      const { redacted, say } = learned ?? finish(learn());
      return write(redacted.messages, say, redacted);
    },
  };
}

/** What a filter looks for can be a name or a number itself. */
function describeChoice({ choice, redact: redacts }: ExportOrder, { words }: ExportSelection): string {
  return redacts && choice.kind === 'filtered' ? 'what passes a filter' : words;
}

/** What is remarked of a part may name who is only named elsewhere. */
function otherSip(answers: PageAnswers, { conversations }: ExportSelection): Iterable<ExportedMessage> {
  if (conversations === null) return [];
  return new ExportSource(answers.analysis, answers.messages, null).sip();
}

function redactSip(answers: PageAnswers, selection: ExportSelection, source: ExportSource): Steps<Redacted> {
  return redactInSteps(
    () => source.sip(),
    null,
    () => otherSip(answers, selection),
  );
}

interface RedactedVoice {
  readonly redacted: Redacted;
  readonly say: Say;
}

/** Learns from the messages, from what else is known by name, and from what will be said; then says it with stand-ins. */
function* redactedVoice(
  { answers, order, selection, source }: Plans,
  write: (say: Say) => Iterable<Uint8Array>,
): Steps<RedactedVoice> {
  let say: Say = SAY_AS_IS;
  const redacted = yield* redactInSteps(
    () => source.sip(),
    function* (replacements) {
      yield* learnIdentities(answers, order.files, replacements);
      say = (text, from) => replacements.scrubSentence(from === 'data' ? withoutContents(text) : text);
      for (const piece of write(say)) {
        void piece;
        yield;
      }
    },
    () => otherSip(answers, selection),
  );
  return { redacted, say };
}

function refused(fileName: string, problem: string): ExportPlan {
  return { fileName, sentences: [], confidential: false, problem, pieces: () => [] };
}

const SAY_AS_IS: Say = (text) => text;
const HOLDS_SECRETS: ReadonlySet<ExportFormat> = new Set(['keylog', 'pcapng-with-secrets']);
const REDACTS_NOT: Readonly<Partial<Record<ExportFormat, string>>> = Object.fromEntries(
  EXPORT_FORMATS.filter((format) => HOLDS_SECRETS.has(format)).map((format) => [
    format,
    `Redaction cannot change what ${format} holds: take clear-pcapng, text, json, csv, a ladder or the report.`,
  ]),
);
const MOST_LADDERS = 1000;
