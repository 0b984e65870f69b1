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
    const steps: LadderStep[] = [];
    const ahead = new Set<LadderStep>();
    const { structure } = this.analysis;
    const { conversations } = structure;
    const { client } = this.analysis.rolesOf(conversation);
    const add = (
      frame: number,
      from: LadderStep['from'],
      layer: LadderStep['layer'],
      label: string,
      verdict: LadderStep['verdict'],
      rest: { detail?: string; decrypted?: boolean; message?: number | null } = {},
    ): void => {
      steps.push({
        frame,
        time: this.frames.timeOf(frame),
        relative: this.frames.relativeTimeOf(frame),
        from,
        layer,
        label,
        detail: rest.detail ?? '',
        verdict,
        decrypted: rest.decrypted ?? false,
        message: rest.message ?? null,
      });
    };
    for (const direction of [0, 1] as const) {
      const from = direction === client ? 'client' : 'server';
      const at = 2 * conversation + direction;
      const syn = conversations.synFrame.read(at);
      const fin = conversations.finFrame.read(at);
      const rst = conversations.rstFrame.read(at);
      if (syn > 0) add(syn, from, 'tcp', from === 'client' ? 'SYN' : 'SYN, ACK', 'plain');
      if (fin > 0) add(fin, from, 'tcp', 'FIN', 'plain');
      if (rst > 0) add(rst, from, 'tcp', 'RST', 'failure');
    }
    for (const record of this.conversations.recordsOf(conversation)) {
      if (steps.length >= MOST_STEPS) break;
      const frame = structure.records.frame.read(record);
      const report = reportRecord(this.analysis, record, false);
      const content = describeRecord(this.analysis, record);
      // What can be read of it comes below, by what it says.
      const readable =
        report.verdict === 'decrypted' ||
        (report.verdict === 'clear' && structure.records.plaintextLength.read(record) > 0);
      if (content === 'Application Data' && readable) continue;
      add(frame, report.from, 'tls', content, report.verdict, {
        decrypted: report.verdict === 'decrypted',
        detail: report.cause ?? '',
      });
    }
    for (const record of recordsBesideSip(
      this.analysis,
      this.messages,
      conversation,
      this.conversations.recordsOf(conversation),
    )) {
      if (steps.length >= MOST_STEPS) break;
      const decrypted = structure.records.verdict.read(record) !== VERDICT_CLEAR;
      add(
        structure.records.frame.read(record),
        reportRecord(this.analysis, record, false).from,
        'application',
        this.frames.http2.labelOfRecord(record) ??
          labelOfData(this.analysis.opening.plaintextOf(record) ?? NO_BYTES),
        decrypted ? 'decrypted' : 'plain',
        { decrypted },
      );
    }
    for (const { frame, direction } of this.frames.http2.clearFramesOf(conversation)) {
      if (steps.length >= MOST_STEPS) break;
      const from = direction === client ? 'client' : 'server';
      const label = this.frames.http2.labelsOf(frame).join(', ');
      if (label !== '') add(frame, from, 'application', label, 'plain');
    }
    for (const at of this.messages.ofConversation(conversation)) {
      if (steps.length >= MOST_STEPS) break;
      const view = this.messages.view(at);
      if (view === null) continue;
      add(
        view.frame,
        view.direction === client ? 'client' : 'server',
        'application',
        view.startLine,
        view.decrypted ? 'decrypted' : 'plain',
        { decrypted: view.decrypted, message: at, detail: view.cseq },
      );
    }
    for (const row of this.analysis.gapRows(conversation)) {
      const { gaps } = structure;
      const from = gaps.direction.read(row) === client ? 'client' : 'server';
      const [before, after] = [gaps.before.read(row), gaps.after.read(row)];
      if (after === 0 && before === 0) continue;
      add(after || before, from, 'mark', `${sizeOfHoles([gaps.sizeOf(row)])} missing`, 'gap', {
        detail:
          after === 0
            ? `behind frame ${before}`
            : before === 0
              ? `before frame ${after}`
              : `between frames ${before} and ${after}`,
      });
      // A hole stands before what came behind it.
      const hole = steps.at(-1);
      if (after > 0 && hole !== undefined) ahead.add(hole);
    }
    for (const [frame, first] of this.repetitionsOf(conversation))
      add(
        frame,
        structure.frames.flags.read(frame - 1) % 2 === client ? 'client' : 'server',
        'tcp',
        'Retransmission',
        'retransmission',
        { detail: `repeats frame ${first}` },
      );
    const failure = this.conversations.failureOf(conversation);
    if (failure !== null)
      add(
        failure.frame,
        failure.by === CLIENT ? 'client' : 'server',
        'mark',
        'The handshake ends here',
        'failure',
      );
    const rank = (step: LadderStep): number => (ahead.has(step) ? -1 : ORDER[step.layer]);
    steps.sort((a, b) => a.frame - b.frame || rank(a) - rank(b));
    return { steps: steps.slice(0, MOST_STEPS), complete: steps.length < MOST_STEPS };
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

const ORDER = { tcp: 0, tls: 1, application: 2, mark: 3 } as const;
const NO_BYTES = new Uint8Array(0);
const MOST_STEPS = 5000;
const MOST_SCANNED = 200_000;
const MOST_REPETITIONS = 1000;
