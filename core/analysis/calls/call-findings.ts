import type { Finding, RichText } from '../../api.ts';
import * as tables from '../../app/calls/call-tables.ts';
import type { LegDescription, LegNote } from '../../app/calls/describe-leg.ts';
import type { MediaFindingKind } from '../../app/sdp/compare-offer-answer.ts';
import { headerValue } from '../../app/sip/parse-message.ts';
import { responsePhrase } from '../../app/sip/response-phrases.ts';
import type { Found } from '../../diagnosis/finding-context.ts';
import { toFinding } from '../../diagnosis/findings.ts';
import { frameLink, rich } from '../../diagnosis/rich-text.ts';
import type { Severity } from '../../verdict.ts';
import type { CallBook } from './call-book.ts';
import type { CallTexts, NegotiationRemark } from './call-negotiations.ts';
import { LegMessages } from './leg-messages.ts';

/** What is remarked of a call: of its legs' messages and of what they negotiated. */
export function findInCall(
  book: CallBook,
  legs: readonly number[],
  texts: CallTexts,
  remarks: readonly NegotiationRemark[],
): Finding[] {
  const found: Finding[] = [];
  for (const leg of legs) {
    const description = book.describe(leg);
    const facts = new LegMessages(book, leg);
    const ending = tellEnding(book, description, facts, texts);
    if (ending !== null) found.push(toFinding('call-failed', ending, facts.conversation));
    for (const note of description.notes) found.push(tellNote(facts, description, note));
  }
  for (const remark of remarks) {
    if (remark.finding.kind === 'on-hold' && remark.renegotiation) continue;
    found.push(toFinding(remark.finding.kind, tellRemark(remark), null));
  }
  return distinct(found);
}

/** One remark on one leg. */
export function tellNote(facts: LegMessages, leg: LegDescription, note: LegNote): Finding {
  return toFinding(note, FINDERS[note](facts, leg), facts.conversation);
}

/** A proxy's two hops say the same twice. */
function distinct(findings: readonly Finding[]): Finding[] {
  const seen = new Set<string>();
  return findings.filter(({ id, sentence }) => {
    const key = `${id} ${sentence}`;
    const fresh = !seen.has(key);
    seen.add(key);
    return fresh;
  });
}

type Finder = (facts: LegMessages, leg: LegDescription) => Found;

