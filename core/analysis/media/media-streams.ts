import type { MediaStreamRow, MediaWindow } from '../../api-calls.ts';
import { encodeBase64 } from '../../bytes/base64.ts';
import { hasAudioDecoder } from '../../media/codecs/audio-decoder.ts';
import { estimateMos } from '../../media/rtp/e-model.ts';
import type { Analysis } from '../analysis.ts';
import type { FrameReporter } from '../frames/frame-report.ts';
import { playStream } from './media-playback.ts';
import { MediaScan } from './media-scan.ts';
import type { ControlFacts, MediaStream } from './media-stream.ts';
import { MediaTextFilter } from './media-text-filter.ts';
import { isOneWay, remarksOn, typeOf } from './media-remarks.ts';
import { explainProtection, type MediaProtection } from './media-why.ts';
import type { MessageIndex } from '../messages/message-index.ts';

/** What streams are asked for by: the Call-IDs of a call's legs; of a call that cannot be read, its media conversations. */
export interface MediaOwner {
  readonly callIds: readonly string[];
  readonly conversations: readonly number[];
}

/** One stream as the ladder of a call draws it. */
export interface CallMediaStream {
  /** Id of the MediaStreamRow. */
  readonly stream: number;
  /** "address:port". */
  readonly source: string;
  readonly destination: string;
  /** Seconds since the capture's first frame. */
  readonly start: number;
  readonly end: number;
  readonly label: string;
  readonly problem: boolean;
}

/** The RTP streams of a capture, found by session descriptions and by shape, measured and opened where keys are there. */
export class MediaStreams {
  private readonly analysis: Analysis;
  private readonly messages: MessageIndex;
  private readonly frames: FrameReporter;
  /** The pass under way, and the last one that was done with. */
  private scan: MediaScan | null = null;
  private done: MediaScan | null = null;
  private streams: readonly MediaStream[] = [];
  private readonly byCall = new Map<string, MediaStream[]>();
  private readonly textFilter = new MediaTextFilter();
  private readonly protections = new Map<MediaStream, MediaProtection>();

  constructor(analysis: Analysis, messages: MessageIndex, frames: FrameReporter) {
    this.analysis = analysis;
    this.messages = messages;
    this.frames = frames;
  }

  /**
   * Looks at so many more frames; false while there are more to look at. `window` and `wav` do the rest at once where this
   * was not called until it said true; hosts that answer others meanwhile call it in slices.
   */
  advance(frames: number): boolean {
    if (this.isFresh(this.done)) return true;
    if (!this.isFresh(this.scan)) this.scan = new MediaScan(this.analysis, this.messages, this.frames);
    const { scan } = this;
    if (scan === null || !scan.advance(frames)) return false;
    this.done = scan;
    this.scan = null;
    this.streams = scan.sources.filter((source) => scan.isStream(source));
    this.protections.clear();
    this.byCall.clear();
    this.streams.forEach((stream, number) => {
      stream.number = number;
      const { callId } = stream;
      if (callId === null) return;
      const others = this.byCall.get(callId);
      if (others === undefined) this.byCall.set(callId, [stream]);
      else others.push(stream);
    });
    return true;
  }

  /** The streams of one call, or of the whole capture. `callOf`: the name of the call that a Call-ID is a leg of. */
  window(
    owner: MediaOwner | null,
    from: number,
    count: number,
    callOf: (callId: string) => string,
  ): MediaWindow {
    const { length, rowAt } = this.list(owner, callOf);
    const rows: MediaStreamRow[] = [];
    for (let at = from; at < Math.min(length, from + count); at += 1) rows.push(rowAt(at));
    return { revision: this.analysis.revision, total: length, ordered: true, from, rows };
  }

