import { useEffect, type ReactNode } from 'react';
import { shownOf } from '../../model/loadable.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorState } from '../../ui/ErrorState.tsx';
import { LoadingState } from '../../ui/LoadingState.tsx';
import { useApp, useMedia, useSession } from '../use-app.ts';
import { StreamPane } from './StreamPane.tsx';

/** The streams of one call. */
export function CallMedia({ call }: { call: string }): ReactNode {
  const { media } = useApp();
  const loaded = useMedia((state) => state.ofCall);
  const revision = useSession((state) => state.status.revision);
  useEffect(() => media.getState().loadOfCall(call), [media, call, revision]);
  const rows = shownOf(loaded);
  if (loaded.kind === 'failed') {
    return <ErrorState message={loaded.message} onRetry={() => media.getState().loadOfCall(call)} />;
  }
  if (rows === null) return <LoadingState label="Reading the streams…" />;
  if (rows.length === 0) {
    return (
      <EmptyState icon="play" title="No RTP stream of this call is in the capture.">
        <p>Media often takes another way than signalling: it may not pass where the capture was made.</p>
      </EmptyState>
    );
  }
  return (
    <div
      className="scroll call-page"
      tabIndex={0}
      data-pane="detail"
      role="region"
      aria-label="Streams of the call"
    >
      {rows.map((row) => (
        <StreamPane key={row.stream} row={row} withCall={false} />
      ))}
    </div>
  );
}
