import type { MouseEvent, ReactNode } from 'react';
import { Icon, type IconName } from './Icon.tsx';

export interface ButtonLook {
  readonly label: string;
  readonly icon?: IconName;
  readonly iconOnly?: boolean;
  readonly kind?: 'plain' | 'primary' | 'ghost' | 'danger';
  readonly title?: string;
  readonly disabled?: boolean;
  readonly pressed?: boolean;
  readonly shortcut?: string;
}

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
}: ButtonLook & { onPress: (event: MouseEvent<HTMLButtonElement>) => void }): ReactNode {
  // A ghost may lose its word where there is no room for it.
  const hint = title ?? (iconOnly || kind === 'ghost' || shortcut !== undefined ? label : undefined);
  const tooltip = hint !== undefined && shortcut !== undefined ? `${hint} (${shortcut})` : hint;
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
