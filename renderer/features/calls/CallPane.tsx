import { useMemo, useState, type KeyboardEvent, type ReactNode } from 'react';
import type { CallDetail } from '../../../core/api-calls.ts';
import { firstCallStep, stepsOfCall, type CallStep } from '../../model/call-ladder.ts';
import { formatPlural } from '../../model/format.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { focusRows } from '../../ui/focus-rows.ts';
import { ScrollPage } from '../../ui/ScrollPage.tsx';
import { Tabs } from '../../ui/Tabs.tsx';
import { RichSentence } from '../diagnosis/RichSentence.tsx';
import { FindingItem } from '../findings/FindingItem.tsx';
import { useApp, useCalls } from '../use-app.ts';
import { Loaded } from '../view-parts/Loaded.tsx';
import { Panes } from '../view-parts/Panes.tsx';
import { CallHeading } from './CallHeading.tsx';
import { CallLadder } from './CallLadder.tsx';
import { CallLegs } from './CallLegs.tsx';
import { CallMedia } from './CallMedia.tsx';
import { Negotiations } from './Negotiations.tsx';
import { StepPane } from './StepPane.tsx';

/** All that is known of the selected call. */
export function CallPane(): ReactNode {
  const { calls } = useApp();
  // The same tab for each call: who compares media goes from call to call.
  const [tab, setTab] = useState('ladder');
  const detail = useCalls((state) => state.detail);
  return (
    <Loaded
      of={detail}
      loading="Reading the call…"
      idle={<EmptyState icon="phone" title="Select a call to see its course." />}
      onRetry={() => calls.getState().reload()}
    >
      {(shown, busy) => <Detail detail={shown} busy={busy} tab={tab} onTab={setTab} />}
    </Loaded>
  );
}

function Detail({
  detail,
  busy,
  tab,
  onTab,
}: {
  detail: CallDetail;
  busy: boolean;
  tab: string;
  onTab: (tab: string) => void;
}): ReactNode {
  const { row } = detail;
  return (
    <section className="call" aria-label="Call" aria-busy={busy} onKeyDown={backToList}>
      <CallHeading detail={detail} />
      <p className="call-headline">
        <RichSentence text={detail.headline} />
      </p>
      <Tabs
        label="Course of the call"
        tabs={[
          {
            id: 'ladder',
            label:
              row.kind === 'locked'
                ? 'Ladder'
                : `Ladder (${detail.arrows.length}${detail.complete ? '' : '+'})`,
          },
          { id: 'legs', label: `Legs (${detail.legs.length})` },
          { id: 'sdp', label: `SDP (${detail.negotiations.length})` },
          { id: 'media', label: `Media (${row.streams})` },
          { id: 'findings', label: `Findings (${detail.findings.length})` },
        ]}
        chosen={tab}
        onChoose={onTab}
      >
        <Course tab={tab} detail={detail} onMedia={() => onTab('media')} />
      </Tabs>
    </section>
  );
}

/** Escape leads from the call back to the list, as Enter led from there. */
function backToList(event: KeyboardEvent): void {
  if (event.key !== 'Escape' || event.defaultPrevented || event.target instanceof HTMLInputElement) return;
  event.preventDefault();
  focusRows();
}

function Course({
  tab,
  detail,
  onMedia,
}: {
  tab: string;
  detail: CallDetail;
  onMedia: () => void;
}): ReactNode {
  if (tab === 'legs') return <CallLegs detail={detail} />;
  if (tab === 'sdp') return <Negotiations negotiations={detail.negotiations} />;
  if (tab === 'media') return <CallMedia call={detail.row.call} />;
  if (tab === 'findings') return <CallFindings detail={detail} />;
  return <LadderAndStep key={detail.row.call} detail={detail} onMedia={onMedia} />;
}

/** The ladder, and beside it what the selected step is. */
function LadderAndStep({ detail, onMedia }: { detail: CallDetail; onMedia: () => void }): ReactNode {
  const steps = useMemo(() => stepsOfCall(detail), [detail]);
  const [chosen, setChosen] = useState(() => firstCallStep(steps));
  // The message that others are compared with.
  const [kept, setKept] = useState<number | null>(null);
  const selected = Math.min(chosen, Math.max(0, steps.length - 1));
  const step = steps[selected];

  if (step === undefined) {
    return <EmptyState icon="phone" title="Nothing of this call can be drawn." />;
  }
  const select = (at: number, beside: boolean): void => {
    if (beside && step.kind === 'arrow') setKept(step.arrow.message);
    setChosen(at);
  };
  return (
    <Panes
      pane="callMessage"
      direction="columns"
      label="Width of the message"
      first={
        <CallLadder
          detail={detail}
          steps={steps}
          selected={selected}
          kept={kept}
          onSelect={select}
          onMedia={onMedia}
        />
      }
      second={
        <StepPane
          step={step}
          kept={keptArrow(steps, kept)}
          onKeep={setKept}
          onMedia={onMedia}
          detail={detail}
        />
      }
    />
  );
}

function keptArrow(steps: readonly CallStep[], kept: number | null) {
  const found = steps.find((step) => step.kind === 'arrow' && step.arrow.message === kept);
  return found?.kind === 'arrow' ? found.arrow : null;
}

function CallFindings({ detail }: { detail: CallDetail }): ReactNode {
  if (detail.findings.length === 0) {
    return <EmptyState icon="flag" title="There is nothing to remark on this call." />;
  }
  return (
    <ScrollPage label={formatPlural(detail.findings.length, 'finding')}>
      <ul className="finding-list">
        {detail.findings.map((finding, index) => (
          <FindingItem key={index} finding={finding} withConversation />
        ))}
      </ul>
    </ScrollPage>
  );
}
