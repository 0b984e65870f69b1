import type { GridApi, IDatasource } from 'ag-grid-community';
import { tellOrder } from './row-grid-order.ts';
import type { LiveBox } from './row-grid-live.ts';
import { showSelection } from './row-focus.ts';
import type { RowWindow } from './row-list.ts';

/** What of the grid is needed to fill it. */
type FilledGrid<Row> = Pick<
  GridApi<Row>,
  | 'isDestroyed'
  | 'getColumnState'
  | 'refreshInfiniteCache'
  | 'setRowCount'
  | 'getDisplayedRowAtIndex'
  | 'getRowNode'
  | 'deselectAll'
>;

/** Asks for the rows that the grid wants to show, in the order that its headers say. */
export function createDatasource<Row>(
  api: FilledGrid<Row>,
  load: (from: number, count: number) => Promise<RowWindow<Row>>,
  live: LiveBox<Row>,
): IDatasource {
  let ended = false;
  let loading = 0;
  let stale = false;
  // Asked anew the grid throws away what is on its way: where it is asked more often than an answer takes, as while a
  // capture is read, no row would ever come. So one thing after the other.
  const refresh = (): void => {
    stale = loading > 0;
    if (!stale && !ended) api.refreshInfiniteCache();
  };
  const settled = (): void => {
    loading -= 1;
    if (loading === 0 && stale) refresh();
  };
  live.now.refresh = refresh;
  let asking: ReturnType<typeof setTimeout> | null = null;
  /** Until the order is made the rows stand as captured; then those on the screen are asked for anew. */
  const follow = (): void => {
    asking ??= setTimeout(() => {
      load(0, 1).then(
        ({ ordered }) => {
          asking = null;
          if (ended) return;
          if (!ordered) follow();
          else {
            live.now.onWaiting(false);
            refresh();
          }
        },
        () => {
          asking = null;
        },
      );
    }, FOLLOW_TIME);
  };
  return {
    getRows: ({ startRow, endRow, successCallback, failCallback }) => {
      // The grid asks a little late: by then it may be gone, and answers nothing any more.
      if (ended || api.isDestroyed()) return failCallback();
      tellOrder(api, live);
      loading += 1;
      load(startRow, endRow - startRow).then(
        ({ rows, total, ordered }) => {
          // The grid counts what is on its way over all its lists, and asks for no more than three at once.
          if (ended) return failCallback();
          if (rows.length < endRow - startRow) live.now.partial = true;
          // An answer may be older than what is known by now; fewer rows would throw away what is on its way.
          live.now.known = Math.max(total, live.now.known);
          live.now.onWaiting(!ordered);
          if (!ordered) follow();
          successCallback([...rows], live.now.known);
          settle(api, live);
          settled();
        },
        () => {
          failCallback();
          settled();
        },
      );
    },
    destroy: () => {
      ended = true;
      if (asking !== null) clearTimeout(asking);
    },
  };
}

/** More rows, or fewer. A block that ended short is asked for again: it has more rows by now. */
export function grow<Row>(api: FilledGrid<Row>, live: LiveBox<Row>, rowCount: number): void {
  const { known, partial } = live.now;
  if (rowCount === known) return;
  live.update({ known: rowCount });
  api.setRowCount(rowCount, true);
  if (rowCount < known || !partial) return;
  live.update({ partial: false });
  live.now.refresh();
}

/** After rows have arrived: mark the selected one, and select the focused one that had no data yet. */
function settle<Row>(api: FilledGrid<Row>, live: LiveBox<Row>): void {
  if (live.now.pending !== null) {
    const row = api.getDisplayedRowAtIndex(live.now.pending)?.data;
    if (row !== undefined) {
      live.now.pending = null;
      live.now.onSelect(row);
    }
  }
  showSelection(api, live.now.selectedId);
}

/** Between two questions after an order that is being made, in milliseconds. */
const FOLLOW_TIME = 350;
