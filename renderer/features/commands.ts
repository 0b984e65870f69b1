import type { Command } from '../../core/api.ts';
import type { AppModel } from '../model/app-model.ts';
import { isOpen } from '../model/session.ts';
import { chooseFiles } from '../ui/choose-files.ts';
import { focusRows } from '../ui/focus-rows.ts';

const CAPTURES = '.pcap,.pcapng,.cap,.snoop,.gz,.zst,.lz4,.zip,.ntar,.dmp';

/** What the page can be told to do: by a button, a key, the palette, or the host's menu. */
export interface PageCommand {
  readonly id:
    | Command
    | 'back'
    | 'forward'
    | 'next-frame'
    | 'previous-frame'
    | 'next-in-conversation'
    | 'previous-in-conversation'
    | 'paste-key'
    | 'show-palette'
    | 'next-pane'
    | 'clear-filter'
    | 'toggle-time';
  readonly title: string;
  /** As it is written for people; null where there is none. */
  readonly keys: string | null;
  /** True where it needs an open capture. */
  readonly needsCapture: boolean;
  readonly run: (model: AppModel) => void;
}

export const PAGE_COMMANDS: readonly PageCommand[] = [
  command('open-capture', 'Open a capture…', 'Ctrl+O', false, openCapture),
  command(
    'open-sample',
    'Open the sample',
    null,
    false,
    (model) => void model.session.getState().openSample(),
  ),
  command('close-capture', 'Close the capture', null, true, (model) => void model.session.getState().close()),
  command('add-keys', 'Add keys…', 'Ctrl+K', false, addKeys),
  command('paste-key', 'Paste a key or key log…', null, false, (model) => {
    model.session.getState().show('keys');
    model.session.getState().setOverlay('paste-key');
  }),
  command('export', 'Export…', 'Ctrl+E', true, (model) => model.exporting.getState().open()),
  command('find', 'Filter the list', 'Ctrl+F or /', true, focusFilter),
  command('clear-filter', 'Clear the filter', null, true, (model) => {
    clearFilter(model);
  }),
  command('go-to-frame', 'Go to frame…', 'Ctrl+G', true, (model) =>
    model.session.getState().setOverlay('go-to-frame'),
  ),
  command(
    'next-frame',
    'Next frame in the list',
    'Ctrl+Down or F8',
    true,
    (model) => void model.frames.getState().step(1),
  ),
  command(
    'previous-frame',
    'Previous frame in the list',
    'Ctrl+Up or F7',
    true,
    (model) => void model.frames.getState().step(-1),
  ),
  command(
    'next-in-conversation',
    'Next frame of the conversation',
    'Ctrl+.',
    true,
    (model) => void model.frames.getState().stepInConversation(1),
  ),
  command(
    'previous-in-conversation',
    'Previous frame of the conversation',
    'Ctrl+,',
    true,
    (model) => void model.frames.getState().stepInConversation(-1),
  ),
  command(
    'back',
    'Back to the frame before the jump',
    'Alt+Left',
    true,
    (model) => void model.frames.getState().back(),
  ),
  command('forward', 'Forward again', 'Alt+Right', true, (model) => void model.frames.getState().forward()),
  command('next-pane', 'Next pane', 'F6', true, focusNextPane),
  command(
    'toggle-time',
    'Time since the first frame, since the row above, of day, or in UTC',
    'Ctrl+Alt+T',
    true,
    (model) => model.frames.getState().toggleTime(),
  ),
  command('show-calls', 'Show calls', 'Ctrl+1 or Alt+1', true, (model) =>
    model.session.getState().show('calls'),
  ),
  command('show-frames', 'Show frames', 'Ctrl+2 or Alt+2', true, (model) =>
    model.session.getState().show('frames'),
  ),
  command('show-conversations', 'Show conversations', 'Ctrl+3 or Alt+3', true, (model) =>
    model.session.getState().show('conversations'),
  ),
  command('show-sip', 'Show SIP messages', 'Ctrl+4 or Alt+4', true, (model) =>
    model.session.getState().show('sip'),
  ),
  command('show-findings', 'Show findings', 'Ctrl+5 or Alt+5', true, (model) =>
    model.session.getState().show('findings'),
  ),
  command('show-keys', 'Show keys', 'Ctrl+6 or Alt+6', false, (model) =>
    model.session.getState().show('keys'),
  ),
  command('toggle-theme', 'Light or dark', 'Ctrl+Shift+L', false, (model) =>
    model.layout.getState().toggleTheme(),
  ),
  command('show-palette', 'All commands', 'Ctrl+Shift+P', false, (model) =>
    model.session.getState().setOverlay('palette'),
  ),
  command('show-shortcuts', 'Keyboard shortcuts', '?', false, (model) =>
    model.session.getState().setOverlay('shortcuts'),
  ),
];

export function runCommand(id: PageCommand['id'], model: AppModel): void {
  const found = PAGE_COMMANDS.find((candidate) => candidate.id === id);
  if (found === undefined) return;
  if (found.needsCapture && !isOpen(model.session.getState().status)) return;
  found.run(model);
}

