import { useEffect, useLayoutEffect, useRef, type KeyboardEvent, type ReactNode } from 'react';
import { createPortal } from 'react-dom';

export interface MenuItem {
  readonly label: string;
  /** True where it is of no use here. */
  readonly disabled?: boolean;
  /** On or off: such an entry leaves the menu open. */
  readonly checked?: boolean;
  readonly run: () => void;
}

/**
 * A menu at a place of the window, in groups. Arrow keys, Home, End and first letters move; Enter runs; Escape, Tab, a press
 * outside and scrolling close it, and the focus goes where `onClose` puts it.
 */
export function ContextMenu({
  label,
  x,
  y,
  groups,
  onClose,
}: {
  label: string;
  x: number;
  y: number;
  groups: readonly (readonly MenuItem[])[];
  onClose: () => void;
}): ReactNode {
  const box = useRef<HTMLDivElement>(null);

  useLayoutEffect(() => {
    const menu = box.current;
    if (menu === null) return;
    const { width, height } = menu.getBoundingClientRect();
    menu.style.left = `${Math.max(4, Math.min(x, window.innerWidth - width - 4))}px`;
    menu.style.top = `${Math.max(4, Math.min(y, window.innerHeight - height - 4))}px`;
    entriesOf(menu)[0]?.focus();
  }, [x, y]);

  useEffect(() => {
    const closeOutside = (event: Event): void => {
      if (!(event.target instanceof Node) || box.current?.contains(event.target) !== true) onClose();
    };
    document.addEventListener('pointerdown', closeOutside, true);
    document.addEventListener('wheel', closeOutside, { capture: true, passive: true });
    window.addEventListener('blur', onClose);
    return () => {
      document.removeEventListener('pointerdown', closeOutside, true);
      document.removeEventListener('wheel', closeOutside, true);
      window.removeEventListener('blur', onClose);
    };
  }, [onClose]);

  // Beside the panes, which would cut it off, but within the landmark that it belongs to.
  return createPortal(
    <div
      ref={box}
      className="context-menu"
      role="menu"
      aria-label={label}
      tabIndex={-1}
      onKeyDown={(event) => onMenuKey(event, onClose)}
      onContextMenu={(event) => event.preventDefault()}
    >
      {groups.map((items) => (
        <div key={items[0]?.label ?? ''} role="group" className="context-menu-group">
          {items.map((item) => (
            <button
              key={item.label}
              type="button"
              role={item.checked === undefined ? 'menuitem' : 'menuitemcheckbox'}
              aria-checked={item.checked}
              tabIndex={-1}
              disabled={item.disabled === true}
              onClick={() => {
                if (item.checked === undefined) onClose();
                item.run();
              }}
            >
              {item.label}
            </button>
          ))}
        </div>
      ))}
    </div>,
    document.querySelector('main') ?? document.body,
  );
}

function entriesOf(menu: Element): HTMLElement[] {
  return [...menu.querySelectorAll('[role^="menuitem"]:not([disabled])')].filter(
    (entry) => entry instanceof HTMLElement,
  );
}

function onMenuKey(event: KeyboardEvent<HTMLDivElement>, onClose: () => void): void {
  const entries = entriesOf(event.currentTarget);
  const at = entries.findIndex((entry) => entry === document.activeElement);
  const last = entries.length - 1;
  const letter = event.key.length === 1 ? event.key.toLowerCase() : null;
  const next = new Map([
    ['ArrowDown', at === last ? 0 : at + 1],
    ['ArrowUp', at <= 0 ? last : at - 1],
    ['Home', 0],
    ['End', last],
  ]).get(event.key);
  if (next !== undefined) entries[next]?.focus();
  else if (event.key === 'Escape' || event.key === 'Tab') onClose();
  else if (letter !== null && letter !== ' ' && !event.ctrlKey && !event.metaKey && !event.altKey) {
    const ordered = [...entries.slice(at + 1), ...entries.slice(0, at + 1)];
    ordered.find((entry) => entry.textContent.toLowerCase().startsWith(letter))?.focus();
  } else return;
  event.preventDefault();
  event.stopPropagation();
}
