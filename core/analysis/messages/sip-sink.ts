import type { SipScratch } from '../../app/events.ts';
import type { Analysis } from '../analysis.ts';
import type { FinishedLines, LineOffer, LineSource } from './line-layout.ts';

/** Takes SIP messages as they are found, in place of the tables: for a host that writes all of them once. */
export interface SipSink {
  /** Nothing but messages is asked of the analysis: frames need no verdicts. */
  readonly alone?: boolean;
  /** Called once, before the first frame. */
  begin(analysis: Analysis): void;
  /**
   * A message that ends in `frame`, its bytes good during the call only. False: the sink keeps no more, and the message
   * is to stand in the tables like any other.
   */
  take(conversation: number, message: SipScratch, frame: number, decrypted: boolean): boolean;
  /** Decrypted messages of these conversations (null: of all) are looked for anew, and given again where found. */
  withdraw(conversations: ReadonlySet<number> | null): void;
  /** The lines that it writes, where openers may finish them; what it is offered is of the next message, or of none. */
  readonly lines?: LineSource | null;
  readonly offer?: LineOffer;
  /** No more lines of these will be offered. */
  endOffers?(lines: FinishedLines): void;
  /** Nobody wants more. */
  readonly closed: boolean;
  /** More frames have been looked at. */
  advanced(): void;
}
