import type { GridApi, SortModelItem } from 'ag-grid-community';
import type { LiveBox } from './row-grid-live.ts';
import type { ListedOrder } from './row-list.ts';

/** Tells what the headers say now, where that is news: whoever asks for rows next must know it. */
export function tellOrder<Row>(sortModel: readonly SortModelItem[], live: LiveBox<Row>): void {
  const [first] = sortModel;
  const order = first === undefined ? null : { column: first.colId, descending: first.sort === 'desc' };
  const { now } = live;
  if (now.order !== null && !isSameOrder(order, now.order.value)) now.order.onChange(order);
}

/** The order as the grid's headers show it. */
export function sortModelOf<Row>(api: GridApi<Row>): SortModelItem[] {
  return api
    .getColumnState()
    .flatMap(({ colId, sort }) => (sort === 'asc' || sort === 'desc' ? [{ colId, sort }] : []));
}

/** Brings the headers to what was ordered elsewhere: by a menu, or by a capture that was opened. */
export function showOrder<Row>(api: GridApi<Row>, order: ListedOrder | null): void {
  const [shown] = sortModelOf(api);
  const now = shown === undefined ? null : { column: shown.colId, descending: shown.sort === 'desc' };
  if (isSameOrder(order, now)) return;
  api.applyColumnState({
    state: order === null ? [] : [{ colId: order.column, sort: order.descending ? 'desc' : 'asc' }],
    defaultState: { sort: null },
  });
}

function isSameOrder(a: ListedOrder | null, b: ListedOrder | null): boolean {
  return a?.column === b?.column && a?.descending === b?.descending;
}
