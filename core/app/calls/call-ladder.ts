import type { CallTracker } from './call-tracker.ts';
import {
  MESSAGE_HAS_SDP,
  MESSAGE_IN_DIALOG,
  MESSAGE_IS_DECRYPTED,
  MESSAGE_IS_REQUEST,
  MESSAGE_IS_RETRANSMISSION,
  METHODS,
} from './call-tables.ts';
import { secondsBetween } from './describe-leg.ts';

/** One arrow. */
export interface CallStep {
  /** The caller's number of the message. */
  readonly message: number;
  readonly frame: number;
  readonly conversation: number;
  readonly leg: number;
  /** Columns of CallLadder.endpoints. */
  readonly from: number;
  readonly to: number;
  /** Seconds since the first step, and since the one before. */
  readonly relative: number;
  readonly delay: number;
  /** "INVITE", "180 INVITE"; empty method for one that is not in the registry. */
  readonly method: string;
  readonly status: number;
  readonly isRequest: boolean;
  /** A request inside a dialog: an INVITE there is a re-INVITE. */
  readonly inDialog: boolean;
  readonly hasSdp: boolean;
  readonly decrypted: boolean;
  readonly retransmission: boolean;
}

/** The messages of some legs in order of time between the endpoints that sent them. */
export interface CallLadder {
  /** "address:port", in order of appearance. */
  readonly endpoints: readonly string[];
  readonly steps: readonly CallStep[];
  /** False where there are more steps than `limit`. */
  readonly complete: boolean;
}

export function callLadder(tracker: CallTracker, legs: readonly number[], limit = 10_000): CallLadder {
  const rows: number[] = [];
  for (const leg of legs) {
    let at = tracker.legs.first.read(leg);
    while (at !== 0) {
      rows.push(at - 1);
      at = tracker.messages.nextInLeg.read(at - 1);
    }
  }
  rows.sort((a, b) => a - b);
  const columns = new Map<number, number>();
  const columnOf = (endpoint: number): number => {
    const known = columns.get(endpoint);
    if (known !== undefined) return known;
    columns.set(endpoint, columns.size);
    return columns.size - 1;
  };
  const { messages, endpoints } = tracker;
  const steps: CallStep[] = [];
  const first = rows[0] ?? -1;
  let before = first;
  for (const row of rows.slice(0, limit)) {
    const flags = messages.flags.read(row);
    steps.push({
      message: messages.message.read(row),
      frame: messages.frame.read(row),
      conversation: messages.conversation.read(row),
      leg: messages.leg.read(row),
      from: columnOf(messages.source.read(row)),
      to: columnOf(messages.destination.read(row)),
      relative: secondsBetween(tracker, first, row) ?? 0,
      delay: secondsBetween(tracker, before, row) ?? 0,
      method: METHODS[messages.method.read(row)] ?? '',
      status: messages.status.read(row),
      isRequest: (flags & MESSAGE_IS_REQUEST) !== 0,
      inDialog: (flags & MESSAGE_IN_DIALOG) !== 0,
      hasSdp: (flags & MESSAGE_HAS_SDP) !== 0,
      decrypted: (flags & MESSAGE_IS_DECRYPTED) !== 0,
      retransmission: (flags & MESSAGE_IS_RETRANSMISSION) !== 0,
    });
    before = row;
  }
  return {
    endpoints: [...columns.keys()].map((endpoint) => endpoints[endpoint] ?? ''),
    steps,
    complete: rows.length <= limit,
  };
}
