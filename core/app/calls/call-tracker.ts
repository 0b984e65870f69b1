import { Interner } from '../../store/interner.ts';
import * as tables from './call-tables.ts';
import { DialogFollower } from './dialog-follower.ts';
import type { ByteRange } from './header-ranges.ts';
import { LegFacts } from './leg-facts.ts';
import { SipKeys, scanSipKeys } from './sip-keys.ts';
import { TransactionFinder } from './transaction-finder.ts';

/** One SIP message as the caller has it; the object may be reused from call to call. */
export interface TrackedMessage {
  /** The caller's number, handed back unchanged. */
  message: number;
  frame: number;
  seconds: number;
  nanoseconds: number;
  conversation: number;
  direction: 0 | 1;
  /** "address:port". */
  source: string;
  destination: string;
  /** "UDP", "TCP", "TLS", "SCTP", "DTLS". */
  transport: string;
  decrypted: boolean;
  bytes: Uint8Array;
  from: number;
  to: number;
}

/**
 * Sorts SIP messages, given in order of time, into legs (one Call-ID each), transactions (RFC 3261 §17) and dialogs (§12).
 * Keeps columns of numbers, no object for a message; what a list shows is read from them by describe-leg.ts.
 */
export class CallTracker {
  readonly messages = new tables.MessageRows();
  readonly transactions = new tables.TransactionRows();
  readonly legs = new tables.LegRows();
  readonly #dialogs = new DialogFollower(this.legs, this.transactions);
  readonly dialogs = this.#dialogs.rows;
  /** Call-IDs, tags, branches, URIs. */
  readonly strings = new Interner();
  readonly endpoints: string[] = [];
  readonly #finder = new TransactionFinder(this.transactions, this.legs, this.messages, this.strings);
  readonly #legOfCallId = new Map<number, number>();
  readonly #facts = new LegFacts(this.legs, this.strings, this.#legOfCallId);
  readonly transports: readonly string[] = this.#facts.transports;
  /** By "address:port" as offered or answered, interned: the leg that named it last. */
  readonly mediaOwners: ReadonlyMap<number, number> = this.#facts.mediaOwners;
  readonly #keys = new SipKeys();
  readonly #endpointNumbers = new Map<string, number>();

  /** False where the bytes are no SIP message. */
  add(given: TrackedMessage): boolean {
    const { bytes } = given;
    const keys = this.#keys;
    if (!scanSipKeys(keys, bytes, given.from, given.to)) return false;
    const method = this.#method(bytes, keys.isRequest ? keys.method : keys.cseqMethod);
    const leg = this.#leg(bytes, keys, method);
    const row = this.#addMessage(given, leg, method);
    const transaction = this.#finder.find(bytes, keys, method, leg, row);
    this.messages.transaction.write(row, transaction + 1);
    if (transaction >= 0) {
      if (keys.isRequest) this.#request(method, transaction, row, leg);
      else this.#response(bytes, method, transaction, row, leg);
      const fromTag = this.#intern(bytes, keys.fromTag);
      const toTag = this.#intern(bytes, keys.toTag);
      this.#dialogs.follow(keys, method, transaction, row, leg, fromTag, toTag);
    }
    this.#facts.note(given, keys, leg, row, method);
    return true;
  }

