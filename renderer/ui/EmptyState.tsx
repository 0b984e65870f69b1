import type { ReactNode } from 'react';
import { Icon, type IconName } from './Icon.tsx';

/** What stands where a list or a detail has nothing to show: says what it is for and what to do. */
export function EmptyState({
  icon,
  title,
  children,
}: {
  icon: IconName;
  title: string;
  children?: ReactNode;
}): ReactNode {
  return (
    <div className="empty-state">
      <Icon name={icon} size={28} />
      <p className="empty-state-title">{title}</p>
      {children === undefined ? null : <div className="empty-state-body">{children}</div>}
    </div>
  );
}
