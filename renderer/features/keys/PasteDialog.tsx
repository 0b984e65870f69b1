import { useRef, type ReactNode } from 'react';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { useApp, useKeys } from '../use-app.ts';

/** Takes pasted PEM or key log text. It is sent once and not kept. */
export function PasteDialog(): ReactNode {
  const { keys, session } = useApp();
  const busy = useKeys((state) => state.busy);
  const field = useRef<HTMLTextAreaElement>(null);
  const close = (): void => session.getState().setOverlay(null);
  const add = (): void => {
    const area = field.current;
    if (area === null || area.value.trim() === '') return;
    const text = area.value;
    area.value = '';
    void keys
      .getState()
      .addText(text)
      .then(() => close());
  };
  return (
    <Dialog title="Paste a key or key log" className="dialog-paste" onClose={close}>
      <label className="paste-label">
        <span>
          PEM (<code>-----BEGIN … PRIVATE KEY-----</code>) or key log lines (<code>CLIENT_RANDOM …</code>)
        </span>
        <textarea
          ref={field}
          className="field mono"
          rows={12}
          spellCheck={false}
          autoComplete="off"
          data-autofocus
        />
      </label>
      <div className="dialog-actions">
        <Button label="Cancel" onPress={close} />
        <Button label="Add" kind="primary" disabled={busy} onPress={add} />
      </div>
    </Dialog>
  );
}
