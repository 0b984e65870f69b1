import type { ReactNode } from 'react';
import { Button } from './Button.tsx';
import { Icon } from './Icon.tsx';

/** What stands where something could not be loaded: the sentence, and a way to try again. */
export function ErrorState({ message, onRetry }: { message: string; onRetry?: () => void }): ReactNode {
  return (
    <div className="empty-state empty-state-error" role="alert">
      <Icon name="error" size={28} />
      <p className="empty-state-title">{message}</p>
      {onRetry === undefined ? null : <Button label="Try again" icon="retry" onPress={onRetry} />}
    </div>
  );
}
