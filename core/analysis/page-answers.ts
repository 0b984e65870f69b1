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
  RecordDetail,
  SipMessageRow,
} from '../api.ts';
import { encodeBase64 } from '../bytes/base64.ts';
import { frameLink, rich } from '../diagnosis/rich-text.ts';
import { FRAME_AWAITING, FRAME_DUPLICATE } from '../store/frame-table.ts';
import { RECORD_DIRECTION } from '../store/record-table.ts';
import { describeSecretSource } from '../tls/handshake.ts';
import {
  type ConversationVerdictId,
  DECODER_STATES,
  FRAME_VERDICTS,
  type FrameVerdictId,
} from '../verdict.ts';
import { decodeCertificate } from '../x509/certificate.ts';
import { encodePem } from '../x509/pem-encode.ts';
import type { Analysis } from './analysis.ts';
import { CallAnswers } from './calls/call-answers.ts';
import { findInCapture } from './capture/capture-findings.ts';
import { groupNeeds } from './capture/capture-summary.ts';
import { type ComparedConversation, compareConversations } from './conversations/compare-conversations.ts';
import { tellDebugLog } from './conversations/debug-log.ts';
import { ConversationFindings } from './conversations/conversation-findings.ts';
import { ConversationReporter } from './conversations/conversation-report.ts';
import { FilteredFrames } from './frames/frame-filter.ts';
import { ConversationLadder } from './conversations/conversation-ladder.ts';
import { FrameReporter } from './frames/frame-report.ts';
import { FrameTree } from './frames/frame-tree.ts';
import { causeOfFrame, frameVerdictOf } from './frames/frame-verdicts.ts';
import { writeLadderSvg } from './conversations/ladder-svg.ts';
import { writeLadderText } from './conversations/ladder-text.ts';
import { MessageIndex } from './messages/message-index.ts';
import { recordsBesideSip, textOfData } from './messages/readable-data.ts';
import { decoderOf, describeRecord, reportRecord } from './record-report.ts';
import { timeHandshakes } from './conversations/timing-findings.ts';
import { WhyTeller } from './frames/why-panel.ts';

/** Answers what a page asks about one analysis: rows by window, details on demand. Everything is derived when asked. */
export class PageAnswers {
  readonly analysis: Analysis;
  readonly messages: MessageIndex;
  readonly frames: FrameReporter;
  readonly conversations: ConversationReporter;
  readonly why: WhyTeller;
  readonly findings: ConversationFindings;
  readonly calls: CallAnswers;
  private readonly tree: FrameTree;
  private readonly ladders: ConversationLadder;
  private readonly files: readonly string[];
  /** Ids of conversations that are inside others, where this answers for such. */
  private readonly ids: readonly string[] | null;
  private inside: { readonly analysis: Analysis; readonly answers: PageAnswers } | null = null;
  private filters: FilteredFrames[] = [];
  private readonly tally = {
    generation: -1,
    counted: 0,
    byCode: new Float64Array(FRAME_VERDICTS.length),
  };

  constructor(analysis: Analysis, files: readonly string[], ids: readonly string[] | null = null) {
    this.analysis = analysis;
    this.files = files;
    this.ids = ids;
    this.messages = new MessageIndex(analysis);
    this.frames = new FrameReporter(analysis, this.messages);
    this.conversations = new ConversationReporter(analysis, this.frames);
    this.tree = new FrameTree(analysis, this.frames);
    this.ladders = new ConversationLadder(analysis, this.frames, this.conversations, this.messages);
    this.findings = new ConversationFindings(analysis, this.frames, this.conversations, this.messages);
    this.why = new WhyTeller(analysis, this.frames, this.conversations, this.findings);
    this.calls = new CallAnswers(this);
  }

