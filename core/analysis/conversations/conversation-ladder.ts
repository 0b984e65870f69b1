import type { LadderStep } from '../../api.ts';
import { sizeOfHoles } from '../../diagnosis/hole.ts';
import { FRAME_DUPLICATE } from '../../store/frame-table.ts';
import { VERDICT_CLEAR } from '../../store/record-table.ts';
import { CLIENT } from '../../tls/handshake.ts';
import type { Analysis } from '../analysis.ts';
import type { ConversationReporter } from './conversation-report.ts';
import type { FrameReporter } from '../frames/frame-report.ts';
import type { MessageIndex } from '../messages/message-index.ts';
import { labelOfData, recordsBesideSip } from '../messages/readable-data.ts';
import { describeRecord, reportRecord } from '../record-report.ts';

/** What passed between the two ends of a conversation, in order: TCP, TLS, and what is spoken inside. */
export class ConversationLadder {
  private readonly analysis: Analysis;
  private readonly frames: FrameReporter;
  private readonly conversations: ConversationReporter;
  private readonly messages: MessageIndex;

  constructor(
    analysis: Analysis,
    frames: FrameReporter,
    conversations: ConversationReporter,
    messages: MessageIndex,
  ) {
    this.analysis = analysis;
    this.frames = frames;
    this.conversations = conversations;
    this.messages = messages;
  }

  of(conversation: number): { steps: LadderStep[]; complete: boolean } {
    const steps = [...this.transportSteps(conversation)];
    for (const more of [
      this.recordSteps(conversation),
      this.dataSteps(conversation),
      this.clearHttp2Steps(conversation),
      this.messageSteps(conversation),
    ])
      for (const step of more) {
        if (steps.length >= MOST_STEPS) break;
        steps.push(step);
      }
    steps.push(...this.holeSteps(conversation), ...this.repetitionSteps(conversation));
    const failure = this.conversations.failureOf(conversation);
    if (failure !== null)
      steps.push({
        frame: failure.frame,
        from: failure.by === CLIENT ? 'client' : 'server',
        layer: 'mark',
        label: 'The handshake ends here',
        verdict: 'failure',
      });
    const rank = (step: Step): number => (step.ahead === true ? -1 : ORDER[step.layer]);
    steps.sort((a, b) => a.frame - b.frame || rank(a) - rank(b));
    return {
      steps: steps.slice(0, MOST_STEPS).map((step) => this.whole(step)),
      complete: steps.length < MOST_STEPS,
    };
  }

  private whole({ frame, from, layer, label, verdict, detail, decrypted, message }: Step): LadderStep {
    return {
      frame,
      time: this.frames.timeOf(frame),
      relative: this.frames.relativeTimeOf(frame),
      from,
      layer,
      label,
      detail: detail ?? '',
      verdict,
      decrypted: decrypted ?? false,
      message: message ?? null,
    };
  }

  private sideOf(conversation: number, direction: number): 'client' | 'server' {
    return direction === this.analysis.rolesOf(conversation).client ? 'client' : 'server';
  }

  private *transportSteps(conversation: number): Generator<Step> {
    const { conversations } = this.analysis.structure;
    for (const direction of [0, 1] as const) {
      const from = this.sideOf(conversation, direction);
      const at = 2 * conversation + direction;
      const syn = conversations.synFrame.read(at);
      const fin = conversations.finFrame.read(at);
      const rst = conversations.rstFrame.read(at);
      const opening = from === 'client' ? 'SYN' : 'SYN, ACK';
      if (syn > 0) yield { frame: syn, from, layer: 'tcp', label: opening, verdict: 'plain' };
      if (fin > 0) yield { frame: fin, from, layer: 'tcp', label: 'FIN', verdict: 'plain' };
      if (rst > 0) yield { frame: rst, from, layer: 'tcp', label: 'RST', verdict: 'failure' };
    }
  }

  private *recordSteps(conversation: number): Generator<Step> {
    const { records } = this.analysis.structure;
    for (const record of this.conversations.recordsOf(conversation)) {
      const report = reportRecord(this.analysis, record, false);
      const content = describeRecord(this.analysis, record);
      // What can be read of it comes with the data, by what it says.
      const readable =
        report.verdict === 'decrypted' ||
        (report.verdict === 'clear' && records.plaintextLength.read(record) > 0);
      if (content === 'Application Data' && readable) continue;
      yield {
        frame: records.frame.read(record),
        from: report.from,
        layer: 'tls',
        label: content,
        verdict: report.verdict,
        decrypted: report.verdict === 'decrypted',
        detail: report.cause ?? '',
      };
    }
  }

