import type { ColDef, RowClassRules } from 'ag-grid-community';
import type { RowClass, RowColumn } from './row-list.ts';

/** `moved`: the width that somebody gave it. `sort`: how it is sorted when the list appears. */
export function columnDefinition<Row>(
  column: RowColumn<Row>,
  moved: number | undefined,
  { sortable, sort }: { readonly sortable: boolean; readonly sort: 'asc' | 'desc' | null },
): ColDef<Row> {
  const classes = [column.className ?? '', column.align === 'right' ? 'cell-right' : ''].filter(Boolean);
  return {
    colId: column.id,
    headerName: column.header,
    sortable,
    initialSort: sort,
    valueGetter: ({ data }) => (data === undefined ? '' : column.text(data)),
    cellClass: classes,
    headerClass: classes,
    minWidth: column.minWidth ?? 30,
    ...(moved === undefined && column.width === undefined ? {} : { width: moved ?? column.width }),
    ...(moved !== undefined || column.flex === undefined ? {} : { flex: column.flex }),
  };
}

/** Rules, not a class: a class once given would stay on a row whose content has changed. */
export function rowClassRules<Row>({ classes, of }: RowClass<Row>): RowClassRules<Row> {
  const rules: RowClassRules<Row> = { 'row-pending': ({ data }) => data === undefined };
  for (const name of classes) rules[name] = ({ data }) => data !== undefined && of(data) === name;
  return rules;
}
