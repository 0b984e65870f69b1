import { useEffect, type ReactNode } from 'react';
import { formatCount } from '../../model/format.ts';
import { shownOf } from '../../model/loadable.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorState } from '../../ui/ErrorState.tsx';
import { LoadingState } from '../../ui/LoadingState.tsx';
import { useApp, useConversations } from '../use-app.ts';

/** All that can be read of both directions, in order. */
export function StreamText(): ReactNode {
  const { conversations } = useApp();
  const stream = useConversations((state) => state.stream);
  const shown = shownOf(stream);
  useEffect(() => {
    // Asked for again where a key changed what can be read.
    if (stream.kind === 'idle') conversations.getState().loadStream();
  }, [conversations, stream.kind]);

  if (stream.kind === 'failed') {
    return <ErrorState message={stream.message} onRetry={() => conversations.getState().loadStream()} />;
  }
  if (shown === null) return <LoadingState label="Reading the stream…" />;
  if (shown.text === '') {
    return <EmptyState icon="lock" title="Nothing of this stream can be read." />;
  }
  return (
    <>
      {shown.complete ? null : (
        <p className="warn-strip">
          The first {formatCount(shown.text.length)} characters. “Copy text of the stream” copies more.
        </p>
      )}
      <pre className="sip-text mono" tabIndex={0} role="region" aria-label="Text of the stream">
        {shown.text}
      </pre>
    </>
  );
}
