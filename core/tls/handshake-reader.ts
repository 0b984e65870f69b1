import { byteAt, u24be } from '../bytes/reader.ts';

/** Type and 24-bit length before a handshake message's body (RFC 8446 §4). */
export const HANDSHAKE_HEADER_LENGTH = 4;

/**
 * The most that is kept of one message: longer ones (up to 2^24 bytes may be announced) are announced as incomplete.
 * Chains of certificates stay far below.
 */
export const MAX_HANDSHAKE_LENGTH = 0x100000;

export interface HandshakeSink {
  /**
   * One whole message, header included: what the transcript takes. It is a view of what was pushed where one record held
   * all of it, else bytes of its own. `firstUnit` and `lastUnit` are the records it began and ended in.
   */
  message(type: number, message: Uint8Array, firstUnit: number, lastUnit: number): void;
  /**
   * What is there of a message that will not come whole, header included where it was reached: bytes were lost, the
   * stream ended, or it is too long to keep. `type` is -1 where not even that came.
   */
  incomplete?(type: number, message: Uint8Array, firstUnit: number, lastUnit: number): void;
}

/**
 * Joins the handshake messages of one direction out of its handshake records: several in a record, one over several.
 * Memory is bounded by what came, and by MAX_HANDSHAKE_LENGTH.
 */
export class HandshakeReader {
  private readonly sink: HandshakeSink;
  /** The begin of a message that goes on, null between messages. */
  private pending: Uint8Array | null = null;
  private pendingLength = 0;
  /** Bytes of a message too long to keep that are still to pass. */
  private passing = 0;
  private firstUnit = 0;
  private lastUnit = 0;

  constructor(sink: HandshakeSink) {
    this.sink = sink;
  }

  /** True inside a message. */
  get unfinished(): boolean {
    return this.pending !== null || this.passing > 0;
  }

  /** The content bytes[from, to) of a handshake record; `unit` is the caller's number for it. */
  push(bytes: Uint8Array, from: number, to: number, unit: number): void {
    let at = from;
    while (at < to) {
      if (this.passing > 0) {
        const passed = Math.min(this.passing, to - at);
        this.passing -= passed;
        at += passed;
      } else if (this.pending !== null) {
        at = this.fill(this.pending, bytes, at, to, unit);
      } else {
        at = this.begin(bytes, at, to, unit);
      }
    }
    this.lastUnit = unit;
  }

  /** Bytes are missing before what comes next, which is taken to begin a message. */
  gap(): void {
    const { pending } = this;
    this.pending = null;
    this.passing = 0;
    if (pending !== null) this.announceIncomplete(pending.subarray(0, this.pendingLength));
  }

  /** The direction ended, or its handshake records are encrypted from here on. */
  end(): void {
    this.gap();
  }

  private begin(bytes: Uint8Array, from: number, to: number, unit: number): number {
    this.firstUnit = unit;
    const available = to - from;
    if (available >= HANDSHAKE_HEADER_LENGTH) {
      const length = HANDSHAKE_HEADER_LENGTH + u24be(bytes, from + 1);
      if (length <= available) {
        this.sink.message(byteAt(bytes, from), bytes.subarray(from, from + length), unit, unit);
        return from + length;
      }
    }
    this.pending = new Uint8Array(Math.max(256, available));
    this.pendingLength = 0;
    return this.fill(this.pending, bytes, from, to, unit);
  }

  private fill(pending: Uint8Array, bytes: Uint8Array, from: number, to: number, unit: number): number {
    let at = from;
    let kept = pending;
    while (at < to) {
      const whole = this.wholeLength(kept);
      const take = Math.min(whole - this.pendingLength, to - at);
      kept = this.append(kept, bytes, at, take);
      at += take;
      if (this.pendingLength >= HANDSHAKE_HEADER_LENGTH && this.pendingLength === this.wholeLength(kept)) {
        this.complete(kept, unit);
        return at;
      }
      if (this.wholeLength(kept) > MAX_HANDSHAKE_LENGTH && this.pendingLength >= MAX_HANDSHAKE_LENGTH / 16) {
        this.giveUp(kept, unit);
        return at;
      }
    }
    return at;
  }

  /** Length of the message with its header, or of the header while that is not whole. */
  private wholeLength(kept: Uint8Array): number {
    return this.pendingLength < HANDSHAKE_HEADER_LENGTH
      ? HANDSHAKE_HEADER_LENGTH
      : HANDSHAKE_HEADER_LENGTH + u24be(kept, 1);
  }

  private append(kept: Uint8Array, bytes: Uint8Array, from: number, length: number): Uint8Array {
    let target = kept;
    if (this.pendingLength + length > kept.length) {
      target = new Uint8Array(Math.max(kept.length * 2, this.pendingLength + length));
      target.set(kept.subarray(0, this.pendingLength));
      this.pending = target;
    }
    target.set(bytes.subarray(from, from + length), this.pendingLength);
    this.pendingLength += length;
    return target;
  }

  private complete(kept: Uint8Array, unit: number): void {
    const message = kept.subarray(0, this.pendingLength);
    this.pending = null;
    this.sink.message(byteAt(message, 0), message, this.firstUnit, unit);
  }

  private giveUp(kept: Uint8Array, unit: number): void {
    const message = kept.subarray(0, this.pendingLength);
    this.passing = this.wholeLength(kept) - this.pendingLength;
    this.pending = null;
    this.lastUnit = unit;
    this.announceIncomplete(message);
  }

  private announceIncomplete(message: Uint8Array): void {
    const type = message.length > 0 ? byteAt(message, 0) : -1;
    this.sink.incomplete?.(type, message, this.firstUnit, this.lastUnit);
  }
}
