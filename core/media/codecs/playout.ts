/**
 * Puts decoded packets on one time line by their RTP time stamps: what was lost, and pauses between talkspurts, are
 * silence. Bounded by `seconds`.
 */
export class Playout {
  /** False once samples fell behind the bound. */
  complete = true;
  private samples: Int16Array;
  private length = 0;
  private readonly sampleRate: number;
  private readonly clockRate: number;
  private readonly most: number;
  private begun = false;
  /** The time stamp that stands at sample `origin`, and the last one with when it came. */
  private first = 0;
  private origin = 0;
  private last = 0;
  private arrival = 0;

  constructor(sampleRate: number, clockRate: number, seconds: number) {
    this.sampleRate = sampleRate;
    this.clockRate = clockRate;
    this.most = Math.floor(sampleRate * seconds);
    this.samples = new Int16Array(Math.min(this.most, sampleRate * 10));
  }

  /** `relative`: when the packet came, in seconds. */
  add(timestamp: number, relative: number, samples: Int16Array): void {
    if (!this.begun) {
      this.begun = true;
      this.first = this.last = timestamp;
      this.arrival = relative;
    }
    const step = ((timestamp - this.last) | 0) / this.clockRate;
    // A clock that jumps apart from the time that passed began anew: the line goes on where it is.
    if (Math.abs(step - (relative - this.arrival)) > LARGEST_JUMP) {
      this.first = timestamp;
      this.origin = Math.max(this.length, Math.round((relative - this.arrival) * this.sampleRate));
    }
    if (step > 0 || this.first === timestamp) {
      this.last = timestamp;
      this.arrival = relative;
    }
    const ticks = (timestamp - this.first) | 0;
    const at = this.origin + Math.round((ticks * this.sampleRate) / this.clockRate);
    // What comes before the first packet captured has no place.
    if (at < 0) return;
    const end = at + samples.length;
    if (end > this.most) this.complete = false;
    const kept = Math.min(end, this.most) - at;
    if (kept <= 0) return;
    this.grow(at + kept);
    this.samples.set(kept === samples.length ? samples : samples.subarray(0, kept), at);
    this.length = Math.max(this.length, at + kept);
  }

  get line(): Int16Array {
    return this.samples.subarray(0, this.length);
  }

  private grow(length: number): void {
    if (length <= this.samples.length) return;
    const grown = new Int16Array(Math.min(this.most, Math.max(length, 2 * this.samples.length)));
    grown.set(this.samples.subarray(0, this.length));
    this.samples = grown;
  }
}

/** Seconds by which time stamps and arrival may part. */
const LARGEST_JUMP = 5;
