import { u32be } from '../../bytes/reader.ts';
import { decodeRtcp } from '../../media/rtp/decode-rtcp.ts';
import { decodeRtpHeader, newRtpHeader } from '../../media/rtp/decode-rtp.ts';
import type { PacketFacts } from '../../media/rtp/stream-statistics.ts';
import type { SrtpOpener } from '../../media/srtp/srtp-opener.ts';
import { SrtpFollower, type TrialBudget } from '../../media/srtp/srtp-follower.ts';
import type { PacketScratch } from '../../net/packet.ts';
import { FRAME_DIRECTION, FRAME_FRAGMENT } from '../../store/frame-table.ts';
import type { Analysis } from '../analysis.ts';
import type { FrameReporter } from '../frames/frame-report.ts';
import { MediaControl } from './media-control.ts';
import { MediaDescriptions, type MediaEnd } from './media-descriptions.ts';
import { MediaKeys } from './media-keys.ts';
import { MediaPackets } from './media-packets.ts';
import { isComfortNoise, isTelephoneEvent, MediaStream } from './media-stream.ts';
import type { MessageIndex } from '../messages/message-index.ts';

/**
 * One pass over the frames of a capture that hold media: finds the streams, measures them, checks every tag where there
 * are keys. Nothing is kept of a packet.
 */
export class MediaScan {
  readonly descriptions: MediaDescriptions;
  readonly keys: MediaKeys;
  /** Every source seen, in order of its first packet; those that are no streams too: see isStream. */
  readonly sources: MediaStream[] = [];
  /** RTCP by the source that it speaks of. */
  readonly control = new MediaControl();
  /** Conversations with packets of ZRTP (RFC 6189). */
  readonly zrtp = new Set<number>();
  /** Frames looked at, and the revision of the analysis that they were looked at in. */
  frames = 0;
  readonly revision: number;
  private readonly analysis: Analysis;
  private readonly reporter: FrameReporter;
  private readonly packets: MediaPackets;
  private readonly header = newRtpHeader();
  private readonly facts: PacketFacts = {
    frame: 0,
    relative: 0,
    sequence: 0,
    timestamp: 0,
    marker: false,
    clockRate: 0,
    comfortNoise: false,
  };
  private readonly budget: TrialBudget = { likely: MOST_TRIALS, others: MOST_OTHER_TRIALS };
  /** First source by 2 * conversation + direction. */
  private readonly heads = new Map<number, MediaStream>();
  private readonly names: { readonly rtp: number; readonly rtcp: number; readonly zrtp: number };
  private described = false;

  constructor(analysis: Analysis, messages: MessageIndex, reporter: FrameReporter) {
    this.analysis = analysis;
    this.reporter = reporter;
    this.revision = analysis.revision;
    this.packets = new MediaPackets(analysis);
    this.descriptions = new MediaDescriptions(messages);
    this.keys = new MediaKeys(analysis, this.descriptions);
    const { protocols } = analysis.structure;
    this.names = {
      rtp: protocols.idOf('RTP'),
      rtcp: protocols.idOf('RTCP'),
      zrtp: protocols.idOf('ZRTP'),
    };
  }

  /** Looks at so many frames more (or a tenth as many messages); true where none is left. */
  advance(count: number): boolean {
    if (!this.described) {
      this.described = this.descriptions.advance(Math.ceil(count / 10));
      return false;
    }
    const { frames } = this.analysis.structure;
    const { rtp, rtcp, zrtp } = this.names;
    const end = Math.min(frames.length, this.frames + count);
    for (; this.frames < end; this.frames += 1) {
      const row = this.frames;
      const protocol = frames.protocol.read(row);
      if (protocol === rtp) this.takeRtp(row);
      else if (protocol === rtcp) this.takeRtcp(row);
      else if (protocol === zrtp) this.zrtp.add(frames.conversation.read(row));
      else if ((frames.flags.read(row) & FRAME_FRAGMENT) !== 0) this.packets.read(row);
    }
    return this.frames >= frames.length;
  }

