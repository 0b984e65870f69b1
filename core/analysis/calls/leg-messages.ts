import * as tables from '../../app/calls/call-tables.ts';
import type { CallBook } from './call-book.ts';

/** The messages of one leg, walked once: what its findings are told from. */
export class LegMessages {
  readonly book: CallBook;
  readonly rows: readonly number[];
  readonly conversation: string | null;
  private readonly leg: number;

  constructor(book: CallBook, leg: number) {
    this.book = book;
    this.leg = leg;
    this.rows = book.rowsOf(leg, MOST_ROWS);
    const first = this.rows[0];
    this.conversation = first === undefined ? null : String(book.tracker.messages.conversation.read(first));
  }

  frame(row: number): number {
    return this.book.tracker.messages.frame.read(row);
  }

  source(row: number): string {
    const { endpoints, messages } = this.book.tracker;
    return endpoints[messages.source.read(row)] ?? '';
  }

  destination(row: number): string {
    const { endpoints, messages } = this.book.tracker;
    return endpoints[messages.destination.read(row)] ?? '';
  }

  flagged(flag: number): number[] {
    return this.rows.filter((row) => (this.book.tracker.messages.flags.read(row) & flag) !== 0);
  }

  isRequest(row: number): boolean {
    return (this.book.tracker.messages.flags.read(row) & tables.MESSAGE_IS_REQUEST) !== 0;
  }

  status(row: number): number {
    return this.book.tracker.messages.status.read(row);
  }

  method(row: number): string {
    return tables.METHODS[this.book.tracker.messages.method.read(row)] ?? '';
  }

  /** "INVITE", "200 to BYE". */
  name(row: number): string {
    const method = this.method(row);
    return this.isRequest(row) ? method || 'request' : `${this.status(row)} to ${method || 'a request'}`;
  }

  /** Transactions of the leg that fit. */
  transactions(fits: (transaction: number) => boolean): number[] {
    const { transactions, legs } = this.book.tracker;
    const found: number[] = [];
    for (let at = legs.firstTransaction.read(this.leg); at !== 0 && found.length < MOST_NAMED;) {
      if (fits(at - 1)) found.push(at - 1);
      at = transactions.nextInLeg.read(at - 1);
    }
    return found;
  }

  /** Row of a transaction's request or final response; -1 for none. */
  request(transaction: number): number {
    return this.book.tracker.transactions.request.read(transaction) - 1;
  }

  final(transaction: number): number {
    return this.book.tracker.transactions.final.read(transaction) - 1;
  }

  framesOf(rows: readonly number[]): number[] {
    return rows.filter((row) => row >= 0).map((row) => this.frame(row));
  }
}

const MOST_ROWS = 5000;
const MOST_NAMED = 50;
