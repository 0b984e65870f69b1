import { useEffect, type ReactNode } from 'react';
import { isOpen, type Overlay, type ViewId } from '../../model/session.ts';
import { CallsView } from '../calls/CallsView.tsx';
import { ConversationsView } from '../conversations/ConversationsView.tsx';
import { ExportDialog } from '../export/ExportDialog.tsx';
import { FindingsView } from '../findings/FindingsView.tsx';
import { FramesView } from '../frame-detail/FramesView.tsx';
import { KeysView } from '../keys/KeysView.tsx';
import { PasteDialog } from '../keys/PasteDialog.tsx';
import { SipView } from '../sip/SipView.tsx';
import { useApp, useSession } from '../use-app.ts';
import { WelcomeView } from '../welcome/WelcomeView.tsx';
import { CommandPalette } from './CommandPalette.tsx';
import { DropZone } from './DropZone.tsx';
import { GoToFrameDialog } from './GoToFrameDialog.tsx';
import { Navigation } from './Navigation.tsx';
import './shell.css';
import { ShortcutSheet } from './ShortcutSheet.tsx';
import { StatusBar } from './StatusBar.tsx';
import { SummaryBar } from './SummaryBar.tsx';
import { Toasts } from './Toasts.tsx';
import { Toolbar } from './Toolbar.tsx';
import { useShortcuts } from './use-shortcuts.ts';
import { useTheme } from './use-theme.ts';

/** The window: toolbar, navigation, the chosen view, status. */
export function Shell(): ReactNode {
  useTheme();
  useShortcuts();
  useTitle();
  const { session } = useApp();
  const view = useSession((state) => state.view);
  const open = useSession((state) => isOpen(state.status));
  const overlay = useSession((state) => state.overlay);
  return (
    <div className="shell">
      <Toolbar />
      <div className="shell-body">
        <Navigation />
        <div className="shell-view">
          {open ? <SummaryBar /> : null}
          {open || view === 'keys' ? (
            <main
              className="shell-main"
              onPointerDownCapture={() => session.getState().keepView()}
              onKeyDownCapture={() => session.getState().keepView()}
            >
              {viewOf(view)}
            </main>
          ) : (
            <WelcomeView />
          )}
        </div>
      </div>
      <StatusBar />
      <Toasts />
      <DropZone />
      {overlayOf(overlay)}
    </div>
  );
}

/** The window is called after its capture. */
function useTitle(): void {
  const files = useSession((state) => state.status.files);
  useEffect(() => {
    document.title = files.length === 0 ? 'Sipher' : `${files.join(', ')} – Sipher`;
  }, [files]);
}

function viewOf(view: ViewId): ReactNode {
  switch (view) {
    case 'calls':
      return <CallsView />;
    case 'frames':
      return <FramesView />;
    case 'conversations':
      return <ConversationsView />;
    case 'sip':
      return <SipView />;
    case 'findings':
      return <FindingsView />;
    case 'keys':
      return <KeysView />;
  }
}

function overlayOf(overlay: Overlay): ReactNode {
  switch (overlay) {
    case 'shortcuts':
      return <ShortcutSheet />;
    case 'palette':
      return <CommandPalette />;
    case 'go-to-frame':
      return <GoToFrameDialog />;
    case 'paste-key':
      return <PasteDialog />;
    case 'export':
      return <ExportDialog />;
    case null:
      return null;
  }
}
