import type { ReactNode } from 'react';

/** A toggle that filters, with a count. */
export function Chip({
  label,
  count,
  pressed,
  mark,
  title,
  onToggle,
}: {
  label: string;
  count?: string;
  pressed: boolean;
  mark?: ReactNode;
  title?: string;
  onToggle: () => void;
}): ReactNode {
  return (
    <button type="button" className="chip" aria-pressed={pressed} title={title} onClick={onToggle}>
      {mark}
      <span>{label}</span>
      {count === undefined ? null : <span className="chip-count mono">{count}</span>}
    </button>
  );
}
