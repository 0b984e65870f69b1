import { byteAt, u16be, u24be } from '../../bytes/reader.ts';
import { MAX_HANDSHAKE_LENGTH } from '../handshake-reader.ts';
import { CLIENT_HELLO, HELLO_REQUEST, SERVER_HELLO } from '../tables/handshake-types.ts';

/** Type, length, message_seq, fragment_offset, fragment_length (RFC 6347 §4.2.2). */
export const DTLS_HANDSHAKE_HEADER_LENGTH = 12;

export interface DtlsHandshakeSink {
  /**
   * One whole message, in the order of message_seq. `message` has the header of an unfragmented message (12 bytes:
   * offset 0, full length), which is what the transcript of DTLS 1.0 and 1.2 takes (RFC 6347 §4.2.6).
   * `sequence` is message_seq; units are the records that its first and last fragment to arrive came in. `afterLoss`:
   * messages of lower sequence never came.
   */
  message(
    type: number,
    message: Uint8Array,
    sequence: number,
    firstUnit: number,
    lastUnit: number,
    afterLoss: boolean,
  ): void;
  /** A fragment that cannot be: longer than its message, or of another length than its other fragments. */
  malformed?(unit: number): void;
}

/**
 * Puts the handshake messages of one direction together from fragments that come reordered, overlapping, twice or never.
 * Messages are announced in order of message_seq; what stands behind a missing one waits until `flush`, or until too
 * much waits. Memory is bounded by MAX_WAITING messages of what came.
 */
export class DtlsHandshakeReader {
  private readonly sink: DtlsHandshakeSink;
  private next = 0;
  /** Epoch in which the handshake in progress began: a lower message_seq in a later one begins another handshake. */
  private epoch = 0;
  private lost = false;
  private readonly waiting = new Map<number, Assembly>();

  constructor(sink: DtlsHandshakeSink) {
    this.sink = sink;
  }

  /** The content bytes[from, to) of a handshake record of `epoch`: one or more fragments. */
  push(bytes: Uint8Array, from: number, to: number, epoch: number, unit: number): void {
    let at = from;
    while (to - at >= DTLS_HANDSHAKE_HEADER_LENGTH) {
      const length = u24be(bytes, at + 9);
      const body = at + DTLS_HANDSHAKE_HEADER_LENGTH;
      if (length > to - body) break;
      this.fragment(bytes, at, body, length, epoch, unit);
      at = body + length;
    }
    if (at < to) this.sink.malformed?.(unit);
  }

  /** What is missing will not come (a flight was answered, the capture ended): what waits behind it is announced. */
  flush(): void {
    const sequences = [...this.waiting.keys()].sort((a, b) => a - b);
    for (const sequence of sequences) {
      const assembly = this.waiting.get(sequence);
      if (assembly === undefined) continue;
      this.waiting.delete(sequence);
      if (!assembly.whole) continue;
      if (sequence > this.next) this.lost = true;
      this.announce(sequence, assembly);
    }
  }

  private fragment(
    bytes: Uint8Array,
    at: number,
    body: number,
    length: number,
    epoch: number,
    unit: number,
  ): void {
    const type = byteAt(bytes, at);
    const whole = u24be(bytes, at + 1);
    const sequence = u16be(bytes, at + 4);
    const offset = u24be(bytes, at + 6);
    if (offset + length > whole || whole > MAX_HANDSHAKE_LENGTH) {
      this.sink.malformed?.(unit);
      return;
    }
    if (sequence < this.next) {
      if (!this.beginsAnother(type, sequence, epoch)) return;
      this.flush();
      this.next = sequence;
      this.epoch = epoch;
    } else if (this.next === 0 && this.waiting.size === 0) {
      // Beginning, or a capture that begins inside: numbers are taken as they come.
      this.epoch = epoch;
      if (sequence > 1 && type !== CLIENT_HELLO) {
        this.next = sequence;
        this.lost = true;
      } else if (sequence === 1 && (type === CLIENT_HELLO || type === SERVER_HELLO)) this.next = 1;
    }
    let assembly = this.waiting.get(sequence);
    if (assembly === undefined) {
      if (this.waiting.size >= MAX_WAITING) this.flush();
      assembly = new Assembly(type, whole, unit);
      this.waiting.set(sequence, assembly);
    } else if (assembly.type !== type || assembly.length !== whole) {
      this.sink.malformed?.(unit);
      return;
    }
    assembly.add(bytes, body, length, offset, unit);
    this.drain();
  }

