import type { CallTracker } from './call-tracker.ts';
import {
  MESSAGE_HAS_SDP,
  MESSAGE_IN_DIALOG,
  MESSAGE_IS_REQUEST,
  METHOD_ACK,
  METHOD_INVITE,
  METHOD_PRACK,
  METHOD_UPDATE,
} from './call-tables.ts';

/** One offer and its answer (RFC 3264, RFC 6337), by the caller's numbers of their messages. */
export interface SdpExchange {
  readonly offer: number;
  /** null where none was seen. */
  readonly answer: number | null;
  /** Who offered and who answered: numbers of endpoints in the tracker's list. */
  readonly offerer: number;
  readonly answerer: number;
  /** Inside a dialog that stands: hold, codec change, transfer. */
  readonly renegotiation: boolean;
}

/** At most so many messages of one leg are looked at. */
const MESSAGES_LOOKED_AT = 20_000;

/**
 * The offers and answers of a leg in order. An INVITE, UPDATE or PRACK with a description offers, and the first response
 * with one answers; an INVITE without one is offered to by the response, and answered by the ACK. Each hop has its own.
 */
export function sdpExchanges(tracker: CallTracker, leg: number): SdpExchange[] {
  const { messages } = tracker;
  const exchanges: { offer: number; answer: number | null; offerRow: number; renegotiation: boolean }[] = [];
  /** By transaction: index of the exchange that waits for an answer, or was answered. */
  const ofTransaction = new Map<number, number>();
  let at = tracker.legs.first.read(leg);
  for (let n = 0; at !== 0 && n < MESSAGES_LOOKED_AT; n++) {
    const row = at - 1;
    at = messages.nextInLeg.read(row);
    const flags = messages.flags.read(row);
    const method = messages.method.read(row);
    const negotiates = method === METHOD_INVITE || method === METHOD_UPDATE || method === METHOD_PRACK;
    if ((flags & MESSAGE_HAS_SDP) === 0 || (!negotiates && method !== METHOD_ACK)) continue;
    const transaction = messages.transaction.read(row);
    const open = ofTransaction.get(transaction);
    const isRequest = (flags & MESSAGE_IS_REQUEST) !== 0;
    if (open === undefined) {
      if (method === METHOD_ACK) continue;
      const request = tracker.transactions.request.read(transaction - 1) - 1;
      const inDialog = request >= 0 && (messages.flags.read(request) & MESSAGE_IN_DIALOG) !== 0;
      const renegotiation = inDialog && method === METHOD_INVITE;
      ofTransaction.set(transaction, exchanges.length);
      exchanges.push({ offer: messages.message.read(row), answer: null, offerRow: row, renegotiation });
      continue;
    }
    const exchange = exchanges[open];
    if (exchange === undefined || exchange.answer !== null) continue;
    const offeredByRequest = (messages.flags.read(exchange.offerRow) & MESSAGE_IS_REQUEST) !== 0;
    if (isRequest !== offeredByRequest) exchange.answer = messages.message.read(row);
  }
  return exchanges.map(({ offer, answer, offerRow, renegotiation }) => ({
    offer,
    answer,
    offerer: messages.source.read(offerRow),
    answerer: messages.destination.read(offerRow),
    renegotiation,
  }));
}
