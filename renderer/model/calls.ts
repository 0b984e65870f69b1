import { createStore } from 'zustand/vanilla';
import type { RowOrder } from '../../core/api-order.ts';
import type { CallDetail, CallFilter, CallRow } from '../../core/api-calls.ts';
import { READ_STATES } from './call-states.ts';
import type { Reveal, RowsOf } from './list-rows.ts';
import { createLatest, IDLE, loadingAfter, shownOf, type Loadable } from './loadable.ts';
import { messageOf, wasNotFound, type PageApi } from './page-api.ts';
import { isBusy, isOpen, stampOf, type SessionStore } from './session.ts';

export const CALL_TABS = ['calls', 'registrations', 'dialogs', 'media', 'statistics'] as const;
export type CallTab = (typeof CALL_TABS)[number];

export interface CallsState {
  readonly tab: CallTab;
  readonly text: string;
  /** States that pass; empty: all. */
  readonly states: readonly string[];
  /** null: by time, as captured. */
  readonly order: RowOrder<'calls'> | null;
  /** Rows that the filter lets through; null until known. */
  readonly shown: number | null;
  /** Calls of the capture, whatever the filter says; null until known. */
  readonly count: number | null;
  readonly selected: string | null;
  readonly detail: Loadable<CallDetail>;
  readonly reveal: Reveal | null;
  /** Grows with each word of the user on which legs are one call: rows are to be asked for again. */
  readonly joins: number;
  showTab: (tab: CallTab) => void;
  setText: (text: string) => void;
  /** All of these states, or none of them. */
  toggleStates: (states: readonly string[]) => void;
  clearFilter: () => void;
  setOrder: (order: RowOrder<'calls'> | null) => void;
  load: (from: number, count: number) => Promise<RowsOf<CallRow>>;
  select: (call: string) => void;
  /** A link: shows the calls, clears a filter that may hide it, and selects it. */
  goTo: (call: string) => void;
  /** The user's word on two legs; null takes it back. */
  join: (callIds: readonly [string, string], joined: boolean | null) => Promise<void>;
  ladderAs: (as: 'text' | 'svg') => Promise<string>;
  reload: () => void;
}

const NO_STATES: readonly string[] = [];
/** Of a capture that was just opened. */
const INITIAL = {
  tab: 'calls',
  text: '',
  states: NO_STATES,
  order: null,
  shown: null,
  count: null,
  selected: null,
  detail: IDLE,
  reveal: null,
  joins: 0,
} as const;
/** Between two questions for the number of calls while the capture is read, in milliseconds. */
const COUNT_TIME = 1500;
/** Nor is more than this part of the time spent on its answers: the same thread reads the capture. */
const COUNT_SHARE = 0.05;

/** The list of calls and all that is known of the selected one. */
export function createCalls(api: PageApi, session: SessionStore) {
  const latest = createLatest();
  let nonce = 0;
  const store = createStore<CallsState>()((set, state) => {
    const choose = (call: string): void => {
      const before = shownOf(state().detail)?.row ?? null;
      set({ selected: call, detail: loadingAfter(state().detail) });
      latest(async (isCurrent) => {
        try {
          const value = await api.request('call.detail', { call });
          if (isCurrent()) set({ detail: { kind: 'ready', value } });
        } catch (error) {
          if (!isCurrent()) return;
          if (wasNotFound(error) && before?.call === call && (await follow(before))) return;
          set({ detail: { kind: 'failed', message: messageOf(error) } });
        }
      });
    };
    /**
     * A call that was locked has another name once it can be read, and a leg that was separated is a call of its own: the
     * one that began nearest to it is shown in its place.
     */
    const follow = async (before: CallRow): Promise<boolean> => {
      const found = await nearestCall(api, before);
      if (found === null) {
        set({ selected: null, detail: IDLE });
        return true;
      }
      if (found === before.call) return false;
      choose(found);
      await show(found, false);
      return true;
    };
    /** Brings a call into view where the list shows it. */
    const show = async (call: string, focus: boolean): Promise<void> => {
      try {
        const filter = filterOf(state());
        const row = await api.request('calls.rowOf', { filter, order: state().order, call });
        nonce += 1;
        if (row !== null) set({ reveal: { row, nonce, focus } });
      } catch {
        // The list itself says what is wrong.
      }
    };
    return {
      ...INITIAL,
      showTab: (tab) => set({ tab }),
      setText: (text) => set({ text, shown: null }),
      toggleStates: (wanted) => {
        const { states } = state();
        const all = wanted.every((each) => states.includes(each));
        const others = states.filter((each) => !wanted.includes(each));
        set({ states: all ? others : [...others, ...wanted], shown: null });
      },
      clearFilter: () => set({ text: '', states: NO_STATES, shown: null }),
      setOrder: (order) => set({ order }),
      load: async (from, count) => {
        const filter = filterOf(state());
        const { order } = state();
        const answer = await api.request('calls.window', { filter, order, from, count });
        if (state().text === filter.text && state().states === filter.states) {
          set({ shown: answer.total, ...(isFilteringCalls(filter) ? {} : { count: answer.total }) });
        }
        const [first] = answer.rows;
        if (state().selected === null && from === 0 && first !== undefined) choose(first.call);
        return answer;
      },
      select: choose,
      goTo: (call) => {
        if (isFilteringCalls(filterOf(state()))) state().clearFilter();
        set({ tab: 'calls' });
        session.getState().show('calls');
        choose(call);
        void show(call, true);
      },
      join: async (callIds, joined) => {
        try {
          await api.request('calls.join', { callIds, joined });
          set({ joins: state().joins + 1 });
          state().reload();
        } catch (error) {
          session.getState().say('error', messageOf(error));
        }
      },
      ladderAs: async (as) => {
        const call = state().selected;
        if (call === null) return '';
        return (await api.request('call.ladder', { call, as })).text;
      },
      reload: () => {
        const { selected } = state();
        if (selected !== null) choose(selected);
      },
    };
  });

  session.subscribe(({ status }, { status: before }) => {
    if (status.capture !== before.capture || (!isOpen(status) && isOpen(before))) {
      store.setState(INITIAL);
    } else if (stampOf(status) !== stampOf(before)) {
      store.getState().reload();
    }
  });
  countCalls(api, session, store);
  return store;
}

