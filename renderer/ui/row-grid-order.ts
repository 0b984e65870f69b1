import type { GridApi } from 'ag-grid-community';
import type { LiveBox } from './row-grid-live.ts';
import type { ListedOrder } from './row-list.ts';

/** Tells what the headers say now, where that is news: whoever asks for rows next must know it. */
export function tellOrder<Row>(api: Pick<GridApi<Row>, 'getColumnState'>, live: LiveBox<Row>): void {
  const { now } = live;
  const order = orderOf(api);
  if (now.order !== null && !isSameOrder(order, now.order.latest())) now.order.onChange(order);
}

/**
 * Brings the headers to what was ordered elsewhere: by a menu, or by a capture that was opened. What the grid told itself
 * comes back as well, and late where much is going on: so only the latest order counts.
 */
export function showOrder<Row>(
  api: Pick<GridApi<Row>, 'getColumnState' | 'applyColumnState'>,
  live: LiveBox<Row>,
): void {
  const order = live.now.order?.latest() ?? null;
  if (isSameOrder(order, orderOf(api))) return;
  api.applyColumnState({
    state: order === null ? [] : [{ colId: order.column, sort: order.descending ? 'desc' : 'asc' }],
    defaultState: { sort: null },
  });
}

/** The order as the grid's headers show it. */
function orderOf<Row>(api: Pick<GridApi<Row>, 'getColumnState'>): ListedOrder | null {
  for (const { colId, sort } of api.getColumnState())
    if (sort === 'asc' || sort === 'desc') return { column: colId, descending: sort === 'desc' };
  return null;
}

function isSameOrder(a: ListedOrder | null, b: ListedOrder | null): boolean {
  return a?.column === b?.column && a?.descending === b?.descending;
}
