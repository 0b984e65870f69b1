import type { ReactNode } from 'react';
import { INITIAL_SIZES, type PaneId } from '../../model/layout.ts';
import { Splitter } from '../../ui/Splitter.tsx';
import { useLayout } from '../use-app.ts';

/** What stands around a list's rows: its filter, its header, a scroll bar. */
const AROUND_ROWS = 80;
const ROW = 22;
const LEAST_ROWS = 4;

/** Two panes whose division is kept under the second one's name. */
export function Panes({
  pane,
  direction,
  label,
  rows = null,
  first,
  second,
}: {
  pane: PaneId;
  direction: 'rows' | 'columns';
  label: string;
  /**
   * Rows of the list in the first pane, which takes no more room than they need; null: as much as it is given. Without
   * rows there is nothing to select, and the list has all the room.
   */
  rows?: number | null;
  first: ReactNode;
  second: ReactNode;
}): ReactNode {
  const size = useLayout((state) => state.sizes[pane]);
  const setSize = useLayout((state) => state.setSize);
  return (
    <Splitter
      direction={direction}
      size={size}
      initial={INITIAL_SIZES[pane]}
      label={label}
      alone={rows === 0}
      {...(rows === null || rows === 0
        ? {}
        : { firstMax: AROUND_ROWS + ROW * Math.max(LEAST_ROWS, rows + 1) })}
      onSize={(next) => setSize(pane, next)}
      first={first}
      second={second}
    />
  );
}
