import type { PacketScratch } from '../net/packet.ts';
import { SctpDirection, type SctpSink } from '../stream/sctp-direction.ts';
import { Channel, type ChannelHost } from './channel.ts';

/**
 * One SCTP association: each pair of streams of one number is a channel of its own, with its own TLS connection or its
 * own messages in clear (RFC 3436 §2, RFC 4168).
 */
export class SctpAssociation {
  private readonly host: ChannelHost;
  private readonly conversation: number;
  private readonly directions: readonly [SctpDirection, SctpDirection];
  private readonly channels = new Map<number, StreamPair>();
  /** Chunks that are missing, by direction. */
  private readonly gaps: readonly [Gap[], Gap[]] = [[], []];

  constructor(host: ChannelHost, conversation: number) {
    this.host = host;
    this.conversation = conversation;
    this.directions = [new SctpDirection(this.sinkOf(0)), new SctpDirection(this.sinkOf(1))];
  }

  /** See SctpDirection.duplicateOf. */
  duplicateOf(direction: 0 | 1): number {
    return this.directions[direction].duplicateOf;
  }

  /** The DATA chunk on which the packet stands. Returns a SEGMENT_ code. */
  data(direction: 0 | 1, packet: PacketScratch, frame: number): number {
    return this.directions[direction].data(packet, frame);
  }

  end(): void {
    for (const direction of [0, 1] as const) {
      this.directions[direction].settle();
      // Nothing behind it tells of which stream it was: it is missing all the same.
      for (const gap of this.gaps[direction]) this.tellGap(gap, direction);
      for (const pair of this.channels.values()) pair.channel.closed(direction);
    }
  }

  private sinkOf(direction: 0 | 1): SctpSink {
    return {
      chunk: (stream, bytes, from, to, offset, frame, follows) => {
        const pair = this.pairOf(stream);
        this.passGaps(pair, direction, frame, follows);
        const position = pair.ends[direction];
        pair.ends[direction] += to - from;
        pair.lastFrames[direction] = frame;
        pair.channel.chunk(direction, bytes, from, to, offset, frame, position);
      },
      cut: (stream, length, frame) => {
        const pair = this.pairOf(stream);
        const position = pair.ends[direction];
        pair.ends[direction] += length;
        pair.channel.gap(direction, length, position, 'snapped', frame, frame);
      },
      gap: (chunks, before, after) => {
        this.gaps[direction].push({ chunks, before, after, told: false });
      },
    };
  }

  /** Gaps since the last chunk of a stream: whether bytes of that stream went with them, its next chunk tells. */
  private passGaps(pair: StreamPair, direction: 0 | 1, frame: number, follows: boolean): void {
    const gaps = this.gaps[direction];
    const first = pair.passed[direction];
    if (first === gaps.length) return;
    pair.passed[direction] = gaps.length;
    if (follows) return;
    for (let at = first; at < gaps.length; at += 1) this.tellGap(gaps[at], direction);
    const position = pair.ends[direction];
    pair.ends[direction] += UNKNOWN_LOSS;
    pair.channel.breakFraming(direction, UNKNOWN_LOSS, position, pair.lastFrames[direction], frame);
  }

  /** Once, though several streams may have lost something in it. */
  private tellGap(gap: Gap | undefined, direction: 0 | 1): void {
    if (gap === undefined || gap.told) return;
    gap.told = true;
    this.host.gaps.addChunks(this.conversation, direction, gap.chunks, gap.before, gap.after);
  }

  private pairOf(stream: number): StreamPair {
    // A hostile sender may name 65,536 streams: behind the bound they share the last channel.
    const known = this.channels.get(stream);
    if (known !== undefined) return known;
    if (this.channels.size >= MOST_STREAMS) return this.channels.get(0) ?? this.makePair(stream);
    return this.makePair(stream);
  }

  private makePair(stream: number): StreamPair {
    const pair: StreamPair = {
      channel: new Channel(this.host, this.conversation, Math.min(stream + 1, 0xffff), [false, false]),
      ends: [0, 0],
      lastFrames: [0, 0],
      // What went before a stream's first chunk is not missed unless that chunk says so.
      passed: [0, 0],
    };
    this.channels.set(stream, pair);
    return pair;
  }
}

interface StreamPair {
  readonly channel: Channel;
  /** Where each direction stands, in bytes. */
  readonly ends: [number, number];
  readonly lastFrames: [number, number];
  /** How many gaps came before the last chunk. */
  readonly passed: [number, number];
}

interface Gap {
  readonly chunks: number;
  readonly before: number;
  readonly after: number;
  told: boolean;
}

/** More than any record with its header: it ends the framing, which then begins anew with a chunk. */
const UNKNOWN_LOSS = 0x4905;
const MOST_STREAMS = 1024;