const FINDERS: Readonly<Record<LegNote, Finder>> = {
  'began-before-capture': (facts) => {
    const frames = facts.framesOf(facts.rows.slice(0, 1));
    return found(
      'note',
      rich`The call began before the capture: its first message here is ${linksTo(frames)}. Who called, and how long it took to set up, is not known.`,
      frames,
    );
  },
  retransmissions: (facts, leg) => {
    const rows = facts.flagged(tables.MESSAGE_IS_RETRANSMISSION);
    const names = countNames(rows.map((row) => facts.name(row)));
    const frames = facts.framesOf(rows);
    return found(
      'warning',
      rich`${leg.retransmissions} ${leg.retransmissions === 1 ? 'message was' : 'messages were'} sent again (${names}): ${linksTo(frames)}. Either the message or what answers it was lost or late.`,
      frames,
      'Look for packet loss between the two, or for a firewall that drops what comes back.',
    );
  },
  'request-without-answer': (facts) => {
    const { transactions } = facts.book.tracker;
    const open = facts.transactions(
      (one) =>
        facts.request(one) >= 0 &&
        transactions.firstResponse.read(one) === 0 &&
        transactions.method.read(one) !== tables.METHOD_BYE,
    );
    return tellUnanswered(facts, open);
  },
  'bye-without-answer': (facts) => {
    const { transactions } = facts.book.tracker;
    return tellUnanswered(
      facts,
      facts.transactions(
        (one) =>
          facts.request(one) >= 0 &&
          transactions.firstResponse.read(one) === 0 &&
          transactions.method.read(one) === tables.METHOD_BYE,
      ),
    );
  },
  'missing-ack': (facts) => {
    const { transactions } = facts.book.tracker;
    const open = facts.transactions(
      (one) =>
        transactions.method.read(one) === tables.METHOD_INVITE &&
        transactions.finalStatus.read(one) >= 200 &&
        transactions.ack.read(one) === 0,
    );
    const rows = open.map((one) => facts.final(one)).filter((row) => row >= 0);
    const [first] = rows;
    const frames = facts.framesOf(rows);
    if (first === undefined) return found('warning', rich`A final response was never acknowledged.`, frames);
    return found(
      'error',
      rich`The ${facts.status(first)} in ${frameLink(facts.frame(first))} was never acknowledged: no ACK came from ${facts.destination(first)} to ${facts.source(first)}. Whoever waits for it ends the call after 32 seconds.`,
      frames,
      'Check the Contact address of the response and the Record-Route headers: the ACK goes where they say, which may be a place that cannot be reached.',
    );
  },
  'authentication-loop': (facts, leg) => {
    const rows = facts.rows.filter((row) => facts.status(row) === 401 || facts.status(row) === 407);
    const frames = facts.framesOf(rows);
    const server = rows[0] === undefined ? '' : facts.source(rows[0]);
    return found(
      'error',
      rich`${server} asked for credentials ${rows.length} times (${linksTo(frames)}), ${leg.state === 'completed' || leg.state === 'in-call' ? 'at least three times without a success in between' : 'and never took them'}.`,
      frames,
      'Check the user name, the password and the realm at both sides; a clock or a proxy that changes the nonce does the same.',
      'likely',
    );
  },
  loop: (facts) => {
    const loops = facts.rows.filter((row) => facts.status(row) === 482 || facts.status(row) === 483);
    const frames = facts.framesOf(loops);
    const [first] = loops;
    if (first !== undefined)
      return found(
        'error',
        rich`${facts.source(first)} found a loop: ${facts.status(first)} ${responsePhrase(facts.status(first))} in ${linksTo(frames)}.`,
        frames,
        'Check the routing of the called number: two servers send it to each other.',
      );
    const requests = facts.rows.filter((row) => facts.isRequest(row) && facts.method(row) === 'INVITE');
    return found(
      'error',
      rich`The same request came back to where it had been, with more hops behind it: ${linksTo(facts.framesOf(requests))}.`,
      facts.framesOf(requests),
      'Check the routing of the called number: two servers send it to each other.',
      'likely',
    );
  },
  forked: (facts, leg) => {
    const rows = facts.rows.filter((row) => facts.status(row) > 100 && facts.method(row) === 'INVITE');
    const frames = facts.framesOf(rows);
    return found(
      'note',
      rich`The call was forked: ${leg.dialogs} places answered with tags of their own (${linksTo(frames)}).`,
      frames,
    );
  },
  'answer-crossed-cancel': (facts) => {
    const cancel = facts.rows.find((row) => facts.isRequest(row) && facts.method(row) === 'CANCEL');
    const answer = facts.rows.find((row) => facts.status(row) === 200 && facts.method(row) === 'INVITE');
    const rows = [cancel, answer].filter((row) => row !== undefined);
    return found(
      'warning',
      rich`The caller gave up in the moment in which the call was taken: CANCEL and 200 crossed (${linksTo(facts.framesOf(rows))}). The answer counts, so the call stands until a BYE.`,
      facts.framesOf(rows),
    );
  },
  'early-media': (facts) => {
    const rows = facts.flagged(tables.MESSAGE_HAS_SDP).filter((row) => {
      const status = facts.status(row);
      return status > 100 && status < 200;
    });
    return found(
      'note',
      rich`Sound may be heard before the call is taken: a session description came with ${rows[0] === undefined ? '183' : facts.status(rows[0])} in ${linksTo(facts.framesOf(rows))} (early media).`,
      facts.framesOf(rows),
    );
  },
};

/** Why a call was not taken, where a final response says so. */
function tellEnding(book: CallBook, leg: LegDescription, facts: LegMessages, texts: CallTexts): Found | null {
  if (leg.finalStatus < 400 || leg.state === 'cancelled' || leg.state === 'challenged') return null;
  const row = facts.rows.find((one) => facts.status(one) === leg.finalStatus);
  if (row === undefined) return null;
  const message = texts.messageOf(book.tracker.messages.message.read(row));
  const said = ['reason', 'warning']
    .map((name) => (message === null ? null : headerValue(message, name)))
    .filter((value) => value !== null)
    .map((value) => value.slice(0, MOST_REASON));
  const words = said.length === 0 ? '' : ` It says: ${said.join('; ')}.`;
  const human = leg.state === 'busy' || leg.state === 'declined';
  return found(
    human ? 'note' : 'error',
    rich`${facts.source(row)} refused the call with ${leg.finalStatus} ${responsePhrase(leg.finalStatus)} in ${frameLink(facts.frame(row))}.${words}`,
    [facts.frame(row)],
    FIXES[leg.finalStatus] ?? '',
  );
}

