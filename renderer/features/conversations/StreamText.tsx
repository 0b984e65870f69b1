import { useEffect, type ReactNode } from 'react';
import { formatCount } from '../../model/format.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { useApp, useConversations } from '../use-app.ts';
import { Loaded } from '../view-parts/Loaded.tsx';

/** All that can be read of both directions, in order. */
export function StreamText(): ReactNode {
  const { conversations } = useApp();
  const stream = useConversations((state) => state.stream);
  useEffect(() => {
    // Asked for again where a key changed what can be read.
    if (stream.kind === 'idle') conversations.getState().loadStream();
  }, [conversations, stream.kind]);

  return (
    <Loaded of={stream} loading="Reading the stream…" onRetry={() => conversations.getState().loadStream()}>
      {({ text, complete }) =>
        text === '' ? (
          <EmptyState icon="lock" title="Nothing of this stream can be read." />
        ) : (
          <>
            {complete ? null : (
              <p className="warn-strip">
                The first {formatCount(text.length)} characters. “Copy text of the stream” copies more.
              </p>
            )}
            <pre className="sip-text mono" tabIndex={0} role="region" aria-label="Text of the stream">
              {text}
            </pre>
          </>
        )
      }
    </Loaded>
  );
}
