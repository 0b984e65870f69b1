import { SCTP_BEGIN, SCTP_END, SCTP_UNORDERED, type PacketScratch } from '../net/packet.ts';
import { SEGMENT_DUPLICATE, SEGMENT_LATE, SEGMENT_NEW } from './events.ts';

/** What one direction of an SCTP association announces, in the order in which its chunks were sent. */
export interface SctpSink {
  /**
   * Captured bytes of a DATA chunk of `stream`, one run of the file; the view is good during the call only. `follows`:
   * by its number in its stream nothing of that stream is missing before it, whatever gaps were told.
   */
  chunk(
    stream: number,
    bytes: Uint8Array,
    from: number,
    to: number,
    offset: number,
    frame: number,
    follows: boolean,
  ): void;
  /** `length` bytes of `stream` are missing: cut off by the snap length. */
  cut(stream: number, length: number, frame: number): void;
  /** Chunks of unknown streams and lengths are missing, between two frames; the next chunk of each stream tells. */
  gap(chunks: number, before: number, after: number): void;
}

/**
 * Puts the DATA chunks of one direction of an association in the order of their transmission sequence numbers (RFC 9260
 * §3.3.1): within a stream that is the order of its bytes. Chunks behind a hole are copied and held, a bounded number of
 * them for a bounded number of packets.
 */
export class SctpDirection {
  /** After `data` returned SEGMENT_DUPLICATE: the frame that brought the chunk first; 0 where it is forgotten. */
  duplicateOf = 0;

  readonly #sink: SctpSink;
  /** Chunks behind a hole, by number. */
  readonly #held = new Map<number, HeldChunk>();
  /** Frames that brought the last chunks, by number modulo its length. */
  readonly #frames = new Uint32Array(REMEMBERED);
  /** By stream: the number of its last message, its last chunk's flags, and before how many gaps that came. */
  readonly #streams = new Map<number, { sequence: number; ended: boolean; gaps: number }>();
  #gaps = 0;
  #next = -1;
  #lastFrame = 0;
  #waited = 0;

  constructor(sink: SctpSink) {
    this.#sink = sink;
  }

  /** The DATA chunk on which the packet stands. Returns a SEGMENT_ code. */
  data(packet: PacketScratch, frame: number): number {
    const tsn = packet.sctpTsn;
    if (this.#next < 0) this.#next = tsn;
    const ahead = (tsn - this.#next) | 0;
    this.duplicateOf = 0;
    if (ahead < 0 || this.#held.has(tsn)) {
      const known = -ahead <= REMEMBERED ? (this.#frames[tsn % REMEMBERED] ?? 0) : 0;
      this.duplicateOf = this.#held.get(tsn)?.frame ?? known;
      return this.duplicateOf === 0 ? SEGMENT_LATE : SEGMENT_DUPLICATE;
    }
    if (ahead > MOST_AHEAD) {
      this.settle();
      this.#gap(ahead, frame);
      this.#next = tsn;
    }
    if (tsn === this.#next) {
      this.#deliver(packet.payload, packet.payloadStart, chunkOf(packet, frame));
      this.#deliverHeld();
    } else {
      this.#hold(packet, frame);
    }
    return SEGMENT_NEW;
  }

  /** Nothing more comes: what is held is delivered, with its gaps. */
  settle(): void {
    while (this.#held.size > 0) this.#giveUp();
  }

  #hold(packet: PacketScratch, frame: number): void {
    this.#held.set(packet.sctpTsn, {
      ...chunkOf(packet, frame),
      bytes: packet.payload.slice(packet.payloadStart, packet.payloadEnd),
    });
    this.#waited += 1;
    if (this.#waited > MOST_WAIT || this.#held.size > MOST_HELD) this.#giveUp();
  }

  /** The hole before the oldest held chunk is not filled any more. */
  #giveUp(): void {
    let first = Infinity;
    for (const tsn of this.#held.keys()) first = Math.min(first, (tsn - this.#next) >>> 0);
    if (first === Infinity) return;
    const tsn = (this.#next + first) >>> 0;
    this.#gap(first, this.#held.get(tsn)?.frame ?? 0);
    this.#next = tsn;
    this.#deliverHeld();
  }

  #deliverHeld(): void {
    this.#waited = 0;
    for (;;) {
      const held = this.#held.get(this.#next);
      if (held === undefined) return;
      this.#held.delete(this.#next);
      this.#deliver(held.bytes, 0, held);
    }
  }

  #deliver(bytes: Uint8Array, from: number, chunk: Chunk): void {
    const { stream, frame } = chunk;
    this.#frames[this.#next % REMEMBERED] = frame;
    this.#next = (this.#next + 1) >>> 0;
    this.#lastFrame = frame;
    const follows = this.#follows(chunk);
    let at = from;
    for (const run of chunk.runs) {
      this.#sink.chunk(stream, bytes, at, at + run.length, run.offset, run.frame, follows);
      at += run.length;
    }
    if (chunk.missing > 0) this.#sink.cut(stream, chunk.missing, frame);
  }

  #gap(chunks: number, after: number): void {
    this.#gaps += 1;
    this.#sink.gap(chunks, this.#lastFrame, after);
  }

