import { useState, type ReactNode } from 'react';
import { useStore } from 'zustand';
import type { SipMessageRow } from '../../../core/api.ts';
import type { LegRow } from '../../../core/api-calls.ts';
import { formatOutcome } from '../../model/format.ts';
import { isBusy, stampOf } from '../../model/session.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { FilterBar } from '../../ui/FilterBar.tsx';
import type { RowClass } from '../../ui/row-list.ts';
import { useApp, useSession } from '../use-app.ts';
import { ListView } from '../view-parts/ListView.tsx';
import { Loaded } from '../view-parts/Loaded.tsx';
import { orderControl } from '../view-parts/order-control.ts';
import { Panes } from '../view-parts/Panes.tsx';
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
    placeholder: 'Filter: number, address, Call-ID',
    columns: REGISTRATION_COLUMNS,
  },
  dialogs: {
    title: 'Other dialogs',
    list: 'Dialog list',
    empty: 'No subscription, message or ping can be read in this capture.',
    placeholder: 'Filter: number, address, event, Call-ID',
    columns: DIALOG_COLUMNS,
  },
} as const;

/** What is no call, as a list, and the messages of the selected one. */
export function DialogsTab({ of }: { of: 'registrations' | 'dialogs' }): ReactNode {
  const rows = useStore(useApp()[of], ({ text, shown }) => (text === '' ? shown : null));
  return (
    <Panes
      pane="dialog"
      direction="rows"
      rows={rows}
      label="Height of the messages"
      first={<DialogList of={of} />}
      second={<DialogMessages of={of} />}
    />
  );
}

function DialogList({ of }: { of: 'registrations' | 'dialogs' }): ReactNode {
  const model = useApp();
  const store = model[of];
  const { kind, text, order, shown, selected, load } = useStore(store);
  const status = useSession((state) => state.status);
  const { title, list, empty, columns, placeholder } = WORDS[of];
  return (
    <ListView<LegRow>
      id={of}
      title={title}
      label={list}
      filter={
        <FilterBar
          id={`${of}-filter`}
          what={title.toLowerCase()}
          by="kind"
          placeholder={placeholder}
          text={text}
          onText={(next) => store.getState().setText(next)}
          chips={
            of === 'registrations'
              ? []
              : DIALOG_KINDS.map(({ id, label }) => ({
                  id,
                  label,
                  pressed: kind === id,
                  onToggle: () => store.getState().setKind(id),
                }))
          }
          outcome={formatOutcome(shown, null)}
          onClear={text === '' ? null : () => store.getState().setText('')}
        />
      }
      columns={columns}
      rowId={(row) => row.callId}
      rowClass={ROW_CLASS}
      load={load}
      order={orderControl('dialogs', order, store)}
      resetKey={`${status.capture} ${kind} ${text}`}
      revision={stampOf(status)}
      rowCount={shown}
      selectedId={selected?.callId ?? null}
      onSelect={(row) => store.getState().select(row)}
      onActivate={focusMessages}
      actions={({ row: { firstFrame, source } }) => [
        [
          { label: 'Read its messages', run: focusMessages },
          { label: `Go to frame ${firstFrame}`, run: () => void model.frames.getState().goTo(firstFrame) },
        ],
        [{ label: `Filter by “${source}”`, run: () => store.getState().setText(source) }],
      ]}
      empty={
        <EmptyState
          icon={text === '' ? 'list' : 'filter'}
          title={text !== '' ? 'Nothing passes the filter.' : isBusy(status) ? 'Reading the capture…' : empty}
        />
      }
    />
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
  if (selected === null) return <EmptyState icon="message" title="Select one to read its messages." />;
  return (
    <Loaded of={messages} loading="Reading the messages…" onRetry={() => store.getState().reload()}>
      {(rows) =>
        rows.length === 0 ? (
          <EmptyState icon="message" title="None of its messages can be read now." />
        ) : (
          <Messages key={selected.callId} rows={rows} />
        )
      }
    </Loaded>
  );
}

/** The messages of one dialog, and the text of the chosen one. */
function Messages({ rows }: { rows: readonly SipMessageRow[] }): ReactNode {
  const [chosen, setChosen] = useState(0);
  const [kept, setKept] = useState<number | null>(null);
  const row = rows[Math.min(chosen, rows.length - 1)];
  const keptRow = rows.find(({ message }) => message === kept);
  return (
    <Panes
      pane="dialogMessage"
      direction="columns"
      label="Width of the message"
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
