import { useEffect, useId, useRef, useState, type ReactNode } from 'react';

/** A word with its meaning: shown on hover as a tooltip, and on click or Enter in a small pop-up that stays. */
export function Term({ text, meaning }: { text: string; meaning: string }): ReactNode {
  const [open, setOpen] = useState(false);
  const id = useId();
  const anchor = useRef<HTMLButtonElement>(null);
  const box = useRef<HTMLSpanElement>(null);

  useEffect(() => {
    if (!open) return undefined;
    placeBeneath(anchor.current, box.current);
    const close = (event: Event): void => {
      if (event instanceof KeyboardEvent && event.key !== 'Escape') return;
      if (event.target instanceof Node && anchor.current?.contains(event.target) === true) return;
      setOpen(false);
    };
    document.addEventListener('pointerdown', close);
    document.addEventListener('keydown', close);
    document.addEventListener('scroll', close, true);
    return () => {
      document.removeEventListener('pointerdown', close);
      document.removeEventListener('keydown', close);
      document.removeEventListener('scroll', close, true);
    };
  }, [open]);

  return (
    <>
      <button
        ref={anchor}
        type="button"
        className="term"
        title={open ? undefined : meaning}
        aria-expanded={open}
        aria-describedby={open ? id : undefined}
        onClick={() => setOpen(!open)}
        onBlur={() => setOpen(false)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape' || !open) return;
          event.stopPropagation();
          setOpen(false);
        }}
      >
        {text}
      </button>
      {open ? (
        <span ref={box} id={id} role="tooltip" className="term-meaning">
          <b>{text}</b> {meaning}
        </span>
      ) : null}
    </>
  );
}

/** Beneath the anchor, or above it where there is no room; never over the window's edge. */
function placeBeneath(anchor: HTMLElement | null, box: HTMLElement | null): void {
  if (anchor === null || box === null) return;
  const at = anchor.getBoundingClientRect();
  const size = box.getBoundingClientRect();
  const left = Math.max(8, Math.min(at.left, window.innerWidth - size.width - 8));
  const below = at.bottom + 6 + size.height <= window.innerHeight;
  box.style.left = `${left}px`;
  box.style.top = `${below ? at.bottom + 6 : Math.max(8, at.top - size.height - 6)}px`;
}
