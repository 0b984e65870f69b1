import { useState, type ReactNode } from 'react';
import type { ConversationDetail } from '../../../core/api.ts';
import { Button } from '../../ui/Button.tsx';
import { CopyButton } from '../../ui/CopyButton.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { Tabs } from '../../ui/Tabs.tsx';
import { ExportButton } from '../export/ExportButton.tsx';
import { useApp, useConversations } from '../use-app.ts';
import { VerdictBadge } from '../verdict/VerdictMark.tsx';
import { Loaded } from '../view-parts/Loaded.tsx';
import { Panes } from '../view-parts/Panes.tsx';
import { ConversationFacts } from './ConversationFacts.tsx';
import { CompareTab } from './CompareTab.tsx';
import { Ladder } from './Ladder.tsx';
import { StreamText } from './StreamText.tsx';
import { TimingTab } from './TimingTab.tsx';

/** All that is known of the selected conversation. */
export function ConversationPane(): ReactNode {
  const { conversations } = useApp();
  const detail = useConversations((state) => state.detail);
  return (
    <Loaded
      of={detail}
      loading="Reading the conversation…"
      idle={<EmptyState icon="conversations" title="Select a conversation to see its course." />}
      onRetry={() => conversations.getState().reload()}
    >
      {(shown, busy) => <Detail detail={shown} busy={busy} />}
    </Loaded>
  );
}

function Detail({ detail, busy }: { detail: ConversationDetail; busy: boolean }): ReactNode {
  const { conversations, frames, session } = useApp();
  const [tab, setTab] = useState('ladder');
  const { row } = detail;

  return (
    <section className="conversation" aria-label={`Conversation ${row.conversation}`} aria-busy={busy}>
      <header className="frame-heading conversation-heading">
        <VerdictBadge verdict={row.verdict} />
        <h2>Conversation {row.conversation}</h2>
        <span className="clip mono" title={`${row.client} to ${row.server}`}>
          {row.client} → {row.server}
        </span>
        <span className="conversation-actions">
          <Button
            label="Show its frames"
            icon="filter"
            kind="ghost"
            title="Filter the frame list by this conversation"
            onPress={() => {
              frames.getState().setConversation(row.conversation);
              session.getState().show('frames');
            }}
          />
          <CopyButton
            text={() => conversations.getState().textOfStream()}
            label="Copy text of the stream"
            iconOnly={false}
          />
          {row.version === null && row.opaque + row.clear + row.decrypted === 0 ? null : (
            <CopyButton
              text={() => conversations.getState().debugLog()}
              label="Copy as Wireshark debug log"
              iconOnly={false}
            />
          )}
          <ExportButton scope={{ kind: 'conversation', conversation: row.conversation }} />
        </span>
      </header>
      <Panes
        pane="ladder"
        direction="columns"
        label="Width of the ladder"
        first={<ConversationFacts detail={detail} />}
        second={
          <Tabs
            label="Course of the conversation"
            tabs={[
              { id: 'ladder', label: `Ladder (${detail.ladder.length}${detail.ladderComplete ? '' : '+'})` },
              { id: 'text', label: 'Text of the stream' },
              { id: 'timing', label: 'Timing' },
              { id: 'compare', label: 'Compare' },
            ]}
            chosen={tab}
            onChoose={setTab}
          >
            <Course tab={tab} detail={detail} />
          </Tabs>
        }
      />
    </section>
  );
}

function Course({ tab, detail }: { tab: string; detail: ConversationDetail }): ReactNode {
  const { conversation } = detail.row;
  if (tab === 'text') return <StreamText key={conversation} />;
  if (tab === 'timing') return <TimingTab key={conversation} />;
  if (tab === 'compare') return <CompareTab key={conversation} row={detail.row} />;
  return <Ladder key={conversation} detail={detail} />;
}
