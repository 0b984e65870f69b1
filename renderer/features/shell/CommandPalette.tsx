import { useState, type KeyboardEvent, type ReactNode } from 'react';
import { isOpen } from '../../model/session.ts';
import { Dialog } from '../../ui/Dialog.tsx';
import { PAGE_COMMANDS } from '../commands.ts';
import { useApp, useSession } from '../use-app.ts';
import { Keys } from './ShortcutSheet.tsx';

/** Every command by its name. */
export function CommandPalette(): ReactNode {
  const model = useApp();
  const open = useSession((state) => isOpen(state.status));
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const words = text.toLowerCase().split(/\s+/);
  const found = PAGE_COMMANDS.filter(
    ({ id, title, needsCapture }) =>
      id !== 'show-palette' &&
      (open || !needsCapture) &&
      words.every((word) => title.toLowerCase().includes(word)),
  );
  const chosen = Math.min(at, found.length - 1);
  const run = (index: number): void => {
    model.session.getState().setOverlay(null);
    found[index]?.run(model);
  };
  const move = (event: KeyboardEvent): void => {
    if (event.key === 'ArrowDown') setAt(Math.min(found.length - 1, chosen + 1));
    else if (event.key === 'ArrowUp') setAt(Math.max(0, chosen - 1));
    else if (event.key === 'Enter') run(chosen);
    else return;
    event.preventDefault();
  };
  return (
    <Dialog title="Commands" className="palette" onClose={() => model.session.getState().setOverlay(null)}>
      <input
        className="field"
        role="combobox"
        aria-expanded="true"
        aria-controls="palette-list"
        aria-activedescendant={found.length === 0 ? undefined : `palette-${chosen}`}
        aria-label="Command"
        placeholder="What do you want to do?"
        data-autofocus
        autoComplete="off"
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setAt(0);
        }}
        onKeyDown={move}
      />
      <ul id="palette-list" className="palette-list" role="listbox" aria-label="Commands">
        {found.map(({ id, title, keys }, index) => (
          <li
            key={id}
            id={`palette-${index}`}
            role="option"
            aria-selected={index === chosen}
            onClick={() => run(index)}
            onPointerMove={() => setAt(index)}
          >
            <span>{title}</span>
            {keys === null ? null : (
              <span>
                <Keys keys={keys} />
              </span>
            )}
          </li>
        ))}
      </ul>
      {found.length === 0 ? <p className="palette-none">No command has that name.</p> : null}
    </Dialog>
  );
}