  /**
   * A described source counts from its first packets on. Any other has to look like media: numbers that follow each other
   * (RFC 3550 §A.1), one payload type for most of it, of those that RFC 3551 §6 gives to media, and a clock that runs.
   */
  isStream(source: MediaStream): boolean {
    const { statistics, receiver, sender } = source;
    const { packets, restarts, lost, reordered } = statistics;
    const orderly = restarts + reordered <= packets / 4 && lost <= packets;
    if (receiver !== null) return packets >= 2 || orderly;
    if (sender !== null) return packets >= 2 && orderly;
    const type = source.mainType;
    const isMedia = type >= FIRST_DYNAMIC_TYPE || source.codecOf(type) !== null;
    const steady = source.types[type]! >= packets / 2 && statistics.jitterMax < LARGEST_JITTER;
    return packets >= LEAST_PACKETS && orderly && isMedia && steady;
  }

  private takeRtp(row: number): void {
    const packet = this.packets.read(row);
    if (packet === null) return;
    const { payload, payloadStart, payloadEnd } = packet;
    const { header } = this;
    if (!decodeRtpHeader(payload, payloadStart, payloadEnd, header)) return;
    const stream = this.sourceOf(row, header.ssrc);
    if (stream === null) return;
    const type = header.payloadType;
    const codec = stream.codecOf(type);
    const isEvent = isTelephoneEvent(codec);
    const length = payloadEnd + packet.payloadMissing - header.payloadFrom;
    if (stream.payloadLength < 0) stream.payloadLength = length;
    if (stream.payloadLength === length) stream.sameLength += 1;
    stream.types[type] = stream.types[type]! + 1;
    stream.lastFrame = row + 1;
    const { facts } = this;
    facts.frame = row + 1;
    facts.relative = this.reporter.relativeTimeOf(row + 1);
    facts.sequence = header.sequence;
    facts.timestamp = header.timestamp;
    facts.marker = header.marker;
    facts.clockRate = isEvent ? 0 : (codec?.clockRate ?? 0);
    facts.comfortNoise = isComfortNoise(codec, type);
    stream.statistics.add(facts);
    if (packet.payloadMissing > 0) {
      stream.snapped += 1;
      return;
    }
    if (stream.follower !== null) this.takeSrtp(stream, packet, isEvent);
    else if (isEvent && stream.keys === null) this.takeTone(stream, payload, header.payloadFrom, payloadEnd);
  }

  private takeSrtp(stream: MediaStream, packet: PacketScratch, isEvent: boolean): void {
    const { payload, payloadStart, payloadEnd } = packet;
    const { follower } = stream;
    const plain = follower?.open(payload, payloadStart, payloadEnd, this.header, isEvent) ?? null;
    if (plain !== null && isEvent) this.takeTone(stream, plain, 0, plain.length);
  }

  private takeTone(stream: MediaStream, bytes: Uint8Array, from: number, to: number): void {
    const { facts } = this;
    stream.tones.add(bytes, from, to, facts.timestamp, facts.frame, facts.relative);
  }

  private sourceOf(row: number, ssrc: number): MediaStream | null {
    const { frames } = this.analysis.structure;
    const conversation = frames.conversation.read(row);
    if (conversation < 0) return null;
    const direction = (frames.flags.read(row) & FRAME_DIRECTION) === 0 ? 0 : 1;
    const key = 2 * conversation + direction;
    const head = this.heads.get(key) ?? null;
    let count = 0;
    // Captured at the relay the same packets come twice: inside TURN, and on their way on.
    const { carrier } = this.packets;
    for (let at = head; at !== null; at = at.sibling) {
      if (at.ssrc === ssrc && at.carrier === carrier) return at;
      count += 1;
    }
    if (count >= MOST_SIBLINGS || this.sources.length >= MOST_SOURCES) return null;
    const made = this.newSource(conversation, direction, ssrc, row + 1);
    made.sibling = head;
    made.carrier = carrier;
    this.heads.set(key, made);
    this.sources.push(made);
    return made;
  }

  private newSource(conversation: number, direction: 0 | 1, ssrc: number, frame: number): MediaStream {
    const source = this.reporter.endpointOf(conversation, direction);
    const destination = this.reporter.endpointOf(conversation, direction === 0 ? 1 : 0);
    const receiver = endAt(this.descriptions.at(destination), frame, null);
    const sender = endAt(this.descriptions.at(source), frame, receiver?.callId ?? null);
    const callId = (receiver ?? sender)?.callId ?? null;
    const others = callId === null ? [] : this.descriptions.ofCall(callId).slice(0, MOST_ENDS);
    const all = [receiver, sender, ...others].filter((end) => end !== null);
    const stream = new MediaStream(
      conversation,
      direction,
      ssrc,
      { source, destination, receiver, sender, all },
      frame,
    );
    if (this.mayBeEncrypted(stream)) {
      stream.keys = this.keys.of(stream);
      if (stream.keys.candidates.length > 0)
        stream.follower = new SrtpFollower(stream.keys.candidates, this.budget);
    }
    return stream;
  }

