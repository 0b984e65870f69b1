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
  type CellFocusedEvent,
  type CellMouseOverEvent,
  type ColDef,
  type GridApi,
  type IDatasource,
  type SuppressKeyboardEventParams,
} from 'ag-grid-community';
import { AgGridReact } from 'ag-grid-react';
import { useEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import { rowGridTheme } from '../theme/row-grid-theme.ts';
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
  readonly width?: number;
  readonly flex?: number;
  readonly minWidth?: number;
  readonly align?: 'right';
  readonly className?: string;
  readonly text: (row: Row) => string;
  /** What the pointer reads over the cell; without it the text, which may be cut. */
  readonly tooltip?: (row: Row) => string;
}

export interface RowWindow<Row> {
  readonly rows: readonly Row[];
  readonly total: number;
}

const BLOCK = 200;

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
}: {
  label: string;
  columns: readonly RowColumn<Row>[];
  rowId: (row: Row) => string;
  rowClass?: (row: Row) => string;
  load: (from: number, count: number) => Promise<RowWindow<Row>>;
  resetKey: string;
  revision: number;
  /** How many rows there are by now, where that is known before they are asked for. */
  rowCount: number | null;
  selectedId: string | null;
  /** A row to bring into view; `nonce` changes where the same row is to be shown again. */
  reveal: { readonly row: number; readonly nonce: number; readonly focus: boolean } | null;
  onSelect: (row: Row) => void;
  onActivate: (row: Row) => void;
}): ReactNode {
  const [api, setApi] = useState<GridApi<Row> | null>(null);
  const live = useRef<Live<Row>>({
    selectedId,
    onSelect,
    onActivate,
    pending: null,
    partial: false,
    known: 0,
  });
  useEffect(() => {
    live.current = { ...live.current, selectedId, onSelect, onActivate };
  });

  const definitions = useMemo(() => columns.map(columnDefinition), [columns]);
  const byId = useMemo(() => new Map(columns.map((column) => [column.id, column])), [columns]);

  // A new resetKey is a new list.
  useEffect(() => {
    if (api === null) return;
    live.current.partial = false;
    live.current.pending = null;
    api.setGridOption('datasource', createDatasource(api, load, live.current));
  }, [api, load, resetKey]);

  const firstRevision = useRef(revision);
  useEffect(() => {
    if (api === null || firstRevision.current === revision) return;
    firstRevision.current = revision;
    api.refreshInfiniteCache();
  }, [api, revision]);

  useEffect(() => {
    if (api === null || rowCount === null || rowCount === live.current.known) return;
    const grew = rowCount > live.current.known;
    live.current.known = rowCount;
    api.setRowCount(rowCount, true);
    if (!grew || !live.current.partial) return;
    // The block that ended short has more rows by now.
    live.current.partial = false;
    api.refreshInfiniteCache();
  }, [api, rowCount]);

  useEffect(() => {
    if (api !== null) showSelection(api, selectedId);
  }, [api, selectedId]);

  useEffect(() => {
    if (api === null || reveal === null) return;
    bringIntoView(api, reveal.row, reveal.focus);
  }, [api, reveal]);

  const onCellFocused = (event: CellFocusedEvent<Row>): void => {
    if (event.rowIndex === null) return;
    const row = event.api.getDisplayedRowAtIndex(event.rowIndex)?.data;
    live.current.pending = row === undefined ? event.rowIndex : null;
    if (row !== undefined && rowId(row) !== live.current.selectedId) onSelect(row);
  };

  return (
    <div className="row-grid" role="group" aria-label={label}>
      <AgGridReact<Row>
        theme={rowGridTheme}
        styleNonce={styleNonce()}
        rowModelType="infinite"
        columnDefs={definitions}
        defaultColDef={{
          sortable: false,
          suppressMovable: true,
          resizable: true,
          suppressHeaderMenuButton: true,
          suppressKeyboardEvent: (event) => onGridKey(event, live.current),
        }}
        getRowId={({ data }) => rowId(data)}
        {...(rowClass === undefined
          ? {}
          : { getRowClass: ({ data }) => (data === undefined ? 'row-pending' : rowClass(data)) })}
        rowSelection={{ mode: 'singleRow', checkboxes: false, enableClickSelection: false }}
        rowHeight={22}
        rowBuffer={20}
        cacheBlockSize={BLOCK}
        maxBlocksInCache={60}
        maxConcurrentDatasourceRequests={3}
        blockLoadDebounceMillis={15}
        suppressHeaderFocus
        suppressColumnVirtualisation
        suppressNoRowsOverlay
        suppressLoadingOverlay
        animateRows={false}
        tabToNextCell={() => false}
        focusGridInnerElement={({ api: grid }) => focusSelected(grid, live.current.selectedId)}
        onGridReady={({ api: grid }) => setApi(grid)}
        onCellFocused={onCellFocused}
        onCellDoubleClicked={({ data }) => (data === undefined ? undefined : onActivate(data))}
        onCellMouseOver={(event) => showTooltip(event, byId)}
      />
    </div>
  );
}

