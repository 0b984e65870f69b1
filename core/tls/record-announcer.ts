import { u16be } from '../bytes/reader.ts';
import type { GapReason } from '../stream/events.ts';
import { FramingSearch } from './framing-search.ts';
import type { HeldBytes } from './held-bytes.ts';
import {
  HEADER_NO,
  HEADER_SHORT,
  HEADER_YES,
  judgeHeader,
  MAX_RECORD_LENGTH,
  RECORD_HEADER_LENGTH,
} from './record-header.ts';
import type { RecordScratch } from './record-sink.ts';
import { APPLICATION_DATA, HANDSHAKE } from './tables/content-types.ts';
import { CLIENT_HELLO } from './tables/handshake-types.ts';
import { SSL_2_0 } from './tables/versions.ts';

/** Reads headers, and announces records, whole or in part. */
export abstract class RecordAnnouncer extends FramingSearch {
  /**
   * Reads the header at bytes[at] into the scratch. HEADER_NO where none can stand there in a stream whose framing is
   * known.
   */
  protected readHeader(bytes: Uint8Array, at: number, end: number): number {
    const scratch = this.scratch;
    const judged = judgeHeader(bytes, at, end);
    if (judged !== HEADER_YES)
      return this.sslv2 && judged === HEADER_NO ? this.readSslV2Header(bytes, at, end) : judged;
    this.sslv2 = false;
    scratch.sslv2 = false;
    scratch.type = bytes[at]!;
    scratch.version = 0x300 | bytes[at + 2]!;
    scratch.length = (bytes[at + 3]! << 8) | bytes[at + 4]!;
    scratch.headerLength = RECORD_HEADER_LENGTH;
    return HEADER_YES;
  }

  /** Two bytes with the high bit set, or three with a padding length (SSL 2.0 §1.1). */
  protected readSslV2Header(bytes: Uint8Array, at: number, end: number): number {
    if (end - at < 3) return HEADER_SHORT;
    const scratch = this.scratch;
    const short = (bytes[at]! & 0x80) !== 0;
    const length = u16be(bytes, at) & (short ? 0x7fff : 0x3fff);
    if (length === 0 || length > MAX_RECORD_LENGTH) return HEADER_NO;
    scratch.sslv2 = true;
    scratch.version = SSL_2_0;
    scratch.headerLength = short ? 2 : 3;
    scratch.length = length;
    scratch.type = this.started ? APPLICATION_DATA : HANDSHAKE;
    return HEADER_YES;
  }

  protected announce(scratch: RecordScratch): void {
    this.loss.moveTo(scratch);
    this.started = true;
    this.unsure = false;
    // A hello in SSL 2.0 format that offers SSL 3.0 or later is the only such record: the next must have a TLS header.
    if (scratch.sslv2 && scratch.type === HANDSHAKE) {
      const at = scratch.from + scratch.headerLength;
      if (scratch.bytes[at] === CLIENT_HELLO && u16be(scratch.bytes, at + 1) !== SSL_2_0) this.sslv2 = false;
    }
    this.sink.record(scratch);
  }

  protected announceHeld(held: HeldBytes, length: number): void {
    const scratch = this.scratch;
    scratch.bytes = held.bytes;
    scratch.from = held.start;
    scratch.position = held.position;
    scratch.takeSpans(held, length);
    if (held.holeCount === 0) {
      this.announce(scratch);
      return;
    }
    scratch.takeHoles(held);
    scratch.present = length;
    scratch.missing = 0;
    for (let i = 0; i < scratch.holeCount; i++) scratch.missing += scratch.holeLengths[i]!;
    this.loss.moveTo(scratch);
    this.started = true;
    this.unsure = true;
    this.sink.partial(scratch, this.loss.reason === 'snapped' ? 'snapped' : 'lost');
  }

  /** The held bytes are all that there is of a record; `beyond` bytes of the hole behind them are its. */
  protected announcePartial(held: HeldBytes, reason: GapReason | 'end', beyond: number): void {
    const scratch = this.scratch;
    if (this.readHeader(held.bytes, held.start, held.end) !== HEADER_YES) {
      scratch.type = -1;
      scratch.version = 0;
      scratch.length = 0;
    }
    scratch.bytes = held.bytes;
    scratch.from = held.start;
    scratch.position = held.position;
    scratch.present = held.length;
    scratch.missing = beyond;
    scratch.takeSpans(held, held.length);
    scratch.takeHoles(held);
    for (let i = 0; i < scratch.holeCount; i++) scratch.missing += scratch.holeLengths[i]!;
    if (reason === 'end' && scratch.type !== -1) {
      scratch.missing += scratch.headerLength + scratch.length - scratch.present;
    }
    this.loss.moveTo(scratch);
    this.started = true;
    this.sink.partial(scratch, reason);
  }
}