  /** The same as a list of which rows are made when asked for, of the streams that hold `text`. */
  list(
    owner: MediaOwner | null,
    callOf: (callId: string) => string,
    text = '',
  ): { readonly length: number; readonly rowAt: (at: number) => MediaStreamRow } {
    this.complete();
    const wanted = text.trim().toLowerCase();
    const all = this.chosen(owner);
    const chosen =
      wanted === ''
        ? all
        : this.textFilter.of(wanted, all, (stream) => [ssrcOf(stream), this.kindOf(stream)], callOf);
    const rowAt = (at: number): MediaStreamRow => {
      const stream = chosen[at];
      if (stream === undefined) throw new RangeError(`There is no stream in row ${at}`);
      return this.row(stream, callOf);
    };
    return { length: chosen.length, rowAt };
  }

  /** The streams of a call in order of their first packet, as far as they are known by now. */
  mediaOfCall(owner: MediaOwner): readonly CallMediaStream[] {
    return this.chosen(owner).map((stream) => {
      const { statistics } = stream;
      const codec = stream.codecOf(stream.mainType)?.name ?? '';
      const loss = lossShare(stream);
      return {
        stream: stream.number,
        source: stream.source,
        destination: stream.destination,
        start: statistics.firstRelative,
        end: statistics.lastRelative,
        label: [this.kindOf(stream), codec].join(' ').trim(),
        problem:
          loss > NOTABLE_LOSS ||
          (stream.follower?.failed ?? 0) > 0 ||
          isOneWay(stream, this.othersOf(stream)),
      };
    });
  }

  countOf(owner: MediaOwner): number {
    return this.chosen(owner).length;
  }

  /** RIFF/WAVE as base64; null where the stream cannot be played (its row says why). */
  wav(stream: number, seconds: number): { readonly bytes: string; readonly complete: boolean } | null {
    const played = this.play(stream, seconds);
    return played === null ? null : { bytes: encodeBase64(played.file), complete: played.complete };
  }

  /** The same as bytes. */
  play(stream: number, seconds: number): { readonly file: Uint8Array; readonly complete: boolean } | null {
    this.complete();
    const chosen = this.streams[stream];
    if (chosen === undefined || this.whyNotPlayable(chosen) !== '') return null;
    return playStream(this.analysis, this.frames, chosen, Math.min(Math.max(0, seconds), MOST_SECONDS));
  }

  private complete(): void {
    while (!this.advance(SLICE));
  }

  /** While a capture is read it is not looked at again for every frame more. */
  private isFresh(scan: MediaScan | null): boolean {
    if (scan === null || scan.revision !== this.analysis.revision) return false;
    const { length } = this.analysis.structure.frames;
    return (
      scan === this.scan || scan.frames === length || (!this.analysis.isSettled && length < 2 * scan.frames)
    );
  }

  private chosen(owner: MediaOwner | null): readonly MediaStream[] {
    if (owner === null) return this.streams;
    const found = new Set(owner.callIds.flatMap((callId) => this.byCall.get(callId) ?? []));
    if (owner.conversations.length > 0) {
      const conversations = new Set(owner.conversations);
      for (const stream of this.streams) if (conversations.has(stream.conversation)) found.add(stream);
    }
    return [...found].sort((a, b) => a.number - b.number);
  }

  /** "SRTP" where it is, or has to be, encrypted. */
  private kindOf(stream: MediaStream): 'RTP' | 'SRTP' {
    const { protection } = this.protectionOf(stream);
    return protection === 'none' || protection === 'unknown' ? 'RTP' : 'SRTP';
  }

  private protectionOf(stream: MediaStream): MediaProtection {
    let known = this.protections.get(stream);
    if (known === undefined) {
      known =
        this.done === null
          ? { protection: 'unknown', words: [] }
          : explainProtection(this.analysis, this.frames, this.done, stream);
      this.protections.set(stream, known);
    }
    return known;
  }

