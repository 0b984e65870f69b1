import type { MouseEvent, ReactNode } from 'react';
import { Icon, type IconName } from './Icon.tsx';

/** A push button. `label` is its text; with `iconOnly` it is the accessible name and the tooltip. */
export function Button({
  label,
  icon,
  iconOnly = false,
  kind = 'plain',
  title,
  disabled = false,
  pressed,
  shortcut,
  onPress,
}: {
  label: string;
  icon?: IconName;
  iconOnly?: boolean;
  kind?: 'plain' | 'primary' | 'ghost' | 'danger';
  title?: string;
  disabled?: boolean;
  pressed?: boolean;
  shortcut?: string;
  onPress: (event: MouseEvent<HTMLButtonElement>) => void;
}): ReactNode {
  const hint = title ?? (iconOnly ? label : undefined);
  const tooltip = hint !== undefined && shortcut !== undefined ? `${hint} (${shortcut})` : (hint ?? shortcut);
  return (
    <button
      type="button"
      className={`button button-${kind}${iconOnly ? ' button-icon' : ''}`}
      title={tooltip}
      aria-label={iconOnly ? label : undefined}
      aria-pressed={pressed}
      disabled={disabled}
      onClick={onPress}
    >
      {icon === undefined ? null : <Icon name={icon} />}
      {iconOnly ? null : <span className="button-label">{label}</span>}
    </button>
  );
}
