import type { ColumnWidths, OrderControl, RowColumn, RowContext } from './row-list.ts';

/** What the grid's callbacks need of the latest render. */
export interface Live<Row> {
  columns: readonly RowColumn<Row>[];
  rowId: (row: Row) => string;
  selectedId: string | null;
  onSelect: (row: Row) => void;
  onActivate: (row: Row) => void;
  onContext: ((context: RowContext<Row>) => void) | null;
  widths: ColumnWidths;
  onWidths: ((widths: ColumnWidths) => void) | null;
  order: OrderControl | null;
  /** The rows do not stand in the order asked for yet (true), or do by now. */
  onWaiting: (waiting: boolean) => void;
  /** The focused row, where its data had not arrived. */
  pending: number | null;
  /** True where a block ended short, and is to be asked for again when the list grows. */
  partial: boolean;
  known: number;
  /** Asks for the cached rows again. */
  refresh: () => void;
}

/** Holds it for as long as the grid lives; the grid's callbacks read it when they are called. */
export interface LiveBox<Row> {
  readonly now: Live<Row>;
  update(next: Partial<Live<Row>>): void;
}

export function createLive<Row>(
  first: Omit<Live<Row>, 'pending' | 'partial' | 'known' | 'refresh'>,
): LiveBox<Row> {
  const now: Live<Row> = {
    ...first,
    pending: null,
    partial: false,
    known: 0,
    refresh: () => undefined,
  };
  return {
    now,
    update: (next) => {
      Object.assign(now, next);
    },
  };
}
