import { useState, type ReactNode } from 'react';
import { useStore } from 'zustand';
import type { SipMessageRow } from '../../../core/api.ts';
import type { LegRow } from '../../../core/api-calls.ts';
import { formatCount } from '../../model/format.ts';
import { INITIAL_SIZES } from '../../model/layout.ts';
import { shownOf } from '../../model/loadable.ts';
import { isBusy, stampOf } from '../../model/session.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorState } from '../../ui/ErrorState.tsx';
import { focusRows } from '../../ui/focus-rows.ts';
import { LoadingState } from '../../ui/LoadingState.tsx';
import { RowGrid, type RowClass } from '../../ui/RowGrid.tsx';
import { SearchField } from '../../ui/SearchField.tsx';
import { Splitter } from '../../ui/Splitter.tsx';
import { useApp, useLayout, useSession } from '../use-app.ts';
import { CALL_TONES, DIALOG_KINDS, toneOfState } from './call-words.ts';
import { DIALOG_COLUMNS, REGISTRATION_COLUMNS } from './dialog-columns.ts';
import { MessageList } from './MessageList.tsx';
import { MessageView, type ShownMessage } from './MessageView.tsx';

const ROW_CLASS: RowClass<LegRow> = { classes: CALL_TONES, of: (row) => toneOfState(row.state) };

const WORDS = {
  registrations: {
    title: 'Registrations',
    list: 'Registration list',
    empty: 'No registration can be read in this capture.',
    columns: REGISTRATION_COLUMNS,
  },
  dialogs: {
    title: 'Other dialogs',
    list: 'Dialog list',
    empty: 'No subscription, message or ping can be read in this capture.',
    columns: DIALOG_COLUMNS,
  },
} as const;

/** What is no call, as a list, and the messages of the selected one. */
export function DialogsTab({ of }: { of: 'registrations' | 'dialogs' }): ReactNode {
  const size = useLayout((state) => state.sizes.dialog);
  const setSize = useLayout((state) => state.setSize);
  return (
    <Splitter
      direction="rows"
      size={size}
      initial={INITIAL_SIZES.dialog}
      label="Height of the messages"
      onSize={(next) => setSize('dialog', next)}
      first={<DialogList of={of} />}
      second={<DialogMessages of={of} />}
    />
  );
}

function DialogList({ of }: { of: 'registrations' | 'dialogs' }): ReactNode {
  const model = useApp();
  const store = model[of];
  const { kind, text, shown, selected, load } = useStore(store);
  const status = useSession((state) => state.status);
  const { title, list, empty, columns } = WORDS[of];
  return (
    <section className="list-view" aria-label={title} data-pane="list">
      <div className="filter-bar" role="search" aria-label={`Filter: ${title}`}>
        <SearchField
          id={`${of}-filter`}
          label={`Filter ${title.toLowerCase()} by text`}
          placeholder="Filter: number, address, event, Call-ID"
          value={text}
          onChange={(next) => store.getState().setText(next)}
          onLeave={focusRows}
        />
        {of === 'registrations' ? null : (
          <div className="filter-chips" role="group" aria-label="Kind of dialog">
            {DIALOG_KINDS.map(({ id, label }) => (
              <button
                key={id}
                type="button"
                className="chip"
                aria-pressed={kind === id}
                onClick={() => store.getState().setKind(id)}
              >
                {label}
              </button>
            ))}
          </div>
        )}
        {shown === null ? null : (
          <span className="filter-outcome" role="status">
            {formatCount(shown)}
          </span>
        )}
      </div>
      <div className="frame-list-rows">
        <RowGrid<LegRow>
          label={list}
          columns={columns}
          rowId={(row) => row.callId}
          rowClass={ROW_CLASS}
          load={load}
          resetKey={`${status.capture} ${kind} ${text}`}
          revision={stampOf(status)}
          rowCount={shown}
          selectedId={selected?.callId ?? null}
          reveal={null}
          onSelect={(row) => store.getState().select(row)}
          onActivate={focusMessages}
        />
        {shown === 0 ? (
          <div className="over-list">
            <EmptyState
              icon={text === '' ? 'list' : 'filter'}
              title={
                text !== '' ? 'Nothing passes the filter.' : isBusy(status) ? 'Reading the capture…' : empty
              }
            />
          </div>
        ) : null}
      </div>
    </section>
  );
}

/** From the list to the messages of what is selected. */
function focusMessages(): void {
  const list = document.querySelector('.message-list');
  if (list instanceof HTMLElement) list.focus();
}

function DialogMessages({ of }: { of: 'registrations' | 'dialogs' }): ReactNode {
  const store = useApp()[of];
  const { selected, messages } = useStore(store);
  const rows = shownOf(messages);
  if (selected === null) return <EmptyState icon="message" title="Select one to read its messages." />;
  if (messages.kind === 'failed') {
    return <ErrorState message={messages.message} onRetry={() => store.getState().reload()} />;
  }
  if (rows === null) return <LoadingState label="Reading the messages…" />;
  if (rows.length === 0) return <EmptyState icon="message" title="None of its messages can be read now." />;
  return <Messages key={selected.callId} rows={rows} />;
}

/** The messages of one dialog, and the text of the chosen one. */
function Messages({ rows }: { rows: readonly SipMessageRow[] }): ReactNode {
  const size = useLayout((state) => state.sizes.dialogMessage);
  const setSize = useLayout((state) => state.setSize);
  const [chosen, setChosen] = useState(0);
  const [kept, setKept] = useState<number | null>(null);
  const row = rows[Math.min(chosen, rows.length - 1)];
  const keptRow = rows.find(({ message }) => message === kept);
  return (
    <Splitter
      direction="columns"
      size={size}
      initial={INITIAL_SIZES.dialogMessage}
      label="Width of the message"
      onSize={(next) => setSize('dialogMessage', next)}
      first={
        <MessageList
          rows={rows}
          selected={Math.min(chosen, rows.length - 1)}
          kept={kept}
          onSelect={(at, beside) => {
            if (beside && row !== undefined) setKept(row.message);
            setChosen(at);
          }}
        />
      }
      second={
        row === undefined ? null : (
          <MessageView
            shown={messageOfRow(row)}
            kept={keptRow === undefined ? null : messageOfRow(keptRow)}
            onKeep={setKept}
          />
        )
      }
    />
  );
}

function messageOfRow({ message, frame, conversation, startLine, decrypted }: SipMessageRow): ShownMessage {
  return { message, frame, conversation, label: startLine, decrypted };
}
