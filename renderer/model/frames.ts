import { createStore } from 'zustand/vanilla';
import type { RowOrder } from '../../core/api-order.ts';
import type { FrameDetail, FrameFilter, FrameRow } from '../../core/api.ts';
import type { FrameVerdictId } from '../../core/verdict.ts';
import type { Reveal, RowsOf } from './list-rows.ts';
import { createLatest, IDLE, loadLatest, type Loadable } from './loadable.ts';
import type { PageApi } from './page-api.ts';
import type { SessionStore } from './session.ts';

/** Since the first frame, since the row above, time of day here, time of day in UTC. */
export const TIME_FORMATS = ['relative', 'delta', 'absolute', 'utc'] as const;
export type TimeFormat = (typeof TIME_FORMATS)[number];

export interface FramesState {
  readonly filter: FrameFilter;
  /** null: as captured. */
  readonly order: RowOrder<'frames'> | null;
  readonly selected: number | null;
  readonly detail: Loadable<FrameDetail>;
  /** How many rows the filter lets through; null until known. */
  readonly shown: { readonly total: number; readonly settled: boolean } | null;
  readonly time: TimeFormat;
  readonly reveal: Reveal | null;
  /** Frames visited by links and jumps, and where in them we stand. */
  readonly visited: readonly number[];
  readonly visit: number;
  setText: (text: string) => void;
  toggleVerdict: (verdict: FrameVerdictId) => void;
  setConversation: (conversation: string | null) => void;
  setOrder: (order: RowOrder<'frames'> | null) => void;
  clearFilter: () => void;
  toggleTime: () => void;
  load: (from: number, count: number) => Promise<RowsOf<FrameRow>>;
  /** The list's own selection. */
  select: (frame: number) => void;
  /** A jump: shows the list, brings the frame into view, and remembers where one came from. */
  goTo: (frame: number, focus?: boolean) => Promise<void>;
  /** The frame before or after the selected one in the filtered list. */
  step: (by: 1 | -1) => Promise<void>;
  /** The frame before or after the selected one in its conversation, of those in the list. */
  stepInConversation: (by: 1 | -1) => Promise<void>;
  back: () => Promise<void>;
  forward: () => Promise<void>;
  reload: () => void;
}

export const NO_FILTER: FrameFilter = { text: '', verdicts: [], conversation: null };
/** Of a capture that was just opened. */
const INITIAL = {
  filter: NO_FILTER,
  order: null,
  selected: null,
  detail: IDLE,
  shown: null,
  reveal: null,
  visited: [],
  visit: -1,
} as const satisfies Partial<FramesState>;
const VISITS = 100;
/** Between two questions after a filter that is not through yet, in milliseconds. */
const FOLLOW_TIME = 350;

/** The frame list: its filter, the selected frame and its detail. */
export function createFrames(api: PageApi, session: SessionStore) {
  const latest = createLatest();
  let nonce = 0;
  /** The frame that somebody chose, not the first one that is selected for want of any. */
  let chosen: number | null = null;
  let waiting = false;

  const store = createStore<FramesState>()((set, state) => {
    const fetchDetail = (frame: number): void => {
      loadLatest(
        latest,
        state().detail,
        () => api.request('frame.detail', { frame }),
        (detail) => set({ detail }),
      );
    };
    const choose = (frame: number): void => {
      set({ selected: frame });
      fetchDetail(frame);
    };
    const refilter = (filter: FrameFilter): void => {
      set({ filter, shown: null });
      void keepSelectionInView(filter);
    };
    const keepSelectionInView = async (filter: FrameFilter): Promise<void> => {
      const { selected: frame, order } = state();
      if (frame === null || (order !== null && frame !== chosen)) return;
      const row = await rowOf(filter, frame);
      if (row !== null && state().filter === filter && state().order === order) reveal(row, false);
    };
    const rowOf = async (filter: FrameFilter, frame: number): Promise<number | null> => {
      try {
        return await api.request('frames.rowOf', { filter, order: state().order, frame });
      } catch {
        return null;
      }
    };
    const reveal = (row: number, focus: boolean): void => {
      nonce += 1;
      set({ reveal: { row, nonce, focus } });
    };
    /** Shows a frame without a trace in the history. */
    const visit = async (frame: number, focus: boolean): Promise<boolean> => {
      let row = await rowOf(state().filter, frame);
      if (row === null && isFiltering(state().filter)) {
        row = await rowOf(NO_FILTER, frame);
        if (row !== null) {
          set({ filter: NO_FILTER, shown: null });
          session.getState().say('note', `The filter was cleared: it hid frame ${frame}.`);
        }
      }
      if (row === null) {
        session.getState().say('warning', `There is no frame ${frame} in this capture.`);
        return false;
      }
      session.getState().show('frames');
      chosen = frame;
      choose(frame);
      reveal(row, focus);
      return true;
    };
    const travel = async (by: 1 | -1): Promise<void> => {
      const at = state().visit + by;
      const frame = state().visited[at];
      if (frame !== undefined && (await visit(frame, true))) set({ visit: at });
    };

    return {
      ...INITIAL,
      time: 'relative',
      setText: (text) => refilter({ ...state().filter, text }),
      toggleVerdict: (verdict) => {
        const { verdicts } = state().filter;
        const next = verdicts.includes(verdict)
          ? verdicts.filter((other) => other !== verdict)
          : [...verdicts, verdict];
        refilter({ ...state().filter, verdicts: next });
      },
      setConversation: (conversation) => refilter({ ...state().filter, conversation }),
      setOrder: (order) => {
        set({ order });
        void keepSelectionInView(state().filter);
      },
      clearFilter: () => refilter(NO_FILTER),
      toggleTime: () => {
        const next = (TIME_FORMATS.indexOf(state().time) + 1) % TIME_FORMATS.length;
        set({ time: TIME_FORMATS[next] ?? 'relative' });
      },
      load: async (from, count) => {
        const { filter, order } = state();
        const answer = await api.request('frames.window', { filter, order, from, count });
        if (state().filter === filter) set({ shown: { total: answer.total, settled: answer.settled } });
        const [first] = answer.rows;
        // As Wireshark does: the first frame is selected, so that the panes are never empty.
        if (state().selected === null && from === 0 && first !== undefined) {
          chosen = null;
          choose(first.frame);
        }
        if (state().order === order) {
          if (waiting && answer.ordered) void keepSelectionInView(filter);
          waiting = !answer.ordered;
        }
        return answer;
      },
      select: (frame) => {
        chosen = frame;
        choose(frame);
      },
      goTo: async (frame, focus = true) => {
        const { selected, visited, visit: at } = state();
        if (!(await visit(frame, focus))) return;
        const past = visited.slice(0, at + 1);
        if (selected !== null && past.at(-1) !== selected) past.push(selected);
        if (past.at(-1) !== frame) past.push(frame);
        const kept = past.slice(-VISITS);
        set({ visited: kept, visit: kept.length - 1 });
      },
      step: async (by) => {
        const { selected, filter, order } = state();
        const at = selected === null ? -by : await rowOf(filter, selected);
        if (at === null || at + by < 0) return;
        const answer = await api.request('frames.window', { filter, order, from: at + by, count: 1 });
        const row = answer.rows[0];
        if (row === undefined) return;
        chosen = row.frame;
        choose(row.frame);
        reveal(answer.from, false);
      },
      stepInConversation: async (by) => {
        const { selected, filter } = state();
        if (selected === null) return;
        const found = await neighbour(api, filter, selected, by);
        if (typeof found === 'string') session.getState().say('note', found);
        else await visit(found, false);
      },
      back: () => travel(-1),
      forward: () => travel(1),
      reload: () => {
        const { selected } = state();
        if (selected !== null) fetchDetail(selected);
      },
    };
  });

  forgetWithCapture(store, session);
  followUnsettled(store, api);
  return store;
}