  /** The parts of a message have numbers that follow each other; messages in order count up in their stream. */
  #follows({ stream, flags, sequence }: Chunk): boolean {
    const begins = (flags & SCTP_BEGIN) !== 0;
    const known = this.#streams.get(stream);
    const last = known ?? { sequence: 0, ended: true, gaps: 0 };
    if (known === undefined && this.#streams.size < MOST_STREAMS) this.#streams.set(stream, last);
    const calm = last.gaps === this.#gaps;
    const counted = (flags & SCTP_UNORDERED) === 0 && begins && last.ended;
    const first = known === undefined && sequence === 0;
    const next =
      known !== undefined && (sequence === last.sequence + 1 || isWrapped(last.sequence, sequence));
    last.sequence = sequence;
    last.ended = (flags & SCTP_END) !== 0;
    last.gaps = this.#gaps;
    return calm || (counted && (first || next));
  }
}

interface Chunk {
  readonly stream: number;
  readonly sequence: number;
  readonly flags: number;
  readonly runs: readonly Run[];
  readonly frame: number;
  readonly missing: number;
}

interface HeldChunk extends Chunk {
  readonly bytes: Uint8Array;
}

/** A stretch of a chunk as it lies in the file. */
interface Run {
  readonly length: number;
  readonly offset: number;
  readonly frame: number;
}

function chunkOf(packet: PacketScratch, frame: number): Chunk {
  return {
    stream: packet.sctpStream,
    sequence: packet.sctpStreamSequence,
    flags: packet.sctpFlags,
    runs: runsOf(packet, frame),
    frame,
    missing: packet.payloadMissing,
  };
}

/** The number of a DATA chunk's message has 16 bits, that of an I-DATA chunk's 32. */
function isWrapped(last: number, sequence: number): boolean {
  return sequence === 0 && (last === 0xffff || last === 0xffffffff);
}

function runsOf(packet: PacketScratch, frame: number): Run[] {
  const runs: Run[] = [];
  if (packet.pieces === 0) {
    const length = packet.payloadEnd - packet.payloadStart;
    if (length > 0) runs.push({ length, offset: packet.payloadOffset, frame });
    return runs;
  }
  for (let piece = 0; piece < packet.pieces; piece += 1)
    runs.push({
      length: packet.pieceLengths[piece]!,
      offset: packet.pieceOffsets[piece]!,
      frame: packet.pieceFrames[piece]!,
    });
  return runs;
}

/** A sender has at most a window of chunks under way; behind this it is another association or nonsense. */
const MOST_AHEAD = 100_000;
const MOST_HELD = 256;
/** Chunks that may come behind a hole before it is given up. */
const MOST_WAIT = 128;
const REMEMBERED = 512;
/** Streams beyond these are not told apart: each gap may be theirs. */
const MOST_STREAMS = 1024;
