import { ORDER_COLUMNS, orderBy, type OrderedList, type RowOrder } from '../../../core/api-order.ts';
import type { OrderControl } from '../../ui/row-list.ts';

/** How a list of the contract is ordered, for its grid and menus. */
export function orderControl<L extends OrderedList>(
  list: L,
  value: RowOrder<L> | null,
  set: (order: RowOrder<L> | null) => void,
): OrderControl {
  return {
    columns: ORDER_COLUMNS[list],
    value,
    onChange: (order) => set(order === null ? null : orderBy(list, order.column, order.descending)),
  };
}
