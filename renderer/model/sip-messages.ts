import { createStore } from 'zustand/vanilla';
import type { RowOrder } from '../../core/api-order.ts';
import type { SipMessageRow } from '../../core/api.ts';
import type { RowsOf } from './list-rows.ts';
import { createLatest, IDLE, loadLatest, type Loadable } from './loadable.ts';
import type { PageApi } from './page-api.ts';
import type { SessionStore } from './session.ts';

export interface SipMessagesState {
  readonly text: string;
  readonly order: RowOrder<'sip'> | null;
  readonly shown: number | null;
  readonly selected: SipMessageRow | null;
  readonly message: Loadable<string>;
  setText: (text: string) => void;
  setOrder: (order: RowOrder<'sip'> | null) => void;
  load: (from: number, count: number) => Promise<RowsOf<SipMessageRow>>;
  select: (row: SipMessageRow) => void;
}

/** The list of SIP messages, clear and decrypted, and the text of the selected one. */
export function createSipMessages(api: PageApi, session: SessionStore) {
  const latest = createLatest();
  const store = createStore<SipMessagesState>()((set, state) => ({
    text: '',
    order: null,
    shown: null,
    selected: null,
    message: IDLE,
    setText: (text) => set({ text, shown: null }),
    setOrder: (order) => set({ order }),
    load: async (from, count) => {
      const { text, order } = state();
      const answer = await api.request('sip.window', { text, order, from, count });
      if (state().text === text) set({ shown: answer.total });
      const [first] = answer.rows;
      if (state().selected === null && from === 0 && first !== undefined) state().select(first);
      return answer;
    },
    select: (row) => {
      set({ selected: row });
      loadLatest(
        latest,
        state().message,
        async () => (await api.request('sip.text', { message: row.message })).text,
        (message) => set({ message }),
      );
    },
  }));
  session.subscribe(({ status }, { status: before }) => {
    // Messages are numbered among those that can be read: another key numbers them anew.
    if (status.capture !== before.capture || status.revision !== before.revision) {
      store.setState({ selected: null, message: IDLE, shown: null });
    }
    if (status.capture !== before.capture) store.setState({ text: '', order: null });
  });
  return store;
}

export type SipMessagesStore = ReturnType<typeof createSipMessages>;
