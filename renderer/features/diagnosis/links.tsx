import type { ReactNode } from 'react';
import { useApp } from '../use-app.ts';

/** A frame number that goes to its frame. */
export function FrameLink({ frame, label }: { frame: number; label?: string }): ReactNode {
  const { frames } = useApp();
  return (
    <button
      type="button"
      className="link mono"
      title={`Go to frame ${frame}`}
      onClick={() => void frames.getState().goTo(frame)}
    >
      {label ?? String(frame)}
    </button>
  );
}

/** A conversation's number that goes to the conversation. */
export function ConversationLink({
  conversation,
  label,
}: {
  conversation: string;
  label?: string;
}): ReactNode {
  const { conversations } = useApp();
  return (
    <button
      type="button"
      className="link mono"
      title={`Go to conversation ${conversation}`}
      onClick={() => void conversations.getState().goTo(conversation)}
    >
      {label ?? conversation}
    </button>
  );
}