  /** How many frames have which verdict. */
  verdictCounts(): Record<FrameVerdictId, number> {
    const counts: Record<FrameVerdictId, number> = {
      'not-tls': 0,
      clear: 0,
      decrypted: 0,
      'partly-decrypted': 0,
      awaiting: 0,
      opaque: 0,
      malformed: 0,
    };
    const { analysis, tally } = this;
    const { frames } = analysis.structure;
    // Asked for ten times a second: frames are counted once, and again only where their verdicts were given again.
    if (tally.generation !== analysis.verdictGeneration) {
      tally.generation = analysis.verdictGeneration;
      tally.counted = 0;
      tally.byCode.fill(0);
    }
    for (; tally.counted < analysis.verdictsGiven; tally.counted += 1) {
      const code = frames.verdict.read(tally.counted);
      tally.byCode[code] = (tally.byCode[code] ?? 0) + 1;
    }
    FRAME_VERDICTS.forEach((verdict, code) => {
      counts[verdict] = tally.byCode[code] ?? 0;
    });
    counts['not-tls'] += frames.length - tally.counted;
    return counts;
  }

  frameWindow(filter: FrameFilter, from: number, count: number): FrameWindow {
    const list = this.listOf(filter);
    const rows: FrameRow[] = [];
    for (let row = from; row < from + count; row += 1) {
      const frame = list.frameAt(row);
      if (frame === 0) break;
      rows.push(this.frameRow(frame));
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
    const { structure } = this.analysis;
    const row = frame - 1;
    const records = this.frames.recordsOf(frame);
    const last = records.at(-1);
    const ends = this.frames.endpointsOf(frame);
    const conversation = structure.frames.conversation.read(row);
    return {
      frame,
      relative: this.frames.relativeTimeOf(frame),
      time: this.frames.timeOf(frame),
      source: ends.source,
      destination: ends.destination,
      conversation: conversation < 0 ? null : String(conversation),
      protocol: this.frames.protocolOf(frame),
      length: structure.frames.original.read(row),
      verdict: frameVerdictOf(structure.frames.verdict.read(row)),
      cause: causeOfFrame(structure.frames, row),
      state: last === undefined ? null : structure.records.state.read(last),
      decoder: last === undefined ? null : decoderOf(structure.records.decoder.read(last)),
      info: this.frames.infoOf(frame),
    };
  }

  frameDetail(frame: number): FrameDetail | null {
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
      const message = this.messageRow(at);
      if (message !== null) sip.push({ message, text: this.messages.textOf(at) ?? '' });
    }
    return {
      row: this.frameRow(frame),
      file: this.files[frames.file.read(row)] ?? '',
      frameInFile: this.frames.numberInFile(frame),
      captured: frames.captured.read(row),
      completedIn: (flags & FRAME_AWAITING) !== 0 && link > 0 ? link : null,
      duplicateOf: (flags & FRAME_DUPLICATE) !== 0 && link > 0 ? link : null,
      tree: this.tree.of(frame, records),
      records,
      sip,
      why: this.why.tellFrame(frame),
      bytes: encodeBase64(this.frames.bytesOf(frame) ?? new Uint8Array(0)),
    };
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
    return this.everyInside().find(({ answers, conversation }) => answers.idOf(conversation) === id) ?? null;
  }

  /** Conversations inside others, however deep, each with who answers for it. */
  private everyInside(): readonly { readonly answers: PageAnswers; readonly conversation: number }[] {
    const { analysis } = this.analysis.inner;
    if (analysis === null) return [];
    if (this.inside?.analysis !== analysis) {
      const ids = this.analysis.inner.idsOf((conversation) => this.idOf(conversation));
      this.inside = { analysis, answers: new PageAnswers(analysis, this.files, ids) };
    }
    const { answers } = this.inside;
    const own = Array.from({ length: analysis.structure.conversations.length }, (_none, conversation) => ({
      answers,
      conversation,
    }));
    return [...own, ...answers.everyInside()];
  }

  private idOf(conversation: number): string {
    return this.ids === null ? String(conversation) : (this.ids[conversation] ?? '');
  }