export type CallsStore = ReturnType<typeof createCalls>;

export function isFilteringCalls(filter: CallFilter): boolean {
  return filter.text !== '' || filter.states.length > 0;
}

function filterOf({ text, states }: CallsState): CallFilter {
  return { text, states };
}

const ALL: CallFilter = { text: '', states: NO_STATES };
const LOOKED_AT = 1000;
const LOCKED_LOOKED_AT = 50;

async function nearestCall(api: PageApi, { relative }: CallRow): Promise<string | null> {
  const { rows } = await api.request('calls.window', { filter: ALL, from: 0, count: LOOKED_AT });
  let nearest = -1;
  let least = Infinity;
  rows.forEach((row, at) => {
    const distance = Math.abs(row.relative - relative);
    if (distance >= least) return;
    least = distance;
    nearest = at;
  });
  return rows[nearest]?.call ?? null;
}

/**
 * A call that can be read, or one that gives itself away by its media. An encrypted connection alone that may carry calls
 * is looked at among the frames first, where the reason stands.
 */
async function isWorthOpening(api: PageApi): Promise<boolean> {
  const read = { filter: { text: '', states: READ_STATES }, from: 0, count: 1 };
  if ((await api.request('calls.window', read)).total > 0) return true;
  const locked = { filter: { text: '', states: ['locked'] }, from: 0, count: LOCKED_LOOKED_AT };
  const { rows } = await api.request('calls.window', locked);
  // Without media a locked call has no duration; its streams may not have been counted yet.
  return rows.some(({ streams, duration }) => streams > 0 || duration !== null);
}

/**
 * Keeps the number of calls, and lets the window open on them: sngrep's users look for their call first. While the
 * capture is read it is asked for now and then, until there is a call, and again for as long as the calls are looked at.
 */
function countCalls(api: PageApi, session: SessionStore, store: CallsStore): void {
  const latest = createLatest();
  let timer: ReturnType<typeof setTimeout> | null = null;
  let asking = false;
  let wait = 0;

  const ask = (capture: number): void =>
    latest(async (isCurrent) => {
      const start = performance.now();
      asking = true;
      try {
        const { total } = await api.request('calls.window', { filter: ALL, from: 0, count: 1 });
        const worth = total > 0 && !session.getState().chosen && (await isWorthOpening(api));
        if (!isCurrent() || session.getState().status.capture !== capture) return;
        store.setState({ count: total });
        const { status, view, suggest } = session.getState();
        if (worth) suggest('calls');
        else if (view === 'calls' && !isBusy(status)) suggest('frames');
      } catch {
        // The list itself says what is wrong.
      } finally {
        if (isCurrent()) {
          asking = false;
          wait = Math.max(COUNT_TIME, (performance.now() - start) / COUNT_SHARE);
        }
      }
    });
  session.subscribe(({ status }, { status: before }) => {
    if (!isOpen(status) || status.sipMessages + status.frames === 0) return;
    const { capture } = status;
    if (capture !== before.capture) wait = 0;
    if (!isBusy(status)) {
      const news = capture !== before.capture || status.revision !== before.revision;
      if (news || status.phase !== before.phase) ask(capture);
      return;
    }
    const { count } = store.getState();
    const looked = session.getState().view === 'calls';
    if (timer !== null || asking || status.sipMessages === 0 || ((count ?? 0) > 0 && !looked)) return;
    timer = setTimeout(() => {
      timer = null;
      const now = session.getState().status;
      if (now.capture === capture && isBusy(now)) ask(capture);
    }, wait);
  });
}
