import { useEffect, useState, type ReactNode } from 'react';
import { Icon } from './Icon.tsx';

/** How long typing may pause before the list follows, in milliseconds. */
const PAUSE = 180;

/** A text filter. What is typed counts after a short pause, or at once with Enter; Escape clears it, then leaves. */
export function SearchField({
  id,
  label,
  placeholder,
  value,
  shortcut,
  onChange,
  onLeave,
}: {
  id: string;
  label: string;
  placeholder: string;
  value: string;
  shortcut?: string;
  onChange: (text: string) => void;
  onLeave?: () => void;
}): ReactNode {
  const [typed, setTyped] = useState(value);
  const [known, setKnown] = useState(value);
  if (known !== value) {
    // The filter was changed elsewhere: cleared by a link, say.
    setKnown(value);
    setTyped(value);
  }
  useEffect(() => {
    if (typed === value) return undefined;
    const timer = setTimeout(() => onChange(typed), PAUSE);
    return () => clearTimeout(timer);
  }, [typed, value, onChange]);

  return (
    <div className="search-field">
      <Icon name="search" size={14} />
      <input
        id={id}
        className="field"
        type="search"
        aria-label={label}
        title={shortcut === undefined ? label : `${label} (${shortcut})`}
        placeholder={placeholder}
        value={typed}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => setTyped(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') {
            if (typed !== value) onChange(typed);
            else onLeave?.();
          } else if (event.key === 'Escape') {
            event.preventDefault();
            if (typed === '') onLeave?.();
            setTyped('');
            if (value !== '') onChange('');
          } else if (event.key === 'ArrowDown') {
            event.preventDefault();
            onLeave?.();
          }
        }}
      />
    </div>
  );
}
