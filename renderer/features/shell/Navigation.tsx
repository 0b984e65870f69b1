import type { ReactNode } from 'react';
import { formatBrief } from '../../model/format.ts';
import { shownOf } from '../../model/loadable.ts';
import { isOpen, VIEWS, type ViewId } from '../../model/session.ts';
import { Icon, type IconName } from '../../ui/Icon.tsx';
import { useApp, useCalls, useFindings, useKeys, useSession } from '../use-app.ts';

const ENTRIES: Readonly<Record<ViewId, { readonly label: string; readonly icon: IconName }>> = {
  calls: { label: 'Calls', icon: 'phone' },
  frames: { label: 'Frames', icon: 'frames' },
  conversations: { label: 'Conver­sations', icon: 'conversations' },
  sip: { label: 'SIP messages', icon: 'message' },
  findings: { label: 'Findings', icon: 'flag' },
  keys: { label: 'Keys', icon: 'key' },
};

/** The views, each with its count. */
export function Navigation(): ReactNode {
  const { session } = useApp();
  const view = useSession((state) => state.view);
  const status = useSession((state) => state.status);
  const keys = useKeys((state) => state.keys.length);
  const findings = useFindings((state) => shownOf(state.findings)?.length ?? null);
  const calls = useCalls((state) => state.count);
  const open = isOpen(status);
  const counts: Readonly<Record<ViewId, number | null>> = {
    calls: open ? calls : null,
    frames: open ? status.frames : null,
    conversations: open ? status.conversations : null,
    sip: open ? status.sipMessages : null,
    findings,
    keys,
  };
  return (
    <nav className="navigation" aria-label="Views">
      <ul>
        {VIEWS.map((id, index) => {
          const { label, icon } = ENTRIES[id];
          const count = counts[id];
          return (
            <li key={id}>
              <button
                type="button"
                className="navigation-entry"
                aria-current={view === id && (open || id === 'keys') ? 'page' : undefined}
                disabled={!open && id !== 'keys'}
                title={`${label.replace('­', '')} (Ctrl+${index + 1})`}
                onClick={() => session.getState().show(id)}
              >
                <Icon name={icon} size={18} />
                <span className="navigation-label">{label}</span>
                <span className="navigation-count mono">{count === null ? '' : formatBrief(count)}</span>
              </button>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}
