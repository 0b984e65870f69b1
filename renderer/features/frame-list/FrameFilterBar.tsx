import type { ReactNode } from 'react';
import type { FrameVerdictId } from '../../../core/verdict.ts';
import { formatBrief, formatCount } from '../../model/format.ts';
import { isFiltering } from '../../model/frames.ts';
import { FilterBar } from '../../ui/FilterBar.tsx';
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
    <FilterBar
      id="frame-filter"
      what="frames"
      by="verdict"
      placeholder="Filter: address, protocol, info, decrypted SIP"
      text={filter.text}
      onText={(text) => frames.getState().setText(text)}
      chips={present.map((verdict) => ({
        id: verdict,
        label: verdict === 'partly-decrypted' ? 'Partly' : VERDICT_WORDS[verdict],
        count: formatBrief(verdicts[verdict], 10_000),
        pressed: filter.verdicts.includes(verdict),
        title: `${formatCount(verdicts[verdict])} frames. ${VERDICT_MEANINGS[verdict]}`,
        mark: <VerdictMark verdict={verdict} />,
        onToggle: () => frames.getState().toggleVerdict(verdict),
      }))}
      onClear={isFiltering(filter) ? () => frames.getState().clearFilter() : null}
    >
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
    </FilterBar>
  );
}
