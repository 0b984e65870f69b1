import type { RtcpSink } from '../../media/rtp/decode-rtcp.ts';
import type { ControlFacts } from './media-stream.ts';

/** Takes in what RTCP says, by the source that it speaks of. */
export class MediaControl implements RtcpSink {
  /** When the packet at hand was captured: seconds since the first frame. */
  time = 0;
  private readonly facts = new Map<number, ControlFacts>();
  private readonly senderReports = new Map<number, SenderReports>();

  of(ssrc: number): ControlFacts | null {
    return this.facts.get(ssrc) ?? null;
  }

  bye(): void {}

  senderReport(ssrc: number, middle: number): void {
    let reports = this.senderReports.get(ssrc);
    if (reports === undefined) {
      if (this.senderReports.size >= MOST_SOURCES) return;
      reports = { middles: new Uint32Array(REPORTS_KEPT), times: new Float64Array(REPORTS_KEPT), next: 0 };
      this.senderReports.set(ssrc, reports);
    }
    const at = reports.next % REPORTS_KEPT;
    reports.middles[at] = middle;
    reports.times[at] = this.time;
    reports.next += 1;
  }

  reportBlock(
    reporter: number,
    source: number,
    _fraction: number,
    lost: number,
    jitter: number,
    lastReport: number,
    delay: number,
  ): void {
    let facts = this.facts.get(source);
    if (facts === undefined) {
      if (this.facts.size >= MOST_SOURCES) return;
      facts = { reports: 0, lostMax: 0, jitterMax: 0, way: -1, reporter };
      this.facts.set(source, facts);
    }
    facts.reports += 1;
    facts.lostMax = Math.max(facts.lostMax, lost);
    facts.jitterMax = Math.max(facts.jitterMax, jitter);
    const way = lastReport === 0 ? -1 : this.wayOf(source, lastReport, delay);
    if (way < 0) return;
    facts.way = way;
    facts.reporter = reporter;
  }

  /** RFC 3550 §6.4.1, but from where the capture was made: since the report that is answered passed by. */
  private wayOf(source: number, lastReport: number, delay: number): number {
    const reports = this.senderReports.get(source);
    const at = reports?.middles.indexOf(lastReport) ?? -1;
    if (reports === undefined || at < 0) return -1;
    const way = this.time - (reports.times[at] ?? 0) - delay / 0x1_0000;
    return way > LONGEST_WAY ? -1 : Math.max(0, way);
  }
}

interface SenderReports {
  readonly middles: Uint32Array;
  readonly times: Float64Array;
  next: number;
}

const MOST_SOURCES = 20_000;
const REPORTS_KEPT = 16;
/** Seconds. */
const LONGEST_WAY = 60;
