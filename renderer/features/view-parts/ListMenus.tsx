import type { ReactNode } from 'react';
import { ContextMenu, type MenuItem } from '../../ui/ContextMenu.tsx';
import { copyText } from '../../ui/copy-text.ts';
import { focusRows } from '../../ui/focus-rows.ts';
import type { OrderControl, RowColumn, RowContext } from '../../ui/row-list.ts';
import { useApp } from '../use-app.ts';
import type { ListId } from './ListView.tsx';

/** What can be done with the row under the pointer: what its list offers, and copying. */
export function RowMenu<Row>({
  context,
  columns,
  groups,
  order,
  onColumns,
  onClose,
}: {
  context: RowContext<Row>;
  /** Those that are shown. */
  columns: readonly RowColumn<Row>[];
  groups: readonly (readonly MenuItem[])[];
  order?: OrderControl;
  onColumns: () => void;
  onClose: () => void;
}): ReactNode {
  const { session } = useApp();
  const { row, column } = context;
  const value = column.text(row);
  const copy = (text: string): void => {
    void copyText(text).then((done) => {
      if (!done) session.getState().say('error', 'The clipboard cannot be written here.');
    });
  };
  return (
    <ContextMenu
      label="Row"
      x={context.x}
      y={context.y}
      onClose={() => {
        onClose();
        focusRows();
      }}
      groups={[
        ...groups,
        [
          {
            label: `Copy ${column.header}`,
            disabled: value === '',
            run: () => copy(value),
          },
          { label: 'Copy the row', run: () => copy(columns.map(({ text }) => text(row)).join('\t')) },
          { label: 'Copy the row as text', run: () => copy(textOfRow(columns, row)) },
          { label: 'Copy the row as CSV', run: () => copy(csvOfRow(columns, row)) },
        ],
        orderEntries(column, order),
        [{ label: 'Columns…', run: onColumns }],
      ]}
    />
  );
}

/** What a click on the column's header does, for the keyboard. */
function orderEntries<Row>(
  { id, header }: RowColumn<Row>,
  order: OrderControl | undefined,
): readonly MenuItem[] {
  if (order?.columns.includes(id) !== true) return [];
  const { value, onChange } = order;
  return [
    ...[false, true].map((descending) => ({
      label: `Sort by ${header}, ${descending ? 'descending' : 'ascending'}`,
      disabled: value?.column === id && value.descending === descending,
      run: () => onChange({ column: id, descending }),
    })),
    { label: 'Not sorted: as captured', disabled: value === null, run: () => onChange(null) },
  ];
}

/** Which columns are shown; the first one stays, it is the row's sign. */
export function ColumnMenu<Row>({
  list,
  columns,
  hidden,
  x,
  y,
  onClose,
}: {
  list: ListId;
  columns: readonly RowColumn<Row>[];
  hidden: readonly string[];
  x: number;
  y: number;
  onClose: () => void;
}): ReactNode {
  const { layout } = useApp();
  const { setHidden, resetColumns } = layout.getState();
  const [, ...others] = columns;
  return (
    <ContextMenu
      label="Columns"
      x={x}
      y={y}
      onClose={() => {
        onClose();
        focusRows();
      }}
      groups={[
        others.map(({ id, header }) => ({
          label: header,
          checked: !hidden.includes(id),
          // One column is left, else there would be nothing to point at.
          disabled: !hidden.includes(id) && others.length - hidden.length <= 1,
          run: () =>
            setHidden(list, hidden.includes(id) ? hidden.filter((other) => other !== id) : [...hidden, id]),
        })),
        [{ label: 'Widths and columns as at first', run: () => resetColumns(list) }],
      ]}
    />
  );
}

/** A line for each column that says something. */
export function textOfRow<Row>(columns: readonly RowColumn<Row>[], row: Row): string {
  return columns
    .map(({ header, text }) => [header, text(row)] as const)
    .filter(([, text]) => text !== '')
    .map(([header, text]) => `${header}: ${text}`)
    .join('\n');
}

/**
 * The headers and the row (RFC 4180), safe to be pasted into a spreadsheet: what it would compute gets an apostrophe
 * before it.
 */
export function csvOfRow<Row>(columns: readonly RowColumn<Row>[], row: Row): string {
  const cell = (value: string): string => {
    const safe = /^[\s'"]*[=+\-@|%]/.test(value) ? `'${value}` : value;
    return `"${safe.replaceAll('"', '""')}"`;
  };
  const line = (cells: readonly string[]): string => `${cells.map(cell).join(',')}\r\n`;
  return line(columns.map(({ header }) => header)) + line(columns.map(({ text }) => text(row)));
}
