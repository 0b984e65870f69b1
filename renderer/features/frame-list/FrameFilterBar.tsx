import type { ReactNode } from 'react';
import type { FrameVerdictId } from '../../../core/verdict.ts';
import { formatBrief, formatCount } from '../../model/format.ts';
import { isFiltering } from '../../model/frames.ts';
import { Button } from '../../ui/Button.tsx';
import { Chip } from '../../ui/Chip.tsx';
import { focusRows } from '../../ui/focus-rows.ts';
import { SearchField } from '../../ui/SearchField.tsx';
import { useApp, useFrames, useSession } from '../use-app.ts';
import { VERDICT_MEANINGS, VERDICT_WORDS } from '../verdict/verdict-words.ts';
import { VerdictMark } from '../verdict/VerdictMark.tsx';

/** In the order in which one looks for them. */
const CHIPS: readonly FrameVerdictId[] = [
  'opaque',
  'partly-decrypted',
  'decrypted',
  'clear',
  'awaiting',
  'malformed',
  'not-tls',
];

/** The text filter, a chip for each verdict, and the conversation that the list is narrowed to. */
export function FrameFilterBar(): ReactNode {
  const { frames } = useApp();
  const filter = useFrames((state) => state.filter);
  const verdicts = useSession((state) => state.status.verdicts);
  const present = CHIPS.filter((verdict) => verdicts[verdict] > 0 || filter.verdicts.includes(verdict));

  return (
    <div className="filter-bar" role="search" aria-label="Filter frames">
      <SearchField
        id="frame-filter"
        label="Filter frames by text"
        placeholder="Filter: address, protocol, info, decrypted SIP"
        value={filter.text}
        shortcut="Ctrl+F"
        onChange={(text) => frames.getState().setText(text)}
        onLeave={focusRows}
      />
      <div className="filter-chips" role="group" aria-label="Filter frames by verdict">
        {present.map((verdict) => (
          <Chip
            key={verdict}
            label={verdict === 'partly-decrypted' ? 'Partly' : VERDICT_WORDS[verdict]}
            count={formatBrief(verdicts[verdict], 10_000)}
            pressed={filter.verdicts.includes(verdict)}
            title={`${formatCount(verdicts[verdict])} frames. ${VERDICT_MEANINGS[verdict]}`}
            mark={<VerdictMark verdict={verdict} />}
            onToggle={() => frames.getState().toggleVerdict(verdict)}
          />
        ))}
      </div>
      {filter.conversation === null ? null : (
        <button
          type="button"
          className="chip"
          aria-pressed="true"
          title="Show the frames of all conversations"
          onClick={() => frames.getState().setConversation(null)}
        >
          Conversation {filter.conversation} <span aria-hidden="true">✕</span>
        </button>
      )}
      {isFiltering(filter) ? (
        <Button
          label="Clear the filter"
          icon="close"
          iconOnly
          kind="ghost"
          onPress={() => frames.getState().clearFilter()}
        />
      ) : null}
    </div>
  );
}
