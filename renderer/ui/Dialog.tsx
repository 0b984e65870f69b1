import { useEffect, useRef, type ReactNode } from 'react';
import { Button } from './Button.tsx';

/** A modal dialog: focus begins at the element marked data-autofocus and stays inside, Escape and the close button end it, focus returns to where it was. */
export function Dialog({
  title,
  className = '',
  onClose,
  children,
}: {
  title: string;
  className?: string;
  onClose: () => void;
  children: ReactNode;
}): ReactNode {
  const ref = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const dialog = ref.current;
    if (dialog !== null && !dialog.open) dialog.showModal();
    const first = dialog?.querySelector('[data-autofocus]');
    if (first instanceof HTMLElement) first.focus();
    return () => dialog?.close();
  }, []);
  return (
    <dialog
      ref={ref}
      className={`dialog ${className}`}
      aria-label={title}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onMouseDown={(event) => {
        if (event.target === ref.current) onClose();
      }}
    >
      <div className="dialog-body">
        <header className="dialog-header">
          <h2>{title}</h2>
          <Button label="Close" icon="close" iconOnly kind="ghost" shortcut="Esc" onPress={onClose} />
        </header>
        {children}
      </div>
    </dialog>
  );
}