/** The command that a key stroke means; null where it means none of ours. */
export function commandOfKey(event: KeyboardEvent): PageCommand['id'] | null {
  const control = event.ctrlKey || event.metaKey;
  if (control && event.altKey) return event.key.toLowerCase() === 't' ? 'toggle-time' : null;
  if (control && event.shiftKey) return SHIFTED_KEYS.get(event.key.toLowerCase()) ?? null;
  if (control) return CONTROL_KEYS.get(event.key.toLowerCase()) ?? null;
  if (event.altKey) return ALT_KEYS.get(event.code) ?? null;
  if (event.key === 'F6') return 'next-pane';
  if (event.key === 'F7') return 'previous-frame';
  if (event.key === 'F8') return 'next-frame';
  if (isTyping(event.target)) return null;
  if (event.key === '/') return 'find';
  return event.key === '?' ? 'show-shortcuts' : null;
}

const CONTROL_KEYS: ReadonlyMap<string, PageCommand['id']> = new Map<string, PageCommand['id']>([
  ['o', 'open-capture'],
  ['k', 'add-keys'],
  ['e', 'export'],
  ['f', 'find'],
  ['g', 'go-to-frame'],
  ['arrowdown', 'next-frame'],
  ['arrowup', 'previous-frame'],
  ['.', 'next-in-conversation'],
  [',', 'previous-in-conversation'],
  ['1', 'show-calls'],
  ['2', 'show-frames'],
  ['3', 'show-conversations'],
  ['4', 'show-sip'],
  ['5', 'show-findings'],
  ['6', 'show-keys'],
  ['/', 'show-shortcuts'],
]);

const SHIFTED_KEYS: ReadonlyMap<string, PageCommand['id']> = new Map<string, PageCommand['id']>([
  ['p', 'show-palette'],
  ['l', 'toggle-theme'],
]);

/** By their place on the keyboard: with Alt a Mac types other characters. A browser keeps Ctrl+1 to itself. */
const ALT_KEYS: ReadonlyMap<string, PageCommand['id']> = new Map<string, PageCommand['id']>([
  ['ArrowLeft', 'back'],
  ['ArrowRight', 'forward'],
  ['Digit1', 'show-calls'],
  ['Digit2', 'show-frames'],
  ['Digit3', 'show-conversations'],
  ['Digit4', 'show-sip'],
  ['Digit5', 'show-findings'],
  ['Digit6', 'show-keys'],
]);

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement;
}

function openCapture(model: AppModel): void {
  withDialogs(model, (native) => {
    const session = model.session.getState();
    if (native) void session.chooseCapture();
    else
      void chooseFiles(CAPTURES).then((files) => (files.length === 0 ? undefined : session.openFiles(files)));
  });
}

function addKeys(model: AppModel): void {
  model.session.getState().show('keys');
  withDialogs(model, (native) => {
    const keys = model.keys.getState();
    if (native) void keys.choose();
    else void chooseFiles('').then((files) => (files.length === 0 ? undefined : keys.addFiles(files)));
  });
}

let stopWaiting: (() => void) | null = null;

/** Whose dialogs are used is known once the host has said so: whoever is quicker than that waits for it. */
function withDialogs(model: AppModel, open: (native: boolean) => void): void {
  stopWaiting?.();
  stopWaiting = null;
  const { host } = model.session.getState();
  if (host !== null) {
    open(host.nativeDialogs);
    return;
  }
  stopWaiting = model.session.subscribe((state) => {
    if (state.host === null) return;
    stopWaiting?.();
    stopWaiting = null;
    open(state.host.nativeDialogs);
  });
}

/** Of the list that is looked at. */
function clearFilter(model: AppModel): void {
  const { view } = model.session.getState();
  if (view === 'calls') {
    const { tab } = model.calls.getState();
    if (tab === 'registrations' || tab === 'dialogs' || tab === 'media') model[tab].getState().setText('');
    else model.calls.getState().clearFilter();
  } else if (view === 'conversations') model.conversations.getState().clearFilter();
  else if (view === 'sip') model.sip.getState().setText('');
  else if (view === 'findings') model.findings.getState().clearFilter();
  else model.frames.getState().clearFilter();
}

function focusFilter(): void {
  const field = document.querySelector('.filter-bar input[type="search"]');
  if (!(field instanceof HTMLInputElement)) return;
  field.focus();
  field.select();
}

const REACHED_BY_TAB = '[tabindex="0"], button:not([disabled]):not([tabindex="-1"]), input, select';

/** From the list to the detail, to the reason, and around. */
function focusNextPane(): void {
  const panes = [...document.querySelectorAll('[data-pane]')];
  const at = panes.findIndex((pane) => pane.contains(document.activeElement));
  const next = panes[(at + 1) % panes.length];
  if (next?.getAttribute('data-pane') === 'list') {
    focusRows();
    return;
  }
  const first = next?.querySelector('[role="tree"]') ?? next?.querySelector(REACHED_BY_TAB);
  if (first instanceof HTMLElement) first.focus();
}

function command(
  id: PageCommand['id'],
  title: string,
  keys: string | null,
  needsCapture: boolean,
  run: (model: AppModel) => void,
): PageCommand {
  return { id, title, keys, needsCapture, run };
}
