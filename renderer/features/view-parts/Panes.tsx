import type { ReactNode } from 'react';
import { INITIAL_SIZES, type PaneId } from '../../model/layout.ts';
import { Splitter } from '../../ui/Splitter.tsx';
import { useLayout } from '../use-app.ts';

/** Two panes whose division is kept under the second one's name. */
export function Panes({
  pane,
  direction,
  label,
  first,
  second,
}: {
  pane: PaneId;
  direction: 'rows' | 'columns';
  label: string;
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
      onSize={(next) => setSize(pane, next)}
      first={first}
      second={second}
    />
  );
}
