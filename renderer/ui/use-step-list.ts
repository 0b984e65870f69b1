import { useEffect, useRef, useState, type KeyboardEvent, type RefObject, type UIEvent } from 'react';
import { useSize } from './use-size.ts';

/** Steps drawn beyond either edge. */
const MARGIN = 5;
/** Letters typed within this time are one word, in milliseconds. */
const WORD_TIME = 800;

export interface StepList {
  readonly box: RefObject<HTMLDivElement | null>;
  readonly width: number;
  readonly left: number;
  /** The steps that are drawn. */
  readonly from: number;
  readonly to: number;
  readonly onScroll: (event: UIEvent<HTMLDivElement>) => void;
  readonly onKeyDown: (event: KeyboardEvent) => void;
}

/**
 * A list of steps of one height, of which only those on the screen are drawn. Up, Down, PageUp, PageDown, Home and End
 * move the selection, which stays in view; with Shift `onSelect` is told so. Typed letters go to the next step that has
 * them, Enter activates, Escape leaves.
 */
export function useStepList({
  count,
  stepHeight,
  selected,
  labelOf,
  onSelect,
  onActivate,
  onLeave,
}: {
  count: number;
  stepHeight: number;
  selected: number;
  labelOf: (at: number) => string;
  onSelect: (at: number, beside: boolean) => void;
  onActivate: (at: number) => void;
  onLeave?: () => void;
}): StepList {
  const box = useRef<HTMLDivElement>(null);
  const typed = useRef({ word: '', at: 0 });
  const { width, height } = useSize(box);
  const [scroll, setScroll] = useState({ top: 0, left: 0 });

  useEffect(() => {
    const view = box.current;
    if (view === null) return;
    const top = selected * stepHeight;
    const below = top + stepHeight - view.scrollTop - view.clientHeight;
    if (top < view.scrollTop) view.scrollTop = top;
    // A step further is followed, with the next one in sight; what is far away is shown in the middle.
    else if (below > 0)
      view.scrollTop += below + (below <= 2 * stepHeight ? stepHeight : view.clientHeight / 2);
  }, [selected, stepHeight, height]);

  const search = (letter: string, now: number): void => {
    const fresh = now - typed.current.at > WORD_TIME;
    const word = (fresh ? '' : typed.current.word) + letter.toLowerCase();
    typed.current = { word, at: now };
    const found = nextWith(word, count, fresh ? selected + 1 : selected, labelOf);
    if (found !== null) onSelect(found, false);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const page = Math.max(1, Math.floor(height / stepHeight) - 1);
    const next = new Map([
      ['ArrowDown', selected + 1],
      ['ArrowUp', selected - 1],
      ['PageDown', selected + page],
      ['PageUp', selected - page],
      ['Home', 0],
      ['End', count - 1],
    ]).get(event.key);
    if (next !== undefined) onSelect(Math.max(0, Math.min(count - 1, next)), event.shiftKey);
    else if (event.key === 'Enter') onActivate(selected);
    else if (event.key === 'Escape' && onLeave !== undefined) onLeave();
    else if (LETTER.test(event.key)) search(event.key, event.timeStamp);
    else return;
    event.preventDefault();
  };
  return {
    box,
    width,
    left: scroll.left,
    ...visibleSteps(scroll.top, height, count, stepHeight),
    onScroll: ({ currentTarget }) =>
      setScroll({ top: currentTarget.scrollTop, left: currentTarget.scrollLeft }),
    onKeyDown,
  };
}

const LETTER = /^[\p{L}\p{N}]$/u;

/** The steps that are on the screen, with a margin. */
export function visibleSteps(
  top: number,
  height: number,
  count: number,
  stepHeight: number,
): { readonly from: number; readonly to: number } {
  return {
    from: Math.max(0, Math.floor(top / stepHeight) - MARGIN),
    to: Math.min(count, Math.ceil((top + Math.max(height, 300)) / stepHeight) + MARGIN),
  };
}

/** The first step from `from` on, around the end, in which a word begins with these letters. */
export function nextWith(
  letters: string,
  count: number,
  from: number,
  labelOf: (at: number) => string,
): number | null {
  for (let turn = 0; turn < count; turn += 1) {
    const at = (from + turn) % count;
    const words = labelOf(at).toLowerCase().split(/\s+/);
    if (words.some((word) => word.startsWith(letters))) return at;
  }
  return null;
}