  conversationRow(conversation: number): ConversationRow {
    const report = this.conversations.report(conversation);
    const { conversations } = this.analysis.structure;
    const first = conversations.firstFrame.read(conversation);
    return {
      conversation: this.idOf(conversation),
      transport: report.transport,
      protocol: report.protocol,
      client: report.client,
      server: report.server,
      rolesAssumed: report.rolesAssumed,
      firstFrame: first,
      lastFrame: report.lastFrame,
      frames: report.frames,
      start: report.start,
      duration: this.frames.relativeTimeOf(report.lastFrame) - this.frames.relativeTimeOf(first),
      version: report.version,
      cipherSuite: report.cipherSuite?.name ?? null,
      serverName: report.serverName,
      verdict: report.verdict,
      cause: report.cause,
      key: report.key?.source ?? null,
      decrypted: report.records.decrypted,
      opaque: report.records.opaque,
      clear: report.records.clear,
      sipMessages: this.messages.countOf(conversation),
    };
  }

  conversationDetail(conversation: number): ConversationDetail | null {
    if (!(conversation >= 0) || conversation >= this.analysis.structure.conversations.length) return null;
    const row = this.conversationRow(conversation);
    const report = this.conversations.report(conversation);
    const handshake = this.analysis.sessionOf(conversation)?.lastHandshake ?? null;
    const why = this.why.tellConversation(conversation);
    const ladder = this.ladders.of(conversation);
    return {
      row,
      headline: why === null ? headlineOf(row) : why.what,
      keyExchange: report.keyExchange,
      resumed: report.resumed,
      certificates: (handshake?.serverCertificates ?? []).map((der) =>
        certificateDetail(der, handshake?.serverCertificate?.frame ?? 0),
      ),
      clientCertificates: (handshake?.clientCertificates ?? []).map((der) =>
        certificateDetail(der, handshake?.clientCertificate?.frame ?? 0),
      ),
      canBeDecryptedBy: this.findings.waysOf(conversation),
      findings: this.findings.findingsOf(conversation),
      why,
      ladder: ladder.steps,
      ladderComplete: ladder.complete,
    };
  }

  /** Everything that is remarked of the capture and its conversations. */
  captureFindings(): readonly Finding[] {
    return findInCapture(this.analysis, this.findings, MOST_FINDINGS);
  }

  needs(): NeedGroup[] {
    return groupNeeds(this.analysis, this.findings);
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
    const lines: string[] = [];
    let size = 0;
    for (const line of tellDebugLog(this.analysis, this.frames, conversation)) {
      size += line.length + 1;
      if (size > limit) return { text: lines.join('\n'), complete: false };
      lines.push(line);
    }
    return { text: `${lines.join('\n')}\n`, complete: true };
  }

  conversationText(conversation: number, limit: number): { text: string; complete: boolean } | null {
    if (!(conversation >= 0) || conversation >= this.analysis.structure.conversations.length) return null;
    const parts: string[] = [];
    let size = 0;
    const { records } = this.analysis.structure;
    const messages = this.messages.ofConversation(conversation);
    const others = this.readableBesideSip(conversation);
    // Both are in order of frames; of one frame the message stands first.
    for (let m = 0, r = 0; m < messages.length || r < others.length;) {
      const message = messages[m];
      const record = others[r];
      const messageFrame = message === undefined ? Infinity : this.messages.frameOf(message);
      const recordFrame = record === undefined ? Infinity : records.frame.read(record);
      let part = '';
      if (message !== undefined && messageFrame <= recordFrame) {
        const direction = this.messages.view(message)?.direction ?? 0;
        part = this.textPart(conversation, direction, messageFrame, this.messages.textOf(message) ?? '');
        m += 1;
      } else if (record !== undefined) {
        const direction = (records.flags.read(record) & RECORD_DIRECTION) === 0 ? 0 : 1;
        const bytes = this.analysis.opening.plaintextOf(record) ?? NO_BYTES;
        part = this.textPart(conversation, direction, recordFrame, textOfData(bytes));
        r += 1;
      }
      if (size + part.length > limit) return { text: parts.join(''), complete: false };
      size += part.length;
      parts.push(part);
    }
    return { text: parts.join(''), complete: true };
  }

  private textPart(conversation: number, direction: 0 | 1, frame: number, text: string): string {
    const source = this.frames.endpointOf(conversation, direction);
    const destination = this.frames.endpointOf(conversation, direction === 0 ? 1 : 0);
    return `--- frame ${frame}, ${this.frames.timeOf(frame)}, ${source} → ${destination}\n${text}\n`;
  }

