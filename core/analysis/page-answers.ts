import type {
  Comparison,
  ConversationDetail,
  ConversationRow,
  ConversationWindow,
  Finding,
  FrameDetail,
  FrameFilter,
  FrameRow,
  FrameWindow,
  HandshakeTiming,
  NeedGroup,
  SipMessageRow,
} from '../api.ts';
import { encodeBase64 } from '../bytes/base64.ts';
import type { ConversationVerdictId, FrameVerdictId } from '../verdict.ts';
import type { Analysis } from './analysis.ts';
import { CallAnswers } from './calls/call-answers.ts';
import { findInCapture } from './capture/capture-findings.ts';
import { groupNeeds } from './capture/capture-summary.ts';
import { type ComparedConversation, compareConversations } from './conversations/compare-conversations.ts';
import { ConversationDetails, matchesRow } from './conversations/conversation-detail.ts';
import { ConversationFindings } from './conversations/conversation-findings.ts';
import { ConversationLadder } from './conversations/conversation-ladder.ts';
import { ConversationReporter } from './conversations/conversation-report.ts';
import { tellConversationText } from './conversations/conversation-text.ts';
import { tellDebugLog } from './conversations/debug-log.ts';
import { writeLadderSvg } from './conversations/ladder-svg.ts';
import { writeLadderText } from './conversations/ladder-text.ts';
import { timeHandshakes } from './conversations/timing-findings.ts';
import { FrameDetails } from './frames/frame-detail.ts';
import { FilteredFrames } from './frames/frame-filter.ts';
import { FrameReporter } from './frames/frame-report.ts';
import { VerdictTally } from './frames/verdict-tally.ts';
import { WhyTeller } from './frames/why-panel.ts';
import { MessageIndex } from './messages/message-index.ts';
import { MessageRows } from './messages/message-window.ts';

/** Answers what a page asks about one analysis: rows by window, details on demand. Everything is derived when asked. */
export class PageAnswers {
  readonly analysis: Analysis;
  readonly messages: MessageIndex;
  readonly frames: FrameReporter;
  readonly conversations: ConversationReporter;
  readonly why: WhyTeller;
  readonly findings: ConversationFindings;
  readonly calls: CallAnswers;
  private readonly frameDetails: FrameDetails;
  private readonly conversationDetails: ConversationDetails;
  private readonly messageRows: MessageRows;
  private readonly tally: VerdictTally;
  private readonly ladders: ConversationLadder;
  private readonly files: readonly string[];
  private inside: { readonly analysis: Analysis; readonly answers: PageAnswers } | null = null;
  private filters: FilteredFrames[] = [];

  constructor(analysis: Analysis, files: readonly string[]) {
    this.analysis = analysis;
    this.files = files;
    this.messages = new MessageIndex(analysis);
    this.frames = new FrameReporter(analysis, this.messages);
    this.conversations = new ConversationReporter(analysis, this.frames);
    this.ladders = new ConversationLadder(analysis, this.frames, this.conversations, this.messages);
    this.findings = new ConversationFindings(analysis, this.frames, this.conversations, this.messages);
    this.why = new WhyTeller(analysis, this.frames, this.conversations, this.findings);
    this.calls = new CallAnswers(this);
    this.tally = new VerdictTally(analysis);
    this.messageRows = new MessageRows(this.messages, this.frames);
    this.frameDetails = new FrameDetails(this, files, this.messageRows);
    this.conversationDetails = new ConversationDetails(this, this.ladders);
  }

  /** How many frames have which verdict. */
  verdictCounts(): Record<FrameVerdictId, number> {
    return this.tally.counts();
  }

  frameWindow(filter: FrameFilter, from: number, count: number): FrameWindow {
    const list = this.listOf(filter);
    const rows: FrameRow[] = [];
    for (let row = from; row < from + count; row += 1) {
      const frame = list.frameAt(row);
      if (frame === 0) break;
      rows.push(this.frameDetails.row(frame));
    }
    return { revision: this.analysis.revision, total: list.total, settled: list.settled, from, rows };
  }

  rowOf(filter: FrameFilter, frame: number): number | null {
    return this.listOf(filter).rowOf(frame);
  }

  /** Lets unfinished filters go on a little. True where there is more to do. */
  async filterOn(rows: number): Promise<boolean> {
    let more = false;
    for (const list of [...this.filters]) if (await list.evaluateAhead(rows)) more = true;
    return more;
  }

  frameRow(frame: number): FrameRow {
    return this.frameDetails.row(frame);
  }

  frameDetail(frame: number): FrameDetail | null {
    return this.frameDetails.of(frame);
  }

  plaintext(record: number): { bytes: string; authenticated: boolean } | null {
    if (record < 0 || record >= this.analysis.structure.records.length) return null;
    const plaintext = this.analysis.opening.plaintextOf(record);
    return plaintext === null ? null : { bytes: encodeBase64(plaintext), authenticated: true };
  }

