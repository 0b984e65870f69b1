import { createStore } from 'zustand/vanilla';

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

/** Shares of the second pane, in percent, before anyone moved a bar. */
export const INITIAL_SIZES = {
  why: 25,
  detail: 44,
  bytes: 61,
  conversation: 58,
  ladder: 56,
  sip: 50,
  keys: 36,
  call: 62,
  callMessage: 40,
  dialog: 50,
  dialogMessage: 52,
  media: 46,
} as const;
export type PaneId = keyof typeof INITIAL_SIZES;

export interface LayoutState {
  readonly theme: Theme;
  readonly sizes: Readonly<Record<PaneId, number>>;
  /** Widths of columns that somebody moved, by list and column. */
  readonly columns: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Columns that somebody hid or showed, by list: those that are hidden. */
  readonly hidden: Readonly<Record<string, readonly string[]>>;
  setHidden: (list: string, columns: readonly string[]) => void;
  /** The list's columns as they were before anyone moved or hid them. */
  resetColumns: (list: string) => void;
  setColumns: (list: string, widths: Readonly<Record<string, number>>) => void;
  setSize: (pane: PaneId, size: number) => void;
  setTheme: (theme: Theme) => void;
  /** Light to dark and back; the system's choice is left behind. */
  toggleTheme: () => void;
}

const KEY = 'sipher.layout';

/** How the window is divided and which colours it has: all that the page stores on the machine. */
export function createLayout(storage: Storage | null, prefersDark: () => boolean) {
  const stored = readStored(storage);
  const store = createStore<LayoutState>()((set, state) => ({
    theme: stored.theme,
    sizes: stored.sizes,
    columns: stored.columns,
    hidden: stored.hidden,
    setHidden: (list, columns) => set({ hidden: { ...state().hidden, [list]: columns } }),
    resetColumns: (list) =>
      set({ columns: without(state().columns, list), hidden: without(state().hidden, list) }),
    setColumns: (list, widths) => set({ columns: { ...state().columns, [list]: widths } }),
    setSize: (pane, size) => set({ sizes: { ...state().sizes, [pane]: Math.round(size * 10) / 10 } }),
    setTheme: (theme) => set({ theme }),
    toggleTheme: () => set({ theme: isDark(state().theme, prefersDark()) ? 'light' : 'dark' }),
  }));
  store.subscribe(({ theme, sizes, columns, hidden }) => {
    try {
      storage?.setItem(KEY, JSON.stringify({ theme, sizes, columns, hidden }));
    } catch {
      // A full or forbidden storage costs no more than the sizes.
    }
  });
  return store;
}

export type LayoutStore = ReturnType<typeof createLayout>;

export function isDark(theme: Theme, prefersDark: boolean): boolean {
  return theme === 'dark' || (theme === 'system' && prefersDark);
}

/** What was stored, with every member checked: the storage is shared with whatever else ran at this address. */
function readStored(storage: Storage | null): Pick<LayoutState, 'theme' | 'sizes' | 'columns' | 'hidden'> {
  const sizes: Record<PaneId, number> = { ...INITIAL_SIZES };
  const columns: Record<string, Record<string, number>> = {};
  const hidden: Record<string, readonly string[]> = {};
  let theme: Theme = 'system';
  try {
    const value: unknown = JSON.parse(storage?.getItem(KEY) ?? 'null');
    if (typeof value !== 'object' || value === null) return { theme, sizes, columns, hidden };
    if ('theme' in value) theme = THEMES.find((known) => known === value.theme) ?? theme;
    if ('sizes' in value && typeof value.sizes === 'object' && value.sizes !== null) {
      const found = new Map<string, unknown>(Object.entries(value.sizes));
      let pane: PaneId;
      for (pane in sizes) {
        const size = found.get(pane);
        if (typeof size === 'number' && size > 5 && size < 95) sizes[pane] = size;
      }
    }
    if ('columns' in value && typeof value.columns === 'object' && value.columns !== null)
      for (const [list, widths] of Object.entries(value.columns)) columns[list] = readWidths(widths);
    if ('hidden' in value && typeof value.hidden === 'object' && value.hidden !== null)
      for (const [list, ids] of Object.entries(value.hidden)) hidden[list] = readIds(ids);
  } catch {
    // Not ours, or forbidden: begin with the initial sizes.
  }
  return { theme, sizes, columns, hidden };
}

function readIds(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((id) => typeof id === 'string') : [];
}

function without<T>(lists: Readonly<Record<string, T>>, list: string): Record<string, T> {
  return Object.fromEntries(Object.entries(lists).filter(([name]) => name !== list));
}

function readWidths(value: unknown): Record<string, number> {
  const widths: Record<string, number> = {};
  if (typeof value !== 'object' || value === null) return widths;
  for (const [column, width] of Object.entries(value))
    if (typeof width === 'number' && width >= 20 && width <= 4000) widths[column] = width;
  return widths;
}
