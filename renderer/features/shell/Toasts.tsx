import { useEffect, type ReactNode } from 'react';
import type { Toast } from '../../model/session.ts';
import { Button } from '../../ui/Button.tsx';
import { Icon } from '../../ui/Icon.tsx';
import { useApp, useSession } from '../use-app.ts';

/** How long a note stays; errors stay until they are dismissed. */
const NOTE_TIME = 5000;

/** What went wrong or is worth a word, in the corner. */
export function Toasts(): ReactNode {
  const toasts = useSession((state) => state.toasts);
  return (
    <div className="toasts" role="region" aria-label="Messages" aria-live="polite">
      {toasts.map((toast) => (
        <ToastCard key={toast.id} toast={toast} />
      ))}
    </div>
  );
}

function ToastCard({ toast }: { toast: Toast }): ReactNode {
  const { session } = useApp();
  useEffect(() => {
    if (toast.kind === 'error') return undefined;
    const timer = setTimeout(() => session.getState().dismiss(toast.id), NOTE_TIME);
    return () => clearTimeout(timer);
  }, [session, toast]);
  return (
    <div className={`toast tone-${toast.kind}`} role={toast.kind === 'error' ? 'alert' : undefined}>
      <Icon name={toast.kind === 'note' ? 'info' : toast.kind} />
      <p>{toast.text}</p>
      <Button
        label="Dismiss"
        icon="close"
        iconOnly
        kind="ghost"
        onPress={() => session.getState().dismiss(toast.id)}
      />
    </div>
  );
}
