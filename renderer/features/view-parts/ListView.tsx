import { useMemo, useState, type ReactNode } from 'react';
import type { MenuItem } from '../../ui/ContextMenu.tsx';
import { isBusy } from '../../model/session.ts';
import { RowGrid, type RowGridProps } from '../../ui/RowGrid.tsx';
import type { RowColumn, RowContext } from '../../ui/row-list.ts';
import { useApp, useLayout, useSession } from '../use-app.ts';
import './list-view.css';
import { ColumnMenu, RowMenu } from './ListMenus.tsx';

/** The name under which a list's columns are kept. */
export type ListId = 'calls' | 'registrations' | 'dialogs' | 'media' | 'frames' | 'conversations' | 'sip';

/** What the list's frame does not see to itself goes on to its grid. */
type GivenToGrid<Row> = Omit<
  RowGridProps<Row>,
  'reveal' | 'onContext' | 'onHeaderContext' | 'widths' | 'onWidths' | 'hidden' | 'onWaiting'
>;

interface ListViewProps<Row> extends GivenToGrid<Row> {
  readonly id: ListId;
  /** Of the list with its filter; `label` is that of the rows alone. */
  readonly title: string;
  readonly filter?: ReactNode;
  readonly reveal?: RowGridProps<Row>['reveal'];
  /** Stands in place of the rows where there are none. */
  readonly empty: ReactNode;
  /** What the row's menu offers beside copying, in groups. */
  readonly actions?: (context: RowContext<Row>) => readonly (readonly MenuItem[])[];
}

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
}: ListViewProps<Row>): ReactNode {
  const { layout } = useApp();
  const widths = useLayout((state) => state.columns[id]);
  const chosen = useLayout((state) => state.hidden[id]);
  const hidden = useMemo(() => chosen ?? hiddenAtFirst(columns), [chosen, columns]);
  const [waiting, setWaiting] = useState(false);
  const busy = useSession(({ status }) => isBusy(status));
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
          onWaiting={setWaiting}
          onWidths={(moved) => layout.getState().setColumns(id, moved)}
          {...(widths === undefined ? {} : { widths })}
        />
        {rowCount === 0 ? <div className="over-list">{empty}</div> : null}
        <p className="list-waiting" role="status">
          {!waiting ? '' : busy ? 'As captured: sorted once the capture is read' : 'Sorting…'}
        </p>
      </div>
      {menu?.kind === 'row' ? (
        <RowMenu
          context={menu.context}
          columns={columns.filter((column) => !hidden.includes(column.id))}
          groups={actions(menu.context)}
          {...(rest.order === undefined ? {} : { order: rest.order })}
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