  /** RFC 6347 §4.2.2: each handshake counts from 0 again. A retransmission comes in the epoch of the original. */
  private beginsAnother(type: number, sequence: number, epoch: number): boolean {
    const opens = type === CLIENT_HELLO || type === SERVER_HELLO || type === HELLO_REQUEST;
    return opens && sequence <= 1 && epoch > this.epoch;
  }

  private drain(): void {
    for (;;) {
      const assembly = this.waiting.get(this.next);
      if (assembly === undefined || !assembly.whole) return;
      this.waiting.delete(this.next);
      this.announce(this.next, assembly);
    }
  }

  private announce(sequence: number, assembly: Assembly): void {
    this.next = sequence + 1;
    const { lost } = this;
    this.lost = false;
    const message = assembly.message(sequence);
    this.sink.message(assembly.type, message, sequence, assembly.firstUnit, assembly.lastUnit, lost);
  }
}

/** Messages that may wait for others in one direction. A flight has seven at most. */
const MAX_WAITING = 16;

/** One message while its fragments come. Holds what came, whatever length was announced. */
class Assembly {
  readonly type: number;
  readonly length: number;
  readonly firstUnit: number;
  lastUnit: number;
  private readonly offsets: number[] = [];
  private readonly pieces: Uint8Array[] = [];
  /** Ranges that came, disjoint and ascending: from, to, from, to … */
  private ranges: number[] = [];

  constructor(type: number, length: number, unit: number) {
    this.type = type;
    this.length = length;
    this.firstUnit = unit;
    this.lastUnit = unit;
  }

  get whole(): boolean {
    return this.length === 0 || (this.ranges[0] === 0 && this.ranges[1] === this.length);
  }

  add(bytes: Uint8Array, from: number, length: number, offset: number, unit: number): void {
    if (this.whole || this.pieces.length >= MAX_PIECES || this.covers(offset, offset + length)) return;
    this.offsets.push(offset);
    this.pieces.push(bytes.slice(from, from + length));
    this.merge(offset, offset + length);
    this.lastUnit = unit;
  }

  /** All pieces in place, behind the header of an unfragmented message. */
  message(sequence: number): Uint8Array {
    const { length } = this;
    const message = new Uint8Array(DTLS_HANDSHAKE_HEADER_LENGTH + length);
    const lengthBytes = [length >>> 16, (length >>> 8) & 255, length & 255];
    message.set([this.type, ...lengthBytes, sequence >>> 8, sequence & 255, 0, 0, 0, ...lengthBytes]);
    this.pieces.forEach((piece, i) => {
      message.set(piece, DTLS_HANDSHAKE_HEADER_LENGTH + (this.offsets[i] ?? 0));
    });
    return message;
  }

  private covers(from: number, to: number): boolean {
    for (let i = 0; i < this.ranges.length; i += 2)
      if ((this.ranges[i] ?? 0) <= from && to <= (this.ranges[i + 1] ?? 0)) return true;
    return from === to;
  }

  private merge(from: number, to: number): void {
    const merged: number[] = [];
    let low = from;
    let high = to;
    for (let i = 0; i < this.ranges.length; i += 2) {
      const left = this.ranges[i] ?? 0;
      const right = this.ranges[i + 1] ?? 0;
      if (right < low || left > high) merged.push(left, right);
      else {
        low = Math.min(low, left);
        high = Math.max(high, right);
      }
    }
    let at = 0;
    while (at < merged.length && (merged[at] ?? 0) < low) at += 2;
    merged.splice(at, 0, low, high);
    this.ranges = merged;
  }
}

/** Fragments that one message may come in: more only come from a hostile sender. */
const MAX_PIECES = 512;
