import type { ReactNode } from 'react';

/** What stands where something is on its way. */
export function LoadingState({ label }: { label: string }): ReactNode {
  return (
    <div className="empty-state" role="status">
      <span className="spinner" aria-hidden="true" />
      <p className="empty-state-title">{label}</p>
    </div>
  );
}
