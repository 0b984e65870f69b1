import { describeUtcTime } from '../../bytes/utc-time.ts';
import { formatDestination, formatEndpoint, formatSource } from '../../net/addresses.ts';
import { FRAME_AWAITING, FRAME_DIRECTION, FRAME_DUPLICATE } from '../../store/frame-table.ts';
import { VERDICT_DECRYPTED } from '../../store/record-table.ts';
import {
  type CauseId,
  type DecoderState,
  type FrameVerdictId,
  namesOfState,
  type StateFlag,
} from '../../verdict.ts';
import type { Analysis } from '../analysis.ts';
import { addressOf } from '../conversations/endpoint-address.ts';
import { FrameInfo } from './frame-info.ts';
import { causeOfFrame, frameVerdictOf } from './frame-verdicts.ts';
import { decodeLinkEnds } from './link-ends.ts';
import { RereadFrames } from './reread-frames.ts';
import { SecuredMedia } from '../media/media-secured.ts';
import { type Http2FrameReport, Http2Index } from '../messages/http2-index.ts';
import type { MessageIndex } from '../messages/message-index.ts';
import { type RecordReport, reportRecord } from '../record-report.ts';

/** One frame as the contract's `frames --json` gives it. */
export interface FrameReport {
  readonly frame: number;
  readonly file?: string;
  readonly frameInFile?: number;
  readonly time: string;
  readonly length: number;
  readonly captured: number;
  readonly source: string;
  readonly destination: string;
  readonly protocol: string;
  readonly info: string;
  readonly conversation: number | null;
  readonly verdict: FrameVerdictId;
  readonly cause: CauseId | null;
  readonly otherCauses: readonly CauseId[];
  readonly state: number | null;
  readonly stateFlags: readonly StateFlag[];
  readonly decoder: DecoderState | null;
  readonly completedIn?: number;
  readonly duplicateOf?: number;
  /** HTTP/2 frames that end in this one. */
  readonly http2?: readonly Http2FrameReport[];
  readonly records: readonly RecordReport[];
  readonly sip: readonly string[];
}

export interface FrameReportOptions {
  readonly plaintext: boolean;
  readonly files: readonly string[] | null;
  /** The texts of its SIP messages, where they are at hand. */
  readonly sip?: readonly string[];
}

/** Says what single frames are and what became of them. */
export class FrameReporter {
  private readonly analysis: Analysis;
  private readonly messages: MessageIndex;
  private inFile = new Uint32Array(0);
  private readonly endpoints = new Map<number, string>();
  private readonly info: FrameInfo;
  readonly secured: SecuredMedia;
  readonly http2: Http2Index;
  readonly reread: RereadFrames;

  constructor(analysis: Analysis, messages: MessageIndex) {
    this.analysis = analysis;
    this.messages = messages;
    this.http2 = new Http2Index(analysis);
    this.reread = new RereadFrames(analysis);
    this.info = new FrameInfo(analysis, messages, this);
    this.secured = new SecuredMedia(analysis, messages, this);
  }

  /** Moves with the analysis' revision, and when rows are told more exactly than before although no verdict changed. */
  get told(): number {
    return this.analysis.revision + this.secured.told;
  }

  report(number: number, options: FrameReportOptions): FrameReport {
    const { frames } = this.analysis.structure;
    const row = number - 1;
    const flags = frames.flags.read(row);
    const records = this.recordsOf(number);
    const reports = records.map((record) => reportRecord(this.analysis, record, options.plaintext));
    const last = reports.at(-1) ?? null;
    const cause = causeOfFrame(frames, row);
    const others = new Set<CauseId>();
    for (const report of reports)
      for (const other of [report.cause, ...report.otherCauses])
        if (other !== null && other !== cause) others.add(other);
    const ends = this.endpointsOf(number);
    const conversation = frames.conversation.read(row);
    const link = frames.link.read(row);
    const { files } = options;
    const http2 = this.http2.reportsOf(number);
    return {
      frame: number,
      ...(files === null
        ? {}
        : { file: files[frames.file.read(row)] ?? '', frameInFile: this.numberInFile(number) }),
      time: this.timeOf(number),
      length: frames.original.read(row),
      captured: frames.captured.read(row),
      source: ends.source,
      destination: ends.destination,
      protocol: this.protocolOf(number, true),
      info: this.infoOf(number),
      conversation: conversation < 0 ? null : conversation,
      verdict: frameVerdictOf(frames.verdict.read(row)),
      cause,
      otherCauses: [...others],
      state: last === null ? null : last.state,
      stateFlags: last === null ? [] : namesOfState(last.state),
      decoder: last === null ? null : last.decoder,
      ...((flags & FRAME_AWAITING) !== 0 ? { completedIn: link } : {}),
      ...((flags & FRAME_DUPLICATE) !== 0 && link > 0 ? { duplicateOf: link } : {}),
      ...(http2.length > 0 ? { http2 } : {}),
      records: reports,
      sip: options.sip ?? this.sipOf(number),
    };
  }

