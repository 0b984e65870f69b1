import { createStore } from 'zustand/vanilla';
import type { CaptureStatus, HostInfo } from '../../core/api.ts';
import { NO_VERDICTS } from '../../core/verdict.ts';
import { messageOf, wasCancelled, type Connection, type PageApi, type UploadProgress } from './page-api.ts';

export const VIEWS = ['calls', 'frames', 'conversations', 'sip', 'findings', 'keys'] as const;
export type ViewId = (typeof VIEWS)[number];

export interface Toast {
  readonly id: number;
  readonly kind: 'error' | 'warning' | 'note';
  readonly text: string;
}

export type Overlay = 'shortcuts' | 'palette' | 'go-to-frame' | 'paste-key' | 'export' | null;

export interface SessionState {
  readonly host: HostInfo | null;
  readonly status: CaptureStatus;
  readonly connection: Connection;
  readonly view: ViewId;
  /** True once the user chose a view, or worked in one, since this capture was opened. */
  readonly chosen: boolean;
  readonly overlay: Overlay;
  readonly toasts: readonly Toast[];
  readonly upload: UploadProgress | null;
  /** True while a request to open is on its way, before the host says that it reads. */
  readonly opening: boolean;
  show: (view: ViewId) => void;
  /** The user works in the view that is shown: it is not to be changed under their hands. */
  keepView: () => void;
  /** The view that a capture should open on; without effect once the user chose one. */
  suggest: (view: ViewId) => void;
  setOverlay: (overlay: Overlay) => void;
  say: (kind: Toast['kind'], text: string) => void;
  dismiss: (id: number) => void;
  /** Opens through the host's dialog; the browser host has none: the page shows its own. */
  chooseCapture: () => Promise<void>;
  openFiles: (files: readonly File[]) => Promise<void>;
  openSample: () => Promise<void>;
  cancel: () => Promise<void>;
  close: () => Promise<void>;
}

const TOASTS = 4;

/** The host, the capture's status and what the window shows. */
export function createSession(api: PageApi) {
  let toast = 0;
  let pushed = 0;
  const store = createStore<SessionState>()((set, state) => {
    const attempt = async (run: () => Promise<CaptureStatus | null>): Promise<void> => {
      set({ opening: true });
      const before = pushed;
      try {
        const status = await run();
        // A push that came meanwhile is newer than the answer, unless it was about the capture before.
        const newer = pushed === before || (status?.capture ?? 0) > state().status.capture;
        if (status !== null && newer) set({ status });
      } catch (error) {
        if (!wasCancelled(error)) state().say('error', messageOf(error));
      } finally {
        set({ opening: false, upload: null });
      }
    };
    return {
      host: null,
      status: EMPTY_STATUS,
      connection: 'connecting',
      view: 'frames',
      chosen: false,
      overlay: null,
      toasts: [],
      upload: null,
      opening: false,
      show: (view) => set({ view, overlay: null, chosen: isOpen(state().status) }),
      keepView: () => {
        if (!state().chosen && isOpen(state().status)) set({ chosen: true });
      },
      suggest: (view) => {
        if (!state().chosen && state().view !== view && state().view !== 'keys') set({ view });
      },
      setOverlay: (overlay) => set({ overlay }),
      say: (kind, text) => {
        if (state().toasts.some((shown) => shown.text === text)) return;
        toast += 1;
        set({ toasts: [...state().toasts, { id: toast, kind, text }].slice(-TOASTS) });
      },
      dismiss: (id) => set({ toasts: state().toasts.filter((shown) => shown.id !== id) }),
      chooseCapture: () => attempt(() => api.request('capture.choose', null)),
      openSample: () => attempt(() => api.request('capture.openSample', null)),
      openFiles: (files) =>
        attempt(async () => {
          const paths = await api.stageCaptures(files, (upload) => set({ upload }));
          return api.request('capture.open', { paths });
        }),
      cancel: () => attempt(() => api.request('capture.cancel', null)),
      close: () => attempt(() => api.request('capture.close', null)),
    };
  });

  const refresh = async (): Promise<void> => {
    try {
      const [host, status] = await Promise.all([
        api.request('host.info', null),
        api.request('capture.status', null),
      ]);
      store.setState({ host, status });
    } catch (error) {
      store.getState().say('error', messageOf(error));
    }
  };
  api.subscribe('status', (status) => {
    pushed += 1;
    store.setState({ status });
  });
  store.subscribe(({ status }, { status: before }) => {
    if (status.capture !== before.capture) store.setState({ chosen: false });
  });
  api.watchConnection((connection) => {
    store.setState({ connection });
    if (connection === 'connected') void refresh();
  });
  return store;
}

export type SessionStore = ReturnType<typeof createSession>;

export function isOpen(status: CaptureStatus): boolean {
  return status.phase !== 'empty';
}

export function isBusy(status: CaptureStatus): boolean {
  return status.phase === 'reading' || status.phase === 'opening';
}

/** Changes with every revision, and once more when the capture has been read: what was told of its beginning may be told anew. */
export function stampOf(status: CaptureStatus): number {
  return status.revision * 2 + (isBusy(status) ? 0 : 1);
}

/** Share of the file that was read, from 0 to 1; null where it cannot be known. */
export function progressOf(status: CaptureStatus): number | null {
  if (status.bytesTotal === null || status.bytesTotal <= 0) return null;
  return Math.min(1, status.bytesRead / status.bytesTotal);
}

export const EMPTY_STATUS: CaptureStatus = {
  capture: 0,
  phase: 'empty',
  files: [],
  bytesRead: 0,
  bytesTotal: null,
  frames: 0,
  conversations: 0,
  sipMessages: 0,
  revision: 0,
  told: 0,
  verdicts: NO_VERDICTS,
  warnings: [],
  error: null,
  summary: '',
};
