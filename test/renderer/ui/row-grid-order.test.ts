import { describe, expect, it } from 'vitest';
import { showOrder, tellOrder } from '../../../renderer/ui/row-grid-order.ts';
import type { ListedOrder } from '../../../renderer/ui/row-list.ts';
import { madeLive } from './made-live.ts';

const UP: ListedOrder = { column: 'length', descending: false };
const DOWN: ListedOrder = { column: 'length', descending: true };

/** Headers that show an order, and a model that takes what it is told. */
function made() {
  let model: ListedOrder | null = null;
  let headers: ListedOrder | null = null;
  const told: (ListedOrder | null)[] = [];
  const live = madeLive({
    columns: ['length'],
    value: null,
    latest: () => model,
    onChange: (order) => {
      told.push(order);
      model = order;
    },
  });
  const api = {
    getColumnState: () =>
      headers === null
        ? [{ colId: 'length', sort: null }]
        : [{ colId: headers.column, sort: headers.descending ? ('desc' as const) : ('asc' as const) }],
    applyColumnState: ({ state }: { state?: readonly { colId: string; sort?: unknown }[] }) => {
      const [first] = state ?? [];
      headers = first === undefined ? null : { column: first.colId, descending: first.sort === 'desc' };
      return true;
    },
  };
  const press = (order: ListedOrder | null): void => {
    headers = order;
    tellOrder(api, live);
  };
  const order = (value: ListedOrder | null): void => {
    model = value;
    showOrder(api, live);
  };
  return { told, press, order, render: () => showOrder(api, live), shown: () => headers };
}

describe('the order of a grid', () => {
  it('is the last that was asked for in its headers, however late a render of an earlier one comes', () => {
    const { told, press, render, shown } = made();
    press(UP);
    press(DOWN);
    render();
    expect(shown()).toEqual(DOWN);
    expect(told).toEqual([UP, DOWN]);
  });

  it('follows what is ordered elsewhere, also where it was told before', () => {
    const { press, order, shown } = made();
    press(UP);
    press(null);
    order(UP);
    expect(shown()).toEqual(UP);
    order(null);
    expect(shown()).toBe(null);
  });

  it('is told once', () => {
    const { told, press } = made();
    press(UP);
    press(UP);
    expect(told).toEqual([UP]);
  });
});
