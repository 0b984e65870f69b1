import type { ReactNode } from 'react';
import { Button } from './Button.tsx';
import { Chip } from './Chip.tsx';
import { focusRows } from './focus-rows.ts';
import { SearchField } from './SearchField.tsx';

export interface FilterChip {
  readonly id: string;
  readonly label: string;
  readonly pressed: boolean;
  readonly count?: string;
  readonly title?: string;
  readonly mark?: ReactNode;
  readonly onToggle: () => void;
}

/** What narrows a list: a text, chips, how many rows are left, and the way back to all of them. */
export function FilterBar({
  id,
  what,
  by = '',
  placeholder,
  text,
  onText,
  chips = [],
  children,
  outcome = '',
  onClear = null,
}: {
  id: string;
  /** Of the list, as in “Filter calls by text”. */
  what: string;
  /** What the chips tell apart, as in “Filter calls by state”. */
  by?: string;
  placeholder: string;
  text: string;
  onText: (text: string) => void;
  chips?: readonly FilterChip[];
  /** Stands behind the chips. */
  children?: ReactNode;
  /** How many rows pass; empty where that need not be said. */
  outcome?: string;
  /** Null where nothing is filtered. */
  onClear?: (() => void) | null;
}): ReactNode {
  return (
    <div className="filter-bar" role="search" aria-label={`Filter ${what}`}>
      <SearchField
        id={id}
        label={`Filter ${what} by text`}
        placeholder={placeholder}
        value={text}
        shortcut="Ctrl+F"
        onChange={onText}
        onLeave={focusRows}
      />
      {chips.length === 0 ? null : (
        <div className="filter-chips" role="group" aria-label={`Filter ${what} by ${by}`}>
          {chips.map(({ id: chip, ...rest }) => (
            <Chip key={chip} {...rest} />
          ))}
        </div>
      )}
      {children}
      <span className={`filter-outcome${outcome === '' && onClear === null ? ' unseen' : ''}`}>
        <span role="status">{outcome}</span>
        {onClear === null ? null : (
          <Button label="Clear the filter" icon="close" iconOnly kind="ghost" onPress={onClear} />
        )}
      </span>
    </div>
  );
}
