import type { ReactNode } from 'react';
import { CALL_TABS, type CallTab } from '../../model/calls.ts';
import { formatCount } from '../../model/format.ts';
import { Tabs } from '../../ui/Tabs.tsx';
import { useApp, useCalls } from '../use-app.ts';
import { CallsTab } from './CallsTab.tsx';
import './calls.css';
import './call-legs.css';
import './call-messages.css';
import './streams.css';
import './statistics.css';
import { DialogsTab } from './DialogsTab.tsx';
import { MediaTab } from './MediaTab.tsx';
import { StatisticsTab } from './StatisticsTab.tsx';

const LABELS: Readonly<Record<CallTab, string>> = {
  calls: 'Calls',
  registrations: 'Registrations',
  dialogs: 'Other dialogs',
  media: 'Media streams',
  statistics: 'Statistics',
};

/** Calls as VoIP people think of them, and what goes on beside them. */
export function CallsView(): ReactNode {
  const { calls } = useApp();
  const tab = useCalls((state) => state.tab);
  const count = useCalls((state) => state.count);
  return (
    <Tabs
      label="What is listed"
      tabs={CALL_TABS.map((id) => ({
        id,
        label: id === 'calls' && count !== null ? `${LABELS[id]} (${formatCount(count)})` : LABELS[id],
      }))}
      chosen={tab}
      onChoose={(id) => {
        const found = CALL_TABS.find((each) => each === id);
        if (found !== undefined) calls.getState().showTab(found);
      }}
    >
      {panelOf(tab)}
    </Tabs>
  );
}

function panelOf(tab: CallTab): ReactNode {
  switch (tab) {
    case 'calls':
      return <CallsTab />;
    case 'registrations':
      return <DialogsTab key="registrations" of="registrations" />;
    case 'dialogs':
      return <DialogsTab key="dialogs" of="dialogs" />;
    case 'media':
      return <MediaTab />;
    case 'statistics':
      return <StatisticsTab />;
  }
}
