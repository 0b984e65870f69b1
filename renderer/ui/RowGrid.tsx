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
  type CellContextMenuEvent,
  type CellFocusedEvent,
  type CellMouseOverEvent,
  type ColDef,
  type ColumnResizedEvent,
  type GridApi,
  type GridOptions,
  type IDatasource,
  type RowClassRules,
  type SuppressKeyboardEventParams,
} from 'ag-grid-community';
import { AgGridReact } from 'ag-grid-react';
import { useEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import { rowGridTheme } from '../theme/row-grid-theme.ts';
import { adoptFocus, bringIntoView, focusSelected, showSelection } from './row-focus.ts';
import { styleNonce } from './style-nonce.ts';

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
}

const BLOCK = 200;

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
}

/**
 * A list of any number of rows, of which only those on the screen are asked for.
 * Selection follows the keyboard: Up, Down, PageUp, PageDown, Home, End (with and without Ctrl), Ctrl+Up, Ctrl+Down;
 * Enter activates; Tab leaves the list. The list is asked for anew where `resetKey` changes, and again in place where
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
  };
  const [live] = useState(() => createLive<Row>(given));
  useEffect(() => {
    live.update(given);
  });

  // Widths that change are the grid's own doing: only new columns, and those set back, are made with them.
  const untouched = Object.keys(widths).length === 0;
  const definitions = useMemo(
    () =>
      columns.map((column) => ({
        ...columnDefinition(column, untouched ? undefined : live.now.widths[column.id]),
        hide: hidden.includes(column.id),
      })),
    [columns, hidden, untouched, live],
  );
  // One object for the grid's lifetime: it builds its columns anew whenever an option is another one.
  const [options] = useState(() => gridOptions<Row>(live, rowClass, setApi));

  // A new resetKey is a new list.
  useEffect(() => {
    if (api === null) return;
    live.update({ partial: false, pending: null });
    api.setGridOption('datasource', createDatasource(api, load, live));
  }, [api, live, load, resetKey]);

  const firstRevision = useRef(revision);
  useEffect(() => {
    if (api === null || firstRevision.current === revision) return;
    firstRevision.current = revision;
    api.refreshInfiniteCache();
  }, [api, revision]);

  useEffect(() => {
    if (api !== null && rowCount !== null) grow(api, live, rowCount);
  }, [api, live, rowCount]);

  useEffect(() => {
    if (api !== null) showSelection(api, selectedId);
  }, [api, selectedId]);

  useEffect(() => {
    if (api === null || reveal === null) return;
    // Who stands in the list goes along.
    const inside = box.current?.contains(document.activeElement) === true;
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

/** What the grid's callbacks need of the latest render. */
interface Live<Row> {
  columns: readonly RowColumn<Row>[];
  rowId: (row: Row) => string;
  selectedId: string | null;
  onSelect: (row: Row) => void;
  onActivate: (row: Row) => void;
  onContext: ((context: RowContext<Row>) => void) | null;
  widths: ColumnWidths;
  onWidths: ((widths: ColumnWidths) => void) | null;
  /** The focused row, where its data had not arrived. */
  pending: number | null;
  /** True where a block ended short, and is to be asked for again when the list grows. */
  partial: boolean;
  known: number;
}

/** Holds it for as long as the grid lives; the grid's callbacks read it when they are called. */
interface LiveBox<Row> {
  readonly now: Live<Row>;
  update(next: Partial<Live<Row>>): void;
}

function createLive<Row>(first: Omit<Live<Row>, 'pending' | 'partial' | 'known'>): LiveBox<Row> {
  const now: Live<Row> = { ...first, pending: null, partial: false, known: 0 };
  return {
    now,
    update: (next) => {
      Object.assign(now, next);
    },
  };
}