export type FramesStore = ReturnType<typeof createFrames>;

export function isFiltering(filter: FrameFilter): boolean {
  return filter.text !== '' || filter.verdicts.length > 0 || filter.conversation !== null;
}

/** The next frame (1) or the one before (-1) in a frame's conversation, or a sentence where there is none. */
async function neighbour(
  api: PageApi,
  filter: FrameFilter,
  frame: number,
  by: 1 | -1,
): Promise<number | string> {
  const all = await api.request('frames.window', { filter: NO_FILTER, from: frame - 1, count: 1 });
  const conversation = all.rows[0]?.conversation ?? null;
  if (conversation === null) return `Frame ${frame} belongs to no conversation.`;
  // Where the list hides the frame itself, its conversation is followed through all frames.
  for (const within of [
    { ...filter, conversation },
    { ...NO_FILTER, conversation },
  ]) {
    const at = await api.request('frames.rowOf', { filter: within, frame });
    if (at === null) continue;
    const beside = await api.request('frames.window', {
      filter: within,
      from: Math.max(0, at + by),
      count: 1,
    });
    const found = at + by < 0 ? undefined : beside.rows[0];
    if (found !== undefined) return found.frame;
    const end = by > 0 ? 'last' : 'first';
    return `Frame ${frame} is the ${end} of conversation ${conversation}${isFiltering(filter) ? ' in this list' : ''}.`;
  }
  return `Frame ${frame} is not in this capture.`;
}

/** A new capture begins with nothing selected; a new revision asks for the detail again. */
function forgetWithCapture(store: FramesStore, session: SessionStore): void {
  session.subscribe(({ status }, { status: before }) => {
    if (status.capture !== before.capture || (status.phase === 'empty' && before.phase !== 'empty')) {
      store.setState(INITIAL);
    } else if (status.told !== before.told) {
      store.getState().reload();
    }
  });
}

/** While a filter is still being evaluated, its total is asked for again. */
function followUnsettled(store: FramesStore, api: PageApi): void {
  let timer: ReturnType<typeof setTimeout> | null = null;
  const ask = async (filter: FrameFilter, from: number): Promise<void> => {
    try {
      const { total, settled } = await api.request('frames.window', { filter, from, count: 1 });
      if (store.getState().filter === filter) store.setState({ shown: { total, settled } });
    } catch {
      // The list itself says what is wrong.
    }
  };
  store.subscribe(({ filter, shown }) => {
    if (timer !== null || shown === null || shown.settled || !isFiltering(filter)) return;
    timer = setTimeout(() => {
      timer = null;
      const now = store.getState();
      if (now.shown !== null && !now.shown.settled && isFiltering(now.filter)) {
        void ask(now.filter, now.shown.total);
      }
    }, FOLLOW_TIME);
  });
}
