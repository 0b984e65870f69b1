import type { GridApi, IDatasource } from 'ag-grid-community';
import { tellOrder } from './row-grid-order.ts';
import type { LiveBox } from './row-grid-live.ts';
import { showSelection } from './row-focus.ts';
import type { RowWindow } from './row-list.ts';

/** Asks for the rows that the grid wants to show, in the order that its headers say. */
export function createDatasource<Row>(
  api: GridApi<Row>,
  load: (from: number, count: number) => Promise<RowWindow<Row>>,
  live: LiveBox<Row>,
): IDatasource {
  let ended = false;
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
            api.refreshInfiniteCache();
          }
        },
        () => {
          asking = null;
        },
      );
    }, FOLLOW_TIME);
  };
  return {
    getRows: ({ startRow, endRow, sortModel, successCallback, failCallback }) => {
      tellOrder(sortModel, live);
      load(startRow, endRow - startRow).then(
        ({ rows, total, ordered }) => {
          if (ended) return;
          if (rows.length < endRow - startRow) live.now.partial = true;
          live.now.known = total;
          live.now.onWaiting(!ordered);
          if (!ordered) follow();
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
      if (asking !== null) clearTimeout(asking);
    },
  };
}

/** More rows, or fewer. A block that ended short is asked for again: it has more rows by now. */
export function grow<Row>(api: GridApi<Row>, live: LiveBox<Row>, rowCount: number): void {
  const { known, partial } = live.now;
  if (rowCount === known) return;
  live.update({ known: rowCount });
  api.setRowCount(rowCount, true);
  if (rowCount < known || !partial) return;
  live.update({ partial: false });
  api.refreshInfiniteCache();
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

/** Between two questions after an order that is being made, in milliseconds. */
const FOLLOW_TIME = 350;
