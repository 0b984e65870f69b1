import type { ReactNode } from 'react';
import type { CallDetail } from '../../../core/api-calls.ts';
import { formatParty } from '../../model/call-format.ts';
import { Icon } from '../../ui/Icon.tsx';
import { ExportButton } from '../export/ExportButton.tsx';
import { useApp } from '../use-app.ts';
import { LadderActions } from '../view-parts/LadderActions.tsx';
import { meaningOfState, toneOfState, wordOfState } from './call-words.ts';

/** Who called whom and how it stands, and what can be done with the call. */
export function CallHeading({ detail }: { detail: CallDetail }): ReactNode {
  const { calls } = useApp();
  const { row } = detail;
  const from = row.from === '' ? row.source : formatParty(row.from);
  const to = row.to === '' ? row.destination : formatParty(row.to);
  return (
    <header className="frame-heading call-heading">
      <StateBadge state={row.state} />
      <h2 className="clip" title={`${row.from} to ${row.to}`}>
        {from} → {to}
      </h2>
      {row.locked === 0 || row.kind === 'locked' ? null : (
        <span className="call-locked-note" title="Connections that stayed encrypted may hold more of it">
          <Icon name="lock" size={13} /> {row.locked} locked
        </span>
      )}
      <span className="clip mono frame-file" title={row.call}>
        {row.call}
      </span>
      <span className="conversation-actions">
        <LadderActions fileName="call-ladder.svg" ladderAs={calls.getState().ladderAs} />
        <ExportButton scope={{ kind: 'call', call: row.call }} />
      </span>
    </header>
  );
}

/** A state's sign and word. */
export function StateBadge({ state, word }: { state: string; word?: string }): ReactNode {
  const tone = toneOfState(state);
  return (
    <span className={`verdict-badge ${tone}`} title={meaningOfState(state)}>
      <span className={`verdict-mark ${tone}`} aria-hidden="true" />
      {word ?? wordOfState(state)}
    </span>
  );
}
