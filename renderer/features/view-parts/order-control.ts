import { ORDER_COLUMNS, orderBy, type OrderedList, type RowOrder } from '../../../core/api-order.ts';
import type { OrderControl } from '../../ui/row-list.ts';

/** A model that keeps the order of its list. */
interface OrderedStore<L extends OrderedList> {
  getState(): {
    readonly order: RowOrder<L> | null;
    readonly setOrder: (order: RowOrder<L> | null) => void;
  };
}

/** How a list of the contract is ordered, for its grid and menus. */
export function orderControl<L extends OrderedList>(
  list: L,
  value: RowOrder<L> | null,
  store: OrderedStore<L>,
): OrderControl {
  return {
    columns: ORDER_COLUMNS[list],
    value,
    latest: () => store.getState().order,
    onChange: (order) =>
      store.getState().setOrder(order === null ? null : orderBy(list, order.column, order.descending)),
  };
}
