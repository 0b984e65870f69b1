import { createStore } from 'zustand/vanilla';
import type { SipStatistics } from '../../core/api-calls.ts';
import { createLatest, IDLE, loadLatest, type Loadable } from './loadable.ts';
import type { PageApi } from './page-api.ts';
import type { SessionStore } from './session.ts';

export interface SipStatisticsState {
  readonly statistics: Loadable<SipStatistics>;
  /** Asked for when it is looked at: it counts through the whole capture. */
  reload: () => void;
}

/** Counts and response times of the whole capture. */
export function createSipStatistics(api: PageApi, session: SessionStore) {
  const latest = createLatest();
  const store = createStore<SipStatisticsState>()((set, state) => ({
    statistics: IDLE,
    reload: () => {
      loadLatest(
        latest,
        state().statistics,
        () => api.request('sip.statistics', null),
        (statistics) => set({ statistics }),
      );
    },
  }));
  session.subscribe(({ status }, { status: before }) => {
    if (status.capture !== before.capture) store.setState({ statistics: IDLE });
  });
  return store;
}

export type SipStatisticsStore = ReturnType<typeof createSipStatistics>;

/** Shares of a bar, 0 to 1, of counts beside the largest. */
export function shareOf(count: number, largest: number): number {
  return largest <= 0 ? 0 : Math.min(1, Math.max(0, count / largest));
}

/** Final responses by their hundred: 2 to 6, in order. */
export function byClass(
  finals: readonly { readonly status: number; readonly count: number }[],
): readonly { readonly hundred: number; readonly count: number }[] {
  const counts = new Map<number, number>();
  for (const { status, count } of finals) {
    const hundred = Math.floor(status / 100);
    counts.set(hundred, (counts.get(hundred) ?? 0) + count);
  }
  return [...counts].sort(([a], [b]) => a - b).map(([hundred, count]) => ({ hundred, count }));
}
