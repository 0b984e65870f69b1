import type { ReactNode } from 'react';
import type { ConversationRow } from '../../../core/api.ts';
import { CONVERSATION_VERDICTS } from '../../../core/verdict.ts';
import { formatOutcome } from '../../model/format.ts';
import { isBusy } from '../../model/session.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { FilterBar } from '../../ui/FilterBar.tsx';
import type { RowClass } from '../../ui/row-list.ts';
import { useApp, useConversations, useSession } from '../use-app.ts';
import { VERDICT_MEANINGS, VERDICT_WORDS } from '../verdict/verdict-words.ts';
import { VerdictMark } from '../verdict/VerdictMark.tsx';
import { ListView } from '../view-parts/ListView.tsx';
import { filterEntry } from '../view-parts/filter-entry.ts';
import { orderControl } from '../view-parts/order-control.ts';
import { Panes } from '../view-parts/Panes.tsx';
import { CONVERSATION_COLUMNS } from './conversation-columns.ts';
import { ConversationPane } from './ConversationPane.tsx';
import './conversations.css';

const ROW_CLASS: RowClass<ConversationRow> = {
  classes: CONVERSATION_VERDICTS.map((verdict) => `tone-${verdict}`),
  of: (row) => `tone-${row.verdict}`,
};

/** All conversations, and all that is known of the selected one. */
export function ConversationsView(): ReactNode {
  const rows = useSession((state) => state.status.conversations);
  return (
    <Panes
      pane="conversation"
      direction="rows"
      rows={rows}
      label="Height of the conversation's detail"
      first={<ConversationList />}
      second={<ConversationPane />}
    />
  );
}

function ConversationList(): ReactNode {
  const { conversations, frames, session, exporting } = useApp();
  const text = useConversations((state) => state.text);
  const verdicts = useConversations((state) => state.verdicts);
  const order = useConversations((state) => state.order);
  const shown = useConversations((state) => state.shown);
  const selected = useConversations((state) => state.selected);
  const reveal = useConversations((state) => state.reveal);
  const load = useConversations((state) => state.load);
  const status = useSession((state) => state.status);
  const filtering = text !== '' || verdicts.length > 0;

  return (
    <ListView<ConversationRow>
      id="conversations"
      title="Conversations"
      label="Conversation list"
      filter={
        <FilterBar
          id="conversation-filter"
          what="conversations"
          by="verdict"
          placeholder="Filter: address, server name, suite"
          text={text}
          onText={(next) => conversations.getState().setText(next)}
          chips={CONVERSATION_VERDICTS.map((verdict) => ({
            id: verdict,
            label: VERDICT_WORDS[verdict],
            title: VERDICT_MEANINGS[verdict],
            pressed: verdicts.includes(verdict),
            mark: <VerdictMark verdict={verdict} />,
            onToggle: () => conversations.getState().toggleVerdict(verdict),
          }))}
          outcome={filtering ? formatOutcome(shown, status.conversations) : ''}
          onClear={filtering ? () => conversations.getState().clearFilter() : null}
        />
      }
      columns={CONVERSATION_COLUMNS}
      rowId={idOfRow}
      rowClass={ROW_CLASS}
      load={load}
      order={orderControl('conversations', order, conversations)}
      resetKey={`${status.capture} ${text} ${verdicts.join()}`}
      revision={status.told}
      rowCount={filtering ? shown : status.conversations}
      selectedId={selected}
      reveal={reveal}
      onSelect={(row) => conversations.getState().select(row.conversation)}
      onActivate={focusLadder}
      actions={({ row: { conversation }, column, row }) => [
        [
          { label: 'Show its course', run: focusLadder },
          {
            label: 'Show its frames',
            run: () => {
              frames.getState().setConversation(conversation);
              session.getState().show('frames');
            },
          },
        ],
        [filterEntry(column, row, FILTERED, (value) => conversations.getState().setText(value))],
        [
          {
            label: 'Export this conversation…',
            run: () => exporting.getState().open({ kind: 'conversation', conversation }),
          },
        ],
      ]}
      empty={
        <EmptyState
          icon="conversations"
          title={
            filtering
              ? 'No conversation passes the filter.'
              : isBusy(status)
                ? 'Reading the capture…'
                : 'This capture holds no conversation.'
          }
        />
      }
    />
  );
}

/** Columns whose text the filter looks at. */
const FILTERED: ReadonlySet<string> = new Set(['client', 'server', 'protocol', 'version', 'key']);

/** From the list into the conversation: to its ladder, or what else is shown of it. */
function focusLadder(): void {
  const wanted = document.querySelector('.conversation .tabs-panel [tabindex="0"]');
  if (wanted instanceof HTMLElement) wanted.focus();
}

function idOfRow(row: ConversationRow): string {
  return row.conversation;
}
