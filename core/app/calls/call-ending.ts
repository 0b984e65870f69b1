import type { CallTracker } from './call-tracker.ts';
import { METHOD_INVITE } from './call-tables.ts';

/**
 * Row of the BYE that ended a leg; -1 while it goes on. Where several branches of a fork answered, the caller hangs up all
 * but one at once (RFC 3261 §13.2.2.4): the leg goes on as long as one of them does.
 */
export function byeRowOf(tracker: CallTracker, leg: number): number {
  const { legs, dialogs, transactions, messages } = tracker;
  const first = legs.bye.read(leg) - 1;
  const primary = legs.primary.read(leg) - 1;
  const final = primary < 0 ? -1 : transactions.final.read(primary) - 1;
  if (first < 0 || final < 0 || legs.dialogs.read(leg) < 2) return first;
  let last = first;
  for (let at = legs.firstDialog.read(leg); at !== 0; at = dialogs.next.read(at - 1)) {
    const confirmed = dialogs.confirmed.read(at - 1) - 1;
    if (confirmed < 0 || dialogs.method.read(at - 1) !== METHOD_INVITE) continue;
    // Other tags on another hop are no branch, but somebody between who changes them.
    if (messages.destination.read(confirmed) !== messages.destination.read(final)) continue;
    const ended = dialogs.ended.read(at - 1) - 1;
    if (ended < 0) return -1;
    last = Math.max(last, ended);
  }
  return last;
}