function tellUnanswered(facts: LegMessages, open: readonly number[]): Found {
  const rows = open.map((one) => facts.request(one));
  const [first] = rows;
  const frames = facts.framesOf(rows);
  if (first === undefined) return found('warning', rich`A request was never answered.`, frames);
  const more =
    rows.length > 1
      ? rich` ${rows.length - 1} more went without an answer: ${linksTo(frames.slice(1))}.`
      : [];
  return found(
    'error',
    rich`The ${facts.method(first) || 'request'} of ${frameLink(facts.frame(first))} from ${facts.source(first)} to ${facts.destination(first)} was never answered.${more}`,
    frames,
    'Check whether the other side is up and reachable on this address and port, and whether the capture sees both directions.',
  );
}

function tellRemark({ finding, frames }: NegotiationRemark): Found {
  const { severity, fix } = MEDIA_REMARKS[finding.kind];
  return found(severity, rich`${finding.sentence} (${linksTo(frames)})`, frames, fix);
}

function found(
  severity: Severity,
  sentence: RichText,
  frames: readonly number[],
  fix = '',
  confidence: Found['confidence'] = 'certain',
): Found {
  return { severity, sentence, frames: frames.slice(0, MOST_FRAMES), fix, confidence };
}

/** "frame 3, frame 5 and 7 more". */
export function linksTo(frames: readonly number[]): RichText {
  const own = [...new Set(frames)];
  const shown = own.slice(0, MOST_LINKS);
  const parts = shown.flatMap((frame, at) =>
    at === 0 ? [frameLink(frame)] : [...rich`, `, frameLink(frame)],
  );
  return own.length > shown.length ? [...parts, ...rich` and ${own.length - shown.length} more`] : parts;
}

/** "INVITE, 3 × 200 to INVITE". */
function countNames(names: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].map(([name, count]) => (count === 1 ? name : `${count} × ${name}`)).join(', ');
}

const MOST_LINKS = 5;
const MOST_FRAMES = 50;
const MOST_REASON = 200;

/** What to do about a refusal, by its status. */
export const FIXES: Readonly<Record<number, string>> = {
  403: 'Check whether this caller may call this number, and whether the trunk knows the caller’s address.',
  404: 'Check the called number and the dial plan: the server does not know it.',
  408: 'The callee did not answer in time: check its registration and whether it can be reached.',
  480: 'The callee is not registered or does not take calls: check its registration.',
  484: 'Check the called number: digits are missing.',
  488: 'The two sides have no codec or no protection in common: compare their session descriptions.',
  500: 'Look into the log of the server that sent it.',
  503: 'The server is overloaded or has no way to the callee: look at its trunks and limits.',
};

const MEDIA_REMARKS: Readonly<
  Record<MediaFindingKind, { readonly severity: Severity; readonly fix: string }>
> = {
  'media-count-differs': { severity: 'warning', fix: '' },
  'media-refused': { severity: 'note', fix: '' },
  'no-common-codec': {
    severity: 'error',
    fix: 'Give both sides a codec in common, or let the server transcode.',
  },
  'protection-differs': {
    severity: 'error',
    fix: 'Set media encryption alike at both sides (SRTP by SDES or DTLS, or none).',
  },
  'address-family-differs': {
    severity: 'error',
    fix: 'Let both sides use the same IP version, or relay the media.',
  },
  'address-missing': { severity: 'warning', fix: '' },
  'address-private': {
    severity: 'warning',
    fix: 'Let the device behind NAT learn its public address (STUN, external address), or let the server relay the media.',
  },
  'one-way': { severity: 'note', fix: '' },
  'on-hold': { severity: 'note', fix: '' },
  'no-dtmf-events': {
    severity: 'note',
    fix: 'Offer and accept telephone-event at both sides where DTMF is needed.',
  },
};
