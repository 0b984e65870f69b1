import type { ReactNode } from 'react';
import { shownOf, type Loadable } from '../../model/loadable.ts';
import { ErrorState } from '../../ui/ErrorState.tsx';
import { LoadingState } from '../../ui/LoadingState.tsx';

/** What was asked of the host, or where it stands: failed, on its way, or (with `idle`) not asked for. */
export function Loaded<T>({
  of,
  loading,
  idle,
  onRetry,
  children,
}: {
  of: Loadable<T>;
  /** What is waited for. */
  loading: string;
  idle?: ReactNode;
  onRetry?: () => void;
  /** `busy` while the next value is on its way and the one before it is shown. */
  children: (value: T, busy: boolean) => ReactNode;
}): ReactNode {
  if (of.kind === 'failed') {
    return <ErrorState message={of.message} {...(onRetry === undefined ? {} : { onRetry })} />;
  }
  const shown = shownOf(of);
  if (shown !== null) return children(shown, of.kind === 'loading');
  return of.kind === 'idle' && idle !== undefined ? idle : <LoadingState label={loading} />;
}
