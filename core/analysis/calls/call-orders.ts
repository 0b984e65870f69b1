import type { CallRow, LegRow, MediaStreamRow } from '../../api-calls.ts';
import { ListOrder, type OrderKeys } from '../lists/list-order.ts';

/** The orders in which the lists of calls, of other dialogs and of media were asked for last. */
export class CallOrders {
  readonly calls = new ListOrder<'calls', CallRow>(CALL_KEYS);
  readonly dialogs = new ListOrder<'dialogs', LegRow>(DIALOG_KEYS);
  readonly media = new ListOrder<'media', MediaStreamRow>(MEDIA_KEYS);
}

type Signalled = Pick<CallRow & LegRow, 'transports' | 'messages' | 'decrypted' | 'notes'>;

const SIGNALLED_KEYS: Pick<OrderKeys<'calls', Signalled>, 'transports' | 'messages' | 'notes'> = {
  transports: [(row) => row.transports.join(', ')],
  messages: [(row) => (row.messages === 0 ? null : row.decrypted), (row) => row.messages],
  notes: [(row) => row.notes.join(', ')],
};

const CALL_KEYS: OrderKeys<'calls', CallRow> = {
  state: [(row) => row.state],
  time: [(row) => row.relative],
  from: [(row) => (row.from === '' ? row.source : partyOf(row.from))],
  to: [(row) => (row.to === '' ? row.destination : partyOf(row.to))],
  setup: [(row) => row.setup],
  ringing: [(row) => row.ringing],
  duration: [(row) => row.duration],
  final: [(row) => row.finalStatus || null, (row) => row.finalReason],
  by: [(row) => row.finalFrom],
  legs: [(row) => row.legs || null],
  locked: [(row) => row.locked || null],
  ...SIGNALLED_KEYS,
};

const DIALOG_KEYS: OrderKeys<'dialogs', LegRow> = {
  state: [(row) => row.state, (row) => (row.expires === 0 ? 1 : 0)],
  time: [(row) => row.relative],
  kind: [(row) => row.kind],
  from: [(row) => partyOf(row.from)],
  to: [(row) => partyOf(row.to === '' ? row.from : row.to)],
  contact: [(row) => partyOf(row.contact)],
  event: [(row) => row.event, (row) => row.subscriptionState],
  source: [(row) => row.source],
  destination: [(row) => row.destination],
  expires: [(row) => row.expires],
  delay: [(row) => row.requestDelay],
  final: [(row) => row.finalStatus || null],
  ...SIGNALLED_KEYS,
};

const MEDIA_KEYS: OrderKeys<'media', MediaStreamRow> = {
  mark: [(row) => row.protection, (row) => (row.authenticated > 0 ? 0 : 1)],
  time: [(row) => row.relative],
  source: [(row) => row.source],
  destination: [(row) => row.destination],
  ssrc: [(row) => Number(row.ssrc)],
  codec: [(row) => row.codec],
  protection: [(row) => row.protection],
  packets: [(row) => row.packets],
  lost: [(row) => row.lost],
  jitter: [(row) => row.jitterMean],
  delta: [(row) => row.deltaMax],
  mos: [(row) => row.mos],
  duration: [(row) => row.duration],
  call: [(row) => row.call],
};

/** A SIP URI from what people call it by. */
function partyOf(uri: string): string {
  return uri.replace(/^\s*<?\s*(?:sips?|tel):/i, '');
}