/** More rows, or fewer. A block that ended short is asked for again: it has more rows by now. */
function grow<Row>(api: GridApi<Row>, live: LiveBox<Row>, rowCount: number): void {
  const { known, partial } = live.now;
  if (rowCount === known) return;
  live.update({ known: rowCount });
  api.setRowCount(rowCount, true);
  if (rowCount < known || !partial) return;
  live.update({ partial: false });
  api.refreshInfiniteCache();
}

/** Options that stay; what changes they read from `live` when they are called. */
function gridOptions<Row>(
  live: LiveBox<Row>,
  rowClass: RowClass<Row>,
  onReady: (api: GridApi<Row>) => void,
): GridOptions<Row> {
  return {
    theme: rowGridTheme,
    styleNonce: styleNonce(),
    rowModelType: 'infinite',
    defaultColDef: {
      sortable: false,
      suppressMovable: true,
      resizable: true,
      suppressHeaderMenuButton: true,
      suppressKeyboardEvent: (event) => onGridKey(event, live),
    },
    getRowId: ({ data }) => live.now.rowId(data),
    rowClassRules: rowClassRules(rowClass),
    rowSelection: { mode: 'singleRow', checkboxes: false, enableClickSelection: false },
    rowHeight: 22,
    rowBuffer: 12,
    cacheBlockSize: BLOCK,
    maxBlocksInCache: 60,
    maxConcurrentDatasourceRequests: 3,
    blockLoadDebounceMillis: 15,
    // Else columns that share the width are laid out before the scroll bar comes, and end beneath it.
    alwaysShowVerticalScroll: true,
    suppressHeaderFocus: true,
    suppressColumnVirtualisation: true,
    suppressNoRowsOverlay: true,
    suppressLoadingOverlay: true,
    animateRows: false,
    tabToNextCell: () => false,
    focusGridInnerElement: ({ api }) => focusSelected(api, live.now.selectedId),
    onGridReady: ({ api }) => onReady(api),
    onCellFocused: (event) => followFocus(event, live),
    onCellDoubleClicked: ({ data }) => (data === undefined ? undefined : live.now.onActivate(data)),
    onCellMouseOver: (event) => showTooltip(event, live.now.columns),
    preventDefaultOnContextMenu: true,
    onCellContextMenu: (event) => askForMenu(event, live.now),
    onColumnResized: (event) => keepWidth(event, live.now),
  };
}

/** Selection follows the focus; where the row has not arrived yet, as soon as it does. */
function followFocus<Row>(event: CellFocusedEvent<Row>, live: LiveBox<Row>): void {
  if (event.rowIndex === null) return;
  const row = event.api.getDisplayedRowAtIndex(event.rowIndex)?.data;
  live.now.pending = row === undefined ? event.rowIndex : null;
  if (row !== undefined && live.now.rowId(row) !== live.now.selectedId) live.now.onSelect(row);
}

/** Rules, not a class: a class once given would stay on a row whose content has changed. */
export function rowClassRules<Row>({ classes, of }: RowClass<Row>): RowClassRules<Row> {
  const rules: RowClassRules<Row> = { 'row-pending': ({ data }) => data === undefined };
  for (const name of classes) rules[name] = ({ data }) => data !== undefined && of(data) === name;
  return rules;
}

function createDatasource<Row>(
  api: GridApi<Row>,
  load: (from: number, count: number) => Promise<RowWindow<Row>>,
  live: LiveBox<Row>,
): IDatasource {
  let ended = false;
  return {
    getRows: ({ startRow, endRow, successCallback, failCallback }) => {
      load(startRow, endRow - startRow).then(
        ({ rows, total }) => {
          if (ended) return;
          if (rows.length < endRow - startRow) live.now.partial = true;
          live.now.known = total;
          successCallback([...rows], total);
          settle(api, live);
        },
        () => {
          if (!ended) failCallback();
        },
      );
    },
    destroy: () => {
      ended = true;
    },
  };
}

