import type { CaseReport, ConversationStory, Listed, ReportFact } from '../../export/case-report.ts';
import type { ExportedMessage } from '../../export/exported.ts';
import type { Steps } from '../../export/steps.ts';
import { FRAME_VERDICTS } from '../../verdict.ts';
import { formatTime } from '../../x509/time.ts';
import { summariseCapture } from '../capture/capture-summary.ts';
import { drawCall, drawConversation, type Say } from './export-ladders.ts';
import { type ExportSelection, mediaOf } from './export-selection.ts';
import type { PageAnswers } from '../page-answers.ts';

export interface ReportOptions {
  readonly files: readonly string[];
  readonly program: string;
  readonly made: string;
  readonly asked: readonly ReportFact[];
  readonly holds: readonly string[];
  readonly warnings: readonly string[];
  /** How many messages there are; null where they are to be counted. */
  readonly messages: number | null;
  /** Two conversations to hold against each other. */
  readonly compare: readonly [number, number] | null;
}

/** What a case report tells of the chosen part of a capture; `say` is for what it draws. Every list ends somewhere, and says so. */
export function* collectReport(
  answers: PageAnswers,
  selection: ExportSelection,
  messages: Iterable<ExportedMessage>,
  say: Say,
  options: ReportOptions,
): Steps<CaseReport> {
  const { conversations: chosen } = selection;
  const isChosen = (conversation: string | null): boolean =>
    chosen === null || (conversation !== null && chosen.has(Number(conversation)));
  const compared = options.compare;
  const calls = yield* tellCalls(answers, selection, say);
  const conversations = yield* tellConversations(answers, selection, compared, say);
  const findings = answers.captureFindings().filter((finding) => isChosen(finding.conversation));
  yield;
  return {
    program: options.program,
    made: options.made,
    asked: options.asked,
    holds: options.holds,
    summary: summariseCapture(answers.analysis, answers.conversations),
    facts: captureFacts(answers, options.files),
    warnings: options.warnings,
    verdicts: Object.entries(answers.verdictCounts())
      .map(([verdict, frames]) => ({ verdict, frames }))
      .sort((a, b) => ORDER.indexOf(a.verdict) - ORDER.indexOf(b.verdict)),
    needs: answers
      .needs()
      .map(({ need, conversations }) => ({ need, conversations: conversations.filter(isChosen) }))
      .filter(({ conversations }) => conversations.length > 0)
      .slice(0, MOST_NEEDS),
    findings: listed(findings, MOST_FINDINGS),
    comparison: compared === null ? null : answers.compare(...compared),
    calls,
    streams: listed(
      mediaOf(answers, selection.calls.length === 1 ? (selection.calls[0] ?? null) : null).filter((stream) =>
        isChosen(stream.conversation),
      ),
      MOST_STREAMS,
    ),
    conversations,
    messages: yield* listedFrom(messages, MOST_MESSAGES, options.messages),
  };
}

function captureFacts(answers: PageAnswers, files: readonly string[]): ReportFact[] {
  const { frames, conversations } = answers.analysis.structure;
  const last = frames.length;
  const facts = [
    { label: files.length === 1 ? 'File' : 'Files', value: files.join(', ') },
    { label: 'Frames', value: String(last) },
    { label: 'Conversations', value: String(conversations.length) },
    { label: 'SIP messages', value: String(answers.messages.length) },
  ];
  if (last > 0)
    facts.push(
      { label: 'First frame', value: describeUtc(frames.seconds.read(0), answers.frames.timeOf(1)) },
      { label: 'Duration', value: `${answers.frames.relativeTimeOf(last).toFixed(3)} s` },
    );
  const keys = [...answers.analysis.keys.privateKeys(), ...answers.analysis.keys.keyLogs()].map(
    (key) => key.source.name,
  );
  facts.push({ label: 'Keys loaded', value: keys.length === 0 ? 'none' : [...new Set(keys)].join(', ') });
  return facts;
}

/** "2017-07-11 16:06:00 UTC (1499789160.123456789)". */
function describeUtc(seconds: number, exact: string): string {
  const text = formatTime(seconds);
  return `${text.slice(0, 10)} ${text.slice(11, 19)} UTC (${exact})`;
}

function* tellCalls(answers: PageAnswers, selection: ExportSelection, say: Say): Steps<CaseReport['calls']> {
  const rows =
    selection.calls.length > 0
      ? selection.calls
      : answers.calls.callWindow({ text: '', states: [] }, 0, MOST_CALLS_READ).rows.map((row) => row.call);
  const told: CaseReport['calls']['items'][number][] = [];
  let leftOut = 0;
  const asked = selection.calls.length > 0 || selection.conversations === null;
  for (const call of rows) {
    if (told.length === MOST_CALLS) {
      leftOut += 1;
      continue;
    }
    yield;
    const detail = answers.calls.detail(call);
    if (detail === null) continue;
    if (
      !asked &&
      !detail.arrows.some((arrow) => selection.conversations?.has(Number(arrow.conversation)) === true)
    )
      continue;
    told.push({ detail, ladder: drawCall(answers, call, 'svg', say) });
  }
  return { items: told, leftOut };
}

function* tellConversations(
  answers: PageAnswers,
  selection: ExportSelection,
  compared: readonly [number, number] | null,
  say: Say,
): Steps<Listed<ConversationStory>> {
  const { conversations: chosen } = selection;
  const named = chosen !== null && chosen.size <= MOST_DRAWN && selection.calls.length === 0 ? chosen : NONE;
  const all = answers.analysis.structure.conversations.length;
  const items: ConversationStory[] = [];
  let leftOut = 0;
  let stories = 0;
  for (let conversation = 0; conversation < all; conversation += 1) {
    const asked = compared?.includes(conversation) === true;
    if (chosen?.has(conversation) === false && !asked) continue;
    if (items.length === MOST_CONVERSATIONS) {
      leftOut += 1;
      continue;
    }
    yield;
    const row = answers.conversationRow(conversation);
    const why = stories < MOST_STORIES ? answers.why.tellConversation(conversation) : null;
    if (why !== null) stories += 1;
    const drawn = named.has(conversation) || asked;
    items.push({
      row,
      why,
      certificates: drawn || why !== null ? answers.conversations.report(conversation).certificates : [],
      ladder: drawn ? drawConversation(answers, conversation, 'svg', say) : '',
    });
  }
  return { items, leftOut };
}

function listed<T>(all: readonly T[], most: number): Listed<T> {
  return { items: all.slice(0, most), leftOut: Math.max(0, all.length - most) };
}

function* listedFrom(
  messages: Iterable<ExportedMessage>,
  most: number,
  known: number | null,
): Steps<Listed<ExportedMessage>> {
  const items: ExportedMessage[] = [];
  let leftOut = 0;
  for (const message of messages) {
    if (items.length >= most && known !== null) return { items, leftOut: known - most };
    if (items.length < most) items.push(message);
    else leftOut += 1;
    if ((items.length + leftOut) % MESSAGES_AT_ONCE === 0) yield;
  }
  return { items, leftOut };
}

const NONE: ReadonlySet<number> = new Set();
const ORDER: readonly string[] = FRAME_VERDICTS;
const MESSAGES_AT_ONCE = 100;
const MOST_NEEDS = 100;
const MOST_FINDINGS = 300;
const MOST_CALLS_READ = 1000;
const MOST_CALLS = 40;
const MOST_STREAMS = 200;
const MOST_CONVERSATIONS = 1000;
const MOST_STORIES = 60;
const MOST_DRAWN = 6;
const MOST_MESSAGES = 1000;