  conversationWindow(
    text: string,
    verdicts: readonly ConversationVerdictId[],
    from: number,
    count: number,
  ): ConversationWindow {
    const wanted = text.trim().toLowerCase();
    const all = this.analysis.structure.conversations.length;
    const children = this.everyInside();
    const rows: ConversationRow[] = [];
    let total = 0;
    for (let at = 0; at < all + children.length; at += 1) {
      const open = wanted === '' && verdicts.length === 0;
      const inWindow = total >= from && total < from + count;
      if (open && !inWindow) {
        total += 1;
        continue;
      }
      const { answers, conversation } = children[at - all] ?? { answers: this, conversation: at };
      const row = answers.conversationRow(conversation);
      if (verdicts.length > 0 && !verdicts.includes(row.verdict)) continue;
      if (wanted !== '' && !matchesRow(row, wanted)) continue;
      if (inWindow) rows.push(row);
      total += 1;
    }
    return { revision: this.analysis.revision, total, from, rows };
  }

  /** Who answers for a conversation by its id, and under which number; null where there is none. */
  find(id: string): { readonly answers: PageAnswers; readonly conversation: number } | null {
    if (!id.includes('.')) {
      const conversation = id === '' ? -1 : Number(id);
      return this.knows(conversation) ? { answers: this, conversation } : null;
    }
    const all = this.everyInside();
    return all.find(({ answers, conversation }) => answers.analysis.idOf(conversation) === id) ?? null;
  }

  /** Conversations inside others, however deep, each with who answers for it. */
  private everyInside(): readonly { readonly answers: PageAnswers; readonly conversation: number }[] {
    const { analysis } = this.analysis.inner;
    if (analysis === null) return [];
    if (this.inside?.analysis !== analysis)
      this.inside = { analysis, answers: new PageAnswers(analysis, this.files) };
    const { answers } = this.inside;
    const own = Array.from({ length: analysis.structure.conversations.length }, (_none, conversation) => ({
      answers,
      conversation,
    }));
    return [...own, ...answers.everyInside()];
  }

  conversationRow(conversation: number): ConversationRow {
    return this.conversationDetails.row(conversation);
  }

  conversationDetail(conversation: number): ConversationDetail | null {
    return this.knows(conversation) ? this.conversationDetails.of(conversation) : null;
  }

  /** Everything that is remarked of the capture and its conversations. */
  captureFindings(): readonly Finding[] {
    return findInCapture(this.analysis, this.findings, MOST_FINDINGS);
  }

  needs(): NeedGroup[] {
    return groupNeeds(this.findings);
  }

  timing(conversation: number): readonly HandshakeTiming[] | null {
    return this.knows(conversation) ? timeHandshakes(this.analysis, conversation) : null;
  }

  compare(left: number, right: number): Comparison | null {
    return this.compareByIds(String(left), String(right));
  }

  compareByIds(left: string, right: string): Comparison | null {
    const [a, b] = [this.find(left), this.find(right)];
    if (a === null || b === null) return null;
    return compareConversations(a.answers.compared(a.conversation), b.answers.compared(b.conversation));
  }

  /** One side of a comparison, which may be held against one of another capture. */
  compared(conversation: number): ComparedConversation {
    return {
      row: this.conversationRow(conversation),
      context: this.findings.contextOf(conversation),
      findings: this.findings.findingsOf(conversation),
      timing: timeHandshakes(this.analysis, conversation).at(-1) ?? null,
    };
  }

  ladder(conversation: number, as: 'text' | 'svg'): { text: string } | null {
    if (!this.knows(conversation)) return null;
    const write = as === 'svg' ? writeLadderSvg : writeLadderText;
    return { text: write(this.conversationRow(conversation), this.ladders.of(conversation).steps) };
  }

  private knows(conversation: number): boolean {
    const { length } = this.analysis.structure.conversations;
    return Number.isInteger(conversation) && conversation >= 0 && conversation < length;
  }

  /** In the terms of Wireshark's debug log, at most `limit` characters. */
  debugLog(conversation: number, limit: number): { text: string; complete: boolean } | null {
    if (!this.knows(conversation)) return null;
    return textUpTo(limit, tellDebugLog(this.analysis, this.frames, conversation), '\n');
  }

  /** All that can be read of a conversation, at most `limit` characters. */
  conversationText(conversation: number, limit: number): { text: string; complete: boolean } | null {
    if (!this.knows(conversation)) return null;
    const { analysis, frames, conversations, messages } = this;
    return textUpTo(limit, tellConversationText(analysis, frames, conversations, messages, conversation));
  }

  sipWindow(
    text: string,
    from: number,
    count: number,
  ): { total: number; from: number; rows: SipMessageRow[] } {
    return this.messageRows.window(text, from, count);
  }

  messageRow(at: number): SipMessageRow | null {
    return this.messageRows.row(at);
  }

  private listOf(filter: FrameFilter): FilteredFrames {
    const key = JSON.stringify(filter);
    const known = this.filters.find((list) => JSON.stringify(list.filter) === key);
    const list = known ?? new FilteredFrames(this.analysis, this.frames, this.messages, filter);
    this.filters = [list, ...this.filters.filter((other) => other !== list)].slice(0, MOST_FILTERS);
    list.evaluate(list.slow ? FILTER_STEP / 20 : FILTER_STEP);
    return list;
  }
}

function textUpTo(limit: number, parts: Iterable<string>, end = ''): { text: string; complete: boolean } {
  const taken: string[] = [];
  let size = 0;
  for (const part of parts) {
    size += part.length + end.length;
    if (size > limit) return { text: taken.join(''), complete: false };
    taken.push(part + end);
  }
  return { text: taken.join(''), complete: true };
}

const MOST_FILTERS = 4;
const MOST_FINDINGS = 5000;
const FILTER_STEP = 4000;
