import type { RtpHeader } from '../rtp/decode-rtp.ts';
import type { SrtpOpener } from './srtp-opener.ts';

/** A key that may be the one of a stream. */
export interface SrtpCandidate {
  readonly opener: SrtpOpener;
  /** It stands where the sender's key has to stand: rollover counters far from 0 are tried with it, too. */
  readonly likely: boolean;
}

/**
 * Tags that may still be computed in search of keys and rollover counters, shared by all streams of a capture: with likely
 * keys, and with others, so that noise which looks like RTP takes nothing from a call.
 */
export interface TrialBudget {
  likely: number;
  others: number;
}

/**
 * Follows the packets of one SSRC: finds which key opens them and what the rollover counter is, by the tag alone, and
 * follows the counter from then on (RFC 3711 §3.3.1, appendix A). A stream may change its key on the way.
 */
export class SrtpFollower {
  authenticated = 0;
  failed = 0;
  /** Index of the candidate that opened last, -1 for none yet. */
  opened = -1;
  /** Rollover counter of the first packet that opened. */
  firstRollover = 0;
  /** How often another key took over. */
  keyChanges = 0;
  private readonly candidates: readonly SrtpCandidate[];
  private readonly budget: TrialBudget;
  private rollover = 0;
  private highest = 0;
  private missed = 0;

  constructor(candidates: readonly SrtpCandidate[], budget: TrialBudget) {
    this.candidates = candidates;
    this.budget = budget;
  }

  /**
   * The payload of one packet, bytes[from, to) with its header decoded; empty where it is authenticated but not `wanted`;
   * null where no tag fits.
   */
  open(bytes: Uint8Array, from: number, to: number, header: RtpHeader, wanted: boolean): Uint8Array | null {
    const payload =
      this.openWithKnown(bytes, from, to, header, wanted) ?? this.search(bytes, from, to, header, wanted);
    if (payload === null) {
      this.failed += 1;
      this.missed += 1;
    } else {
      this.authenticated += 1;
      this.missed = 0;
    }
    return payload;
  }

  private openWithKnown(
    bytes: Uint8Array,
    from: number,
    to: number,
    header: RtpHeader,
    wanted: boolean,
  ): Uint8Array | null {
    const candidate = this.candidates[this.opened];
    if (candidate === undefined) return null;
    const guess = this.guess(header.sequence);
    if (guess < 0) return null;
    const payload = this.tryOne(candidate, bytes, from, to, header, guess, wanted);
    if (payload !== null) this.advance(header.sequence, guess);
    return payload;
  }

  private search(
    bytes: Uint8Array,
    from: number,
    to: number,
    header: RtpHeader,
    wanted: boolean,
  ): Uint8Array | null {
    // Of a run of failures the first few and then ever fewer are worth a search.
    if (this.missed >= SEARCHED && (this.missed & (this.missed - 1)) !== 0) return null;
    for (let at = 0; at < this.candidates.length; at += 1) {
      const candidate = this.candidates[at];
      if (candidate === undefined) continue;
      const far = candidate.likely && this.missed < FAR_SEARCHED ? FAR_ROLLOVERS : NEAR_ROLLOVERS;
      for (let rollover = 0; rollover < far; rollover += 1) {
        if (!this.spend(candidate)) break;
        const payload = this.tryOne(candidate, bytes, from, to, header, rollover, wanted);
        if (payload === null) continue;
        if (this.opened < 0) this.firstRollover = rollover;
        else if (this.opened !== at) this.keyChanges += 1;
        this.opened = at;
        this.rollover = rollover;
        this.highest = header.sequence;
        return payload;
      }
    }
    return null;
  }

  private spend({ likely }: SrtpCandidate): boolean {
    const { budget } = this;
    if ((likely ? budget.likely : budget.others) <= 0) return false;
    if (likely) budget.likely -= 1;
    else budget.others -= 1;
    return true;
  }

  private tryOne(
    candidate: SrtpCandidate,
    bytes: Uint8Array,
    from: number,
    to: number,
    header: RtpHeader,
    rollover: number,
    wanted: boolean,
  ): Uint8Array | null {
    const { payloadFrom, ssrc, sequence } = header;
    return candidate.opener.open(bytes, from, payloadFrom, to, ssrc, sequence, rollover, wanted);
  }

  /** Appendix A: the counter that puts the sequence number nearest to the highest one seen. */
  private guess(sequence: number): number {
    const { rollover, highest } = this;
    if (highest < HALF) return sequence - highest > HALF ? rollover - 1 : rollover;
    return highest - HALF > sequence ? rollover + 1 : rollover;
  }

  private advance(sequence: number, rollover: number): void {
    if (rollover === this.rollover) this.highest = Math.max(this.highest, sequence);
    else if (rollover > this.rollover) {
      this.rollover = rollover;
      this.highest = sequence;
    }
  }
}

const HALF = 0x8000;
/** Failures in a row after each of which everything is tried again, and of those how many with far counters. */
const SEARCHED = 8;
const FAR_SEARCHED = 2;
/** At 50 packets a second a counter lasts 22 minutes: 1,024 of them are two weeks. */
const FAR_ROLLOVERS = 1024;
const NEAR_ROLLOVERS = 4;
