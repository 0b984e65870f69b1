import { createStore } from 'zustand/vanilla';
import type { SipMessageRow } from '../../core/api.ts';
import { createLatest, IDLE, loadLatest, type Loadable } from './loadable.ts';
import type { PageApi } from './page-api.ts';
import type { SessionStore } from './session.ts';

export interface SipMessagesState {
  readonly text: string;
  readonly shown: number | null;
  readonly selected: SipMessageRow | null;
  readonly message: Loadable<string>;
  setText: (text: string) => void;
  load: (from: number, count: number) => Promise<{ rows: readonly SipMessageRow[]; total: number }>;
  select: (row: SipMessageRow) => void;
}

/** The list of SIP messages, clear and decrypted, and the text of the selected one. */
export function createSipMessages(api: PageApi, session: SessionStore) {
  const latest = createLatest();
  const store = createStore<SipMessagesState>()((set, state) => ({
    text: '',
    shown: null,
    selected: null,
    message: IDLE,
    setText: (text) => set({ text, shown: null }),
    load: async (from, count) => {
      const { text } = state();
      const answer = await api.request('sip.window', { text, from, count });
      if (state().text === text) set({ shown: answer.total });
      const [first] = answer.rows;
      if (state().selected === null && from === 0 && first !== undefined) state().select(first);
      return { rows: answer.rows, total: answer.total };
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
    if (status.capture !== before.capture) store.setState({ text: '' });
  });
  return store;
}

export type SipMessagesStore = ReturnType<typeof createSipMessages>;