function columnDefinition<Row>(column: RowColumn<Row>, moved: number | undefined): ColDef<Row> {
  const classes = [column.className ?? '', column.align === 'right' ? 'cell-right' : ''].filter(Boolean);
  return {
    colId: column.id,
    headerName: column.header,
    valueGetter: ({ data }) => (data === undefined ? '' : column.text(data)),
    cellClass: classes,
    headerClass: classes,
    minWidth: column.minWidth ?? 30,
    ...(moved === undefined && column.width === undefined ? {} : { width: moved ?? column.width }),
    ...(moved !== undefined || column.flex === undefined ? {} : { flex: column.flex }),
  };
}

/** Keys that the grid does not know, or knows otherwise. True where the grid is to leave the key alone. */
function onGridKey<Row>(
  { event, api, node, data }: SuppressKeyboardEventParams<Row>,
  live: LiveBox<Row>,
): boolean {
  const last = api.getDisplayedRowCount() - 1;
  const at = node.rowIndex ?? 0;
  const control = event.ctrlKey || event.metaKey;
  const target = new Map([
    ['Home', 0],
    ['End', last],
    ...(control ? [['ArrowUp', at - 1] as const, ['ArrowDown', at + 1] as const] : []),
  ]).get(event.key);
  if (target !== undefined) {
    event.preventDefault();
    event.stopPropagation();
    bringIntoView(api, Math.max(0, Math.min(last, target)), true);
    return true;
  }
  if (event.key === 'Enter' && data !== undefined) {
    event.preventDefault();
    live.now.onActivate(data);
    return true;
  }
  // Left to the page's own shortcuts.
  return control || event.altKey;
}

/** After rows have arrived: mark the selected one, and select the focused one that had no data yet. */
function settle<Row>(api: GridApi<Row>, live: LiveBox<Row>): void {
  if (live.now.pending !== null) {
    const row = api.getDisplayedRowAtIndex(live.now.pending)?.data;
    if (row !== undefined) {
      live.now.pending = null;
      live.now.onSelect(row);
    }
  }
  showSelection(api, live.now.selectedId);
}

/** A native tooltip, written when the pointer arrives: no work for cells that nobody points at. */
function showTooltip<Row>(event: CellMouseOverEvent<Row>, columns: readonly RowColumn<Row>[]): void {
  const column = columns.find(({ id }) => id === event.column.getColId());
  const target = event.event?.target;
  const cell = target instanceof Element ? target.closest('.ag-cell') : null;
  if (column === undefined || event.data === undefined || !(cell instanceof HTMLElement)) return;
  cell.title = (column.tooltip ?? column.text)(event.data);
}

function askForMenu<Row>(event: CellContextMenuEvent<Row>, live: Live<Row>): void {
  const column = live.columns.find(({ id }) => id === event.column.getColId());
  const { data } = event;
  if (live.onContext === null || column === undefined || data === undefined) return;
  const place = event.event instanceof MouseEvent ? event.event : null;
  if (live.rowId(data) !== live.selectedId) live.onSelect(data);
  live.onContext({ row: data, column, x: place?.clientX ?? 0, y: place?.clientY ?? 0 });
}

/** A native tooltip here too: the header's own word, which may be cut, and what it means. */
function explainHeader<Row>(target: EventTarget, columns: readonly RowColumn<Row>[]): void {
  const header = target instanceof Element ? target.closest('.ag-header-cell') : null;
  const column = columns.find(({ id }) => id === header?.getAttribute('col-id'));
  if (!(header instanceof HTMLElement) || column === undefined) return;
  header.title = column.meaning === undefined ? column.header : `${column.header}: ${column.meaning}`;
}

function isHeader(target: EventTarget): boolean {
  return target instanceof Element && target.closest('.ag-header') !== null;
}

function keepWidth<Row>({ column, finished, source }: ColumnResizedEvent<Row>, live: Live<Row>): void {
  if (!finished || column === null || source !== 'uiColumnResized') return;
  live.onWidths?.({ ...live.widths, [column.getColId()]: Math.round(column.getActualWidth()) });
}

const NO_WIDTHS: ColumnWidths = {};
const NO_COLUMNS: readonly string[] = [];
