import { useMemo, useState, type ReactNode } from 'react';
import type { FrameRow } from '../../../core/api.ts';
import { FRAME_VERDICTS } from '../../../core/verdict.ts';
import { isFiltering } from '../../model/frames.ts';
import { isBusy } from '../../model/session.ts';
import { Button } from '../../ui/Button.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { RowGrid, type RowClass, type RowContext } from '../../ui/RowGrid.tsx';
import { useApp, useFrames, useLayout, useSession } from '../use-app.ts';
import { frameColumns } from './frame-columns.ts';
import { FrameFilterBar } from './FrameFilterBar.tsx';
import { FrameMenu } from './FrameMenu.tsx';
import './frame-list.css';

const ROW_CLASS: RowClass<FrameRow> = {
  classes: FRAME_VERDICTS.map((verdict) => `tone-${verdict}`),
  of: (row) => `tone-${row.verdict}`,
};

/** All frames that the filter lets through; only those on the screen are asked for. */
export function FrameList({ onActivate }: { onActivate: () => void }): ReactNode {
  const { frames, layout } = useApp();
  const filter = useFrames((state) => state.filter);
  const shown = useFrames((state) => state.shown);
  const selected = useFrames((state) => state.selected);
  const reveal = useFrames((state) => state.reveal);
  const time = useFrames((state) => state.time);
  const load = useFrames((state) => state.load);
  const status = useSession((state) => state.status);
  const widths = useLayout((state) => state.columns[LIST]);
  const [menu, setMenu] = useState<RowContext<FrameRow> | null>(null);
  const columns = useMemo(() => frameColumns(time), [time]);
  const filtering = isFiltering(filter);
  const total = filtering ? (shown?.total ?? null) : status.frames;

  return (
    <section className="frame-list" aria-label="Frames" data-pane="list">
      <FrameFilterBar />
      <div className="frame-list-rows">
        <RowGrid<FrameRow>
          label="Frame list"
          columns={columns}
          rowId={idOfRow}
          rowClass={ROW_CLASS}
          load={load}
          resetKey={`${status.capture} ${JSON.stringify(filter)}`}
          revision={status.revision}
          rowCount={total}
          selectedId={selected === null ? null : String(selected)}
          reveal={reveal}
          onSelect={(row) => frames.getState().select(row.frame)}
          onActivate={onActivate}
          onContext={setMenu}
          onWidths={(moved) => layout.getState().setColumns(LIST, moved)}
          {...(widths === undefined ? {} : { widths })}
        />
        {total === 0 ? (
          <div className="over-list">
            {filtering ? (
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
            )}
          </div>
        ) : null}
      </div>
      {menu === null ? null : (
        <FrameMenu context={menu} columns={columns} onExplain={onActivate} onClose={() => setMenu(null)} />
      )}
    </section>
  );
}

const LIST = 'frames';

function idOfRow(row: FrameRow): string {
  return String(row.frame);
}
