import { createStore } from 'zustand/vanilla';
import type { Finding } from '../../core/api.ts';
import type { Severity } from '../../core/verdict.ts';
import type { FindingOrder } from './findings-groups.ts';
import { createLatest, IDLE, loadLatest, type Loadable } from './loadable.ts';
import type { PageApi } from './page-api.ts';
import { isBusy, type SessionStore } from './session.ts';

export interface FindingsState {
  readonly findings: Loadable<readonly Finding[]>;
  readonly severities: readonly Severity[];
  readonly text: string;
  readonly order: FindingOrder;
  toggleSeverity: (severity: Severity) => void;
  setText: (text: string) => void;
  setOrder: (order: FindingOrder) => void;
  clearFilter: () => void;
  reload: () => void;
}

/** What an expert would remark on the capture, over all conversations. */
export function createFindings(api: PageApi, session: SessionStore) {
  const latest = createLatest();
  const store = createStore<FindingsState>()((set, state) => ({
    findings: IDLE,
    severities: [],
    text: '',
    order: 'severity',
    toggleSeverity: (severity) => {
      const { severities } = state();
      set({
        severities: severities.includes(severity)
          ? severities.filter((other) => other !== severity)
          : [...severities, severity],
      });
    },
    setText: (text) => set({ text }),
    setOrder: (order) => set({ order }),
    clearFilter: () => set({ text: '', severities: [] }),
    reload: () => {
      loadLatest(
        latest,
        state().findings,
        () => api.request('capture.findings', null),
        (findings) => set({ findings }),
      );
    },
  }));
  session.subscribe(({ status }, { status: before }) => {
    if (status.phase === 'empty') {
      if (before.phase !== 'empty') store.setState({ findings: IDLE, severities: [], text: '' });
      return;
    }
    const changed =
      status.capture !== before.capture ||
      status.revision !== before.revision ||
      status.phase !== before.phase;
    if (changed && !isBusy(status)) store.getState().reload();
  });
  return store;
}

export type FindingsStore = ReturnType<typeof createFindings>;
