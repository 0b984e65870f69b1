import type { ReactNode } from 'react';
import type { CallRow } from '../../../core/api-calls.ts';
import { formatOutcome } from '../../model/format.ts';
import { isBusy, stampOf } from '../../model/session.ts';
import { Button } from '../../ui/Button.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { FilterBar } from '../../ui/FilterBar.tsx';
import type { MenuItem } from '../../ui/ContextMenu.tsx';
import type { RowClass, RowContext } from '../../ui/row-list.ts';
import { useApp, useCalls, useSession } from '../use-app.ts';
import { ListView } from '../view-parts/ListView.tsx';
import { filterEntry } from '../view-parts/filter-entry.ts';
import { orderControl } from '../view-parts/order-control.ts';
import { Panes } from '../view-parts/Panes.tsx';
import { CALL_COLUMNS } from './call-columns.ts';
import { CALL_FAMILIES, CALL_TONES, toneOfState } from './call-words.ts';
import { CallPane } from './CallPane.tsx';

const ROW_CLASS: RowClass<CallRow> = { classes: CALL_TONES, of: (row) => toneOfState(row.state) };

/** All calls, and all that is known of the selected one. */
export function CallsTab(): ReactNode {
  const rows = useCalls((state) => state.count);
  return (
    <Panes
      pane="call"
      direction="rows"
      rows={rows}
      label="Height of the call's detail"
      first={<CallList />}
      second={<CallPane />}
    />
  );
}

function CallList(): ReactNode {
  const { calls, frames, exporting } = useApp();
  const text = useCalls((state) => state.text);
  const states = useCalls((state) => state.states);
  const order = useCalls((state) => state.order);
  const shown = useCalls((state) => state.shown);
  const count = useCalls((state) => state.count);
  const selected = useCalls((state) => state.selected);
  const reveal = useCalls((state) => state.reveal);
  const joins = useCalls((state) => state.joins);
  const load = useCalls((state) => state.load);
  const status = useSession((state) => state.status);
  const filtering = text !== '' || states.length > 0;
  const total = filtering ? shown : count;
  const actions = ({ row, column }: RowContext<CallRow>): readonly (readonly MenuItem[])[] => {
    return [
      [
        { label: 'Show its course', run: focusCall },
        { label: `Go to frame ${row.firstFrame}`, run: () => void frames.getState().goTo(row.firstFrame) },
      ],
      [filterEntry(column, row, FILTERED, (value) => calls.getState().setText(value))],
      [
        {
          label: 'Export this call…',
          run: () => exporting.getState().open({ kind: 'call', call: row.call }),
        },
      ],
    ];
  };

  return (
    <ListView<CallRow>
      id="calls"
      title="Calls"
      label="Call list"
      filter={
        <FilterBar
          id="call-filter"
          what="calls"
          by="state"
          placeholder="Filter: number, name, address, response, Call-ID"
          text={text}
          onText={(next) => calls.getState().setText(next)}
          chips={CALL_FAMILIES.map(({ id, label, states: own, meaning }) => ({
            id,
            label,
            title: meaning,
            pressed: own.every((state) => states.includes(state)),
            mark: <span className={`verdict-mark tone-call-${id}`} aria-hidden="true" />,
            onToggle: () => calls.getState().toggleStates(own),
          }))}
          outcome={filtering ? formatOutcome(shown, count) : ''}
          onClear={filtering ? () => calls.getState().clearFilter() : null}
        />
      }
      columns={CALL_COLUMNS}
      rowId={(row) => row.call}
      rowClass={ROW_CLASS}
      load={load}
      order={orderControl('calls', order, calls)}
      resetKey={`${status.capture} ${text} ${states.join()}`}
      revision={stampOf(status) + joins * 2}
      rowCount={total}
      selectedId={selected}
      reveal={reveal}
      onSelect={(row) => calls.getState().select(row.call)}
      onActivate={focusCall}
      actions={actions}
      empty={
        filtering ? (
          <EmptyState icon="filter" title="No call passes the filter." />
        ) : isBusy(status) ? (
          <EmptyState icon="phone" title="Reading the capture…" />
        ) : (
          <NoCalls />
        )
      }
    />
  );
}

/** Columns whose text the filter looks at. */
const FILTERED: ReadonlySet<string> = new Set(['from', 'to', 'final']);

/** From the list into the call: to its ladder, or what else is shown of it. */
function focusCall(): void {
  const wanted = document.querySelector('.call .tabs-panel [tabindex="0"]');
  if (wanted instanceof HTMLElement) wanted.focus();
}

function NoCalls(): ReactNode {
  const { calls, session } = useApp();
  return (
    <EmptyState icon="phone" title="No call can be seen in this capture.">
      <p>
        There is no INVITE that can be read. Where the signalling is encrypted, a key may show the calls; the
        conversations say which.
      </p>
      <span className="button-row">
        <Button label="Add a key" icon="key" onPress={() => session.getState().show('keys')} />
        <Button
          label="See the conversations"
          icon="conversations"
          onPress={() => session.getState().show('conversations')}
        />
        <Button
          label="See the registrations"
          icon="list"
          onPress={() => calls.getState().showTab('registrations')}
        />
      </span>
    </EmptyState>
  );
}
