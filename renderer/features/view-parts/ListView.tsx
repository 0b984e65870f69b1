import { useMemo, useState, type ReactNode } from 'react';
import type { MenuItem } from '../../ui/ContextMenu.tsx';
import {
  RowGrid,
  type RowClass,
  type RowColumn,
  type RowContext,
  type RowWindow,
} from '../../ui/RowGrid.tsx';
import { useApp, useLayout } from '../use-app.ts';
import './list-view.css';
import { ColumnMenu, RowMenu } from './ListMenus.tsx';

/** The name under which a list's columns are kept. */
export type ListId = 'calls' | 'registrations' | 'dialogs' | 'media' | 'frames' | 'conversations' | 'sip';

/**
 * A list of rows under its filter, with a menu of each row and one of the columns, whose widths and choice are kept. Only
 * the rows on the screen are asked for.
 */
export function ListView<Row>({
  id,
  title,
  label,
  filter,
  columns,
  rowCount,
  reveal = null,
  empty,
  actions = noActions,
  ...rest
}: {
  id: ListId;
  /** Of the list with its filter, and of the rows alone. */
  title: string;
  label: string;
  filter?: ReactNode;
  columns: readonly RowColumn<Row>[];
  rowId: (row: Row) => string;
  rowClass: RowClass<Row>;
  load: (from: number, count: number) => Promise<RowWindow<Row>>;
  resetKey: string;
  revision: number;
  rowCount: number | null;
  selectedId: string | null;
  reveal?: { readonly row: number; readonly nonce: number; readonly focus: boolean } | null;
  onSelect: (row: Row) => void;
  onActivate: (row: Row) => void;
  /** Stands in place of the rows where there are none. */
  empty: ReactNode;
  /** What the row's menu offers beside copying, in groups. */
  actions?: (context: RowContext<Row>) => readonly (readonly MenuItem[])[];
}): ReactNode {
  const { layout } = useApp();
  const widths = useLayout((state) => state.columns[id]);
  const chosen = useLayout((state) => state.hidden[id]);
  const hidden = useMemo(() => chosen ?? hiddenAtFirst(columns), [chosen, columns]);
  const [menu, setMenu] = useState<Menu<Row> | null>(null);
  const close = (): void => setMenu(null);

  return (
    <section className="list-view" aria-label={title} data-pane="list">
      {filter}
      <div className="list-rows">
        <RowGrid<Row>
          {...rest}
          label={label}
          columns={columns}
          hidden={hidden}
          rowCount={rowCount}
          reveal={reveal}
          onContext={(context) => setMenu({ kind: 'row', context })}
          onHeaderContext={(x, y) => setMenu({ kind: 'columns', x, y })}
          onWidths={(moved) => layout.getState().setColumns(id, moved)}
          {...(widths === undefined ? {} : { widths })}
        />
        {rowCount === 0 ? <div className="over-list">{empty}</div> : null}
      </div>
      {menu?.kind === 'row' ? (
        <RowMenu
          context={menu.context}
          columns={columns.filter((column) => !hidden.includes(column.id))}
          groups={actions(menu.context)}
          onColumns={() => setMenu({ kind: 'columns', x: menu.context.x, y: menu.context.y })}
          onClose={close}
        />
      ) : menu?.kind === 'columns' ? (
        <ColumnMenu list={id} columns={columns} hidden={hidden} x={menu.x} y={menu.y} onClose={close} />
      ) : null}
    </section>
  );
}

type Menu<Row> =
  | { readonly kind: 'row'; readonly context: RowContext<Row> }
  | { readonly kind: 'columns'; readonly x: number; readonly y: number };

function hiddenAtFirst<Row>(columns: readonly RowColumn<Row>[]): readonly string[] {
  return columns.filter(({ optional }) => optional === true).map(({ id }) => id);
}

function noActions(): readonly (readonly MenuItem[])[] {
  return [];
}
