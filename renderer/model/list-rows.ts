/** What a list's store gives its grid: see RowWindow of the grid. */
export interface RowsOf<Row> {
  readonly rows: readonly Row[];
  readonly total: number;
  readonly ordered: boolean;
}

/** A row to be brought into view; `nonce` changes where the same row is to be shown again. */
export interface Reveal {
  readonly row: number;
  readonly nonce: number;
  readonly focus: boolean;
}
