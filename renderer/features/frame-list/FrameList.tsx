import { useMemo, type ReactNode } from 'react';
import type { FrameRow } from '../../../core/api.ts';
import { FRAME_VERDICTS } from '../../../core/verdict.ts';
import { isFiltering } from '../../model/frames.ts';
import { isBusy } from '../../model/session.ts';
import { Button } from '../../ui/Button.tsx';
import type { MenuItem } from '../../ui/ContextMenu.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import type { RowClass, RowContext } from '../../ui/row-list.ts';
import { useApp, useFrames, useSession } from '../use-app.ts';
import { ListView } from '../view-parts/ListView.tsx';
import { filterEntry } from '../view-parts/filter-entry.ts';
import { orderControl } from '../view-parts/order-control.ts';
import { frameColumns } from './frame-columns.ts';
import { FrameFilterBar } from './FrameFilterBar.tsx';

const ROW_CLASS: RowClass<FrameRow> = {
  classes: FRAME_VERDICTS.map((verdict) => `tone-${verdict}`),
  of: (row) => `tone-${row.verdict}`,
};

/** All frames that the filter lets through; only those on the screen are asked for. */
export function FrameList({ onActivate }: { onActivate: () => void }): ReactNode {
  const { frames } = useApp();
  const filter = useFrames((state) => state.filter);
  const order = useFrames((state) => state.order);
  const shown = useFrames((state) => state.shown);
  const selected = useFrames((state) => state.selected);
  const reveal = useFrames((state) => state.reveal);
  const time = useFrames((state) => state.time);
  const load = useFrames((state) => state.load);
  const status = useSession((state) => state.status);
  const columns = useMemo(() => frameColumns(time), [time]);
  const actions = useFrameActions(onActivate);
  const filtering = isFiltering(filter);

  return (
    <ListView<FrameRow>
      id="frames"
      title="Frames"
      label="Frame list"
      filter={<FrameFilterBar />}
      columns={columns}
      rowId={idOfRow}
      rowClass={ROW_CLASS}
      load={load}
      order={orderControl('frames', order, frames)}
      resetKey={`${status.capture} ${JSON.stringify(filter)}`}
      revision={status.told}
      rowCount={filtering ? (shown?.total ?? null) : status.frames}
      selectedId={selected === null ? null : String(selected)}
      reveal={reveal}
      onSelect={(row) => frames.getState().select(row.frame)}
      onActivate={onActivate}
      actions={actions}
      empty={
        filtering ? (
          <EmptyState icon="filter" title="No frame passes the filter.">
            <Button label="Clear the filter" onPress={() => frames.getState().clearFilter()} />
          </EmptyState>
        ) : (
          <EmptyState
            icon="frames"
            title={
              isBusy(status)
                ? 'Reading the capture…'
                : status.phase === 'failed'
                  ? 'Nothing of this file can be shown.'
                  : 'This capture holds no frames.'
            }
          />
        )
      }
    />
  );
}

function idOfRow(row: FrameRow): string {
  return String(row.frame);
}

/** Columns whose text the filter looks at. */
const FILTERED: ReadonlySet<string> = new Set(['source', 'destination', 'protocol', 'info']);

/** What can be done with a frame: ask why, follow the connection, narrow the list. */
function useFrameActions(
  onExplain: () => void,
): (context: RowContext<FrameRow>) => readonly (readonly MenuItem[])[] {
  const { frames, conversations } = useApp();
  return ({ row, column }) => {
    const { conversation } = row;
    return [
      [
        { label: `Explain frame ${row.frame}`, run: onExplain },
        {
          label: conversation === null ? 'Follow its connection' : `Follow conversation ${conversation}`,
          disabled: conversation === null,
          run: () => {
            if (conversation !== null) void conversations.getState().goTo(conversation);
          },
        },
      ],
      [
        {
          label: 'Only frames of this conversation',
          disabled: conversation === null,
          run: () => frames.getState().setConversation(conversation),
        },
        filterEntry(column, row, FILTERED, (value) => frames.getState().setText(value)),
      ],
    ];
  };
}