  /** Record rows that are complete in a frame, in order. */
  recordsOf(number: number): number[] {
    const { frames, records } = this.analysis.structure;
    const rows: number[] = [];
    for (let next = frames.firstRecord.read(number - 1); next !== 0; next = records.next.read(next - 1))
      rows.push(next - 1);
    return rows;
  }

  timeOf(number: number): string {
    const { frames } = this.analysis.structure;
    const nanoseconds = String(frames.nanoseconds.read(number - 1)).padStart(9, '0');
    return `${frames.seconds.read(number - 1)}.${nanoseconds}`;
  }

  utcTimeOf(number: number): string {
    const { frames } = this.analysis.structure;
    return describeUtcTime(frames.seconds.read(number - 1), frames.nanoseconds.read(number - 1));
  }

  /** Seconds since the first frame. */
  relativeTimeOf(number: number): number {
    const { frames } = this.analysis.structure;
    const seconds = frames.seconds.read(number - 1) - frames.seconds.read(0);
    return seconds + (frames.nanoseconds.read(number - 1) - frames.nanoseconds.read(0)) / 1e9;
  }

  endpointsOf(number: number): { readonly source: string; readonly destination: string } {
    const { frames } = this.analysis.structure;
    const conversation = frames.conversation.read(number - 1);
    if (conversation >= 0) {
      const direction = (frames.flags.read(number - 1) & FRAME_DIRECTION) === 0 ? 0 : 1;
      return {
        source: this.endpointOf(conversation, direction),
        destination: this.endpointOf(conversation, direction === 0 ? 1 : 0),
      };
    }
    const frame = this.reread.scratchOf(number);
    if (frame === null) return { source: '', destination: '' };
    const link = decodeLinkEnds(this.reread.decoder, frame, number);
    if (link !== null) return { source: link[0], destination: link[1] };
    const { packet } = this.reread.decoder;
    return { source: formatSource(packet), destination: formatDestination(packet) };
  }

  /** "address:port" of one end of a conversation. */
  endpointOf(conversation: number, endpoint: 0 | 1): string {
    const key = 2 * conversation + endpoint;
    const known = this.endpoints.get(key);
    if (known !== undefined) return known;
    const made = this.formatEndpointOf(conversation, endpoint);
    if (this.endpoints.size >= MOST_ENDPOINTS) this.endpoints.clear();
    this.endpoints.set(key, made);
    return made;
  }

  private formatEndpointOf(conversation: number, endpoint: 0 | 1): string {
    const { conversations } = this.analysis.structure;
    const address = addressOf(conversations, conversation, endpoint);
    return formatEndpoint(address, conversations.ports.read(2 * conversation + endpoint));
  }

  /** `thorough`: SRTP is told from RTP even where that means to read every session description first. */
  protocolOf(number: number, thorough = false): string {
    const { structure, opening } = this.analysis;
    const { frames, records } = structure;
    const own = structure.protocols.nameOf(frames.protocol.read(number - 1));
    const conversation = frames.conversation.read(number - 1);
    if (own === 'RTP' || own === 'RTCP') return this.mediaProtocolOf(own, conversation, thorough);
    if (own !== 'TLS' && own !== 'DTLS') return own;
    const inner = opening.openedProtocol.read(conversation);
    if (inner === 0) return own;
    for (const record of this.recordsOf(number))
      if (
        records.verdict.read(record) === VERDICT_DECRYPTED &&
        records.innerType.read(record) === APPLICATION_DATA
      )
        return `${structure.protocols.nameOf(inner)}/${own}`;
    return own;
  }

  /**
   * "SRTP" and "SRTCP" where that is known of a conversation that looks like RTP or RTCP; "UDP" where neither its packets nor
   * a description say that it is media.
   */
  mediaProtocolOf(looksLike: 'RTP' | 'RTCP', conversation: number, thorough: boolean): string {
    if (conversation < 0) return looksLike;
    if (this.secured.isSecured(conversation, thorough)) return `S${looksLike}`;
    const isMedia =
      this.analysis.structure.media.isConfirmed(conversation) ||
      this.secured.isDescribed(conversation, thorough);
    return isMedia ? looksLike : 'UDP';
  }

  infoOf(number: number): string {
    return this.info.of(number);
  }

  sipOf(number: number): string[] {
    const texts: string[] = [];
    for (
      let at = this.messages.firstAt(number);
      at < this.messages.length && this.messages.frameOf(at) === number;
      at += 1
    )
      texts.push(this.messages.textOf(at) ?? '');
    return texts;
  }

  numberInFile(number: number): number {
    const { frames } = this.analysis.structure;
    if (this.inFile.length < frames.length) {
      const counts: number[] = [];
      this.inFile = new Uint32Array(frames.length);
      for (let row = 0; row < frames.length; row += 1) {
        const file = frames.file.read(row);
        counts[file] = (counts[file] ?? 0) + 1;
        this.inFile[row] = counts[file];
      }
    }
    return this.inFile[number - 1] ?? 0;
  }
}

const APPLICATION_DATA = 23;
const MOST_ENDPOINTS = 20_000;
