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
import type { ConversationListWish } from '../api-conversations.ts';
import type { FrameRequests } from '../api-frames.ts';
import { encodeBase64 } from '../bytes/base64.ts';
import type { ConversationVerdictId, FrameVerdictId } from '../verdict.ts';
import type { Analysis } from './analysis.ts';
import { CallAnswers } from './calls/call-answers.ts';
import { findInCapture } from './capture/capture-findings.ts';
import { groupNeeds } from './capture/capture-summary.ts';
import { type ComparedConversation, compareConversations } from './conversations/compare-conversations.ts';
import { ConversationDetails } from './conversations/conversation-detail.ts';
import { ConversationFindings } from './conversations/conversation-findings.ts';
import { ConversationLadder } from './conversations/conversation-ladder.ts';
import { ConversationList, type ConversationSource } from './conversations/conversation-list.ts';
import { ConversationReporter } from './conversations/conversation-report.ts';
import { tellConversationText } from './conversations/conversation-text.ts';
import { tellDebugLog } from './conversations/debug-log.ts';
import { writeLadderSvg } from './conversations/ladder-svg.ts';
import { writeLadderText } from './conversations/ladder-text.ts';
import { timeHandshake, timeHandshakes } from './conversations/timing-findings.ts';
import { FrameDetails } from './frames/frame-detail.ts';
import { type FrameListWish, FrameLists } from './frames/frame-lists.ts';
import { FrameReporter } from './frames/frame-report.ts';
import { VerdictTally } from './frames/verdict-tally.ts';
import { WhyTeller } from './frames/why-panel.ts';
import { MessageIndex } from './messages/message-index.ts';
import { type MessageListWish, MessageRows } from './messages/message-window.ts';

/** Answers what a page asks about one analysis: rows by window, details on demand. Everything is derived when asked. */
export class PageAnswers {
  readonly analysis: Analysis;
  readonly messages: MessageIndex;
  readonly frames: FrameReporter;
  readonly conversations: ConversationReporter;
  readonly why: WhyTeller;
  readonly findings: ConversationFindings;
  readonly calls: CallAnswers;
  readonly frameLists: FrameLists;
  readonly conversationList = new ConversationList(() => this.conversationSource());
  private readonly frameDetails: FrameDetails;
  private readonly conversationDetails: ConversationDetails;
  readonly messageRows: MessageRows;
  private readonly tally: VerdictTally;
  private readonly ladders: ConversationLadder;
  private readonly files: readonly string[];
  private inside: { readonly analysis: Analysis; readonly answers: PageAnswers } | null = null;

  constructor(analysis: Analysis, files: readonly string[]) {
    this.analysis = analysis;
    this.files = files;
    this.messages = new MessageIndex(analysis);
    this.frames = new FrameReporter(analysis, this.messages);
    this.conversations = new ConversationReporter(analysis, this.frames);
    this.ladders = new ConversationLadder(analysis, this.frames, this.conversations, this.messages);
    this.findings = new ConversationFindings(analysis, this.frames, this.conversations, this.messages);
    this.why = new WhyTeller(analysis, this.frames, this.conversations, this.findings);
    this.frameLists = new FrameLists(analysis, this.frames, this.messages);
    this.calls = new CallAnswers(this);
    this.tally = new VerdictTally(analysis);
    this.messageRows = new MessageRows(analysis, this.messages, this.frames);
    this.frameDetails = new FrameDetails(this, files, this.messageRows);
    this.conversationDetails = new ConversationDetails(this, this.ladders);
  }

  /** How many frames have which verdict. */
  verdictCounts(): Record<FrameVerdictId, number> {
    return this.tally.counts();
  }

  frameWindow(
    filter: FrameFilter,
    from: number,
    count: number,
    order: FrameListWish['order'] = null,
  ): FrameWindow {
    return this.frameLists.window({ filter, order }, from, count, (frame, above) =>
      this.frameDetails.row(frame, above),
    );
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
    order: ConversationListWish['order'] = null,
  ): ConversationWindow {
    return this.conversationList.window({ text, verdicts, order }, from, count);
  }

  /** The row of a conversation in the list, by its id. */
  rowOfConversation(wish: ConversationListWish, id: string): number | null {
    const all = this.analysis.structure.conversations.length;
    const inside = this.everyInside().findIndex(
      ({ answers, conversation }) => answers.analysis.idOf(conversation) === id,
    );
    const at = inside >= 0 ? all + inside : this.find(id)?.conversation;
    if (at === undefined) return null;
    return this.conversationList.rowOf(wish, at);
  }

  /** Conversations of this analysis, then those inside them. */
  private conversationSource(): ConversationSource {
    const { structure, isSettled } = this.analysis;
    const all = structure.conversations.length;
    const inside = this.everyInside();
    const rowAt = (at: number): ConversationRow => {
      const child = inside[at - all];
      return child === undefined
        ? this.conversationRow(at)
        : child.answers.conversationRow(child.conversation);
    };
    return { length: all + inside.length, revision: this.frames.told, isSettled, rowAt };
  }

  /** Who answers for a conversation by its id, and under which number; null where there is none. */
  find(id: string): { readonly answers: PageAnswers; readonly conversation: number } | null {
    if (!id.includes('.')) {
      const conversation = id === '' ? -1 : Number(id);
      return this.knows(conversation) ? { answers: this, conversation } : null;
    }
    return (
      this.everyInside().find(({ answers, conversation }) => answers.analysis.idOf(conversation) === id) ??
      null
    );
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
    const context = this.findings.contextOf(conversation);
    const { handshake } = context;
    return {
      row: this.conversationRow(conversation),
      context,
      findings: this.findings.findingsOf(conversation),
      timing: handshake === null ? null : timeHandshake(this.analysis, conversation, handshake),
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

  sipWindow(wish: MessageListWish, from: number, count: number): FrameRequests['sip.window']['result'] {
    return this.messageRows.window(wish, from, count);
  }

  messageRow(at: number): SipMessageRow | null {
    return this.messageRows.row(at);
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

const MOST_FINDINGS = 5000;