  private readableBesideSip(conversation: number): number[] {
    const records = this.conversations.recordsOf(conversation);
    return recordsBesideSip(this.analysis, this.messages, conversation, records);
  }

  sipWindow(
    text: string,
    from: number,
    count: number,
  ): { total: number; from: number; rows: SipMessageRow[] } {
    const wanted = text.trim().toLowerCase();
    const rows: SipMessageRow[] = [];
    if (wanted === '') {
      for (let at = from; at < Math.min(this.messages.length, from + count); at += 1) {
        const row = this.messageRow(at);
        if (row !== null) rows.push(row);
      }
      return { total: this.messages.length, from, rows };
    }
    let total = 0;
    for (let at = 0; at < this.messages.length; at += 1) {
      const row = this.messageRow(at);
      if (row === null) continue;
      const shown =
        `${row.startLine}\n${row.callId}\n${row.cseq}\n${row.source}\n${row.destination}`.toLowerCase();
      if (!shown.includes(wanted) && !(this.messages.textOf(at) ?? '').toLowerCase().includes(wanted))
        continue;
      if (total >= from && rows.length < count) rows.push(row);
      total += 1;
    }
    return { total, from, rows };
  }

  messageRow(at: number): SipMessageRow | null {
    const view = this.messages.view(at);
    if (view === null) return null;
    return {
      message: at,
      frame: view.frame,
      time: this.frames.timeOf(view.frame),
      conversation: String(view.conversation),
      source: this.frames.endpointOf(view.conversation, view.direction),
      destination: this.frames.endpointOf(view.conversation, view.direction === 0 ? 1 : 0),
      startLine: view.startLine,
      callId: view.callId,
      cseq: view.cseq,
      decrypted: view.decrypted,
    };
  }

  private listOf(filter: FrameFilter): FilteredFrames {
    const key = JSON.stringify(filter);
    const known = this.filters.find((list) => JSON.stringify(list.filter) === key);
    const list = known ?? new FilteredFrames(this.analysis, this.frames, this.messages, filter);
    this.filters = [list, ...this.filters.filter((other) => other !== list)].slice(0, MOST_FILTERS);
    list.evaluate(list.slow ? FILTER_STEP / 20 : FILTER_STEP);
    return list;
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

const NO_BYTES = new Uint8Array(0);
const MOST_SIP = 100;
const MOST_FILTERS = 4;
const MOST_FINDINGS = 5000;
const FILTER_STEP = 4000;

function matchesRow(row: ConversationRow, wanted: string): boolean {
  const shown = [
    row.client,
    row.server,
    row.protocol,
    row.version,
    row.cipherSuite,
    row.serverName,
    row.verdict,
    row.cause,
    row.key,
  ];
  return shown.some((text) => text !== null && text.toLowerCase().includes(wanted));
}

function headlineOf(row: ConversationRow): ConversationDetail['headline'] {
  switch (row.verdict) {
    case 'decrypted':
      return rich`Everything that was encrypted here is decrypted${row.key === null ? '' : `, with ${row.key}`}.`;
    case 'clear':
      return rich`Nothing of this connection is encrypted.`;
    case 'not-tls':
      return rich`This conversation is not TLS. It begins in ${frameLink(row.firstFrame)}.`;
    default:
      return rich`This connection begins in ${frameLink(row.firstFrame)}.`;
  }
}

function certificateDetail(der: Uint8Array, frame: number): ConversationDetail['certificates'][number] {
  const certificate = decodeCertificate(der);
  const names = certificate.kind === 'certificate' ? (certificate.extensions.names ?? []) : [];
  return {
    subject: certificate.subject?.text ?? '',
    issuer: certificate.issuer?.text ?? '',
    serial: certificate.serial ?? '',
    notBefore: certificate.notBefore?.text ?? '',
    notAfter: certificate.notAfter?.text ?? '',
    publicKey: certificate.publicKey?.description ?? '',
    signature: certificate.signature?.name ?? '',
    sha256: certificate.sha256,
    sha256OfPublicKey: certificate.sha256OfPublicKey ?? '',
    names: names.map((name) => name.value),
    frame,
    pem: encodePem('CERTIFICATE', der),
  };
}

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
