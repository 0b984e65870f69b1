import { createLive, type LiveBox } from '../../../renderer/ui/row-grid-live.ts';
import type { OrderControl } from '../../../renderer/ui/row-list.ts';

/** What a grid of numbers is given, by someone who wants to know of nothing but the order and of waiting. */
export function madeLive(
  order: OrderControl | null,
  onWaiting: (waiting: boolean) => void = () => undefined,
): LiveBox<number> {
  return createLive<number>({
    columns: [],
    rowId: String,
    selectedId: null,
    onSelect: () => undefined,
    onActivate: () => undefined,
    onContext: null,
    widths: {},
    onWidths: null,
    order,
    onWaiting,
  });
}
