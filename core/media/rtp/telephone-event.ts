import { u16be } from '../../bytes/reader.ts';

/** A digit or tone that a telephone event carries (RFC 4733). */
export interface Tone {
  readonly frame: number;
  /** Seconds since the first frame of the capture. */
  readonly relative: number;
  readonly digit: string;
}

/** Reads telephone events of one stream: each event is sent in many packets, all with its first time stamp (§2.3). */
export class ToneReader {
  readonly tones: Tone[] = [];
  private timestamp = -1;
  private event = -1;
  private duration = 0;
  private ended = false;

  /** The payload bytes[from, to) of one packet. */
  add(bytes: Uint8Array, from: number, to: number, timestamp: number, frame: number, relative: number): void {
    if (to - from < 4) return;
    const event = bytes[from]!;
    const ended = (bytes[from + 1]! & 0x80) !== 0;
    const duration = u16be(bytes, from + 2);
    const repeated = timestamp === this.timestamp && event === this.event;
    // An event longer than its field goes on in a segment that begins where the one before ends (§2.5.1.3).
    const continued =
      event === this.event && !this.ended && timestamp === (this.timestamp + this.duration) >>> 0;
    if (!repeated && !continued && this.tones.length < MOST_TONES)
      this.tones.push({ frame, relative, digit: toneName(event) });
    this.timestamp = timestamp;
    this.event = event;
    this.duration = repeated ? Math.max(duration, this.duration) : duration;
    this.ended = ended || (repeated && this.ended);
  }
}

/** "5", "#", "flash" (RFC 4733 §3.2); other events by number. */
export function toneName(event: number): string {
  if (event === 16) return 'flash';
  return event < DIGITS.length ? DIGITS.charAt(event) : `event ${event}`;
}

const DIGITS = '0123456789*#ABCD';
const MOST_TONES = 1000;
