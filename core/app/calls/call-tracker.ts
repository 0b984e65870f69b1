import { Interner } from '../../store/interner.ts';
import * as tables from './call-tables.ts';
import { DialogFollower } from './dialog-follower.ts';
import { MEDIA, readMediaAddresses } from './media-address.ts';
import type { ByteRange } from './header-ranges.ts';
import { SipKeys, scanSipKeys } from './sip-keys.ts';

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
  /** "UDP", "TCP", "TLS", "WS", "WSS", "SCTP", "DTLS". */
  transport: string;
  decrypted: boolean;
  bytes: Uint8Array;
  from: number;
  to: number;
}

/** Transactions of one CSeq number in a leg that are looked at for an ACK. */
const SAME_CSEQ_LOOKED_AT = 64;

/**
 * Sorts SIP messages, given in order of time, into legs (one Call-ID each), transactions (RFC 3261 §17) and dialogs (§12).
 * Keeps columns of numbers, no object for a message; what a list shows is read from them by call-rows.ts.
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
  readonly transports: string[] = [];
  /** By "address:port" as offered or answered, interned: the leg that named it last. */
  readonly mediaOwners = new Map<number, number>();
  readonly #keys = new SipKeys();
  readonly #endpointNumbers = new Map<string, number>();
  readonly #legOfCallId = new Map<number, number>();
  /** By branch and method, or by hash of the older key: row plus one. */
  readonly #transactionOf = new Map<number, number>();
  /** By leg and CSeq number: the last transaction but ACK and CANCEL, plus one. */
  readonly #lastOfCSeq = new Map<number, number>();

  /** False where the bytes are no SIP message. */
  add(given: TrackedMessage): boolean {
    const { bytes } = given;
    const keys = this.#keys;
    if (!scanSipKeys(keys, bytes, given.from, given.to)) return false;
    const method = this.#method(bytes, keys.isRequest ? keys.method : keys.cseqMethod);
    const leg = this.#leg(bytes, keys, method);
    const row = this.#addMessage(given, leg, method);
    const transaction = this.#transaction(bytes, keys, method, leg, row);
    this.messages.transaction.write(row, transaction + 1);
    if (transaction >= 0) {
      if (keys.isRequest) this.#request(method, transaction, row, leg);
      else this.#response(bytes, method, transaction, row, leg);
      const fromTag = this.#intern(bytes, keys.fromTag);
      const toTag = this.#intern(bytes, keys.toTag);
      this.#dialogs.follow(keys, method, transaction, row, leg, fromTag, toTag);
    }
    this.#updateLeg(given, leg, row, method);
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

  /**
   * The transaction of a message, made where it is new; -1 for an ACK that has none (RFC 3261 §17.2.3: by branch and
   * method, an ACK by that of its INVITE; without the branch's magic cookie by Call-ID, CSeq and From tag).
   */
  #transaction(bytes: Uint8Array, keys: SipKeys, method: number, leg: number, row: number): number {
    const key = this.#transactionKey(
      bytes,
      keys,
      method === tables.METHOD_ACK ? tables.METHOD_INVITE : method,
      leg,
    );
    const known = this.#transactionOf.get(key);
    if (known !== undefined) {
      // The same branch in another leg, or with another CSeq, is another transaction: branches are random, not unique.
      const found = known - 1;
      if (this.transactions.leg.read(found) === leg && this.transactions.cseq.read(found) === cseqOf(keys))
        return found;
    }
    if (method === tables.METHOD_ACK) return this.#acknowledge(leg, row);
    const transaction = this.transactions.leg.push(leg);
    this.#transactionOf.set(key, transaction + 1);
    this.#linkTransaction(bytes, keys, method, leg, transaction);
    return transaction;
  }

  #transactionKey(bytes: Uint8Array, keys: SipKeys, method: number, leg: number): number {
    const branch = this.#intern(bytes, keys.branch);
    const cookie = branch !== 0 && bytes[keys.branch.from] === 0x7a && keys.branch.to - keys.branch.from > 7;
    if (cookie) return branch * 32 + method;
    return -((leg * 2048 + (cseqOf(keys) & 2047)) * 32 + method) - 1;
  }

  #linkTransaction(bytes: Uint8Array, keys: SipKeys, method: number, leg: number, transaction: number): void {
    const { transactions, legs } = this;
    const cseq = cseqOf(keys);
    transactions.method.write(transaction, method);
    transactions.cseq.write(transaction, cseq);
    transactions.fromTag.write(transaction, this.#intern(bytes, keys.fromTag));
    transactions.toTag.write(transaction, keys.isRequest ? this.#intern(bytes, keys.toTag) : 0);
    transactions.vias.write(transaction, keys.isRequest ? keys.vias : 0);
    transactions.nextInLeg.write(transaction, 0);
    const last = legs.lastTransaction.read(leg);
    if (last === 0) legs.firstTransaction.write(leg, transaction + 1);
    else transactions.nextInLeg.write(last - 1, transaction + 1);
    legs.lastTransaction.write(leg, transaction + 1);
    if (method !== tables.METHOD_INVITE) return;
    const key = leg * 0x100000000 + cseq;
    transactions.sameCSeq.write(transaction, this.#lastOfCSeq.get(key) ?? 0);
    this.#lastOfCSeq.set(key, transaction + 1);
  }

  /** An ACK to a 2xx has a branch of its own: it goes to the INVITE of its CSeq number from the same host, else to any. */
  #acknowledge(leg: number, row: number): number {
    const { transactions, messages } = this;
    const first = this.#lastOfCSeq.get(leg * 0x100000000 + cseqOf(this.#keys)) ?? 0;
    let any = -1;
    let at = first;
    for (let n = 0; at !== 0 && n < SAME_CSEQ_LOOKED_AT; n++) {
      const transaction = at - 1;
      const request = transactions.request.read(transaction);
      const sameSource = request !== 0 && messages.source.read(request - 1) === messages.source.read(row);
      if (sameSource) return transaction;
      if (any < 0) any = transaction;
      at = transactions.sameCSeq.read(transaction);
    }
    return any;
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

  #updateLeg(given: TrackedMessage, leg: number, row: number, method: number): void {
    const { legs } = this;
    const { bytes } = given;
    const keys = this.#keys;
    const transport = this.#transport(given.transport);
    legs.transports.write(leg, (legs.transports.read(leg) | (1 << transport)) >>> 0);
    const keep = (column: typeof legs.sessionId, part: ByteRange): void => {
      if (part.from >= 0 && column.read(leg) === 0) column.write(leg, this.#intern(bytes, part));
    };
    keep(legs.sessionId, keys.sessionId);
    if (!isNullUuid(bytes, keys.remoteSessionId)) keep(legs.remoteSessionId, keys.remoteSessionId);
    keep(legs.relatedCallId, keys.relatedCallId);
    if (keys.replaces.from >= 0 && legs.replaces.read(leg) === 0)
      legs.replaces.write(leg, this.#unescaped(bytes, keys.replaces));
    if (keys.isRequest && (method === tables.METHOD_REGISTER || method === tables.METHOD_INVITE))
      keep(legs.contactUri, keys.contactUri);
    keep(legs.event, keys.event);
    if (method === tables.METHOD_NOTIFY && keys.subscriptionState.from >= 0)
      legs.subscriptionState.write(leg, this.#intern(bytes, keys.subscriptionState));
    if (keys.hasSdp)
      readMediaAddresses(MEDIA, bytes, given.from, given.to, () => {
        const media = this.strings.intern(MEDIA.bytes, 0, MEDIA.length);
        this.mediaOwners.set(media, leg);
        if (keys.isRequest && legs.media.read(leg) === 0) legs.media.write(leg, media);
      });
    if (!keys.isRequest) return;
    if (method === tables.METHOD_BYE && legs.bye.read(leg) === 0) legs.bye.write(leg, row + 1);
    if (method === tables.METHOD_CANCEL && legs.cancel.read(leg) === 0) legs.cancel.write(leg, row + 1);
  }

  #transport(name: string): number {
    const known = this.transports.indexOf(name);
    if (known >= 0) return known;
    return this.transports.length < 32 ? this.transports.push(name) - 1 : 31;
  }

  /** A Call-ID inside a URI is escaped. */
  #unescaped(bytes: Uint8Array, part: ByteRange): number {
    const text = new TextDecoder().decode(bytes.slice(part.from, part.to));
    if (!text.includes('%')) return this.#intern(bytes, part);
    try {
      const plain = new TextEncoder().encode(decodeURIComponent(text));
      return this.strings.intern(plain, 0, plain.length);
    } catch {
      return this.#intern(bytes, part);
    }
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

function cseqOf(keys: SipKeys): number {
  return keys.cseq < 0 ? 0 : keys.cseq % 0x100000000;
}

/** All zeros: the other side is not known yet (RFC 7989 §5). */
function isNullUuid(bytes: Uint8Array, part: ByteRange): boolean {
  for (let i = part.from; i < part.to; i++) if (bytes[i] !== 0x30) return false;
  return true;
}
