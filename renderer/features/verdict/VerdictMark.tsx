import type { ReactNode } from 'react';
import type { ConversationVerdictId, FrameVerdictId, Severity } from '../../../core/verdict.ts';
import { VERDICT_WORDS } from './verdict-words.ts';

/** A verdict's sign. Decorative beside its word; without it, it is named. */
export function VerdictMark({
  verdict,
  named = false,
}: {
  verdict: FrameVerdictId | ConversationVerdictId | Severity;
  named?: boolean;
}): ReactNode {
  const label = verdict in VERDICT_WORDS ? wordOf(verdict) : verdict;
  return (
    <span
      className={`verdict-mark tone-${verdict}`}
      {...(named ? { role: 'img', 'aria-label': label, title: label } : { 'aria-hidden': true })}
    />
  );
}

/** Sign and word together. */
export function VerdictBadge({ verdict }: { verdict: FrameVerdictId | ConversationVerdictId }): ReactNode {
  return (
    <span className={`verdict-badge tone-${verdict}`}>
      <VerdictMark verdict={verdict} />
      {VERDICT_WORDS[verdict]}
    </span>
  );
}

function wordOf(verdict: string): string {
  return Object.entries(VERDICT_WORDS).find(([id]) => id === verdict)?.[1] ?? verdict;
}