  private row(stream: MediaStream, callOf: (callId: string) => string): MediaStreamRow {
    const { statistics, follower, callId } = stream;
    const { protection, words } = this.protectionOf(stream);
    const notPlayable = this.whyNotPlayable(stream);
    const main = stream.codecOf(stream.mainType);
    const control = this.controlOf(stream);
    return {
      stream: stream.number,
      conversation: String(stream.conversation),
      ssrc: ssrcOf(stream),
      source: stream.source,
      destination: stream.destination,
      call: callId === null ? null : callOf(callId),
      type: typeOf(stream),
      payloadTypes: [...stream.types.keys()].filter((type) => stream.types[type]! > 0),
      codec: main?.name ?? '',
      firstFrame: stream.firstFrame,
      lastFrame: stream.lastFrame,
      time: this.frames.timeOf(stream.firstFrame),
      relative: statistics.firstRelative,
      duration: Math.max(0, statistics.lastRelative - statistics.firstRelative),
      packets: statistics.packets,
      expected: statistics.expected,
      lost: statistics.lost,
      reordered: statistics.reordered,
      duplicates: statistics.duplicates,
      jitterMean: statistics.jitterMean,
      jitterMax: statistics.jitterMax,
      deltaMax: statistics.deltaMax,
      gaps: statistics.gaps.map(({ frame, relative, packets }) => ({ frame, relative, packets })),
      dtmf: stream.tones.tones,
      mos:
        main === null
          ? null
          : estimateMos(main.name, lossShare(stream), delayOf(stream, control?.roundTrip ?? null)),
      protection,
      authenticated: follower?.authenticated ?? 0,
      failed: (follower?.authenticated ?? 0) > 0 ? (follower?.failed ?? 0) : 0,
      srtp: words,
      rtcp: control,
      playable: notPlayable === '',
      notPlayable,
      remarks: remarksOn(stream, this.othersOf(stream), this.done?.descriptions ?? null),
    };
  }

  private whyNotPlayable(stream: MediaStream): string {
    const { protection } = this.protectionOf(stream);
    if (protection !== 'none' && (stream.follower?.authenticated ?? 0) === 0)
      return 'The stream is encrypted and was not opened.';
    const codec = stream.codecOf(stream.mainType);
    if (codec === null || codec.name === '') return 'No description says which codec this is.';
    if (!hasAudioDecoder(codec.name, this.analysis.ports.decoders ?? null))
      return `There is no decoder for ${codec.name} here.`;
    return '';
  }

  private controlOf(stream: MediaStream): MediaStreamRow['rtcp'] {
    const facts = this.done?.control.of(stream.ssrc) ?? null;
    if (facts === null) return null;
    const clock = stream.codecOf(stream.mainType)?.clockRate ?? 0;
    return {
      reports: facts.reports,
      lostMax: facts.lostMax,
      jitterMax: clock > 0 ? (facts.jitterMax * 1000) / clock : null,
      roundTrip: this.roundTripOf(stream.ssrc, facts),
    };
  }

  /** The streams of the same call. */
  private othersOf({ callId }: MediaStream): readonly MediaStream[] {
    return callId === null ? [] : (this.byCall.get(callId) ?? []);
  }

  /** The way from the capture to the receiver and back, and that to the sender and back where it reported too. */
  private roundTripOf(ssrc: number, facts: ControlFacts): number | null {
    if (facts.way < 0) return null;
    const other = this.done?.control.of(facts.reporter) ?? null;
    return facts.way + (other !== null && other.reporter === ssrc && other.way >= 0 ? other.way : 0);
  }
}

function ssrcOf({ ssrc }: MediaStream): string {
  return `0x${ssrc.toString(16).padStart(8, '0')}`;
}

function lossShare(stream: MediaStream): number {
  const { expected, lost } = stream.statistics;
  return expected === 0 ? 0 : lost / expected;
}

/**
 * One way from mouth to ear in milliseconds, as far as it can be judged: half the round trip, a packet of 20 ms, and a
 * buffer that holds twice the largest jitter.
 */
function delayOf(stream: MediaStream, roundTrip: number | null): number {
  const buffer = Math.min(LARGEST_BUFFER, Math.max(20, 2 * stream.statistics.jitterMax));
  return 500 * (roundTrip ?? 0) + 20 + buffer;
}

const SLICE = 20_000;
const NOTABLE_LOSS = 0.01;
/** Milliseconds. */
const LARGEST_BUFFER = 200;
const MOST_SECONDS = 4 * 3600;
