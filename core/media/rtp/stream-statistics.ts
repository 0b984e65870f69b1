/** A hole in the sequence numbers: the frame behind it, when that came, and how many packets are missing. */
export interface SequenceGap {
  readonly frame: number;
  readonly relative: number;
  packets: number;
  /** Extended sequence numbers from, and before which, packets are missing. */
  readonly from: number;
  readonly to: number;
}

/** What StreamStatistics is told of a packet. */
export interface PacketFacts {
  frame: number;
  /** Seconds since the first frame of the capture. */
  relative: number;
  sequence: number;
  timestamp: number;
  marker: boolean;
  /** 0 where it is not known, and for telephone events, whose time stamps stand still (RFC 4733 §2.2.1). */
  clockRate: number;
  comfortNoise: boolean;
}

/** What became of a packet's sequence number. */
export const PACKET_IN_ORDER = 0;
export const PACKET_LATE = 1;
export const PACKET_DUPLICATE = 2;
/** The sequence numbers begin anew elsewhere. */
export const PACKET_RESTART = 3;

/**
 * Figures of one RTP stream, as Wireshark's RTP stream analysis defines them, but that duplicates do not hide losses:
 * jitter by RFC 3550 §6.4.1 against the last packet in order of its time stamp; longest time between packets without
 * those that begin a talkspurt and comfort noise; sequence numbers extended by RFC 3550 §A.1.
 */
export class StreamStatistics {
  packets = 0;
  duplicates = 0;
  reordered = 0;
  /** Times at which the numbers began anew. */
  restarts = 0;
  /** Milliseconds. */
  jitterMean = 0;
  jitterMax = 0;
  deltaMax = 0;
  deltaMaxFrame = 0;
  firstRelative = 0;
  lastRelative = 0;
  /** Holes in order; at most MOST_GAPS are kept. */
  readonly gaps: SequenceGap[] = [];

  private jitter = 0;
  private base = 0;
  private highest = 0;
  private expectedBefore = 0;
  /** One bit for each of the last WINDOW sequence numbers. */
  private readonly seen = new Uint32Array(WINDOW / 32);
  /** Time stamp and arrival of the last packet in order of time stamps; and of the last one whose clock counts. */
  private arrival = 0;
  private lastTimestamp = 0;
  private clockArrival = -1;
  private clockTimestamp = 0;
  private afterComfortNoise = false;

  get expected(): number {
    return this.packets === 0 ? 0 : this.expectedBefore + this.highest - this.base + 1;
  }

  get lost(): number {
    return Math.max(0, this.expected - (this.packets - this.duplicates));
  }

  /** Takes in the next packet in order of capture; returns one of PACKET_IN_ORDER … */
  add(packet: PacketFacts): number {
    this.packets += 1;
    this.lastRelative = packet.relative;
    if (this.packets === 1) {
      this.begin(packet);
      return PACKET_IN_ORDER;
    }
    const outcome = this.follow(packet);
    this.measure(packet);
    return outcome;
  }

  private begin(packet: PacketFacts): void {
    this.firstRelative = packet.relative;
    // Room below for packets that came before the first one captured.
    this.base = this.highest = 0x1_0000 + packet.sequence;
    this.mark(this.highest);
    this.arrival = packet.relative;
    this.lastTimestamp = packet.timestamp;
    this.afterComfortNoise = packet.comfortNoise;
    this.followClock(packet);
  }

  private follow(packet: PacketFacts): number {
    const step = (((packet.sequence - this.highest) << 16) >> 16) | 0;
    if (step > 0) {
      if (step >= MAX_DROPOUT && !this.isPlausible(step, packet)) return this.restart(packet);
      if (step > 1) this.open(packet, step);
      for (let number = Math.max(this.highest + 1, this.highest + step - WINDOW); step > 0; number += 1) {
        if (number >= this.highest + step) break;
        this.unmark(number);
      }
      this.highest += step;
      this.mark(this.highest);
      return PACKET_IN_ORDER;
    }
    const number = this.highest + step;
    if (-step >= WINDOW) return this.restart(packet);
    if (number >= this.base && this.isMarked(number)) {
      this.duplicates += 1;
      return PACKET_DUPLICATE;
    }
    if (number < this.base) this.base = number;
    this.reordered += 1;
    this.mark(number);
    this.fill(number);
    return PACKET_LATE;
  }

