import type { ReactNode } from 'react';
import { Dialog } from '../../ui/Dialog.tsx';
import { PAGE_COMMANDS } from '../commands.ts';
import { useApp, useSession } from '../use-app.ts';

const LIST_KEYS = [
  ['Up, Down, PgUp, PgDn', 'Move the selection'],
  ['Home, End', 'First and last row, also with Ctrl'],
  ['Enter', 'From the list to the detail'],
  ['Shift+Up, Shift+Down', 'In a call: compare with the message before'],
  ['Tab, Shift+Tab', 'From pane to pane'],
  ['Arrow keys on a bar', 'Resize the panes; double click resets'],
  ['Esc', 'Clear the filter, close a dialog'],
] as const;

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
        <table>
          <caption>Lists</caption>
          <tbody>
            {LIST_KEYS.map(([keys, what]) => (
              <tr key={keys}>
                <td>{what}</td>
                <td>
                  <Keys keys={keys} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
        <table>
          <caption>Everywhere</caption>
          <tbody>
            {PAGE_COMMANDS.map(({ id, title, keys }) =>
              keys === null ? null : (
                <tr key={id}>
                  <td>{title}</td>
                  <td>
                    <Keys keys={keys} />
                  </td>
                </tr>
              ),
            )}
          </tbody>
        </table>
      </div>
    </Dialog>
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

const KEY_NAME = /^(Ctrl|Alt|Shift|F\d|.|Up|Down|Left|Right|Home|End|Enter|Tab|Esc|PgUp|PgDn)$/;
const MAC_SIGNS: ReadonlyMap<string, string> = new Map([
  ['Ctrl', '⌘'],
  ['Alt', '⌥'],
  ['Shift', '⇧'],
]);
