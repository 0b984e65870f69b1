import type { ReactNode } from 'react';
import { shownOf } from '../../model/loadable.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { LoadingState } from '../../ui/LoadingState.tsx';
import { useMedia } from '../../ui/use-media.ts';
import { WhyPanel } from '../diagnosis/WhyPanel.tsx';
import { FrameList } from '../frame-list/FrameList.tsx';
import { useFrames, useSession } from '../use-app.ts';
import { Panes } from '../view-parts/Panes.tsx';
import { FrameDetailPane } from './FrameDetailPane.tsx';

/** List above, detail beneath, and beside both the reason; where the window is narrow, the reason is the first tab. */
export function FramesView(): ReactNode {
  const wide = useMedia('(min-width: 1240px)');
  const rows = useSession((state) => state.status.frames);
  const main = (
    <Panes
      pane="detail"
      direction="rows"
      rows={rows}
      label="Height of the frame's detail"
      first={<FrameList onActivate={focusDetail} />}
      second={<FrameDetailPane withWhy={!wide} />}
    />
  );
  if (!wide) return main;
  return (
    <Panes
      pane="why"
      direction="columns"
      label="Width of the Why panel"
      first={main}
      second={<WhyColumn />}
    />
  );
}

function WhyColumn(): ReactNode {
  const detail = useFrames((state) => state.detail);
  const shown = shownOf(detail);
  return (
    <section className="why-column" aria-label="Why" tabIndex={-1} data-pane="why">
      {shown === null ? (
        detail.kind === 'loading' ? (
          <LoadingState label="Looking into it…" />
        ) : detail.kind === 'failed' ? (
          <EmptyState icon="help" title="Why?">
            The frame could not be read.
          </EmptyState>
        ) : (
          <EmptyState icon="help" title="Why?">
            Select a frame to read what became of it, with proof, and what to do.
          </EmptyState>
        )
      ) : (
        <div className="scroll" tabIndex={0} role="region" aria-label="Why this frame is as it is">
          <WhyPanel why={shown.why} busy={detail.kind === 'loading'} />
        </div>
      )}
    </section>
  );
}

function focusDetail(): void {
  const tree = document.querySelector('[data-pane="detail"] [role="tree"]');
  if (tree instanceof HTMLElement) tree.focus();
}
