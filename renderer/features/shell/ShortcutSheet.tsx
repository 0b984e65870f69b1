import type { ReactNode } from 'react';
import { VIEWS } from '../../model/session.ts';
import { Dialog } from '../../ui/Dialog.tsx';
import { PAGE_COMMANDS, type PageCommand } from '../commands.ts';
import { useApp, useSession } from '../use-app.ts';

const LIST_KEYS = [
  ['Up, Down, PgUp, PgDn', 'Move the selection'],
  ['Home, End', 'First and last row, also with Ctrl'],
  ['Enter', 'From the list to the detail, from there to the frame'],
  ['Letters', 'In a ladder or among messages: the next step with these'],
  ['Shift+Up, Shift+Down', 'In a call: compare with the message before'],
  ['Shift+F10', 'Menu of the row: copy, columns, what else it offers'],
  ['Tab, Shift+Tab', 'From pane to pane'],
  ['Arrow keys on a bar', 'Resize the panes; double click resets'],
  ['Esc', 'Clear the filter, back to the list, close a dialog'],
] as const;

const FRAME_COMMANDS: ReadonlySet<PageCommand['id']> = new Set<PageCommand['id']>([
  'go-to-frame',
  'next-frame',
  'previous-frame',
  'next-in-conversation',
  'previous-in-conversation',
  'back',
  'forward',
  'toggle-time',
]);
const isView = (id: PageCommand['id']): boolean => VIEWS.some((view) => id === `show-${view}`);

const GROUPS: readonly { readonly caption: string; readonly holds: (id: PageCommand['id']) => boolean }[] = [
  { caption: 'Frames', holds: (id) => FRAME_COMMANDS.has(id) },
  { caption: 'Views', holds: isView },
  { caption: 'Everywhere', holds: (id) => !FRAME_COMMANDS.has(id) && !isView(id) },
];

/** All keys on one sheet. */
export function ShortcutSheet(): ReactNode {
  const { session } = useApp();
  return (
    <Dialog
      title="Keyboard shortcuts"
      className="dialog-sheet"
      onClose={() => session.getState().setOverlay(null)}
    >
      <div className="shortcuts">
        <KeyTable caption="Lists and ladders" lines={LIST_KEYS.map(([keys, title]) => ({ keys, title }))} />
        {GROUPS.map(({ caption, holds }) => (
          <KeyTable key={caption} caption={caption} lines={PAGE_COMMANDS.filter(({ id }) => holds(id))} />
        ))}
      </div>
    </Dialog>
  );
}

function KeyTable({
  caption,
  lines,
}: {
  caption: string;
  lines: readonly { readonly title: string; readonly keys: string | null }[];
}): ReactNode {
  return (
    <table>
      <caption>{caption}</caption>
      <tbody>
        {lines.map(({ title, keys }) =>
          keys === null ? null : (
            <tr key={title}>
              <td>{title}</td>
              <td>
                <Keys keys={keys} />
              </td>
            </tr>
          ),
        )}
      </tbody>
    </table>
  );
}

/** "Ctrl+G" as keys; on a Mac by the signs that stand on them. */
export function Keys({ keys }: { keys: string }): ReactNode {
  const mac = useSession((state) => state.host?.platform === 'darwin');
  return keys
    .split(/(, | or |\+)/)
    .map((part, index) =>
      index % 2 === 1 ? (
        <span key={index}>{part === '+' ? ' ' : part}</span>
      ) : KEY_NAME.test(part) ? (
        <kbd key={index}>{mac ? (MAC_SIGNS.get(part) ?? part) : part}</kbd>
      ) : (
        <span key={index}>{part}</span>
      ),
    );
}

const KEY_NAME = /^(Ctrl|Alt|Shift|F\d+|.|Up|Down|Left|Right|Home|End|Enter|Tab|Esc|PgUp|PgDn)$/;
const MAC_SIGNS: ReadonlyMap<string, string> = new Map([
  ['Ctrl', '⌘'],
  ['Alt', '⌥'],
  ['Shift', '⇧'],
]);
