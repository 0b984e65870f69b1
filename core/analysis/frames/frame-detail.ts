import type { FrameDetail, FrameRow, RecordDetail } from '../../api.ts';
import { encodeBase64 } from '../../bytes/base64.ts';
import { FRAME_AWAITING, FRAME_DUPLICATE } from '../../store/frame-table.ts';
import { describeSecretSource } from '../../tls/handshake.ts';
import { DECODER_STATES } from '../../verdict.ts';
import type { Analysis } from '../analysis.ts';
import type { MessageIndex } from '../messages/message-index.ts';
import type { MessageRows } from '../messages/message-window.ts';
import type { PageAnswers } from '../page-answers.ts';
import { decoderOf, describeRecord, reportRecord } from '../record-report.ts';
import type { FrameReporter } from './frame-report.ts';
import { FrameTree } from './frame-tree.ts';
import { causeOfFrame, frameVerdictOf } from './frame-verdicts.ts';
import type { WhyTeller } from './why-panel.ts';

/** What the page shows of one frame: its row in the list, and all that is known of it. */
export class FrameDetails {
  private readonly analysis: Analysis;
  private readonly files: readonly string[];
  private readonly frames: FrameReporter;
  private readonly messages: MessageIndex;
  private readonly messageRows: MessageRows;
  private readonly why: WhyTeller;
  private readonly tree: FrameTree;

  constructor(answers: PageAnswers, files: readonly string[], messageRows: MessageRows) {
    const { analysis, frames, messages, why } = answers;
    this.analysis = analysis;
    this.files = files;
    this.frames = frames;
    this.messages = messages;
    this.messageRows = messageRows;
    this.why = why;
    this.tree = new FrameTree(analysis, frames);
  }

  /** `above`: the frame whose row stands above it; 0 where there is none. */
  row(frame: number, above = 0): FrameRow {
    const { structure } = this.analysis;
    const row = frame - 1;
    const records = this.frames.recordsOf(frame);
    const last = records.at(-1);
    const ends = this.frames.endpointsOf(frame);
    const conversation = structure.frames.conversation.read(row);
    const relative = this.frames.relativeTimeOf(frame);
    return {
      frame,
      relative,
      time: this.frames.timeOf(frame),
      delta: above === 0 ? null : relative - this.frames.relativeTimeOf(above),
      source: ends.source,
      destination: ends.destination,
      conversation: conversation < 0 ? null : this.analysis.idOf(conversation),
      protocol: this.frames.protocolOf(frame),
      length: structure.frames.original.read(row),
      verdict: frameVerdictOf(structure.frames.verdict.read(row)),
      cause: causeOfFrame(structure.frames, row),
      state: last === undefined ? null : structure.records.state.read(last),
      decoder: last === undefined ? null : decoderOf(structure.records.decoder.read(last)),
      info: this.frames.infoOf(frame),
    };
  }

  of(frame: number): FrameDetail | null {
    const { frames } = this.analysis.structure;
    if (frame < 1 || frame > frames.length) return null;
    const row = frame - 1;
    const flags = frames.flags.read(row);
    const link = frames.link.read(row);
    const records = this.frames.recordsOf(frame).map((record) => this.recordDetail(record, frame));
    const sip: FrameDetail['sip'][number][] = [];
    for (
      let at = this.messages.firstAt(frame);
      at < this.messages.length && this.messages.frameOf(at) === frame && sip.length < MOST_SIP;
      at += 1
    ) {
      const message = this.messageRows.row(at);
      if (message !== null) sip.push({ message, text: this.messages.textOf(at) ?? '' });
    }
    return {
      row: this.row(frame),
      file: this.files[frames.file.read(row)] ?? '',
      frameInFile: this.frames.numberInFile(frame),
      captured: frames.captured.read(row),
      completedIn: (flags & FRAME_AWAITING) !== 0 && link > 0 ? link : null,
      duplicateOf: (flags & FRAME_DUPLICATE) !== 0 && link > 0 ? link : null,
      tree: this.tree.of(frame, records),
      records,
      sip,
      why: this.why.tellFrame(frame),
      bytes: encodeBase64(this.frames.reread.bytesOf(frame) ?? new Uint8Array(0)),
    };
  }

  private recordDetail(record: number, frame: number): RecordDetail {
    const { records } = this.analysis.structure;
    const report = reportRecord(this.analysis, record, false);
    const epoch = this.analysis.stretchOf(record)?.epoch ?? null;
    const state = DECODER_STATES[records.decoder.read(record) - 1] ?? 'none';
    return {
      record,
      type: report.type,
      innerType: report.innerType ?? null,
      version: report.version,
      length: report.length,
      from: report.from,
      frames: report.frames,
      verdict: report.verdict,
      cause: report.cause,
      otherCauses: report.otherCauses,
      state: report.state,
      decoder: report.decoder,
      decoderWords: decoderWords(state, report, epoch === null ? '' : describeSecretSource(epoch.source)),
      cipherSuite: report.cipherSuite ?? null,
      sequence: report.sequence ?? null,
      key: report.key ?? null,
      epoch: report.epoch ?? null,
      resynchronised: report.resynchronised ?? null,
      authenticated: report.authenticated ?? null,
      content: describeRecord(this.analysis, record),
      bytesInFrame: this.bytesInFrame(record, frame),
      hasPlaintext:
        report.verdict === 'decrypted' || this.analysis.stretchOf(record)?.handshake?.suite?.kind === 'null',
    };
  }

  /** Where a record's bytes lie in one of its frames. */
  private bytesInFrame(record: number, frame: number): { offset: number; length: number }[] {
    const { records, spans, frames } = this.analysis.structure;
    const base = frames.offset.read(frame - 1);
    const count = records.spanCount.read(record);
    const place = records.place.read(record);
    const header = records.headerLength.read(record) || 5;
    if (count === 1) return [{ offset: place - base, length: records.fragmentLength.read(record) + header }];
    const runs: { offset: number; length: number }[] = [];
    for (let span = place; span < place + count; span += 1)
      if (spans.frame.read(span) === frame)
        runs.push({ offset: spans.offset.read(span) - base, length: spans.size.read(span) });
    return runs;
  }
}

const MOST_SIP = 100;

function decoderWords(state: string, report: ReturnType<typeof reportRecord>, key: string): string {
  switch (state) {
    case 'opened':
      return `opened with ${report.cipherSuite ?? 'its suite'}, sequence number ${report.sequence ?? 0}, key from ${key}, check passed${report.resynchronised === undefined ? '' : `, resynchronised by ${report.resynchronised}`}`;
    case 'failed':
      return `failed: ${report.cause ?? 'the check does not pass'}`;
    case 'not-yet':
      return 'not yet: encryption has not begun in this direction';
    case 'ready':
      return 'ready';
    default:
      return `none: ${report.cause ?? 'no keys'}`;
  }
}
