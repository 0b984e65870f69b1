import type { Interner } from '../../store/interner.ts';
import * as tables from './call-tables.ts';
import type { ByteRange } from './header-ranges.ts';
import type { SipKeys } from './sip-keys.ts';

/** Transactions of one CSeq number in a leg that are looked at for an ACK. */
const SAME_CSEQ_LOOKED_AT = 64;

/** Knows which transaction a message belongs to (RFC 3261 §17). */
export class TransactionFinder {
  readonly #transactions: tables.TransactionRows;
  readonly #legs: tables.LegRows;
  readonly #messages: tables.MessageRows;
  readonly #strings: Interner;
  /** By branch and method, or by hash of the older key: row plus one. */
  readonly #transactionOf = new Map<number, number>();
  /** By leg and CSeq number: the last transaction but ACK and CANCEL, plus one. */
  readonly #lastOfCSeq = new Map<number, number>();

  constructor(
    transactions: tables.TransactionRows,
    legs: tables.LegRows,
    messages: tables.MessageRows,
    strings: Interner,
  ) {
    this.#transactions = transactions;
    this.#legs = legs;
    this.#messages = messages;
    this.#strings = strings;
  }

  /**
   * The transaction of a message, made where it is new; -1 for an ACK that has none (RFC 3261 §17.2.3: by branch and
   * method, an ACK by that of its INVITE; without the branch's magic cookie by Call-ID, CSeq and From tag).
   */
  find(bytes: Uint8Array, keys: SipKeys, method: number, leg: number, row: number): number {
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
      if (this.#transactions.leg.read(found) === leg && this.#transactions.cseq.read(found) === cseqOf(keys))
        return found;
    }
    if (method === tables.METHOD_ACK) return this.#acknowledge(keys, leg, row);
    const transaction = this.#transactions.leg.push(leg);
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
    const transactions = this.#transactions;
    const legs = this.#legs;
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
  #acknowledge(keys: SipKeys, leg: number, row: number): number {
    const transactions = this.#transactions;
    const messages = this.#messages;
    const first = this.#lastOfCSeq.get(leg * 0x100000000 + cseqOf(keys)) ?? 0;
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

  #intern(bytes: Uint8Array, part: ByteRange): number {
    return part.from < 0 || part.from >= part.to ? 0 : this.#strings.intern(bytes, part.from, part.to);
  }
}

function cseqOf(keys: SipKeys): number {
  return keys.cseq < 0 ? 0 : keys.cseq % 0x100000000;
}
