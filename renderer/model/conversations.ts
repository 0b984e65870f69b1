import { createStore } from 'zustand/vanilla';
import type { RowOrder } from '../../core/api-order.ts';
import type { Comparison, ConversationDetail, ConversationRow, HandshakeTiming } from '../../core/api.ts';
import type { ConversationVerdictId } from '../../core/verdict.ts';
import type { Reveal, RowsOf } from './list-rows.ts';
import { createLatest, IDLE, loadLatest, type Loadable } from './loadable.ts';
import type { PageApi } from './page-api.ts';
import type { SessionStore } from './session.ts';

export interface ConversationsState {
  readonly text: string;
  readonly verdicts: readonly ConversationVerdictId[];
  /** null: as captured. */
  readonly order: RowOrder<'conversations'> | null;
  readonly shown: number | null;
  readonly selected: string | null;
  readonly detail: Loadable<ConversationDetail>;
  readonly stream: Loadable<{ readonly text: string; readonly complete: boolean }>;
  readonly reveal: Reveal | null;
  readonly timing: Loadable<readonly HandshakeTiming[]>;
  /** The conversation that was selected before this one: the likeliest to compare it with. */
  readonly before: string | null;
  /** The other side of the comparison; null until chosen. */
  readonly other: string | null;
  readonly comparison: Loadable<Comparison>;
  loadTiming: () => void;
  compareWith: (other: string) => void;
  /** The ladder to keep: text in the manner of ssldump, or an SVG image. */
  ladderAs: (as: 'text' | 'svg') => Promise<string>;
  setText: (text: string) => void;
  toggleVerdict: (verdict: ConversationVerdictId) => void;
  clearFilter: () => void;
  setOrder: (order: RowOrder<'conversations'> | null) => void;
  load: (from: number, count: number) => Promise<RowsOf<ConversationRow>>;
  select: (conversation: string) => void;
  /** A link: shows the view, clears a filter that hides it, and selects it. */
  goTo: (conversation: string) => Promise<void>;
  loadStream: () => void;
  /** The whole text of the stream, to be copied. */
  textOfStream: () => Promise<string>;
  /** What its TLS did, in the terms of Wireshark's debug log. */
  debugLog: () => Promise<string>;
  reload: () => void;
}

/** Of a capture that was just opened. */
const INITIAL = {
  text: '',
  verdicts: [],
  order: null,
  shown: null,
  selected: null,
  detail: IDLE,
  stream: IDLE,
  timing: IDLE,
  before: null,
  other: null,
  comparison: IDLE,
  reveal: null,
} as const satisfies Partial<ConversationsState>;

/** Characters of a stream shown on the screen, and of one copied. */
const SHOWN_TEXT = 200_000;
const COPIED_TEXT = 20_000_000;

/** The conversation list, the selected conversation and the text of its stream. */
export function createConversations(api: PageApi, session: SessionStore) {
  const latestDetail = createLatest();
  const latestStream = createLatest();
  const latestTiming = createLatest();
  const latestComparison = createLatest();
  let nonce = 0;

  const store = createStore<ConversationsState>()((set, state) => {
    const fetchDetail = (conversation: string): void => {
      set({ stream: IDLE, timing: IDLE, comparison: IDLE });
      loadLatest(
        latestDetail,
        state().detail,
        () => api.request('conversation.detail', { conversation }),
        (detail) => set({ detail }),
      );
    };
    const choose = (conversation: string): void => {
      const { selected, before } = state();
      set({ selected: conversation, before: selected === conversation ? before : selected });
      fetchDetail(conversation);
    };
    const rowOf = async (conversation: string): Promise<number | null> => {
      const { text, verdicts, order } = state();
      try {
        return await api.request('conversations.rowOf', { text, verdicts, order, conversation });
      } catch {
        return null;
      }
    };
    return {
      ...INITIAL,
      loadTiming: () => {
        const conversation = state().selected;
        if (conversation === null) return;
        loadLatest(
          latestTiming,
          state().timing,
          () => api.request('conversation.timing', { conversation }),
          (timing) => set({ timing }),
        );
      },
      compareWith: (other) => {
        const left = state().selected;
        if (left === null) return;
        set({ other });
        loadLatest(
          latestComparison,
          state().comparison,
          () => api.request('conversations.compare', { left, right: other }),
          (comparison) => set({ comparison }),
        );
      },
      ladderAs: async (as) => {
        const conversation = state().selected;
        if (conversation === null) return '';
        return (await api.request('conversation.ladder', { conversation, as })).text;
      },
      setText: (text) => set({ text, shown: null }),
      toggleVerdict: (verdict) => {
        const { verdicts } = state();
        set({
          verdicts: verdicts.includes(verdict)
            ? verdicts.filter((other) => other !== verdict)
            : [...verdicts, verdict],
          shown: null,
        });
      },
      clearFilter: () => set({ text: '', verdicts: [], shown: null }),
      setOrder: (order) => set({ order }),
      load: async (from, count) => {
        const { text, verdicts, order } = state();
        const answer = await api.request('conversations.window', { text, verdicts, order, from, count });
        if (state().text === text && state().verdicts === verdicts) set({ shown: answer.total });
        const [first] = answer.rows;
        if (state().selected === null && from === 0 && first !== undefined) choose(first.conversation);
        return answer;
      },
      select: choose,
      goTo: async (conversation) => {
        if (state().text !== '' || state().verdicts.length > 0) state().clearFilter();
        session.getState().show('conversations');
        choose(conversation);
        const row = await rowOf(conversation);
        nonce += 1;
        if (row !== null) set({ reveal: { row, nonce, focus: true } });
      },
      loadStream: () => {
        const conversation = state().selected;
        if (conversation === null) return;
        loadLatest(
          latestStream,
          state().stream,
          () => api.request('conversation.text', { conversation, limit: SHOWN_TEXT }),
          (stream) => set({ stream }),
        );
      },
      textOfStream: async () => {
        const conversation = state().selected;
        if (conversation === null) return '';
        return (await api.request('conversation.text', { conversation, limit: COPIED_TEXT })).text;
      },
      debugLog: async () => {
        const conversation = state().selected;
        if (conversation === null) return '';
        return (await api.request('conversation.debug-log', { conversation })).text;
      },
      reload: () => {
        const { selected } = state();
        if (selected !== null) fetchDetail(selected);
      },
    };
  });

  session.subscribe(({ status }, { status: before }) => {
    if (status.capture !== before.capture || (status.phase === 'empty' && before.phase !== 'empty')) {
      store.setState(INITIAL);
    } else if (status.told !== before.told) {
      store.getState().reload();
    }
  });
  return store;
}

export type ConversationsStore = ReturnType<typeof createConversations>;
