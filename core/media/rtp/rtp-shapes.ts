import { u16be, u32be } from '../../bytes/reader.ts';
import { Uint16Column, Uint32Column, Uint8Column } from '../../store/columns.ts';

/**
 * Tells media from what only looks like it: one datagram is RTP by two bits, so that a capture's random bytes hold much
 * of it. Two datagrams of one direction that follow each other are (RFC 3550 §A.1): the same source, the next number, a
 * clock that did not leap.
 */
export class RtpShapes {
  /** By 2 * conversation + direction, of the packet seen last. */
  private readonly states = new Uint8Column();
  private readonly ssrcs = new Uint32Column();
  private readonly sequences = new Uint16Column();
  private readonly timestamps = new Uint32Column();

  /** Takes in what has the shape of RTP; true from the packet on by which the conversation is known to carry it. */
  seeRtp(conversation: number, direction: 0 | 1, bytes: Uint8Array, from: number): boolean {
    const row = 2 * conversation + direction;
    const ssrc = u32be(bytes, from + 8);
    const sequence = u16be(bytes, from + 2);
    const timestamp = u32be(bytes, from + 4);
    const state = this.states.read(row);
    const ahead = (sequence - this.sequences.read(row)) & 0xffff;
    const ran = (timestamp - this.timestamps.read(row)) | 0;
    const follows =
      (state & SAW_RTP) !== 0 &&
      ssrc === this.ssrcs.read(row) &&
      ahead > 0 &&
      ahead <= MOST_LOST &&
      Math.abs(ran) <= LARGEST_LEAP;
    this.ssrcs.write(row, ssrc);
    this.sequences.write(row, sequence);
    this.timestamps.write(row, timestamp);
    this.states.write(row, state | SAW_RTP | (follows ? CONFIRMED : 0));
    return follows || this.isConfirmed(conversation);
  }

  /** The same of RTCP: reports of one sender come again, and beside its media one is enough. */
  seeRtcp(conversation: number, direction: 0 | 1, bytes: Uint8Array, from: number): boolean {
    const row = 2 * conversation + direction;
    const ssrc = u32be(bytes, from + 4);
    const state = this.states.read(row);
    // On a port shared with media the source is the one of its packets.
    const again = (state & SAW_ANY) !== 0 && ssrc === this.ssrcs.read(row);
    if ((state & SAW_RTP) === 0) this.ssrcs.write(row, ssrc);
    this.states.write(row, state | SAW_RTCP | (again ? CONFIRMED : 0));
    return again || this.isConfirmed(conversation);
  }

  isConfirmed(conversation: number): boolean {
    return ((this.states.read(2 * conversation) | this.states.read(2 * conversation + 1)) & CONFIRMED) !== 0;
  }
}

const SAW_RTP = 1;
const SAW_RTCP = 2;
const SAW_ANY = 3;
const CONFIRMED = 4;
/** Packets that may be missing between two that follow each other. */
const MOST_LOST = 100;
/** Units of the clock: three minutes of video, half an hour of speech without a packet. */
const LARGEST_LEAP = 0x100_0000;
