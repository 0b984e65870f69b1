import type { ReactNode } from 'react';
import { formatBytes, formatPlural } from '../../model/format.ts';
import { isBusy, progressOf } from '../../model/session.ts';
import { Button } from '../../ui/Button.tsx';
import { Icon } from '../../ui/Icon.tsx';
import { runCommand } from '../commands.ts';
import { useApp, useSession } from '../use-app.ts';

/** The capture in one sentence: what would decrypt what. */
export function SummaryBar(): ReactNode {
  const model = useApp();
  const status = useSession((state) => state.status);
  if (status.phase === 'failed') {
    return (
      <section className="summary summary-failed" aria-label="Summary" role="alert">
        <Icon name="error" /> <p>{status.error ?? 'The capture could not be read.'}</p>
        {status.error !== null && LOAD_AS_KEY.test(status.error) ? (
          <Button label="Add it as a key…" icon="key" onPress={() => runCommand('add-keys', model)} />
        ) : (
          <Button label="Open another…" icon="folder" onPress={() => runCommand('open-capture', model)} />
        )}
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

/** What a key or key log says that was opened as a capture. */
const LOAD_AS_KEY = /\bLoad it as a key\b/;