  /** A jump so far ahead is a loss only where time enough has passed for that many packets. */
  private isPlausible(step: number, packet: PacketFacts): boolean {
    return packet.relative - this.arrival >= step * LEAST_PACKET_TIME;
  }

  private restart(packet: PacketFacts): number {
    this.restarts += 1;
    this.expectedBefore += this.highest - this.base + 1;
    this.base = this.highest = 0x1_0000 + packet.sequence;
    this.seen.fill(0);
    this.mark(this.highest);
    return PACKET_RESTART;
  }

  private open(packet: PacketFacts, step: number): void {
    if (this.gaps.length >= MOST_GAPS) return;
    this.gaps.push({
      frame: packet.frame,
      relative: packet.relative,
      packets: step - 1,
      from: this.highest + 1,
      to: this.highest + step,
    });
  }

  /** A late packet closes its hole, or makes it smaller. */
  private fill(number: number): void {
    for (let at = this.gaps.length - 1; at >= 0 && at >= this.gaps.length - GAPS_LOOKED_AT; at -= 1) {
      const gap = this.gaps[at];
      if (gap === undefined || number < gap.from || number >= gap.to) continue;
      gap.packets -= 1;
      if (gap.packets === 0) this.gaps.splice(at, 1);
      return;
    }
  }

  private measure(packet: PacketFacts): void {
    const before = this.afterComfortNoise;
    this.afterComfortNoise = packet.comfortNoise;
    const ticks = (packet.timestamp - this.lastTimestamp) | 0;
    const inOrder = ticks >= 0;
    const delta = (packet.relative - this.arrival) * 1000;
    if (packet.clockRate > 0 && this.clockArrival >= 0) {
      const passed = (packet.relative - this.clockArrival) * 1000;
      const media = (((packet.timestamp - this.clockTimestamp) | 0) * 1000) / packet.clockRate;
      this.jitter += (Math.abs(passed - media) - this.jitter) / 16;
    }
    if (!packet.marker && !packet.comfortNoise && !before && inOrder) {
      if (delta > this.deltaMax) {
        this.deltaMax = delta;
        this.deltaMaxFrame = packet.frame;
      }
      if (packet.clockRate > 0) {
        this.jitterMax = Math.max(this.jitterMax, this.jitter);
        // `packets` counts this one already: there is one difference less than packets.
        const differences = this.packets - 1;
        this.jitterMean += (this.jitter - this.jitterMean) / differences;
      }
    }
    this.followClock(packet);
    if (!inOrder) return;
    this.lastTimestamp = packet.timestamp;
    this.arrival = packet.relative;
  }

  /** Telephone events have time stamps of their own: jitter is measured from one packet of sound to the next. */
  private followClock(packet: PacketFacts): void {
    if (packet.clockRate === 0) return;
    if (this.clockArrival >= 0 && ((packet.timestamp - this.clockTimestamp) | 0) < 0) return;
    this.clockArrival = packet.relative;
    this.clockTimestamp = packet.timestamp;
  }

  private mark(number: number): void {
    const bit = number % WINDOW;
    this.seen[bit >> 5] = (this.seen[bit >> 5] ?? 0) | (1 << (bit & 31));
  }

  private unmark(number: number): void {
    const bit = number % WINDOW;
    this.seen[bit >> 5] = (this.seen[bit >> 5] ?? 0) & ~(1 << (bit & 31));
  }

  private isMarked(number: number): boolean {
    const bit = number % WINDOW;
    return ((this.seen[bit >> 5] ?? 0) & (1 << (bit & 31))) !== 0;
  }
}

/** Sequence numbers of which it is remembered whether they came. */
const WINDOW = 4096;
/** RFC 3550 §A.1. */
const MAX_DROPOUT = 3000;
/** Seconds of media in the shortest packets in use. */
const LEAST_PACKET_TIME = 0.0025;
export const MOST_GAPS = 500;
const GAPS_LOOKED_AT = 64;