  /** What was read beside SIP. */
  private *dataSteps(conversation: number): Generator<Step> {
    const { analysis, messages } = this;
    const { records } = analysis.structure;
    const rows = this.conversations.recordsOf(conversation);
    for (const record of recordsBesideSip(analysis, messages, conversation, rows)) {
      const decrypted = records.verdict.read(record) !== VERDICT_CLEAR;
      yield {
        frame: records.frame.read(record),
        from: reportRecord(analysis, record, false).from,
        layer: 'application',
        label:
          this.frames.http2.labelOfRecord(record) ??
          labelOfData(analysis.opening.plaintextOf(record) ?? NO_BYTES),
        verdict: decrypted ? 'decrypted' : 'plain',
        decrypted,
      };
    }
  }

  private *clearHttp2Steps(conversation: number): Generator<Step> {
    for (const { frame, direction } of this.frames.http2.clearFramesOf(conversation)) {
      const label = this.frames.http2.labelsOf(frame).join(', ');
      const from = this.sideOf(conversation, direction);
      if (label !== '') yield { frame, from, layer: 'application', label, verdict: 'plain' };
    }
  }

  private *messageSteps(conversation: number): Generator<Step> {
    for (const at of this.messages.ofConversation(conversation)) {
      const view = this.messages.view(at);
      if (view === null) continue;
      yield {
        frame: view.frame,
        from: this.sideOf(conversation, view.direction),
        layer: 'application',
        label: view.startLine,
        verdict: view.decrypted ? 'decrypted' : 'plain',
        decrypted: view.decrypted,
        message: at,
        detail: view.cseq,
      };
    }
  }

  private *holeSteps(conversation: number): Generator<Step> {
    const { gaps } = this.analysis.structure;
    for (const row of this.analysis.gapRows(conversation)) {
      const [before, after] = [gaps.before.read(row), gaps.after.read(row)];
      if (after === 0 && before === 0) continue;
      const between = before === 0 ? `before frame ${after}` : `between frames ${before} and ${after}`;
      yield {
        frame: after || before,
        from: this.sideOf(conversation, gaps.direction.read(row)),
        layer: 'mark',
        label: `${sizeOfHoles([gaps.sizeOf(row)])} missing`,
        verdict: 'gap',
        detail: after === 0 ? `behind frame ${before}` : between,
        ahead: after > 0,
      };
    }
  }

  private *repetitionSteps(conversation: number): Generator<Step> {
    const { frames } = this.analysis.structure;
    for (const [frame, first] of this.repetitionsOf(conversation))
      yield {
        frame,
        from: this.sideOf(conversation, frames.flags.read(frame - 1) % 2),
        layer: 'tcp',
        label: 'Retransmission',
        verdict: 'retransmission',
        detail: `repeats frame ${first}`,
      };
  }

  /** Frames of a conversation that repeat others, with those; bounded. */
  private repetitionsOf(conversation: number): [number, number][] {
    const { frames, conversations } = this.analysis.structure;
    const from = conversations.firstFrame.read(conversation);
    const last = Math.min(conversations.lastFrame.read(conversation), from + MOST_SCANNED);
    const found: [number, number][] = [];
    for (let frame = from; frame > 0 && frame <= last && found.length < MOST_REPETITIONS; frame += 1) {
      if (frames.conversation.read(frame - 1) !== conversation) continue;
      const link = frames.link.read(frame - 1);
      if ((frames.flags.read(frame - 1) & FRAME_DUPLICATE) !== 0 && link > 0) found.push([frame, link]);
    }
    return found;
  }
}

/** What is to be said of a step; the rest follows from its frame. */
interface Step extends Pick<LadderStep, 'frame' | 'from' | 'layer' | 'label' | 'verdict'> {
  readonly detail?: string;
  readonly decrypted?: boolean;
  readonly message?: number;
  /** A hole stands before what came behind it. */
  readonly ahead?: boolean;
}

const ORDER = { tcp: 0, tls: 1, application: 2, mark: 3 } as const;
const NO_BYTES = new Uint8Array(0);
const MOST_STEPS = 5000;
const MOST_SCANNED = 200_000;
const MOST_REPETITIONS = 1000;