  #intern(bytes: Uint8Array, part: ByteRange): number {
    return part.from < 0 || part.from >= part.to ? 0 : this.strings.intern(bytes, part.from, part.to);
  }

  #method(bytes: Uint8Array, part: ByteRange): number {
    for (let code = 1; code < METHOD_BYTES.length; code++) {
      const name = METHOD_BYTES[code]!;
      if (name.length !== part.to - part.from) continue;
      let i = 0;
      while (i < name.length && bytes[part.from + i] === name[i]) i++;
      if (i === name.length) return code;
    }
    return tables.METHOD_UNKNOWN;
  }

  /** The leg of this Call-ID; messages without one share the leg of Call-ID 0. */
  #leg(bytes: Uint8Array, keys: SipKeys, method: number): number {
    const callId = this.#intern(bytes, keys.callId);
    const known = this.#legOfCallId.get(callId);
    if (known !== undefined) return known;
    const leg = this.legs.callId.push(callId);
    this.#legOfCallId.set(callId, leg);
    this.legs.kind.write(leg, kindOfMethod(method));
    this.legs.fromUri.write(leg, this.#intern(bytes, keys.fromUri));
    this.legs.toUri.write(leg, this.#intern(bytes, keys.toUri));
    return leg;
  }

  #endpoint(name: string): number {
    const known = this.#endpointNumbers.get(name);
    if (known !== undefined) return known;
    const number = this.endpoints.push(name) - 1;
    this.#endpointNumbers.set(name, number);
    return number;
  }

  #addMessage(given: TrackedMessage, leg: number, method: number): number {
    const { messages, legs } = this;
    const keys = this.#keys;
    const row = messages.frame.push(given.frame);
    messages.message.write(row, given.message);
    messages.seconds.write(row, given.seconds);
    messages.nanoseconds.write(row, given.nanoseconds);
    messages.conversation.write(row, given.conversation);
    messages.source.write(row, this.#endpoint(given.source));
    messages.destination.write(row, this.#endpoint(given.destination));
    messages.method.write(row, method);
    messages.status.write(row, keys.status);
    messages.leg.write(row, leg);
    messages.flags.write(
      row,
      (keys.isRequest ? tables.MESSAGE_IS_REQUEST : 0) |
        (given.decrypted ? tables.MESSAGE_IS_DECRYPTED : 0) |
        (keys.hasSdp ? tables.MESSAGE_HAS_SDP : 0) |
        (keys.hasCredentials ? tables.MESSAGE_HAS_CREDENTIALS : 0) |
        (keys.isRequest && keys.toTag.from >= 0 ? tables.MESSAGE_IN_DIALOG : 0),
    );
    messages.nextInLeg.write(row, 0);
    const last = legs.last.read(leg);
    if (last === 0) legs.first.write(leg, row + 1);
    else messages.nextInLeg.write(last - 1, row + 1);
    legs.last.write(leg, row + 1);
    legs.messages.add(leg, 1);
    if (given.decrypted) legs.decrypted.add(leg, 1);
    return row;
  }

  #request(method: number, transaction: number, row: number, leg: number): void {
    const { transactions } = this;
    if (method === tables.METHOD_ACK) {
      if (transactions.ack.read(transaction) === 0) transactions.ack.write(transaction, row + 1);
      else this.#repeated(row);
      return;
    }
    if (transactions.request.read(transaction) === 0) transactions.request.write(transaction, row + 1);
    else {
      transactions.requestRetransmissions.add(transaction, 1);
      this.#repeated(row);
      return;
    }
    this.#considerPrimary(method, transaction, row, leg);
  }

  /** The first hop's first request sets a leg up; a later one from there with a higher CSeq is the next try. */
  #considerPrimary(method: number, transaction: number, row: number, leg: number): void {
    const { legs, transactions, messages } = this;
    if (transactions.toTag.read(transaction) !== 0 && legs.primary.read(leg) !== 0) return;
    const kind = kindOfMethod(method);
    const primary = legs.primary.read(leg);
    const isCall = method === tables.METHOD_INVITE && transactions.toTag.read(transaction) === 0;
    if (primary === 0 || (isCall && legs.kind.read(leg) !== CALL)) {
      if (isCall || primary === 0) legs.kind.write(leg, kind);
      legs.primary.write(leg, transaction + 1);
      return;
    }
    const before = primary - 1;
    const request = transactions.request.read(before);
    if (transactions.method.read(before) !== method || request === 0) return;
    // A phone may have a new port for its next try, but it asks the same server.
    const sameHop =
      messages.source.read(request - 1) === messages.source.read(row) ||
      messages.destination.read(request - 1) === messages.destination.read(row);
    if (sameHop && transactions.cseq.read(transaction) > transactions.cseq.read(before))
      legs.primary.write(leg, transaction + 1);
  }

  #response(bytes: Uint8Array, method: number, transaction: number, row: number, leg: number): void {
    const { transactions, legs } = this;
    const { status, toTag } = this.#keys;
    const tag = this.#intern(bytes, toTag);
    const repeated =
      transactions.lastStatus.read(transaction) === status &&
      transactions.lastToTag.read(transaction) === tag;
    transactions.lastStatus.write(transaction, status);
    transactions.lastToTag.write(transaction, tag);
    if (repeated && transactions.firstResponse.read(transaction) !== 0) {
      transactions.responseRetransmissions.add(transaction, 1);
      this.#repeated(row);
      return;
    }
    if (transactions.firstResponse.read(transaction) === 0)
      transactions.firstResponse.write(transaction, row + 1);
    if (status >= 180 && status < 190 && transactions.ringing.read(transaction) === 0)
      transactions.ringing.write(transaction, row + 1);
    if (status < 200) return;
    // A 2xx that comes after another final answer of a fork wins (RFC 3261 §13.2.2.4).
    const before = transactions.finalStatus.read(transaction);
    if (before === 0 || (before >= 300 && status < 300)) {
      transactions.final.write(transaction, row + 1);
      transactions.finalStatus.write(transaction, status);
    }
    if (legs.primary.read(leg) === transaction + 1)
      this.#countChallenge(leg, status === 401 || status === 407);
    if (method === tables.METHOD_REGISTER && status < 300 && this.#keys.expires >= 0)
      legs.expires.write(leg, Math.min(this.#keys.expires, 0xfffffffe) + 1);
  }

  #countChallenge(leg: number, challenged: boolean): void {
    const { legs } = this;
    const count = challenged ? legs.challenges.read(leg) + 1 : 0;
    legs.challenges.write(leg, count);
    if (count > legs.mostChallenges.read(leg)) legs.mostChallenges.write(leg, count);
  }

  #repeated(row: number): void {
    const { flags } = this.messages;
    flags.write(row, flags.read(row) | tables.MESSAGE_IS_RETRANSMISSION);
  }
}

const CALL = 0;
const METHOD_BYTES = tables.METHODS.map((name) => new TextEncoder().encode(name));

/** Index in LEG_KINDS of what a leg is whose first request has this method. */
function kindOfMethod(method: number): number {
  switch (method) {
    case tables.METHOD_INVITE:
    case tables.METHOD_ACK:
    case tables.METHOD_BYE:
    case tables.METHOD_CANCEL:
    case tables.METHOD_PRACK:
    case tables.METHOD_UPDATE:
    case tables.METHOD_INFO:
      return CALL;
    case tables.METHOD_REGISTER:
      return 1;
    case tables.METHOD_SUBSCRIBE:
    case tables.METHOD_NOTIFY:
    case tables.METHOD_REFER:
      return 2;
    case tables.METHOD_MESSAGE:
      return 3;
    case tables.METHOD_OPTIONS:
      return 4;
    case tables.METHOD_PUBLISH:
      return 5;
    default:
      return 6;
  }
}
