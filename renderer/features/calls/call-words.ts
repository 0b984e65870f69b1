import type { LegRow } from '../../../core/api-calls.ts';
import { CALL_STATES, type CallFamily } from '../../model/call-states.ts';

/** How calls stand, in families: each has a colour and a shape of its own. */
export const CALL_FAMILIES = [
  {
    id: 'answered',
    label: 'Answered',
    states: CALL_STATES.answered,
    meaning: 'Calls that were taken: still going on when the capture ended, or ended by one side.',
  },
  {
    id: 'setup',
    label: 'Setting up',
    states: CALL_STATES.setup,
    meaning: 'Calls without a final answer by the end of the capture.',
  },
  {
    id: 'unanswered',
    label: 'Not taken',
    states: CALL_STATES.unanswered,
    meaning: 'Calls that nobody took: cancelled, busy, declined, or sent elsewhere.',
  },
  {
    id: 'failed',
    label: 'Failed',
    states: CALL_STATES.failed,
    meaning: 'Calls that were refused for a technical reason, or to which nobody answered.',
  },
  {
    id: 'part',
    label: 'Seen in part',
    states: CALL_STATES.part,
    meaning: 'Calls whose beginning is not in the capture.',
  },
  {
    id: 'locked',
    label: 'Locked',
    states: CALL_STATES.locked,
    meaning: 'Calls of which nothing could be read: inferred from encrypted signalling and media.',
  },
] as const satisfies readonly { readonly id: CallFamily; readonly [member: string]: unknown }[];

const STATE_WORDS: ReadonlyMap<string, readonly [string, string]> = new Map([
  ['calling', ['Calling', 'An INVITE without any response yet.']],
  ['proceeding', ['Proceeding', 'The INVITE is being worked on (100, 183): it does not ring yet.']],
  ['ringing', ['Ringing', 'It rings, and nobody took it by the end of the capture.']],
  ['in-call', ['In call', 'Taken, and not ended by the end of the capture.']],
  ['completed', ['Completed', 'Taken, and ended by one side.']],
  ['cancelled', ['Cancelled', 'The caller gave up before it was taken (487).']],
  ['busy', ['Busy', 'The callee is busy (486 or 600).']],
  ['declined', ['Declined', 'The callee refused it (603 or 607).']],
  ['redirected', ['Redirected', 'Sent to another address (3xx).']],
  ['challenged', ['Challenged', 'Asked for a password, and not tried again (401 or 407).']],
  ['failed', ['Failed', 'Refused with a final response of 400 or more.']],
  ['timed-out', ['Timed out', 'No answer came in time.']],
  ['seen-in-part', ['Seen in part', 'Its beginning is not in the capture.']],
  ['locked', ['Locked', 'Nothing of it could be read: inferred from what is encrypted.']],
]);

export function wordOfState(state: string): string {
  return STATE_WORDS.get(state)?.[0] ?? state;
}

export function meaningOfState(state: string): string {
  return STATE_WORDS.get(state)?.[1] ?? '';
}

/** The class that gives a state its colour and shape. */
export function toneOfState(state: string): string {
  const family = CALL_FAMILIES.find(({ states }) => states.some((each) => each === state));
  return `tone-call-${family?.id ?? 'part'}`;
}

export const CALL_TONES: readonly string[] = CALL_FAMILIES.map(({ id }) => `tone-call-${id}`);

/** What is no call is not "taken": other words for the same states. */
export function wordOfDialog({ kind, state, expires }: LegRow): string {
  if (state !== 'completed' && state !== 'in-call') return wordOfState(state);
  if (kind === 'registration') return expires === 0 ? 'Unregistered' : 'Registered';
  return 'Answered';
}

/** Remarks of the host on a call, by their ids. */
const NOTE_WORDS: ReadonlyMap<string, readonly [string, string]> = new Map([
  ['began-before-capture', ['began before', 'It began before the capture did.']],
  ['retransmissions', ['retransmissions', 'Messages were sent more than once: something was lost, or slow.']],
  ['request-without-answer', ['no answer', 'A request was never answered.']],
  ['missing-ack', ['ACK missing', 'A final response to INVITE was not acknowledged.']],
  [
    'authentication-loop',
    ['authentication loop', 'The client is challenged again and again: wrong password?'],
  ],
  ['loop', ['loop', 'A request came back to where it had been.']],
  ['forked', ['forked', 'It rang at several places.']],
  ['answer-crossed-cancel', ['answered while cancelled', 'The 200 and the CANCEL crossed.']],
  ['bye-without-answer', ['BYE unanswered', 'The BYE was never answered.']],
  ['early-media', ['early media', 'Sound was offered before the call was taken (183 with SDP).']],
]);

export function wordOfNote(note: string): string {
  return NOTE_WORDS.get(note)?.[0] ?? note.replaceAll('-', ' ');
}

export function meaningOfNote(note: string): string {
  return NOTE_WORDS.get(note)?.[1] ?? '';
}

const GROUND_WORDS: ReadonlyMap<string, string> = new Map([
  ['user', 'by hand'],
  ['session-id', 'Session-ID'],
  ['call-id-header', 'Call-ID in a header'],
  ['correlation-header', 'an id of the whole call'],
  ['replaces', 'Replaces'],
  ['likeness', 'likeness'],
]);

export function wordOfGround(ground: string): string {
  return GROUND_WORDS.get(ground) ?? ground;
}

/** Kinds of what is no call, as chips. */
export const DIALOG_KINDS = [
  { id: '', label: 'All, with registrations' },
  { id: 'subscription', label: 'Subscriptions' },
  { id: 'message', label: 'Messages' },
  { id: 'options', label: 'OPTIONS' },
  { id: 'publication', label: 'Publications' },
  { id: 'other', label: 'Other' },
] as const;

const KIND_WORDS: ReadonlyMap<string, string> = new Map([
  ['call', 'Call'],
  ['registration', 'Registration'],
  ['subscription', 'Subscription'],
  ['message', 'Message'],
  ['options', 'OPTIONS'],
  ['publication', 'Publication'],
  ['other', 'Other'],
]);

export function wordOfKind(kind: string): string {
  return KIND_WORDS.get(kind) ?? kind;
}

/** "A" for the first leg, and so on; numbers once the letters are used up. */
export function letterOfLeg(leg: number): string {
  return leg >= 0 && leg < 26 ? String.fromCharCode(65 + leg) : String(leg + 1);
}
