/** In which order a list can be asked for, as part of the contract: see api.ts. */

/** The columns by which each list can be ordered. Ids are those of the page's columns. */
export const ORDER_COLUMNS = {
  frames: [
    'verdict',
    'frame',
    'time',
    'source',
    'destination',
    'conversation',
    'protocol',
    'length',
    'state',
    'decoder',
    'info',
  ],
  conversations: [
    'verdict',
    'conversation',
    'client',
    'server',
    'protocol',
    'version',
    'suite',
    'cause',
    'decrypted',
    'key',
    'sip',
    'frames',
    'duration',
  ],
  calls: [
    'state',
    'time',
    'from',
    'to',
    'setup',
    'ringing',
    'duration',
    'final',
    'by',
    'legs',
    'transports',
    'locked',
    'messages',
    'notes',
  ],
  /** Registrations too. */
  dialogs: [
    'state',
    'time',
    'kind',
    'from',
    'to',
    'contact',
    'event',
    'source',
    'destination',
    'expires',
    'delay',
    'final',
    'transports',
    'messages',
    'notes',
  ],
  media: [
    'mark',
    'time',
    'source',
    'destination',
    'ssrc',
    'codec',
    'protection',
    'packets',
    'lost',
    'jitter',
    'delta',
    'mos',
    'duration',
    'call',
  ],
  sip: ['verdict', 'frame', 'time', 'source', 'destination', 'start', 'cseq', 'call'],
} as const;

export type OrderedList = keyof typeof ORDER_COLUMNS;
export type OrderColumn<L extends OrderedList> = (typeof ORDER_COLUMNS)[L][number];

/**
 * Rows that are alike in the column stand as they were captured, and those that have nothing there stand last, in either
 * direction. Where a request's order is null the list stands as captured; where it is left out too, and the order that
 * was asked for last is kept for those who scroll in it.
 */
export interface RowOrder<L extends OrderedList> {
  readonly column: OrderColumn<L>;
  readonly descending: boolean;
}

/** The order by a column of that list; null where the list cannot be ordered by it. */
export function orderBy<L extends OrderedList>(
  list: L,
  column: string,
  descending: boolean,
): RowOrder<L> | null {
  const columns: readonly OrderColumn<L>[] = ORDER_COLUMNS[list];
  const found = columns.find((each) => each === column);
  return found === undefined ? null : { column: found, descending };
}
