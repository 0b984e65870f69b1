import { createStore } from 'zustand/vanilla';
import type { ExportPreview, ExportScope, ExportWish } from '../../core/api-export.ts';
import type { CallsStore } from './calls.ts';
import type { ConversationsStore } from './conversations.ts';
import type { FramesStore } from './frames.ts';
import { createLatest, IDLE, loadLatest, type Loadable } from './loadable.ts';
import { messageOf, wasCancelled, type PageApi } from './page-api.ts';
import type { SessionStore } from './session.ts';

export type ExportScopes = Readonly<Partial<Record<ExportScope['kind'], ExportScope>>>;

/** Two conversations that a report is to compare, as they were typed. */
export interface Comparing {
  readonly wanted: boolean;
  readonly pair: readonly [string, string];
}

export interface ExportingState {
  readonly wish: ExportWish;
  readonly comparing: Comparing;
  /** What can be chosen now: all, and what is filtered or selected elsewhere. */
  readonly scopes: ExportScopes;
  readonly preview: Loadable<ExportPreview>;
  readonly saving: boolean;
  /** Why saving failed; empty where it did not. */
  readonly failed: string;
  /** Shows the dialog, for a part of the capture where one is named. */
  open: (scope?: ExportScope) => void;
  choose: (part: Partial<ExportWish>) => void;
  compare: (part: Partial<Comparing>) => void;
  /** Where it was saved: the address to fetch it from, "" where the host wrote it, null where nothing was. */
  save: () => Promise<string | null>;
}

const NOTHING_COMPARED: Comparing = { wanted: false, pair: ['', ''] };

/** What of the capture is handed over, and as what. */
export function createExporting(
  api: PageApi,
  session: SessionStore,
  others: {
    readonly frames: FramesStore;
    readonly calls: CallsStore;
    readonly conversations: ConversationsStore;
  },
) {
  const latest = createLatest();
  const store = createStore<ExportingState>()((set, state) => {
    const fetchPreview = (): void => {
      const wish = wishOf(state());
      set({ failed: '' });
      loadLatest(
        latest,
        state().preview,
        () => api.request('export.preview', wish),
        (preview) => set({ preview }),
      );
    };
    return {
      wish: { format: 'report', scope: { kind: 'all' }, redact: false },
      comparing: NOTHING_COMPARED,
      scopes: {},
      preview: IDLE,
      saving: false,
      failed: '',
      open: (scope) => {
        const { filter } = others.frames.getState();
        const call = others.calls.getState().selected;
        const { selected: conversation, other, before } = others.conversations.getState();
        const filters = filter.text !== '' || filter.verdicts.length > 0 || filter.conversation !== null;
        const scopes: ExportScopes = {
          all: { kind: 'all' },
          ...(filters ? { filtered: { kind: 'filtered', filter } } : {}),
          ...(call === null ? {} : { call: { kind: 'call', call } }),
          ...(conversation === null ? {} : { conversation: { kind: 'conversation', conversation } }),
          ...(scope === undefined ? {} : { [scope.kind]: scope }),
        };
        set({
          scopes,
          wish: { ...state().wish, scope: scope ?? { kind: 'all' } },
          comparing: { wanted: false, pair: [conversation ?? '', other ?? before ?? ''] },
          preview: IDLE,
        });
        session.getState().setOverlay('export');
        fetchPreview();
      },
      choose: (part) => {
        const wish = { ...state().wish, ...part };
        set({ wish: canRedact(wish) ? wish : { ...wish, redact: false } });
        fetchPreview();
      },
      compare: (part) => {
        set({ comparing: { ...state().comparing, ...part } });
        fetchPreview();
      },
      save: async () => {
        if (state().saving) return null;
        set({ saving: true, failed: '' });
        try {
          const saved = await api.request('export.save', wishOf(state()));
          if (saved === null) return null;
          session.getState().say('note', ['Exported.', ...saved.sentences].join(' '));
          session.getState().setOverlay(null);
          return saved.url ?? '';
        } catch (error) {
          if (!wasCancelled(error)) set({ failed: messageOf(error) });
          else set({ failed: 'The capture or its keys changed meanwhile: try again.' });
          return null;
        } finally {
          set({ saving: false });
        }
      },
    };
  });
  return store;
}

/** What is asked of the host: with the two that are compared, where a report is to do so. */
function wishOf({ wish, comparing }: ExportingState): ExportWish {
  return comparesIn(wish) && comparing.wanted && problemOfPair(comparing) === ''
    ? { ...wish, compare: [comparing.pair[0].trim(), comparing.pair[1].trim()] }
    : wish;
}

/** Only a report has room for a comparison. */
export function comparesIn({ format }: Pick<ExportWish, 'format'>): boolean {
  return format === 'report';
}

/** What is wrong with the two conversations that were named; empty where nothing is. */
export function problemOfPair({ wanted, pair }: Comparing): string {
  if (!wanted) return '';
  const [one, other] = pair.map((each) => each.trim());
  if (![one, other].every((each) => /^\d+(\.\d+)*$/.test(each ?? '')))
    return 'Name both conversations by their numbers.';
  return one === other ? 'Name two different conversations.' : '';
}

/** Session secrets cannot be replaced: without them there is nothing to decrypt. */
export function canRedact({ format }: Pick<ExportWish, 'format'>): boolean {
  return format !== 'keylog' && format !== 'pcapng-with-secrets';
}

export type ExportingStore = ReturnType<typeof createExporting>;
