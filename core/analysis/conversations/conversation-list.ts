import type { ConversationListWish, ConversationRow, ConversationWindow } from '../../api-conversations.ts';
import { ListOrder, type OrderGround, type OrderKeys } from '../lists/list-order.ts';
import { PassedRows } from '../lists/passed-rows.ts';
import { matchesRow } from './conversation-detail.ts';

/** What the list is made of: all conversations as they are by now. */
export interface ConversationSource {
  readonly length: number;
  readonly revision: number;
  /** Nothing is added or decided any more. */
  readonly isSettled: boolean;
  readonly rowAt: (at: number) => ConversationRow;
}

/**
 * The list of conversations: which of them a filter lets through, and in which order. What it takes is done in steps once
 * the capture is read; before that a list stands as captured, and the filter is looked through at once.
 */
export class ConversationList {
  private readonly source: () => ConversationSource;
  private readonly order = new ListOrder<'conversations', ConversationRow>(KEYS);
  private readonly passed = new PassedRows();

  constructor(source: () => ConversationSource) {
    this.source = source;
  }

  /** Does a part of what the wish needs; true where nothing is left, or where it must wait for the capture. */
  advance(wish: ConversationListWish): boolean {
    const source = this.source();
    if (!source.isSettled) return true;
    if (!this.filter(wish, source, ROWS_AT_ONCE)) return false;
    const { order = null } = wish;
    return order === null || this.order.advance(this.groundOf(wish, source), order);
  }

  /** Whether the rows that pass are known: the order may come later. */
  isFiltered(wish: ConversationListWish): boolean {
    const source = this.source();
    return !source.isSettled || this.filter(wish, source, 0);
  }

  window(wish: ConversationListWish, from: number, count: number): ConversationWindow {
    const source = this.source();
    this.filter(wish, source, Infinity);
    const window = this.order.window(this.groundOf(wish, source), wish.order, from, count);
    return { revision: source.revision, ...window };
  }

  /** Where a conversation stands; null where the filter hides it. `at`: its place among all. */
  rowOf(wish: ConversationListWish, at: number): number | null {
    const source = this.source();
    this.filter(wish, source, Infinity);
    const place = isOpen(wish) ? at : this.passed.places.indexOf(at);
    return this.order.rowOf(this.groundOf(wish, source), wish.order, place);
  }

  /** Looks through so many more conversations; true where all were. */
  private filter(wish: ConversationListWish, source: ConversationSource, most: number): boolean {
    if (isOpen(wish)) return true;
    const wanted = wish.text.trim().toLowerCase();
    // While the capture is read, what was told of a conversation may be told otherwise by now.
    if (!source.isSettled) this.passed.forget();
    const key = `${stampOf(source)} ${JSON.stringify([wanted, wish.verdicts])}`;
    return this.passed.advance(key, source.length, most, (place) => {
      const row = source.rowAt(place);
      if (wish.verdicts.length > 0 && !wish.verdicts.includes(row.verdict)) return false;
      return wanted === '' || matchesRow(row, wanted);
    });
  }

  private groundOf(wish: ConversationListWish, source: ConversationSource): OrderGround<ConversationRow> {
    const places = isOpen(wish) ? null : this.passed.places;
    return {
      list: JSON.stringify([wish.text, wish.verdicts]),
      stamp: stampOf(source),
      length: places === null ? source.length : places.length,
      rowAt: (place) => source.rowAt(places === null ? place : (places[place] ?? 0)),
      stride: ROWS_AT_ONCE,
    };
  }
}

function isOpen({ text, verdicts }: ConversationListWish): boolean {
  return text.trim() === '' && verdicts.length === 0;
}

function stampOf({ revision, length }: ConversationSource): string {
  return `${revision}/${length}`;
}

const KEYS: OrderKeys<'conversations', ConversationRow> = {
  verdict: [(row) => row.verdict],
  conversation: [(row) => row.conversation],
  client: [(row) => row.client],
  server: [(row) => row.server],
  protocol: [(row) => row.protocol],
  version: [(row) => row.version],
  suite: [(row) => row.cipherSuite],
  cause: [(row) => row.verdict, (row) => row.cause],
  decrypted: [
    (row) => (row.decrypted + row.opaque === 0 ? null : row.decrypted),
    (row) => row.decrypted + row.opaque,
  ],
  key: [(row) => row.key],
  sip: [(row) => (row.sipMessages === 0 ? null : row.sipMessages)],
  frames: [(row) => row.frames],
  duration: [(row) => row.duration],
};

const ROWS_AT_ONCE = 200;
