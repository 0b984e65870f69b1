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
      <section className="summary summary-failed" aria-label="Summary" role="alert">
        <Icon name="error" /> {status.error ?? 'The capture could not be read.'}
      </section>
    );
  }
  if (status.summary !== '') {
    return (
      <section className="summary" aria-label="Summary" title={status.summary}>
        <Icon name="info" /> <p>{status.summary}</p>
      </section>
    );
  }
  if (!isBusy(status)) return null;
  const share = progressOf(status);
  return (
    <section className="summary summary-busy" aria-label="Summary">
      <span className="spinner" aria-hidden="true" />
      <p>
        Reading: {formatPlural(status.frames, 'frame')} so far, {formatBytes(status.bytesRead)}
        {share === null || status.bytesTotal === null ? '' : ` of ${formatBytes(status.bytesTotal)}`}
      </p>
    </section>
  );
}
