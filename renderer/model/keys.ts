import { createStore } from 'zustand/vanilla';
import type { AddKeysOutcome, KeyRole, KeyRow, NeedGroup } from '../../core/api.ts';
import { base64OfBytes } from './bytes.ts';
import { createLatest } from './loadable.ts';
import { messageOf, wasCancelled, type PageApi } from './page-api.ts';
import { isBusy, type SessionStore } from './session.ts';

export interface KeysState {
  readonly keys: readonly KeyRow[];
  /** Sentences about files that gave nothing, until the next attempt. */
  readonly problems: readonly string[];
  /** How each key stands to the connections, and what they need; as far as known. */
  readonly roles: readonly KeyRole[];
  readonly needs: readonly NeedGroup[];
  readonly busy: boolean;
  /** The key whose removal is to be confirmed. */
  readonly removing: number | null;
  /** Keys that this page added last, to be pointed out. */
  readonly fresh: readonly number[];
  choose: () => Promise<void>;
  addFiles: (files: readonly File[]) => Promise<void>;
  addText: (text: string) => Promise<boolean>;
  /** The password is passed on and not kept. True where the key could be unlocked. */
  unlock: (key: number, password: string) => Promise<boolean>;
  askToRemove: (key: number | null) => void;
  remove: (key: number) => Promise<void>;
  dismissProblems: () => void;
}

/** What the contract lets cross at once; a larger file is something else. */
const LARGEST_KEY_FILE = 48 * 1024 * 1024;

/** The loaded keys. What the page sends of them, it does not keep. */
export function createKeys(api: PageApi, session: SessionStore) {
  let pushed = 0;
  const store = createStore<KeysState>()((set, state) => {
    const attempt = async (run: () => Promise<AddKeysOutcome | null>): Promise<AddKeysOutcome | null> => {
      // Before it runs: the host pushes the new list ahead of its answer.
      const before = new Set(state().keys.map(({ key }) => key));
      const pushedBefore = pushed;
      set({ busy: true, problems: [] });
      try {
        const outcome = await run();
        if (outcome === null) return null;
        set({
          keys: newerOf(state().keys, outcome.keys, pushed !== pushedBefore),
          problems: outcome.problems,
          fresh: outcome.keys.map(({ key }) => key).filter((key) => !before.has(key)),
        });
        return outcome;
      } catch (error) {
        if (!wasCancelled(error)) set({ problems: [messageOf(error)] });
        return null;
      } finally {
        set({ busy: false });
      }
    };
    return {
      keys: [],
      roles: [],
      needs: [],
      problems: [],
      busy: false,
      removing: null,
      fresh: [],
      choose: async () => {
        await attempt(() => api.request('keys.choose', null));
      },
      addFiles: async (files) => {
        await attempt(() => addEach(api, files));
      },
      addText: async (text) => {
        const bytes = base64OfBytes(new TextEncoder().encode(text));
        const outcome = await attempt(() => api.request('keys.addBytes', { name: 'pasted text', bytes }));
        return outcome !== null && (outcome.added > 0 || outcome.problems.length === 0);
      },
      unlock: async (key, password) => {
        const outcome = await attempt(() => api.request('keys.unlock', { key, password }));
        return outcome !== null && outcome.problems.length === 0;
      },
      askToRemove: (key) => set({ removing: key }),
      remove: async (key) => {
        set({ removing: null });
        try {
          set({ keys: await api.request('keys.remove', { key }) });
        } catch (error) {
          session.getState().say('error', messageOf(error));
        }
      },
      dismissProblems: () => set({ problems: [] }),
    };
  });

  const judge = judgeAgain(api, session, (judged) => store.setState(judged));
  session.subscribe(({ status }, { status: before }) => {
    const same =
      status.capture === before.capture &&
      status.revision === before.revision &&
      status.phase === before.phase;
    if (!same) judge();
  });
  api.subscribe('keys', (keys) => {
    pushed += 1;
    store.setState({ keys });
    judge();
  });
  api.watchConnection((connection) => {
    if (connection !== 'connected') return;
    api.request('keys.list', null).then(
      (keys) => store.setState({ keys }),
      (error: unknown) => session.getState().say('error', messageOf(error)),
    );
  });
  return store;
}

export type KeysStore = ReturnType<typeof createKeys>;

/** Roles and needs, asked for again once the capture is read or a key has changed. */
function judgeAgain(
  api: PageApi,
  session: SessionStore,
  take: (judged: { roles: readonly KeyRole[]; needs: readonly NeedGroup[] }) => void,
): () => void {
  const latest = createLatest();
  return () => {
    const { status } = session.getState();
    if (status.phase === 'empty' || isBusy(status)) {
      if (status.phase === 'empty') take({ roles: [], needs: [] });
      return;
    }
    latest(async (isCurrent) => {
      try {
        const [roles, needs] = await Promise.all([
          api.request('keys.roles', null),
          api.request('capture.needs', null),
        ]);
        if (isCurrent()) take({ roles, needs });
      } catch {
        // An addition to the list of keys, which stands without it.
        if (isCurrent()) take({ roles: [], needs: [] });
      }
    });
  };
}

/** The answer's list, unless the same keys were pushed meanwhile: then the push knows better what they open. */
function newerOf(
  shown: readonly KeyRow[],
  answered: readonly KeyRow[],
  wasPushed: boolean,
): readonly KeyRow[] {
  const same = shown.length === answered.length && shown.every((row, at) => row.key === answered[at]?.key);
  return wasPushed && same && shown.every((row, at) => row.kind === answered[at]?.kind) ? shown : answered;
}

/** One request a file, their outcomes joined. */
async function addEach(api: PageApi, files: readonly File[]): Promise<AddKeysOutcome> {
  let keys: readonly KeyRow[] | null = null;
  let added = 0;
  const problems: string[] = [];
  for (const file of files) {
    if (file.size > LARGEST_KEY_FILE) {
      problems.push(`${file.name} is too large to be a key or a key log.`);
      continue;
    }
    const bytes = base64OfBytes(new Uint8Array(await file.arrayBuffer()));
    const outcome = await api.request('keys.addBytes', { name: file.name, bytes });
    keys = outcome.keys;
    added += outcome.added;
    problems.push(...outcome.problems);
  }
  return { keys: keys ?? (await api.request('keys.list', null)), added, problems };
}
