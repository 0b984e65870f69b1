import type { CellFocusedEvent, GridApi, GridOptions, SuppressKeyboardEventParams } from 'ag-grid-community';
import { rowGridTheme } from '../theme/row-grid-theme.ts';
import { bringIntoView, focusSelected } from './row-focus.ts';
import { rowClassRules } from './row-grid-columns.ts';
import type { LiveBox } from './row-grid-live.ts';
import { tellOrder } from './row-grid-order.ts';
import { askForMenu, keepWidth, showTooltip } from './row-grid-pointer.ts';
import type { RowClass } from './row-list.ts';
import { styleNonce } from './style-nonce.ts';

/** Options that stay; what changes they read from `live` when they are called. */
export function gridOptions<Row>(
  live: LiveBox<Row>,
  rowClass: RowClass<Row>,
  onReady: (api: GridApi<Row>) => void,
): GridOptions<Row> {
  return {
    theme: rowGridTheme,
    styleNonce: styleNonce(),
    rowModelType: 'infinite',
    defaultColDef: {
      sortingOrder: ['asc', 'desc', null],
      suppressMovable: true,
      resizable: true,
      suppressHeaderMenuButton: true,
      suppressKeyboardEvent: (event) => onGridKey(event, live),
    },
    getRowId: ({ data }) => live.now.rowId(data),
    rowClassRules: rowClassRules(rowClass),
    rowSelection: { mode: 'singleRow', checkboxes: false, enableClickSelection: false },
    rowHeight: 22,
    rowBuffer: 6,
    cacheBlockSize: BLOCK,
    maxBlocksInCache: 20,
    maxConcurrentDatasourceRequests: 3,
    blockLoadDebounceMillis: 15,
    // Else columns that share the width are laid out before the scroll bar comes, and end beneath it.
    alwaysShowVerticalScroll: true,
    suppressMultiSort: true,
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
    onSortChanged: ({ api }) => {
      tellOrder(api, live);
      if (api.getDisplayedRowCount() > 0) api.ensureIndexVisible(0, 'top');
    },
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

/** Rows asked for at once: some screens of them. */
const BLOCK = 100;
