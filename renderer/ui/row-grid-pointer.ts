import type { CellContextMenuEvent, CellMouseOverEvent, ColumnResizedEvent } from 'ag-grid-community';
import type { Live } from './row-grid-live.ts';
import type { RowColumn } from './row-list.ts';

/** A native tooltip, written when the pointer arrives: no work for cells that nobody points at. */
export function showTooltip<Row>(event: CellMouseOverEvent<Row>, columns: readonly RowColumn<Row>[]): void {
  const column = columns.find(({ id }) => id === event.column.getColId());
  const target = event.event?.target;
  const cell = target instanceof Element ? target.closest('.ag-cell') : null;
  if (column === undefined || event.data === undefined || !(cell instanceof HTMLElement)) return;
  cell.title = (column.tooltip ?? column.text)(event.data);
}

export function askForMenu<Row>(event: CellContextMenuEvent<Row>, live: Live<Row>): void {
  const column = live.columns.find(({ id }) => id === event.column.getColId());
  const { data } = event;
  if (live.onContext === null || column === undefined || data === undefined) return;
  const place = event.event instanceof MouseEvent ? event.event : null;
  if (live.rowId(data) !== live.selectedId) live.onSelect(data);
  live.onContext({ row: data, column, x: place?.clientX ?? 0, y: place?.clientY ?? 0 });
}

/** A native tooltip here too: the header's own word, which may be cut, and what it means. */
export function explainHeader<Row>(target: EventTarget, columns: readonly RowColumn<Row>[]): void {
  const header = target instanceof Element ? target.closest('.ag-header-cell') : null;
  const column = columns.find(({ id }) => id === header?.getAttribute('col-id'));
  if (!(header instanceof HTMLElement) || column === undefined) return;
  header.title = column.meaning === undefined ? column.header : `${column.header}: ${column.meaning}`;
}

export function isHeader(target: EventTarget): boolean {
  return target instanceof Element && target.closest('.ag-header') !== null;
}

export function keepWidth<Row>({ column, finished, source }: ColumnResizedEvent<Row>, live: Live<Row>): void {
  if (!finished || column === null || source !== 'uiColumnResized') return;
  live.onWidths?.({ ...live.widths, [column.getColId()]: Math.round(column.getActualWidth()) });
}
