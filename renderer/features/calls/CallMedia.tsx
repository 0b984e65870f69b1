import { useEffect, type ReactNode } from 'react';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ScrollPage } from '../../ui/ScrollPage.tsx';
import { useApp, useMedia, useSession } from '../use-app.ts';
import { Loaded } from '../view-parts/Loaded.tsx';
import { StreamPane } from './StreamPane.tsx';

/** The streams of one call. */
export function CallMedia({ call }: { call: string }): ReactNode {
  const { media } = useApp();
  const loaded = useMedia((state) => state.ofCall);
  const revision = useSession((state) => state.status.revision);
  useEffect(() => media.getState().loadOfCall(call), [media, call, revision]);
  return (
    <Loaded of={loaded} loading="Reading the streams…" onRetry={() => media.getState().loadOfCall(call)}>
      {(rows) =>
        rows.length === 0 ? (
          <EmptyState icon="play" title="No RTP stream of this call is in the capture.">
            <p>Media often takes another way than signalling: it may not pass where the capture was made.</p>
          </EmptyState>
        ) : (
          <ScrollPage label="Streams of the call">
            {rows.map((row) => (
              <StreamPane key={row.stream} row={row} withCall={false} />
            ))}
          </ScrollPage>
        )
      }
    </Loaded>
  );
}
