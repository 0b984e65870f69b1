import { byeRowOf } from './call-ending.ts';
import type { CallTracker } from './call-tracker.ts';
import * as tables from './call-tables.ts';

/** Where a call stands, by the transaction that set it up (RFC 3261 §13, §15, §9). */
export const CALL_STATES = [
  'calling',
  'proceeding',
  'ringing',
  'in-call',
  'completed',
  'cancelled',
  'busy',
  'declined',
  'redirected',
  'challenged',
  'failed',
  'timed-out',
  'seen-in-part',
] as const;
export type CallState = (typeof CALL_STATES)[number];

/** What an expert would remark about a leg. */
export const LEG_NOTES = [
  'began-before-capture',
  'retransmissions',
  'request-without-answer',
  'missing-ack',
  'authentication-loop',
  'loop',
  'forked',
  'answer-crossed-cancel',
  'bye-without-answer',
  'early-media',
] as const;
export type LegNote = (typeof LEG_NOTES)[number];

export interface Time {
  readonly seconds: number;
  readonly nanoseconds: number;
}

/** Everything with one Call-ID, as a list shows it. Durations are seconds; null where one end was not seen. */
export interface LegDescription {
  readonly leg: number;
  readonly kind: tables.LegKind;
  readonly callId: string;
  /** URIs of From and To. */
  readonly from: string;
  readonly to: string;
  readonly state: CallState;
  readonly start: Time;
  readonly end: Time;
  /** The caller's numbers of the first and the last message. */
  readonly firstMessage: number;
  readonly lastMessage: number;
  readonly messages: number;
  readonly decrypted: number;
  /** From the request (of a call: the first try) to the first response that says something: ringing or the end. */
  readonly requestDelay: number | null;
  /** From the first 180 to 189 to the final response. */
  readonly ringing: number | null;
  /** From the first INVITE to the 2xx. */
  readonly setup: number | null;
  /** From the 2xx to the BYE. */
  readonly duration: number | null;
  /** 0 without a final response. */
  readonly finalStatus: number;
  /** Who sent it, and who sent the BYE or CANCEL: endpoints, or empty. */
  readonly finalFrom: string;
  readonly endedBy: string;
  readonly source: string;
  readonly destination: string;
  readonly transports: readonly string[];
  readonly retransmissions: number;
  readonly dialogs: number;
  readonly event: string;
  readonly contact: string;
  readonly expires: number | null;
  readonly subscriptionState: string;
  readonly notes: readonly LegNote[];
}

/** Timer B and F (RFC 3261 §17.1.1.2, §17.1.2.2): no answer comes after so many seconds. */
const TRANSACTION_TIMEOUT = 32;
/** Seconds without an answer that are worth a remark: T2 (RFC 3261 §17.1.2.2). */
const PATIENCE = 4;
/** Challenges one after another that no sound client gets. */
const CHALLENGE_LOOP = 3;
/** Transactions of one leg that are looked at for its notes. */
const TRANSACTIONS_LOOKED_AT = 4096;

/**
 * Reads a leg out of the tracker's columns. `captureEnd` is the time of the capture's last frame, by which a request
 * without any answer is known to have timed out.
 */
export function describeLeg(
  tracker: CallTracker,
  leg: number,
  captureEnd: Time | null = null,
): LegDescription {
  const { legs, messages, transactions, strings, endpoints } = tracker;
  const first = legs.first.read(leg) - 1;
  const last = legs.last.read(leg) - 1;
  const primary = legs.primary.read(leg) - 1;
  const request = primary < 0 ? -1 : transactions.request.read(primary) - 1;
  const final = primary < 0 ? -1 : transactions.final.read(primary) - 1;
  const ringing = primary < 0 ? -1 : transactions.ringing.read(primary) - 1;
  const finalStatus = primary < 0 ? 0 : transactions.finalStatus.read(primary);
  const setsUp = primary >= 0 && transactions.toTag.read(primary) === 0;
  const answered = setsUp && finalStatus >= 200 && finalStatus < 300;
  // A registration is renewed again and again: only a call's time runs from its first try.
  const isCall = legs.kind.read(leg) === 0;
  const started = isCall ? firstTry(tracker, leg, request) : request;
  const ender = endingRow(tracker, leg, answered);
  const state = stateOf(tracker, leg, primary, captureEnd);
  const seen = look(tracker, leg, primary, captureEnd);
  return {
    leg,
    kind: tables.LEG_KINDS[legs.kind.read(leg)] ?? 'other',
    callId: strings.textOf(legs.callId.read(leg)),
    from: strings.textOf(legs.fromUri.read(leg)),
    to: strings.textOf(legs.toUri.read(leg)),
    state,
    start: timeOf(tracker, first),
    end: timeOf(tracker, last),
    firstMessage: messages.message.read(first),
    lastMessage: messages.message.read(last),
    messages: legs.messages.read(leg),
    decrypted: legs.decrypted.read(leg),
    requestDelay: setsUp ? secondsBetween(tracker, started, earlier(ringing, final)) : null,
    ringing: secondsBetween(tracker, ringing, final),
    setup: answered && isCall ? secondsBetween(tracker, started, final) : null,
    duration: answered ? secondsBetween(tracker, final, byeRowOf(tracker, leg)) : null,
    finalStatus,
    finalFrom: final < 0 ? '' : (endpoints[messages.source.read(final)] ?? ''),
    endedBy: ender < 0 ? '' : (endpoints[messages.source.read(ender)] ?? ''),
    source: endpoints[messages.source.read(Math.max(0, request < 0 ? first : request))] ?? '',
    destination: endpoints[messages.destination.read(Math.max(0, request < 0 ? first : request))] ?? '',
    transports: tracker.transports.filter((_, bit) => ((legs.transports.read(leg) >>> bit) & 1) === 1),
    retransmissions: seen.retransmissions,
    dialogs: legs.dialogs.read(leg),
    event: strings.textOf(legs.event.read(leg)),
    contact: strings.textOf(legs.contactUri.read(leg)),
    expires: legs.expires.read(leg) === 0 ? null : legs.expires.read(leg) - 1,
    subscriptionState: strings.textOf(legs.subscriptionState.read(leg)),
    notes: seen.notes,
  };
}

