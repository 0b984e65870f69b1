import type { ReactNode } from 'react';
import type { ConversationRow } from '../../../core/api.ts';
import { CONVERSATION_VERDICTS } from '../../../core/verdict.ts';
import { formatCount } from '../../model/format.ts';
import { INITIAL_SIZES } from '../../model/layout.ts';
import { isBusy } from '../../model/session.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { RowGrid, type RowClass } from '../../ui/RowGrid.tsx';
import { focusRows } from '../../ui/focus-rows.ts';
import { SearchField } from '../../ui/SearchField.tsx';
import { Splitter } from '../../ui/Splitter.tsx';
import { useApp, useConversations, useLayout, useSession } from '../use-app.ts';
import { VERDICT_MEANINGS, VERDICT_WORDS } from '../verdict/verdict-words.ts';
import { VerdictMark } from '../verdict/VerdictMark.tsx';
import { CONVERSATION_COLUMNS } from './conversation-columns.ts';
import { ConversationPane } from './ConversationPane.tsx';
import './conversations.css';

const ROW_CLASS: RowClass<ConversationRow> = {
  classes: CONVERSATION_VERDICTS.map((verdict) => `tone-${verdict}`),
  of: (row) => `tone-${row.verdict}`,
};

/** All conversations, and all that is known of the selected one. */
export function ConversationsView(): ReactNode {
  const size = useLayout((state) => state.sizes.conversation);
  const setSize = useLayout((state) => state.setSize);
  return (
    <Splitter
      direction="rows"
      size={size}
      initial={INITIAL_SIZES.conversation}
      label="Height of the conversation's detail"
      onSize={(next) => setSize('conversation', next)}
      first={<ConversationList />}
      second={<ConversationPane />}
    />
  );
}

function ConversationList(): ReactNode {
  const { conversations } = useApp();
  const text = useConversations((state) => state.text);
  const verdicts = useConversations((state) => state.verdicts);
  const shown = useConversations((state) => state.shown);
  const selected = useConversations((state) => state.selected);
  const reveal = useConversations((state) => state.reveal);
  const load = useConversations((state) => state.load);
  const status = useSession((state) => state.status);
  const filtering = text !== '' || verdicts.length > 0;
  const total = filtering ? shown : status.conversations;

  return (
    <section className="list-view" aria-label="Conversations" data-pane="list">
      <div className="filter-bar" role="search" aria-label="Filter conversations">
        <SearchField
          id="conversation-filter"
          label="Filter conversations by text"
          placeholder="Filter: address, server name, suite"
          value={text}
          onChange={(next) => conversations.getState().setText(next)}
          onLeave={focusRows}
        />
        <div className="filter-chips" role="group" aria-label="Filter conversations by verdict">
          {CONVERSATION_VERDICTS.map((verdict) => (
            <button
              key={verdict}
              type="button"
              className="chip"
              aria-pressed={verdicts.includes(verdict)}
              title={VERDICT_MEANINGS[verdict]}
              onClick={() => conversations.getState().toggleVerdict(verdict)}
            >
              <VerdictMark verdict={verdict} />
              {VERDICT_WORDS[verdict]}
            </button>
          ))}
        </div>
        {filtering && shown !== null ? (
          <span className="filter-outcome" role="status">
            {formatCount(shown)} of {formatCount(status.conversations)}
          </span>
        ) : null}
      </div>
      <div className="frame-list-rows">
        <RowGrid<ConversationRow>
          label="Conversation list"
          columns={CONVERSATION_COLUMNS}
          rowId={idOfRow}
          rowClass={ROW_CLASS}
          load={load}
          resetKey={`${status.capture} ${text} ${verdicts.join()}`}
          revision={status.revision}
          rowCount={total}
          selectedId={selected}
          reveal={reveal}
          onSelect={(row) => conversations.getState().select(row.conversation)}
          onActivate={(row) => conversations.getState().select(row.conversation)}
        />
        {total === 0 ? (
          <div className="over-list">
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
          </div>
        ) : null}
      </div>
    </section>
  );
}

function idOfRow(row: ConversationRow): string {
  return row.conversation;
}