  /** Media that its description says is in clear is not searched for keys; keys beside RTP/AVP are best effort. */
  private mayBeEncrypted(stream: MediaStream): boolean {
    const { receiver, sender } = stream;
    if (receiver === null && sender === null) return true;
    return [receiver, sender].some(
      (end) => end !== null && (/SAVP/i.test(end.media.protocol) || isKeyed(end)),
    );
  }

  private takeRtcp(row: number): void {
    const packet = this.packets.read(row);
    if (packet === null || packet.payloadMissing > 0) return;
    const { payload, payloadStart, payloadEnd } = packet;
    if (payloadEnd - payloadStart < 8) return;
    this.control.time = this.reporter.relativeTimeOf(row + 1);
    const source = this.sourceBySsrc(u32be(payload, payloadStart + 4));
    for (const opener of this.controlOpeners(row, source)) {
      const plain = opener.openControl(payload, payloadStart, payloadEnd);
      if (plain === null) continue;
      decodeRtcp(plain, 0, plain.length, this.control);
      return;
    }
    // Behind its first eight bytes an SRTCP packet is noise.
    if (source?.keys === null || isWholeCompound(payload, payloadStart, payloadEnd))
      decodeRtcp(payload, payloadStart, payloadEnd, this.control);
  }

  /** The key that opened the sender's media, and where RTCP has ports of its own what their handshake exported. */
  private controlOpeners(row: number, source: MediaStream | null): readonly SrtpOpener[] {
    const { frames } = this.analysis.structure;
    const own = source?.keys?.candidates[source.follower?.opened ?? -1]?.opener;
    const direction = (frames.flags.read(row) & FRAME_DIRECTION) === 0 ? 0 : 1;
    const exported = this.keys.exportedBy(frames.conversation.read(row), direction);
    return own === undefined ? exported : [own, ...exported];
  }

  private sourceBySsrc(ssrc: number): MediaStream | null {
    for (let at = this.sources.length - 1; at >= 0 && at >= this.sources.length - RECENT; at -= 1) {
      const source = this.sources[at];
      if (source?.ssrc === ssrc) return source;
    }
    return null;
  }
}

/** The end that holds at a frame: the last said before it, else the first said after it; of one call where that is known. */
function endAt(ends: readonly MediaEnd[], frame: number, callId: string | null): MediaEnd | null {
  const own = callId === null ? ends : ends.filter((end) => end.callId === callId);
  const choice = own.length > 0 ? own : ends;
  for (let at = choice.length - 1; at >= 0; at -= 1) {
    const end = choice[at];
    if (end !== undefined && end.frame <= frame) return end;
  }
  return choice[0] ?? null;
}

function isKeyed(end: MediaEnd): boolean {
  return end.crypto.length > 0 || end.media.fingerprints.length > 0;
}

/** Whether the packets of a compound fill the datagram: those of SRTCP would have to by chance. */
function isWholeCompound(bytes: Uint8Array, from: number, to: number): boolean {
  let at = from;
  while (at + 4 <= to && bytes[at]! >> 6 === 2) at += 4 * (1 + ((bytes[at + 2]! << 8) | bytes[at + 3]!));
  return at === to;
}

/** A tenth of a second of speech: an announcement broken off, or the end of a call that the capture began in. */
const LEAST_PACKETS = 5;
const FIRST_DYNAMIC_TYPE = 96;
/** Milliseconds. */
const LARGEST_JITTER = 5000;
const MOST_SIBLINGS = 64;
const MOST_SOURCES = 20_000;
const MOST_ENDS = 16;
const RECENT = 2000;
/** Tags computed in search of keys, for a whole capture: some seconds. */
const MOST_TRIALS = 500_000;
/** The same with keys of other calls. */
const MOST_OTHER_TRIALS = 200_000;
