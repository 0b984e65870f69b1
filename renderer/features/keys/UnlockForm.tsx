import { useRef, type FormEvent, type ReactNode } from 'react';
import type { KeyRow } from '../../../core/api.ts';
import { Button } from '../../ui/Button.tsx';
import { useApp, useKeys } from '../use-app.ts';

/** Asks for a file's password. It is read from the field, which is emptied, and sent once: no state ever holds it. */
export function UnlockForm({ row }: { row: KeyRow }): ReactNode {
  const { keys } = useApp();
  const busy = useKeys((state) => state.busy);
  const field = useRef<HTMLInputElement>(null);

  const submit = (event?: FormEvent): void => {
    event?.preventDefault();
    const input = field.current;
    if (input === null) return;
    const password = input.value;
    input.value = '';
    void keys
      .getState()
      .unlock(row.key, password)
      .then((opened) => {
        if (!opened) input.focus();
      });
  };
  return (
    <form className="unlock" onSubmit={submit} autoComplete="off">
      <label>
        <span className="unlock-why">{row.problem ?? 'This file is protected by a password.'}</span>
        <input
          ref={field}
          className="field"
          type="password"
          name={`unlock-${row.key}`}
          autoComplete="off"
          spellCheck={false}
          placeholder="Password (may be empty)"
        />
      </label>
      <Button label="Unlock" icon="unlock" kind="primary" disabled={busy} onPress={() => submit()} />
    </form>
  );
}
