/** What a list of rows is told of: its columns, its rows, their order. */

/** A column: what it is called, what it says of a row, and how wide it is. Width or a share of what is left. */
export interface RowColumn<Row> {
  readonly id: string;
  readonly header: string;
  /** What the header's word means, for whoever points at it. */
  readonly meaning?: string;
  readonly width?: number;
  readonly flex?: number;
  readonly minWidth?: number;
  /** Hidden until somebody asks for it. */
  readonly optional?: boolean;
  readonly align?: 'right';
  readonly className?: string;
  readonly text: (row: Row) => string;
  /** What the pointer reads over the cell; without it the text, which may be cut. */
  readonly tooltip?: (row: Row) => string;
}

/** A row that a menu was asked for, the column, and the place in the window. */
export interface RowContext<Row> {
  readonly row: Row;
  readonly column: RowColumn<Row>;
  readonly x: number;
  readonly y: number;
}

/** Widths in pixels that somebody gave to columns, by their ids. */
export type ColumnWidths = Readonly<Record<string, number>>;

export interface RowClass<Row> {
  readonly classes: readonly string[];
  readonly of: (row: Row) => string;
}

export interface RowWindow<Row> {
  readonly rows: readonly Row[];
  readonly total: number;
  /** False as long as the rows stand as captured though another order was asked for. */
  readonly ordered: boolean;
}

/** By which column the rows stand, and in which direction. */
export interface ListedOrder {
  readonly column: string;
  readonly descending: boolean;
}

/** How a list is ordered: by which of its columns that can be done, and by which it is; null: as captured. */
export interface OrderControl {
  readonly columns: readonly string[];
  readonly value: ListedOrder | null;
  /** What it is by now, which `value` may be behind. */
  readonly latest: () => ListedOrder | null;
  readonly onChange: (order: ListedOrder | null) => void;
}