/** Seconds from one message row to another, null where either is -1. */
export function secondsBetween(tracker: CallTracker, from: number, to: number): number | null {
  if (from < 0 || to < 0) return null;
  const { seconds, nanoseconds } = tracker.messages;
  return seconds.read(to) - seconds.read(from) + (nanoseconds.read(to) - nanoseconds.read(from)) / 1e9;
}

function timeOf(tracker: CallTracker, row: number): Time {
  const { seconds, nanoseconds } = tracker.messages;
  return { seconds: seconds.read(row), nanoseconds: nanoseconds.read(row) };
}

function earlier(one: number, other: number): number {
  if (one < 0) return other;
  return other < 0 ? one : Math.min(one, other);
}

/** The request of the leg's first try, before any challenge. */
function firstTry(tracker: CallTracker, leg: number, request: number): number {
  const { legs, transactions } = tracker;
  const primary = legs.primary.read(leg) - 1;
  let at = legs.firstTransaction.read(leg);
  for (let n = 0; at !== 0 && n < TRANSACTIONS_LOOKED_AT; n++) {
    const one = at - 1;
    const sameKind = transactions.method.read(one) === transactions.method.read(primary);
    const row = transactions.request.read(one) - 1;
    if (sameKind && transactions.toTag.read(one) === 0 && row >= 0) return row;
    at = transactions.nextInLeg.read(one);
  }
  return request;
}

function endingRow(tracker: CallTracker, leg: number, answered: boolean): number {
  const bye = byeRowOf(tracker, leg);
  if (bye >= 0) return bye;
  return answered ? -1 : tracker.legs.cancel.read(leg) - 1;
}

function stateOf(tracker: CallTracker, leg: number, primary: number, captureEnd: Time | null): CallState {
  const { transactions, legs } = tracker;
  const isCall = legs.kind.read(leg) === 0;
  const setsUp = primary >= 0 && (!isCall || transactions.method.read(primary) === tables.METHOD_INVITE);
  if (!setsUp || transactions.toTag.read(primary) !== 0) return 'seen-in-part';
  const status = transactions.finalStatus.read(primary);
  if (status === 0) {
    if (transactions.ringing.read(primary) !== 0) return 'ringing';
    if (transactions.firstResponse.read(primary) !== 0) return 'proceeding';
    return hasTimedOut(tracker, primary, captureEnd) ? 'timed-out' : 'calling';
  }
  if (status < 300) return isCall && byeRowOf(tracker, leg) < 0 ? 'in-call' : 'completed';
  if (status < 400) return 'redirected';
  switch (status) {
    case 401:
    case 407:
      return 'challenged';
    case 408:
      return 'timed-out';
    case 486:
    case 600:
      return 'busy';
    case 487:
      return 'cancelled';
    case 603:
    case 607:
      return 'declined';
    default:
      return 'failed';
  }
}

function hasTimedOut(tracker: CallTracker, transaction: number, captureEnd: Time | null): boolean {
  const request = tracker.transactions.request.read(transaction) - 1;
  if (request < 0 || captureEnd === null) return false;
  return captureEnd.seconds - tracker.messages.seconds.read(request) >= TRANSACTION_TIMEOUT;
}

