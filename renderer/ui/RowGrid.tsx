import {
  CellApiModule,
  ColumnApiModule,
  EventApiModule,
  InfiniteRowModelModule,
  ModuleRegistry,
  RenderApiModule,
  RowApiModule,
  RowSelectionModule,
  RowStyleModule,
  CellStyleModule,
  ScrollApiModule,
  type GridApi,
} from 'ag-grid-community';
import { AgGridReact } from 'ag-grid-react';
import { useEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import { adoptFocus, bringIntoView, showSelection } from './row-focus.ts';
import { columnDefinition } from './row-grid-columns.ts';
import { createLive } from './row-grid-live.ts';
import { gridOptions } from './row-grid-options.ts';
import { showOrder } from './row-grid-order.ts';
import { explainHeader, isHeader } from './row-grid-pointer.ts';
import { createDatasource, grow } from './row-grid-rows.ts';
import type { ColumnWidths, OrderControl, RowClass, RowColumn, RowContext, RowWindow } from './row-list.ts';

ModuleRegistry.registerModules([
  InfiniteRowModelModule,
  RowSelectionModule,
  RowStyleModule,
  CellStyleModule,
  RowApiModule,
  CellApiModule,
  ColumnApiModule,
  ScrollApiModule,
  RenderApiModule,
  EventApiModule,
]);

export interface RowGridProps<Row> {
  readonly label: string;
  readonly columns: readonly RowColumn<Row>[];
  readonly rowId: (row: Row) => string;
  /** A row's class, one of `classes`; it changes with the row's content. */
  readonly rowClass: RowClass<Row>;
  readonly load: (from: number, count: number) => Promise<RowWindow<Row>>;
  readonly resetKey: string;
  readonly revision: number;
  /** How many rows there are by now, where that is known before they are asked for. */
  readonly rowCount: number | null;
  readonly selectedId: string | null;
  /** A row to bring into view; `nonce` changes where the same row is to be shown again. */
  readonly reveal: { readonly row: number; readonly nonce: number; readonly focus: boolean } | null;
  readonly onSelect: (row: Row) => void;
  readonly onActivate: (row: Row) => void;
  /** A menu is asked for, by the pointer or by the keyboard. */
  readonly onContext?: (context: RowContext<Row>) => void;
  /** The same of the columns, at a place in the window. */
  readonly onHeaderContext?: (x: number, y: number) => void;
  /** What a column's own width gives way to. */
  readonly widths?: ColumnWidths;
  /** Somebody has moved a column's edge; all that were ever moved are in it. */
  readonly onWidths?: (widths: ColumnWidths) => void;
  /** Columns that are not shown, by their ids. */
  readonly hidden?: readonly string[];
  /** By which columns the rows can stand, and by which they do; without it they stand as they come. */
  readonly order?: OrderControl;
  /** Whether the rows are still to be brought into the order asked for. */
  readonly onWaiting?: (waiting: boolean) => void;
}

/**
 * A list of any number of rows, of which only those on the screen are asked for.
 * Selection follows the keyboard: Up, Down, PageUp, PageDown, Home, End (with and without Ctrl), Ctrl+Up, Ctrl+Down;
 * Enter activates; Tab leaves the list. Up in the first row goes to the headers, where Enter orders the rows: ascending,
 * descending, as captured. The list is asked for anew where `resetKey` changes, and again in place where
 * `revision` does.
 */
export function RowGrid<Row>({
  label,
  columns,
  rowId,
  rowClass,
  load,
  resetKey,
  revision,
  rowCount,
  selectedId,
  reveal,
  onSelect,
  onActivate,
  onContext,
  onHeaderContext,
  widths = NO_WIDTHS,
  onWidths,
  hidden = NO_COLUMNS,
  order,
  onWaiting = noOne,
}: RowGridProps<Row>): ReactNode {
  const box = useRef<HTMLDivElement>(null);
  const [api, setApi] = useState<GridApi<Row> | null>(null);
  const given = {
    columns,
    rowId,
    selectedId,
    onSelect,
    onActivate,
    onContext: onContext ?? null,
    widths,
    onWidths: onWidths ?? null,
    order: order ?? null,
    onWaiting,
  };
  const [live] = useState(() => createLive<Row>(given));
  useEffect(() => {
    live.update(given);
  });

  // Of a list that comes back; later the grid and the model tell one another.
  const [atFirst] = useState(order?.value ?? null);
  // Widths that change are the grid's own doing: only new columns, and those set back, are made with them.
  const untouched = Object.keys(widths).length === 0;
  const definitions = useMemo(
    () =>
      columns.map((column) => ({
        ...columnDefinition(column, untouched ? undefined : live.now.widths[column.id], {
          sortable: live.now.order?.columns.includes(column.id) === true,
          sort: atFirst?.column !== column.id ? null : atFirst.descending ? 'desc' : 'asc',
        }),
        hide: hidden.includes(column.id),
      })),
    [columns, hidden, untouched, live, atFirst],
  );
  // One object for the grid's lifetime: it builds its columns anew whenever an option is another one.
  const [options] = useState(() => gridOptions<Row>(live, rowClass, setApi));

  // A new resetKey is a new list.
  useEffect(() => {
    if (api === null) return;
    live.update({ partial: false, pending: null, known: 0 });
    api.setGridOption('datasource', createDatasource(api, load, live));
  }, [api, live, load, resetKey]);

  const firstRevision = useRef(revision);
  useEffect(() => {
    if (api === null || firstRevision.current === revision) return;
    firstRevision.current = revision;
    live.now.refresh();
  }, [api, live, revision]);

  const ordered = order?.value ?? null;
  useEffect(() => {
    if (api !== null) showOrder(api, live);
  }, [api, live, ordered]);

  useEffect(() => {
    if (api !== null && rowCount !== null) grow(api, live, rowCount);
  }, [api, live, rowCount]);

  useEffect(() => {
    if (api !== null) showSelection(api, selectedId);
  }, [api, selectedId]);

  useEffect(() => {
    if (api === null || reveal === null) return;
    // Who stands in the rows goes along.
    const active = document.activeElement;
    const inside = active !== null && box.current?.contains(active) === true && !isHeader(active);
    bringIntoView(api, reveal.row, reveal.focus || inside);
  }, [api, reveal]);

  return (
    <div
      ref={box}
      className="row-grid"
      role="group"
      aria-label={label}
      onFocus={(event) => (api === null ? undefined : adoptFocus(api, event.target))}
      onMouseOver={(event) => explainHeader(event.target, columns)}
      onContextMenu={(event) => {
        if (onHeaderContext === undefined || !isHeader(event.target)) return;
        event.preventDefault();
        onHeaderContext(event.clientX, event.clientY);
      }}
    >
      <AgGridReact<Row> gridOptions={options} columnDefs={definitions} />
    </div>
  );
}

const NO_WIDTHS: ColumnWidths = {};
const NO_COLUMNS: readonly string[] = [];

function noOne(): void {
  // Nobody wants to know.
}