/** What the grid's callbacks need of the latest render. */
interface Live<Row> {
  selectedId: string | null;
  onSelect: (row: Row) => void;
  onActivate: (row: Row) => void;
  /** The focused row, where its data had not arrived. */
  pending: number | null;
  /** True where a block ended short, and is to be asked for again when the list grows. */
  partial: boolean;
  known: number;
}

function createDatasource<Row>(
  api: GridApi<Row>,
  load: (from: number, count: number) => Promise<RowWindow<Row>>,
  live: Live<Row>,
): IDatasource {
  let ended = false;
  return {
    getRows: ({ startRow, endRow, successCallback, failCallback }) => {
      load(startRow, endRow - startRow).then(
        ({ rows, total }) => {
          if (ended) return;
          if (rows.length < endRow - startRow) live.partial = true;
          live.known = total;
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

function columnDefinition<Row>(column: RowColumn<Row>): ColDef<Row> {
  const classes = [column.className ?? '', column.align === 'right' ? 'cell-right' : ''].filter(Boolean);
  return {
    colId: column.id,
    headerName: column.header,
    valueGetter: ({ data }) => (data === undefined ? '' : column.text(data)),
    cellClass: classes,
    headerClass: classes,
    minWidth: column.minWidth ?? 30,
    ...(column.width === undefined ? {} : { width: column.width }),
    ...(column.flex === undefined ? {} : { flex: column.flex }),
  };
}

/** Keys that the grid does not know, or knows otherwise. True where the grid is to leave the key alone. */
function onGridKey<Row>(
  { event, api, node, data }: SuppressKeyboardEventParams<Row>,
  live: Live<Row>,
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
    live.onActivate(data);
    return true;
  }
  // Left to the page's own shortcuts.
  return control || event.altKey;
}

function bringIntoView<Row>(api: GridApi<Row>, row: number, focus: boolean): void {
  if (row < 0) return;
  const first = api.getFirstDisplayedRowIndex();
  const last = api.getLastDisplayedRowIndex();
  if (row >= api.getDisplayedRowCount()) api.setRowCount(row + 1, false);
  api.ensureIndexVisible(row, row < first || row > last ? 'middle' : null);
  const column = api.getAllDisplayedColumns()[0];
  if (focus && column !== undefined) api.setFocusedCell(row, column);
}

/** After rows have arrived: mark the selected one, and select the focused one that had no data yet. */
function settle<Row>(api: GridApi<Row>, live: Live<Row>): void {
  if (live.pending !== null) {
    const row = api.getDisplayedRowAtIndex(live.pending)?.data;
    if (row !== undefined) {
      live.pending = null;
      live.onSelect(row);
    }
  }
  showSelection(api, live.selectedId);
}

function showSelection<Row>(api: GridApi<Row>, id: string | null): void {
  const node = id === null ? undefined : api.getRowNode(id);
  if (node === undefined) api.deselectAll();
  else if (node.isSelected() !== true) node.setSelected(true, true);
}

function focusSelected<Row>(api: GridApi<Row>, id: string | null): boolean {
  const row = (id === null ? undefined : api.getRowNode(id)?.rowIndex) ?? api.getFirstDisplayedRowIndex();
  const column = api.getAllDisplayedColumns()[0];
  if (row < 0 || column === undefined) return false;
  api.ensureIndexVisible(row);
  api.setFocusedCell(row, column);
  return true;
}

/** A native tooltip, written when the pointer arrives: no work for cells that nobody points at. */
function showTooltip<Row>(
  event: CellMouseOverEvent<Row>,
  columns: ReadonlyMap<string, RowColumn<Row>>,
): void {
  const column = columns.get(event.column.getColId());
  const target = event.event?.target;
  const cell = target instanceof Element ? target.closest('.ag-cell') : null;
  if (column === undefined || event.data === undefined || !(cell instanceof HTMLElement)) return;
  cell.title = (column.tooltip ?? column.text)(event.data);
}
