import type { ReactNode } from 'react';

/** A page that is read by scrolling, reached by Tab and by the key for the next pane. */
export function ScrollPage({
  label,
  className = '',
  children,
}: {
  label: string;
  className?: string;
  children: ReactNode;
}): ReactNode {
  return (
    <div
      className={`scroll scroll-page ${className}`}
      data-pane="detail"
      tabIndex={0}
      role="region"
      aria-label={label}
    >
      {children}
    </div>
  );
}
