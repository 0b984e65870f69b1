import { useRef, useState, type FormEvent, type ReactNode } from 'react';
import { formatCount } from '../../model/format.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { useApp, useSession } from '../use-app.ts';

/** Asks for a frame's number and goes there. */
export function GoToFrameDialog(): ReactNode {
  const { session, frames } = useApp();
  const last = useSession((state) => state.status.frames);
  const field = useRef<HTMLInputElement>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const close = (): void => session.getState().setOverlay(null);
  const submit = (event?: FormEvent): void => {
    event?.preventDefault();
    const frame = Number((field.current?.value ?? '').replace(/[\s,.']/g, ''));
    if (!Number.isInteger(frame) || frame < 1 || frame > last) {
      setProblem(`Frames are numbered from 1 to ${formatCount(last)}.`);
      return;
    }
    close();
    void frames.getState().goTo(frame);
  };
  return (
    <Dialog title="Go to frame" onClose={close}>
      <form onSubmit={submit} className="go-to-frame">
        <input
          ref={field}
          className="field mono"
          inputMode="numeric"
          data-autofocus
          autoComplete="off"
          aria-label="Frame number"
          aria-describedby="go-to-frame-hint"
          aria-invalid={problem !== null}
        />
        <Button label="Go" kind="primary" onPress={() => submit()} />
        <p
          id="go-to-frame-hint"
          className={problem === null ? '' : 'problem-word'}
          role={problem === null ? undefined : 'alert'}
        >
          {problem ?? `1 to ${formatCount(last)}`}
        </p>
      </form>
    </Dialog>
  );
}
