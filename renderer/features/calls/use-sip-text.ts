import { useEffect, useState } from 'react';
import type { Loadable } from '../../model/loadable.ts';
import { messageOf } from '../../model/page-api.ts';
import { useApp, useSession } from '../use-app.ts';

/** The text of a message; while the next one is on its way, the one before stays. Null asks for nothing. */
export function useSipText(message: number | null): Loadable<string> {
  const { api } = useApp();
  // Messages are numbered among those that can be read: another key numbers them anew.
  const revision = useSession((state) => state.status.revision);
  const [answer, setAnswer] = useState<{ of: string; text: Loadable<string> } | null>(null);
  const wanted = `${revision} ${message}`;
  useEffect(() => {
    if (message === null) return undefined;
    let current = true;
    const accept = (text: Loadable<string>): void => {
      if (current) setAnswer({ of: wanted, text });
    };
    api.request('sip.text', { message }).then(
      ({ text }) => accept({ kind: 'ready', value: text }),
      (error: unknown) => accept({ kind: 'failed', message: messageOf(error) }),
    );
    return () => {
      current = false;
    };
  }, [api, message, wanted]);
  if (message === null) return { kind: 'idle' };
  if (answer?.of === wanted) return answer.text;
  return { kind: 'loading', previous: answer?.text.kind === 'ready' ? answer.text.value : null };
}
