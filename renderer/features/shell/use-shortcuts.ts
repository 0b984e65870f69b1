import { useEffect } from 'react';
import { commandOfKey, runCommand } from '../commands.ts';
import { useApp } from '../use-app.ts';

/** Keys and the host's menu, wherever the focus is. */
export function useShortcuts(): void {
  const model = useApp();
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      if (event.defaultPrevented) return;
      const id = commandOfKey(event);
      // A dialog keeps the keys to itself.
      if (
        id === null ||
        model.session.getState().overlay !== null ||
        document.querySelector('dialog[open]') !== null
      )
        return;
      event.preventDefault();
      runCommand(id, model);
    };
    document.addEventListener('keydown', press);
    const end = model.api.subscribe('command', ({ command }) => runCommand(command, model));
    return () => {
      document.removeEventListener('keydown', press);
      end();
    };
  }, [model]);
}
