import type { GridApi } from 'ag-grid-community';

/** How long far rows may take to be drawn, in milliseconds. */
const SETTLE_TIME = 80;

/** Scrolls to a row, which need not have arrived yet, and gives it the focus where that is wanted. */
export function bringIntoView<Row>(api: GridApi<Row>, row: number, focus: boolean): void {
  if (row < 0) return;
  const first = api.getFirstDisplayedRowIndex();
  const last = api.getLastDisplayedRowIndex();
  if (row >= api.getDisplayedRowCount()) api.setRowCount(row + 1, false);
  api.ensureIndexVisible(row, row < first || row > last ? 'middle' : null);
  const column = api.getAllDisplayedColumns()[0];
  if (!focus || column === undefined) return;
  api.setFocusedCell(row, column);
  // A row that was far away is not drawn yet, and a focus on nothing falls back to the document.
  setTimeout(() => {
    if (!api.isDestroyed() && document.activeElement === document.body) api.setFocusedCell(row, column);
  }, SETTLE_TIME);
}

/** Marks the row with this id, and no other. */
export function showSelection<Row>(
  api: Pick<GridApi<Row>, 'getRowNode' | 'deselectAll'>,
  id: string | null,
): void {
  const node = id === null ? undefined : api.getRowNode(id);
  if (node === undefined) api.deselectAll();
  else if (node.isSelected() !== true) node.setSelected(true, true);
}

/** A cell that was focused from outside becomes the grid's focused cell, so that selection follows here too. */
export function adoptFocus<Row>(api: GridApi<Row>, target: Element): void {
  const index = target.closest('.ag-row')?.getAttribute('row-index');
  const column = target.closest('.ag-cell')?.getAttribute('col-id');
  if (index === null || index === undefined || column === null || column === undefined) return;
  if (api.getFocusedCell()?.rowIndex !== Number(index)) api.setFocusedCell(Number(index), column);
}

/** Who comes by Tab lands on the selected row, else on the first that is shown. */
export function focusSelected<Row>(api: GridApi<Row>, id: string | null): boolean {
  const row = (id === null ? undefined : api.getRowNode(id)?.rowIndex) ?? api.getFirstDisplayedRowIndex();
  const column = api.getAllDisplayedColumns()[0];
  if (row < 0 || column === undefined) return false;
  api.ensureIndexVisible(row);
  api.setFocusedCell(row, column);
  return true;
}
