import type { Finding, RichText } from '../../api.ts';
import type { LegDescription, LegNote } from '../../app/calls/describe-leg.ts';
import { responsePhrase } from '../../app/sip/response-phrases.ts';
import { toFinding } from '../../diagnosis/findings.ts';
import { rich } from '../../diagnosis/rich-text.ts';
import type { Severity } from '../../verdict.ts';
import type { CallBook } from './call-book.ts';
import { FIXES, linksTo, tellNote } from './call-findings.ts';
import { LegMessages } from './leg-messages.ts';

/**
 * What went wrong with the calls, registrations and other dialogs of a capture, each kind of fault once with the messages
 * in which it shows: a list for whoever looks at the capture before they look at a call. It walks every leg; a host that
 * answers others has them described first (CallAnswers.advanceDescribed).
 */
export function findInAllCalls(book: CallBook): Finding[] {
  const faults = new Map<string, Fault>();
  for (let leg = 0; leg < book.tracker.legs.length; leg += 1) {
    const description = book.describe(leg);
    const refusal = refusalOf(description);
    if (refusal !== null) noteFault(faults, refusal, leg);
    for (const note of description.notes) if (TOLD.has(note)) noteFault(faults, note, leg);
  }
  return [...faults].map(([id, fault]) => tell(book, id, fault));
}

interface Fault {
  count: number;
  /** Legs: the first of them. */
  readonly legs: number[];
}

function noteFault(faults: Map<string, Fault>, id: string, leg: number): void {
  const known = faults.get(id);
  if (known === undefined) faults.set(id, { count: 1, legs: [leg] });
  else {
    known.count += 1;
    if (known.legs.length < MOST_FRAMES) known.legs.push(leg);
  }
}

/** "call-failed 404": what a server or callee refused; not what the caller gave up, nor what a human declined. */
function refusalOf({ kind, state, finalStatus }: LegDescription): string | null {
  if (state !== 'failed' && state !== 'timed-out') return null;
  if (finalStatus < 400) return null;
  return `${kind === 'call' ? 'call-failed' : kind === 'registration' ? 'registration-failed' : 'dialog-failed'} ${finalStatus}`;
}

function tell(book: CallBook, key: string, fault: Fault): Finding {
  const [id = '', status = ''] = key.split(' ');
  if (status !== '') return tellRefused(book, id, Number(status), fault);
  const [leg = 0] = fault.legs;
  const note = [...TOLD.keys()].find((one) => one === id);
  if (note === undefined || fault.count === 1)
    return tellNote(new LegMessages(book, leg), book.describe(leg), note ?? 'loop');
  const { severity, words, fix } = TOLD.get(note)!;
  const frames = fault.legs.map((one) => firstFrameOf(book, one));
  const sentence = rich`${fault.count} calls or dialogs ${words}. They begin in ${linksTo(frames)}${moreThan(fault)}.`;
  return toFinding(id, { severity, sentence, frames, fix, confidence: 'certain' }, null);
}

function tellRefused(book: CallBook, id: string, status: number, fault: Fault): Finding {
  const frames = fault.legs.map((leg) => frameOfFinal(book, leg, status));
  const what = WORDS_OF_REFUSED.get(id) ?? 'dialog';
  const subject = fault.count === 1 ? `A ${what} was` : `${fault.count} ${what}s were`;
  const sentence = rich`${subject} refused with ${status} ${responsePhrase(status)}: ${linksTo(frames)}${moreThan(fault)}.`;
  return toFinding(
    id,
    { severity: 'error', sentence, frames, fix: fixOf(id, status), confidence: 'certain' },
    null,
  );
}

function fixOf(id: string, status: number): string {
  if (id === 'call-failed') return FIXES[status] ?? '';
  return id === 'registration-failed'
    ? 'Look into the registrar’s log: whether it knows the user, and lets it register from this address.'
    : '';
}

/** Legs that are counted but whose frames are not kept. */
function moreThan({ count, legs }: Fault): RichText {
  return count > legs.length ? rich` and others` : [];
}

function firstFrameOf(book: CallBook, leg: number): number {
  const { legs, messages } = book.tracker;
  return messages.frame.read(Math.max(0, legs.first.read(leg) - 1));
}

function frameOfFinal(book: CallBook, leg: number, status: number): number {
  const facts = new LegMessages(book, leg);
  const row = facts.rows.find((one) => facts.status(one) === status);
  return row === undefined ? firstFrameOf(book, leg) : facts.frame(row);
}

const MOST_FRAMES = 50;

const WORDS_OF_REFUSED: ReadonlyMap<string, string> = new Map([
  ['call-failed', 'call'],
  ['registration-failed', 'registration'],
]);

/** The notes on legs that are faults, and how several are told of at once. */
const TOLD: ReadonlyMap<
  LegNote,
  { readonly severity: Severity; readonly words: string; readonly fix: string }
> = new Map([
  [
    'missing-ack',
    {
      severity: 'error',
      words: 'have a final response that was never acknowledged (no ACK)',
      fix: 'Check the Contact address of the responses and the Record-Route headers: the ACK goes where they say.',
    },
  ],
  [
    'authentication-loop',
    {
      severity: 'error',
      words: 'were asked for credentials again and again',
      fix: 'Check user names, passwords and the realm at both sides.',
    },
  ],
  [
    'loop',
    {
      severity: 'error',
      words: 'ran in a loop',
      fix: 'Check the routing of the called numbers: two servers send them to each other.',
    },
  ],
  [
    'request-without-answer',
    {
      severity: 'error',
      words: 'have a request that was never answered',
      fix: 'Check whether the other side is up and reachable, and whether the capture sees both directions.',
    },
  ],
  [
    'bye-without-answer',
    {
      severity: 'warning',
      words: 'end in a BYE that was never answered',
      fix: 'Check whether the other side is still reachable, and whether the capture sees both directions.',
    },
  ],
  [
    'answer-crossed-cancel',
    { severity: 'warning', words: 'were taken in the moment in which the caller gave up', fix: '' },
  ],
  [
    'retransmissions',
    {
      severity: 'warning',
      words: 'have messages that were sent again',
      fix: 'Look for packet loss between the two, or for a firewall that drops what comes back.',
    },
  ],
]);
