/** States of calls as the host names them, in families that belong together for whoever looks for a call. */
export const CALL_STATES = {
  answered: ['in-call', 'completed'],
  setup: ['calling', 'proceeding', 'ringing'],
  unanswered: ['cancelled', 'busy', 'declined', 'redirected'],
  failed: ['failed', 'challenged', 'timed-out'],
  part: ['seen-in-part'],
  locked: ['locked'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type CallFamily = keyof typeof CALL_STATES;

/** All but "locked": calls of which something could be read. */
export const READ_STATES: readonly string[] = Object.entries(CALL_STATES).flatMap(([family, states]) =>
  family === 'locked' ? [] : states,
);