interface Seen {
  readonly retransmissions: number;
  readonly notes: LegNote[];
}

/** Walks a leg's transactions for what is worth a remark. */
function look(tracker: CallTracker, leg: number, primary: number, captureEnd: Time | null): Seen {
  const { transactions, legs, messages } = tracker;
  const notes = new Set<LegNote>();
  const hops = new Map<string, number>();
  let retransmissions = 0;
  let at = legs.firstTransaction.read(leg);
  for (let n = 0; at !== 0 && n < TRANSACTIONS_LOOKED_AT; n++) {
    const one = at - 1;
    at = transactions.nextInLeg.read(one);
    retransmissions +=
      transactions.requestRetransmissions.read(one) + transactions.responseRetransmissions.read(one);
    const method = transactions.method.read(one);
    const request = transactions.request.read(one) - 1;
    const status = transactions.finalStatus.read(one);
    if (status === 482 || status === 483) notes.add('loop');
    if (request < 0) continue;
    if (isLeftAlone(tracker, one, captureEnd))
      notes.add(method === tables.METHOD_BYE ? 'bye-without-answer' : 'request-without-answer');
    if (method === tables.METHOD_INVITE && status >= 200 && isAckMissing(tracker, one))
      notes.add('missing-ack');
    // The same request goes the same way again, with more hops behind it (RFC 3261 §16.3 item 4).
    const way = [messages.source.read(request), messages.destination.read(request), method];
    const hop = [...way, transactions.cseq.read(one), transactions.fromTag.read(one)].join('/');
    const vias = transactions.vias.read(one);
    if ((hops.get(hop) ?? vias) !== vias) notes.add('loop');
    hops.set(hop, vias);
  }
  if (retransmissions > 0) notes.add('retransmissions');
  if (legs.mostChallenges.read(leg) >= CHALLENGE_LOOP) notes.add('authentication-loop');
  if (countForks(tracker, leg) > 1) notes.add('forked');
  const isCall = legs.kind.read(leg) === 0;
  if (
    isCall &&
    (primary < 0 || transactions.toTag.read(primary) !== 0 || transactions.request.read(primary) === 0)
  )
    notes.add('began-before-capture');
  if (isCall && primary >= 0) {
    const status = transactions.finalStatus.read(primary);
    if (legs.cancel.read(leg) !== 0 && status >= 200 && status < 300) notes.add('answer-crossed-cancel');
    if (hasEarlyMedia(tracker, leg, primary)) notes.add('early-media');
  }
  return { retransmissions, notes: LEG_NOTES.filter((note) => notes.has(note)) };
}

/** No response at all, though there was time for one. */
function isLeftAlone(tracker: CallTracker, transaction: number, captureEnd: Time | null): boolean {
  const { transactions, messages } = tracker;
  if (transactions.firstResponse.read(transaction) !== 0) return false;
  if (transactions.requestRetransmissions.read(transaction) > 0 || captureEnd === null) return true;
  const request = transactions.request.read(transaction) - 1;
  return captureEnd.seconds - messages.seconds.read(request) >= PATIENCE;
}

/** No ACK, though the final response came again or the leg went on behind it. */
function isAckMissing(tracker: CallTracker, transaction: number): boolean {
  const { transactions, legs, messages } = tracker;
  if (transactions.ack.read(transaction) !== 0) return false;
  if (transactions.responseRetransmissions.read(transaction) > 0) return true;
  const final = transactions.final.read(transaction) - 1;
  const last = legs.last.read(transactions.leg.read(transaction)) - 1;
  return secondsBetween(tracker, final, last)! > 0.5 && messages.transaction.read(last) !== transaction + 1;
}

/** Dialogs that one INVITE of one caller began: one is not a fork. */
function countForks(tracker: CallTracker, leg: number): number {
  const { dialogs, legs } = tracker;
  const callees = new Set<number>();
  for (let at = legs.firstDialog.read(leg); at !== 0; at = dialogs.next.read(at - 1))
    if (dialogs.method.read(at - 1) === tables.METHOD_INVITE) callees.add(dialogs.calleeTag.read(at - 1));
  return callees.size;
}

function hasEarlyMedia(tracker: CallTracker, leg: number, primary: number): boolean {
  const { messages, legs } = tracker;
  let at = legs.first.read(leg);
  for (let n = 0; at !== 0 && n < TRANSACTIONS_LOOKED_AT; n++) {
    const row = at - 1;
    at = messages.nextInLeg.read(row);
    const status = messages.status.read(row);
    const early = status > 100 && status < 200 && (messages.flags.read(row) & tables.MESSAGE_HAS_SDP) !== 0;
    if (early && messages.transaction.read(row) === primary + 1) return true;
  }
  return false;
}
