import type { SipStatistics } from '../../api-calls.ts';
import type { LegDescription } from '../../app/calls/describe-leg.ts';
import type { CallGroup } from '../../app/calls/join-legs.ts';
import { sipStatistics } from '../../app/calls/sip-statistics.ts';
import { responsePhrase } from '../../app/sip/response-phrases.ts';
import type { CallBook } from './call-book.ts';

/** Methods and responses, how calls and registrations stand, and what failures ended with. */
export function tellSipStatistics(
  book: CallBook,
  groups: readonly CallGroup[],
  locked: number,
): SipStatistics {
  const { tracker } = book;
  const failures = new Map<string, { reason: string; count: number; firstFrame: number }>();
  const fail = (leg: LegDescription): void => {
    const reason = reasonOf(leg);
    const firstFrame = tracker.messages.frame.read(tracker.legs.first.read(leg.leg) - 1);
    const known = failures.get(reason);
    if (known === undefined) failures.set(reason, { reason, count: 1, firstFrame });
    else known.count += 1;
  };
  const states = new Map<string, number>();
  for (const { legs } of groups) {
    const leg = book.describe(legs[0] ?? 0);
    states.set(leg.state, (states.get(leg.state) ?? 0) + 1);
    if (FAILED.has(leg.state)) fail(leg);
  }
  if (locked > 0) states.set('locked', locked);
  const registrations = { total: 0, registered: 0, failed: 0, challenged: 0 };
  for (let at = 0; at < tracker.legs.length; at += 1) {
    if (tracker.legs.kind.read(at) !== REGISTRATION) continue;
    const leg = book.describe(at);
    registrations.total += 1;
    if (leg.state === 'completed') registrations.registered += 1;
    else if (leg.state === 'challenged') registrations.challenged += 1;
    else if (FAILED.has(leg.state)) registrations.failed += 1;
    if (FAILED.has(leg.state)) fail(leg);
  }
  return {
    methods: sipStatistics(tracker).map(({ finals, ...one }) => ({
      ...one,
      finals: [...finals].map(([status, count]) => ({ status, reason: responsePhrase(status), count })),
    })),
    calls: [...states].map(([state, count]) => ({ state, count })).sort((a, b) => b.count - a.count),
    registrations,
    failures: [...failures.values()].sort((a, b) => b.count - a.count).slice(0, MOST_REASONS),
  };
}

function reasonOf(leg: LegDescription): string {
  const what = leg.kind === 'call' ? 'Call' : 'Registration';
  if (leg.notes.includes('authentication-loop'))
    return `${what}: credentials refused again and again (${leg.finalStatus})`;
  if (leg.finalStatus === 0) return `${what}: no answer at all`;
  if (leg.state === 'challenged') return `${what}: not tried again after ${leg.finalStatus}`;
  return `${what}: ${leg.finalStatus} ${responsePhrase(leg.finalStatus)}`.trimEnd();
}

const FAILED: ReadonlySet<string> = new Set(['failed', 'timed-out', 'challenged', 'busy', 'declined']);
const REGISTRATION = 1;
const MOST_REASONS = 100;
