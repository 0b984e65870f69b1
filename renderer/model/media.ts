import { createStore } from 'zustand/vanilla';
import type { MediaStreamRow } from '../../core/api-calls.ts';
import type { RowOrder } from '../../core/api-order.ts';
import { bytesOfBase64 } from './bytes.ts';
import type { RowsOf } from './list-rows.ts';
import { createLatest, IDLE, loadLatest, type Loadable } from './loadable.ts';
import type { PageApi } from './page-api.ts';
import type { SessionStore } from './session.ts';

/** What is played: the stream's number, and its sound once it has come. */
export interface Playing {
  readonly stream: number;
  readonly sound: Loadable<{ readonly bytes: Uint8Array<ArrayBuffer>; readonly complete: boolean }>;
}

export interface MediaState {
  readonly order: RowOrder<'media'> | null;
  readonly text: string;
  /** Rows that the text lets through, and all of them; null until known. */
  readonly shown: number | null;
  readonly count: number | null;
  readonly selected: MediaStreamRow | null;
  /** Streams of the call that is looked at. */
  readonly ofCall: Loadable<readonly MediaStreamRow[]>;
  readonly playing: Playing | null;
  setOrder: (order: RowOrder<'media'> | null) => void;
  setText: (text: string) => void;
  load: (from: number, count: number) => Promise<RowsOf<MediaStreamRow>>;
  loadOfCall: (call: string) => void;
  select: (row: MediaStreamRow) => void;
  play: (stream: number) => void;
  stop: () => void;
  /** The sound to keep, as RIFF/WAVE. */
  wavOf: (stream: number) => Promise<{ readonly bytes: Uint8Array<ArrayBuffer>; readonly complete: boolean }>;
}

const INITIAL = { shown: null, count: null, selected: null, ofCall: IDLE, playing: null } as const;
/** Seconds of sound that are played, and that are saved. */
const PLAYED_SECONDS = 300;
const SAVED_SECONDS = 3600;
/** Streams of one call that are listed. */
const OF_CALL = 200;

/** RTP streams: of the capture, of one call, and the one that is heard. */
export function createMedia(api: PageApi, session: SessionStore) {
  const latestOfCall = createLatest();
  const latestSound = createLatest();
  const store = createStore<MediaState>()((set, state) => {
    const soundOf = async (stream: number, seconds: number) => {
      const answer = await api.request('media.wav', { stream, seconds });
      return { bytes: bytesOfBase64(answer.bytes), complete: answer.complete };
    };
    return {
      ...INITIAL,
      order: null,
      text: '',
      setOrder: (order) => set({ order }),
      setText: (text) => set({ text, shown: null }),
      load: async (from, count) => {
        const { order, text } = state();
        const answer = await api.request('media.window', { call: null, text, order, from, count });
        if (state().text === text)
          set({ shown: answer.total, ...(text === '' ? { count: answer.total } : {}) });
        const { selected } = state();
        const [first] = answer.rows;
        const renewed = answer.rows.find(({ stream }) => stream === selected?.stream);
        if (renewed !== undefined) set({ selected: renewed });
        else if (selected === null && from === 0 && first !== undefined) set({ selected: first });
        return answer;
      },
      loadOfCall: (call) => {
        loadLatest(
          latestOfCall,
          IDLE,
          async () => (await api.request('media.window', { call, from: 0, count: OF_CALL })).rows,
          (ofCall) => set({ ofCall }),
        );
      },
      select: (row) => set({ selected: row }),
      play: (stream) => {
        loadLatest(
          latestSound,
          IDLE,
          () => soundOf(stream, PLAYED_SECONDS),
          (sound) => set({ playing: { stream, sound } }),
        );
      },
      stop: () => {
        latestSound(() => Promise.resolve());
        set({ playing: null });
      },
      wavOf: (stream) => soundOf(stream, SAVED_SECONDS),
    };
  });
  session.subscribe(({ status }, { status: before }) => {
    // Streams are numbered anew with each revision: what another key opens may split them otherwise.
    if (status.capture !== before.capture || status.revision !== before.revision) {
      store.setState(INITIAL);
    }
    if (status.capture !== before.capture) store.setState({ order: null, text: '' });
  });
  return store;
}

export type MediaStore = ReturnType<typeof createMedia>;
