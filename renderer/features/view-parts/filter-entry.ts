import type { MenuItem } from '../../ui/ContextMenu.tsx';
import type { RowColumn } from '../../ui/row-list.ts';

/** Narrows a list to what has the same in this column, where its filter looks at the column's text. */
export function filterEntry<Row>(
  column: RowColumn<Row>,
  row: Row,
  filtered: ReadonlySet<string>,
  filter: (value: string) => void,
): MenuItem {
  const value = column.text(row);
  return {
    label: value === '' ? 'Filter by this value' : `Filter by “${value}”`,
    disabled: value === '' || !filtered.has(column.id),
    run: () => filter(value),
  };
}
