import { createStore } from 'zustand/vanilla';
import type { SipMessageRow } from '../../core/api.ts';
import type { LegRow } from '../../core/api-calls.ts';
import type { RowOrder } from '../../core/api-order.ts';
import type { RowsOf } from './list-rows.ts';
import { createLatest, IDLE, loadLatest, type Loadable } from './loadable.ts';
import type { PageApi } from './page-api.ts';
import { stampOf, type SessionStore } from './session.ts';

export interface DialogsState {
  /** One kind, or empty for all that are no calls. */
  readonly kind: string;
  readonly text: string;
  readonly order: RowOrder<'dialogs'> | null;
  readonly shown: number | null;
  readonly selected: LegRow | null;
  readonly messages: Loadable<readonly SipMessageRow[]>;
  setKind: (kind: string) => void;
  setText: (text: string) => void;
  setOrder: (order: RowOrder<'dialogs'> | null) => void;
  load: (from: number, count: number) => Promise<RowsOf<LegRow>>;
  select: (row: LegRow) => void;
  reload: () => void;
}

/** A list of what is no call (registrations; or subscriptions, messages, pings …), and the messages of the selected one. */
export function createDialogs(api: PageApi, session: SessionStore, initialKind: string) {
  const latest = createLatest();
  const initial = {
    kind: initialKind,
    text: '',
    order: null,
    shown: null,
    selected: null,
    messages: IDLE,
  } as const;
  const store = createStore<DialogsState>()((set, state) => ({
    ...initial,
    setKind: (kind) => set({ kind, shown: null, selected: null, messages: IDLE }),
    setText: (text) => set({ text, shown: null }),
    setOrder: (order) => set({ order }),
    load: async (from, count) => {
      const { kind, text, order } = state();
      const answer = await api.request('dialogs.window', { kind, text, order, from, count });
      if (state().kind !== kind) return answer;
      if (state().text === text) set({ shown: answer.total });
      const { selected } = state();
      const [first] = answer.rows;
      const renewed = answer.rows.find(({ callId }) => callId === selected?.callId);
      if (renewed !== undefined) set({ selected: renewed });
      else if (selected === null && from === 0 && first !== undefined) state().select(first);
      return answer;
    },
    select: (row) => {
      set({ selected: row });
      loadLatest(
        latest,
        IDLE,
        () => api.request('dialog.messages', { callId: row.callId }),
        (messages) => set({ messages }),
      );
    },
    reload: () => {
      const { selected } = state();
      if (selected !== null) state().select(selected);
    },
  }));
  session.subscribe(({ status }, { status: before }) => {
    if (status.capture !== before.capture) {
      store.setState(initial);
    } else if (stampOf(status) !== stampOf(before)) {
      store.getState().reload();
    }
  });
  return store;
}

export type DialogsStore = ReturnType<typeof createDialogs>;
