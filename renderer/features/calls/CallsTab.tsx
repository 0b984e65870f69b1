import type { ReactNode } from 'react';
import type { CallRow } from '../../../core/api-calls.ts';
import { formatCount } from '../../model/format.ts';
import { INITIAL_SIZES } from '../../model/layout.ts';
import { isBusy, stampOf } from '../../model/session.ts';
import { Button } from '../../ui/Button.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { focusRows } from '../../ui/focus-rows.ts';
import { RowGrid, type RowClass } from '../../ui/RowGrid.tsx';
import { SearchField } from '../../ui/SearchField.tsx';
import { Splitter } from '../../ui/Splitter.tsx';
import { useApp, useCalls, useLayout, useSession } from '../use-app.ts';
import { CALL_COLUMNS } from './call-columns.ts';
import { CALL_FAMILIES, CALL_TONES, toneOfState } from './call-words.ts';
import { CallPane } from './CallPane.tsx';

const ROW_CLASS: RowClass<CallRow> = { classes: CALL_TONES, of: (row) => toneOfState(row.state) };

/** All calls, and all that is known of the selected one. */
export function CallsTab(): ReactNode {
  const size = useLayout((state) => state.sizes.call);
  const setSize = useLayout((state) => state.setSize);
  return (
    <Splitter
      direction="rows"
      size={size}
      initial={INITIAL_SIZES.call}
      label="Height of the call's detail"
      onSize={(next) => setSize('call', next)}
      first={<CallList />}
      second={<CallPane />}
    />
  );
}

function CallList(): ReactNode {
  const { calls } = useApp();
  const text = useCalls((state) => state.text);
  const states = useCalls((state) => state.states);
  const shown = useCalls((state) => state.shown);
  const count = useCalls((state) => state.count);
  const selected = useCalls((state) => state.selected);
  const reveal = useCalls((state) => state.reveal);
  const joins = useCalls((state) => state.joins);
  const load = useCalls((state) => state.load);
  const status = useSession((state) => state.status);
  const filtering = text !== '' || states.length > 0;
  const total = filtering ? shown : count;

  return (
    <section className="list-view" aria-label="Calls" data-pane="list">
      <div className="filter-bar" role="search" aria-label="Filter calls">
        <SearchField
          id="call-filter"
          label="Filter calls by text"
          placeholder="Filter: number, name, address, response, Call-ID"
          value={text}
          onChange={(next) => calls.getState().setText(next)}
          onLeave={focusRows}
        />
        <div className="filter-chips" role="group" aria-label="Filter calls by state">
          {CALL_FAMILIES.map(({ id, label, states: own, meaning }) => (
            <button
              key={id}
              type="button"
              className="chip"
              aria-pressed={own.every((state) => states.includes(state))}
              title={meaning}
              onClick={() => calls.getState().toggleStates(own)}
            >
              <span className={`verdict-mark tone-call-${id}`} aria-hidden="true" />
              {label}
            </button>
          ))}
        </div>
        {filtering && shown !== null ? (
          <span className="filter-outcome" role="status">
            {formatCount(shown)}
            {count === null ? '' : ` of ${formatCount(count)}`}
            <Button
              label="Clear the filter"
              icon="close"
              iconOnly
              kind="ghost"
              onPress={() => calls.getState().clearFilter()}
            />
          </span>
        ) : null}
      </div>
      <div className="frame-list-rows">
        <RowGrid<CallRow>
          label="Call list"
          columns={CALL_COLUMNS}
          rowId={(row) => row.call}
          rowClass={ROW_CLASS}
          load={load}
          resetKey={`${status.capture} ${text} ${states.join()}`}
          revision={stampOf(status) + joins * 2}
          rowCount={total}
          selectedId={selected}
          reveal={reveal}
          onSelect={(row) => calls.getState().select(row.call)}
          onActivate={focusCall}
        />
        {total === 0 ? (
          <div className="over-list">
            {filtering ? (
              <EmptyState icon="filter" title="No call passes the filter." />
            ) : isBusy(status) ? (
              <EmptyState icon="phone" title="Reading the capture…" />
            ) : (
              <NoCalls />
            )}
          </div>
        ) : null}
      </div>
    </section>
  );
}

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
