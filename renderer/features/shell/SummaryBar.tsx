import type { ReactNode } from 'react';
import { formatBytes, formatPlural } from '../../model/format.ts';
import { isBusy, progressOf } from '../../model/session.ts';
import { Icon } from '../../ui/Icon.tsx';
import { useSession } from '../use-app.ts';

/** The capture in one sentence: what would decrypt what. */
export function SummaryBar(): ReactNode {
  const status = useSession((state) => state.status);
  if (status.phase === 'failed') {
    return (
      <p className="summary summary-failed" role="alert">
        <Icon name="error" /> {status.error ?? 'The capture could not be read.'}
      </p>
    );
  }
  if (status.summary !== '') {
    return (
      <p className="summary" title={status.summary}>
        <Icon name="info" /> <span>{status.summary}</span>
      </p>
    );
  }
  if (!isBusy(status)) return null;
  const share = progressOf(status);
  return (
    <p className="summary summary-busy">
      <span className="spinner" aria-hidden="true" />
      <span>
        Reading: {formatPlural(status.frames, 'frame')} so far, {formatBytes(status.bytesRead)}
        {share === null || status.bytesTotal === null ? '' : ` of ${formatBytes(status.bytesTotal)}`}
      </span>
    </p>
  );
}
